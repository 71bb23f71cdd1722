"""The one place where settings become a store."""

from __future__ import annotations

from app.config import Settings
from layers.store import Store


def open_store(settings: Settings) -> Store:
    """The store that ``settings`` name, brought up to date when it is older than the program."""
    return Store.open(settings.store)
