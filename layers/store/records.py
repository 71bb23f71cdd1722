"""What a store is told about a load, and what it tells about itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Region:
    """The county that a store is about."""

    name_zh: str
    name_en: str
    fictional: bool = False


class LoadKind(StrEnum):
    """What an entry of the ledger is."""

    FILE = "file"
    OSM = "osm"
    DEMO = "demo"
    EDIT = "edit"
    UNITS = "units"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a load comes from, who loads it, and the day on which the data held.

    ``source`` is the file's name or whatever else names where the rows come from; ``sha256`` is that
    of the file's bytes, empty where there is no file; ``reason`` says why, for an edit or an undo.
    """

    source: str
    sha256: str
    loaded_by: str
    as_of: dt.date
    region: Region | None = None
    kind: LoadKind = LoadKind.FILE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LayerLoad:
    """Rows of one layer in one load: ``rows_in`` = ``stored`` + ``unchanged`` + ``rejected``."""

    rows_in: int
    stored: int
    unchanged: int
    removed: int
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. When nothing changed, ``load_id`` is that of the load that brought the data."""

    load_id: int
    layers: Mapping[str, LayerLoad]

    @property
    def changed(self) -> bool:
        """True when at least one row was stored or removed."""
        return any(layer.stored or layer.removed for layer in self.layers.values())


@dataclass(frozen=True, slots=True)
class Load:
    """One entry of the ledger; ``undone_by`` is the id of the one that undid it."""

    id: int
    kind: LoadKind
    source: str
    sha256: str
    loaded_by: str
    loaded_at: dt.datetime
    as_of: dt.date
    reason: str
    undone_by: int | None
    layers: Mapping[str, LayerLoad]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a row: what it held, and which load it came from.

    Attributes
    ----------
    content
        Field to value in the field's own type, None for nothing, with ``geometry`` for a map layer.
        Protected fields are left out unless they were asked for.
    source
        Id of the load that brought it.
    ended_by
        Id of the load that put another version in its place or removed the row; None for the present one.
    removed
        True when the row was gone afterwards.
    """

    version: int
    source: int
    updated_at: dt.datetime
    content: Mapping[str, Any]
    ended_by: int | None
    removed: bool


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer of a store; the dates and the source are those of the latest load that brought it."""

    name: str
    rows: int
    as_of: dt.date | None
    loaded_at: dt.datetime | None
    source: str | None


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A what-if scenario as it is kept: its text, who saved it last, and how often it was saved."""

    name: str
    definition: str
    saved_by: str
    saved_at: dt.datetime
    version: int
