"""Edits, undoing, forms and exports over the wire, on both back ends: the same services, one more door."""

from __future__ import annotations

import io
import json

import jsonschema
import openpyxl
import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, at, frames

from app.api import create_api
from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from layers.store import Store

NEW = {"fields": {"name": "新站", "level": "village", "status": "open", "opened": "2026-05-01"}, "reason": "新建"}
PLACE = {"type": "Point", "coordinates": [123.01, 28.5]}


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.fixture
def client(store):
    with TestClient(create_api(store, LOCAL_STEWARD)) as client:
        yield client


def conforms(client, method, path, answer):
    description = client.get("/openapi.json").json()
    content = description["paths"][path][method]["responses"][str(answer.status_code)]["content"]
    schema = content[answer.headers["content-type"].split(";")[0]]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(answer.json())


def problem(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/api/problems/")


def test_an_object_is_added_corrected_moved_and_retired(client, store):
    made = client.post("/layers/stations/items", json=NEW | {"geometry": PLACE})
    conforms(client, "post", "/layers/{name}/items", made)
    assert (made.status_code, made.json()["version"], made.json()["fields"]["precision"]) == (201, 1, "door")
    path = f"/layers/stations/items/{made.json()['id']}"
    seen = client.get(path)
    conforms(client, "get", "/layers/{name}/items/{key}", seen)
    assert seen.json() == made.json()
    corrected = client.patch(path, json={"version": 1, "fields": {"name": "改名站", "opened": None}, "reason": "更正"}).json()
    assert (corrected["version"], corrected["fields"]["name"], corrected["fields"]["opened"]) == (2, "改名站", None)
    assert corrected["geometry"] == made.json()["geometry"]
    x, y = at(500, 100).coords[0]
    moved = client.patch(path, json={"version": 2, "geometry": {"type": "Point", "coordinates": [x, y]}}).json()
    assert moved["geometry"]["coordinates"] == pytest.approx([x, y])
    assert moved["fields"] == corrected["fields"]
    assert client.post(f"{path}/retire", json={"version": 3, "reason": "撤站"}).status_code == 204
    assert problem(client.get(path)) == (404, "unknown-item")
    assert [load.kind.value for load in store.loads()] == ["edit"] * 4 + ["file"]
    assert [load.reason for load in store.loads()[:4]] == ["撤站", "", "更正", "新建"]
    assert len(client.get(f"{path}/history").json()["versions"]) == 3


def test_whoever_saves_second_gets_both_values(client):
    path = "/layers/stations/items/S1"
    assert client.patch(path, json={"version": 1, "fields": {"name": "甲"}}).status_code == 200
    refused = client.patch(path, json={"version": 1, "fields": {"name": "乙"}, "geometry": PLACE})
    conforms(client, "patch", "/layers/{name}/items/{key}", refused)
    assert problem(refused) == (409, "lost-update")
    told = refused.json()["conflict"]
    assert (told["version"], told["yours"]["name"], told["theirs"]["name"]) == (2, "乙", "甲")
    assert (told["yours"]["geometry"], told["theirs"]["geometry"]["type"]) == (PLACE, "Point")
    assert problem(client.post(f"{path}/retire", json={"version": 1})) == (409, "lost-update")
    assert client.patch(path, json={"version": told["version"], "fields": {"name": "乙"}}).json()["fields"]["name"] == "乙"


def test_a_conflict_about_a_person_tells_no_name(client):
    path = "/layers/households/items/h01"
    assert client.patch(path, json={"version": 1, "fields": {"contact_name": "测试甲", "phone": "13900000001"}}).status_code == 200
    refused = client.patch(path, json={"version": 1, "fields": {"contact_name": "测试乙", "phone": "13900000002"}})
    assert problem(refused) == (409, "lost-update")
    told = refused.json()["conflict"]
    assert (told["yours"], told["theirs"]["contact_name"]) == ({"contact_name": "***", "phone": "***"}, "***")
    assert not any(secret in refused.text for secret in ("测试甲", "测试乙", "13900000"))
    assert not any(secret in client.get(path).text for secret in ("测试甲", "13900000"))


def test_what_breaks_a_rule_is_told_field_by_field(client, store):
    before = store.stamp()
    refused = client.patch("/layers/stations/items/S1", json={
        "version": 1, "fields": {"level": "palace", "staff": -1, "opened": "31 February", "unit": "nowhere"}})
    conforms(client, "patch", "/layers/{name}/items/{key}", refused)
    assert problem(refused) == (422, "invalid-data")
    assert {fault["parameter"] for fault in refused.json()["errors"]} >= {"level", "staff", "opened"}
    refused = client.patch("/layers/households/items/h01", json={"version": 1, "fields": {"identity_no": "43052219400101x"}})
    assert problem(refused) == (422, "invalid-data")
    assert "43052219400101" not in refused.text
    assert problem(client.post("/layers/villages/items/V1/retire", json={"version": 1})) == (422, "invalid-data")
    assert store.stamp() == before


@pytest.mark.parametrize(("method", "path", "body", "status", "kind"), [
    ("patch", "/layers/stations/items/S1", {"version": 1, "fields": {"colour": "red"}}, 422, "unknown-field"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "fields": {"id": "S9"}}, 422, "unknown-field"),
    ("patch", "/layers/stations/items/S1", {"fields": {}}, 422, "parameter"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "who": "me"}, 422, "parameter"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "geometry": {"type": "Point"}}, 422, "parameter"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "geometry": {"type": "Point", "coordinates": [500, 500]}}, 422, "invalid-data"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "geometry": {"type": "Polygon", "coordinates": []}}, 422, "invalid-data"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "fields": {"name": {"a": 1}, "staff": [1], "opened": 5}}, 422, "invalid-data"),
    ("patch", "/layers/stations/items/S1", {"version": 1, "fields": {"name": "\ud800", "address": "a\0b"}}, 422, "invalid-data"),
    ("patch", "/layers/claims/items/c1", {"version": 1, "geometry": PLACE}, 422, "parameter"),
    ("patch", "/layers/stations/items/S99", {"version": 1, "fields": {"name": "甲"}}, 409, "lost-update"),
    ("patch", "/layers/nothing/items/S1", {"version": 1}, 404, "unknown-layer"),
    ("post", "/layers/stations/items", NEW | {"id": "S1", "geometry": PLACE}, 409, "lost-update"),
    ("post", "/layers/stations/items", NEW, 422, "invalid-data"),
    ("post", "/layers/stations/items/S99/retire", {"version": 1}, 404, "unknown-item"),
    ("post", "/layers/stations/items/S1%00/retire", {"version": 1}, 404, "unknown-item"),
    ("get", "/layers/stations/items/S1%00/history", None, 404, "unknown-item"),
    ("post", "/layers/stations/items", NEW | {"id": "a\0b", "geometry": PLACE}, 422, "invalid-data"),
    ("post", "/loads/9/undo", {}, 404, "unknown-load"),
])  # fmt: skip
def test_what_cannot_be_done_is_a_problem_and_changes_nothing(client, store, method, path, body, status, kind):
    before = store.stamp()
    answer = client.request(method, path, content=json.dumps(body), headers={"content-type": "application/json"})
    assert problem(answer) == (status, kind)
    assert store.stamp() == before


