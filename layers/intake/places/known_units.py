"""The villages and townships that a name can mean, with their former names and codes."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rapidfuzz import process
from rapidfuzz.distance import OSA

from layers.intake.folding import fold
from layers.intake.places.names import UnitName, likeness, township_base, unit_name

SAME_NAME: Final = 0.98  # 张庄村 and 张庄村委会
SAME_KIND: Final = 0.95  # 张庄 and 张庄村
OTHER_KIND: Final = 0.9  # 张庄村 and 张庄社区
_MOST_ALIKE: Final = 0.89
_LEAST_ALIKE: Final = 0.4
_TOWNSHIP_LIKE: Final = 0.5
_WRITTEN_OUT = re.compile(r"(?<=\d)\.0+$", re.ASCII)


class Match(NamedTuple):
    """A village and how much a name is like one of its names; ``former`` when that is not its present one."""

    unit: Unit
    likeness: float
    former: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A village: present name as it is written and folded, former names, a point in it; ``there`` tells whether it existed on the day."""

    id: str
    label: str
    name: UnitName
    former: tuple[UnitName, ...]
    township: str
    point: tuple[float, float] | None
    there: bool

    @property
    def names(self) -> tuple[UnitName, ...]:
        """All of its names, the present one first."""
        return (self.name, *self.former)

    def score(self, told: UnitName) -> tuple[float, bool]:
        """Likeness of ``told`` to the likest of the names, and whether that is a former one."""
        return max(((score(told, name), k > 0) for k, name in enumerate(self.names)),
                   key=lambda found: (found[0], not found[1]))


def score(told: UnitName, name: UnitName) -> float:
    """How alike two names are; above :data:`OTHER_KIND` they differ in no more than what tells the kind."""
    if told.text == name.text:
        return 1.0
    if told.base == name.base:
        return SAME_NAME if told.kind == name.kind else OTHER_KIND if told.kind and name.kind else SAME_KIND
    if told.text == name.base or told.base == name.text:
        return SAME_KIND
    unlike = 0.1 if told.kind and name.kind and told.kind != name.kind else 0.0
    return min(likeness(told.base, name.base), _MOST_ALIKE) - unlike


class Villages:
    """Villages by code, by the same name, and by a name that is alike."""

    def __init__(self, villages: gpd.GeoDataFrame, aliases: pd.DataFrame | None, day: dt.date) -> None:
        former = _former(aliases)
        points = _inner_points(villages)
        there = _in_force(villages, day)
        names, townships = texts(villages, "name"), texts(villages, "township")
        self.units: dict[str, Unit] = {
            key: Unit(key, names[k], unit_name(names[k]), tuple(unit_name(text) for text in former.get(key, ())), townships[k],
                      points[k], bool(there[k]))
            for k, key in enumerate(villages["id"])
        }
        self._codes = {_code(key): key for key in self.units}
        self._codes |= {_code(code): key for code, key in zip(texts(villages, "code"), self.units, strict=True) if code}
        self._heirs: dict[str, list[Unit]] = {}
        self._by_text: dict[str, list[Unit]] = {}
        present = [unit for unit in self.units.values() if unit.there]
        for unit in present:
            for text in former.get(unit.id, ()):
                self._heirs.setdefault(_code(text), []).append(unit)
            for text in {text for name in unit.names for text in (name.text, name.base)}:
                self._by_text.setdefault(text, []).append(unit)
        self._bases = [(name.base, unit) for unit in present for name in unit.names]

    def by_code(self, code: str) -> tuple[Unit | None, list[Unit]]:
        """The village that has this code (or id), and those present ones that took it over."""
        key = self._codes.get(_code(code))
        return None if key is None else self.units[key], self._heirs.get(_code(code), [])

    def same(self, told: UnitName) -> list[Match]:
        """Present villages that have or had this name, apart from what tells the kind; the most faithful first."""
        found = {unit.id: unit for text in (told.text, told.base) for unit in self._by_text.get(text, ())}
        matches = [Match(unit, *unit.score(told)) for unit in found.values()]
        return sorted((match for match in matches if match.likeness >= OTHER_KIND), key=_order)

    def beginning(self, text: str, reach: frozenset[str] | None) -> list[Unit]:
        """Present villages of ``reach`` whose name, with its kind, a folded text begins with: those of the longest name."""
        found: dict[int, list[Unit]] = {}
        for k in range(2, len(text)):
            for unit in self._by_text.get(text[:k], ()):
                if (not reach or unit.township in reach) and any(name.text == text[:k] and name.kind for name in unit.names):
                    found.setdefault(k, []).append(unit)
        return found[max(found)] if found else []

    def alike(self, told: UnitName, reach: frozenset[str] | None) -> list[Match]:
        """Present villages of the townships of ``reach`` (all where there is none) by likeness, each once."""
        pool = [(base, unit) for base, unit in self._bases if not reach or unit.township in reach]
        found = process.extract(told.base, [base for base, _ in pool], scorer=OSA.normalized_similarity,
                                score_cutoff=_LEAST_ALIKE, limit=20)
        units = {pool[k][1].id: pool[k][1] for _, _, k in found}
        return sorted((Match(unit, *unit.score(told)) for unit in units.values()), key=_order)


