"""Isochrones and catchments by API and command line: the service's own figures, files, and what is refused."""

from __future__ import annotations

import csv
import json
import re

import openpyxl
import pyogrio
import pytest
import shapely
from fastapi.testclient import TestClient
from small_county import at

from app.api import create_api
from app.cli import main
from app.roles import LOCAL_STEWARD, SERVER
from app.services.catchments.service import catchments
from app.services.county.facilities import FacilityChoice
from app.services.isochrones.service import isochrones
from app.services.isochrones.tables import isochrone_tables

HERE = at(2000, 75)
POINT = (round(HERE.x, 6), round(HERE.y, 6))
AT = f"{POINT[0]},{POINT[1]}"


@pytest.fixture
def client(store):
    with TestClient(create_api(store, SERVER), base_url="http://localhost") as client:
        yield client


def plain(report):
    return json.loads(json.dumps(report.to_dict(), default=str))


def run(capsys, *arguments):
    main([*arguments])
    return capsys.readouterr().out


def refused(capsys, *arguments) -> str:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments])
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.parametrize(("query", "asked"), [
    (f"?at={AT}&minutes=5&minutes=15", {"at": [POINT], "minutes": [5, 15]}),
    (f"?at={AT}&minutes=5,15", {"at": [POINT], "minutes": [5, 15]}),
    (f"?at={AT}&minutes=5，10&minutes=15", {"at": [POINT], "minutes": [5, 10, 15]}),
    (f"?at={AT}&mode=drive&direction=from&bands=true", {"at": [POINT], "mode": "drive", "outward": True, "bands": True}),
    ("?station=S1&station=P3&min_area_m2=0", {"ids": ["S1", "P3"], "min_area_m2": 0}),
    ("?merged=true&level=village", {"merged": True, "choice": FacilityChoice(levels=("village",))}),
])  # fmt: skip
def test_the_api_gives_the_service_s_polygons(store, client, query, asked):
    answer = client.get(f"/isochrones{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    body, report = answer.json(), isochrones(SERVER, store, **asked)
    told = plain(report)
    assert body["about"]["rule"] == told["rule"]
    assert body["about"]["as_of"] == "2026-10-31"
    assert body["origins"] == told["origins"]
    assert [feature["properties"] for feature in body["features"]] == isochrone_tables(report)[0].records()
    for feature, ring in zip(body["features"], report.rings, strict=True):
        assert shapely.geometry.shape(feature["geometry"]).equals_exact(ring.shape, 1e-9)


def test_the_api_gives_the_service_s_catchments(store, client):
    for query, asked in (("", {}), ("?mode=drive&minutes=30", {"mode": "drive", "minutes": 30})):
        report = catchments(SERVER, store, **asked)
        assert client.get(f"/catchments{query}").json() == plain(report)
        areas = client.get(f"/catchments/areas{query}")
        assert areas.headers["content-type"] == "application/geo+json"
        features = areas.json()["features"]
        assert [f["properties"]["id"] for f in features] == [load.id for load in report.loads]
        assert [f["properties"]["households"] for f in features] == [load.households for load in report.loads]


@pytest.mark.parametrize("query", [
    "at=here", "at=200,10", "at=1", f"at={AT}&station=S1", "station=nobody", "minutes=0", "minutes=abc", "minutes=nan",
    "minutes=99999", "minutes=5,", "minutes=5,x", "minutes=" + ",".join(map(str, range(1, 20))),
    "direction=up", "min_area_m2=-1", "mode=fly", "colour=red", "level=city",
    "&".join(f"minutes={k}" for k in range(1, 20)), "&".join([f"at={AT}"] * 51),
])  # fmt: skip
def test_the_api_refuses_what_cannot_be_meant(client, query):
    answer = client.get(f"/isochrones?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("query", ["minutes=0", "mode=fly", "minutes=1e9", "business=x", "colour=red"])
def test_the_api_refuses_catchments_that_cannot_be_meant(client, query):
    assert client.get(f"/catchments?{query}").status_code == 422
    assert client.get(f"/catchments/areas?{query}").status_code == 422


def test_a_point_far_from_any_road_is_marked_in_every_door(store, client, shared_url, capsys):
    far = at(1000, 1500)
    answer = client.get(f"/isochrones?at={far.x},{far.y}").json()
    assert answer["features"] == []
    assert answer["origins"][0]["state"] == "off_network"
    assert "米" in answer["about"]["notes"][0]["zh"]
    said = run(capsys, "isochrone", "--at", f"{far.x},{far.y}", "--store", shared_url)
    assert answer["about"]["notes"][0]["zh"] in said


def test_the_command_gives_the_service_s_figures(store, shared_url, capsys):
    said = run(capsys, "isochrone", "--at", AT, "--minutes", "5,15", "--from", "--json", "--store", shared_url)
    assert json.loads(said) == plain(isochrones(LOCAL_STEWARD, store, at=[POINT], minutes=[5, 15], outward=True))
    said = run(capsys, "isochrone", "--station", "S1", "--bands", "--store", shared_url)
    assert "东村站" in said
    assert "5–10" in said
    said = run(capsys, "catchments", "--minutes", "15", "--json", "--store", shared_url)
    assert json.loads(said) == plain(catchments(LOCAL_STEWARD, store, minutes=15))
    said = run(capsys, "catchments", "--store", shared_url)
    assert "东村站" in said
    assert "路网外 1 户" in said


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".xlsx", ".csv", ".fgb"])
def test_files_hold_what_was_answered(store, shared_url, tmp_path, capsys, suffix):
    file = tmp_path / f"rings{suffix}"
    report = json.loads(run(capsys, "isochrone", "--at", AT, "--json", "--out", str(file), "--store", shared_url))
    households = [ring["households"] for ring in report["rings"]]
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(file)
        assert any(report["rule"]["zh"] in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        assert households == [row[5] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)][-3:]
    elif suffix == ".csv":
        with file.open(encoding="utf-8-sig") as opened:
            assert len(list(csv.reader(opened))) == 4
    else:
        read = pyogrio.read_dataframe(file, layer=0)
        assert sorted(read["households"]) == sorted(households)  # one format keeps an order of its own
        assert read.geometry.is_valid.all()
    if suffix == ".gpkg":
        assert {name for name, _ in pyogrio.list_layers(file)} == {"isochrones", "isochrone_origins"}


