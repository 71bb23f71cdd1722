"""A confirmed mapping as frames to load: units closed and made, what refers to them moved, former names kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.errors import IntakeError
from layers.schema import WGS84
from layers.unit_changes.changes import Change, ChangeKind
from layers.unit_changes.links import is_area


class UnconfirmedError(IntakeError):
    """A mapping leaves something open; nothing was changed."""


_Row = dict[Hashable, Any]
_Rows = Mapping[str, _Row]


@dataclass(frozen=True, slots=True)
class Applied:
    """Frames for the store, by layer, and how many rows of each layer move to another unit."""

    frames: Mapping[str, pd.DataFrame]
    moved: Mapping[str, int]


def check_mapping(changes: Sequence[Change], present: Iterable[str], codes: Iterable[str]) -> None:
    """Refuse a mapping that leaves a question open, or a unit out, or has one twice.

    Parameters
    ----------
    changes
        The mapping.
    present
        Ids of the units in force.
    codes
        Codes of the new list.

    Raises
    ------
    UnconfirmedError
        With the units.
    """
    open_ = [change for change in changes if change.question is not None and not change.confirmed]
    if open_:
        some = "、".join("+".join(change.old) + "→" + "+".join(change.new) for change in open_[:5])
        msg = (
            f"还有 {len(open_)} 条变更未定：{some}；改好后把 confirmed 写成 true "
            f"({len(open_)} changes are still questions: {some}; correct them and set confirmed to true)"
        )
        raise UnconfirmedError(msg)
    for units, taken, zh, en in (
        (set(present), [key for change in changes for key in change.old], "现有单位", "present units"),
        (set(codes), [key for change in changes for key in change.new], "新名单的单位", "units of the new list"),
    ):
        off = sorted(units ^ set(taken)) or sorted({key for key in taken if taken.count(key) > 1})
        if off:
            some = "、".join(off[:10])
            msg = f"{zh}须各出现一次，这些不对：{some} ({en} must be there once each; look at {some})"
            raise UnconfirmedError(msg)
    several = [change for change in changes if change.kind is ChangeKind.REORGANISED]
    if several:
        some = "、".join(several[0].old)
        msg = (
            f"几个变成几个须拆成逐条合并或拆分：{some} (several into several must be told as mergers and splits: {some})"
        )
        raise UnconfirmedError(msg)


def apply(
    changes: Sequence[Change],
    units: gpd.GeoDataFrame,
    new_list: pd.DataFrame,
    referring: Mapping[str, tuple[str, pd.DataFrame]],
    *,
    day: dt.date,
    layer: str = "villages",
    aliases: pd.DataFrame | None = None,
) -> Applied:
    """What the store is to hold once the changes are in force.

    Parameters
    ----------
    changes
        A mapping that :func:`check_mapping` passed.
    units
        All that are stored, those closed before as well.
    new_list
        As in :func:`layers.unit_changes.proposal.propose`; ``kind`` too if it has it.
    referring
        Layer to its column that names units and its rows.
    day
        The first day on which the new units are in force.
    layer
        Theirs: ``villages`` or ``townships``.
    aliases
        Former names that are stored: they go on to the heirs.

    Raises
    ------
    UnconfirmedError
        When rows of a unit that was abolished or split belong nowhere, or a new one has no place.
    """
    old = {str(row["id"]): row for row in units.to_dict("records")}
    new = {str(row["code"]): row for row in new_list.to_dict("records")}
    heirs = {code: key for change in changes for code, key in _ids(change, old).items()}
    _check_ids(heirs, old, changes)
    closed = {key for change in changes for key in change.old} - set(heirs.values())
    moved, counts = _moved(changes, heirs, new, referring)
    rows = [old[key] | {"valid_to": pd.Timestamp(day) - pd.Timedelta(days=1)} for key in sorted(closed)]
    rows += [_made(change, code, heirs[code], old, new, day) for change in changes for code in change.new]
    frames: dict[str, pd.DataFrame] = {layer: gpd.GeoDataFrame(rows, columns=list(units.columns), crs=WGS84)}
    frames |= moved
    frames["aliases"] = _former_names(changes, heirs, old, new, aliases, day)
    return Applied({name: frame for name, frame in frames.items() if len(frame)}, counts)


def _ids(change: Change, old: _Rows) -> dict[str, str]:
    """Id of every new unit: one that goes on keeps its id, the others have their code for it."""
    if change.kind in {ChangeKind.UNCHANGED, ChangeKind.RENAMED}:
        return {change.new[0]: change.old[0]}
    goes_on = {str(old[key]["code"]): key for key in change.old}
    return {code: goes_on.get(code, code) for code in change.new}


def _check_ids(heirs: Mapping[str, str], old: _Rows, changes: Sequence[Change]) -> None:
    own = {key for change in changes for key in change.old}
    taken = sorted(code for code, key in heirs.items() if key == code and key in old and key not in own)
    ids = list(heirs.values())
    taken += sorted({key for key in ids if ids.count(key) > 1})
    if taken:
        some = "、".join(taken[:10])
        msg = f"这些代码已用作别的（已停用的）单位的编号：{some} (these codes are already ids of other units: {some})"
        raise UnconfirmedError(msg)


def _made(
    change: Change, code: str, key: str, old: _Rows, new: _Rows, day: dt.date
) -> _Row:
    """The row of one unit of the new list; what the list does not tell stays as it was."""
    told, goes_on = new[code], key in change.old
    was: _Row = old[key] if goes_on else {}
    kind = told.get("kind")
    row = dict(was) | {
        "id": key, "code": code, "name": told["name"], **({"township": told["township"]} if "township" in told else {}),
        "kind": was.get("kind") if pd.isna(kind) or not kind else kind,
        "valid_from": was.get("valid_from") if goes_on else pd.Timestamp(day), "valid_to": pd.NaT,
    }  # fmt: skip
    row["geometry"] = _shape(change, told.get("geometry"), was.get("geometry"), [old[each]["geometry"] for each in change.old])
    if row["geometry"] is None:
        msg = (
            f"新的“{told['name']}”（{code}）没有位置，请在名单里给出经纬度或范围 "
            f"(the new unit {code} has no place; give coordinates or an area in the list)"
        )
        raise UnconfirmedError(msg)
    return row


def _shape(change: Change, told: Any, was: Any, before: list[Any]) -> Any:
    if told is not None and not pd.isna(told):
        return told
    if change.kind is ChangeKind.MERGED:
        areas = [shape for shape in before if is_area(shape)]
        if len(areas) == len(before):
            return shapely.union_all(areas)
        points = [shapely.point_on_surface(shape) for shape in before if shape is not None]
        return was if was is not None else points[0] if points else None
    return None if change.kind is ChangeKind.SPLIT and is_area(was) else was


def _moved(
    changes: Sequence[Change], heirs: Mapping[str, str], new: _Rows,
    referring: Mapping[str, tuple[str, pd.DataFrame]],
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Rows that name a unit which became another one, with the new one's id."""
    became = {key: change for change in changes for key in change.old}
    frames, counts, lost = {}, {}, []
    for layer, (column, frame) in referring.items():
        named = frame[column].astype(object)
        target = named.copy()
        for key in [key for key in named.dropna().unique() if key in became]:
            change, rows = became[key], (named == key).to_numpy(dtype=bool)
            codes = heirs_of_rows(change, layer, frame[rows], new)
            lost += [f"{layer}/{row}" for row, code in zip(frame["id"][rows], codes, strict=True) if code is None]
            target[rows] = [heirs.get(code or "") for code in codes]
        differs = (named.notna() & (named != target)).to_numpy(dtype=bool)
        if differs.any():
            frames[layer] = frame[differs].assign(**{column: target[differs]})
            counts[layer] = int(differs.sum())
    if lost:
        some = "、".join(lost[:5])
        msg = (
            f"有 {len(lost)} 条记录所在的单位撤销或拆分，归属不明：{some}；请写明并入哪一个，或逐条写明归属 "
            f"({len(lost)} rows of units that were abolished or split belong nowhere: {some}; say where, one by one or for the rest)"
        )
        raise UnconfirmedError(msg)
    return frames, counts


