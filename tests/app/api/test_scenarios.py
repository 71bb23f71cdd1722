"""Scenarios over the API: the service's own figures, saved by name, and nothing taken from a page elsewhere."""

from __future__ import annotations

import json
from urllib.parse import unquote

import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_county import PROVENANCE, at, frames

from app.api import create_api
from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.service import whatif
from layers.store import Store

NEW_STATION = {"name": "新站", "changes": [{"change": "add_station", "name": "新", "at": [*at(5000, 0).coords[0]]}]}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("api") / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.fixture
def client(store):
    with TestClient(create_api(store, SERVER)) as client:
        yield client


def conforms(client, path, method, response):
    description = client.get("/openapi.json").json()
    promised = description["paths"][path][method]["responses"][str(response.status_code)]["content"]
    schema = promised[response.headers["content-type"].split(";")[0]]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(response.json())


def test_the_answer_is_the_services_own(client, store):
    for query in ({}, {"by": "village", "mode": "ebike", "minutes": "20"}, {"level": "township"}):
        answer = client.post("/whatif", json=NEW_STATION, params=query)
        conforms(client, "/whatif", "post", answer)
        asked = {**query, "minutes": 20.0} if query.get("minutes") else query
        choice = asked.pop("level", None)
        if choice is None:
            assert answer.json() == json.loads(json.dumps(whatif(SERVER, store, as_scenario(NEW_STATION), **asked).to_dict()))
    assert client.get("/scenarios").json() == {"scenarios": []}


