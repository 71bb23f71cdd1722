"""The households' view: every household a dot by its minutes, for those who may see single households."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from app.maps.pieces.theme import MINUTE_BREAKS, MINUTE_LABELS
from app.maps.points_map import draw as draw_map
from app.maps.view import View
from app.messages import NONE, Words, percent_value
from app.roles import Viewer
from app.services.coverage.points import POINT_STATUS, HouseholdPoints, household_points
from app.web.kit import empty, material
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.asked import Asked
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import Kpi, fragment, kpis, paper_table, subtitle
from app.web.views.coverage.board import Answer, chosen_township, go
from layers.store import Store

ADDRESS = "/api/households/points"


def draw(viewer: Viewer, store: Store, asked: Asked, words: Words) -> None:
    """The map and how many households lie how far; for others one sentence that says why not."""
    if not viewer.points:
        empty.notice(words("points.refused", option="--points"))
        return
    st.container()  # where other sides have a control: the map keeps its frame while it keeps its place
    with st.spinner(words("coverage.counting")):
        townships, villages = material.answer(viewer, store, asked)
        points = household_points(viewer, store, mode=asked.mode, choice=asked.choice)
    for note in townships.notes:
        empty.notice(words.pick(note))
    kpis(_key_figures(points, asked.minutes, words))
    counted = material.counted(viewer, store, asked.choice, townships.as_of)
    caption = material.caption(viewer, store, townships.as_of)
    answer = Answer(material.ground(viewer, store), counted, caption, townships, villages)
    query = {"mode": asked.mode, **asked.parameters}
    _board(answer, points, f"{ADDRESS}?{urlencode(query)}", store.stamp(), words)
    rows = _rows(points, words)
    paper_table(
        [words("points.class"), words("coverage.households"), words("points.share")],
        ([row["class"], words.count(row["households"]), f"{row['share']:.1f}%"] for row in rows.to_dict("records")),
        words("points.by_time"),
    )


@fragment
def _board(answer: Answer, points: HouseholdPoints, address: str, stamp: str, words: Words) -> None:
    """Map and table; picking a township runs only this again."""
    town = chosen_township(answer)
    home = {area.code: area.township for area in answer.figures.villages}
    view = View(counted=answer.counted, township=town.code if town else None, village=st.session_state.get("village"))

    def picked(kind: str, code: str) -> None:
        if kind == "township":
            go(code)
        elif kind == "village":
            go(home.get(code) or None, code)

    left, right = st.columns([1.78, 1], gap="small")
    with left:
        map_frame(
            draw_map(answer.ground, answer.figures, view, answer.caption, words, address=address, key=f"{stamp} {address}"),
            on_place=picked,
        )
    with right:
        with st.container(horizontal=True, vertical_alignment="center", key="board_heading"):
            subtitle(words("points.by_time"), words("points.of", n=words.count(len(points.lng))))
            if town is not None:
                st.button(words("coverage.back"), icon=":material/arrow_back:", key="back", on_click=go, args=(None,))
        number = st.column_config.NumberColumn
        st.dataframe(
            _rows(points, words), hide_index=True, height="content", alt=words("points.by_time"),
            column_config={
                "class": words("points.class"),
                "households": number(words("coverage.households"), format="%,d"),
                "share": number(words("points.share"), format="%.1f%%"),
            },
        )
        downloads(lambda: [points.table()], points.about, words("points.layer"), words)
        rule_note(points.about, words)


def _key_figures(points: HouseholdPoints, minutes: float, words: Words) -> list[Kpi]:
    """Of the households on the map, which lacks those that only the steward may see."""
    codes = list(POINT_STATUS)
    timed = points.minutes[points.status == codes.index("timed")]
    longest = MINUTE_BREAKS[-1]
    lost = int(np.isin(points.status, [codes.index("no_way"), codes.index("off_network")]).sum())
    unit, known = words("points.unit"), words("points.of_known", n=words.count(len(timed) + lost))
    median = NONE if not len(timed) else words.minutes(round(float(np.median(timed)), 1))
    return [
        Kpi(words("points.within", n=words.minutes(minutes)), words.count((timed <= minutes).sum()), unit, known),
        Kpi(words("points.median"), median, words("points.minutes_unit")),
        Kpi(words("points.far", n=longest), words.count((timed > longest).sum()), unit),
        Kpi(words("points.lost"), words.count(lost), unit, warns=bool(lost)),
    ]


def _rows(points: HouseholdPoints, words: Words) -> pd.DataFrame:
    """Households by class of minutes, then those without a time that means anything."""
    codes = list(POINT_STATUS)
    timed = points.minutes[points.status == codes.index("timed")]
    sizes = np.bincount(np.searchsorted(MINUTE_BREAKS, timed), minlength=len(MINUTE_LABELS)).tolist()
    sizes += [int((points.status == codes.index(status)).sum()) for status in codes[1:]]
    names = [words("points.minutes", n=label) for label in MINUTE_LABELS]
    names += [words.pick(POINT_STATUS.label(status)) for status in codes[1:]]
    whole = max(len(points.lng), 1)
    return pd.DataFrame({
        "class": names, "households": sizes, "share": [percent_value(size / whole) for size in sizes],
    })
