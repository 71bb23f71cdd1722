"""Answers kept for the next asker, each for one state of a store's data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar

from geo.errors import RongtuError
from layers.store import Store

_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")
_TRIES = 3


class StoreState:
    """A store in one state of its data; equal ones may share what was computed from either."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.stamp = store.stamp()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoreState) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def replaces(self, other: StoreState) -> bool:
        """True for another state of the same store."""
        return self.store.address == other.store.address and self.stamp != other.stamp

    @property
    def _identity(self) -> Hashable:
        return self.store.address, self.stamp


class _Kept(Generic[_Answer]):
    """The place of one answer; whoever holds the turn computes it."""

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.answers: tuple[_Answer, ...] = ()


def kept(
    size: int,
) -> Callable[[Callable[Concatenate[StoreState, _Rest], _Answer]], Callable[Concatenate[StoreState, _Rest], _Answer]]:
    """Keep the latest ``size`` answers of a function of a state.

    One asker computes, the others who ask the same wait; who asks something else does not. What was
    computed from an older state of the same store is forgotten as soon as a newer is asked for;
    answers from other stores stay.
    """

    def decorate(
        compute: Callable[Concatenate[StoreState, _Rest], _Answer],
    ) -> Callable[Concatenate[StoreState, _Rest], _Answer]:
        places: dict[tuple[StoreState, Hashable], _Kept[_Answer]] = {}  # in the order of asking
        lock = threading.Lock()

        def place_of(key: tuple[StoreState, Hashable]) -> _Kept[_Answer]:
            with lock:
                for other in [other for other in places if key[0].replaces(other[0])]:
                    del places[other]
                place = places.pop(key, None) or _Kept()
                places[key] = place
                return place

        def tidy(key: tuple[StoreState, Hashable], place: _Kept[_Answer]) -> None:
            with lock:
                if not place.answers and places.get(key) is place:
                    del places[key]  # an error is not kept
                answered = [other for other, found in places.items() if found.answers]
                for other in answered[: max(len(answered) - size, 0)]:
                    del places[other]

        @wraps(compute)
        def ask(state: StoreState, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
            key = (state, (args, tuple(sorted(kwargs.items()))))
            place = place_of(key)
            with place.turn:
                if not place.answers:
                    try:
                        place.answers = (compute(state, *args, **kwargs),)
                    finally:
                        tidy(key, place)
                return place.answers[0]

        return ask

    return decorate


def settled(store: Store, answer: Callable[[StoreState], _Answer]) -> _Answer:
    """An answer that no load came into the middle of; asked again when one did."""
    for _ in range(_TRIES - 1):
        state = StoreState(store)
        try:
            found = answer(state)
        except RongtuError:
            if StoreState(store) == state:
                raise
        else:
            if StoreState(store) == state:
                return found
    return answer(StoreState(store))
