"""Circles by API and command line: the service's own figures, files that hold them, and what is refused."""

from __future__ import annotations

import csv
import json

import openpyxl
import pyogrio
import pytest
from circle_county import circle_frames
from fastapi.testclient import TestClient
from small_county import PROVENANCE, at

from app.api import create_api
from app.cli import main
from app.roles import LOCAL_STEWARD, SERVER
from app.services.circles.around import around
from app.services.circles.recipe import CircleRecipe
from app.services.circles.service import circles
from layers.store import Store

HERE = at(2000, 75)
POINT = {"lon": round(HERE.x, 6), "lat": round(HERE.y, 6)}


@pytest.fixture(scope="module")
def store(shared_url):
    with Store.open(shared_url) as opened:
        opened.load(circle_frames(), PROVENANCE)
        yield opened


@pytest.fixture
def client(store):
    with TestClient(create_api(store, SERVER)) as client:
        yield client


def plain(report):
    return json.loads(json.dumps(report.to_dict(), default=str))


def run(capsys, *arguments):
    main(["circle", *arguments])
    return capsys.readouterr().out


def refused(capsys, *arguments) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(["circle", *arguments])
    assert stopped.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(("query", "asked"), [
    ("", {}),
    ("?mode=ebike&minutes=5&by=village", {"mode": "ebike", "minutes": 5.0, "by": "village"}),
    ("?recipe=medical:2,station|post", {"recipe": CircleRecipe.parse("medical:2,station|post")}),
])
def test_the_api_and_the_command_give_the_services_own_report(client, store, shared_url, capsys, query, asked):
    assert client.get(f"/circles{query}").json() == plain(circles(SERVER, store, **asked))
    options = [part for pair in query[1:].split("&") if pair for part in (f"--{pair.split('=')[0]}", pair.split("=")[1])]
    said = run(capsys, "--store", shared_url, "--json", *options)
    assert json.loads(said) == plain(circles(LOCAL_STEWARD, store, **asked))


def test_around_is_the_same_through_both_doors(client, store, shared_url, capsys):
    expected = plain(around(SERVER, store, **POINT))
    assert client.get("/circles/around", params=POINT).json() == expected
    said = run(capsys, "--store", shared_url, "--json", "--at", f"{POINT['lon']},{POINT['lat']}")
    assert json.loads(said) == expected


def test_areas_come_as_geojson_with_the_reports_figures(client, store):
    answer = client.get("/circles/areas?by=village&minutes=20")
    assert answer.headers["content-type"] == "application/geo+json"
    told = {f["properties"]["code"]: f for f in answer.json()["features"]}
    report = circles(SERVER, store, by="village", minutes=20)
    assert set(told) == {a.code for a in report.by_area}
    for area in report.by_area:
        assert told[area.code]["geometry"]["type"] == "Polygon"
        assert told[area.code]["properties"]["households"] == area.households
        assert told[area.code]["properties"]["centre_missing"] == list(area.centre_missing)
        assert told[area.code]["properties"]["score"] is None  # fewer than five households each
    assert answer.json()["about"]["as_of"] == "2026-10-31"


def test_the_api_never_tells_of_one_household(client):
    said = client.get("/circles?by=village").json()
    assert {area["score"] for area in said["by_area"]} == {None}
    assert said["total"]["score"] == pytest.approx(0.55)


@pytest.mark.parametrize("path", [
    "/circles?recipe=medicine", "/circles?recipe=", "/circles?mode=fly", "/circles?minutes=0", "/circles?by=county",
    "/circles?wrong=1", "/circles/around", "/circles/around?lon=200&lat=0", "/circles/around?lon=nan&lat=0",
])
def test_what_cannot_be_meant_is_refused(client, path):
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_setting_says_what_makes_a_circle(client, store, shared_url, capsys, monkeypatch):
    monkeypatch.setenv("RONGTU_CIRCLE", "health")
    mine = CircleRecipe.parse("health")
    assert client.get("/circles").json() == plain(circles(SERVER, store, recipe=mine))
    assert json.loads(run(capsys, "--store", shared_url, "--json"))["recipe"][0]["code"] == "health"
    usual = json.loads(run(capsys, "--store", shared_url, "--json", "--recipe", "post"))
    assert [item["code"] for item in usual["recipe"]] == ["post"]  # what is said wins
    monkeypatch.setenv("RONGTU_CIRCLE", "healthy")
    assert "healthy" in refused(capsys, "--store", shared_url)


