"""The plan: its map beside the tools and the sites, either of which picks a site for both; then curve and townships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from app.maps.pieces.ground import Ground
from app.maps.siting_map import Marked, draw_siting
from app.maps.view import Caption, View
from app.messages import MODE, NONE, Words, percent_value
from app.services.siting.question import CANDIDATE_KIND
from app.services.siting.report import ChosenSite, SitingReport, TownshipChange
from app.services.siting.sentences import sentence
from app.web.kit import session
from app.web.kit.map_frame import map_frame
from app.web.kit.parts import fragment, subtitle, table_height
from app.web.views.siting import editor, edits, solving
from app.web.views.siting.curve import siting_curve
from app.web.views.siting.edits import Edits, Lock, OwnPlace
from app.web.views.siting.trade_off import siting_trade_off
from layers.vocabulary import SUPPORT_KIND

_ROW, _ROW_PHONE = 30, 42
_HEIGHT = 420
_KEY = "siting_map"


@dataclass(frozen=True)
class SitingAnswer:
    """Everything that the board draws. ``plan`` is None before the first solve.

    ``candidates`` are those of the question as it stands now, ``asked`` is that question in plain values.
    """

    ground: Ground
    counted: gpd.GeoDataFrame
    caption: Caption
    candidates: gpd.GeoDataFrame
    asked: dict[str, Any]
    village_keys: dict[str, str]
    plan: solving.Plan | None

    @property
    def report(self) -> SitingReport | None:
        """What was found."""
        return self.plan.report if self.plan else None

    @property
    def plan_edits(self) -> Edits:
        """The edits that the plan was made with."""
        return self.plan.edits if self.plan else ()


@fragment
def board(answer: SitingAnswer, words: Words) -> None:
    """A click runs only this again; a change to the question runs the page."""
    if solving.waits():
        st.rerun()
    report = answer.report
    left, right = st.columns([1.6, 1], gap="small")
    with left:
        _map(answer, words)
    with right:
        editor.tools(words)
        _sites(answer, words)
        _picked(answer, words)
        editor.listed(words)
    if report is not None:
        left, right = st.columns([1.6, 1], gap="small")
        with left:
            subtitle(words("siting.townships"))
            _townships(report, words)
        with right:
            on_curve = report.problem == "coverage" and report.budget is None and not report.closed
            siting_curve(report.curve, len(report.chosen) if on_curve else None, words)
            siting_trade_off(report.trade_off, words)


def _map(answer: SitingAnswer, words: Words) -> None:
    known, asked = edits.current(), answer.asked
    town = st.session_state.get("township")
    frame = answer.candidates
    marked = Marked(
        candidates=frame,
        must=frozenset(asked["must"]),
        banned=frozenset(asked["banned"]),
        forbidden=[shapely.Polygon(a["coordinates"][0], a["coordinates"][1:]) for a in asked["forbidden"]],
        picked=_candidate_of(answer, editor.picked()),
        sketch=editor.corners(),
        village_keys=answer.village_keys,
    )
    view = View(counted=answer.counted, township=town if town in answer.ground.townships.index else None)
    drawn = draw_siting(answer.ground, answer.report, marked, view, answer.caption, words)

    def place(kind: str, code: str) -> bool:
        if kind == "dragged":
            _dragged(answer, code, words)
            return True
        if editor.takes_clicks():
            return False
        if kind == "site":
            editor.pick(edits.key_of(code, answer.plan_edits))
        elif kind == "candidate":
            editor.pick(edits.key_of(code, known))
        elif kind == "township":
            st.session_state["township"] = None if town == code else code
        return True

    map_frame(
        drawn, key=_KEY, on_place=place,
        on_click=(lambda lon, lat: editor.clicked(lon, lat, words)) if editor.takes_clicks() else None,
    )  # fmt: skip


def _dragged(answer: SitingAnswer, code: str, words: Words) -> None:
    """Have the site stand where its sign was dragged to."""
    site, lon, lat = code.rsplit("@", 2)
    name = next((one.name for one in answer.report.chosen if one.id == site), None) if answer.report else None
    if name is not None:
        editor.move(edits.key_of(site, answer.plan_edits), name, float(lon), float(lat), words)


def _candidate_of(answer: SitingAnswer, key: str | None) -> str | None:
    """The id on the map of what is looked at: of a site of the plan, or of a candidate as things stand now."""
    site = _site_of(answer, key)
    if site is not None:
        return site.id
    own = {name: f"place:{k}" for k, (name, _) in enumerate(edits.places(edits.current()), start=1)}
    return own.get(key or "", key)


def _site_of(answer: SitingAnswer, key: str | None) -> ChosenSite | None:
    chosen = answer.report.chosen if answer.report else ()
    return next((site for site in chosen if key and edits.key_of(site.id, answer.plan_edits) == key), None)


def site_rows(report: SitingReport, words: Words) -> pd.DataFrame:
    """The table of sites: ``letter``, ``name``, ``township``, ``newly``, ``served``, ``next``; empty where withheld.

    Also ``cost`` and ``room`` where they matter.
    """
    found = pd.DataFrame({
        "letter": [site.letter for site in report.chosen],
        "name": [f"{site.name}（{words.pick(CANDIDATE_KIND.label(site.kind))}）" if site.kind in {"station", "support"}
                 else site.name for site in report.chosen],
        "township": [site.township for site in report.chosen],
        "newly": pd.array([site.newly.persons for site in report.chosen], dtype="Int64"),
        "served": pd.array([site.served.persons for site in report.chosen], dtype="Int64"),
        "next": [site.alternative.name if site.alternative else NONE for site in report.chosen],
    })  # fmt: skip
    if report.cost is not None:
        found["cost"] = [site.cost for site in report.chosen]
    if report.capacity is not None:
        found["room"] = pd.array([site.capacity for site in report.chosen], dtype="Int64")
    return found


def _sites(answer: SitingAnswer, words: Words) -> None:
    report = answer.report
    if report is None:
        return
    subtitle(words("siting.sites"))
    if report.closed:
        st.caption(words("siting.closed", names="、".join(station.name for station in report.closed)))
    if not report.chosen:
        if report.objective is not None:
            st.caption(words("siting.none_needed"))
        return
    keys = [edits.key_of(site.id, answer.plan_edits) for site in report.chosen]
    rows = [k for k, own in enumerate(keys) if own == editor.picked()]
    key = f"siting_sites_{words.language}"
    known = (st.session_state.get(key) or {}).get("selection") or {}
    if list(known.get("rows") or []) != rows:  # picked on the map, or let go
        st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def picked() -> None:
        row = st.session_state[key]["selection"]["rows"]
        editor.pick(keys[row[0]] if row else None)

    column, phone = st.column_config, session.on_phone()
    height = _ROW_PHONE if phone else _ROW
    st.dataframe(
        site_rows(report, words), key=key, on_select=picked, selection_mode="single-row", hide_index=True, placeholder=NONE,
        row_height=height, height=table_height(len(report.chosen), height, _HEIGHT),
        column_order=["letter", "name", "newly"] if phone else None,
        column_config={
            "letter": column.TextColumn(words("siting.letter"), width=44),
            "name": column.TextColumn(words("siting.place")),
            "township": column.TextColumn(words("siting.township"), width=78),
            "newly": column.NumberColumn(words("siting.newly"), format="%,d", width=88),
            "served": column.NumberColumn(words("siting.served"), format="%,d", width=74),
            "next": column.TextColumn(words("siting.next_best"), width=84),
            "cost": column.NumberColumn(words("siting.cost_column"), width=70),
            "room": column.NumberColumn(words("siting.room_column"), format="%,d", width=80),
        },
        alt=words("siting.sites_alt"),
    )  # fmt: skip


def _picked(answer: SitingAnswer, words: Words) -> None:
    """What is told of the site or candidate that is looked at, and what can be done with it."""
    key = editor.picked()
    site = _site_of(answer, key)
    known = edits.current()
    locked = any(isinstance(edit, Lock) and edit.key == key for edit in known)
    locked |= any(isinstance(edit, OwnPlace) and edit.key == key and edit.moved is not None for edit in known)
    with st.container(key="siting_picked"):
        if site is not None and answer.report is not None and key is not None:
            st.markdown(f"**{site.letter} {site.name}**  \n{words.pick(sentence(site, answer.report))}")
            for line in about_site(site, words):
                st.caption(line)
            editor.site_buttons(key, site.name, locked=locked, words=words)
            _cost(answer, key, site.name, words)
            return
        rows = answer.candidates[answer.candidates["id"] == _candidate_of(answer, key)]
        if key is None or rows.empty:
            st.caption(words("siting.pick_one"))
            return
        name = str(rows["name"].iloc[0])
        st.markdown(f"**{name}**  \n{words.pick(CANDIDATE_KIND.label(str(rows['kind'].iloc[0])))}")
        editor.site_buttons(key, name, locked=locked, words=words)
        _cost(answer, key, name, words)


def _cost(answer: SitingAnswer, key: str, name: str, words: Words) -> None:
    """What a station costs here, where costs matter."""
    usual = answer.asked.get("cost")
    if usual is not None and (answer.asked["budget"] is not None or answer.asked["costs"] or usual != 1):
        editor.cost_of(key, name, usual, words)


def about_site(site: ChosenSite, words: Words) -> list[str]:
    """Persons within the limit by mode, and what is near."""
    between = "、" if words.chinese else ", "
    modes = [
        f"{words.pick(MODE.label(mode))} {words('siting.few') if count is None else words.count(count)}"
        for mode, count in site.by_mode.items()
    ]
    lines = [words("siting.by_mode", listed=between.join(modes))]
    if site.near:
        kinds = [f"{words.pick(SUPPORT_KIND.label(n.kind)) if n.kind in SUPPORT_KIND else n.kind} {n.count}" for n in site.near]
        lines.append(words("siting.near", listed=between.join(kinds)))
    return lines


def town_rows(report: SitingReport, words: Words) -> pd.DataFrame:
    """Townships by gain: ``name``, ``before`` and ``after`` in percent, ``gained`` and ``persons``; empty where withheld."""
    areas = sorted(report.townships, key=lambda area: (area.persons_after is None, -(gained(area) or 0), area.code))
    rates = [area.rates for area in areas]
    return pd.DataFrame({
        "name": [area.name if area.code else words("coverage.elsewhere") for area in areas],
        "before": [None if before is None else percent_value(before) for before, _ in rates],
        "after": [None if after is None else percent_value(after) for _, after in rates],
        "gained": pd.array([gained(area) for area in areas], dtype="Int64"),
        "persons": pd.array([area.persons for area in areas], dtype="Int64"),
    }).astype({"before": "float64", "after": "float64"})


def gained(area: TownshipChange) -> int | None:
    """Persons within the limit more than before; None where it is withheld."""
    if area.persons_before is None or area.persons_after is None:
        return None
    return area.persons_after - area.persons_before


def _townships(report: SitingReport, words: Words) -> None:
    column, phone = st.column_config, session.on_phone()
    height = _ROW_PHONE if phone else _ROW
    frame = town_rows(report, words)
    st.dataframe(
        frame, key=f"siting_townships_{words.language}", hide_index=True, placeholder=NONE, row_height=height,
        height=table_height(len(frame), height, _HEIGHT), column_order=["name", "after", "gained"] if phone else None,
        column_config={
            "name": column.TextColumn(words("siting.township")),
            "before": column.NumberColumn(words("siting.before"), format="%.1f%%"),
            "after": column.NumberColumn(words("siting.after"), format="%.1f%%"),
            "gained": column.NumberColumn(words("siting.gained"), format="%,d"),
            "persons": column.NumberColumn(words("coverage.persons"), format="%,d"),
        },
        alt=words("siting.townships"),
    )  # fmt: skip
