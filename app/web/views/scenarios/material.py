"""What the page of scenarios draws with, kept for each state of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import geopandas as gpd
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
from app.web.kit.answers import kept
from layers.store import Store
from layers.store.address import parse
from layers.vocabulary import ROAD_CLASS


def reports(
    viewer: Viewer, store: Store, scenario: Scenario, mode: str, minutes: float
) -> tuple[WhatIfReport, WhatIfReport]:
    """The answers by township and by village; raises what the service raises."""
    state = _people_state(scenario)
    return _reports(viewer, store, state, scenario.to_json(), mode, minutes)


def roads(viewer: Viewer, store: Store, scenario: Scenario, mode: str) -> NDArray[Any]:
    """The pieces of road that the scenario closes."""
    return _roads(viewer, store, scenario.to_json(), mode)


@kept(8)
def small_roads(viewer: Viewer, store: Store, bounds: tuple[float, float, float, float]) -> NDArray[Any]:
    """Pieces of the roads in a box that are too small to be drawn for the whole region."""
    return roads_inside(viewer, store, bounds, classes=set(ROAD_CLASS) - set(ROAD_WIDTHS))


@kept(2)
def stations(viewer: Viewer, store: Store) -> gpd.GeoDataFrame:
    """Open stations by id: ``name``, ``level``, ``geometry``."""
    frame = items(viewer, store, "stations")
    return frame[frame["status"] == "open"].set_index("id")[["name", "level", "geometry"]]


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


@kept(64)
def _reports(
    viewer: Viewer, store: Store, _people: str, scenario: str, mode: str, minutes: float
) -> tuple[WhatIfReport, WhatIfReport]:
    asked = read_scenario(scenario)
    townships, villages = (whatif(viewer, store, asked, mode=mode, minutes=minutes, by=by) for by in get_args(By))
    return townships, villages


@kept(16)
def _roads(viewer: Viewer, store: Store, scenario: str, mode: str) -> NDArray[Any]:
    return closed_roads(viewer, store, read_scenario(scenario), mode=mode)