@pytest.fixture(scope="module")
def file_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("file") / "county.db"
    with Store.open(str(path)) as opened:
        opened.load(circle_frames(), PROVENANCE)
    return str(path)


def test_in_words(file_store, capsys):
    said = run(capsys, "--store", file_store)
    for words in ("小县（虚构）  2026-10-31", "得分 55.0%（44.0%–64.0%）", "完整率 25.0%", "协议过期 1 处",
                  "不完整的人最多：乙乡、甲镇", "缺餐饮"):
        assert words in said
    here = run(capsys, "--store", file_store, "--at", f"{POINT['lon']},{POINT['lat']}")
    for words in ("得分 80.0%", "缺 餐饮：最近 noodles点 27.7 分钟", "shop点", "协议过期或未开始，不计", "gone点"):
        assert words in here
    far = at(1000, 900)
    nowhere = run(capsys, "--store", file_store, "--at", f"{far.x},{far.y}")
    assert "超过 500 米" in nowhere
    assert "得分 无数据" in nowhere


@pytest.mark.parametrize("suffix", [".xlsx", ".gpkg", ".geojson", ".csv", ".fgb"])
def test_tables_are_written(file_store, tmp_path, capsys, suffix):
    out = tmp_path / f"circles{suffix}"
    main(["circle", "--store", file_store, "--by", "village", "--json", "--out", str(out)])
    said = capsys.readouterr()
    assert json.loads(said.out)["by"] == "village"
    several = "、分乡镇服务圈 2 行、各户服务圈 10 行" if suffix in {".xlsx", ".gpkg"} else ""
    assert said.err == f"已写入 {out}：分村服务圈 3 行{several} (written)\n"
    assert out.stat().st_mode & 0o077 == 0  # households are in it
    if suffix == ".xlsx":
        book = openpyxl.load_workbook(out)
        assert book.sheetnames == ["分村服务圈", "分乡镇服务圈", "各户服务圈", "规则"]
        rows = list(book["各户服务圈"].iter_rows(min_row=5, values_only=True))
        assert [(row[0], row[1], row[3] or None) for row in rows][:2] == [("h01", 1, None), ("h02", 0.8, "餐饮")]
        assert "步行 15 分钟" in book["规则"]["A4"].value
    elif suffix == ".gpkg":
        assert pyogrio.list_layers(out)[:, 0].tolist() == ["circles_by_village", "circles_by_township", "household_circles"]
        assert pyogrio.read_dataframe(out, layer="circles_by_township")["score"].tolist() == pytest.approx([0.9, 0.2])
    elif suffix == ".csv":
        with out.open(encoding="utf-8-sig") as file:
            assert [row["name"] for row in csv.DictReader(file)] == ["东村", "西村", "北村"]
    else:
        assert pyogrio.read_info(out)["features"] == 3


def test_the_places_around_a_point_are_written(file_store, tmp_path, capsys):
    out = tmp_path / "here.gpkg"
    run(capsys, "--store", file_store, "--at", f"{POINT['lon']},{POINT['lat']}", "--out", str(out))
    places = pyogrio.read_dataframe(out, layer="circle_places")
    assert places["id"].tolist() == ["shop", "bank", "street", "S1", "medical", "gone"]
    assert places["state"].tolist()[-1] == "expired"
    near = pyogrio.read_dataframe(out, layer="circle_services").set_index("id")
    assert near.loc["catering", "nearest"] == "noodles点"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--recipe", "medicine"], "medicine"), (["--at", "1"], "经度,纬度"), (["--at", "x,y"], "经度,纬度"),
    (["--at", "500,0"], "不是经纬度"), (["--mode", "fly"], "fly"), (["--by", "county"], "county"), (["--minutes", "0"], "时限"),
    (["--out", "/nowhere/x.xlsx"], "不存在"), (["--out", "x.pdf"], ".pdf"),
])
def test_slips_of_the_pen_are_one_line(file_store, capsys, arguments, said):
    err = refused(capsys, "--store", file_store, *arguments)
    assert said in err
    assert len(err.strip().splitlines()) == 1
