"""``rongtu whatif``: files, saved scenarios, tables, and one line for everything that goes wrong."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from functools import partial

import geopandas as gpd
import pandas as pd
import pytest
from small_county import at

from app.roles import LOCAL_STEWARD
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.service import whatif
from layers.store import Store

NEW = {"name": "新站", "note": "东边", "changes": [{"change": "add_station", "name": "新", "at": [*at(5000, 0).coords[0]]},
                                                {"change": "close_station", "station": "S9"}]}  # fmt: skip


BOW_TIE = json.dumps({"name": "x", "changes": [{"change": "close_roads", "shape": {
    "type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}]})  # fmt: skip


@pytest.fixture
def run(run):
    return partial(run, "whatif")


@pytest.fixture
def new(tmp_path):
    path = tmp_path / "new.json"
    path.write_text(json.dumps(NEW))
    return path


def test_json_is_the_services_own_answer(run, county, new):
    code, out, err = run(new, "--store", county, "--json", "--by", "village", "--mode", "ebike", "--minutes", "20")
    assert (code, err) == (0, "")
    with Store.open(str(county)) as store:
        expected = whatif(LOCAL_STEWARD, store, as_scenario(NEW), mode="ebike", minutes=20, by="village").to_dict()
    assert json.loads(out) == json.loads(json.dumps(expected))


def test_words_tell_before_after_and_what_was_not_applied(run, county, new):
    code, out, _ = run(new, "--store", county)
    assert code == 0
    for said in ("方案“新站”", "站 2 → 3", "没有编号为“S9”", "50.0%", "62.5%", "+12.5", "2026-10-31", "15 分钟内（含）"):
        assert said in out


def test_saved_listed_shown_answered_and_deleted(run, county, new):
    assert "还没有保存" in run("--list", "--store", county)[1]
    assert run(new, "--save", "--store", county)[0] == 0
    assert run(new, "--save", "--store", county)[0] == 0  # the file is the newest word on it
    listed = json.loads(run("--list", "--json", "--store", county)[1])["scenarios"]
    assert [(one["name"], one["version"], one["stale"]) for one in listed] == [("新站", 2, False)]
    shown = json.loads(run("--show", "新站", "--store", county)[1])
    assert (shown["note"], shown["made_for"]["as_of"]) == ("东边", "2026-10-31")
    assert "+12.5" in run("--saved", "新站", "--store", county)[1]
    assert run("--delete", "新站", "--store", county)[0] == 0
    code, _, err = run("--saved", "新站", "--store", county)
    assert (code, err.count("\n")) == (2, 1)
    assert "没有名为“新站”的方案" in err


def test_the_list_tells_the_time_of_here_and_what_cannot_be_read(run, county, new, monkeypatch):
    run(new, "--save", "--store", county)
    with Store.open(str(county)) as store:
        saved_at = store.scenario("新站").saved_at
        store.save_scenario("later", '{"name": "later", "version": 2}', saved_by="planner")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        code, out, _ = run("--list", "--store", county)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert code == 0
    assert f"{saved_at + dt.timedelta(hours=8):%Y-%m-%d %H:%M}" in out
    assert "读不出" in next(line for line in out.splitlines() if line.startswith("later"))
    code, _, err = run("--show", "later", "--store", county)
    assert (code, "格式版本是 2" in err) == (2, True)
    assert run(new, "--save", "--store", county)[0] == 0
    assert run("--delete", "later", "--store", county)[0] == 0


def test_two_are_held_side_by_side(run, county, new, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"name": "撤站", "changes": [{"change": "close_station", "station": "S1"}]}))
    answer = json.loads(run(new, other, "--store", county, "--json")[1])["scenarios"]
    assert [one["scenario"] for one in answer] == ["新站", "撤站"]
    assert answer[0]["total"]["before"] == answer[1]["total"]["before"]


def test_tables_are_written_in_every_format(run, county, new, tmp_path):
    for suffix in (".xlsx", ".gpkg", ".geojson", ".csv"):
        assert run(new, "--store", county, "--out", tmp_path / f"out{suffix}")[0] == 0
    sheets = pd.read_excel(tmp_path / "out.xlsx", engine="openpyxl", sheet_name=None, header=None)
    assert list(sheets) == ["分区对比", "各站服务量对比", "改动", "受影响的户", "规则"]
    areas = gpd.read_file(tmp_path / "out.gpkg", layer="scenario_areas").set_index("name")
    assert areas.loc["乙乡", "newly_reached_persons"] == 5
    assert areas.loc["乙乡", "geometry"] is not None
    assert {*gpd.list_layers(tmp_path / "out.gpkg")["name"]} >= {"scenario_stations", "scenario_households"}
    assert (tmp_path / "out.gpkg").stat().st_mode & 0o077 == 0  # single households are in it
    features = json.loads((tmp_path / "out.geojson").read_text())
    assert features["about"]["as_of"] == "2026-10-31"
    assert len(pd.read_csv(tmp_path / "out.csv")) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"name": "x", "nam": 1}', r"bad\.json：方案格式有误：nam 没有这一项"),
        ("{", "不是有效的 JSON"),
        (BOW_TIE, "与自己相交，在经纬度 0.5 0.5 处"),
        ('{"name": "x", "people": {"file": "nowhere.gpkg"}}', "没有文件"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_one_line(run, county, tmp_path, text, said):
    bad = tmp_path / "bad.json"
    bad.write_text(text)
    code, out, err = run(bad, "--store", county)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert re.search(said, err)


def test_no_scenario_no_file_and_no_format_are_told(run, county, tmp_path, new):
    for arguments, said in ((("--store", county), "--saved"), ((tmp_path / "none.json", "--store", county), "无法读取方案"),
                            ((new, "--store", county, "--out", tmp_path / "a.docx"), "不支持的格式")):
        code, _, err = run(*arguments)
        assert (code, said in err) == (2, True)
