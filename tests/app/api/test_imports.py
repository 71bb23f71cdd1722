"""Loading files over the wire: the same doctor, one more door."""

from __future__ import annotations

import base64
import io

import openpyxl
import pytest
from fastapi.testclient import TestClient
from office_sheets import CHECKED, sheet
from small_county import PROVENANCE, frames

from app.api import create_api
from app.api.body_limit import MAX_BODY_BYTES
from app.roles import SERVER, Role, Viewer
from layers.store import Store

GOOD = sheet({"姓名": ["甲一", "乙二"], "身份证号": CHECKED[:2], "村": ["东村", "西村"], "人数": ["1", "2"]})
BAD = sheet({"姓名": ["甲一", "乙二"], "身份证号": [CHECKED[0], CHECKED[1][:15] + "000"], "村": ["东村", "西村"], "人数": ["1", "x"]})


@pytest.fixture
def client(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        with TestClient(create_api(store, SERVER)) as client:
            yield client


def sent(client, path, content=GOOD, headers=None, **form):
    files = {"file": ("名册.xlsx", content)}
    return client.post(path, files=files, data={"layer": "households", "as_of": "2026-11-01", **form}, headers=headers)


def test_preview_says_what_the_columns_are_and_shows_no_person(client):
    answer = sent(client, "/imports/preview").json()
    assert {column["heading"]: column["field"] for column in answer["columns"]} == {
        "姓名": "contact_name", "身份证号": "identity_no", "村": "village", "人数": "persons"}
    assert answer["sample"] == [["***", "***", "东村", "1"], ["***", "***", "西村", "2"]]
    assert answer["rows"] == 2


def test_a_check_stores_nothing_and_a_load_does_once(client):
    def told(answer):
        return [answer.json()[name] for name in ("rows_in", "stored", "unchanged", "rejected")]

    before = client.get("/layers/households").json()["rows"]
    assert told(sent(client, "/imports/check")) == [2, 2, 0, 0]
    assert client.get("/layers/households").json()["rows"] == before
    assert told(sent(client, "/imports")) == [2, 2, 0, 0]
    assert told(sent(client, "/imports")) == [2, 0, 2, 0]
    assert client.get("/layers/households").json()["rows"] == before + 2


def test_a_load_names_the_check_that_was_seen(client):
    state = sent(client, "/imports/check").json()["state"]
    other = sheet({"姓名": ["丙三"], "村": ["东村"], "人数": ["3"]})
    assert sent(client, "/imports", other).json()["stored"] == 1
    answer = sent(client, "/imports", unless_changed_since=state)
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/stale-check")
    state = sent(client, "/imports/check").json()["state"]
    assert sent(client, "/imports", unless_changed_since=state).json()["stored"] == 2


def test_faults_come_with_row_heading_and_reason_and_no_number_of_a_person(client):
    answer = sent(client, "/imports", BAD, return_workbook="true")
    body = answer.json()
    assert [(i["row"], i["column"], i["rule"], i["value"]) for i in body["issues"]] == [
        (3, "身份证号", "identity_damaged", "***"), (3, "人数", "type", "x")]
    assert (body["rows_in"], body["stored"], body["rejected"]) == (2, 0, 2)
    without_book = answer.text.replace(body["workbook"], "")
    assert not any(number[:15] in without_book for number in CHECKED)
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(body["workbook"]))).active
    said = [str(cell.value) for row in book.iter_rows() for cell in row]
    assert any("改坏" in text for text in said)


def test_the_good_rows_go_in_when_asked_for(client):
    body = sent(client, "/imports", BAD, mode="good").json()
    assert (body["rows_in"], body["stored"], body["rejected"]) == (2, 1, 1)


@pytest.mark.parametrize(("form", "status", "kind"), [
    ({"layer": "nothing"}, 404, "unknown-layer"), ({"mode": "some"}, 422, "parameter"), ({"datum": "mars"}, 422, "parameter"),
    ({"columns": "[]"}, 422, "parameter"), ({"columns": '{"phone": "没有"}'}, 422, "parameter"), ({"sheet": "没有"}, 422, "file"),
    ({"accept": "identity_check"}, 422, "parameter"), ({"as_of": "31 February"}, 422, "parameter"),
])  # fmt: skip
def test_what_cannot_be_meant_is_a_problem(client, form, status, kind):
    answer = sent(client, "/imports", **form)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/api/problems/{kind}")


def test_what_is_no_table_is_a_problem(client):
    answer = sent(client, "/imports/check", b"\x00\x01 nothing that anybody can read \xff" * 20)
    assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/file")


def test_a_page_elsewhere_cannot_load(client):
    headers = {"host": "127.0.0.1:8501", "origin": "https://elsewhere.example"}
    assert sent(client, "/imports", headers=headers).status_code == 403
    assert sent(client, "/imports", headers={"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}).status_code == 200


def test_only_stewards_load(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        with TestClient(create_api(store, Viewer(Role.PLANNER))) as client:
            for path in ("/imports/preview", "/imports/check", "/imports"):
                assert sent(client, path).status_code == 403


def test_files_may_be_longer_than_other_bodies(client):
    rows = "\n".join(f"{k},东村,1,{'x' * 1_200}" for k in range(1_000))
    content = f"户编号,村,人数,备注\n{rows}\n".encode()
    assert len(content) > MAX_BODY_BYTES
    answer = client.post("/imports/check", files={"file": ("a.csv", content)}, data={"layer": "households"})
    assert answer.json()["rows_in"] == 1_000
    assert client.post("/whatif", content=content, headers={"content-type": "application/json"}).status_code == 413
