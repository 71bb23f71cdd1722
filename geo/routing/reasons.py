"""Why a visit is in no route, and what would bring it into one; each reason can be tried and seen to be true."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.routing.insertion import least_longer
from geo.routing.problem import Problem
from geo.routing.solve import Plan
from geo.routing.timing import timed


class Why(StrEnum):
    """Why, the first that holds."""

    NOBODY = "nobody"
    """No shift may make it."""
    NO_WAY = "no_way"
    """None that may can get there and back."""
    OVERLOAD = "overload"
    """None of these has room for its load even by itself."""
    OUTSIDE_HOURS = "outside_hours"
    """None of these could make it even by itself: its windows and length do not go with their hours."""
    NO_TIME = "no_time"
    """Each could make it alone, but none beside what it makes already."""


@dataclass(frozen=True)
class Reason:
    """Why a visit is left out.

    Attributes
    ----------
    visit : int
    why : Why
    shift : int, optional
        The shift that comes nearest to making it.
    longer_s : float
        By how much that shift would have to end later; inf when ending later does not help.
    """

    visit: int
    why: Why
    shift: int | None = None
    longer_s: float = np.inf


def reasons(problem: Problem, plan: Plan) -> tuple[Reason, ...]:
    """The reason of every visit that a plan leaves out, in its order."""
    orders = plan.orders(problem)
    return tuple(_reason(problem, orders, visit) for visit in plan.omitted)


def _reason(problem: Problem, orders: list[tuple[int, ...]], visit: int) -> Reason:
    shifts = np.flatnonzero(problem.allowed[visit])
    if not len(shifts):
        return Reason(visit, Why.NOBODY)
    shifts = shifts[problem.reachable[visit, shifts]]
    if not len(shifts):
        return Reason(visit, Why.NO_WAY)
    roomy = [k for k in shifts.tolist() if problem.visits[visit].load <= problem.shifts[k].room]
    if not roomy:
        return Reason(visit, Why.OVERLOAD)
    alone = [k for k in roomy if timed(problem, k, [visit]) is not None]
    why, beside = (Why.NO_TIME, orders) if alone else (Why.OUTSIDE_HOURS, [()] * len(orders))
    longer = {k: least_longer(problem, k, beside[k], visit) for k in alone or roomy}
    nearest = min(longer, key=lambda k: (longer[k], k))
    return Reason(visit, why, nearest, longer[nearest])
