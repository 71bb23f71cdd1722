"""How a plan is worked with: tools for the map, what can be done with a site, and the list of what was done."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.messages import Words
from app.services.scenarios.definition import Position
from app.services.siting.places import areas_in, places_in
from app.web.kit.parts import error_text, subtitle
from app.web.views.siting import edits, solving
from app.web.views.siting.edits import Area, Ban, Cost, Edit, FilePlaces, Lock, OwnPlace
from geo.errors import RongtuError

LOOK, ADD, AREA, FILE = "look", "add", "area", "file"
_TOOLS = {LOOK: "siting.look", ADD: "siting.tool_add", AREA: "siting.tool_area", FILE: "siting.tool_file"}
_TOOL = "siting_tool"
_CORNERS = "siting_corners"
_MOVING = "siting_moving"
_PICKED = "siting_picked"
_FILES = "siting_files"
_DECIMALS = 5
"""Of a clicked place's degrees: a metre."""


def tool() -> str:
    """What a click on the map is for."""
    found: str = st.session_state.get(_TOOL, LOOK)
    return found


def moving() -> tuple[str, str] | None:
    """Key and name of the site that the next click moves."""
    found: tuple[str, str] | None = st.session_state.get(_MOVING)
    return found


def takes_clicks() -> bool:
    """True where a click on the map is a place, whatever lies there."""
    return moving() is not None or tool() in {ADD, AREA}


def picked() -> str | None:
    """The lasting key of the site or candidate that is looked at."""
    found: str | None = st.session_state.get(_PICKED)
    return found


def pick(key: str | None) -> None:
    """Look at a site or a candidate."""
    st.session_state[_PICKED] = key


def corners() -> tuple[Position, ...]:
    """What was clicked of the area that is being drawn."""
    found: tuple[Position, ...] = st.session_state.get(_CORNERS, ())
    return found


def move(key: str, name: str, lon: float, lat: float, words: Words) -> None:
    """Have a site stand elsewhere."""
    st.session_state[_MOVING] = None
    new = OwnPlace(edits.new_key(), words("siting.moved_name", name=name)[:100], _rounded(lon, lat))
    changed = edits.with_move(edits.current(), key, name, new)
    _have(changed)
    pick(next(edit.key for edit in changed if isinstance(edit, OwnPlace) and edit.at == new.at))


def clicked(lon: float, lat: float, words: Words) -> None:
    """Take a click on the map."""
    at = _rounded(lon, lat)
    if (site := moving()) is not None:
        move(*site, lon, lat, words)
    elif tool() == ADD:
        known = [edit for edit in edits.current() if isinstance(edit, OwnPlace) and edit.moved is None]
        _have((*edits.current(), OwnPlace(edits.new_key(), words("siting.place_name", n=len(known) + 1), at)))
    elif tool() == AREA:
        st.session_state[_CORNERS] = (*corners(), at)


def _rounded(lon: float, lat: float) -> Position:
    return round(lon, _DECIMALS), round(lat, _DECIMALS)


def tools(words: Words) -> None:
    """Choose what a click is for, and what goes with it."""
    st.session_state.setdefault(_TOOL, LOOK)
    with st.container(key="editor"):  # left out on paper
        st.pills(
            words("siting.tool"), list(_TOOLS), key=_TOOL, required=True, on_change=_begin, wrap=True,
            format_func=lambda kind: words(_TOOLS[kind]),
        )  # fmt: skip
        if (site := moving()) is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(words("siting.moving", name=site[1]))
                st.button(words("siting.cancel"), key="siting_cancel", on_click=_begin)
        elif tool() == ADD:
            st.caption(words("siting.click_place"))
        elif tool() == AREA:
            _draw_area(words)
        elif tool() == FILE:
            _files(words)


def site_buttons(key: str, name: str, *, locked: bool, words: Words) -> None:
    """What can be done with a site or a candidate."""
    known = edits.current()
    banned = any(isinstance(edit, Ban) and edit.key == key for edit in known)
    with st.container(horizontal=True, gap="small", key="site_buttons"):
        st.button(
            words("siting.lock"), key="siting_lock", icon=":material/lock:", disabled=locked,
            on_click=lambda: _have(edits.with_lock(known, key, name)),
        )  # fmt: skip
        st.button(
            words("siting.ban"), key="siting_ban", icon=":material/block:", disabled=banned,
            on_click=lambda: _have(edits.with_ban(known, key, name)),
        )  # fmt: skip
        st.button(
            words("siting.move"), key="siting_move", icon=":material/open_with:",
            on_click=lambda: st.session_state.update({_MOVING: (key, name)}),
        )  # fmt: skip


