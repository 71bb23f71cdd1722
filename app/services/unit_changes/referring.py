"""Everything in the store that names a village or a township, apart from former names; and who may change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from app.roles import NotPermittedError, Role, Viewer
from app.services.unit_changes.report import Units
from layers.registry import LAYERS
from layers.schema import Layer
from layers.store import Store

_DATED = ("villages", "townships")


def need_steward(viewer: Viewer) -> None:
    """Go on only for who may change units.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward of the whole county.
    """
    if viewer.role is not Role.STEWARD or viewer.townships is not None:
        msg = "只有数据管理员可以调整区划 (only the steward may change units)"
        raise NotPermittedError(msg)


def referring(store: Store, units: Units, ids: set[str], day: dt.date) -> Iterator[tuple[Layer, str, pd.Series]]:
    """Layer, its column that names units, and the ids of its rows that name one of ``ids``.

    Villages that were closed before ``day`` stay with the township that they were in.
    """
    for layer in LAYERS.values():
        if layer.name == "aliases":
            continue
        for column in (spec.name for spec in layer.fields if units in spec.references):
            ends = ["valid_to"] if layer.name in _DATED else []
            rows = store.read(layer.name, columns=["id", column, *ends])
            there = ~(rows["valid_to"] < str(day)) if ends else True
            found = rows["id"][rows[column].isin(ids) & there]
            if len(found):
                yield layer, column, found
