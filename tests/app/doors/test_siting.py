"""Siting by API and command line: the service's own report, files, scenarios, and one line for what goes wrong."""

from __future__ import annotations

import json

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, at, box, frames

from app.api import create_api
from app.cli import main
from app.roles import LOCAL_STEWARD, SERVER
from app.services.scenarios.saved import kept_scenario
from app.services.siting.question import as_question
from app.services.siting.service import site
from layers.store import Store

XY = {name: list(at(x, y).coords[0]) for name, (x, y) in {"甲": (2200, 0), "乙": (5000, 0), "丙": (1000, 3010)}.items()}
ASKED = {"mode": "walk", "add": 1, "candidates": [], "places": [{"at": xy} for xy in XY.values()]}
OPTIONS = ["--mode", "walk", "--add", 1, *(word for x, y in XY.values() for word in ("--place", f"{x!r},{y!r}"))]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    path = tmp_path_factory.mktemp("county") / "county.db"
    with Store.open(str(path)) as store:
        store.load(frames(), PROVENANCE)
    return path


@pytest.fixture
def run(capsys):
    """Runs a command in this process: exit code, output, errors."""

    def call(*arguments):
        code = 0
        try:
            main([str(a) for a in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_plan_is_the_same_through_every_door(run, county, tmp_path):
    with Store.open(str(county)) as store:
        with TestClient(create_api(store, SERVER)) as client:
            answer = client.post("/siting", json=ASKED)
            assert answer.status_code == 200
            assert answer.json() == json.loads(json.dumps(site(SERVER, store, as_question(ASKED)).to_dict()))
        expected = json.loads(json.dumps(site(LOCAL_STEWARD, store, as_question(ASKED)).to_dict()))
    code, out, err = run("site", *OPTIONS, "--json", "--store", county)
    assert (code, err) == (0, "")
    assert json.loads(out) == expected
    assert (expected["status"], expected["objective"], expected["bound"]) == ("optimal", 12, 12)
    assert [(s["letter"], s["newly"]["persons"]) for s in expected["chosen"]] == [("A", 5)]
    assert [p["objective"] for p in expected["curve"]] == [7, 12, 16, 18]
    (tmp_path / "question.json").write_text(json.dumps(ASKED), encoding="utf-8")
    code, out, _ = run("site", "--question", tmp_path / "question.json", "--json", "--store", county)
    assert json.loads(out) == expected


def test_costs_and_staff_through_every_door(run, county, tmp_path):
    asked = {**ASKED, "budget": 3, "costs": {"place:1": 1, "place:2": 3, "place:3": 2}, "persons_per_staff": 3}
    words = ["--cost-of", "place:1=1", "--cost-of", "place:2=3", "--cost-of", "place:3=2", "--persons-per-staff", 3]
    with Store.open(str(county)) as store:
        expected = json.loads(json.dumps(site(LOCAL_STEWARD, store, as_question(asked)).to_dict()))
        with TestClient(create_api(store, SERVER)) as client:
            answer = client.post("/siting", json=asked)
            assert answer.json() == json.loads(json.dumps(site(SERVER, store, as_question(asked)).to_dict()))
    code, out, err = run("site", *OPTIONS, "--budget", 3, *words, "--json", "--store", county)
    assert (code, err) == (0, "")
    assert json.loads(out) == expected
    assert (expected["cost"], expected["budget"], expected["capacity"]) == (3, 3, [6, 12])
    assert [(s["served"]["persons"], s["capacity"], s["cost"]) for s in expected["chosen"]] == [(3, 3, 1), (2, 3, 2)]
    code, out, _ = run("site", *OPTIONS, "--budget", 3, *words, "--store", county, "--out", tmp_path / "plan.xlsx")
    assert "费用合计 3（预算 3）" in out
    assert "能力" in out
    rows = [*openpyxl.load_workbook(tmp_path / "plan.xlsx")["建议新站"].iter_rows(values_only=True)]
    head = next(row for row in rows if "费用" in row)
    sites = [dict(zip(head, row, strict=True)) for row in rows[rows.index(head) + 1 :]]
    assert [(one["服务能力"], one["费用"]) for one in sites[-2:]] == [(3, 1), (3, 2)]
    code, out, _ = run("site", *OPTIONS, "--budget", 0.5, "--store", county)
    assert code == 0
    assert "预算 0.5，至少要 1，差 0.5" in out


def test_candidates_and_forbidden_areas_from_files(run, county, tmp_path):
    points = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=[at(2200, 0), at(5000, 0)], crs="EPSG:4326")
    points.to_file(tmp_path / "places.geojson")
    gpd.GeoDataFrame(geometry=[box(4000, -50, 6000, 50)], crs="EPSG:4326").to_file(tmp_path / "no.geojson")
    words = ("site", "--mode", "walk", "--add", 1, "--candidates", tmp_path / "places.geojson", "--json", "--store", county)
    assert [s["name"] for s in json.loads(run(*words)[1])["chosen"]] == ["乙"]
    assert [s["name"] for s in json.loads(run(*words, "--forbid", tmp_path / "no.geojson")[1])["chosen"]] == ["甲"]


def test_tables_and_a_scenario_to_take_home(run, county, tmp_path):
    code, out, err = run("site", *OPTIONS, "--store", county, "--out", tmp_path / "plan.xlsx", "--save-as", "新站方案")
    assert code == 0, err
    assert "已证明最优" in out
    assert "建议新站" in openpyxl.load_workbook(tmp_path / "plan.xlsx").sheetnames
    run("site", *OPTIONS, "--store", county, "--out", tmp_path / "plan.gpkg")
    assert pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="chosen_sites")["letter"].tolist() == ["A"]
    with Store.open(str(county)) as store:
        kept = kept_scenario(LOCAL_STEWARD, store, "新站方案").scenario
    assert [change.name for change in kept.changes] == ["A 自选位置 2"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--add", 9), "候选点只有 3 处"),
        (("--add", -1), "不小于 0"),
        (("--mode", "fly"), "mode"),
        (("--minutes", 0), "minutes"),
        (("--minutes", "nan"), "minutes"),
        (("--must", "village:nowhere"), "没有候选点"),
        (("--people", "nobody"), "没有“nobody”"),
        (("--place", "x"), "不是位置"),
        (("--budget", -1), "budget"),
        (("--cost-of", "place:1"), "不是 名称=数"),
        (("--cost-of", "place:8=2"), "没有候选点“place:8”"),
        (("--cost-of", "place:1=-2"), "costs"),
        (("--objective", "set-cover", "--persons-per-staff", 3), "只与 coverage 同用"),
        (("--need", "all=0"), "权重都是 0"),
        (("--candidates", "nowhere.geojson"), "nowhere.geojson"),
        (("--question", "nowhere.json"), "nowhere.json"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_line(run, county, options, said):
    code, out, err = run("site", *OPTIONS, "--store", county, *options)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"add": 9, **{k: v for k, v in ASKED.items() if k != "add"}}, 422, "候选点只有 3 处"),
        ({"objective": "best"}, 422, "objective"),
        ({"minutes": 14}, 422, "时限须取"),
        ({"places": "here"}, 422, "places"),
        ([], 422, ""),
    ],
)
def test_the_api_says_what_is_wrong(county, body, status, said):
    with Store.open(str(county)) as store, TestClient(create_api(store, SERVER)) as client:
        answer = client.post("/siting", json=body)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.text
        assert client.post("/siting", content=b"add=3").status_code == 415
