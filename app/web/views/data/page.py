"""The data: what the store holds, how it came in, and how it is put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import streamlit as st

from app.messages import Words
from app.roles import Viewer
from app.web.kit import session
from app.web.kit.parts import error_text, title_line
from app.web.kit.side_switch import choose_side
from app.web.views.data import claims, editing, importing, ledger, overview, units
from geo.errors import RongtuError
from layers.schema import Label
from layers.store import Store


class Side(NamedTuple):
    """One part of the page: the key of its name, and what draws it."""

    name: str
    draw: Callable[[Viewer, Store, Words], None]


SIDES: Mapping[str, Side] = {
    "layers": Side("data.layers", overview.draw),
    "import": Side("import.side", importing.draw),
    "edit": Side("edit.side", editing.draw),
    "ledger": Side("ledger.side", ledger.draw),
    "claims": Side("claims.side", claims.draw),
    "units": Side("units.side", units.draw),
}
"""In the order of the switch; the first is the usual one."""


def page() -> None:
    """The page; unlike the others it is there before there is any data."""
    words, store, viewer = session.words(), session.current_store(), session.viewer()
    region = store.region()
    facts = [
        words.pick(Label(region.name_zh, region.name_en)) if region else words("app.region_unnamed"),
        words("app.not_loaded") if store.is_empty() else words("app.as_of", date=words.date(store.as_of())),
    ]
    title_line(words("data.title"), facts, fictional=bool(region and region.fictional), words=words)
    chosen = choose_side({name: side.name for name, side in SIDES.items()}, words, key="data_side")
    try:
        SIDES[chosen].draw(viewer, store, words)
    except RongtuError as error:
        st.error(error_text(error, words), icon=":material/error:")
