"""Bodies that are too long are a problem, whatever their header says."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, frames

from app.api import create_api
from app.api.body_limit import MAX_BODY_BYTES
from app.roles import SERVER
from app.services.scenarios.definition import MAX_VERTICES, ScenarioError, as_scenario
from layers.store import Store

JSON = {"content-type": "application/json"}


@pytest.fixture
def client(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        with TestClient(create_api(store, SERVER)) as client:
            yield client


def padded(size):
    body = json.dumps({"name": "x"}).encode()
    return body + b" " * (size - len(body))


@pytest.mark.parametrize("in_pieces", [False, True])
@pytest.mark.parametrize(("method", "path"), [("POST", "/whatif"), ("PUT", "/scenarios/x")])
def test_a_body_over_the_limit_is_refused_and_one_at_the_limit_is_not(client, method, path, in_pieces):
    def sent(size):
        body = padded(size)
        pieces = (body[at : at + 65_536] for at in range(0, size, 65_536))
        return client.request(method, path, content=pieces if in_pieces else body, headers=JSON)

    refused = sent(MAX_BODY_BYTES + 1)
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")
    assert refused.json()["type"] == "/api/problems/too-long"
    assert "1 MB" in refused.json()["detail"]
    assert "413" in client.get("/openapi.json").json()["paths"]["/whatif"]["post"]["responses"]
    assert sent(MAX_BODY_BYTES).status_code == 200


def closures(vertices):
    """Lines with so many vertices in all."""
    lengths = [10_000] * (vertices // 10_000) + ([vertices % 10_000] if vertices % 10_000 else [])
    return [
        {"change": "close_roads", "shape": {"type": "LineString", "coordinates": [[123 + k / 1e4, 28] for k in range(n)]}}
        for n in lengths
    ]


def test_what_is_drawn_has_a_limit_in_all(client):
    assert len(as_scenario({"name": "x", "changes": closures(MAX_VERTICES)}).changes) == 2
    too_many = {"name": "x", "changes": closures(MAX_VERTICES + 2)}
    with pytest.raises(ScenarioError, match="20,002"):
        as_scenario(too_many)
    answer = client.post("/whatif", json=too_many)
    assert answer.status_code == 422
    assert "20,002" in answer.json()["detail"]
