"""What stands below every answer that comes with its ``About``: the rule, the date, and files to take home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from app.messages import Words
from app.services.answers.about import About
from app.services.answers.files import tables_as_bytes
from app.services.answers.tables import Table

_FORMATS = {
    ".xlsx": ("side.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".gpkg": ("side.geopackage", "application/geopackage+sqlite3"),
    ".geojson": ("side.geojson", "application/geo+json"),
}


def downloads(
    tables: Callable[[], Sequence[Table]], about: About, what: str, words: Words, *,
    formats: Sequence[str] = tuple(_FORMATS), also: tuple[str, Callable[[], bytes]] | None = None,
) -> None:
    """A button for each format; a file is made when its button is pressed.

    Parameters
    ----------
    tables
        Gives the answer's tables.
    what
        The answer's name, for that of the file.
    formats
        Endings; a register without places needs no map.
    also
        Label and text of a file in JSON beside them.
    """
    name = words("side.file", what=what, region=words.pick(about.region), date=words.date(about.as_of))
    with st.container(horizontal=True, key="downloads", gap="small"):
        for suffix in formats:
            key, mime = _FORMATS[suffix]
            st.download_button(
                words(key), partial(_file, tables, suffix, about, words),
                file_name=name.replace(" ", "_") + suffix, mime=mime, icon=":material/download:", on_click="ignore",
                key=f"download{suffix}",
            )
        if also is not None:
            label, text = also
            st.download_button(
                label, text, file_name=name.replace(" ", "_") + ".json", mime="application/json", icon=":material/download:",
                on_click="ignore", key="download.json",
            )  # fmt: skip


def _file(tables: Callable[[], Sequence[Table]], suffix: str, about: About, words: Words) -> bytes:
    return tables_as_bytes(tables(), suffix, about, chinese=words.chinese)


def rule_note(about: About, words: Words) -> None:
    """What was counted and how, what is missing, and on which data."""
    said = "".join(f"<p>{escape(words.pick(note))}</p>" for note in about.notes)
    st.html(
        f'<div class="rt-note rt-rule"><p><b>{words("coverage.rule")}</b><br>{escape(words.pick(about.rule))}</p>'
        f'{said}<p>{escape(words("app.as_of", date=words.date(about.as_of)))}</p></div>'
    )
