"""The ledger on the command line and over the API, and the data as of a past day."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import jsonschema
import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, frames

from app.api import create_api
from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.coverage.service import coverage
from app.services.ledger import service
from layers.errors import UndoError, UnknownItemError, UnknownLoadError
from layers.store import LoadKind, Store

EARLIER = dt.date(2026, 10, 31)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "county.db"


@pytest.fixture
def store(path):
    """Give the small county; a month later S1 closed, S2 opened, and the first household moved away."""
    with Store.open(str(path)) as opened:
        first = frames()
        first["households"] = first["households"].assign(phone="13800000000", contact_name="王建国")
        opened.load(first, PROVENANCE)
        stations = first["stations"].assign(status=["closed", "open", "closed", "open"])
        later = dataclasses.replace(PROVENANCE, as_of=dt.date(2026, 11, 30), source="十一月.xlsx", sha256="12")
        opened.load({"stations": stations}, later, rejected={"stations": 2})
        first_home = opened.read("households", limit=1)["id"][0]
        opened.edit("households", first_home, {"persons": 9, "phone": "13911111111"}, version=1, by="steward", reason="电话核实",
                    as_of=dt.date(2026, 12, 1))
        yield opened


@pytest.fixture
def run(run, store, path):
    return lambda *arguments: run(*arguments, "--store", path)


@pytest.fixture
def client(store):
    with TestClient(create_api(store, SERVER)) as client:
        yield client


def conforms(client, path, response):
    description = client.get("/openapi.json").json()
    promised = description["paths"][path]["get"]["responses"][str(response.status_code)]["content"]
    schema = promised[response.headers["content-type"].split(";")[0]]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(response.json())


# The service


@pytest.mark.parametrize("viewer", [
    Viewer(Role.PLANNER, points=True), Viewer(Role.LEADER), Viewer(Role.STEWARD, townships=frozenset({"990001001"}), points=True),
])
def test_the_ledger_is_for_stewards_of_the_whole_county(store, viewer):
    for ask in (
        lambda: service.loads(viewer, store), lambda: service.one_load(viewer, store, 1),
        lambda: service.undo(viewer, store, 3), lambda: service.history(viewer, store, "stations", "S1"),
    ):
        with pytest.raises(NotPermittedError):
            ask()
    assert len(store.loads()) == 3


def test_who_may_only_see_counts_is_told_of_no_household(store):
    told = json.dumps([entry.to_dict() for entry in service.loads(SERVER, store)], ensure_ascii=False)
    home = store.read("households", limit=1)["id"][0]
    assert f"households/{home}" not in told
    assert "电话核实" not in told
    assert f"households/{home}" in json.dumps([entry.to_dict() for entry in service.loads(LOCAL_STEWARD, store)])
    with pytest.raises(NotPermittedError):
        service.history(SERVER, store, "households", home)


def test_a_history_says_what_changed_and_hides_personal_data(store):
    home = store.read("households", limit=1)["id"][0]
    found = service.history(LOCAL_STEWARD, store, "households", home)
    assert [(step.version, step.load.load.kind) for step in found.steps] == [(1, LoadKind.FILE), (2, LoadKind.EDIT)]
    assert found.steps[1].changed == ("persons",)
    assert found.steps[0].ended_by.load.id == 3
    told = json.dumps(found.to_dict(), ensure_ascii=False)
    assert not any(secret in told for secret in ("138000", "139111", "王建国"))
    assert found.to_dict()["versions"][1]["content"]["phone"] == "***"
    with pytest.raises(UnknownItemError):
        service.history(LOCAL_STEWARD, store, "households", "nobody")


def test_undoing_is_entered_with_who_and_why(store):
    entry = service.undo(SERVER, store, 2, reason=" 发错了文件 ")
    assert (entry.load.kind, entry.load.loaded_by, entry.reason) == (LoadKind.UNDO, "steward", "发错了文件")
    assert store.read("stations")["status"].tolist() == ["open", "planned", "closed", "open"]
    with pytest.raises(UndoError):
        service.undo(SERVER, store, 2)
    with pytest.raises(UnknownLoadError):
        service.undo(SERVER, store, 77)


# The command line


def test_the_ledger_on_the_command_line_is_the_services_own(run, store):
    code, out, err = run("loads", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"loads": [entry.to_dict() for entry in service.loads(LOCAL_STEWARD, store)]}
    second = json.loads(run("loads", "2", "--json")[1])
    assert second["layers"] == [
        {"layer": "stations", "rows_in": 6, "stored": 2, "unchanged": 2, "removed": 0, "rejected": 2}]
    words = run("loads")[1]
    assert "十一月.xlsx" in words
    assert "数据管理员" in words
    assert "steward" not in words
    assert "十一月.xlsx" in run("loads", "2")[1]


def test_a_history_on_the_command_line(run):
    answer = json.loads(run("history", "stations", "S1", "--json")[1])
    assert [(one["version"], one["content"]["status"], one["changed"][-1:]) for one in answer["versions"]] == [
        (1, "open", ["geometry"]), (2, "closed", ["status"])]
    assert answer["versions"][0]["content"]["geometry"]["type"] == "Point"
    assert "状态" in run("history", "stations", "S1")[1]


def test_undoing_on_the_command_line(run, store):
    assert run("undo", "1")[0] == 2
    code, out, _ = run("undo", "2", "--reason", "错了", "--json")
    assert (code, json.loads(out)["kind"], json.loads(out)["reason"]) == (0, "undo", "错了")
    code, out, err = run("undo", "2")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "已被第 4 次撤销" in err
    assert "撤销" in run("loads")[1]


@pytest.mark.parametrize("arguments", [
    ("loads", "9"), ("history", "stations", "S99"), ("history", "nothing", "S1"), ("undo", "9"), ("loads", "x"),
    ("layers", "--as-of", "2026-13-01"), ("coverage", "--as-of", "yesterday"),
])
def test_what_is_not_there_is_one_line(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_coverage_and_layers_of_a_past_day(run, store):
    then = json.loads(run("coverage", "--as-of", "2026-10-31", "--json")[1])
    assert then == json.loads(json.dumps(coverage(LOCAL_STEWARD, store.at(EARLIER)).to_dict(), default=str))
    now = json.loads(run("coverage", "--json")[1])
    assert (then["as_of"], then["total"]["persons"] == now["total"]["persons"]) == ("2026-10-31", False)
    assert then["total"]["households_reached"] != now["total"]["households_reached"]
    rows = {row["name"]: row for row in json.loads(run("layers", "--as-of", "2026-10-30", "--json")[1])["layers"]}
    assert {row["rows"] for row in rows.values()} == {0}
    rows = {row["name"]: row for row in json.loads(run("layers", "--as-of", "2026-11-29", "--json")[1])["layers"]}
    assert (rows["stations"]["rows"], rows["stations"]["as_of"]) == (4, "2026-10-31")


# The API


def test_the_ledger_over_the_api_is_the_services_own(client, store):
    answer = client.get("/loads")
    conforms(client, "/loads", answer)
    entries = [entry.to_dict() for entry in service.loads(SERVER, store)]
    assert [one["id"] for one in answer.json()["loads"]] == [entry["id"] for entry in entries] == [3, 2, 1]
    page = client.get("/loads", params={"limit": 1, "offset": 1}).json()
    assert (page["number_matched"], [one["id"] for one in page["loads"]]) == (3, [2])
    one = client.get("/loads/2")
    conforms(client, "/loads/{load}", one)
    assert one.json()["layers"] == entries[1]["layers"]


def test_a_history_over_the_api(client):
    answer = client.get("/layers/stations/items/S1/history")
    conforms(client, "/layers/{name}/items/{key}/history", answer)
    assert [one["content"]["status"] for one in answer.json()["versions"]] == ["open", "closed"]


@pytest.mark.parametrize(("asked", "status", "kind"), [
    ("/loads/9", 404, "unknown-load"), ("/loads/x", 422, "parameter"), ("/loads?limit=0", 422, "parameter"),
    ("/layers/stations/items/S99/history", 404, "unknown-item"), ("/layers/none/items/S1/history", 404, "unknown-layer"),
    ("/layers/households/items/H1/history", 403, "not-permitted"), ("/layers?as_of=2026-13-01", 422, "parameter"),
    ("/layers?when=2026-01-01", 422, "parameter"), ("/coverage?as_of=2026-10-30", 404, "no-data"),
])
def test_what_cannot_be_answered_over_the_api(client, asked, status, kind):
    answer = client.get(asked)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}")


def test_a_past_day_over_the_api(client, store):
    def status_of(day):
        found = client.get("/layers/stations/items", params={"as_of": day} if day else {}).json()["features"]
        return {one["id"]: one["properties"]["status"] for one in found}

    assert (status_of("2026-10-31")["S1"], status_of(None)["S1"]) == ("open", "closed")
    assert client.get("/layers", params={"as_of": "2026-10-30"}).json()["layers"][0]["rows"] == 0
    assert client.get("/layers/stations", params={"as_of": "2026-10-31"}).json()["as_of"] == "2026-10-31"
    then, now = (client.get("/coverage", params=said).json() for said in ({"as_of": "2026-10-31"}, {}))
    assert then["as_of"] == "2026-10-31"
    assert then["total"] != now["total"]