def cost_of(key: str, name: str, usual: float, words: Words) -> None:
    """What a station costs at one candidate; ``usual`` where nothing was said of it."""
    known = next((e.cost for e in edits.current() if isinstance(e, Cost) and e.key == key), usual)
    control = f"siting_cost_{key}_{known}"

    def changed() -> None:
        if (cost := st.session_state[control]) is not None:
            _have(edits.with_cost(edits.current(), key, name, cost))

    st.number_input(
        words("siting.cost_here"), min_value=0.0, max_value=1e9, value=float(known), step=1.0, format="%.6g", key=control,
        width=160, on_change=changed,
    )  # fmt: skip


def listed(words: Words) -> None:
    """Every change in words, each with a button that takes it back."""
    known = edits.current()
    with st.container(horizontal=True, vertical_alignment="center", key="siting_edits_heading"):
        subtitle(words("siting.edits"))
        st.button(
            words("siting.undo"), key="siting_undo", icon=":material/undo:", type="tertiary", disabled=not edits.can_undo(),
            on_click=_undo,
        )  # fmt: skip
    if not known:
        st.caption(words("siting.no_edits"))
    for k, edit in enumerate(known):
        with st.container(horizontal=True, vertical_alignment="center", key=f"siting_edit_{k}"):
            st.markdown(f"{k + 1}\\. {said(edit, words)}", width="stretch")
            st.button(
                words("siting.remove"), key=f"siting_remove_{k}", icon=":material/delete:", type="tertiary",
                on_click=lambda k=k: _have(edits.without(known, k)),
            )


def said(edit: Edit, words: Words) -> str:
    """One change in words."""
    match edit:
        case Lock(_, name):
            text = words("siting.edit_lock", name=name)
        case Ban(_, name):
            text = words("siting.edit_ban", name=name)
        case Cost(_, name, cost):
            text = words("siting.edit_cost", name=name, cost=f"{cost:,.6g}")
        case FilePlaces(_, name, places):
            text = words("siting.edit_file", name=name, n=words.count(len(places)))
        case Area(_, name):
            text = words("siting.edit_area", name=name)
        case OwnPlace(_, name, _, None):
            text = words("siting.edit_place", name=name)
        case OwnPlace():
            text = words("siting.edit_move", old=edit.moved_name)
    return text


def _begin() -> None:
    st.session_state[_CORNERS], st.session_state[_MOVING] = (), None


def _have(changed: edits.Edits) -> None:
    """Have these edits, and solve again where there is a plan to be changed by them."""
    edits.put(changed)
    solving.again()


def _undo() -> None:
    edits.undo()
    solving.again()


def _draw_area(words: Words) -> None:
    points = corners()
    st.caption(words("siting.click_area"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words("siting.points_n", n=len(points)))
        st.button(
            words("siting.undo_point"), key="siting_undo_point", disabled=not points,
            on_click=lambda: st.session_state.update({_CORNERS: points[:-1]}),
        )  # fmt: skip

        def forbid() -> None:
            ring = [list(xy) for xy in (*points, points[0])]
            number = 1 + sum(isinstance(edit, Area) for edit in edits.current())
            area = Area(edits.new_key(), words("siting.area_name", n=number), ({"type": "Polygon", "coordinates": [ring]},))
            _have((*edits.current(), area))
            _begin()

        st.button(words("siting.area_done"), key="siting_area_done", type="primary", disabled=len(points) < 3, on_click=forbid)


def _files(words: Words) -> None:
    """Candidates and forbidden areas from map files; each file is taken once."""
    st.caption(words("siting.file_says"))
    taken: set[str] = st.session_state.setdefault(_FILES, set())
    readers: tuple[tuple[str, Callable[..., list[dict[str, object]]]], ...] = (
        ("siting.file_places", places_in), ("siting.file_areas", areas_in),
    )  # fmt: skip
    for key, reader in readers:
        given = st.file_uploader(words(key), key=f"siting_{reader.__name__}_{words.language}")
        if given is None or given.file_id in taken:
            continue
        try:
            found = tuple(reader(given.getvalue(), name=given.name))
        except RongtuError as error:
            st.error(error_text(error, words), icon=":material/error:")
            continue
        taken.add(given.file_id)
        new = FilePlaces if reader is places_in else Area
        _have((*edits.current(), new(edits.new_key(), given.name, found)))
        st.rerun()
