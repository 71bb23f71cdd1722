"""Scenarios kept in the store by name: everybody who may see the county reads them, planners and stewards save them.

One that cannot be read, because a later program wrote it, is listed and may be deleted; opening it says why.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from app.roles import NotPermittedError, Role, Viewer
from app.services.county.state import StoreState
from app.services.scenarios.definition import Scenario, ScenarioError, check_letters, read_scenario
from app.services.scenarios.notes import made_for
from layers.store import SavedScenario, Store

_MAY_SAVE = (Role.STEWARD, Role.PLANNER)


@dataclass(frozen=True, slots=True)
class Kept:
    """A scenario as it is kept; ``version`` is what a save must name, ``stale`` whether the county was loaded since.

    ``written`` is the scenario, or why it cannot be read.
    """

    name: str
    written: Scenario | ScenarioError
    version: int
    saved_by: str
    saved_at: dt.datetime
    stale: bool

    @property
    def scenario(self) -> Scenario:
        """The scenario.

        Raises
        ------
        ScenarioError
            When it cannot be read.
        """
        if isinstance(self.written, ScenarioError):
            raise self.written
        return self.written

    @property
    def problem(self) -> str | None:
        """Why it cannot be read; None when it can."""
        return str(self.written) if isinstance(self.written, ScenarioError) else None

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "version": self.version,
            "saved_by": self.saved_by,
            "saved_at": self.saved_at.isoformat(),
            "stale": self.stale,
            "problem": self.problem,
            "scenario": None if isinstance(self.written, ScenarioError) else self.written.to_dict(),
        }


def kept_scenarios(viewer: Viewer, store: Store) -> list[Kept]:  # noqa: ARG001 - plans are for everybody
    """Every scenario, those that cannot be read as well, ordered by name."""
    stamp = store.stamp()
    return [_kept(saved, stamp) for saved in store.scenarios()]


def kept_scenario(viewer: Viewer, store: Store, name: str) -> Kept:  # noqa: ARG001 - plans are for everybody
    """The scenario called ``name``.

    Raises
    ------
    UnknownScenarioError
        When there is none.
    ScenarioError
        For a name with control characters.
    """
    return _kept(store.scenario(check_letters(name)), store.stamp())


def save(viewer: Viewer, store: Store, scenario: Scenario, *, version: int = 0) -> Kept:
    """Keep a scenario under its name; it remembers the county that it was made for.

    Parameters
    ----------
    viewer
        Who saves.
    store
        Where.
    scenario
        What. One that remembers a county already goes on remembering that one; without ``made_for`` it is made for
        the present one.
    version
        The version that was read and changed; 0 for a new one.

    Raises
    ------
    NotPermittedError
        When the viewer is neither planner nor steward.
    LostUpdateError
        When the name is taken, or somebody else saved or deleted the scenario meanwhile.
    NoDataError
        When there is no county to make it for.
    """
    _permit(viewer)
    state = StoreState(store)
    scenario = replace(scenario, made_for=scenario.made_for or made_for(state))
    saved = store.save_scenario(scenario.name, scenario.to_json(), saved_by=viewer.role.value, version=version)
    return _kept(saved, state.stamp)


def delete(viewer: Viewer, store: Store, name: str, *, version: int) -> None:
    """Forget a scenario, if nobody has saved it since ``version``.

    Raises
    ------
    NotPermittedError, UnknownScenarioError, LostUpdateError
    ScenarioError
        For a name with control characters.
    """
    _permit(viewer)
    store.delete_scenario(check_letters(name), version=version)


def _permit(viewer: Viewer) -> None:
    if viewer.role not in _MAY_SAVE:
        msg = "只有规划人员和数据管理员可以保存方案 (only planners and the steward may save scenarios)"
        raise NotPermittedError(msg)


def _kept(saved: SavedScenario, stamp: str) -> Kept:
    written: Scenario | ScenarioError
    try:
        written = read_scenario(saved.definition)
    except ScenarioError as error:
        written = error
    made = written.made_for if isinstance(written, Scenario) else None
    stale = made is not None and made.stamp != stamp
    return Kept(saved.name, written, saved.version, saved.saved_by, saved.saved_at, stale)
