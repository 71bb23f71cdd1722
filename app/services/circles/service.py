"""The support circle 15分钟拥军服务圈: which kinds of service are within the limit, how complete that is, what is missing.

One service answers the page, the API and the command line. Times are kept for each mode; limit and
recipe are asked of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.roles import Viewer
from app.services.answers.about import about
from app.services.circles.areas import area_circles, whole_circle
from app.services.circles.question import KINDS, CircleAsked, items, notes, rule
from app.services.circles.recipe import DEFAULT_RECIPE, SERVICE_KIND, CircleRecipe
from app.services.circles.report import CircleReport, LeftOut, Service
from app.services.circles.times import circle_times, reach_of
from app.services.county.facilities import EXPIRED, NOT_BEGUN
from app.services.county.homes import homes
from app.services.county.limits import limit_for
from app.services.county.modes import known_mode
from app.services.county.roads import region
from app.services.county.service_points import ServicePoints, service_points
from app.services.county.small_cells import WHY_EMPTY, withheld_from
from app.services.county.state import StoreState, settled
from app.services.county.units import By, known_by
from geo.speeds import Mode
from layers.store import Store

_WORST = 10


def circles(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    recipe: CircleRecipe | None = None,
    by: By = "township",
) -> CircleReport:
    """How complete the circles of households are, and what they lack, by area.

    Parameters
    ----------
    viewer
        Who asks; only townships in reach are counted. Who may not see single households is told
        nothing of areas of fewer than five.
    store
        Where the data is.
    mode, minutes
        How people travel and for how long at most, the limit included.
    recipe
        What makes a full circle; by default :data:`app.services.circles.recipe.DEFAULT_RECIPE`.
    by
        Level of ``by_area``.

    Raises
    ------
    ParameterError
        An unknown mode or level, or a limit that is none.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    mode, limit_s, by = known_mode(mode), limit_for(viewer, minutes), known_by(by)
    asked = CircleAsked(viewer, mode, minutes, limit_s, recipe or DEFAULT_RECIPE, by)
    return settled(store, lambda state: _report(state, asked))


def household_circles(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    recipe: CircleRecipe | None = None,
) -> pd.DataFrame:
    """One row per household: ``id``, ``score``, ``complete``, ``missing``, ``imprecise``, and minutes by kind.

    ``missing`` lists the codes of the items that are out of reach; a column for each kind of
    service holds the minutes to the nearest, empty where no way leads to one. An imprecise
    household keeps what is so from where it is thought to be.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    """
    viewer.need_points()
    mode, limit_s = known_mode(mode), limit_for(viewer, minutes)
    asked = CircleAsked(viewer, mode, minutes, limit_s, recipe or DEFAULT_RECIPE, "township")
    return settled(store, lambda state: _households(state, asked))


def _report(state: StoreState, asked: CircleAsked) -> CircleReport:
    known, points, times = homes(state), service_points(state), circle_times(state, asked.mode, reach_of(asked.limit_s))
    seen = known.seen_by(asked.viewer)
    areas = area_circles(known, times, asked, seen)
    ranked = [area for area in areas if area.persons_incomplete]
    ranked.sort(key=lambda area: (-(area.persons_incomplete or 0), area.code))
    estimate = region(state).network is None
    exact = seen & ~known.imprecise
    return CircleReport(
        about=about(
            state,
            rule(asked, estimate=estimate),
            (*notes(known, points, asked), *([WHY_EMPTY] if withheld_from(asked.viewer, known) else [])),
        ),
        mode=asked.mode.value,
        minutes=float(asked.minutes),
        by=asked.by,
        estimate=estimate,
        recipe=items(asked.recipe),
        services=_services(points, asked),
        total=whole_circle(known, times, asked, seen),
        by_area=areas,
        worst=tuple(area.code for area in ranked[:_WORST]),
        left_out=LeftOut(
            expired=int((points.frame["state"] == EXPIRED).sum()),
            not_begun=int((points.frame["state"] == NOT_BEGUN).sum()),
            off_network=int((points.in_force & times.places_off_network).sum()),
        ),
        households_off_network=int((exact & times.off_network).sum()),
    )


def _households(state: StoreState, asked: CircleAsked) -> pd.DataFrame:
    known, times = homes(state), circle_times(state, asked.mode)  # the nearest is told however far
    seen = known.singly_seen_by(asked.viewer)
    seconds = times.homes[seen]
    had, _ = asked.had(seconds)
    minutes = np.where(np.isfinite(seconds), np.round(seconds / 60, 2), np.nan)
    return pd.DataFrame({
        "id": known.id[seen],
        "score": asked.recipe.over(KINDS).score(had),
        "complete": had.all(axis=1),
        "missing": [list(asked.recipe.lacking(row)) for row in had],
        "imprecise": known.imprecise[seen],
        **{kind: minutes[:, k] for k, kind in enumerate(KINDS) if kind in asked.recipe.shown},
    })


def _services(points: ServicePoints, asked: CircleAsked) -> tuple[Service, ...]:
    places = dict(zip(KINDS, points.kinds[points.in_force].sum(axis=0).tolist(), strict=True))
    return tuple(
        Service(kind, *SERVICE_KIND.label(kind), places[kind])
        for kind in asked.recipe.shown
    )
