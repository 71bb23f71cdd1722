"""Scenarios in the store: kept by name on both back ends, and no work overwritten unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from small_frames import provenance, roads

from layers.errors import LostUpdateError, UnknownScenarioError
from layers.store import Store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


def test_a_scenario_is_kept_changed_and_forgotten(store: Store) -> None:
    assert store.scenarios() == []
    first = store.save_scenario("新站 '50%'", '{"名称": "𠮷"}', saved_by="planner")
    assert (first.version, first.definition, first.saved_by) == (1, '{"名称": "𠮷"}', "planner")
    assert first.saved_at.tzinfo is not None
    second = store.save_scenario(first.name, "{}", saved_by="steward", version=1)
    assert (second.version, second.saved_at >= first.saved_at) == (2, True)
    assert store.scenario(first.name) == second
    store.delete_scenario(first.name, version=2)
    with pytest.raises(UnknownScenarioError, match="没有名为"):
        store.scenario(first.name)
    assert store.save_scenario(first.name, "{}", saved_by="planner").version == 1


def test_they_are_listed_by_code_point(store: Store) -> None:
    for name in ("b", "一", "B", "a"):
        store.save_scenario(name, "{}", saved_by="planner")
    assert [saved.name for saved in store.scenarios()] == ["B", "a", "b", "一"]


def test_a_lost_update_is_refused(store: Store) -> None:
    store.save_scenario("a", "mine", saved_by="planner")
    with pytest.raises(LostUpdateError, match="taken"):
        store.save_scenario("a", "other", saved_by="planner")
    store.save_scenario("a", "theirs", saved_by="planner", version=1)
    for work in (lambda: store.save_scenario("a", "mine again", saved_by="planner", version=1),
                 lambda: store.delete_scenario("a", version=1)):  # fmt: skip
        with pytest.raises(LostUpdateError, match="第 2 版"):
            work()
    assert store.scenario("a").definition == "theirs"
    store.delete_scenario("a", version=2)
    with pytest.raises(LostUpdateError):
        store.save_scenario("a", "mine", saved_by="planner", version=2)
    with pytest.raises(UnknownScenarioError):
        store.delete_scenario("a", version=2)


def test_of_many_who_save_at_once_one_wins(store: Store) -> None:
    store.save_scenario("a", "", saved_by="planner")
    outcome: list[str] = []

    def save(text: str) -> None:
        try:
            outcome.append(store.save_scenario("a", text, saved_by="planner", version=1).definition)
        except LostUpdateError:
            outcome.append("refused")

    savers = [threading.Thread(target=save, args=(str(k),)) for k in range(6)]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()
    assert sorted(outcome)[1:] == ["refused"] * 5
    assert store.scenario("a").definition == min(outcome)


def test_saving_one_changes_nothing_that_is_counted(store: Store) -> None:
    store.load({"roads": roads()}, provenance())
    before = store.stamp(), store.summary(), store.as_of()
    store.save_scenario("a", "{}", saved_by="planner")
    assert (store.stamp(), store.summary(), store.as_of()) == before
    store.load({"roads": roads(2)}, provenance(), replace=True)
    assert [saved.name for saved in store.scenarios()] == ["a"]
