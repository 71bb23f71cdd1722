"""Lists as offices write them, brought in by command: a clerk gets what was meant, or is asked."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from office_lists import LISTS, MONEY
from small_county import PROVENANCE, frames

from layers.store import Store


@pytest.mark.parametrize("name", LISTS)
def test_what_an_office_meant_is_in_the_store(run, store_url, tmp_path, name):
    given = LISTS[name]
    path = tmp_path / f"册.{given.suffix}"
    path.write_bytes(given.content)
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
    code, out, err = run("import", given.layer, path, "--store", store_url, "--json", "--mode", "good", "--as-of", "2026-10-01")
    if given.layer == "villages":  # no geometry in the list: the question is not about its codes
        assert {issue["rule"] for issue in json.loads(out)["issues"]} <= {"geometry_missing"}
        assert not [issue for issue in json.loads(out)["issues"] if issue["field"] == "code"]
        assert all("rongtu units" in issue["hint"] for issue in json.loads(out)["issues"])
        return
    assert code == (1 if given.refused else 0), err or out
    answer = json.loads(out)
    assert {issue["row"]: issue["rule"] for issue in answer["issues"]} == given.refused
    assert answer["rows_in"] == answer["stored"] + answer["unchanged"] + answer["rejected"]
    assert answer["rejected"] == len(given.refused)
    called = "contact_name" if given.layer == "households" else "name"
    with Store.open(store_url) as store:
        found = store.read(given.layer, protected=True)
    found = found[found[called].notna()].set_index(called)
    for key, wanted in given.wanted.items():
        for column, value in wanted.items():
            kept = found.loc[key, column]
            assert (None if not isinstance(kept, tuple) and pd.isna(kept) else kept) == value, (key, column)
    for key, place in given.places.items():
        assert found.loc[key, "geometry"].distance(place) < 2e-6
    again = json.loads(run("import", given.layer, path, "--store", store_url, "--json", "--mode", "good", "--as-of", "2026-10-01")[1])
    assert (again["stored"], again["unchanged"]) == (0, answer["stored"])


def test_money_is_read_in_the_unit_of_its_heading(run, store_url, tmp_path):
    path = tmp_path / "册.csv"
    path.write_bytes(MONEY)
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
    graves = tmp_path / "墓.csv"
    graves.write_text("编码\t名称\t类型\t级别\t村\nM1\t烈士墓\t烈士墓\t零散\t东村\n")
    assert run("import", "memorials", graves, "--store", store_url, "--map", "id=编码", "--json")[0] == 0
    code, out, err = run("import", "works", path, "--store", store_url, "--json")
    assert code == 0, err or out
    with Store.open(store_url) as store:
        found = store.read("works").sort_values("budget_yuan")
    assert found["budget_yuan"].tolist()[-2:] == [20_000.0, 125_000.0]
    assert found["spent_yuan"].tolist()[-2:] == [0.0, 3_000.0]
