"""Editing one row: who saves says which version was read, so that nobody's work is lost unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from layers.errors import LostUpdateError, UnknownFieldError, UnknownItemError
from layers.schema import Layer
from layers.store import loading
from layers.store.reading import read
from layers.store.records import LoadKind, Provenance
from layers.store.sealing import Keyring
from layers.store.versions import plain_values

HIDDEN = "***"
"""What stands for a protected value wherever it is not asked for."""


def edit(
    connection: sa.Connection, keyring: Keyring, layer: Layer, key: str, values: Mapping[str, Any], version: int,
    provenance: Provenance,
) -> int:
    """Add a row (``version`` 0) or change some values of one, and return its version.

    Raises
    ------
    LostUpdateError, UnknownFieldError, InvalidDataError
    """
    _check_names(layer, values)
    current = _current(connection, keyring, layer, key)
    _check_version(layer, key, current, version, values)
    row: dict[str, Any] = {"id": key} | ({} if current is None else plain_values(current)) | dict(values)
    frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})
    tidy, problems = layer.examine(frame)
    if current is not None and problems.ok and _same(layer.examine(current)[0], tidy):
        return version
    loading.load(
        connection, keyring, {layer.name: tidy}, provenance, problems=problems, replace=False, rejected={}, stands_for={}
    )
    return int(read(connection, layer, ["version"], ids=[key])["version"].iloc[0])


def retire(
    connection: sa.Connection, keyring: Keyring, layer: Layer, key: str, version: int, provenance: Provenance
) -> None:
    """Take a row away; its history stays.

    Raises
    ------
    UnknownItemError, LostUpdateError
    InvalidDataError
        When other rows refer to it.
    """
    current = _current(connection, keyring, layer, key)
    if current is None:
        raise no_such(layer, key)
    _check_version(layer, key, current, version, {})
    loading.remove(connection, layer, [key], provenance)


def provenance_of(layer: Layer, key: str, by: str, reason: str, as_of: dt.date | None) -> Provenance:
    """What the ledger says of an edit; it holds from today unless told otherwise."""
    day = as_of or dt.datetime.now().astimezone().date()
    return Provenance(f"{layer.name}/{key}", "", by, day, kind=LoadKind.EDIT, reason=reason)


def no_such(layer: Layer, key: str) -> UnknownItemError:
    """That the layer has no row of that id."""
    return UnknownItemError(
        f"“{layer.label.zh}”中没有编号为“{key}”的记录，可能已被删除；请重新查找 "
        f"(layer {layer.name} has nothing with that id; it may be gone)"
    )


def _current(connection: sa.Connection, keyring: Keyring, layer: Layer, key: str) -> pd.DataFrame | None:
    columns = [*layer.columns, *(["geometry"] if layer.spatial else []), "version", "source"]
    found = read(connection, layer, columns, ids=[key], keyring=keyring)
    return None if found.empty else found


def _check_names(layer: Layer, values: Mapping[str, Any]) -> None:
    known = {*layer.columns, *(["geometry"] if layer.spatial else [])} - {"id"}
    if unknown := [name for name in values if name not in known]:
        msg = (
            f"图层“{layer.label.zh}”没有可改的字段 {'、'.join(unknown)} "
            f"(layer {layer.name} has no field {', '.join(unknown)} to edit)"
        )
        raise UnknownFieldError(msg)


def _check_version(
    layer: Layer, key: str, current: pd.DataFrame | None, version: int, yours: Mapping[str, Any]
) -> None:
    found = 0 if current is None else int(current["version"].iloc[0])
    if found == version:
        return
    stored = {} if current is None else plain_values(current.drop(columns=["version", "source"]))
    secret = {spec.name for spec in layer.protected}
    if version == 0:
        msg = f"“{layer.label.zh}”中已有编号“{key}”，请换一个编号，或打开它再改 (the id is taken; choose another, or open that one)"
    elif found == 0:
        msg = f"“{layer.label.zh}”中的“{key}”已被别人删除，您的修改没有保存 (somebody else removed it; nothing was saved)"
    else:
        msg = (
            f"“{layer.label.zh}”中的“{key}”已被别人改动（现为第 {found} 版，您改的是第 {version} 版），请对照两边的值后再保存 "
            "(somebody else changed it meanwhile; compare both values and save again)"
        )
    raise LostUpdateError(
        msg,
        yours={name: HIDDEN if name in secret else value for name, value in yours.items()},
        theirs={name: HIDDEN if name in secret and value is not None else value for name, value in stored.items()},
        version=found,
    )


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return plain_values(one) == plain_values(other)
