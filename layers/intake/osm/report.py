"""What came out of an extract: the frames, and what was taken and left out and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd

from layers.schema import Label


@dataclass(frozen=True, slots=True)
class Count:
    """So many objects of one sort were taken, or left out, for one reason.

    ``names`` lists the first few that have a name, so that they can be found in the file.
    """

    what_zh: str
    what_en: str
    reason_zh: str
    reason_en: str
    n: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extract:
    """Layers of a region as read from an OpenStreetMap extract.

    Attributes
    ----------
    frames
        Layer name to frame, WGS 84; each passes its layer's check, and references are found.
    region_name
        Name of the region as OpenStreetMap has it, else of the file.
    taken, left_out
        Every object that was looked at, counted by sort and reason.
    as_of
        Day that the extract shows.
    sha256
        Digest of the file.
    """

    frames: Mapping[str, gpd.GeoDataFrame]
    region_name: str
    taken: list[Count]
    left_out: list[Count]
    as_of: dt.date
    sha256: str


IN_NO_TOWNSHIP = Label("不在任何取用的乡镇内", "in none of the townships taken")
NO_SHAPE = Label("轮廓不完整或不闭合", "its outline is incomplete or does not close")
_NAMES_KEPT = 30


@dataclass
class Tally:
    """Counts in the making, in the order in which their reasons first turned up."""

    _found: dict[tuple[Label, Label], tuple[int, list[str]]] = field(default_factory=dict)

    def add(self, what: Label, reason: Label, n: int = 1, *, names: list[str] | None = None) -> None:
        """Count ``n`` more of ``what`` for ``reason``; nothing happens when ``n`` is 0."""
        if n <= 0:
            return
        before, known = self._found.get((what, reason), (0, []))
        self._found[what, reason] = (before + n, (known + (names or []))[:_NAMES_KEPT])

    def note(self, what: Label, reason: Label) -> None:
        """Say that there is none of ``what``, and why."""
        self._found.setdefault((what, reason), (0, []))

    def counts(self) -> list[Count]:
        """All counts so far."""
        return [
            Count(what.zh, what.en, reason.zh, reason.en, n, tuple(names))
            for (what, reason), (n, names) in self._found.items()
        ]
