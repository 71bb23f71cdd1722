"""What fairness costs: plans from the most in all to the most for the township that is worst off."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.messages import Words
from app.services.siting.report import TradeOffPoint
from app.web.kit.parts import paper_table, subtitle

_COLUMNS = {"township": "siting.worst_township", "worst": "siting.worst_share", "share": "siting.total_share"}


def siting_trade_off(points: Sequence[TradeOffPoint], words: Words) -> None:
    """The plans, one a row; nothing for none."""
    if not points:
        return
    subtitle(words("siting.trade_off"), words("siting.trade_off_hint"))
    column = st.column_config
    st.dataframe(
        pd.DataFrame([{"township": p.township, "worst": 100 * p.worst, "share": 100 * p.share} for p in points]),
        key=f"siting_trade_off_{words.language}", hide_index=True,
        column_config={
            "township": column.TextColumn(words(_COLUMNS["township"])),
            "worst": column.NumberColumn(words(_COLUMNS["worst"]), format="%.1f%%"),
            "share": column.NumberColumn(words(_COLUMNS["share"]), format="%.1f%%"),
        },
        alt=words("siting.trade_off"),
    )  # fmt: skip


def trade_off_on_paper(points: Sequence[TradeOffPoint], words: Words) -> None:
    """The same for paper."""
    if points:
        paper_table(
            [words(key) for key in _COLUMNS.values()],
            ([p.township, words.percent(p.worst), words.percent(p.share)] for p in points),
            words("siting.trade_off"),
        )
