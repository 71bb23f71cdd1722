"""Claims on the command line, in files and over the API: the service's own answer at every door."""

from __future__ import annotations

import datetime as dt
import json

import jsonschema
import openpyxl
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, frames

from app.api import create_api
from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.claims.service import claims
from layers.store import Store

STATED = pd.DataFrame({
    "id": ["c1", "c2"], "indicator": ["village_stations", "幸福指数"], "value": [3, 99.5], "as_of": dt.date(2026, 6, 30),
    "statement": ["村级服务站3个", "幸福指数99.5"], "stated_in": ["通报", None],
})  # fmt: skip


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "county.db"
    with Store.open(str(path)) as store:
        store.load({**frames(), "claims": STATED}, PROVENANCE)
    return path


@pytest.fixture
def run(run, path):
    return lambda *arguments: run("claims", *arguments, "--store", path)


def test_the_command_gives_the_services_own_answer(run, path):
    with Store.open(str(path)) as store:
        report = claims(LOCAL_STEWARD, store).to_dict()
    assert json.loads(run("--json")[1]) == report
    code, out, err = run()
    assert (code, err) == (0, "")
    for said in ("村级服务站3个", "与“登记过的服务站，含筹建和停办”的数相同", "西村、北村", "幸福指数", "通报"):
        assert said in out


def test_the_tables_are_written(run, tmp_path):
    assert run("--out", tmp_path / "claims.csv")[0] == 0
    assert len(pd.read_csv(tmp_path / "claims.csv")) == 2
    assert run("--out", tmp_path / "claims.xlsx")[0] == 0
    figures, objects, *_ = openpyxl.load_workbook(tmp_path / "claims.xlsx").worksheets
    cells = [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in (figures, objects)]
    assert {"村级服务站3个", "登记过的服务站，含筹建和停办"} <= set(cells[0])
    assert {"S2", "S3", "V2", "V3"} <= set(cells[1])


def test_a_day_before_everything_is_one_line(run):
    code, out, err = run("--as-of", "2020-01-01")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_the_api_gives_the_services_own_answer(path):
    with Store.open(str(path)) as store, TestClient(create_api(store, SERVER)) as client:
        answer = client.get("/claims")
        assert answer.json() == json.loads(json.dumps(claims(SERVER, store).to_dict()))
        description = client.get("/openapi.json").json()
        promised = description["paths"]["/claims"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**promised, "components": description["components"]}).validate(answer.json())
        assert client.get("/claims", params={"as_of": "2020-01-01"}).status_code == 404
        assert client.get("/claims", params={"when": "2020-01-01"}).status_code == 422
    part = Viewer(Role.PLANNER, townships=frozenset({"990001001"}))
    with Store.open(str(path)) as store, TestClient(create_api(store, part)) as client:
        assert client.get("/claims").status_code == 403
