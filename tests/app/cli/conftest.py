"""The command that loads a file, on both back ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from office_sheets import sheet
from small_county import PROVENANCE, frames

from layers.store import Store

Imported = Callable[..., tuple[int, object]]


@pytest.fixture
def import_sheet(run: Callable[..., tuple[int, str, str]], store_url: str, tmp_path: Path) -> Imported:
    """Loads a workbook of these columns into the small county: exit code, and the answer or what was said."""
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)

    def call(layer: str, columns: dict[str, list[object]], *options: str) -> tuple[int, object]:
        file = tmp_path / "册.xlsx"
        file.write_bytes(sheet(columns))
        code, out, err = run("import", layer, file, "--store", store_url, "--json", "--as-of", "2026-10-01", *options)
        return code, json.loads(out) if out else err

    return call
