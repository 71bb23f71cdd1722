"""Answers as tables: plain values, GeoJSON, files."""

from __future__ import annotations

import datetime as dt
import io
import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from app.services.answers.about import About
from app.services.answers.files import export_tables, tables_as_bytes
from app.services.answers.tables import Table
from layers.errors import IntakeError
from layers.schema import Field, Kind, Label, Layer, Vocabulary
from layers.vocabulary import identifier

ABOUT = About(Label("规则一", "rule one"), dt.date(2026, 10, 31), Label("小县", "Small County"), fictional=True)
STATE = Vocabulary("state", {"new": Label("新", "New")})
PLACES = Layer(
    name="places", label=Label("地方", "Places"), geometry=("Polygon",), geometry_required=False,
    fields=(
        identifier(),
        Field(name="share", label=Label("占比", "Share"), kind=Kind.NUMBER, unit="%"),
        Field(name="minutes", label=Label("用时", "Minutes"), kind=Kind.NUMBER, unit="分钟"),
        Field(name="n", label=Label("户数", "Households"), kind=Kind.INTEGER),
        Field(name="state", label=Label("状态", "State"), kind=Kind.CHOICE, vocabulary=STATE),
        Field(name="day", label=Label("日期", "Day"), kind=Kind.DATE),
    ),
)  # fmt: skip
COUNTS = Layer(name="counts", label=Label("计数", "Counts"), fields=(identifier(),), sensitive=True)


@pytest.fixture
def tables():
    rows = pd.DataFrame({
        "id": ["a", "=1+1"], "share": [0.25, None], "minutes": [3.5, float("nan")], "n": [3, None],
        "state": ["new", None], "day": ["2026-01-02", None],
    })  # fmt: skip
    places = gpd.GeoDataFrame(rows, geometry=[shapely.box(0, 0, 1, 1), None], crs="EPSG:4326")
    return [Table(PLACES, places), Table(COUNTS, pd.DataFrame({"id": ["x"]}))]


def test_records_are_plain(tables):
    first, second = tables[0].records()
    assert first == {"id": "a", "share": 0.25, "minutes": 3.5, "n": 3, "state": "new", "day": "2026-01-02"}
    assert second == {"id": "=1+1", "share": None, "minutes": None, "n": None, "state": None, "day": None}
    assert type(first["n"]) is int


def test_geojson(tables):
    found = json.loads(tables_as_bytes(tables, ".geojson", ABOUT))
    assert [f["geometry"] and f["geometry"]["type"] for f in found["features"]] == ["Polygon", None]
    assert found["features"][0]["properties"] == tables[0].records()[0]
    assert found["about"]["rule"] == {"zh": "规则一", "en": "rule one"}
    assert found["about"]["as_of"] == "2026-10-31"


@pytest.mark.parametrize("chinese", [True, False])
def test_workbook_says_rule_and_date_and_keeps_numbers(tables, chinese):
    book = openpyxl.load_workbook(io.BytesIO(tables_as_bytes(tables, ".xlsx", ABOUT, chinese=chinese)))
    assert book.sheetnames == (["地方", "计数", "规则"] if chinese else ["Places", "Counts", "Rule"])
    sheet = book.worksheets[0]
    assert sheet["A2"].value == ABOUT.rule[0 if chinese else 1]
    assert "2026-10-31" in sheet["A3"].value
    assert ("虚构" if chinese else "Fictional") in sheet["A3"].value
    head, first, second = ([cell.value for cell in row] for row in sheet["A4:F6"])
    assert head[2] == ("用时（分钟）" if chinese else "Minutes")
    assert first[:5] == ["a", 0.25, 3.5, 3, "新" if chinese else "New"]
    assert first[5] == dt.datetime(2026, 1, 2)  # noqa: DTZ001 - workbooks know no zones
    assert sheet["A6"].data_type == "s"
    assert second == ["=1+1", None, None, None, None, None]
    assert sheet["B5"].number_format == "0.0%"


def test_geopackage_holds_every_table(tables, tmp_path):
    file = tmp_path / "answer.gpkg"
    export_tables(tables, file, ABOUT)
    assert sorted(name for name, _ in pyogrio.list_layers(file)) == ["counts", "places"]
    assert pyogrio.read_dataframe(file, layer="places")["share"].tolist()[0] == 0.25
    assert file.stat().st_mode & 0o077 == 0  # one of the tables is for its owner only


def test_csv_holds_the_first(tables, tmp_path):
    export_tables(tables, tmp_path / "answer.csv", ABOUT)
    assert pd.read_csv(tmp_path / "answer.csv")["id"].tolist() == ["a", "'=1+1"]


def test_a_file_that_cannot_be_written_is_told(tables, tmp_path):
    for bad in ("answer.doc", "nowhere/answer.csv"):
        with pytest.raises(IntakeError, match=r"[一-鿿]"):
            export_tables(tables, tmp_path / bad, ABOUT)
    assert list(tmp_path.iterdir()) == []
