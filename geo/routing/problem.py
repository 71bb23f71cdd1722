"""Visits, shifts, and the travel times between them.

Times are seconds since midnight of the shift's own day, so that a window of every morning is one window; that a visit
must be on a certain day, by a certain team or by one with certain skills is said by who may make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.errors import ParameterError
from geo.network import Bools, Floats

EPSILON_S = 1e-6
"""Times are compared but for rounding."""


@dataclass(frozen=True)
class Lunch:
    """A break of ``length_s`` that begins between ``earliest_s`` and ``latest_s``, both included.

    It is taken on the way or at a stop, never during a visit; a team that is at home for the whole of it, because it is
    back by ``latest_s`` or sets out no sooner than ``earliest_s + length_s``, takes it there.
    """

    earliest_s: float
    latest_s: float
    length_s: float


@dataclass(frozen=True)
class Shift:
    """One team on one day.

    Attributes
    ----------
    start, end : int
        Places where it sets out and comes back to.
    begin_s, finish_s : float
        It sets out no sooner, and is back by then.
    lunch : Lunch, optional
    mode : int
        Which table of travel times it moves by.
    room : float
        How much it can take along.
    """

    start: int
    end: int
    begin_s: float
    finish_s: float
    lunch: Lunch | None = None
    mode: int = 0
    room: float = np.inf


@dataclass(frozen=True)
class Visit:
    """One stop.

    Attributes
    ----------
    place : int
    service_s : float
        How long it takes.
    windows : tuple of (float, float)
        It begins within one of them, both ends included.
    worth : float
        Above 0. Nobody is left out for the sake of travel; of those for whom there is no time, the least worth.
    load : float
        What has to be taken along for it.
    """

    place: int
    service_s: float
    windows: tuple[tuple[float, float], ...] = ((0.0, np.inf),)
    worth: float = 1.0
    load: float = 0.0


@dataclass(frozen=True)
class Problem:
    """What is asked.

    Attributes
    ----------
    travel_s : ndarray, shape (n_modes, n_places, n_places)
        Seconds from place to place, inf where there is no way.
    visits, shifts : tuple
    penalty_s : ndarray, shape (n_visits, n_shifts)
        Seconds of travel that having a visit in a shift is as bad as: 0 for the team that knows the household, inf where
        it may not be.
    """

    travel_s: Floats
    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    penalty_s: Floats

    def __post_init__(self) -> None:
        travel, penalty = self.travel_s, self.penalty_s
        if travel.ndim != 3 or travel.shape[1] != travel.shape[2] or np.isnan(travel).any() or (travel < 0).any():
            msg = "行程时间须为（方式，地点，地点）的非负数 (travel times must be modes x places x places, not negative)"
            raise ParameterError(msg)
        if not self.shifts:
            msg = "没有可派的班次，请至少安排一个小组一天 (no shift; give at least one team on one day)"
            raise ParameterError(msg)
        if penalty.shape != (len(self.visits), len(self.shifts)) or np.isnan(penalty).any() or (penalty < 0).any():
            msg = "偏好须为（走访，班次）的非负数 (penalties must be visits x shifts, not negative)"
            raise ParameterError(msg)
        for k, shift in enumerate(self.shifts):
            if not shift.begin_s < shift.finish_s or not np.isfinite([shift.begin_s, shift.finish_s]).all():
                msg = f"第 {k + 1} 个班次的结束须晚于开始 (shift {k + 1} must end after it begins)"
                raise ParameterError(msg)
            lunch = shift.lunch
            if lunch is not None and not (lunch.length_s > 0 and lunch.earliest_s <= lunch.latest_s):
                msg = f"第 {k + 1} 个班次的午休时间不对 (the lunch of shift {k + 1} cannot be)"
                raise ParameterError(msg)
        for k, visit in enumerate(self.visits):
            if not (visit.service_s >= 0 and np.isfinite(visit.service_s) and visit.worth > 0 and visit.load >= 0):
                msg = f"第 {k + 1} 个走访的时长、权重或物品数不对 (length, worth or load of visit {k + 1} cannot be)"
                raise ParameterError(msg)
            if not visit.windows or any(not early <= late for early, late in visit.windows):
                msg = f"第 {k + 1} 个走访的时间段须先早后晚 (a window of visit {k + 1} ends before it begins)"
                raise ParameterError(msg)
        places = [visit.place for visit in self.visits] + [p for s in self.shifts for p in (s.start, s.end)]
        modes = [shift.mode for shift in self.shifts]
        if min(places) < 0 or max(places) >= travel.shape[1] or min(modes) < 0 or max(modes) >= len(travel):
            msg = "有地点或方式不在行程时间表中 (a place or mode is not in the table of travel times)"
            raise ParameterError(msg)

    @cached_property
    def allowed(self) -> Bools:
        """Whether a visit may be in a shift, shape (n_visits, n_shifts)."""
        return np.isfinite(self.penalty_s)

    @cached_property
    def reachable(self) -> Bools:
        """Whether a shift can get to a visit from where it sets out, and from there to where it ends."""
        place = np.array([visit.place for visit in self.visits], np.int64)
        columns = [
            np.isfinite(self.travel_s[s.mode, s.start, place]) & np.isfinite(self.travel_s[s.mode, place, s.end])
            for s in self.shifts
        ]
        return np.stack(columns, axis=1) if len(place) else np.zeros((0, len(self.shifts)), bool)

    def legs(self, shift: int, order: tuple[int, ...] | list[int]) -> Floats:
        """Seconds of each leg of a shift that makes these visits in this order, shape (n + 1,)."""
        s = self.shifts[shift]
        places = [s.start, *(self.visits[v].place for v in order), s.end]
        return self.travel_s[s.mode, places[:-1], places[1:]]
