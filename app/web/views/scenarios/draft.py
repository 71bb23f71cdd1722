"""The scenarios that a person has open: each as it was saved and as it is now, kept while pages are changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from app.roles import Viewer
from app.services.scenarios.definition import Change, CloseRoads, People, Position, Scenario
from app.services.scenarios.roads import RoadHere
from app.services.scenarios.saved import Kept, kept_scenarios
from layers.store import Store

_DRAFTS = "scenario_drafts"
_NAME = "scenario_name"
_POINTS = "scenario_points"
_STATION = "scenario_station"
_ROAD = "scenario_road"


@dataclass(frozen=True, slots=True)
class Draft:
    """One open scenario. ``version`` is the one that a save follows, 0 for one that was never saved."""

    scenario: Scenario
    version: int = 0
    saved: Scenario | None = None

    @property
    def dirty(self) -> bool:
        """True when there is something to save."""
        return self.scenario != self.saved


def drafts(viewer: Viewer, store: Store) -> dict[str, Draft]:
    """Every scenario that may be chosen, by name: those of the store, and those that are open here."""
    mine: dict[str, Draft] = st.session_state.setdefault(_DRAFTS, {})
    kept = kept_scenarios(viewer, store)
    there = {one.name for one in kept}
    found = {one.name: _as_kept(one) for one in kept if one.problem is None}
    for name, draft in list(mine.items()):
        if not draft.dirty:
            del mine[name]  # as it is in the store
        elif draft.version and name not in there:
            mine[name] = Draft(draft.scenario)  # forgotten by somebody; what was changed here is not lost
    return dict(sorted({**found, **mine}.items()))


def unreadable(viewer: Viewer, store: Store) -> list[str]:
    """Names of the scenarios of the store that cannot be opened: a later program wrote them."""
    return [kept.name for kept in kept_scenarios(viewer, store) if kept.problem is not None]


def chosen(known: dict[str, Draft]) -> Draft | None:
    """The scenario that is looked at: the one chosen, the one in the address, or the first."""
    name = st.session_state.get(_NAME) or st.query_params.get("scenario")
    found = known.get(name or "") or next(iter(known.values()), None)
    if found is not None:
        st.session_state[_NAME] = found.scenario.name
        st.query_params["scenario"] = found.scenario.name
    return found


def choose(name: str | None) -> None:
    """Look at the scenario called ``name``."""
    st.session_state[_NAME] = name
    st.query_params.pop("scenario", None)
    forget_points()


def put(draft: Draft) -> None:
    """Keep a changed draft, and look at it."""
    st.session_state.setdefault(_DRAFTS, {})[draft.scenario.name] = draft
    st.session_state[_NAME] = draft.scenario.name


def drop(name: str) -> None:
    """Let go of what was changed in ``name``."""
    st.session_state.setdefault(_DRAFTS, {}).pop(name, None)


def with_change(draft: Draft, change: Change) -> None:
    """Put a change into the scenario."""
    put(replace(draft, scenario=replace(draft.scenario, changes=(*draft.scenario.changes, change))))
    forget_points()


def with_people(draft: Draft, people: People | None) -> None:
    """Let the scenario have other people, or the present ones."""
    put(replace(draft, scenario=replace(draft.scenario, people=people)))


def without_change(draft: Draft, position: int) -> None:
    """Take a change out of the scenario."""
    changes = draft.scenario.changes
    put(replace(draft, scenario=replace(draft.scenario, changes=(*changes[:position], *changes[position + 1 :]))))


def toggle_road(draft: Draft, road: RoadHere) -> None:
    """Close a road, or take out its closing where it was picked before."""
    changes = [_open(change, road.id) for change in draft.scenario.changes]
    closed = changes == [*draft.scenario.changes]
    if closed:
        changes.append(CloseRoads("close_roads", roads=(road.id,)))
    left = tuple(change for change in changes if change is not None)
    put(replace(draft, scenario=replace(draft.scenario, changes=left)))
    forget_points()
    st.session_state[_ROAD] = road, closed


def toggled_road() -> tuple[RoadHere, bool] | None:
    """The road that was picked last, and whether it is closed since."""
    found: tuple[RoadHere, bool] | None = st.session_state.get(_ROAD)
    return found


def _open(change: Change, road: str) -> Change | None:
    """The change without the road; None where nothing is left of it."""
    if not isinstance(change, CloseRoads) or road not in change.roads:
        return change
    left = tuple(other for other in change.roads if other != road)
    return replace(change, roads=left) if left else None


def free_name(known: dict[str, Draft], wanted: str) -> str:
    """``wanted``, with a number where it is taken."""
    name, k = wanted[:80].strip(), 2
    while name in known:
        name, k = f"{wanted[:76]} {k}", k + 1
    return name


def points() -> tuple[Position, ...]:
    """What has been clicked for the change that is being made, WGS 84."""
    found: tuple[Position, ...] = st.session_state.get(_POINTS, ())
    return found


def add_point(lon: float, lat: float, *, only: bool) -> None:
    """Note a click; ``only`` where the change is about one place."""
    at = (round(lon, 6), round(lat, 6))
    st.session_state[_POINTS] = (at,) if only else (*points(), at)


def drop_point() -> None:
    """Take the last click back."""
    st.session_state[_POINTS] = points()[:-1]


def forget_points() -> None:
    """Begin the next change afresh."""
    st.session_state[_POINTS] = ()
    st.session_state[_STATION] = st.session_state[_ROAD] = None


def station() -> str | None:
    """The station that the change is about."""
    found: str | None = st.session_state.get(_STATION)
    return found


def choose_station(key: str | None) -> None:
    """Take a station for the change that is being made."""
    st.session_state[_STATION] = key


def _as_kept(kept: Kept) -> Draft:
    return Draft(kept.scenario, kept.version, kept.scenario)
