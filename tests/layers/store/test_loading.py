"""A load is all or nothing, and a second load of the same changes nothing."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from small_frames import REGION, households, provenance, roads, townships, villages

from layers.errors import InvalidDataError, StoreError, UnknownLayerError
from layers.registry import LAYERS
from layers.store import LayerLoad, Region, Store, engine, ledger, loading

HISTORY = ["id", "source", "updated_at", "version"]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


@pytest.fixture
def filled(store: Store) -> Store:
    store.load({"townships": townships(), "villages": villages(), "households": households()}, provenance())
    return store


def content(store: Store) -> dict[str, Any]:
    tables = {}
    for name, layer in LAYERS.items():
        columns = [*layer.columns, *HISTORY[1:], *(["geometry"] if layer.spatial else [])]
        tables[name] = store.read(name, columns=columns, protected=True).to_csv()
    return {"stamp": store.stamp(), "summary": store.summary(), "region": store.region(), **tables}


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.is_empty()
    assert (store.region(), store.as_of()) == (None, None)
    assert [line.name for line in store.summary()] == list(LAYERS)
    assert {(line.rows, line.as_of, line.loaded_at, line.source) for line in store.summary()} == {(0, None, None, None)}


def test_a_load_tells_what_it_did_and_where_it_came_from(filled: Store) -> None:
    lines = {line.name: line for line in filled.summary()}
    assert not filled.is_empty()
    assert (lines["households"].rows, lines["households"].source) == (3, "county.gpkg")
    assert lines["households"].as_of == filled.as_of() == dt.date(2026, 11, 1)
    assert abs(lines["households"].loaded_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)
    assert filled.region() == REGION
    assert lines["roads"].rows == 0


def test_the_same_again_changes_nothing(filled: Store) -> None:
    before = content(filled)
    frames = {"townships": townships(), "villages": villages(), "households": households()}
    report = filled.load(frames, provenance())
    assert not report.changed
    assert report.load_id == 1
    assert report.layers["households"] == LayerLoad(rows_in=3, stored=0, unchanged=3, removed=0)
    assert content(filled) == before


def test_the_order_of_rows_and_columns_is_no_change(filled: Store) -> None:
    stamp = filled.stamp()
    turned = households().iloc[::-1]
    filled.load({"households": turned[sorted(turned.columns, reverse=True)]}, provenance())
    assert filled.stamp() == stamp


def test_only_changed_rows_are_touched(filled: Store) -> None:
    stamp, before = filled.stamp(), filled.read("households", columns=HISTORY)
    frame = households()
    frame.loc[1, "persons"] = 4
    report = filled.load({"households": frame}, provenance())
    after = filled.read("households", columns=[*HISTORY, "persons"])
    assert report.layers == {"households": LayerLoad(rows_in=3, stored=1, unchanged=2, removed=0)}
    assert filled.stamp() != stamp
    assert after["version"].tolist() == [1, 2, 1]
    assert after["source"].tolist() == [1, report.load_id, 1]
    assert after["persons"].tolist() == [1, 4, 1]
    assert after["updated_at"][1] > before["updated_at"][1]
    assert_frame_equal(after.loc[[0, 2], HISTORY], before.loc[[0, 2]])


@pytest.mark.parametrize(("column", "value"), [
    ("geometry", shapely.Point(100.9, 30.9)), ("geometry", None), ("categories", ["veteran"]), ("last_visit", None),
    ("lives_alone", False), ("phone", None), ("adaptation_yuan", 0.1),
])
def test_every_kind_of_change_is_seen(filled: Store, column: str, value: object) -> None:
    frame = households()
    others = frame[column].tolist() if column in frame else [None] * 3
    frame[column] = [*others[:2], value]
    assert filled.load({"households": frame}, provenance()).layers["households"].stored == 1
    assert_frame_equal(filled.read("households", protected=True), LAYERS["households"].conform(frame))
    assert filled.load({"households": frame}, provenance()).layers["households"].stored == 0


def test_absent_rows_stay_unless_replaced(filled: Store) -> None:
    fewer = households(2)
    assert filled.load({"households": fewer}, provenance()).layers["households"].removed == 0
    assert len(filled.read("households")) == 3
    report = filled.load({"households": fewer}, provenance(), replace=True)
    assert report.layers["households"] == LayerLoad(rows_in=2, stored=0, unchanged=2, removed=1)
    assert filled.read("households")["id"].tolist() == ["h00000", "h00001"]
    assert len(filled.read("villages")) == 2  # not among the given layers


def test_a_newer_day_is_written_down_without_touching_rows(filled: Store) -> None:
    before = filled.read("households", columns=HISTORY)
    report = filled.load({"households": households()}, provenance("2026-11-20"))
    assert (report.changed, report.load_id) == (False, 2)
    assert {line.name: line.as_of for line in filled.summary()}["households"] == dt.date(2026, 11, 20)
    assert_frame_equal(filled.read("households", columns=HISTORY), before)
    assert filled.as_of() == dt.date(2026, 11, 1)
    assert filled.as_of("households") == dt.date(2026, 11, 20)
    assert filled.as_of("households", "villages") == dt.date(2026, 11, 1)


def test_another_region_is_a_change_of_its_own(filled: Store) -> None:
    stamp = filled.stamp()
    other = Region("青岚县", "Qinglan County", fictional=True)
    filled.load({"households": households()}, provenance(region=None))
    assert (filled.region(), filled.stamp()) == (REGION, stamp)
    filled.load({"households": households()}, provenance(region=other))
    assert filled.region() == other
    assert filled.stamp() != stamp


def test_two_stores_at_one_place_have_two_stamps(filled: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    with Store.open(str(tmp_path_factory.mktemp("other") / "rongtu.db")) as other:
        other.load({"townships": townships()}, provenance())
        assert other.stamp() != filled.stamp()


def test_nothing_is_stored_of_data_with_a_problem(filled: Store) -> None:
    before = content(filled)
    wrong = households(5)
    wrong.loc[3, "persons"] = 0
    wrong.loc[4, "village"] = "v9"
    with pytest.raises(InvalidDataError) as refused:
        filled.load({"roads": roads(), "households": wrong}, provenance())
    found = {(issue.row, issue.column, issue.rule) for issue in refused.value.report.issues}
    assert found == {(3, "persons", "range"), (4, "village", "reference")}
    assert content(filled) == before


def test_the_message_names_columns_but_no_personal_data(filled: Store) -> None:
    wrong = households(1)
    wrong["phone"] = 13912345678
    with pytest.raises(InvalidDataError, match=r"households\.phone .*什么也没有保存|households\.phone") as refused:
        filled.load({"households": wrong}, provenance())
    assert "1391234" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_reference_may_lead_to_the_store_or_to_the_same_load(filled: Store) -> None:
    filled.load({"villages": villages(["v3"], township="t2"), "households": households(4, village="v3")}, provenance())
    filled.load({"households": households(4, village="v2")}, provenance())
    with pytest.raises(InvalidDataError):
        filled.load({"stations": pd.DataFrame({
            "id": ["s"], "name": ["站"], "level": ["village"], "status": ["open"], "precision": ["door"],
            "unit": ["nowhere"], "geometry": [shapely.Point(100, 30)]})}, provenance())


def test_a_reference_needs_its_layer(store: Store) -> None:
    with pytest.raises(InvalidDataError) as refused:
        store.load({"households": households(2)}, provenance())
    assert {issue.rule for issue in refused.value.report.issues} == {"reference"}
    store.load({"households": households(2, village=None)}, provenance())


def test_replacing_may_not_leave_others_referring_to_nothing(filled: Store) -> None:
    before = content(filled)
    with pytest.raises(InvalidDataError) as refused:
        filled.load({"villages": villages(["v2"])}, provenance(), replace=True)
    assert {(issue.layer, issue.id, issue.column) for issue in refused.value.report.issues} == {
        ("households", f"h{k:05d}", "village") for k in range(3)}
    assert content(filled) == before
    moved = {"villages": villages(["v2"]), "households": households(village="v2")}
    assert filled.load(moved, provenance(), replace=True).layers["villages"].removed == 1


def test_replacing_within_the_same_load_counts_only_new_ids(filled: Store) -> None:
    with pytest.raises(InvalidDataError):
        filled.load({"villages": villages(["v2"]), "households": households(village="v1")}, provenance(), replace=True)


def test_an_unknown_layer_is_refused(store: Store) -> None:
    with pytest.raises(UnknownLayerError):
        store.load({"town": townships()}, provenance())


def test_empty_frames_and_no_frames(store: Store) -> None:
    stamp = store.stamp()
    first = store.load({"roads": roads(0)}, provenance())
    assert first.layers == {"roads": LayerLoad(0, 0, 0, 0)}
    assert store.stamp() != stamp  # that there are no roads is something learnt
    assert store.load({"roads": roads(0)}, provenance()).load_id == first.load_id


def test_a_failure_in_the_middle_leaves_the_store_as_it_was(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(filled)

    def fail(*_: object) -> None:
        raise RuntimeError("the last step fails")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "enter_layers", fail)
        with pytest.raises(RuntimeError, match="the last step"):
            filled.load({"roads": roads(), "households": households(2, persons=9)}, provenance(), replace=True)
    assert content(filled) == before
    assert filled.load({"roads": roads()}, provenance()).changed


KILLED = """
import os, signal, sys
from layers.store import Store, ledger
from small_frames import households, provenance, roads
ledger.enter_layers = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Store.open(sys.argv[1]).load({"roads": roads(5000), "households": households(2, persons=9)}, provenance(), replace=True)
"""


def test_a_killed_program_leaves_the_store_as_it_was(filled: Store, store_url: str, repo_root: Path) -> None:
    before = content(filled)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, store_url], cwd=repo_root, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{repo_root}:{repo_root / 'tests/support'}"},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert content(filled) == before
    assert filled.load({"roads": roads()}, provenance()).changed


def test_readers_see_the_state_before_until_the_load_is_done(
    filled: Store, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    enter_layers = loading.ledger.enter_layers

    def look_meanwhile(*args: Any) -> None:
        # Everything is written now, but nothing committed; another connection and another program's view of it:
        with Store.open(store_url) as other:
            seen.extend([filled.read("households")["persons"].tolist(), other.read("households")["persons"].tolist(),
                         len(other.read("roads")), other.stamp()])
        enter_layers(*args)

    monkeypatch.setattr(ledger, "enter_layers", look_meanwhile)
    stamp = filled.stamp()
    filled.load({"households": households(persons=7), "roads": roads()}, provenance())
    assert seen == [[1, 1, 1], [1, 1, 1], 0, stamp]
    assert filled.read("households")["persons"].tolist() == [7, 7, 7]


def test_two_loads_at_once_follow_each_other(filled: Store, store_url: str) -> None:
    def load(persons: int) -> int:
        with Store.open(store_url) as other:
            return other.load({"households": households(200, persons=persons)}, provenance()).load_id

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(load, [2, 3, 4, 5]))
    assert sorted(ids) == [2, 3, 4, 5]
    rows = filled.read("households", columns=["persons", "version", "source"])
    assert rows["persons"].nunique() == rows["source"].nunique() == 1
    assert set(rows["version"]) == {4, 5}  # 5 for the three that were there before


def test_a_load_that_waits_too_long_is_told(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_S", 0.2)
    with Store.open(store_url) as store, Store.open(store_url) as other, engine.writing(other._engine):
        with pytest.raises(StoreError, match=r"另一个程序正在写入.*another program is writing"):
            store.load({"townships": townships()}, provenance())
        assert store.is_empty()  # and reading goes on


@pytest.mark.parametrize("store_url", ["postgis"], indirect=True)
@pytest.mark.parametrize("change", [
    "ALTER COLUMN phone TYPE integer USING NULL", "ADD CHECK (persons < 5)", "ADD COLUMN more text NOT NULL DEFAULT NULL",
])
def test_a_table_altered_by_others_is_told_without_personal_data(store: Store, change: str) -> None:
    with engine.writing(store._engine) as connection:
        connection.exec_driver_sql(f"ALTER TABLE households {change}")
    with pytest.raises(StoreError, match=r"改动过.*altered") as raised:
        store.load({"households": households(9, village=None, persons=9)}, provenance())
    logged = "".join(traceback.format_exception(raised.value))
    assert "13800000000" not in logged
    assert "王建国" not in logged


def test_errors_of_the_database_show_no_personal_data(filled: Store) -> None:
    with engine.writing(filled._engine) as connection:
        connection.exec_driver_sql("ALTER TABLE households DROP COLUMN pairing")
    with pytest.raises(Exception, match="pairing") as raised:
        filled.load({"households": households(9)}, provenance())
    assert "13800000000" not in "".join(traceback.format_exception(raised.value))


def test_a_reader_that_never_stops_reads_whole_states_only(filled: Store, store_url: str) -> None:
    states: set[tuple[int, ...]] = set()
    done = threading.Event()

    def read_on() -> None:
        with Store.open(store_url) as reader:
            while not done.is_set():
                rows = reader.read("households", columns=["persons"])
                states.add((len(rows), *sorted(set(rows["persons"].tolist()))))

    thread = threading.Thread(target=read_on)
    thread.start()
    try:
        for count, persons in ((500, 2), (300, 3), (400, 4)):
            filled.load({"households": households(count, persons=persons)}, provenance(), replace=True)
    finally:
        done.set()
        thread.join()
    assert states <= {(3, 1), (500, 2), (300, 3), (400, 4)}
    assert len(states) > 1
