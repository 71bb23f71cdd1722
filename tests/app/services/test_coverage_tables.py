"""Coverage as tables: the same figures as the reports, on their areas, in files that other programs read."""

from __future__ import annotations

import io
import json

import geopandas as gpd
import openpyxl
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.services.answers.files import tables_as_bytes
from app.services.coverage.service import coverage
from app.services.coverage.tables import coverage_about, coverage_tables
from layers.store import Store


def answer(store, viewer=LOCAL_STEWARD):
    reports = [coverage(viewer, store, by=by) for by in ("township", "village")]
    return coverage_tables(store, *reports), coverage_about(reports[0])


def test_rows_are_those_of_the_reports(store):
    (towns, villages, gaps), about = answer(store)
    assert [(r["name"], r["households"], r["reach_rate"]) for r in towns.records()] == [("甲镇", 4, 1.0), ("乙乡", 6, 0.0)]
    assert [r["code"] for r in villages.records()] == ["V1", "V2", "V3"]
    first = gaps.records()[0]
    assert (first["code"], first["persons"], first["nearest"], first["way_m"]) == ("V2", 9, "东村站", 2613)
    assert first["why_zh"].startswith("最近的是东村站")
    assert first["why_en"].startswith("nearest is 东村站")
    assert towns.frame.geometry.notna().all()
    assert gaps.frame.geometry.iloc[0].equals(villages.frame.geometry.iloc[1])
    assert about.rule.zh.startswith("步行 15 分钟内（含）")


def test_reasons_withheld_are_withheld_in_files(store):
    (_, _, gaps), _ = answer(store, SERVER)
    for row in gaps.records():
        assert not row["code"]
        assert "不列原因" in row["why_zh"]
        assert (row["nearest"], row["way_m"], row["by_station"]) == (None, None, None)


def test_files_can_be_read_back(store, tmp_path):
    tables, about = answer(store)
    path = tmp_path / "coverage.gpkg"
    path.write_bytes(tables_as_bytes(tables, ".gpkg", about))
    assert set(gpd.list_layers(path)["name"]) == {"coverage_townships", "coverage_villages", "coverage_gaps"}
    assert len(gpd.read_file(path, layer="coverage_gaps")) == 2
    told = json.loads(tables_as_bytes(tables, ".geojson", about))
    assert [f["properties"]["name"] for f in told["features"]] == ["甲镇", "乙乡"]
    book = openpyxl.load_workbook(io.BytesIO(tables_as_bytes(tables, ".xlsx", about)))
    assert "缺口" in book.sheetnames


def test_without_gaps_there_is_an_empty_table(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        given = frames()
        store.load({**given, "households": given["households"].head(3)}, PROVENANCE)
        (_, _, gaps), _ = answer(store)
        assert gaps.records() == []