def heirs_of_rows(change: Change, layer: str, rows: pd.DataFrame, new: Mapping[str, Mapping[Any, Any]]) -> list[str | None]:
    """Code of the new unit for every row of a unit that changed.

    As people say, the only one there is, the one whose area it lies in, or the one that has the rest.

    Parameters
    ----------
    change
        What became of the unit.
    layer, rows
        Rows that name it: ``id`` and, of a map layer, ``geometry``.
    new
        Code to the row of the new list.
    """
    if len(change.new) == 1:
        return [change.new[0]] * len(rows)
    codes = np.full(len(rows), None, dtype=object)
    areas = {code: shape for code in change.new if is_area(shape := new[code].get("geometry"))}
    if "geometry" in rows and areas:
        shapes = rows["geometry"].to_numpy()
        points = np.array([None if shape is None else shapely.point_on_surface(shape) for shape in shapes], dtype=object)
        for code, area in areas.items():
            inside = shapely.covers(area, points) & (codes == None)  # noqa: E711 - element by element
            codes[inside] = code
    assign = change.assign.get(layer, {})
    said = [assign.get(str(key)) for key in rows["id"]]
    return [code if code in change.new else found or change.rest for code, found in zip(said, codes, strict=True)]


def _former_names(
    changes: Sequence[Change], heirs: Mapping[str, str], old: _Rows,
    new: _Rows, aliases: pd.DataFrame | None, day: dt.date,
) -> pd.DataFrame:
    """Old names and codes of what changed, and the former names of what was closed, for every heir that has others."""
    until = pd.Timestamp(day) - pd.Timedelta(days=1)
    rows = []
    for change in changes:
        present = {str(new[code]["name"]) for code in change.new} | set(change.new)
        for key in change.old:
            texts = [(str(old[key][field]), old[key].get("valid_from"), until) for field in ("name", "code") if old[key][field]]
            if aliases is not None and key not in {heirs[code] for code in change.new}:
                own = aliases[aliases["unit"] == key]
                texts += list(zip(own["name"], own["valid_from"], own["valid_to"], strict=True))
            rows += [
                {"id": f"{heirs[code]}:{text}", "unit": heirs[code], "name": text, "valid_from": begun, "valid_to": ended}
                for code in change.new for text, begun, ended in texts if text not in present
            ]
    frame = pd.DataFrame(rows, columns=["id", "unit", "name", "valid_from", "valid_to"])
    return frame.drop_duplicates("id")
