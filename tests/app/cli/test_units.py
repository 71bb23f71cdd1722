"""``rongtu units``: propose, correct, confirm."""

from __future__ import annotations

import json
from functools import partial

import pytest
from small_county import PROVENANCE, frames

from layers.store import Store


@pytest.fixture
def county(tmp_path):
    url = str(tmp_path / "county.db")
    with Store.open(url) as store:
        rows = frames()
        rows["villages"].loc[1, "township"] = rows["villages"].loc[0, "township"]
        codes = [f"50010100120{k}" for k in range(len(rows["villages"]))]
        rows["townships"]["code"] = [f"50010100{k + 1}" for k in range(len(rows["townships"]))]
        rows["villages"]["code"] = codes
        store.load(rows, PROVENANCE)
    return url


@pytest.fixture
def run(run):
    return partial(run, "units")


def test_from_a_list_to_the_store(county, run, tmp_path):
    with Store.open(county) as store:
        villages = store.read("villages")
        homes = store.read("households").set_index("id")["village"]
    here = villages[villages["township"] == villages["township"].mode()[0]]
    assert len(here) > 1
    kept, gone = here.iloc[0], here.iloc[1]
    path = tmp_path / "list.csv"
    villages[villages["id"] != gone["id"]][["code", "name", "township"]].to_csv(path, index=False)

    code, out, _ = run(path, "--store", county, "--day", "2026-05-01", "--json")
    mapping = json.loads(out)
    assert code == 0
    assert mapping["counts"] == {"unchanged": len(villages) - 1, "abolished": 1}
    assert mapping["questions"] == 1
    assert mapping["day"] == "2026-05-01"
    code, out, _ = run(path, "--store", county)
    assert code == 0
    assert "撤销" in out
    assert gone["name"] in out

    answer = tmp_path / "mapping.json"
    answer.write_text(json.dumps(mapping), encoding="utf-8")
    code, _, err = run(path, "--store", county, "--confirm", answer)
    assert code == 2
    assert "未定" in err
    changes = [change for change in mapping["changes"] if not {kept["id"], gone["id"]} & set(change["old"])]
    mapping["changes"] = [*changes, {"old": [kept["id"], gone["id"]], "new": [kept["code"]]}]
    answer.write_text(json.dumps(mapping), encoding="utf-8")
    code, out, _ = run(path, "--store", county, "--confirm", answer, "--json")
    assert code == 0
    assert json.loads(out)["moved"]["households"] == (homes == gone["id"]).sum() > 0
    with Store.open(county) as store:
        after = store.read("households").set_index("id")["village"]
    assert after.dropna().to_dict() == homes.replace(gone["id"], kept["id"]).dropna().to_dict()


@pytest.mark.parametrize("text", ["{", "[]", "不是"])
def test_a_mapping_that_cannot_be_read_is_one_line(county, run, tmp_path, text):
    answer, path = tmp_path / "mapping.json", tmp_path / "list.csv"
    answer.write_text(text, encoding="utf-8")
    path.write_text("代码,村名,乡镇\n500101001200,甲村,某镇\n", encoding="utf-8")
    code, out, err = run(path, "--store", county, "--confirm", answer)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
