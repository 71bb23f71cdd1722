"""Editing: one object at a time, each change a version of it and an entry of the ledger.

Whoever saves says which version was read. When somebody else saved in between nothing is written,
and the error carries both values.
"""

from __future__ import annotations

import uuid
from typing import Any

import pandas as pd

from app.roles import NotPermittedError, Role, Viewer
from app.services.editing.item import Change, Item
from app.services.layers import need_permission, permitted
from geo.errors import ParameterError
from layers import registry
from layers.schema import Layer
from layers.store import Store
from layers.store.editing import no_such
from layers.store.versions import plain_values

MOST_FOUND = 200
"""Objects that one search lists."""


def editable(viewer: Viewer) -> list[str]:
    """Names of the layers that the viewer may edit, in the order of the registry."""
    may = viewer.role is Role.STEWARD and viewer.townships is None
    return [name for name in registry.LAYERS if may and permitted(viewer, name)]


def find(viewer: Viewer, store: Store, name: str, text: str = "") -> pd.DataFrame:
    """Objects of a layer whose id or name holds ``text``; at most :data:`MOST_FOUND`, ordered by id.

    Returns
    -------
    DataFrame
        ``id`` and, where the layer has one, ``name``.

    Raises
    ------
    UnknownLayerError, NotPermittedError
    """
    layer = _editable(viewer, name)
    columns = ["id", *(["name"] if "name" in layer.columns else [])]
    frame = store.read(name, columns=columns)
    sought = text.strip().casefold()
    if sought:
        hits = [frame[column].fillna("").str.casefold().str.contains(sought, regex=False) for column in columns]
        frame = frame[pd.concat(hits, axis=1).any(axis=1)]
    return frame.head(MOST_FOUND).reset_index(drop=True)


def item(viewer: Viewer, store: Store, name: str, key: str) -> Item:
    """One object with its version.

    Raises
    ------
    UnknownLayerError, NotPermittedError
    UnknownItemError
        When the layer has no object of that id.
    """
    layer = _editable(viewer, name)
    fields = [spec.name for spec in layer.fields if not spec.protected]
    history = ["source", "updated_at", "version"]
    frame = store.read(name, columns=[*fields, *(["geometry"] if layer.spatial else []), *history], ids=[key])
    if frame.empty:
        raise no_such(layer, key)
    row = frame.iloc[0]
    values = plain_values(frame[fields])
    shape = row["geometry"] if layer.spatial else None
    return Item(layer, key, values, shape, int(row["version"]), int(row["source"]), row["updated_at"].to_pydatetime())


def save(viewer: Viewer, store: Store, name: str, key: str, change: Change, *, version: int) -> Item:
    """Change one object, if it still has ``version``.

    Raises
    ------
    UnknownLayerError, UnknownFieldError, NotPermittedError
    LostUpdateError
        With both values, when somebody else saved or removed it since ``version`` was read.
    InvalidDataError
        With everything that is wrong with the new values.
    """
    layer = _editable(viewer, name)
    store.edit(name, key, _columns(layer, change), version=version, by=viewer.role.value, reason=change.reason.strip())
    return item(viewer, store, name, key)


def add(viewer: Viewer, store: Store, name: str, change: Change) -> Item:
    """Put in a new object; without an ``id`` among its values it is given one.

    Raises
    ------
    UnknownLayerError, UnknownFieldError, NotPermittedError, InvalidDataError
    LostUpdateError
        When there is an object of that id already.
    """
    layer = _editable(viewer, name)
    values = _columns(layer, change)
    key = values.pop("id", None) or _new_id(name)
    if "precision" in layer.columns and change.shape is not None:
        values.setdefault("precision", "door")
    store.edit(name, key, values, version=0, by=viewer.role.value, reason=change.reason.strip())
    return item(viewer, store, name, key)


def retire(viewer: Viewer, store: Store, name: str, key: str, *, version: int, reason: str) -> None:
    """Take one object away, if it still has ``version``; its history stays.

    Raises
    ------
    UnknownLayerError, NotPermittedError, UnknownItemError, LostUpdateError
    InvalidDataError
        When others refer to it.
    """
    _editable(viewer, name)
    store.retire(name, key, version=version, by=viewer.role.value, reason=reason.strip())


def _columns(layer: Layer, change: Change) -> dict[str, Any]:
    """The values that an edit stores, its place among them."""
    if change.shape is None:
        return dict(change.fields)
    if not layer.spatial:
        msg = f"“{layer.label.zh}”没有坐标，不能移动 (layer {layer.name} has no geometry)"
        raise ParameterError(msg)
    return {**change.fields, "geometry": change.shape}


def _new_id(name: str) -> str:
    """An id that no object of the layer has, nor ever had."""
    return f"{name}-{uuid.uuid4().hex[:12]}"


def names_of(viewer: Viewer, store: Store, name: str) -> dict[str, dict[str, str]]:
    """Field to the id and name of everything that it may refer to, for the fields of a layer that refer."""
    found = {}
    for spec in registry.get(name).fields:
        targets = [target for target in spec.references if permitted(viewer, target)]
        if targets:
            found[spec.name] = {key: said for target in targets for key, said in _names(store, target).items()}
    return found


def _names(store: Store, name: str) -> dict[str, str]:
    layer = registry.get(name)
    if "name" not in layer.columns:
        return {key: key for key in store.read(name, columns=["id"])["id"]}
    frame = store.read(name, columns=["id", "name"])
    return dict(zip(frame["id"], frame["name"].fillna(frame["id"]), strict=True))


def _editable(viewer: Viewer, name: str) -> Layer:
    layer = registry.get(name)
    if viewer.role is not Role.STEWARD or viewer.townships is not None:
        msg = "只有数据管理员可以修改数据 (only the steward may edit data)"
        raise NotPermittedError(msg)
    need_permission(viewer, name)
    return layer
