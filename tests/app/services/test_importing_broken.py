"""Files with faults, whole ones and of every kind inside: each ends in words or reconciles, and twice is once."""

from __future__ import annotations

import csv
import io

import pytest
from broken_files import MAPS, READ, REFUSED
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from office_sheets import CHECKED
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD
from app.services.importing import ImportOptions, Upload, load
from layers.errors import IntakeError
from layers.registry import LAYERS
from layers.schema import Kind
from layers.store import Store

GOOD = ImportOptions(mode="good", datum="wgs84")
NASTY = [
    "", " ", "-", "无", "清空", "1", "0", "３", "-5", "1e400", "NaN", "inf", "99999999999999999999", "三十二", "1.5万", "是",
    "否", "√", "maybe", "2024.3.5", "2024-02-31", "45356", "24.3.5", "长期", "V1", "V2", "东村", "南村", "甲镇", "990001001",
    "S1", "h01", "h02", "123.0,28.5", "123.0", "28.5", "200", "28.5,123.0", "东经123度", "POINT (123 28.5)", "POINT (NaN NaN)",
    "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))", "LINESTRING (123 28, 123 29)", "=1+1", "@x", "a'b\"c;", "烈属、退伍军人",
    "merchant", "商户", "医疗", "village", "烈士墓", "零散", "open", "丅", "\u202e反", "🎖" * 50, CHECKED[0],
    CHECKED[0][:15] + "000", "13800138000", "1.38E+10", "家" * 4000,
]  # fmt: skip


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        yield store


def test_a_file_that_cannot_be_read_leaves_the_store_as_it_was(store):
    before = store.stamp()
    for fault, make in REFUSED.items():
        with pytest.raises(IntakeError):
            load(LOCAL_STEWARD, store, "households", Upload(fault, make()), GOOD)
    assert store.stamp() == before


@pytest.mark.parametrize("layer", ["households", "stations"])
def test_every_odd_file_reconciles(store, layer):
    for oddity, make in READ.items():
        report = load(LOCAL_STEWARD, store, layer, Upload(oddity, make()), GOOD)
        assert report.rows_in == report.stored + report.unchanged + report.rejected == 2, oddity


@pytest.mark.parametrize("asked", ["auto", "wgs84"])
@pytest.mark.parametrize("name", MAPS)
def test_every_map_file_reconciles(store, name, asked):
    options = ImportOptions(mode="good", datum="EPSG:4549" if name.endswith(".dxf") else asked)
    report = load(LOCAL_STEWARD, store, "stations", Upload(name, MAPS[name]()), options)
    assert report.rows_in == report.stored + report.unchanged + report.rejected > 0


TARGETS = {"townships": ["甲镇", "990001002"], "villages": ["东村", "V2"], "stations": ["S1", "甲镇站"], "households": ["h01", "h02"]}
FINE = {Kind.TEXT: ["一", "二号", "三 四"], Kind.INTEGER: ["3", "２人"], Kind.NUMBER: ["1.5", "1,200"], Kind.BOOLEAN: ["是", "×"],
        Kind.DATE: ["2024.3.5", "2025年1月", "45356"]}


def fine(spec):
    """Spellings that a field takes."""
    if spec.references:
        return [word for name in spec.references for word in TARGETS.get(name, ["没有"])]
    if spec.vocabulary is not None:
        return [word for code, label in list(spec.vocabulary.terms.items())[:3] for word in (code, label.zh)]
    if spec.name == "id":
        return ["a", "b", "c", "h01", "S1", "V1"]
    return {"identity_no": CHECKED[:6], "phone": ["13800138000", "2234567"], "code": ["990001001", "990001001001"]}.get(
        spec.name, ["1950", "1948.3"] if (spec.minimum or 0) > 1000 else FINE[spec.kind])


@st.composite
def tables(draw):
    """Draw a layer, headings and rows of which most cells are fine."""
    layer = LAYERS[draw(st.sampled_from(sorted(LAYERS)))]
    wanted = {spec.name: fine(spec) for spec in layer.fields}
    wanted |= {"经度": ["123.001", "122.999"], "纬度": ["28.501", "28.5"]} if "Point" in layer.geometry else {}
    wanted |= {"wkt": ["LINESTRING (123 28.5, 123.01 28.5)", "POLYGON ((123 28.5, 123.01 28.5, 123 28.51, 123 28.5))"]
               } if layer.geometry and "Point" not in layer.geometry else {}
    must = [spec.name for spec in layer.fields if spec.required and spec.name not in {"id", "precision"}]
    names = sorted({*must, *draw(st.sets(st.sampled_from(sorted(wanted)), min_size=2)), *({"经度", "纬度", "wkt"} & wanted.keys())})
    cells = [st.sampled_from(wanted[name] * 4 + NASTY[:30:6] + draw(st.lists(st.sampled_from(NASTY), max_size=2))) for name in names]
    return layer.name, names, draw(st.lists(st.tuples(*cells), min_size=1, max_size=5))


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=list(HealthCheck))
@given(drawn=tables())
def test_whatever_stands_in_the_cells_reconciles_and_twice_is_once(store, drawn):
    layer, names, rows = drawn
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    upload = Upload("表.csv", text.getvalue().encode())
    try:
        first = load(LOCAL_STEWARD, store, layer, upload, GOOD)
    except IntakeError:  # nothing in it looks like a table
        return
    assert first.rows_in == first.stored + first.unchanged + first.rejected
    event(f"stored: {first.stored > 0}")
    rejected = {problem.row for problem in first.problems if problem.row}
    assert len(rejected) == first.rejected
    again = load(LOCAL_STEWARD, store, layer, upload, GOOD)
    assert (again.rows_in, again.stored, again.unchanged, again.rejected) == (
        first.rows_in, 0, first.stored + first.unchanged, first.rejected)