class Townships:
    """Townships by name, code and former name."""

    def __init__(self, townships: pd.DataFrame, aliases: pd.DataFrame | None) -> None:
        former = _former(aliases)
        self.labels = dict(zip(townships["id"], texts(townships, "name"), strict=True))
        self._exact: dict[str, set[str]] = {}
        self._bases: dict[str, set[str]] = {}
        for key, code in zip(townships["id"], texts(townships, "code"), strict=True):
            for name in (self.labels[key], *former.get(key, ())):
                self._exact.setdefault(fold(name), set()).add(key)
                self._bases.setdefault(township_base(name), set()).add(key)
            for text in filter(None, (key, code, code[:9])):
                self._exact.setdefault(fold(text), set()).add(key)
        self.bases = sorted((base for base in self._bases if len(base) > 1), key=len, reverse=True)
        self.full_names = sorted((name for name in self._exact if not name.isascii() and len(name) > 2), key=len, reverse=True)

    def named(self, text: str) -> frozenset[str]:
        """Ids of the townships of this name: with its kind, else without, else the last that stands in an address."""
        folded = fold(text)
        if found := self._exact.get(folded) or self._bases.get(township_base(text)):
            return frozenset(found)
        inside = [(folded.rindex(name) + len(name), name) for name in self.full_names if name in folded]
        return frozenset(self._exact[max(inside)[1]]) if inside else frozenset()

    def like(self, key: str, told: str) -> bool:
        """Whether ``told`` may be a slip of the pen for the township ``key``."""
        return likeness(township_base(self.labels.get(key, "")), township_base(told)) >= _TOWNSHIP_LIKE


def _order(match: Match) -> tuple[float, bool, str]:
    return -match.likeness, match.former, match.unit.id


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """A column as texts, empty where nothing is told."""
    if column not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(value) else str(value) for value in frame[column].tolist()]


def _code(text: str) -> str:
    return _WRITTEN_OUT.sub("", unicodedata.normalize("NFKC", text).strip()).casefold()


def _former(aliases: pd.DataFrame | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if aliases is not None:
        for unit, name in zip(texts(aliases, "unit"), texts(aliases, "name"), strict=True):
            found.setdefault(unit, []).append(name)
    return found


def _in_force(villages: pd.DataFrame, day: dt.date) -> np.ndarray:
    moment = pd.Timestamp(day)
    begun, ended = (pd.to_datetime(villages[name]) if name in villages else pd.Series(pd.NaT, index=villages.index)
                    for name in ("valid_from", "valid_to"))
    return np.asarray((begun.isna() | (begun <= moment)) & (ended.isna() | (ended >= moment)))


def _inner_points(villages: gpd.GeoDataFrame) -> list[tuple[float, float] | None]:
    def points() -> Iterator[tuple[float, float] | None]:
        for shape in villages.geometry:
            inner = None if shape is None or shape.is_empty else shapely.point_on_surface(shape)
            yield None if inner is None else (float(inner.x), float(inner.y))

    return list(points())
