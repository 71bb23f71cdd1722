"""Answers that pages keep: each function its own, each viewer's their own, and only for one state of the store."""

from __future__ import annotations

import pytest
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.web.kit.answers import kept
from layers.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


def test_what_was_answered_is_not_asked_again_until_the_store_changes(store):
    asked = []

    @kept(4)
    def answer(viewer, store, what, *, much=1):
        asked.append((viewer.role, what, much))
        return object()

    first = answer(LOCAL_STEWARD, store, "a")
    assert answer(LOCAL_STEWARD, store, "a") is first
    assert answer(LOCAL_STEWARD, store, "a", much=2) is not first
    assert answer(LOCAL_STEWARD, store, "b") is not first
    assert answer(SERVER, store, "a") is not first  # what one may see is not kept for another
    assert len(asked) == 4
    store.load({"households": frames()["households"].iloc[:3]}, PROVENANCE, replace=True)
    assert answer(LOCAL_STEWARD, store, "a") is not first
    assert len(asked) == 5


def test_functions_with_the_same_text_have_answers_of_their_own(store):
    def making(word):
        def one(viewer, store):
            return word

        one.__qualname__ = word
        return kept(2)(one)

    left, right = making("left"), making("right")
    assert (left(SERVER, store), right(SERVER, store), left(SERVER, store)) == ("left", "right", "left")


def test_what_goes_wrong_is_not_kept(store):
    tries = []

    @kept(2)
    def answer(viewer, store):
        tries.append(1)
        if len(tries) == 1:
            raise ValueError
        return "answer"

    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        answer(SERVER, store)
    assert answer(SERVER, store) == "answer"
