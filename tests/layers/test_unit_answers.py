"""Answers to a proposal: the mapping that follows has every village exactly once."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from layers.fields import Label
from layers.unit_changes.answers import Answer, answered
from layers.unit_changes.application import check_mapping
from layers.unit_changes.changes import Change, ChangeKind

WHAT = Label("问", "asked")


def pairs(changes):
    return {(change.old, change.new, change.confirmed) for change in changes}


def test_what_is_not_answered_stays_a_question():
    changes = (Change(("a",), ("1",), question=WHAT), Change(("b",), ("2",)))
    assert answered(changes, {}) == changes


def test_a_village_that_is_gone_went_into_another():
    changes = (Change(("a",), (), question=WHAT, candidates=("1",)), Change(("b",), ("1",)))
    (found,) = answered(changes, {0: Answer(heirs={"a": "1"})})
    assert (found.old, found.new, found.kind) == (("b", "a"), ("1",), ChangeKind.MERGED)


def test_a_new_village_is_what_one_that_is_gone_became():
    changes = (Change(("a",), (), question=WHAT, candidates=("1",)), Change((), ("1",), question=WHAT))
    (found,) = answered(changes, {0: Answer(heirs={"a": "1"})})
    assert (found.old, found.new, found.kind, found.confirmed) == (("a",), ("1",), ChangeKind.RENAMED, True)


def test_several_into_several_are_told_one_by_one():
    changes = (Change(("a", "b", "c"), ("1", "2", "3"), question=WHAT),)
    found = answered(changes, {0: Answer(heirs={"a": "1", "b": "1", "c": None})})
    assert pairs(found) == {(("a", "b"), ("1",), True), ((), ("2",), True), ((), ("3",), True), (("c",), (), True)}
    check_mapping(found, "abc", "123")


@given(st.data())
def test_every_village_is_there_once(data):
    changes = []
    for n in range(data.draw(st.integers(1, 6))):
        olds, news = data.draw(st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 1), (1, 2), (3, 2)]))
        changes.append(Change(tuple(f"o{n}{k}" for k in range(olds)), tuple(f"n{n}{k}" for k in range(news)), question=WHAT))
    codes = [code for change in changes for code in change.new]
    answers = {}
    for k, change in enumerate(changes):
        kind = data.draw(st.sampled_from(["none", "taken", "heirs"]))
        if kind == "taken":
            answers[k] = Answer()
        elif kind == "heirs":
            answers[k] = Answer(heirs={key: data.draw(st.sampled_from([None, *codes])) for key in change.old})
    found = answered(changes, answers)
    for side in ("old", "new"):
        before = Counter(key for change in changes for key in getattr(change, side))
        assert Counter(key for change in found for key in getattr(change, side)) == before
    if len(answers) == len(changes):
        assert all(change.confirmed for change in found)
