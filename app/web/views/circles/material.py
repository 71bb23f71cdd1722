"""What the page of circles draws with, kept for each state of the store."""

from __future__ import annotations

from typing import get_args

from app.roles import Viewer
from app.services.circles.around import around
from app.services.circles.around_report import Around
from app.services.circles.recipe import CircleRecipe
from app.services.circles.report import CircleReport
from app.services.circles.service import circles
from app.services.county.units import By
from app.web.kit.answers import kept
from app.web.views.circles.asked import CircleAsked
from layers.store import Store


@kept(32)
def reports(viewer: Viewer, store: Store, asked: CircleAsked) -> tuple[CircleReport, CircleReport]:
    """The reports by township and by village.

    Raises
    ------
    NoDataError
        When there is nothing to count by.
    """
    townships, villages = (
        circles(viewer, store, mode=asked.mode, minutes=asked.minutes, recipe=CircleRecipe.parse(asked.recipe), by=by)
        for by in get_args(By)
    )
    return townships, villages


@kept(64)
def circle_of(viewer: Viewer, store: Store, asked: CircleAsked, lon: float, lat: float) -> Around:
    """What is around a point."""
    recipe = CircleRecipe.parse(asked.recipe)
    return around(viewer, store, lon=lon, lat=lat, mode=asked.mode, minutes=asked.minutes, recipe=recipe)
