"""Routes side by side with VROOM on the same travel times, one thread each, in one run; prints travel, gaps and seconds.

Run by ``make bench``. The files of Solomon and of Gehring & Homberger are asked when they lie in ../shared or in a folder
given as the first argument. The week is 200 visits, 8 teams, 5 days, 30 % of the visits with a window, and lunch; VROOM is
given its breaks, and as long as it takes.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import vroom
from vrptw_files import read_vrptw

from geo.routing.check import violations
from geo.routing.problem import Lunch, Problem, Shift, Visit
from geo.routing.solve import Plan, solve

BEST = {"C104": 822.9, "R104": 971.5, "RC104": 1_132.3, "r1_2_4": 3_047.6, "rc1_2_4": 2_845.2}
"""Best known, of distances truncated to one decimal."""
FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "visits"
HOUR = 3_600.0


def within(problem: Problem, seconds: float, start: Plan | None = None) -> tuple[Plan, float]:
    """Our plan after so many seconds, and how many it took."""
    begin = time.perf_counter()
    plan = solve(problem, iterations=10**9, stop=lambda: time.perf_counter() - begin > seconds, start=start)
    return plan, time.perf_counter() - begin


def by_vroom(problem: Problem) -> dict[str, Any]:
    """Travel, visits left out and seconds of VROOM's most thorough search."""
    begin = time.perf_counter()
    asked = vroom.Input()
    asked.set_durations_matrix("car", np.ceil(problem.travel_s[0]).astype(np.uint32))
    for k, s in enumerate(problem.shifts):
        breaks = []
        if s.lunch is not None:
            times = [vroom.TimeWindow(int(s.lunch.earliest_s), int(s.lunch.latest_s))]
            breaks = [vroom.Break(1, time_windows=times, service=int(s.lunch.length_s))]
        capacity = [int(min(s.room, 1e6))]
        asked.add_vehicle(vroom.Vehicle(
            k + 1, start=s.start, end=s.end, capacity=capacity, time_window=[int(s.begin_s), int(s.finish_s)], breaks=breaks
        ))  # fmt: skip
    for k, visit in enumerate(problem.visits):
        times = [vroom.TimeWindow(int(a), int(min(b, 86_400 * 10))) for a, b in visit.windows]
        asked.add_job(vroom.Job(
            k + 1, visit.place, default_service=int(visit.service_s), delivery=[int(visit.load)], time_windows=times
        ))  # fmt: skip
    answer = asked.solve(exploration_level=5, nb_threads=1)
    return {"vroom": answer.summary.duration, "vroom_left": answer.summary.unassigned, "vroom_s": time.perf_counter() - begin}


def week(n_visits: int, n_teams: int, n_days: int, seed: int) -> Problem:
    """Villages about townships, teams at their stations, half an hour a visit."""
    rng = np.random.default_rng(seed)
    towns = rng.uniform(0, 45_000, (n_teams, 2))
    homes = towns[rng.integers(0, n_teams, n_visits)] + rng.normal(0, 5_000, (n_visits, 2))
    xy = np.concatenate([towns, homes])
    travel = np.ceil(1.35 * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / (35 / 3.6))
    mornings, afternoons = ((9 * HOUR, 11 * HOUR),), ((14 * HOUR, 16 * HOUR),)
    visits = tuple(
        replace(Visit(n_teams + k, 60.0 * float(rng.integers(30, 61))),
                **({"windows": mornings if rng.random() < 0.5 else afternoons} if rng.random() < 0.3 else {}))
        for k in range(n_visits)
    )  # fmt: skip
    lunch = Lunch(11.5 * HOUR, 13 * HOUR, HOUR)
    shifts = tuple(Shift(team, team, 8.5 * HOUR, 17.5 * HOUR, lunch) for team in range(n_teams) for _ in range(n_days))
    return Problem(travel[None], visits, shifts, np.zeros((n_visits, len(shifts))))


def main() -> None:
    """Print the tables."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FILES
    rows = []
    for name, best in BEST.items():
        path = folder / f"{name}.txt"
        if not path.exists():
            print(f"{path.name} is not there and is not asked")
            continue
        problem = read_vrptw(path)
        plan, seconds = within(problem, 20)
        theirs = by_vroom(problem)
        rows.append({"file": name, "visits": len(problem.visits), "best": best, "rongtu": plan.travel_s / 10,
                     "gap_%": 10 * plan.travel_s / best - 100, "left": len(plan.omitted),
                     "violations": len(violations(problem, plan.routes)), "rongtu_s": seconds,
                     **theirs, "vroom": theirs["vroom"] / 10, "vroom_gap_%": 10 * theirs["vroom"] / best - 100})  # fmt: skip
    print("\nfiles of Solomon and of Gehring & Homberger")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:,.2f}".format))

    rows = []
    for seed in (1, 2):
        problem = week(200, 8, 5, seed)
        theirs = by_vroom(problem)
        for limit in (5, 30):
            plan, seconds = within(problem, limit)
            rows.append({"county": seed, "allowed_s": limit, "travel_h": plan.travel_s / HOUR, "left": len(plan.omitted),
                         "violations": len(violations(problem, plan.routes)), "seconds": seconds,
                         "vroom_h": theirs["vroom"] / HOUR, "vroom_left": theirs["vroom_left"],
                         "vroom_s": theirs["vroom_s"], "ratio": plan.travel_s / theirs["vroom"]})  # fmt: skip
        first = plan.routes[0].shift
        ill = replace(problem, penalty_s=np.where(np.arange(len(problem.shifts)) == first, np.inf, problem.penalty_s))
        again, seconds = within(ill, 1, plan)
        rows.append({"county": seed, "allowed_s": 1, "travel_h": again.travel_s / HOUR, "left": len(again.omitted),
                     "violations": len(violations(ill, again.routes)), "seconds": seconds})  # fmt: skip
    print("\na week of 200 visits, 8 teams, 5 days, and again without one team on one day")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:,.3f}".format))


if __name__ == "__main__":
    main()
