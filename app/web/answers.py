"""What stands around every answer of a view: its rule, date and notes, its downloads, its map's ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from app.maps.view import Caption
from app.messages import Words
from app.roles import Viewer
from app.services import layers
from app.services.about import About
from app.services.exporting import tables_as_bytes
from app.services.tables import Table
from layers.store import Store

_MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".gpkg": "application/geopackage+sqlite3",
    ".geojson": "application/geo+json",
}
_NAMES = {".xlsx": "XLSX", ".gpkg": "GeoPackage", ".geojson": "GeoJSON"}


def caption_of(viewer: Viewer, store: Store, about: About) -> Caption:
    """What the map says of itself; OpenStreetMap is credited where any layer came from it."""
    sources = " ".join(summary.source or "" for summary in layers.summaries(viewer, store)).lower()
    osm = any(sign in sources for sign in ("openstreetmap", ".pbf", ".osm"))
    return Caption(as_of=about.as_of, fictional=about.fictional, osm=osm)


def about_note(about: About, words: Words, *, estimate: bool, beside: Sequence[str] = ()) -> None:
    """Rule, what is left out (``beside``), notes and data date."""
    sign = f'<span class="rt-estimate">{words("coverage.estimate")}</span>' if estimate else ""
    said = [*beside, *(words.pick(note) for note in about.notes)]
    listed = "<br>".join(escape(sentence) for sentence in said)
    st.html(
        f'<div class="rt-note rt-rule"><p><b>{words("access.rule")}</b><br>{sign}{escape(words.pick(about.rule))}</p>'
        + (f"<p><b>{words('access.notes')}</b><br>{listed}</p>" if said else "")
        + f'<p>{escape(words("app.as_of", date=words.date(about.as_of)))}</p></div>'
    )


def downloads(tables: Callable[[], Sequence[Table]], about: About, name: str, words: Words) -> None:
    """A button for each format; the file is made when it is pressed.

    Parameters
    ----------
    tables
        Gives the rows.
    about
        Their rule and date.
    name
        Of the file, without its ending.
    """
    with st.container(horizontal=True, key=f"downloads_{words.language}"):
        for suffix, mime in _MIME.items():
            st.download_button(
                _NAMES[suffix],
                partial(_file, tables, suffix, about, words),
                file_name=f"{name}{suffix}",
                mime=mime,
                icon=":material/download:",
                help=words("access.download"),
                on_click="ignore",
                key=f"download_{suffix[1:]}",
            )


def _file(tables: Callable[[], Sequence[Table]], suffix: str, about: About, words: Words) -> bytes:
    return tables_as_bytes(tables(), suffix, about, chinese=words.chinese)
