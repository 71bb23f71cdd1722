"""The key of everything that services keep for the next asker."""

from __future__ import annotations

from layers.store import Store


class StoreState:
    """A store in one state of its data; equal ones may share what was computed from either."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._identity = (store.address, store.stamp())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoreState) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)