def test_a_scenario_is_saved_changed_and_forgotten(client):
    first = client.put("/scenarios/新站", json=NEW_STATION)
    conforms(client, "/scenarios/{name}", "put", first)
    assert (first.json()["version"], first.json()["stale"]) == (1, False)
    assert client.put("/scenarios/新站", json=NEW_STATION).status_code == 409
    assert client.put("/scenarios/新站?version=1", json={"name": "新站"}).json()["version"] == 2
    assert client.get("/scenarios/新站").json()["scenario"]["changes"] == []
    assert [one["name"] for one in client.get("/scenarios").json()["scenarios"]] == ["新站"]
    stale = client.delete("/scenarios/新站?version=1")
    assert (stale.status_code, stale.json()["type"]) == (409, "/api/problems/lost-update")
    assert client.delete("/scenarios/新站?version=2").status_code == 204
    assert client.get("/scenarios/新站").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "x", "nam": 1}, "nam"),
        ({"name": "x", "changes": [{"change": "close_roads", "shape": {
            "type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}]}, "0.5 0.5"),
        ({"name": "x", "people": {"file": "/etc/passwd"}}, "people"),
        ({"name": "x", "people": "anything"}, "people"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_a_problem(client, body, said):
    answer = client.post("/whatif", json=body)
    assert answer.status_code in {403, 422}
    conforms(client, "/whatif", "post", answer)
    assert said in answer.json()["detail"]


def test_people_of_an_earlier_day_are_for_those_who_may_see_points(client, store):
    body = {"name": "x", "people": {"as_of": PROVENANCE.as_of.isoformat()}}
    assert client.post("/whatif", json=body).status_code == 403
    with TestClient(create_api(store, LOCAL_STEWARD)) as stewards:
        answer = stewards.post("/whatif", json=body)
        assert answer.status_code == 200
        assert answer.json()["total"]["difference"]["households_reached"] == 0
        assert any("本库截至" in note["zh"] for note in answer.json()["notes"])


@pytest.mark.parametrize("people", [
    {"file": "households.gpkg"}, {"store": "other.db"}, {"as_of": "2026-10-31", "file": "a.csv"}, {},
])  # fmt: skip
def test_files_and_other_stores_are_for_the_command_line(store, people):
    """Not even for those who may see single households: the paths would be the server's."""
    with TestClient(create_api(store, LOCAL_STEWARD)) as client:
        body = {"name": "x", "people": people}
        for answer in (client.post("/whatif", json=body), client.put("/scenarios/x", json=body)):
            assert answer.status_code == 422
            assert "命令行" in answer.json()["detail"]
        assert client.get("/scenarios").json() == {"scenarios": []}


def test_one_that_cannot_be_read_is_listed_and_told(client, store):
    store.save_scenario("later", '{"name": "later", "version": 2}', saved_by="planner")
    listed = client.get("/scenarios")
    conforms(client, "/scenarios", "get", listed)
    assert [(one["name"], one["scenario"]) for one in listed.json()["scenarios"]] == [("later", None)]
    assert "格式版本是 2" in listed.json()["scenarios"][0]["problem"]
    opened = client.get("/scenarios/later")
    assert opened.status_code == 422
    assert "格式版本是 2" in opened.json()["detail"]
    assert client.delete("/scenarios/later?version=1").status_code == 204


@pytest.mark.parametrize("name", ["a%00b", "a%0Ab", "%20", ".%20", "a%2Fb"])
def test_names_that_cannot_be_kept_are_a_problem(client, name):
    sent = client.put(f"/scenarios/{name}", json={"name": unquote(name)})
    assert sent.status_code in {404, 422}
    assert client.get(f"/scenarios/{name}").status_code in {404, 422}
    assert client.get("/scenarios").json() == {"scenarios": []}


def test_the_address_and_the_scenario_must_agree(client):
    assert client.put("/scenarios/别的", json=NEW_STATION).status_code == 422


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_page_elsewhere_cannot_send_what_a_browser_sends_without_asking(client, kind):
    headers = {} if kind is None else {"content-type": kind}
    for answer in (client.post("/whatif", content=json.dumps(NEW_STATION), headers=headers),
                   client.put("/scenarios/新站", content=json.dumps(NEW_STATION), headers=headers)):
        assert answer.status_code == 415
        assert answer.headers["content-type"] == "application/problem+json"
    asked = client.options("/whatif", headers={"origin": "http://evil.example", "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in asked.headers
    assert client.get("/scenarios").json() == {"scenarios": []}


@pytest.mark.parametrize(("body", "status", "parameter", "said"), [
    (b"", 422, "body", "缺少这一项 (this part is missing)"),
    (b"[]", 422, "body", "应是一个对象 (should be an object)"),
    (b'{"name": ', 422, "body", "不是有效的 JSON；请检查括号、引号和逗号 ("),
    (b'{"name": "x", "name": "y"}', 422, None, '写了两个 "name"'),
    (b'{"name": "x", "changes": [{"change": "close_station", "station": "a", "station": "b"}]}', 422, None, '两个 "station"'),
    (b"\xff\xfe\x00", 400, None, "UTF-8"),
    (b"[" * 100_000, 400, None, "JSON"),
])  # fmt: skip
def test_a_body_that_cannot_be_read_is_told_what_to_do(client, body, status, parameter, said):
    answer = client.post("/whatif", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    conforms(client, "/whatif", "post", answer)
    told = answer.json()
    if parameter is None:
        assert said in told["detail"]
    else:
        [fault] = told["errors"]
        assert fault["parameter"] == parameter
        assert said in fault["detail"]


def test_a_body_of_another_kind_is_told_what_to_send(client):
    assert "Content-Type" in client.post("/whatif", content="{}", headers={"content-type": "text/plain"}).json()["detail"]


def test_only_planners_and_stewards_save(store):
    with TestClient(create_api(store, Viewer(Role.LEADER))) as leader:
        assert leader.put("/scenarios/新站", json=NEW_STATION).status_code == 403
        assert leader.post("/whatif", json=NEW_STATION).status_code == 200


_LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5),
                  st.sampled_from(["add_station", "close_roads", "speeds", "walk", "Polygon", "r1", "S1"]))
_JSON = st.recursive(_LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
    ["name", "changes", "change", "station", "at", "roads", "shape", "type", "coordinates", "mode", "people", "file", "x"]),
    inner, max_size=4), max_leaves=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(["name", "note", "mode", "minutes", "changes", "people"]), _JSON))
def test_whatever_is_sent_the_answer_is_as_described(client, body):
    answer = client.post("/whatif", content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code < 500
    conforms(client, "/whatif", "post", answer)
