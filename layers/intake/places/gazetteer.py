"""Where a row without coordinates lies: its village, found by code or name; a question where that is not sure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd

from layers.fields import Label
from layers.intake.folding import fold
from layers.intake.places.known_units import SAME_KIND, Match, Townships, Unit, Villages
from layers.intake.places.names import UnitName, group_in, group_key, readings, told_apart, unit_name

LIKENESS: Final = 0.8
"""A name that is less like the village's own is a question."""
CLEARANCE: Final = 0.2
"""How much less alike the second candidate must be."""

SHOWN: Final = 5
"""Candidates that a question offers."""

NOT_TOLD = Label("没有写村名或村代码", "names no village")
NOT_FOUND = Label("村名单里没有这个名称", "no village of that name is known")
NOT_SURE = Label("与已知村名相近但不能确定，请选择", "like a known name, but not surely the same; choose one")
SEVERAL = Label("有几个同名的村，请注明乡镇或选择", "several villages have this name; tell the township or choose one")
ELSEWHERE = Label("所写乡镇没有这个村，别的乡镇有", "not in the township that is told, but in another")
NOT_IN_ADDRESS = Label("地址里没有认出村", "no known village is named in the address")
TOWNSHIP_UNKNOWN = Label("不认识所写的乡镇，请选择", "the township that is told is not known; choose one")
TOWNSHIPS_DIFFER = Label("两处写的乡镇不一致", "two different townships are told")
CODE_UNKNOWN = Label("村名单里没有这个代码", "no village has this code")
CODE_DISAGREES = Label("代码和名称不是同一个村", "code and name are those of different villages")
CLOSED = Label("这个村当时已停用（撤并），请选择现在的村", "this village was closed by then; choose the present one")

BY_CODE = Label("按代码", "by code")
BY_NAME = Label("按名称", "by name")
BY_ALIAS = Label("按曾用名", "by a former name")
BY_ADDRESS = Label("按地址", "by the address")
BY_LIKENESS = Label("按相近名称", "by a name that is alike")


