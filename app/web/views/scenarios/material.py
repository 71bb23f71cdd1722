"""What the page of scenarios draws with, kept for each state of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
import streamlit as st
from numpy.typing import NDArray

from app.maps.pieces.theme import ROAD_WIDTHS
from app.maps.scenario_map import Place
from app.roles import Viewer
from app.services.county.units import By
from app.services.layers import items
from app.services.scenarios.definition import AddStation, CloseStation, MoveStation, Scenario, read_scenario
from app.services.scenarios.report import WhatIfReport
from app.services.scenarios.roads import roads_inside
from app.services.scenarios.service import closed_roads, whatif
from layers.store import Store
from layers.store.address import parse
from layers.vocabulary import ROAD_CLASS

# Streamlit leaves arguments that begin with an underscore out of the key.


def reports(
    viewer: Viewer, store: Store, scenario: Scenario, mode: str, minutes: float
) -> tuple[WhatIfReport, WhatIfReport]:
    """The answers by township and by village; raises what the service raises."""
    state = f"{store.stamp()} {_people_state(scenario)}"
    return _reports(f"{viewer} {store.address}", state, scenario.to_json(), mode, minutes, store, viewer)


def roads(viewer: Viewer, store: Store, scenario: Scenario, mode: str) -> NDArray[Any]:
    """The pieces of road that the scenario closes."""
    return _roads(f"{viewer} {store.address}", store.stamp(), scenario.to_json(), mode, store, viewer)


def small_roads(viewer: Viewer, store: Store, bounds: tuple[float, float, float, float]) -> NDArray[Any]:
    """Pieces of the roads in a box that are too small to be drawn for the whole region."""
    return _small_roads(f"{viewer} {store.address}", store.stamp(), bounds, store, viewer)


def stations(viewer: Viewer, store: Store) -> gpd.GeoDataFrame:
    """Open stations by id: ``name``, ``level``, ``geometry``."""
    return _stations(f"{viewer} {store.address}", store.stamp(), store, viewer)


def places(viewer: Viewer, store: Store, scenario: Scenario, report: WhatIfReport) -> list[Place]:
    """The stations that the scenario changes, and where they were and will be."""
    known, found = stations(viewer, store), {}
    at = {key: (point.x, point.y) for key, point in known.geometry.items()}
    for change, outcome in zip(scenario.changes, report.changes, strict=True):
        if not outcome.applied:
            continue
        if isinstance(change, AddStation):
            found[f"new {outcome.number}"] = Place("added", change.name, None, change.at)
        elif isinstance(change, MoveStation):
            found[change.station] = Place("moved", str(known["name"].get(change.station)), at.get(change.station), change.at)
        elif isinstance(change, CloseStation):
            found[change.station] = Place("closed", str(known["name"].get(change.station)), at.get(change.station), None)
    return [*found.values()]


def _people_state(scenario: Scenario) -> str:
    """Differs when the file that the scenario's people come from was written again."""
    if scenario.people is None or scenario.people.as_of is not None:
        return ""
    path = scenario.people.file or str(parse(str(scenario.people.store)).path)
    # A store's latest rows may still be in the log beside it.
    return " ".join(_file_state(name) for name in (path, f"{path}-wal"))


def _file_state(name: str) -> str:
    try:
        found = Path(name).stat()
    except OSError:
        return "-"
    return f"{found.st_mtime_ns}/{found.st_size}"


@st.cache_resource(show_spinner=False, max_entries=64)
def _reports(
    whose: str, stamp: str, scenario: str, mode: str, minutes: float, _store: Store, _viewer: Viewer  # noqa: ARG001
) -> tuple[WhatIfReport, WhatIfReport]:
    asked = read_scenario(scenario)
    townships, villages = (
        whatif(_viewer, _store, asked, mode=mode, minutes=minutes, by=by) for by in get_args(By)
    )
    return townships, villages


@st.cache_resource(show_spinner=False, max_entries=16)
def _roads(whose: str, stamp: str, scenario: str, mode: str, _store: Store, _viewer: Viewer) -> NDArray[Any]:  # noqa: ARG001
    return closed_roads(_viewer, _store, read_scenario(scenario), mode=mode)


@st.cache_resource(show_spinner=False, max_entries=8)
def _small_roads(
    whose: str, stamp: str, bounds: tuple[float, float, float, float], _store: Store, _viewer: Viewer  # noqa: ARG001
) -> NDArray[Any]:
    return roads_inside(_viewer, _store, bounds, classes=set(ROAD_CLASS) - set(ROAD_WIDTHS))


@st.cache_resource(show_spinner=False, max_entries=2)
def _stations(whose: str, stamp: str, _store: Store, _viewer: Viewer) -> gpd.GeoDataFrame:  # noqa: ARG001
    frame = items(_viewer, _store, "stations")
    return frame[frame["status"] == "open"].set_index("id")[["name", "level", "geometry"]]
