"""The gaps: villages with persons out of reach, most persons first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from app.messages import NONE, Words
from app.services.coverage.service import Gap
from app.web.kit import session
from app.web.kit.parts import subtitle, table_height

_HEIGHT = 372
_ROW = 30
_ROW_PHONE = 42


def gap_name(gap: Gap, words: Words) -> str:
    """The village's name; what lies in none, and what is too small to be listed, have none."""
    if gap.too_few:
        return words("coverage.elsewhere_few")
    return gap.name if gap.code else words("coverage.elsewhere")


def gaps_table(
    gaps: Sequence[Gap], go: Callable[[str | None, str | None], None], words: Words, *, told: bool = True
) -> None:
    """The list of ``gaps``; picking one calls ``go`` with its township and its code.

    ``told`` is false where there may be others that are withheld.
    """
    persons = sum(gap.persons for gap in gaps)
    said = words("coverage.gaps_of", n=words.count(sum(not gap.too_few for gap in gaps)), persons=words.count(persons)) if gaps else ""
    subtitle(words("coverage.gaps"), said)
    if not gaps:
        if told:
            st.success(words("coverage.no_gaps"), icon=":material/check_circle:")
        else:
            st.caption(words("coverage.gaps_untold"))
        return
    phone, key = session.on_phone(), f"gaps_{words.language}"
    codes = [gap.code for gap in gaps]
    at = codes.index(st.session_state["village"]) if st.session_state.get("village") in codes else None
    st.session_state[key] = {"selection": {"rows": [] if at is None else [at], "columns": [], "cells": []}}

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        gap = gaps[rows[0]] if rows else None
        if gap is not None and gap.code:
            go(gap.township or None, gap.code)

    row_height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        _frame(gaps, words),
        key=key,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        placeholder=NONE,
        row_height=row_height,
        height=table_height(len(gaps), row_height, _HEIGHT),
        column_order=["name", "persons", "nearest"] if phone else None,
        column_config=_columns(words),
        alt=words("coverage.gaps"),
    )
    _reasons(gaps[at or 0], words)


def _reasons(gap: Gap, words: Words) -> None:
    """Why the gap picked, or the largest, is one."""
    if gap.why is not None:
        st.html(
            f'<div class="rt-note"><p><b>{escape(gap_name(gap, words))} · {words("gap.why")}</b><br>'
            f'{escape(words.pick(gap.why.text))}</p></div>'
        )


def _frame(gaps: Sequence[Gap], words: Words) -> pd.DataFrame:
    return pd.DataFrame({
        "rank": range(1, len(gaps) + 1),
        "name": [gap_name(gap, words) for gap in gaps],
        "township": [gap.township_name for gap in gaps],
        "persons": [gap.persons for gap in gaps],
        "households": [gap.households for gap in gaps],
        "nearest": [gap.nearest_minutes_median for gap in gaps],
    }).astype({"nearest": "float64"})


def _columns(words: Words) -> dict[str, ColumnConfig | str | None]:
    column = st.column_config
    return {
        "rank": column.NumberColumn("#", width=36),
        "name": column.TextColumn(words("coverage.village")),
        "township": column.TextColumn(words("coverage.township")),
        "persons": column.NumberColumn(words("coverage.unreached"), format="%,d"),
        "households": column.NumberColumn(words("coverage.unreached_households"), format="%,d"),
        "nearest": column.NumberColumn(words("coverage.nearest"), format="%.1f", help=words("coverage.nearest_help")),
    }
