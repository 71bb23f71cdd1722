"""The API against real stores on both back ends: what it says, what it refuses, and that its description is true."""

from __future__ import annotations

import json
import sqlite3

import httpx2
import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api import create_api
from app.api.errors import ANSWERS
from app.roles import SERVER
from app.services.county.facilities import FacilityChoice
from app.services.coverage.service import coverage
from geo.errors import RongtuError
from layers.errors import StoreError
from layers.registry import LAYERS
from layers.store import Store

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def file_client(file_store):
    with TestClient(create_api(file_store, SERVER)) as client:
        yield client


def empty_client(tmp_path):
    return TestClient(create_api(Store.open(str(tmp_path / "empty.db")), SERVER))


def conforms(description, operation, response: httpx2.Response) -> None:
    """Fail unless the answer is one that the description promises."""
    promised = operation["responses"][str(response.status_code)]["content"]
    kind = response.headers["content-type"].split(";")[0]
    if promised[kind]["schema"].get("format") == "binary":  # a file
        return
    schema = {**promised[kind]["schema"], "components": description["components"]}
    jsonschema.Draft202012Validator(schema).validate(response.json())


def test_health_says_what_the_store_is_about(client, store):
    answer = client.get("/health").json()
    assert answer["ok"] is True
    assert answer["backend"] == store.backend
    assert answer["schema_version"] == store.schema_version()
    assert answer["region"] == {"name": "小县（虚构）", "name_en": "Small County (fictional)", "fictional": True}
    assert answer["as_of"] == "2026-10-31"


def test_coverage_is_the_services_own_report(client, store):
    for query, arguments in {
        "": {},
        "?mode=drive&minutes=5&by=village": {"mode": "drive", "minutes": 5.0, "by": "village"},
        "?level=village&level=township": {"choice": FacilityChoice(levels=("village", "township"))},
        "?grade=model": {"choice": FacilityChoice(grade="model")},
        "?kind=street": {"choice": FacilityChoice(support_kind="street")},
        "?business=medical": {"choice": FacilityChoice(business="medical")},
    }.items():
        assert client.get(f"/coverage{query}").json() == coverage(SERVER, store, **arguments).to_dict()


def test_the_check_tells_what_is_wrong_but_nothing_of_single_households(county):
    with sqlite3.connect(county) as database:
        database.execute("UPDATE stations SET level = 'city' WHERE id = 'S1'")
        database.execute("UPDATE households SET persons = -1")
    with Store.open(str(county)) as store, TestClient(create_api(store, SERVER)) as client:
        answer = client.get("/checks")
        description = client.get("/openapi.json").json()
    conforms(description, description["paths"]["/checks"]["get"], answer)
    found = answer.json()
    assert [(issue["layer"], issue["id"], issue["rule"]) for issue in found["issues"]] == [("stations", "S1", "vocabulary")]
    assert found["number_matched"] == 1
    assert not found["ok"]
    assert set(found["left_out"]) == {name for name, layer in LAYERS.items() if layer.sensitive}


def test_layers_are_listed_without_personal_fields(client):
    listed = {layer["name"]: layer for layer in client.get("/layers").json()["layers"]}
    assert list(listed) == list(LAYERS)
    assert listed["households"]["rows"] == 10
    assert listed["households"]["sensitive"] is True
    assert not {"contact_name", "phone", "identity_no"} & {f["name"] for f in listed["households"]["fields"]}
    level = next(f for f in listed["stations"]["fields"] if f["name"] == "level")
    assert level["terms"]["county"] == {"zh": "县级中心", "en": "County centre"}
    assert client.get("/layers/stations").json() == listed["stations"]


def test_items_are_geojson_in_order_page_by_page(client):
    whole = client.get("/layers/stations/items").json()
    assert whole["type"] == "FeatureCollection"
    assert [f["id"] for f in whole["features"]] == ["S1", "S2", "S3", "S4"]
    assert whole["numberMatched"] == whole["numberReturned"] == 4
    first = whole["features"][0]
    assert first["geometry"]["type"] == "Point"
    assert first["geometry"]["coordinates"] == pytest.approx([123.0102, 28.5], abs=1e-3)
    assert first["properties"]["name"] == "东村站"
    assert first["properties"]["staff"] is None
    page = client.get("/layers/stations/items?limit=2&offset=1").json()
    assert [f["id"] for f in page["features"]] == ["S2", "S3"]
    assert (page["numberMatched"], page["numberReturned"]) == (4, 2)


def test_items_can_be_cut_to_a_window(client):
    near = client.get("/layers/stations/items?bbox=122.99,28.49,123.02,28.51").json()
    assert [f["id"] for f in near["features"]] == ["S1", "S4"]
    assert near["numberMatched"] == 2
    assert client.get("/layers/stations/items?bbox=0,0,1,1").json()["features"] == []


def test_a_plain_table_has_features_without_geometry(client):
    grades = client.get("/layers/station_grades/items").json()["features"]
    assert [f["geometry"] for f in grades] == [None, None]
    assert grades[0]["properties"]["awarded"] == "2020-01-01"


@pytest.mark.parametrize("layer", [name for name, layer in LAYERS.items() if layer.sensitive])
def test_single_households_do_not_come_out(file_client, layer):
    answer = file_client.get(f"/layers/{layer}/items")
    assert answer.status_code == 403
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["type"] == "/api/problems/not-permitted"
    assert "h01" not in answer.text


