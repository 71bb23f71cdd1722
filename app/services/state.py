"""Answers kept for the next asker, each for one state of a store's data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

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

    @property
    def _identity(self) -> Hashable:
        return self.store.address, self.stamp


def kept(
    size: int,
) -> Callable[[Callable[Concatenate[StoreState, _Rest], _Answer]], Callable[Concatenate[StoreState, _Rest], _Answer]]:
    """Keep the latest ``size`` answers of a function of a state; one asker computes, the others wait.

    What was computed from an older state of the same store is forgotten as soon as a newer is asked for.
    """

    def decorate(
        compute: Callable[Concatenate[StoreState, _Rest], _Answer],
    ) -> Callable[Concatenate[StoreState, _Rest], _Answer]:
        cached = lru_cache(size)(compute)
        lock = threading.RLock()
        latest: dict[str, str] = {}

        @wraps(compute)
        def ask(state: StoreState, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Answer:
            with lock:
                if latest.setdefault(state.store.address, state.stamp) != state.stamp:
                    cached.cache_clear()
                    latest[state.store.address] = state.stamp
                return cached(state, *args, **kwargs)  # type: ignore[arg-type]  # lru_cache asks for Hashable

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
