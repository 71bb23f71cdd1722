"""Most persons served within the limit where every station has room for so many only.

People are served one by one: the members of a household, or the households of a village, may go to different stations.
With whole persons that is exact, and whether a plan can serve so many is a maximum flow.

References
----------
Current & Storbeck (1988), Environment and Planning B 15:153-163 (capacitated maximal covering);
Pirkul & Schilling (1991), Management Science 37:233-248 (with workload limits, by Lagrangian relaxation).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.network import Bools
from geo.siting.problem import Problem, Stop, never
from geo.siting.purse import Purse
from geo.siting.result import Assignment, SitingResult, Status, of_plan, without_plan
from geo.siting.room_solver import most_served
from geo.siting.rooms import Rooms
from geo.siting.rule import Count, Rule
from geo.siting.serving import nearest_with_room, served_mainly

_MOST = 2**31 - 1


def capacitated_covering(
    problem: Problem, k: int | Purse, room: ArrayLike, *, max_travel_time_s: float, stop: Stop = never, seed: int = 0
) -> SitingResult:
    """Open at most ``k`` sites, or sites for at most a budget, so that most weight is served within the limit.

    Sites that would serve nobody more are not opened. Among the ways to serve so many, people go to the nearest site
    with room, first come first served in the order of nearness.

    Parameters
    ----------
    problem
        Demands of whole weights, and sites.
    k
        How many sites more; or what they cost and what there is to spend.
    room
        How much weight each site serves at most, existing ones too; shape (n_sites,). What is beyond a whole is lost.
    max_travel_time_s
        The limit, included.
    stop
        Asked now and then; the best so far is returned once it says yes.
    seed
        Of the solver's random choices.

    Returns
    -------
    SitingResult
        ``objective`` is the weight served, ``assignment`` tells by whom. Infeasible only where the budget does not do.

    Raises
    ------
    ParameterError
        When ``k`` or the room cannot be, weights are not whole, no candidate is within the limit of anyone, or none has
        any room.
    """
    rooms = rooms_of(problem, room, max_travel_time_s)
    if isinstance(k, Purse):
        rule: Rule = k.rule(problem)
        short = k.shortfall(problem)
    else:
        problem.check_added(k)
        rule, short = Count(int(problem.fixed.sum()) + k, problem.fixed, int(problem.fixed.sum())), None
    if isinstance(k, Purse) or k:
        _check_use(problem, rooms, max_travel_time_s)
    if short is not None:
        return without_plan(problem, Status.INFEASIBLE, short)
    taken, free = problem.fixed | problem.must_open, problem.candidate & ~problem.must_open
    left = rule.within(free, taken)
    if left is None:
        msg = "the rule leaves no plan; that was checked before"
        raise AssertionError(msg)
    found = most_served(rooms, left, taken, free, seed=seed, stop=stop)
    is_open = taken.copy()
    is_open[np.flatnonzero(free)[found.is_open]] = True
    assignment = nearest_with_room(rooms, problem.times, is_open, max_travel_time_s=max_travel_time_s)
    unreachable = np.flatnonzero((rooms.rows @ (taken | free).astype(np.float64) == 0) & (problem.weight > 0))
    plan = of_plan(
        problem, is_open, found.status, float(found.value), float(found.bound), served=served_mainly(problem.times, assignment),
        unreachable=unreachable,
    )  # fmt: skip
    return replace(plan, assignment=assignment)


def served_within(problem: Problem, room: ArrayLike, is_open: Bools, *, max_travel_time_s: float) -> Assignment:
    """Who is served by whom when just those sites are open; raises what :func:`capacitated_covering` does of the room."""
    rooms = rooms_of(problem, room, max_travel_time_s)
    return nearest_with_room(rooms, problem.times, is_open, max_travel_time_s=max_travel_time_s)


def rooms_of(problem: Problem, room: ArrayLike, max_travel_time_s: float) -> Rooms:
    """The demands and the sites that may serve them within the limit.

    Raises
    ------
    ParameterError
        When there is not one room for each site, one is negative or not a number, or weights are not whole.
    """
    given = np.asarray(room, np.float64)
    if given.shape != problem.fixed.shape or np.isnan(given).any() or (given < 0).any():
        msg = "每处须有一个不小于 0 的能力 (every site needs its room, at least 0)"
        raise ParameterError(msg)
    if (problem.weight != np.rint(problem.weight)).any() or problem.weight.sum() > _MOST:
        msg = (
            "有能力限制时权重须是整数，合计不超过 21 亿 "
            "(where sites have room for so many only, weights must be whole and sum to less than 2^31)"
        )
        raise ParameterError(msg)
    whole = np.minimum(np.floor(given * (1 + 1e-12)), _MOST).astype(np.int64)
    return Rooms(problem.cover(max_travel_time_s), problem.weight.astype(np.int64), whole)


def _check_use(problem: Problem, rooms: Rooms, limit_s: float) -> None:
    """Tell whether opening anything can help at all."""
    near = (rooms.columns @ problem.weight)[problem.candidate] > 0
    if not near.any():
        msg = (
            f"没有一个候选点能在 {limit_s:g} 秒内服务到任何人，请放宽时限或另选候选点 "
            f"(no candidate is within {limit_s:g} seconds of anyone: raise the limit or offer other candidates)"
        )
        raise ParameterError(msg)
    if not rooms.room[problem.candidate][near].any():
        msg = (
            "能到达的候选点的能力都是 0，开了也服务不了人，请给它们人员 "
            "(the candidates that reach anyone have room for nobody: give them staff)"
        )
        raise ParameterError(msg)
