"""What speaks for one unit, a village or a township, of the present list having become one of the new list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import metric_crs
from layers.fields import Label
from layers.intake.folding import fold
from layers.intake.places.names import UnitName, township_base, unit_name
from layers.values import is_missing

MOST: Final = 0.8
"""Share of an area that makes it the same ground."""
SOME: Final = 0.2
"""Share of the smaller area below which two only touch: boundaries are drawn anew each time."""


class Link(NamedTuple):
    """A pair of present id and new code, how surely they belong together, and why."""

    old: str
    new: str
    strength: float
    why: Label


class Listed(NamedTuple):
    """One unit of a list. ``township`` is empty for a township, ``shape`` None, a point or an area."""

    key: str
    code: str
    name: UnitName
    township: str
    former: tuple[str, ...]
    shape: object


TOLD = Label("名单写明的原村", "the list names it as the former unit")
SAME = Label("代码、名称都相同", "same code and name")
SAME_CODE = Label("代码相同，名称不同", "same code, another name")
CODE_DOUBTED = Label("代码相同，但名称属于另一个村", "same code, but the name is that of another")
SAME_NAME = Label("名称相同，代码不同", "same name, another code")
MOVED = Label("名称相同，乡镇和代码不同", "same name, another township and code")
SAME_GROUND = Label("范围基本重合", "the same ground")
PART_GROUND = Label("范围部分重合", "part of the ground")
OTHER_GROUND = Label("代码或名称相符，但范围不重合", "code or name agree, but the ground does not")


def listed(frame: pd.DataFrame, key: str) -> list[Listed]:
    """Rows of a list: ``key``, ``code``, ``name``, and if there are, ``township``, ``former`` and ``geometry``.

    A list without townships is one of townships.
    """
    named = unit_name if "township" in frame else _township_name
    above = frame["township"] if "township" in frame else [""] * len(frame)
    shapes = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else [None] * len(frame)
    former = frame["former"] if "former" in frame else [""] * len(frame)
    return [
        Listed(str(k), _text(code), named(_text(name)), _text(township), _names(_text(was)), shape)
        for k, code, name, township, was, shape in zip(
            frame[key], frame["code"], frame["name"], above, former, shapes, strict=True
        )
    ]


def _township_name(text: str) -> UnitName:
    return UnitName(fold(text), township_base(text), "")


def links(old: list[Listed], new: list[Listed]) -> list[Link]:
    """Everything that speaks for a pair, the strongest for each."""
    ground = _ground(old, new)
    found: dict[tuple[str, str], Link] = {}
    for link in (*_told(old, new), *_by_code(old, new), *_by_name(old, new), *ground.values()):
        pair = (link.old, link.new)
        if pair not in found or link.strength > found[pair].strength:
            found[pair] = link
    # Apart: an id of the one list may well be a code of the other.
    before, after = ({unit.key for unit in units if is_area(unit.shape)} for units in (old, new))
    return [
        link._replace(strength=0.5, why=OTHER_GROUND)
        if pair not in ground and link.why != TOLD and pair[0] in before and pair[1] in after else link
        for pair, link in found.items()
    ]


def untraced(old: list[Listed], new: list[Listed]) -> dict[str, tuple[str, ...]]:
    """Former names that the new list tells and that the present list does not have, or has several times.

    Of a village that was there before they may be of long ago.
    """
    there = _going_on(old, new)
    return {
        unit.key: lost for unit in new
        if unit.code not in there and (lost := tuple(text for text in unit.former if len(_meant(text, unit, old)) != 1))
    }


def _going_on(old: list[Listed], new: list[Listed]) -> set[str]:
    """Codes that have the same name in both lists."""
    before = {(unit.code, unit.name.base) for unit in old}
    return {unit.code for unit in new if (unit.code, unit.name.base) in before}


def _told(old: list[Listed], new: list[Listed]) -> Iterator[Link]:
    there = _going_on(old, new)
    for unit in new:
        for text in unit.former:
            meant = _meant(text, unit, old)
            # What both lists have, one beside the other, did not come from each other now.
            if len(meant) == 1 and (meant[0].code == unit.code or not {meant[0].code, unit.code} <= there):
                yield Link(meant[0].key, unit.key, 1.0, TOLD)


def _meant(text: str, unit: Listed, old: list[Listed]) -> list[Listed]:
    name = unit_name(text) if unit.township else _township_name(text)
    same = [was for was in old if text in {was.code, was.key} or was.name.text == name.text]
    same = same or [was for was in old if was.name.base == name.base]
    here = [was for was in same if was.township == unit.township]
    return here or same


def _by_code(old: list[Listed], new: list[Listed]) -> Iterator[Link]:
    codes = {unit.code: unit for unit in old if unit.code}
    old_names, new_names = _named(old), _named(new)
    for unit in new:
        if (was := codes.get(unit.code)) is None:
            continue
        if was.name.base == unit.name.base:
            yield Link(was.key, unit.key, 1.0 if was.name.text == unit.name.text else 0.98, SAME)
        elif new_names[was.township, was.name.base] or old_names[unit.township, unit.name.base]:
            yield Link(was.key, unit.key, 0.5, CODE_DOUBTED)
        else:
            yield Link(was.key, unit.key, 0.9, SAME_CODE)


def _by_name(old: list[Listed], new: list[Listed]) -> Iterator[Link]:
    """The same name under another code: of the township, else the only one of the county in both lists."""
    new_codes, old_codes = {unit.code for unit in new}, {unit.code for unit in old}
    here, were = _named(new), _named(old)
    everywhere, before = ({base: [unit for unit in units if unit.name.base == base] for base in {u.name.base for u in units}}
                          for units in (new, old))
    for was in old:
        same = here[was.township, was.name.base]
        if len(same) == 1 and len(were[was.township, was.name.base]) == 1:
            if same[0].code != was.code:
                # Where both codes go on, they are two villages that changed names: a question.
                sure = was.code not in new_codes or same[0].code not in old_codes
                yield Link(was.key, same[0].key, 0.95 if sure else 0.5, SAME_NAME)
        elif not same and was.code not in new_codes:
            only = everywhere.get(was.name.base, [])
            if len(only) == len(before[was.name.base]) == 1 and only[0].code not in old_codes:
                yield Link(was.key, only[0].key, 0.9, MOVED)


def _ground(old: list[Listed], new: list[Listed]) -> dict[tuple[str, str], Link]:
    """Pairs whose areas overlap, measured in metres."""
    sides = [[unit for unit in units if is_area(unit.shape)] for units in (old, new)]
    if not all(sides):
        return {}
    shapes = [np.array([unit.shape for unit in side], dtype=object) for side in sides]
    crs = metric_crs(tuple(shapely.total_bounds(np.concatenate(shapes))))
    before, after = (gpd.GeoSeries(side, crs="EPSG:4326").to_crs(crs).to_numpy() for side in shapes)
    found = {}
    for k, j in zip(*shapely.STRtree(after).query(before, predicate="intersects"), strict=True):
        shared = shapely.area(shapely.intersection(before[k], after[j]))
        of_old, of_new = shared / shapely.area(before[k]), shared / shapely.area(after[j])
        if max(of_old, of_new) >= SOME:
            same = max(of_old, of_new) >= MOST
            pair = (sides[0][k].key, sides[1][j].key)
            found[pair] = Link(*pair, 0.95 if same else 0.6, SAME_GROUND if same else PART_GROUND)
    return found


def _named(units: list[Listed]) -> defaultdict[tuple[str, str], list[Listed]]:
    known: defaultdict[tuple[str, str], list[Listed]] = defaultdict(list)
    for unit in units:
        known[unit.township, unit.name.base].append(unit)
    return known


def is_area(shape: Any) -> bool:
    """Whether a shape is a polygon with an inside."""
    return shape is not None and int(shapely.get_type_id(shape)) in {3, 6} and not shapely.is_empty(shape)


def _text(value: object) -> str:
    return "" if is_missing(value) else str(value).strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[、,，;；/\s+]+", text) if part and part not in {"无", "-", "—"})
