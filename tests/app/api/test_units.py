"""Changes of units over the wire, on both back ends: proposed, confirmed, undone."""

from __future__ import annotations

import json

import jsonschema
import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, frames

from app.api import create_api
from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from layers.store import Store

TOWNSHIPS = "代码,名称,原乡镇\n990001002,乙镇,甲镇、乙乡\n".encode("gb18030")


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.fixture
def client(store):
    with TestClient(create_api(store, LOCAL_STEWARD)) as client:
        yield client


def sent(client, path, content=TOWNSHIPS, **form):
    return client.post(path, files={"file": ("名单.csv", content)}, data=form)


def conforms(client, path, answer):
    description = client.get("/openapi.json").json()
    content = description["paths"][path]["post"]["responses"][str(answer.status_code)]["content"]
    schema = content[answer.headers["content-type"].split(";")[0]]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(answer.json())


def test_a_merger_is_proposed_confirmed_and_undone(client, store):
    proposed = sent(client, "/units/propose", day="2027-01-01", units="townships")
    conforms(client, "/units/propose", proposed)
    (change,) = proposed.json()["changes"]
    assert (change["kind"], change["old_names"], change["new_names"]) == ("merged", ["甲镇", "乙乡"], ["乙镇"])
    assert len(store.loads()) == 1
    done = sent(client, "/units/confirm", mapping=proposed.text)
    conforms(client, "/units/confirm", done)
    assert done.json()["moved"] == {"stations": 1, "villages": 1}
    assert set(store.read("villages")["township"].dropna()) == {"990001002"}
    assert client.post(f"/loads/{done.json()['load_id']}/undo", json={"reason": "试"}).status_code == 200
    assert set(store.read("villages")["township"].dropna()) == {"990001001", "990001002"}


def test_what_is_not_decided_is_not_brought_in(client, store):
    content = "代码,名称\n990001002,乙乡\n".encode()
    proposed = sent(client, "/units/propose", content, day="2027-01-01", units="townships").json()
    assert proposed["questions"] == 1
    refused = sent(client, "/units/confirm", content, mapping=json.dumps(proposed))
    assert (refused.status_code, refused.json()["type"]) == (422, "/api/problems/unconfirmed")
    assert len(store.loads()) == 1


@pytest.mark.parametrize(("path", "form", "status", "kind"), [
    ("/units/propose", {"day": "2027-13-01"}, 422, "parameter"), ("/units/propose", {}, 422, "parameter"),
    ("/units/propose", {"day": "2027-01-01", "units": "streets"}, 422, "parameter"),
    ("/units/propose", {"day": "2027-01-01", "datum": "mars"}, 422, "parameter"),
    ("/units/propose", {"day": "2027-01-01", "sheet": "没有"}, 422, "file"),
    ("/units/confirm", {"mapping": "{"}, 422, "parameter"), ("/units/confirm", {"mapping": "[1]"}, 422, "file"),
])
def test_what_cannot_be_meant_is_a_problem(client, path, form, status, kind):
    answer = sent(client, path, **form)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}")


def test_only_stewards_of_the_whole_county_and_no_page_elsewhere(store):
    for viewer in (Viewer(Role.LEADER), Viewer(Role.STEWARD, frozenset({"990001001"}))):
        with TestClient(create_api(store, viewer)) as client:
            assert sent(client, "/units/propose", day="2027-01-01", units="townships").status_code == 403
    with TestClient(create_api(store, SERVER)) as client:
        answer = client.post("/units/propose", files={"file": ("名单.csv", TOWNSHIPS)}, data={"day": "2027-01-01"},
                             headers={"host": "127.0.0.1:8501", "origin": "https://elsewhere.example"})
        assert answer.status_code == 403