@pytest.mark.parametrize(("path", "status", "kind"), [
    ("/layers/nowhere", 404, "unknown-layer"),
    ("/layers/nowhere/items", 404, "unknown-layer"),
    ("/nothing", 404, "http"),
    ("/coverage?mode=fly", 422, "parameter"),
    ("/coverage?minutes=0", 422, "parameter"),
    ("/coverage?minutes=-5", 422, "parameter"),
    ("/coverage?minutes=1e9", 422, "parameter"),
    ("/coverage?minutes=14", 422, "parameter"),
    ("/coverage?minutes=nan", 422, "parameter"),
    ("/coverage?minuts=15", 422, "parameter"),
    ("/coverage?level=moon", 422, "parameter"),
    ("/coverage?grade=best", 422, "parameter"),
    ("/coverage?level=village&kind=street", 422, "parameter"),
    ("/layers/stations/items?bbox=1,2,3", 422, "parameter"),
    ("/layers/stations/items?bbox=3,2,1,4", 422, "parameter"),
    ("/layers/stations/items?bbox=nan,0,1,1", 422, "parameter"),
    ("/layers/station_grades/items?bbox=0,0,1,1", 422, "parameter"),
    ("/layers/stations/items?limit=0", 422, "parameter"),
    ("/layers/stations/items?offset=99999999999999999999", 422, "parameter"),
])
def test_what_cannot_be_answered_is_a_problem(file_client, path, status, kind):
    answer = file_client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert body["type"] == f"/api/problems/{kind}"
    assert body["status"] == status
    assert body["detail"]


def test_the_parameter_at_fault_is_named(file_client):
    faults = file_client.get("/coverage?minutes=0&mode=fly").json()["errors"]
    assert {fault["parameter"] for fault in faults} == {"minutes", "mode"}


@pytest.mark.parametrize(("query", "said"), [
    ("minutes=0", "须大于 0 (must be above 0)"),
    ("minutes=1e9", "须不大于 1440 (must be at most 1440)"),
    ("minutes=nan", "不是有效的数 (not a number)"),
    ("minutes=soon", "须是一个数 (must be a number)"),
    ("by=street", "不在允许的取值中：'township'、'village' (not one of the allowed values: 'township' or 'village')"),
    ("minuts=15", "没有这一项 (there is no such part)"),
])  # fmt: skip
def test_a_fault_is_told_in_both_languages(file_client, query, said):
    assert [fault["detail"] for fault in file_client.get(f"/coverage?{query}").json()["errors"]] == [said]


def test_it_is_read_only(file_client):
    answer = file_client.post("/coverage")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["allow"] == "GET"


def test_an_empty_store_is_healthy_and_has_nothing_to_answer_with(tmp_path):
    with empty_client(tmp_path) as client:
        health = client.get("/health").json()
        assert (health["ok"], health["region"], health["as_of"]) == (True, None, None)
        assert client.get("/layers/stations/items").json()["features"] == []
        answer = client.get("/coverage")
        assert (answer.status_code, answer.json()["type"]) == (404, "/api/problems/no-data")


def test_a_store_that_fails_is_said_to_be_unavailable(tmp_path):
    path = tmp_path / "county.db"
    with Store.open(str(path)) as store:
        store.close()
        path.write_bytes(b"no longer a database" * 1000)
        with TestClient(create_api(store, SERVER)) as client:
            answer = client.get("/layers/stations/items")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/api/problems/store"


def test_a_bug_is_not_told_as_the_askers_mistake(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.layers.summaries", lambda *_: 1 / 0)
    with Store.open(str(tmp_path / "county.db")) as store:
        client = TestClient(create_api(store, SERVER), raise_server_exceptions=False)
        answer = client.get("/layers")
    assert answer.status_code == 500
    assert "division" not in answer.text


def test_the_error_table_holds_only_errors_meant_for_people():
    assert all(issubclass(kind, RongtuError) for kind in ANSWERS)
    assert RongtuError not in ANSWERS  # what is not in the table is a fault of the program
    assert ANSWERS[StoreError].status == 503


def test_every_schema_has_a_name_of_its_own(file_client):
    """Two of one name come out with their modules in it."""
    schemas = file_client.get("/openapi.json").json()["components"]["schemas"]
    assert {"StationLoad", "LoadChange", "TownshipGap"} <= set(schemas)
    assert not [name for name in schemas if "__" in name]


def test_no_page_of_documentation_loads_from_outside(file_client):
    assert file_client.get("/docs").status_code == 404
    assert file_client.get("/redoc").status_code == 404
    described = json.dumps(file_client.get("/openapi.json").json())
    assert "https://" not in described.replace("https://spec.openapis.org", "")


def test_every_operation_is_described_in_both_languages(file_client):
    description = file_client.get("/openapi.json").json()
    assert description["servers"] == [{"url": "/api"}]
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) >= 6
    for operation in operations:
        for text in (operation["summary"], operation["description"]):
            assert any("一" <= letter <= "鿿" for letter in text)
            assert any("a" <= letter <= "z" for letter in text)
        assert "400" in operation["responses"]
        for parameter in operation.get("parameters", []):
            assert parameter["description"]


_ANY = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["walk", "drive", "township", "village", "model", "street", "stations", "roads", "0,0,180,90"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_as_described(file_client, data):
    description = file_client.get("/openapi.json").json()
    path = data.draw(st.sampled_from(sorted(path for path, known in description["paths"].items() if "get" in known)))
    operation = description["paths"][path]["get"]
    named = operation.get("parameters", [])
    query = {
        p["name"]: data.draw(_ANY) for p in named if p["in"] == "query" and data.draw(st.booleans())
    }
    layer = data.draw(st.sampled_from([*LAYERS, "no such", "层", "%2e"]))
    response = file_client.get(path.replace("{name}", layer), params=query)
    conforms(description, operation, response)