def test_a_load_is_undone_once_nothing_built_on_it(client, store):
    client.patch("/layers/stations/items/S1", json={"version": 1, "fields": {"name": "甲"}})
    refused = client.post("/loads/1/undo", json={"reason": "错"})
    conforms(client, "post", "/loads/{load}/undo", refused)
    assert problem(refused) == (409, "undo")
    assert "第 2 次" in refused.json()["detail"]
    done = client.post("/loads/2/undo", json={"reason": "试改"})
    conforms(client, "post", "/loads/{load}/undo", done)
    assert (done.json()["kind"], done.json()["reason"]) == ("undo", "试改")
    assert client.post("/loads/1/undo", json={}).status_code == 200
    assert store.is_empty()
    assert problem(client.post("/loads/2/undo", json={})) == (409, "undo")


def test_pages_elsewhere_cannot_edit(client):
    for method, path in (("patch", "/layers/stations/items/S1"), ("post", "/layers/stations/items"),
                         ("post", "/layers/stations/items/S1/retire"), ("post", "/loads/1/undo")):
        answer = client.request(method, path, content='{"version": 1}', headers={"content-type": "text/plain"})
        assert answer.status_code == 415


@pytest.mark.parametrize("viewer", [Viewer(Role.PLANNER, points=True), Viewer(Role.STEWARD, frozenset({"990001001"}), points=True)])
def test_only_stewards_of_the_whole_county(store, viewer):
    with TestClient(create_api(store, viewer)) as client:
        for method, path, body in (
            ("get", "/layers/stations/items/S1", None), ("patch", "/layers/stations/items/S1", {"version": 1}),
            ("post", "/layers/stations/items", NEW), ("post", "/layers/stations/items/S1/retire", {"version": 1}),
            ("post", "/loads/1/undo", {}),
        ):
            assert problem(client.request(method, path, json=body)) == (403, "not-permitted")
    assert len(store.loads()) == 1


def test_who_sees_counts_only_edits_no_household(store):
    with TestClient(create_api(store, SERVER)) as client:
        assert problem(client.patch("/layers/households/items/h01", json={"version": 1})) == (403, "not-permitted")
        assert problem(client.get("/layers/households/export")) == (403, "not-permitted")
        assert client.get("/layers/stations/items/S1").status_code == 200


def test_forms_and_layers_are_handed_out(client):
    form = client.get("/layers/households/template")
    assert form.headers["content-type"].startswith("application/vnd.openxml")
    headings = {cell.value for row in openpyxl.load_workbook(io.BytesIO(form.content)).worksheets[0].iter_rows() for cell in row}
    assert {"所在村", "身份证号"} <= {str(heading).rstrip("* ") for heading in headings}
    for kind, sign in (("xlsx", b"PK"), ("gpkg", b"SQLite"), ("csv", b"\xef\xbb\xbf"), ("fgb", b"fgb"), ("geojson", b"{")):
        got = client.get("/layers/stations/export", params={"format": kind})
        assert (got.status_code, got.content[: len(sign)]) == (200, sign)
        assert "no-store" in got.headers["cache-control"]
    assert problem(client.get("/layers/nothing/template")) == (404, "unknown-layer")
    assert problem(client.get("/layers/stations/export", params={"format": "exe"})) == (422, "parameter")