def test_catchments_as_a_file_hold_facilities_villages_and_households(store, shared_url, tmp_path, capsys):
    file = tmp_path / "catchments.gpkg"
    run(capsys, "catchments", "--out", str(file), "--store", shared_url)
    names = [name for name, _ in pyogrio.list_layers(file)]
    assert names == ["catchments", "catchment_villages", "household_times"]
    assert file.stat().st_mode & 0o077 == 0  # it holds single households
    assert pyogrio.read_dataframe(file, layer="catchments")["households"].tolist() == [6, 0]


@pytest.mark.parametrize("arguments", [
    ("isochrone", "--at", "somewhere"), ("isochrone", "--at", "200,10"), ("isochrone", "--minutes", "soon"),
    ("isochrone", "--minutes", "0"), ("isochrone", "--minutes", ""), ("isochrone", "--station", "nobody"),
    ("isochrone", "--at", AT, "--station", "S1"), ("isochrone", "--mode", "fly"), ("isochrone", "--min-area", "-4"),
    ("isochrone", "--at", AT, "--out", "rings.doc"), ("catchments", "--minutes", "-1"), ("catchments", "--mode", "fly"),
    ("catchments", "--level", "city"), ("catchments", "--out", "no/such/folder/x.gpkg"),
])  # fmt: skip
def test_the_command_refuses_what_cannot_be_meant(store, shared_url, capsys, arguments):
    assert re.search(r"[\u4e00-\u9fff].*[a-z]", refused(capsys, *arguments, "--store", shared_url)), "in both languages"
