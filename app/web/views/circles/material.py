"""What the page of circles draws with, kept for each state of the store."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from app.roles import Viewer
from app.services.circles.around import around
from app.services.circles.around_report import Around
from app.services.circles.recipe import CircleRecipe
from app.services.circles.report import CircleReport
from app.services.circles.service import circles
from app.services.county.units import By
from app.web.views.circles.asked import CircleAsked
from layers.store import Store

# Streamlit leaves arguments that begin with an underscore out of the key.


def reports(viewer: Viewer, store: Store, asked: CircleAsked) -> tuple[CircleReport, CircleReport]:
    """The reports by township and by village.

    Raises
    ------
    NoDataError
        When there is nothing to count by.
    """
    return _reports(f"{viewer} {store.address}", store.stamp(), asked, store, viewer)


def circle_of(viewer: Viewer, store: Store, asked: CircleAsked, lon: float, lat: float) -> Around:
    """What is around a point."""
    return _around(f"{viewer} {store.address}", store.stamp(), asked, (lon, lat), store, viewer)


@st.cache_resource(show_spinner=False, max_entries=32)
def _reports(
    whose: str, stamp: str, asked: CircleAsked, _store: Store, _viewer: Viewer  # noqa: ARG001 - they are the key
) -> tuple[CircleReport, CircleReport]:
    townships, villages = (
        circles(_viewer, _store, mode=asked.mode, minutes=asked.minutes, recipe=CircleRecipe.parse(asked.recipe), by=by)
        for by in get_args(By)
    )
    return townships, villages


@st.cache_resource(show_spinner=False, max_entries=64)
def _around(
    whose: str, stamp: str, asked: CircleAsked, at: tuple[float, float], _store: Store, _viewer: Viewer  # noqa: ARG001
) -> Around:
    recipe = CircleRecipe.parse(asked.recipe)
    return around(_viewer, _store, lon=at[0], lat=at[1], mode=asked.mode, minutes=asked.minutes, recipe=recipe)
