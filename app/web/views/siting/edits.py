"""What a person has changed of a plan by hand: sites locked and banned, places and forbidden areas of their own.

Places of one's own are numbered anew in every question, so an edit names a place by a key that lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import streamlit as st

from app.services.scenarios.definition import Position
from app.services.siting.candidates import OWN

_EDITS = "siting_edits"
_BEFORE = "siting_edits_before"
_NUMBER = "siting_edit_number"


@dataclass(frozen=True, slots=True)
class Lock:
    """A candidate that every plan opens."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Ban:
    """A candidate that none may open."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A candidate that was clicked. With ``moved`` it is opened, and that candidate is not."""

    key: str
    name: str
    at: Position
    moved: str | None = None
    moved_name: str = ""


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """Candidates of a map file, as a question has them."""

    key: str
    name: str
    places: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """Forbidden areas that were drawn or are of a map file, as a question has them."""

    key: str
    name: str
    areas: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a station costs at one candidate."""

    key: str
    name: str
    cost: float


Edit = Lock | Ban | OwnPlace | FilePlaces | Area | Cost
Edits = tuple[Edit, ...]


def places(edits: Edits) -> list[tuple[str, dict[str, Any]]]:
    """Places of one's own with their keys, in the order in which the question has them."""
    found = []
    for edit in edits:
        if isinstance(edit, OwnPlace):
            found.append((edit.key, {"at": list(edit.at), "name": edit.name}))
        elif isinstance(edit, FilePlaces):
            found += [(f"{edit.key}.{k}", place) for k, place in enumerate(edit.places)]
    return found


def as_asked(edits: Edits) -> dict[str, Any]:
    """The part of a question that the edits make."""
    own = places(edits)
    number = {key: f"{OWN}{k}" for k, (key, _) in enumerate(own, start=1)}

    def ids(keys: Iterator[str]) -> list[str]:
        return list(dict.fromkeys(number.get(key, key) for key in keys))

    moved = [edit for edit in edits if isinstance(edit, OwnPlace) and edit.moved is not None]
    return {
        "places": [place for _, place in own],
        "must": ids(chain((e.key for e in edits if isinstance(e, Lock)), (e.key for e in moved))),
        "banned": ids(chain((e.key for e in edits if isinstance(e, Ban)), (e.moved for e in moved if e.moved))),
        "costs": {number.get(edit.key, edit.key): edit.cost for edit in edits if isinstance(edit, Cost)},
        "forbidden": [area for edit in edits if isinstance(edit, Area) for area in edit.areas],
    }


def key_of(candidate: str, edits: Edits) -> str:
    """The lasting key of a candidate of the question that ``edits`` made."""
    if not candidate.startswith(OWN):
        return candidate
    return places(edits)[int(candidate.removeprefix(OWN)) - 1][0]


def with_lock(edits: Edits, key: str, name: str) -> Edits:
    """Always open the candidate."""
    return (*_without(edits, key), Lock(key, name))


def with_ban(edits: Edits, key: str, name: str) -> Edits:
    """Never open the candidate; where it is one that something was moved to, that stays banned instead."""
    here = next((edit for edit in edits if isinstance(edit, OwnPlace) and edit.key == key and edit.moved), None)
    left = _without(edits, key)
    if here is not None and here.moved is not None:
        return (*(edit for edit in left if edit is not here), Ban(here.moved, here.moved_name))
    return (*left, Ban(key, name))


def with_move(edits: Edits, key: str, name: str, new: OwnPlace) -> Edits:
    """Open ``new`` in the place of the candidate; what was moved before is moved on."""
    for k, edit in enumerate(edits):
        if isinstance(edit, OwnPlace) and edit.key == key and edit.moved is not None:
            return (*edits[:k], replace(edit, at=new.at), *edits[k + 1 :])
    return (*_without(edits, key), replace(new, moved=key, moved_name=name))


def with_cost(edits: Edits, key: str, name: str, cost: float) -> Edits:
    """Have a station at the candidate cost so much."""
    return (*(edit for edit in edits if not (isinstance(edit, Cost) and edit.key == key)), Cost(key, name, cost))


def without(edits: Edits, position: int) -> Edits:
    """Take one edit back, and with a place what was said of it."""
    gone, left = edits[position], (*edits[:position], *edits[position + 1 :])
    if not isinstance(gone, OwnPlace | FilePlaces):
        return left
    known = {key for key, _ in places(left)}
    own = {key for key, _ in places(edits)} - known
    return tuple(
        edit for edit in left
        if not (isinstance(edit, Lock | Ban | Cost) and edit.key in own)
        and not (isinstance(edit, OwnPlace) and edit.moved in own)
    )  # fmt: skip


def _without(edits: Edits, key: str) -> Edits:
    return tuple(edit for edit in edits if not (isinstance(edit, Lock | Ban) and edit.key == key))


def current() -> Edits:
    """What has been changed."""
    found: Edits = st.session_state.get(_EDITS, ())
    return found


def put(edits: Edits) -> None:
    """Have these edits from now on; the ones before can be had back."""
    if edits != current():
        st.session_state[_BEFORE] = (*_before(), current())
        st.session_state[_EDITS] = edits


def undo() -> None:
    """Go back to what there was before the last change."""
    before = _before()
    if before:
        st.session_state[_EDITS], st.session_state[_BEFORE] = before[-1], before[:-1]


def can_undo() -> bool:
    """True where there is something to go back to."""
    return bool(_before())


def new_key() -> str:
    """A key that no edit of this session had."""
    number: int = st.session_state.get(_NUMBER, 0) + 1
    st.session_state[_NUMBER] = number
    return f"own-{number}"


def _before() -> Sequence[Edits]:
    found: Sequence[Edits] = st.session_state.get(_BEFORE, ())
    return found
