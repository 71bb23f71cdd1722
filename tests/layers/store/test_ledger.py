"""Every load is in the ledger, and its rows add up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from small_frames import households, provenance, roads, townships, villages

from layers.errors import UnknownLoadError
from layers.store import LayerLoad, LoadKind, Store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


def test_a_load_is_entered_with_all_that_is_known_of_it(store: Store) -> None:
    said = dataclasses.replace(provenance(), kind=LoadKind.DEMO, reason="试用")
    store.load({"villages": villages(township=None), "townships": townships()}, said)
    (load,) = store.loads()
    assert (load.id, load.kind, load.source, load.sha256) == (1, LoadKind.DEMO, "county.gpkg", "ab" * 32)
    assert (load.loaded_by, load.as_of, load.reason) == ("tester", dt.date(2026, 11, 1), "试用")
    assert abs(load.loaded_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert list(load.layers) == ["townships", "villages"]
    assert load.layers["villages"] == LayerLoad(rows_in=2, stored=2, unchanged=0, removed=0, rejected=0)


def test_the_latest_load_comes_first(store: Store) -> None:
    for persons in (1, 2, 3):
        store.load({"households": households(persons=persons, village=None)}, provenance())
    assert [load.id for load in store.loads()] == [3, 2, 1]
    assert store.one_load(2) == store.loads()[1]
    with pytest.raises(UnknownLoadError, match=r"没有第 4 次.*no load 4"):
        store.one_load(4)


def test_rows_in_are_stored_unchanged_and_rejected(store: Store) -> None:
    frame = households(7, village=None)
    store.load({"households": frame.head(5)}, provenance())
    frame.loc[0, "persons"] = 8
    report = store.load({"households": frame}, provenance(), rejected={"households": 4})
    done = report.layers["households"]
    assert done == LayerLoad(rows_in=11, stored=3, unchanged=4, removed=0, rejected=4)
    assert done.rows_in == done.stored + done.unchanged + done.rejected
    assert store.one_load(report.load_id).layers == report.layers


def test_a_load_of_which_all_was_rejected_is_entered(store: Store) -> None:
    store.load({"roads": roads()}, provenance())
    report = store.load({"roads": roads(0)}, provenance(), rejected={"roads": 9})
    assert (report.load_id, report.changed) == (2, False)
    assert store.one_load(2).layers["roads"] == LayerLoad(rows_in=9, stored=0, unchanged=0, removed=0, rejected=9)


@pytest.mark.parametrize("other", [{"source": "other.gpkg"}, {"sha256": "cd" * 32}])
def test_another_file_with_the_same_rows_is_a_load_of_its_own(store: Store, other: dict[str, str]) -> None:
    store.load({"roads": roads()}, provenance())
    before = store.read("roads", columns=["id", "version", "source"])
    assert store.load({"roads": roads()}, provenance()).load_id == 1
    report = store.load({"roads": roads()}, dataclasses.replace(provenance(), **other))
    assert (report.load_id, report.changed) == (2, False)
    assert store.read("roads", columns=["id", "version", "source"]).equals(before)
