"""What was once stored is kept: the history of a row, the store of a past day, and undoing a load."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from small_frames import households, provenance, townships, villages

from geo.errors import ParameterError
from layers.errors import (
    InvalidDataError,
    KeyFileError,
    LostUpdateError,
    StoreError,
    UndoError,
    UnknownFieldError,
    UnknownItemError,
    UnknownLoadError,
)
from layers.registry import LAYERS
from layers.store import LoadKind, Store

JANUARY, MARCH, MAY, JULY = (dt.date(2026, month, 1) for month in (1, 3, 5, 7))
DAY = dt.timedelta(days=1)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


def people(**persons: int) -> gpd.GeoDataFrame:
    """One household for each id, with that number of persons."""
    frame = households(len(persons), village=None)
    return frame.assign(id=list(persons), persons=list(persons.values()), geometry=shapely.Point(100, 30))


def load(store: Store, day: dt.date, *, replace: bool = False, **persons: int) -> int:
    said = dataclasses.replace(provenance(str(day), region=None), sha256=str(sorted(persons.items())))
    return store.load({"households": people(**persons)}, said, replace=replace).load_id


def held(store: Store) -> dict[str, int]:
    frame = store.read("households", columns=["id", "persons"])
    return dict(zip(frame["id"], frame["persons"].tolist(), strict=True))


# The history of a row


def test_every_version_of_a_row_is_kept_with_its_load(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, a=2)
    load(store, MAY, replace=True, b=1)
    found = store.history("households", "a")
    assert [(one.version, one.source, one.content["persons"], one.ended_by, one.removed) for one in found] == [
        (1, 1, 1, 2, False), (2, 2, 2, 3, True)]
    assert found[0].content["geometry"] == shapely.Point(100, 30)
    assert found[0].content["categories"] == ("veteran", "combat")
    assert found[0].content["last_contact"] is None
    assert found[0].updated_at < found[1].updated_at
    assert [one.ended_by for one in store.history("households", "b")] == [None]
    with pytest.raises(UnknownItemError, match=r"没有编号为“c”"):
        store.history("households", "c")


def test_a_row_that_comes_back_goes_on_counting(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, replace=True, b=1)
    load(store, MAY, a=5)
    assert [one.version for one in store.history("households", "a")] == [1, 2]
    assert store.read("households", columns=["id", "version"])["version"].tolist() == [2, 1]


def test_personal_data_of_the_past_is_encrypted_and_left_out(store: Store, tmp_path: Path) -> None:
    load(store, JANUARY, a=1)
    load(store, MARCH, a=2)
    with store._engine.connect() as connection:
        past = connection.execute(sa.text("SELECT phone, contact_name FROM households_history")).one()
    assert not any(b"138" in bytes(value) or "王".encode() in bytes(value) for value in past)
    assert "phone" not in store.history("households", "a")[0].content
    assert [one.content["phone"] for one in store.history("households", "a", protected=True)] == ["13800000000"] * 2
    (tmp_path / "rongtu.key").unlink()
    with Store.open(store.address if store.backend == "sqlite" else store._address.url.render_as_string(
        hide_password=False)) as other:
        assert len(other.history("households", "a")) == 2
        with pytest.raises(KeyFileError):
            other.history("households", "a", protected=True)


# As of a past day


def test_a_past_day_has_what_the_loads_until_then_brought(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, a=2, c=1)
    load(store, MAY, replace=True, a=2, c=3)
    assert held(store) == held(store.at(MAY)) == held(store.at(dt.date.max)) == {"a": 2, "c": 3}
    assert held(store.at(MAY - DAY)) == held(store.at(MARCH)) == {"a": 2, "b": 1, "c": 1}
    assert held(store.at(JANUARY)) == {"a": 1, "b": 1}
    assert held(store.at(JANUARY - DAY)) == {}


def test_a_late_report_of_an_early_day_counts_as_what_was_loaded_last(store: Store) -> None:
    load(store, MARCH, a=2)
    load(store, JANUARY, a=1)
    assert held(store.at(JANUARY)) == held(store.at(MARCH)) == held(store) == {"a": 1}


def test_a_past_day_is_read_like_any_store(store: Store) -> None:
    store.load({"townships": townships(), "villages": villages()}, provenance("2026-01-01"))
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, a=2, b=2, c=2)
    then = store.at(JANUARY)
    assert isinstance(then, Store)
    assert {line.name: line.rows for line in then.summary() if line.rows} == {
        "townships": 2, "villages": 2, "households": 2}
    assert {line.as_of for line in then.summary()} == {JANUARY, None}
    assert (then.as_of("households"), store.as_of("households")) == (JANUARY, MARCH)
    assert then.region() == store.region()
    assert not then.is_empty()
    assert store.at(JANUARY - DAY).is_empty()
    assert then.read("households", ids=["b", "c"])["persons"].tolist() == [1]
    assert then.read("households", bbox=(99, 29, 101, 31), limit=1, offset=1)["id"].tolist() == ["b"]
    assert then.read("households", bbox=(101, 29, 102, 31)).empty
    assert then.read("households", columns=["phone", "version", "source"], protected=True).to_numpy().tolist() == [
        ["13800000000", 1, 2]] * 2
    assert then.matches("households", "phone", ["13800000000"]) == {"13800000000": ["a", "b"]}
    with pytest.raises(ParameterError):
        then.read("households", limit=-1)


def test_a_past_day_has_an_address_and_a_stamp_of_its_own(store: Store) -> None:
    load(store, JANUARY, a=1)
    stamps = {store.stamp(), store.at(JANUARY).stamp(), store.at(MARCH).stamp()}
    assert len(stamps) == 3
    assert store.at(JANUARY).stamp() == store.at(JANUARY).stamp()
    assert store.at(JANUARY).address != store.address
    load(store, JANUARY, a=2)
    assert stamps.isdisjoint({store.stamp(), store.at(JANUARY).stamp(), store.at(MARCH).stamp()})


def test_a_past_day_refuses_to_be_written(store: Store) -> None:
    load(store, JANUARY, a=1)
    then = store.at(MARCH)
    for write in (
        lambda: load(then, MARCH, a=2), lambda: then.undo(1, by="t"), lambda: then.delete_scenario("x", version=1),
        lambda: then.edit("households", "a", {"persons": 3}, version=1, by="t"),
        lambda: then.retire("households", "a", version=1, by="t"),
        lambda: then.save_scenario("x", "{}", saved_by="t"),
    ):
        with pytest.raises(StoreError, match=r"只能查看.*can only be read"):
            write()
    then.close()
    assert held(store) == {"a": 1}


# Undoing


def test_undoing_puts_everything_back(store: Store) -> None:
    load(store, JANUARY, a=1, b=1, c=1)
    before = {name: store.read(name, protected=True) for name in LAYERS}
    load_id = load(store, MARCH, replace=True, a=2, c=1, d=4)
    stamp = store.stamp()
    entry = store.undo(load_id, by="steward", reason="装错了文件")
    assert (entry.kind, entry.loaded_by, entry.reason, entry.id) == (LoadKind.UNDO, "steward", "装错了文件", 3)
    assert store.one_load(load_id).undone_by == entry.id
    for name, frame in before.items():
        assert_frame_equal(store.read(name, protected=True), frame)
    assert store.read("households", columns=["source"])["source"].tolist() == [1, 1, 1]
    assert store.read("households", columns=["version"])["version"].tolist() == [3, 2, 1]
    assert store.stamp() != stamp
    assert held(store.at(MARCH)) == {"a": 1, "b": 1, "c": 1}
    assert store.as_of("households") == JANUARY
    done = entry.layers["households"]
    assert (done.rows_in, done.stored, done.removed) == (2, 2, 1)
    # What was undone can be loaded again.
    load(store, MARCH, replace=True, a=2, c=1, d=4)
    assert held(store) == {"a": 2, "c": 1, "d": 4}
    assert [one.version for one in store.history("households", "d")] == [1, 2]


def test_a_load_that_found_everything_unchanged_stands_in_nobodys_way(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    assert load(store, MARCH, a=1, b=1) == 2
    assert load(store, MAY, a=1, c=1) == 3
    store.undo(1, by="t")
    assert held(store) == held(store.at(MAY)) == {"c": 1}
    assert held(store.at(MARCH)) == {}


def test_a_removal_is_undone_though_a_later_load_lacked_the_row_as_well(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, replace=True, a=1)
    load(store, MAY, replace=True, a=1, c=1)
    store.undo(2, by="t")
    assert held(store) == {"a": 1, "b": 1, "c": 1}


def test_what_was_known_of_a_later_day_only_is_stored_again_for_an_earlier_one(store: Store) -> None:
    load(store, MARCH, a=1)
    assert held(store.at(JANUARY)) == {}
    load(store, JANUARY, a=1)
    assert held(store.at(JANUARY)) == held(store) == {"a": 1}


def test_a_load_on_which_others_were_built_is_kept(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, a=2)
    load(store, MAY, b=2)
    load(store, JULY, a=3)
    with pytest.raises(UndoError, match="第 2、3、4 次") as refused:
        store.undo(1, by="t")
    assert refused.value.later == (2, 3, 4)
    with pytest.raises(UndoError) as refused:
        store.undo(2, by="t")
    assert refused.value.later == (4,)
    store.undo(3, by="t")
    store.undo(4, by="t")
    store.undo(2, by="t")
    store.undo(1, by="t")
    assert store.is_empty()
    assert [load.undone_by for load in store.loads()] == [None] * 4 + [6, 5, 7, 8]


def test_undoing_a_removal_is_refused_when_the_row_came_back(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    load(store, MARCH, replace=True, a=1)
    load(store, MAY, b=7)
    with pytest.raises(UndoError) as refused:
        store.undo(2, by="t")
    assert refused.value.later == (3,)
    assert held(store) == {"a": 1, "b": 7}


def test_what_later_rows_refer_to_is_kept(store: Store) -> None:
    store.load({"townships": townships()}, provenance())
    store.load({"villages": villages()}, provenance())
    with pytest.raises(UndoError) as refused:
        store.undo(1, by="t")
    assert refused.value.later == (2,)
    assert (len(store.read("townships")), store.one_load(1).undone_by) == (2, None)


def test_what_would_refer_to_what_is_gone_is_not_put_back(store: Store) -> None:
    store.load({"townships": townships(), "villages": villages()}, provenance())
    store.load({"villages": villages(township="t2")}, provenance())
    store.load({"townships": townships(["t1", "t2"]).tail(1)}, provenance(), replace=True)
    with pytest.raises(UndoError) as refused:
        store.undo(2, by="t")
    assert refused.value.later == (3,)
    store.undo(3, by="t")
    store.undo(2, by="t")
    assert set(store.read("villages")["township"]) == {"t1"}


def test_an_undoing_and_what_is_not_there_cannot_be_undone(store: Store) -> None:
    undone = load(store, JANUARY, a=1)
    entry = store.undo(undone, by="t")
    with pytest.raises(UndoError, match=r"已被第 2 次撤销"):
        store.undo(undone, by="t")
    with pytest.raises(UndoError, match=r"不能再撤销"):
        store.undo(entry.id, by="t")
    with pytest.raises(UnknownLoadError):
        store.undo(99, by="t")


# Editing


def test_an_edit_is_a_version_and_an_entry_of_the_ledger(store: Store) -> None:
    load(store, JANUARY, a=1, b=1)
    there = shapely.Point(100.5, 30.5)
    version = store.edit(
        "households", "a", {"persons": 3, "geometry": there, "phone": "13900000000"}, version=1, by="steward",
        reason="核实", as_of=MARCH,
    )
    assert version == 2
    row = store.read("households", protected=True, ids=["a"])
    assert (row["persons"][0], row["geometry"][0], row["phone"][0]) == (3, there, "13900000000")
    assert row["contact_name"][0] == "王建国"
    entry = store.loads()[0]
    assert (entry.kind, entry.loaded_by, entry.reason, entry.as_of) == (LoadKind.EDIT, "steward", "核实", MARCH)
    assert (entry.layers["households"].stored, entry.layers["households"].rows_in) == (1, 1)
    assert held(store.at(MARCH - DAY)) == {"a": 1, "b": 1}
    assert store.as_of("households") == JANUARY  # one row brings no layer up to its day
    store.undo(entry.id, by="steward")
    assert held(store) == {"a": 1, "b": 1}


def test_nobody_overwrites_unseen_what_somebody_else_saved(store: Store) -> None:
    load(store, JANUARY, a=1)
    store.edit("households", "a", {"persons": 4, "phone": "13911111111"}, version=1, by="first")
    with pytest.raises(LostUpdateError, match=r"现为第 2 版，您改的是第 1 版") as refused:
        store.edit("households", "a", {"persons": 9, "phone": "13922222222"}, version=1, by="second")
    error = refused.value
    assert (error.yours["persons"], error.theirs["persons"], error.version) == (9, 4, 2)
    assert error.yours["phone"] == error.theirs["phone"] == "***"
    assert error.theirs["identity_no"] is None
    assert not any(number in f"{error} {error.yours} {error.theirs}" for number in ("139111", "139222"))
    assert held(store) == {"a": 4}
    assert store.edit("households", "a", {"persons": 9}, version=error.version, by="second") == 3


def test_a_version_is_never_the_same_for_two_contents(store: Store) -> None:
    load(store, JANUARY, a=1)
    undone = load(store, MARCH, a=2)
    read = store.read("households", columns=["version"])["version"][0]
    store.undo(undone, by="t")
    load(store, MAY, a=5)
    with pytest.raises(LostUpdateError):
        store.edit("households", "a", {"persons": 3}, version=int(read), by="t")


def test_a_row_is_added_and_taken_away(store: Store) -> None:
    store.load({"townships": townships()}, provenance("2026-01-01"))
    values: dict[str, Any] = {"name": "新村", "township": "t1", "geometry": shapely.Point(100.5, 30.5)}
    assert store.edit("villages", "v9", values, version=0, by="t", as_of=MARCH) == 1
    assert store.read("villages")["name"].tolist() == ["新村"]
    assert store.as_of("villages") == MARCH
    with pytest.raises(LostUpdateError, match="已有编号"):
        store.edit("villages", "v9", values, version=0, by="t")
    with pytest.raises(LostUpdateError):
        store.retire("villages", "v9", version=7, by="t")
    with pytest.raises(InvalidDataError, match=r"township"):
        store.retire("townships", "t1", version=1, by="t")
    store.retire("villages", "v9", version=1, by="t", reason="撤并", as_of=MAY)
    store.retire("townships", "t1", version=1, by="t", as_of=MAY)
    assert store.read("villages").empty
    assert len(store.at(MARCH).read("villages")) == 1
    with pytest.raises(UnknownItemError):
        store.retire("villages", "v9", version=1, by="t")
    with pytest.raises(LostUpdateError, match="已被别人删除"):
        store.edit("villages", "v9", {"name": "旧村"}, version=1, by="t")
    assert store.history("villages", "v9")[-1].removed


def test_a_row_that_its_own_layer_refers_to_stays(store: Store) -> None:
    point = {"level": "village", "status": "open", "precision": "door", "geometry": shapely.Point(100, 30)}
    store.edit("stations", "s1", {"name": "中心", **point}, version=0, by="t")
    store.edit("stations", "s2", {"name": "村站", "parent": "s1", **point}, version=0, by="t")
    with pytest.raises(InvalidDataError, match=r"stations\.parent"):
        store.retire("stations", "s1", version=1, by="t")


def test_an_edit_that_changes_nothing_is_none(store: Store) -> None:
    load(store, JANUARY, a=1)
    stamp = store.stamp()
    assert store.edit("households", "a", {"persons": 1, "categories": ["veteran", "combat"]}, version=1, by="t") == 1
    assert store.stamp() == stamp


@pytest.mark.parametrize("values", [{"persons": 0}, {"phone": 13900000000}, {"village": "nowhere"}, {"persons": None}])
def test_an_edit_is_checked_like_any_load(store: Store, values: dict[str, Any]) -> None:
    load(store, JANUARY, a=1)
    with pytest.raises(InvalidDataError) as refused:
        store.edit("households", "a", values, version=1, by="t")
    assert "139000" not in str(refused.value.report)
    assert len(store.loads()) == 1


@pytest.mark.parametrize("name", ["id", "version", "nothing", "source"])
def test_only_fields_are_edited(store: Store, name: str) -> None:
    load(store, JANUARY, a=1)
    with pytest.raises(UnknownFieldError, match=name):
        store.edit("households", "a", {name: "x"}, version=1, by="t")


# Any order of loads, removals and undoings, held against a model that keeps every state whole

ACTIONS = st.lists(st.one_of(
    st.tuples(st.just("load"), st.sampled_from([JANUARY, MARCH, MAY]), st.booleans(),
              st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4)),
    st.tuples(st.just("undo"), st.integers(1, 8)),
), min_size=2, max_size=8)


class Model:
    """What each load changed when it came, replayed from the beginning whenever a state is asked for."""

    def __init__(self) -> None:
        self.loads: dict[int, tuple[dt.date, dict[str, int], set[str]]] = {}

    def state(self, day: dt.date) -> dict[str, int]:
        state: dict[str, int] = {}
        for as_of, stored, removed in self.loads.values():
            if as_of <= day:
                state = {key: value for key, value in (state | stored).items() if key not in removed}
        return state

    def add(self, number: int, day: dt.date, rows: dict[str, int], *, whole: bool) -> None:
        now = self.state(dt.date.max)
        known_later = {key for key in now if max(n for n, (_, stored, _) in self.loads.items() if key in stored) in
                       {n for n, (as_of, _, _) in self.loads.items() if as_of > day}}
        stored = {key: value for key, value in rows.items() if now.get(key) != value or key in known_later}
        self.loads[number] = day, stored, now.keys() - rows.keys() if whole else set()

    def built_on(self, number: int) -> tuple[int, ...]:
        _, stored, removed = self.loads[number]
        return tuple(n for n, (_, more, less) in self.loads.items() if n > number and (stored.keys() | removed) & (more.keys() | less))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=ACTIONS)
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_any_day_is_what_replaying_the_loads_gives(store_url: str, tmp_path: Path, actions: list[Any]) -> None:
    for file in tmp_path.glob("rongtu.db*"):
        file.unlink()
    model = Model()
    with Store.open(store_url) as store:
        for action, *rest in actions:
            if action == "load":
                day, whole, rows = rest
                # That a row was gone on an early day is not written down when it is gone already.
                replace = whole and day >= max((said[0] for said in model.loads.values()), default=day)
                report = store.load({"households": people(**rows)}, dataclasses.replace(
                    provenance(str(day), region=None), sha256=str(len(store.loads()))), replace=replace)
                model.add(report.load_id, day, rows, whole=replace)
            elif rest[0] not in model.loads:
                with pytest.raises((UndoError, UnknownLoadError)):
                    store.undo(rest[0], by="t")
            elif later := model.built_on(rest[0]):
                with pytest.raises(UndoError) as refused:
                    store.undo(rest[0], by="t")
                assert refused.value.later == later
            else:
                store.undo(rest[0], by="t")
                del model.loads[rest[0]]
            assert held(store) == model.state(dt.date.max)
            for day in (JANUARY - DAY, JANUARY, MARCH, MAY - DAY, MAY, dt.date.max):
                assert held(store.at(day)) == model.state(day)
        with store._engine.connect() as connection:
            numbers = pd.DataFrame(connection.execute(sa.text(
                "SELECT id, version FROM households UNION ALL SELECT id, version FROM households_history")).all())
        assert not numbers.duplicated().any()
