"""What the first visitor would otherwise wait for, done when the server starts."""

from __future__ import annotations

from app.bootstrap import circle_recipe
from app.maps.coverage_map import draw
from app.maps.view import Caption, Figures, View
from app.messages import Words
from app.roles import Viewer
from app.services.answers.files import tables_as_bytes
from app.services.county.facilities import FacilityChoice
from app.services.coverage.tables import coverage_about, coverage_tables
from app.services.isochrones.service import isochrones
from app.services.scenarios.definition import Scenario
from app.services.scenarios.service import whatif
from app.web.kit import material
from app.web.kit.asked import Asked
from app.web.views.circles import material as circle_material
from app.web.views.circles.asked import CircleAsked
from geo.errors import RongtuError
from layers.store import Store


def up(viewer: Viewer, store: Store) -> None:
    """Answer the usual questions once, page after page, as the pages do; the answers stay in the caches.

    A store that cannot answer one is for its page to explain.
    """
    if store.is_empty():
        return
    for page in (_coverage, _circles, _sides):
        try:
            page(viewer, store)
        except RongtuError:
            continue


def _coverage(viewer: Viewer, store: Store) -> None:
    ground = material.ground(viewer, store)
    material.facility_options(viewer, store)
    townships, villages = material.answer(viewer, store, Asked())
    counted = material.counted(viewer, store, FacilityChoice(), townships.as_of)
    figures = Figures(townships.by_area, villages.by_area, townships.gaps)
    drawn = draw(ground, figures, View(counted=counted), Caption(as_of=townships.as_of), Words())
    drawn.base.get_root().render()
    tables_as_bytes(coverage_tables(store, townships, villages), ".xlsx", coverage_about(townships))


def _circles(viewer: Viewer, store: Store) -> None:
    circle_material.reports(viewer, store, CircleAsked("walk", 15.0, circle_recipe().text))


def _sides(viewer: Viewer, store: Store) -> None:
    """What takes seconds once and is shared: the ground that isochrones and catchments are drawn on, the baseline."""
    isochrones(viewer, store, merged=True)
    whatif(viewer, store, Scenario("warm"))
