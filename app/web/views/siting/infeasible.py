"""What stands in the way where there is no plan, and what would make one at a click."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.messages import Words
from app.services.siting.question import MAX_ADDED, MAX_SECONDS
from app.services.siting.report import Obstacle, SitingReport
from app.web.views.siting import asked, solving


def told(report: SitingReport, words: Words) -> None:
    """The obstacles in words, each kind with what to change."""
    if report.status != "infeasible":
        st.warning(words("siting.no_plan"), icon=":material/timer:")
        seconds = min(asked.chosen()["seconds"] * 4, MAX_SECONDS)
        _button("seconds", words("siting.remedy_time", n=words.minutes(seconds)), seconds=seconds)
        return
    listed = "\n".join(f"- {words.pick(obstacle.text)}" for obstacle in report.obstacles)
    st.warning(f'{words("siting.infeasible")}\n\n{listed}', icon=":material/block:")
    said = asked.chosen()
    kinds = {obstacle.what for obstacle in report.obstacles}
    if (share := share_within(report.obstacles, said["share"])) is not None:
        _button("share", words("siting.remedy_share", share=words.minutes(share)), share=share)
    counts = [obstacle.needed for obstacle in report.obstacles if obstacle.what == "count"]
    if counts and max(counts) <= MAX_ADDED:
        _button("add", words("siting.remedy_add", n=math.ceil(max(counts))), add=math.ceil(max(counts)))
    if kinds & {"reach", "share"}:
        st.caption(words("siting.remedy_reach"))


def share_within(obstacles: Sequence[Obstacle], share: float) -> float | None:
    """The largest share in percent that can be had wherever it falls short, to a tenth; None where that is no remedy."""
    short = [one.possible / one.needed for one in obstacles if one.what in {"reach", "share"} and one.needed > 0]
    if not short:
        return None
    found = math.floor(share * min(short) * 10 + 1e-6) / 10
    return found if 0.1 <= found < share else None


def _button(name: str, label: str, **values: Any) -> None:
    def remedy() -> None:
        asked.change(**values)
        solving.again()

    st.button(label, key=f"siting_remedy_{name}", icon=":material/build:", on_click=remedy)
