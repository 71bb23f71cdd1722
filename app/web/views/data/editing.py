"""The editing side: find an object, correct it, move it on the map, retire it, or put in a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import shapely
import streamlit as st

from app.maps.object_map import draw_object
from app.maps.view import View
from app.messages import Words
from app.roles import Viewer
from app.services.county.facilities import FacilityChoice
from app.services.editing import service
from app.services.editing.item import Change, Item
from app.services.ledger import service as ledger
from app.web.kit import empty, material
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import error_text, fragment, subtitle
from app.web.views.data import fields
from app.web.views.data.ledger import story
from geo.errors import RongtuError
from layers import registry
from layers.errors import LostUpdateError, UnknownItemError
from layers.schema import Layer
from layers.store import Store

_PLACE, _CHOSEN, _READ, _LAYER, _SAID = "edit_place", "edit_chosen", "edit_read", "edit_layer", "edit_said"
_CONFLICT = "edit_conflict"
_NEW = ""
"""Stands for an object that there is not yet."""


def draw(viewer: Viewer, store: Store, words: Words) -> None:
    """Search, form and map; what was saved is said above them."""
    names = service.editable(viewer)
    if not names:
        empty.notice(words("edit.steward_only"))
        return
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            words("data.layer"), names, key=_LAYER, width=260, on_change=_choose, args=(None,),
            format_func=lambda name: words.pick(registry.get(name).label),
        )  # fmt: skip
        sought = st.text_input(words("edit.find"), key="edit_find", placeholder=words("edit.find_says"), width=320)
        st.button(words("edit.new"), icon=":material/add:", on_click=_choose, args=(_NEW,))
    layer = registry.get(name)
    found = service.find(viewer, store, name, sought)
    _choice(found, layer, words)
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None:
        st.caption(words("edit.none_chosen") if len(found) else words("edit.none_found"))
        return
    _board(viewer, store, layer, _as_read(viewer, store, name, chosen), words)
    if chosen != _NEW:
        with st.expander(words("ledger.history"), icon=":material/history:"):
            story(ledger.history(viewer, store, name, chosen), words)


def _choose(key: str | None) -> None:
    st.session_state[_CHOSEN] = key
    for name in (_READ, _PLACE, _CONFLICT):
        st.session_state.pop(name, None)


def _as_read(viewer: Viewer, store: Store, name: str, key: str) -> Item | None:
    """The object as it was when it was chosen: what its writer has before them, whoever saves meanwhile."""
    if key == _NEW:
        return None
    known: Item | None = st.session_state.get(_READ)
    if known is None or (known.layer.name, known.id) != (name, key):
        known = st.session_state[_READ] = service.item(viewer, store, name, key)
    return known


def _choice(found: pd.DataFrame, layer: Layer, words: Words) -> None:
    """The objects found, to choose one of."""
    keys = found["id"].tolist()
    names = dict(zip(keys, found.get("name", found["id"]), strict=True))
    chosen = st.session_state.get(_CHOSEN)
    if chosen and chosen not in names:
        keys, names = [chosen, *keys], {**names, chosen: chosen}
    key = f"edit_pick_{layer.name}_{words.language}"
    st.session_state[key] = chosen if chosen in names else None
    st.selectbox(
        words("edit.object"), keys, key=key, index=None, placeholder=words("edit.choose", n=words.count(len(found))),
        format_func=lambda code: code if names[code] == code else f"{names[code]} · {code}",
        on_change=lambda: _choose(st.session_state[key]),
    )  # fmt: skip


@fragment  # a click on the map runs the form and the map again, not the page
def _board(viewer: Viewer, store: Store, layer: Layer, item: Item | None, words: Words) -> None:
    left, right = st.columns([1, 1.1], gap="small") if layer.spatial else (st.container(), None)
    with left:
        _form(viewer, store, layer, item, words)
    if right is not None:
        with right:
            _map(viewer, store, layer, item, words)


def _form(viewer: Viewer, store: Store, layer: Layer, item: Item | None, words: Words) -> None:
    subtitle(
        words("edit.new_of", layer=words.pick(layer.label)) if item is None else item.name,
        "" if item is None else words("edit.version", n=item.version, date=f"{item.updated_at.astimezone():%Y-%m-%d %H:%M}"),
    )  # fmt: skip
    names = service.names_of(viewer, store, layer.name)
    stem = f"edit_{layer.name}_{item.id if item else ''}_{item.version if item else 0}_{words.language}"
    with st.container(height=470, border=True, key="edit_form"):
        given = _given(layer, item, names, stem, words)
    place = st.session_state.get(_PLACE)
    shape = shapely.Point(place) if place else None
    if shape is not None:
        st.caption(words("edit.moves", lon=f"{shape.x:.6f}", lat=f"{shape.y:.6f}"))
    reason = st.text_input(words("edit.reason"), key=f"{stem}_reason", placeholder=words("edit.reason_says"))
    ready = bool(reason.strip()) and bool(given or shape is not None)
    with st.container(horizontal=True):
        if st.button(words("edit.save"), type="primary", icon=":material/save:", disabled=not ready, key=f"{stem}_save"):
            _save(viewer, store, layer, item, Change(given, shape, reason), words)
        if item is not None and st.button(
            words("edit.retire"), icon=":material/delete:", key=f"{stem}_retire", disabled=not reason.strip()
        ):
            _retire(viewer, store, item, reason, words)
    if item is not None and st.session_state.get(_CONFLICT):
        _conflict(viewer, store, item, Change(given, shape, reason), names, words)


def _given(
    layer: Layer, item: Item | None, names: Mapping[str, Mapping[str, str]], stem: str, words: Words
) -> dict[str, Any]:
    """The controls of every field, and the values that differ from what was read."""
    given: dict[str, Any] = {}
    for spec in layer.fields:
        key = f"{stem}_{spec.name}"
        if spec.protected:  # what is kept is not shown; what is written here takes its place
            text = st.text_input(words.pick(spec.label), key=key, placeholder=words("edit.protected"), autocomplete="off")
            if text.strip():
                given[spec.name] = text.strip()
            continue
        value = None if item is None else item.fields[spec.name]
        fixed = spec.name == "id" and item is not None
        said = fields.control(spec, value, names.get(spec.name, {}), words, key=key, disabled=fixed)
        if not fixed and fields.differs(spec, value, said):
            given[spec.name] = said
    return given


def _save(viewer: Viewer, store: Store, layer: Layer, item: Item | None, change: Change, words: Words) -> None:
    try:
        if item is None:
            saved = service.add(viewer, store, layer.name, change)
        else:
            saved = service.save(viewer, store, layer.name, item.id, change, version=item.version)
    except LostUpdateError:
        st.session_state[_CONFLICT] = True
        return
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    _choose(saved.id)
    st.session_state[_SAID] = words("edit.saved", name=saved.name, n=saved.version)
    st.rerun()


def _retire(viewer: Viewer, store: Store, item: Item, reason: str, words: Words) -> None:
    try:
        service.retire(viewer, store, item.layer.name, item.id, version=item.version, reason=reason)
    except LostUpdateError:
        st.session_state[_CONFLICT] = True
        return
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    _choose(None)
    st.session_state[_SAID] = words("edit.retired", name=item.name)
    st.rerun()


def _conflict(
    viewer: Viewer, store: Store, item: Item, change: Change, names: Mapping[str, Mapping[str, str]], words: Words
) -> None:
    """Somebody else saved meanwhile: the values side by side, and the choice between them."""
    try:
        now = service.item(viewer, store, item.layer.name, item.id)
    except UnknownItemError as error:
        st.error(error_text(error, words), icon=":material/error:")
        return
    st.warning(words("edit.conflict", n=now.version), icon=":material/sync_problem:")
    rows = [
        (
            words.pick(spec.label),
            *(fields.shown(spec, values.get(spec.name), names.get(spec.name, {}), words)
              for values in (item.fields, now.fields, {**now.fields, **change.fields})),
        )
        for spec in item.layer.fields
        if not spec.protected
        and (spec.name in change.fields or fields.differs(spec, item.fields[spec.name], now.fields[spec.name]))
    ]  # fmt: skip
    head = [words("edit.field"), words("edit.as_read"), words("edit.theirs"), words("edit.mine")]
    st.table(pd.DataFrame(rows, columns=head).set_index(head[0]))  # wraps: both values are to be seen whole
    with st.container(horizontal=True):
        if st.button(words("edit.take_theirs"), key="take_theirs", icon=":material/undo:"):
            _choose(item.id)
            st.rerun()
        if st.button(words("edit.keep_mine"), key="keep_mine", type="primary", icon=":material/save:"):
            _save(viewer, store, item.layer, now, change, words)


def _map(viewer: Viewer, store: Store, layer: Layer, item: Item | None, words: Words) -> None:
    """Where it is; for a point a click says where it is to be."""
    as_of = store.as_of()
    moves = "Point" in layer.geometry
    subtitle(words("edit.place"), words("edit.place_says") if moves else "")
    if as_of is None:
        return
    view = View(counted=material.counted(viewer, store, FacilityChoice(), as_of))
    drawn = draw_object(
        material.ground(viewer, store), view, material.caption(viewer, store, as_of),
        f"{layer.name} {item.id if item else ''}", item.shape if item else None, st.session_state.get(_PLACE), words,
    )  # fmt: skip
    map_frame(drawn, on_click=_place if moves else None)


def _place(lon: float, lat: float) -> None:
    st.session_state[_PLACE] = (lon, lat)
