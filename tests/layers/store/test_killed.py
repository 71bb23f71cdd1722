"""A program that is killed in the middle of a load leaves all of it or nothing, and the load can be repeated."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Event

import pandas as pd
import pytest
from small_frames import households, provenance, roads

from layers.store import Store
from layers.store.engine import writing

KILLS = 40
ROWS = 600


def frames(round_: int) -> dict[str, pd.DataFrame]:
    """Everything changes from one round to the next: rows are added, replaced and removed."""
    people = households(ROWS, village=None, persons=1 + round_ % 9)
    lines = roads(ROWS, speed_kph=10.0 + round_ % 50)
    return {"households": people.iloc[round_ % 7:], "roads": lines.iloc[: ROWS - round_ % 5]}


def load(url: str, round_: int, loading: Event) -> None:
    content, said = frames(round_), provenance(f"2026-10-{1 + round_ % 28:02d}")
    with Store.open(url) as store:
        loading.set()
        store.load(content, said, replace=True)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Give processes that begin with everything imported."""
    forkserver._forkserver._stop()  # one that runs already would not take the modules below
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["psycopg", __name__])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # Python 3.11 does not tell the server of our path
        forkserver.ensure_running()
    return context


def held(store: Store) -> tuple[dict[str, list[object]], str]:
    rows = {
        name: store.read(name, columns=["id", "version", "source", column]).to_numpy().tolist()
        for name, column in (("households", "persons"), ("roads", "speed_kph"))
    }
    return rows, store.stamp()


def expected(round_: int) -> dict[str, list[object]]:
    content = frames(round_)
    return {name: content[name][["id", column]].to_numpy().tolist()
            for name, column in (("households", "persons"), ("roads", "speed_kph"))}


def rows_of(rows: dict[str, list[object]]) -> dict[str, list[object]]:
    return {name: [[row[0], row[3]] for row in table] for name, table in rows.items()}  # type: ignore[index]


@pytest.mark.usefixtures("plain_main")
def test_killed_at_any_moment_a_load_is_done_or_not(store_url: str, processes: ForkServerContext) -> None:
    moments = random.Random(4)  # any will do, and the same ones again
    with Store.open(store_url) as store:
        store.load(frames(0), provenance(), replace=True)
        began = time.perf_counter()
        store.load(frames(1), provenance("2026-11-02"), replace=True)
        usual = time.perf_counter() - began
        before = held(store)
        done = killed = 0
        for round_ in range(2, 2 + KILLS):
            loading = processes.Event()
            child = processes.Process(target=load, args=(store_url, round_, loading))
            child.start()
            assert loading.wait(60)
            time.sleep(moments.uniform(0, 1.2 * usual))
            child.kill()
            child.join()
            with writing(store._engine):
                pass  # a server may still be finishing what it was told last
            after = held(store)
            if after == before:
                killed += 1
                store.load(frames(round_), provenance(f"2026-10-{1 + round_ % 28:02d}"), replace=True)
                after = held(store)
            else:
                done += 1
            assert rows_of(after[0]) == expected(round_)
            assert after[1] != before[1]
            before = after
        assert done + killed == KILLS
        assert killed  # moments before the end were among them
        ids = [load.id for load in store.loads()]
        assert len(ids) == len(set(ids)) == 2 + KILLS
