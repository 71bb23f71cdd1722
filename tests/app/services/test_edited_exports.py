"""Every layer goes out as a workbook and comes back, edited: nothing is lost, and only what changed is stored."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from app.roles import LOCAL_STEWARD
from app.services.answers.files import layer_as_bytes
from app.services.importing import ImportOptions, Upload, load
from layers.registry import LAYERS
from layers.schema import Kind
from layers.store import Provenance, Store

MOST = 40


def part_of(frames):
    """Rows of every layer, few enough to be quick, whose references lead somewhere."""
    kept = {}
    for name, layer in LAYERS.items():
        frame = frames[name] if name in {"townships", "villages"} else frames[name].head(MOST)
        for spec in layer.fields:
            if spec.references:
                known = {key for target in spec.references for key in (frame["id"] if target == name else kept[target])}
                frame = frame[frame[spec.name].isna() | frame[spec.name].isin(known)]
        kept[name] = set(frame["id"])
        yield name, frame


@pytest.fixture
def store(store_url, full_county):
    with Store.open(store_url) as opened:
        opened.load(dict(part_of(full_county.frames)), Provenance("x", "", "t", full_county.as_of))
        yield opened


def words_of(layer):
    """Fields that hold free text."""
    return [spec for spec in layer.fields if spec.kind is Kind.TEXT and spec.name != "id" and not spec.references
            and not spec.protected and spec.pattern is None]


def edited(content, field):
    """The workbook with one cell of its first row changed."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    column = next(cell.column for cell in page[1] if str(cell.value) in {field.name, field.label.zh})
    page.cell(2, column).value = "改过的字"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_what_is_edited_in_an_export_comes_back_alone(store, full_county):
    options = ImportOptions(as_of=full_county.as_of)
    edits = 0
    for name, layer in LAYERS.items():
        before = store.read(name, protected=True)
        content = layer_as_bytes(LOCAL_STEWARD, store, name, ".xlsx")
        same = load(LOCAL_STEWARD, store, name, Upload(f"{name}.xlsx", content), options)
        assert (same.stored, same.unchanged, same.problems) == (0, len(before), ()), name
        if not words_of(layer) or before.empty:
            continue
        edits += 1
        field = words_of(layer)[0]
        done = load(LOCAL_STEWARD, store, name, Upload(f"{name}.xlsx", edited(content, field)), options)
        assert (done.stored, done.unchanged, done.problems) == (1, len(before) - 1, ()), name
        after = store.read(name, protected=True)
        expected = before.assign(**{field.name: before[field.name].where(before["id"] != before["id"].iloc[0], "改过的字")})
        pd.testing.assert_frame_equal(pd.DataFrame(after), pd.DataFrame(expected), check_dtype=False)
        store.undo(done.load, by="t")
        pd.testing.assert_frame_equal(pd.DataFrame(store.read(name, protected=True)), pd.DataFrame(before))
    assert edits > len(LAYERS) / 2
