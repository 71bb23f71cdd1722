"""The same person, household or place twice: in one file, or in the file and the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from rapidfuzz import fuzz
from scipy.spatial import cKDTree

from layers.fields import Field, Label
from layers.intake.examination.families import Families
from layers.intake.examination.row_ids import keys_of
from layers.intake.examination.rows import Holdings, Mask, Rows, Values
from layers.intake.folding import fold

NEAR_M = 30.0
_EARTH_M = 6_371_008.8
ALIKE = 85.0
"""Likeness (percent) of two names from which on they may be the same place's."""

_KEEP_ONE = Label("请只保留一行", "keep one of the rows")
_DECIDE = Label("确是两户（处）就接受此疑点，否则删去一行", "accept this doubt if there are two, else delete one row")


def same_ids(rows: Rows) -> None:
    """One id on several rows; where the file gave none, the rows are the same thing."""
    given = "id" in rows.texts
    reason = "编号与{row}相同" if given else "与{row}是同一对象"
    english = "same id as {row}" if given else "the same thing as {row}"
    persons = [spec.name for spec in rows.layer.fields if spec.matched]
    for k, first in _repeated(rows.value("id")):
        if not given and any((int(rows.numbers[k]), name) in rows.notes.spoilt for name in persons):
            continue  # the same person: said already
        row = rows.notes.called(int(rows.numbers[first]))
        rows.notes.add(int(rows.numbers[k]), "id", "duplicate", str(rows.text("id")[k]),
                       Label(reason.format(row=row.zh), english.format(row=row.en)), _KEEP_ONE)


def same_persons(rows: Rows) -> None:
    """One identity number on several rows."""
    for spec in _identities(rows):
        numbers = rows.value(spec.name)
        for k, first in _repeated(numbers):
            row = rows.notes.called(int(rows.numbers[first]))
            rows.notes.add(int(rows.numbers[k]), spec.name, "same_person", str(numbers[k]),
                           Label(f"与{row.zh}身份证号相同", f"same identity number as {row.en}"), _KEEP_ONE)


def same_members(rows: Rows, found: Families) -> None:
    """One name twice in a household, with nothing that tells two persons apart."""
    for k, row in enumerate(found.same_members(rows)):
        called = None if row is None else rows.notes.called(row)
        if called is not None and (int(rows.numbers[k]), "identity_no") not in rows.notes.spoilt:
            rows.notes.add(int(rows.numbers[k]), "contact_name", "same_person", str(rows.value("contact_name")[k]),
                           Label(f"与{called.zh}同户同名", f"same household and name as {called.en}"), _KEEP_ONE)


def stored_persons(rows: Rows, holdings: Holdings) -> None:
    """One identity number on a row and on a stored thing of another id."""
    for spec in _identities(rows):
        numbers, ids = rows.value(spec.name), rows.value("id")
        found = holdings.matches(rows.layer.name, spec.name, sorted({number for number in numbers if number is not None}))
        for k, number in enumerate(numbers):
            others = [key for key in found.get(number, ()) if key != ids[k]] if number is not None else []
            if others:
                rows.notes.add(
                    int(rows.numbers[k]), spec.name, "same_person", str(number),
                    Label(f"库中已有同一身份证号：{others[0]}", f"the store has this identity number already: {others[0]}"),
                    Label("请改用库中的编号，或核对身份证号", "use the id of the store, or check the number"))


def _identities(rows: Rows) -> list[Field]:
    return [spec for spec in rows.layer.fields if spec.matched and spec.pattern is not None and spec.name in rows.fields]


def same_households(rows: Rows, holdings: Holdings, known: Mask) -> None:
    """One name or telephone twice in a village under different ids: perhaps one household.

    Two people told apart by identity numbers are not asked about, nor are rows that are stored already
    (``known``) as two.
    """
    layer = rows.layer
    if "contact_name" not in layer.columns or "village" not in rows.fields or known.all():
        return
    columns = ["id", "village", "contact_name", "phone", "identity_no"]
    stored = holdings.read(layer.name, columns=columns, protected=True)
    stored = stored[~stored["id"].isin(set(rows.value("id").tolist()))]
    for name, what in (("contact_name", ("姓名", "name")), ("phone", ("电话", "telephone"))):
        if name not in rows.fields:
            continue
        keys = [*keys_of([stored["village"], stored[name]]), *keys_of([rows.value("village"), rows.value(name)])]
        numbers = [*stored["identity_no"].astype(object), *rows.value("identity_no")]
        settled = [*(True for _ in range(len(stored))), *known.tolist()]
        for at, first in _repeated(keys):
            k = at - len(stored)
            apart = isinstance(numbers[at], str) and isinstance(numbers[first], str)
            if k < 0 or apart or (settled[at] and settled[first]) or (int(rows.numbers[k]), name) in rows.notes.spoilt:
                continue
            if first < len(stored):
                key = stored["id"].iloc[first]
                other = Label(f"库中 {key}", f"{key} of the store")
            else:
                other = rows.notes.called(int(rows.numbers[first - len(stored)]))
            rows.notes.add(int(rows.numbers[k]), name, "same_household", str(rows.value(name)[k]),
                           Label(f"与{other.zh}同村同{what[0]}，可能是同一户",
                                 f"same village and {what[1]} as {other.en}; perhaps one household"), _DECIDE, doubt=True)


