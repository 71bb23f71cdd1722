"""What holds for every test of the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.web.kit import session


@pytest.fixture(autouse=True)
def _nothing_left_served() -> Iterator[None]:
    yield
    session._served.clear()
