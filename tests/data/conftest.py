"""The demonstration county, made once: the full one, and small ones of two other seeds."""

from __future__ import annotations

import pytest

from data.demo import SMALL, County, make_county


@pytest.fixture(scope="session")
def full_county() -> County:
    """The county of the demonstration, seed 7."""
    return make_county(7)


@pytest.fixture(scope="session", params=[3, 2026])
def small_county(request: pytest.FixtureRequest) -> County:
    """A sixth of a county, of several seeds."""
    return make_county(request.param, size=SMALL)