def near_names(rows: Rows, holdings: Holdings, known: Mask, shapes: Values) -> None:
    """Places within 30 m of another with nearly the same name, unless both are stored already (``known``)."""
    if "name" not in rows.fields or "Point" not in rows.layer.geometry or known.all():
        return
    names, ids = rows.value("name"), rows.value("id")
    stored = holdings.read(rows.layer.name, columns=["id", "name", "geometry"])
    stored = stored[~stored["id"].isin(set(ids.tolist()))]
    mine = np.flatnonzero(_usable(names, shapes))
    places = np.asarray(stored["geometry"].array, dtype=object)
    theirs = np.flatnonzero(_usable(stored["name"].tolist(), places))
    if len(mine) == 0:
        return
    called = [*(str(names[k]) for k in mine), *stored["name"].iloc[theirs]]
    settled = [*known[mine].tolist(), *(True for _ in theirs)]
    folded = [fold(name) for name in called]
    told: set[int] = set()
    for a, b in _neighbours(np.concatenate([shapes[mine], places[theirs]]), len(mine)):
        if a in told or (settled[a] and settled[b]) or not _alike(folded[a], folded[b]):
            continue
        told.add(a)
        k = int(mine[a])
        if b >= len(mine):
            key = stored["id"].iloc[theirs[b - len(mine)]]
            place = Label(f"库中“{called[b]}”（{key}）", f"{key} of the store")
        else:
            row = rows.notes.called(int(rows.numbers[mine[b]]))
            place = Label(f"{row.zh}“{called[b]}”", row.en)
        rows.notes.add(int(rows.numbers[k]), "name", "near_duplicate", str(names[k]),
                       Label(f"{NEAR_M:.0f} 米内有名称相近的{place.zh}",
                             f"within {NEAR_M:.0f} m of {place.en}, which has nearly the same name"), _DECIDE, doubt=True)


def _alike(first: str, second: str) -> bool:
    # 第一 and 第二, 1 and 2 tell branches of one house apart, however alike the rest.
    return fuzz.ratio(first, second) >= ALIKE and _numbers(first) == _numbers(second)


def _numbers(text: str) -> list[str]:
    return [sign for sign in text if sign.isdigit() or sign in "一二三四五六七八九十东西南北上下前后"]


def _usable(names: Iterable[Any], shapes: Values) -> Mask:
    named = np.array([isinstance(name, str) and bool(name.strip()) for name in names], dtype=bool)
    return np.asarray(named & (shapely.get_type_id(shapes) == 0), dtype=bool)


def _neighbours(points: Values, own: int) -> Iterable[tuple[int, int]]:
    """Pairs of points within :data:`NEAR_M`: each of the first ``own`` with those before it and with all others.

    On a sphere: a stray point at the other end of the world has no metres in common with a county.
    """
    lon, lat = np.radians(shapely.get_coordinates(points)).T
    around = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]) * _EARTH_M
    pairs = cKDTree(around).query_pairs(NEAR_M, output_type="ndarray")
    lower, upper = pairs.min(axis=1), pairs.max(axis=1)
    # Of two rows of the file the later is asked about; of a row and a stored thing the row.
    first, second = np.where(upper >= own, lower, upper), np.where(upper >= own, upper, lower)
    kept = np.flatnonzero(first < own)
    order = kept[np.lexsort((second[kept], first[kept]))]
    return zip(first[order].tolist(), second[order].tolist(), strict=True)


def _repeated(keys: Iterable[Any]) -> list[tuple[int, int]]:
    """Positions of what was seen before, each with that of the first."""
    firsts: dict[Any, int] = {}
    found = []
    for k, key in enumerate(keys):
        if key is not None and firsts.setdefault(key, k) != k:
            found.append((k, firsts[key]))
    return found
