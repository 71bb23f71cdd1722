"""What new stations cost, and how many persons each station serves: what a plan has to make do with."""

from __future__ import annotations

import numpy as np

from app.services.siting.ground import Ground
from app.services.siting.question import SitingError, SitingQuestion
from geo.network import Bools, Floats, Ints
from geo.siting.purse import Purse
from layers.schema import Label


def purse(known: Ground, asked: SitingQuestion) -> Purse | None:
    """What each site costs, and what there is to spend; None where nobody asks.

    Raises
    ------
    SitingError
        For the cost of a candidate that there is not.
    """
    if not asked.priced:
        return None
    costs = np.full(known.times.n_facilities, asked.cost)
    costs[: known.n_stations] = 0.0
    place = {str(key): k for k, key in enumerate(known.candidates.frame["id"], start=known.n_stations)}
    for key, cost in asked.costs.items():
        if key not in place:
            msg = f"costs 中没有候选点“{key}”，请从候选点表中取编号 (there is no candidate {key}; take its id from the table)"
            raise SitingError(msg)
        costs[place[key]] = cost
    return Purse(costs, np.inf if asked.budget is None else asked.budget)


def room(known: Ground, asked: SitingQuestion) -> Ints | None:
    """How many persons each site serves at most, whole ones; None where it does not matter."""
    if asked.persons_per_staff is None:
        return None
    whole: Ints = np.floor(_staff(known, asked) * asked.persons_per_staff * (1 + 1e-12)).astype(np.int64)
    return whole


def room_notes(known: Ground, asked: SitingQuestion, is_open: Bools) -> tuple[Label, ...]:
    """How staff was counted, and where there is not room for all."""
    rooms = room(known, asked)
    if rooms is None:
        return ()
    unknown, none = int(np.isnan(known.staff).sum()), int((known.staff == 0).sum())
    total, people = int(rooms[is_open].sum()), int(known.weight.sum())
    said = [Label(
        "只计问到的这些人占用的能力；一户可由几个站分担；不算逐站曲线",
        "only the people asked about take up room; stations may share a household; no curve is told",
    )]
    if unknown:
        said.append(Label(
            f"{unknown} 个现有站没有填工作人员，按新站的 {asked.staff} 人计",
            f"{unknown} stations do not state their staff and count as {asked.staff}, like new ones",
        ))
    if none:
        said.append(Label(f"{none} 个现有站没有工作人员，不能服务", f"{none} stations have no staff and serve nobody"))
    if total < people:
        said.append(Label(
            f"各站合计只能服务 {total:,} 人，少于 {people:,} 人，差 {people - total:,} 人",
            f"all stations together have room for {total:,} of {people:,} persons: {people - total:,} short",
        ))
    return tuple(said)


def _staff(known: Ground, asked: SitingQuestion) -> Floats:
    there = np.where(np.isnan(known.staff), asked.staff, known.staff)
    return np.concatenate([there, np.full(len(known.candidates.frame), float(asked.staff))])
