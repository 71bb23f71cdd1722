"""The command line: answers, files, and one line for everything that goes wrong."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from functools import partial

import geopandas as gpd
import pandas as pd
import pytest

from app.cli.common import percent
from app.messages import Words
from layers.registry import LAYERS


@pytest.mark.parametrize("share", [0.9996, 0.0001, 0.9994, 1.0, 0.0, 0.5])
def test_shares_have_the_digits_of_the_page(share):
    assert percent(share) == Words().percent(share)
    assert (percent(0.9996), percent(0.0001), percent(1.0), percent(None)) == ("99.9%", "0.1%", "100.0%", "无数据")


def test_layers(run, county):
    code, out, _ = run("layers", "--json", "--store", county)
    rows = {row["name"]: row for row in json.loads(out)["layers"]}
    assert code == 0
    assert list(rows) == list(LAYERS)
    assert (rows["households"]["rows"], rows["households"]["as_of"]) == (10, "2026-10-31")
    assert "服务站" in run("layers", "--store", county)[1]


def test_coverage_json_has_what_it_promises(run, county):
    code, out, err = run(
        "coverage", "--mode", "walk", "--minutes", "15", "--by", "village", "--json", "--store", county
    )
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert set(answer) >= {"rule", "as_of", "total", "by_area", "gaps", "unknown"}
    assert set(answer["total"]) >= {
        "households", "persons", "households_reached", "persons_reached", "reach_rate", "reach_rate_low",
        "reach_rate_high", "units", "units_with_station", "establishment_rate",
    }  # fmt: skip
    assert set(answer["by_area"][0]) >= set(answer["total"]) | {"code", "name", "level"}
    assert answer["unknown"] == {"off_network": 1, "unreachable": 1, "imprecise": 2, "disconnected": 1}
    assert answer["total"]["households_reached"] == 4


def test_coverage_in_words(run, county):
    code, out, _ = run("coverage", "--store", county)
    assert code == 0
    assert "50.0%" in out
    assert "2026-10-31" in out
    assert "西村：最近的是东村站，步行约 34.8 分钟" in out


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_one_row_per_household(run, county, tmp_path, suffix):
    out = tmp_path / f"times.{suffix}"
    code, *_ = run("coverage", "--out", out, "--json", "--store", county)
    read = {"csv": pd.read_csv, "xlsx": partial(pd.read_excel, engine="openpyxl")}[suffix]
    table = read(out, dtype={"id": str})
    assert code == 0
    assert table.columns.tolist() == ["id", "minutes", "station", "status"]
    assert table["status"].value_counts().to_dict() == {
        "reached": 4, "not_reached": 2, "imprecise": 2, "unreachable": 1, "off_network": 1
    }  # fmt: skip


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "csv", "xlsx"])
def test_export(run, county, tmp_path, suffix):
    file = tmp_path / f"stations.{suffix}"
    code, out, _ = run("export", "stations", file, "--json", "--store", county)
    assert code == 0
    assert json.loads(out)["rows"] == 4
    read = {"csv": pd.read_csv, "xlsx": partial(pd.read_excel, engine="openpyxl")}.get(suffix, gpd.read_file)
    assert sorted(read(file)["id"]) == ["S1", "S2", "S3", "S4"]


def test_check(run, county):
    assert run("check", "--json", "--store", county)[:2] == (0, '{\n  "ok": true,\n  "issues": []\n}\n')
    with sqlite3.connect(county) as database:
        database.execute("UPDATE stations SET level = 'city' WHERE id = 'S1'")
    code, out, _ = run("check", "--json", "--store", county)
    assert code == 1
    assert [(i["layer"], i["id"], i["rule"]) for i in json.loads(out)["issues"]] == [("stations", "S1", "vocabulary")]


def test_migrate(run, tmp_path):
    code, out, _ = run("migrate", "--json", "--store", tmp_path / "new.db")
    assert code == 0
    assert json.loads(out)["version"]


def bad(*arguments):
    return pytest.param(arguments, id=" ".join(str(a) for a in arguments))


@pytest.mark.parametrize("arguments", [
    bad("nonsense"), bad("coverage", "--nonsense"), bad("coverage", "--mode", "fly"), bad("coverage", "--minutes", "0"),
    bad("coverage", "--minutes", "-5"), bad("coverage", "--minutes", "1e9"), bad("coverage", "--minutes", "soon"),
    bad("coverage", "--minutes", "nan"), bad("coverage", "--by", "county"), bad("coverage", "--level", "city"),
    bad("coverage", "--out", "times.doc"), bad("coverage", "--out", "/nowhere/times.csv"),
    bad("coverage", "--kind", "nothing"), bad("export", "stations", "x.doc"), bad("export", "nothing", "x.csv"),
    bad("export", "stations", "/nowhere/x.csv"), bad("demo", "--seed", "-1"), bad("serve", "--port", "70000"),
    bad("import-osm", "missing.osm.pbf"), bad("import-osm"),
])  # fmt: skip
def test_bad_usage_is_one_line_and_two(run, county, arguments):
    before = county.read_bytes()
    code, out, err = run(*arguments, *([] if arguments == ("nonsense",) else ["--store", county]))
    assert (code, out) == (2, "")
    assert err.startswith("rongtu: ")
    assert err.count("\n") == 1
    assert county.read_bytes() == before


@pytest.mark.parametrize("command", [("layers",), ("coverage",), ("check",), ("export", "stations", "x.csv")])
def test_a_store_that_is_not_there_is_not_made(run, tmp_path, command):
    path = tmp_path / "typo.db"
    code, _, err = run(*command, "--store", path)
    assert code == 2
    assert "rongtu demo" in err
    assert not path.exists()


def test_a_file_that_is_no_store(run, tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("not a database, but a letter " * 200)
    code, _, err = run("layers", "--store", path)
    assert (code, err.count("\n")) == (2, 1)


def test_a_store_of_a_newer_program(run, county):
    with sqlite3.connect(county) as database:
        database.execute("UPDATE rongtu_version SET version_num = '9999_later'")
    before = county.read_bytes()
    code, _, err = run("coverage", "--store", county)
    assert (code, err.count("\n")) == (2, 1)
    assert county.read_bytes() == before


@pytest.mark.parametrize("port", ["soon", "0", "70000"])
def test_a_setting_that_cannot_be_meant(run, monkeypatch, county, port):
    monkeypatch.setenv("RONGTU_PORT", port)
    code, _, err = run("layers", "--store", county)
    assert (code, err.count("\n")) == (2, 1)
    assert "RONGTU_PORT" in err


def test_empty_store(run, tmp_path):
    run("migrate", "--store", tmp_path / "new.db")
    code, _, err = run("coverage", "--store", tmp_path / "new.db")
    assert code == 2
    assert "rongtu demo" in err


def test_no_arguments_and_help():
    bare = subprocess.run([sys.executable, "-m", "app.cli"], capture_output=True, text=True, check=False)
    assert bare.returncode == 2
    assert "coverage" in bare.stderr
    helped = subprocess.run(
        [sys.executable, "-m", "app.cli", "coverage", "--help"], capture_output=True, text=True, check=False
    )
    assert helped.returncode == 0
    assert "--minutes" in helped.stdout
