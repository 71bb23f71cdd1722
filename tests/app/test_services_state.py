"""Answers kept for one state of the data: computed once, never mixed, forgotten when the data changes."""

from __future__ import annotations

import threading
import time

import pytest

from app.services.errors import NoDataError
from app.services.state import StoreState, kept, settled


class Data:
    """Stands for a store: an address, and a stamp that a load changes."""

    def __init__(self, address="here"):
        self.address, self.loads = address, 0

    def stamp(self):
        return str(self.loads)


def test_many_askers_one_computation():
    computed = []

    @kept(4)
    def slow(state, number):
        computed.append((state.stamp, number))
        time.sleep(0.05)
        return object()

    data, found = Data(), []
    askers = [threading.Thread(target=lambda: found.append(slow(StoreState(data), 1))) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert computed == [("0", 1)]
    assert len(set(map(id, found))) == 1
    data.loads = 1
    assert slow(StoreState(data), 1) is not found[0]
    assert slow(StoreState(Data("elsewhere")), 1) is not slow(StoreState(data), 1)


def test_an_answer_that_a_load_came_into_is_asked_again():
    data, seen = Data(), []

    def answer(state):
        seen.append(state.stamp)
        if len(seen) == 1:
            data.loads += 1
        return state.stamp

    assert settled(data, answer) == "1"
    assert seen == ["0", "1"]


def test_an_error_counts_only_when_nothing_was_loaded_meanwhile():
    data, tries = Data(), []

    def answer(state):
        tries.append(state.stamp)
        if len(tries) == 1:
            data.loads += 1
        if data.loads < 2 and len(tries) == 1:
            raise NoDataError("half of it")
        return "whole"

    assert settled(data, answer) == "whole"
    with pytest.raises(NoDataError):
        settled(Data(), lambda _: (_ for _ in ()).throw(NoDataError("nothing")))
