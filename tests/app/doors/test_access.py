"""Access and fairness by API and command line: the services' own reports, files, and one line for what goes wrong."""

from __future__ import annotations

import json

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, frames

from app.api import create_api
from app.roles import LOCAL_STEWARD, SERVER
from app.services.access.service import access
from app.services.county.facilities import FacilityChoice
from app.services.fairness.service import fairness
from layers.store import Store


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    path = tmp_path_factory.mktemp("county") / "county.db"
    given = frames()
    given["stations"] = given["stations"].assign(staff=[2, 9, 9, 0])
    given["households"] = given["households"].assign(eldest_birth_year=1940)
    with Store.open(str(path)) as store:
        store.load(given, PROVENANCE)
    return path


@pytest.mark.parametrize(
    ("query", "options", "arguments"),
    [
        ("", (), {}),
        ("?mode=ebike&minutes=20&by=village&decay=step", ("--mode", "ebike", "--minutes", 20, "--by", "village",
         "--decay", "step"), {"mode": "ebike", "minutes": 20.0, "by": "village", "decay": "step"}),
        ("?level=village", ("--level", "village"), {"choice": FacilityChoice(levels=("village",))}),
    ],
)  # fmt: skip
def test_access_is_the_same_through_every_door(run, county, query, options, arguments):
    with Store.open(str(county)) as store:
        with TestClient(create_api(store, SERVER)) as client:
            assert client.get(f"/access{query}").json() == access(SERVER, store, **arguments).to_dict()
        expected = access(LOCAL_STEWARD, store, **arguments).to_dict()
    code, out, err = run("access", *options, "--json", "--store", county)
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("query", "options", "arguments"),
    [
        ("", (), {}),
        ("?elder_pace=false&minutes=20", ("--usual-pace", "--minutes", 20), {"elder_pace": False, "minutes": 20.0}),
        ("?mode=drive&business=medical", ("--mode", "drive", "--business", "medical"),
         {"mode": "drive", "choice": FacilityChoice(business="medical")}),
    ],
)  # fmt: skip
def test_fairness_is_the_same_through_every_door(run, county, query, options, arguments):
    with Store.open(str(county)) as store:
        with TestClient(create_api(store, SERVER)) as client:
            assert client.get(f"/fairness{query}").json() == json.loads(
                json.dumps(fairness(SERVER, store, **arguments).to_dict())
            )
        expected = fairness(LOCAL_STEWARD, store, **arguments).to_dict()
    code, out, err = run("fairness", *options, "--json", "--store", county)
    assert (code, err) == (0, "")
    assert json.loads(out) == json.loads(json.dumps(expected))


def test_words_on_the_terminal(run, county):
    code, out, _ = run("access", "--store", county)
    assert code == 0
    for said in ("小县（虚构）", "2026-10-31", "两步移动搜索法", "注意：1 个站没有工作人员：甲镇站", "东村站", "无人员"):
        assert said in out
    code, out, _ = run("fairness", "--store", county)
    assert code == 0
    for said in ("基尼系数", "乡镇差距", "60 岁及以上", "按老人步行 3 公里/小时"):
        assert said in out


def test_files(run, county, tmp_path):
    for command, sheets in (("access", ["各乡镇服务能力", "各站负荷", "各户服务能力", "规则"]),
                            ("fairness", ["各类家庭可达率", "各乡镇公平情况", "规则"])):  # fmt: skip
        for suffix in (".xlsx", ".gpkg", ".geojson", ".csv"):
            assert run(command, "--out", tmp_path / f"{command}{suffix}", "--store", county)[0] == 0
        assert openpyxl.load_workbook(tmp_path / f"{command}.xlsx").sheetnames == sheets
        shapes = gpd.read_file(tmp_path / f"{command}.geojson")
        assert set(shapes["name"]) == {"甲镇", "乙乡"}
        assert shapes.geometry.notna().all()
        assert len(pd.read_csv(tmp_path / f"{command}.csv"))
    assert sorted(n for n, _ in pyogrio.list_layers(tmp_path / "access.gpkg")) == [
        "access_townships", "household_access", "station_loads",
    ]  # fmt: skip
    assert (tmp_path / "access.xlsx").stat().st_mode & 0o077 == 0  # it holds single households


@pytest.mark.parametrize(
    "asked",
    [
        ("access", "--decay", "cubic"),
        ("access", "--business", "medical"),
        ("access", "--minutes", "0"),
        ("fairness", "--mode", "fly"),
        ("access", "--out", "nowhere/answer.doc"),
    ],
)
def test_what_cannot_be_asked_is_one_line(run, county, asked):
    code, out, err = run(*asked, "--store", county)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("rongtu: ")


@pytest.mark.parametrize("path", [
    "/access?decay=cubic", "/access?decays=step", "/access?by=county", "/access?business=medical", "/access?minutes=nan",
    "/fairness?minutes=0", "/fairness?elder_pace=perhaps", "/fairness?by=village",
])  # fmt: skip
def test_what_cannot_be_answered_is_a_problem(county, path):
    with Store.open(str(county)) as store, TestClient(create_api(store, SERVER)) as client:
        answer = client.get(path)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_empty_store_has_nothing_to_answer_with(tmp_path):
    with Store.open(str(tmp_path / "empty.db")) as store, TestClient(create_api(store, SERVER)) as client:
        assert [client.get(path).status_code for path in ("/access", "/fairness")] == [404, 404]
