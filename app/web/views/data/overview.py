"""What the store holds: a line for each layer, and every layer as a file to take home."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from app.messages import NONE, Words
from app.roles import Viewer
from app.services import layers
from app.services.answers.files import layer_as_bytes
from app.web.kit import empty
from app.web.kit.parts import paper_table, subtitle
from layers import registry
from layers.store import LayerSummary, Store

_MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".gpkg": "application/geopackage+sqlite3",
    ".csv": "text/csv",
}


def draw(viewer: Viewer, store: Store, words: Words) -> None:
    """The table of layers, and what to take out of one of them."""
    if store.is_empty():
        empty.no_data(words)
    day = st.date_input(words("data.day"), None, format="YYYY-MM-DD", key="data_day", width=220, help=words("data.day_now"))
    if day is not None:
        store = store.at(day)
        empty.notice(words("data.day_says", date=words.date(day)))
    summaries = layers.summaries(viewer, store)
    subtitle(words("data.layers"), words("data.layers_note"))
    head = [words(key) for key in ("data.layer", "data.rows", "data.as_of", "data.loaded_at", "data.source")]
    rows = [_line(summary, words) for summary in summaries]
    st.dataframe(
        pd.DataFrame(rows, columns=head), hide_index=True, height="content", key=f"layers_{words.language}",
        column_config={head[1]: st.column_config.NumberColumn(format="localized")},
    )
    printed = [[words.count(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]
    paper_table(head, printed, words("data.layers"))
    _take_out(viewer, store, [summary.name for summary in summaries if summary.rows], words)


def _line(summary: LayerSummary, words: Words) -> tuple[str, int, str, str, str]:
    loaded = NONE if summary.loaded_at is None else f"{summary.loaded_at.astimezone():%Y-%m-%d %H:%M}"
    return (
        words.pick(registry.get(summary.name).label), summary.rows, words.date(summary.as_of), loaded, summary.source or NONE,
    )  # fmt: skip


def _take_out(viewer: Viewer, store: Store, names: list[str], words: Words) -> None:
    """One layer as a file. Households only for those who may see them; protected fields never."""
    may = [name for name in names if layers.permitted(viewer, name)]
    if not may:
        return
    subtitle(words("data.take_out"), words("data.take_out_note"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            words("data.layer"), may, key=f"export_layer_{words.language}", width=320,
            format_func=lambda name: words.pick(registry.get(name).label),
        )  # fmt: skip
        for suffix, mime in _MIME.items():
            if suffix == ".gpkg" and not registry.get(name).spatial:
                continue
            st.download_button(
                words("data.download", suffix=suffix.removeprefix(".").upper()),
                partial(layer_as_bytes, viewer, store, name, suffix),
                file_name=f"{words.pick(registry.get(name).label)}{suffix}", mime=mime, on_click="ignore",
                icon=":material/download:", key=f"export_{suffix}",
            )  # fmt: skip
