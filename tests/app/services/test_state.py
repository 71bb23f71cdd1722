"""Answers kept for one state of the data: computed once, never mixed, forgotten when the data changes."""

from __future__ import annotations

import threading
import time

import pytest

from app.services.county.state import StoreState, kept, settled
from app.services.errors import NoDataError


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


def test_who_asks_something_else_does_not_wait():
    begun, go_on = threading.Event(), threading.Event()

    @kept(4)
    def slow(state, mode):
        if mode == "drive":
            begun.set()
            assert go_on.wait(30)
        return mode

    data, found = Data(), []
    slow(StoreState(data), "walk")
    driver = threading.Thread(target=lambda: found.append(slow(StoreState(data), "drive")))
    driver.start()
    assert begun.wait(30)
    others = [threading.Thread(target=lambda mode=mode: found.append(slow(StoreState(data), mode))) for mode in ("walk", "ebike")]
    for other in others:
        other.start()
    for other in others:
        other.join(10)
    assert sorted(found) == ["ebike", "walk"]  # one that is kept, one that is not
    go_on.set()
    driver.join(30)
    assert found[-1] == "drive"


def test_a_load_forgets_the_answers_of_its_own_store_only():
    computed = []

    @kept(4)
    def answer(state, number=0):
        computed.append((state.store.address, state.stamp, number))
        return number

    here, there = Data("here"), Data("there")
    for data in (here, there):
        answer(StoreState(data), number=1)
    here.loads = 1
    answer(StoreState(here), number=1)
    answer(StoreState(there), number=1)
    assert computed == [("here", "0", 1), ("there", "0", 1), ("here", "1", 1)]
    here.loads = 0  # a backup put back: the answers of before were forgotten
    answer(StoreState(here), number=1)
    assert len(computed) == 4


def test_the_latest_answers_are_kept_and_errors_never():
    computed = []

    @kept(2)
    def answer(state, number):
        computed.append(number)
        if number < 0:
            raise NoDataError("nothing")
        return number

    state = StoreState(Data())
    for number in (1, 2, 1, 3, 1, 2):  # 2 was asked for longest ago when 3 came
        answer(state, number)
    assert computed == [1, 2, 3, 2]
    for _ in range(2):
        with pytest.raises(NoDataError):
            answer(state, -1)
    assert computed[4:] == [-1, -1]
    answer(state, 1)
    assert len(computed) == 6


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