class Candidate(NamedTuple):
    """A village that may be meant; ``likeness`` is 0 to 1."""

    village: str
    name: str
    township: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one row lies, or what has to be asked.

    Attributes
    ----------
    village : str or None
        Id of the village; None where ``question`` says what is not sure.
    point : tuple of float or None
        Longitude and latitude: the group's place, a point within the village, or the village's point.
    precision : str
        ``group``, ``village``, or ``unknown``.
    likeness : float
        How alike the name is, 1 for the same.
    how : Label or None
        What the village was found by; of an address also where none was found in it.
    group : str
        The group as it was written.
    candidates : tuple of Candidate
        Best first; offered with a question.
    question : Label or None
        What has to be decided.
    """

    village: str | None = None
    point: tuple[float, float] | None = None
    precision: str = "unknown"
    likeness: float = 0.0
    how: Label | None = None
    group: str = ""
    candidates: tuple[Candidate, ...] = ()
    question: Label | None = None


class Gazetteer:
    """The villages and townships of a county on one day, with the names that they go by.

    Parameters
    ----------
    villages
        ``id``, ``code``, ``name``, ``township``, ``valid_from``, ``valid_to``, and geometry of WGS 84.
    townships
        ``id``, ``code``, ``name``.
    day
        The day that the rows are about: villages that were not there then are not offered.
    aliases
        ``name``, ``unit`` (id of a village or township), ``valid_from``, ``valid_to``: former names, and
        former codes as names. A name whose period is over still counts, as long as no village has it on ``day``.
    groups
        Places of groups that are known: (id of the village, group as written) to longitude and latitude.
    """

    def __init__(
        self,
        villages: gpd.GeoDataFrame,
        townships: pd.DataFrame,
        *,
        day: dt.date,
        aliases: pd.DataFrame | None = None,
        groups: Mapping[tuple[str, str], tuple[float, float]] | None = None,
    ) -> None:
        self._townships = Townships(townships, aliases)
        self._villages = Villages(villages, aliases, day)
        self._groups = {(village, group_key(text)): point for (village, text), point in (groups or {}).items()}
        self._known: dict[tuple[str, str, str], Placement] = {}

    def townships(self, name: str) -> frozenset[str]:
        """Ids of the townships of this name, with or without what tells the kind."""
        return self._townships.named(name)

    def place(self, *, code: str = "", township: str = "", village: str = "", group: str = "") -> Placement:
        """The place of a row, from what it tells; every part may be empty."""
        told = (code.strip(), township.strip(), village.strip())
        found = self._known.get(told)
        if found is None:
            found = self._known[told] = self._found(*told)
        found = replace(found, group=group.strip() or found.group)
        if found.village is None:
            return found
        own = self._groups.get((found.village, group_key(found.group))) if found.group else None
        return found if own is None else replace(found, point=own, precision="group")

    def in_address(self, address: str, township: str = "") -> Placement:
        """The place that a whole address names: only a name that is known, with nothing guessed.

        Behind the village's name a hamlet, a street or a door may follow.
        """
        key = ("", township.strip(), f"\0{address.strip()}")
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = replace(self._addressed(address.strip(), township.strip()), how=BY_ADDRESS)
        own = self._groups.get((found.village, group_key(found.group))) if found.village and found.group else None
        return found if own is None else replace(found, point=own, precision="group")

    def _addressed(self, address: str, township: str) -> Placement:
        named = self._named(township, address)
        if named.village is not None and named.likeness >= SAME_KIND:
            return replace(named, group=named.group or group_in(address))
        told = self._townships.named(township) if township else None
        for way in readings(address, self._townships.full_names, self._townships.bases):
            inside = self._townships.named(way.township) if way.township else None
            if told and inside and not told & inside:
                return Placement(question=TOWNSHIPS_DIFFER)
            reach = told & inside if told and inside else inside or told
            units = self._villages.beginning(fold(way.rest), reach)
            if len(units) == 1:
                return replace(self._taken(units[0], SAME_KIND, BY_NAME), group=group_in(address))
            if units:
                offered = tuple(self._candidate(unit, SAME_KIND) for unit in units[:SHOWN])
                return Placement(question=SEVERAL, candidates=offered)
        return Placement(question=NOT_IN_ADDRESS, candidates=named.candidates)

    def _found(self, code: str, township: str, village: str) -> Placement:
        if not code:
            return self._named(township, village) if village else Placement(question=NOT_TOLD)
        coded = self._coded(code)
        if not village:
            return coded
        named = self._named(township, village)
        if coded.village is None:
            # A code that nobody knows beside a name that is known is another list's.
            return named if named.village is not None or coded.question == CODE_UNKNOWN else coded
        unit = self._villages.units[coded.village]
        if named.village == unit.id or (named.village is None and unit.score(unit_name(village))[0] >= LIKENESS):
            return replace(coded, group=named.group)
        if named.village is None and any(unit.id == offered.village for offered in named.candidates):
            return replace(coded, group=named.group)
        others = named.candidates
        if named.village is not None:
            others = (self._candidate(self._villages.units[named.village], named.likeness),)
        return Placement(question=CODE_DISAGREES, candidates=(self._candidate(unit, 1.0), *others), group=named.group)

    def _coded(self, code: str) -> Placement:
        unit, heirs = self._villages.by_code(code)
        if unit is not None and unit.there:
            return self._taken(unit, 1.0, BY_CODE)
        if len(heirs) == 1:
            return self._taken(heirs[0], 1.0, BY_ALIAS)
        offered = tuple(self._candidate(heir, 1.0) for heir in heirs)
        return Placement(question=CODE_UNKNOWN if unit is None and not heirs else CLOSED, candidates=offered)

    def _named(self, township: str, village: str) -> Placement:
        """As told; else without what stands before the village's name and after it. The same name goes before a like one."""
        told = self._townships.named(township) if township else None
        best = Placement(question=NOT_FOUND)
        ways = list(readings(village, self._townships.full_names, self._townships.bases))
        if narrowed := [way for way in ways if way.township]:
            ways = [ways[0], *narrowed]  # a township that stands in the cell is not passed over
        for alike, tried in ((False, ways), (True, narrowed or ways)):
            for way in tried:
                reach = told
                if inside := self._townships.named(way.township) if way.township else None:
                    if told and not told & inside:
                        return Placement(question=TOWNSHIPS_DIFFER, group=way.group)
                    reach = told & inside if told else inside
                found = replace(self._among(unit_name(way.rest), reach, township, alike=alike), group=way.group)
                if found.village is not None:
                    return found
                if _promise(found) > _promise(best):
                    best = found
        return best

    def _among(self, told: UnitName, reach: frozenset[str] | None, township: str, *, alike: bool) -> Placement:
        """The village called ``told`` in the townships of ``reach``: None where none is told, empty where it is unknown."""
        same = self._villages.same(told)
        near = [found for found in same if not reach or found.unit.township in reach]
        if near:
            return self._one_of(near, reach, township)
        if same:
            offered = [*same, *(self._villages.alike(told, reach) if alike else ())]
            return Placement(question=ELSEWHERE, candidates=self._candidates(offered))
        if not alike:
            return Placement(question=NOT_FOUND)
        like = self._villages.alike(told, reach)
        if not like:
            return Placement(question=NOT_FOUND)
        second = like[1].likeness if len(like) > 1 else 0.0
        clear = like[0].likeness >= LIKENESS and like[0].likeness - second >= CLEARANCE
        if clear and reach != frozenset() and not any(told_apart(told.base, name.base) for name in like[0].unit.names):
            return self._taken(like[0].unit, like[0].likeness, BY_LIKENESS)
        return Placement(question=NOT_SURE, candidates=self._candidates(like))

    def _one_of(self, near: list[Match], reach: frozenset[str] | None, township: str) -> Placement:
        """One of the villages that have the name, or nearly: those that have it most faithfully."""
        best = near[0].likeness
        most = [found for found in near if found.likeness == best]
        # Beside a village of that name in the township, one that had it before is not meant.
        taken = {found.unit.township for found in most if not found.former}
        most = [found for found in most if not found.former or found.unit.township not in taken]
        offered = self._candidates(near)
        if len(most) > 1:
            return Placement(question=SEVERAL, candidates=offered)
        only = most[0]
        if reach is not None and not reach and not self._townships.like(only.unit.township, township):
            return Placement(question=TOWNSHIP_UNKNOWN, candidates=offered)
        if best < SAME_KIND:
            return Placement(question=NOT_SURE, candidates=offered)
        return self._taken(only.unit, best, BY_ALIAS if only.former else BY_NAME)

    def _taken(self, unit: Unit, like: float, how: Label) -> Placement:
        precision = "unknown" if unit.point is None else "village"
        return Placement(village=unit.id, point=unit.point, precision=precision, likeness=like, how=how)

    def _candidates(self, found: Iterable[Match]) -> tuple[Candidate, ...]:
        best: dict[str, Match] = {}
        for match in found:
            best.setdefault(match.unit.id, match)
        return tuple(self._candidate(match.unit, match.likeness) for match in list(best.values())[:SHOWN])

    def _candidate(self, unit: Unit, like: float) -> Candidate:
        return Candidate(unit.id, unit.label, self._townships.labels.get(unit.township, ""), like)


def _promise(placement: Placement) -> tuple[bool, float]:
    """Of two questions the one that offers more."""
    return bool(placement.candidates), max((offered.likeness for offered in placement.candidates), default=0.0)
