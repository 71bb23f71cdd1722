"""The records of looking after memorials: agreements, inspections, works and defects, in agreement with each other."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from data.demo.frames import days_before, layer_frame
from data.demo.grid import Ints
from data.demo.memorials import Memorials, conditions
from layers.vocabulary import CAUSE

INTERVAL, INTERVAL_GRADED = 90, 30
HISTORY = 420
BUDGET = {"repair": 32_000, "relocation": 46_000, "upkeep": 6_000, "upgrade": 78_000}
WORK_NOTES = {"not_needed": "现场核查后认为不需修缮", "handed_over": "已转交乡镇统筹处理"}
UNSIGNED_TOWNSHIPS = 1
"""Townships none of whose memorials has an agreement, though reports speak of every township."""


class Work(NamedTuple):
    """One work on the memorial number ``memorial``; ages are days before the county's date (NaN: not yet)."""

    memorial: int
    kind: str
    state: str
    reported: int
    finished: float


def make_care(memorials: Memorials, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Frames of agreements, inspections, works and defects."""
    works = _works(memorials, rng)
    inspections = _inspections(memorials, works, rng)
    return {
        "agreements": _agreements(memorials, rng),
        "inspections": layer_frame("inspections", _dated(inspections)),
        "defects": _defects(memorials, works, inspections, rng),
        "works": _works_frame(memorials, works, rng),
    }


def _works(memorials: Memorials, rng: np.random.Generator) -> list[Work]:
    """Good memorials have often been repaired; of the poor ones some wait, some are on their way."""
    works = []
    for k, condition in enumerate(memorials.frame["condition"]):
        if condition in ("poor", "ruined"):
            if rng.random() < 0.62:
                state = str(rng.choice(["reported", "verified", "approved", "building", "handed_over"],
                                       p=[0.27, 0.2, 0.25, 0.23, 0.05]))
                kind = str(rng.choice(["repair", "relocation", "upgrade"], p=[0.62, 0.25, 0.13]))
                works.append(Work(k, kind, state, int(rng.integers(20, 260)), np.nan))
        elif rng.random() < (0.62 if condition in ("intact", "good") else 0.25):
            kind = str(rng.choice(list(BUDGET), p=[0.5, 0.2, 0.2, 0.1]))
            finished = int(rng.integers(30, 700))
            works.append(Work(k, kind, "accepted", finished + int(rng.integers(40, 220)), finished))
        elif condition == "fair" and rng.random() < 0.3:
            works.append(Work(k, "upkeep", str(rng.choice(["reported", "not_needed"])), int(rng.integers(10, 200)), np.nan))
    return works


def _works_frame(memorials: Memorials, works: list[Work], rng: np.random.Generator) -> pd.DataFrame:
    table = pd.DataFrame(works)
    budget = table["kind"].map(BUDGET).to_numpy(dtype=float) * np.exp(rng.normal(0, 0.4, len(table)))
    budget = np.asarray(np.round(budget / 100) * 100)
    part = np.where(table["state"] == "accepted", rng.uniform(0.86, 1.08, len(table)),
                    np.where(table["state"] == "building", rng.uniform(0.1, 0.7, len(table)), 0))
    granted = table["state"].isin(["approved", "building", "accepted"]).to_numpy()
    ids = memorials.frame["id"].to_numpy(dtype=object)
    reported = days_before(table["reported"].to_numpy())
    columns: dict[str, Any] = {
        "id": [f"work-{k:03d}" for k in range(1, len(table) + 1)],
        "memorial": ids[table["memorial"]], "kind": table["kind"], "state": table["state"],
        "approval_no": [f"岚退烈批〔{day.year}〕{k}号" if g else None
                        for k, (g, day) in enumerate(zip(granted, pd.DatetimeIndex(reported), strict=True), 1)],
        "budget_yuan": np.where(table["state"] == "not_needed", np.nan, budget),
        "spent_yuan": np.where(part > 0, np.round(budget * part), np.nan),
        "reported": reported, "finished": days_before(table["finished"].to_numpy()),
        "note": [WORK_NOTES.get(state) for state in table["state"]],
    }
    return layer_frame("works", columns)


def _inspections(memorials: Memorials, works: list[Work], rng: np.random.Generator) -> pd.DataFrame:
    """Rounds back from the last, which has the register's scores; before that better, or worse before a repair."""
    repaired = {work.memorial: work.finished for work in works if work.state == "accepted"}
    scores = memorials.frame[["structure_score", "inscription_score", "surroundings_score"]].to_numpy(dtype=np.int64)
    ids = memorials.frame["id"].to_numpy(dtype=object)
    rows: list[tuple[str, int, Ints]] = []
    for k, memorial in enumerate(ids):
        every = INTERVAL_GRADED if memorials.graded[k] else INTERVAL
        late = rng.random() < 0.24
        age = int(rng.integers(every + 5, 2 * every + 60)) if late else int(rng.integers(1, every))
        now = scores[k].copy()
        while age < HISTORY:
            rows.append((memorial, age, now.copy()))
            before = age + round(every * rng.uniform(0.85, 1.3))
            if age <= repaired.get(k, -1.0) < before:
                now = np.minimum(now + rng.integers(1, 3, 3), 5)
            elif rng.random() < 0.16:
                now = np.maximum(now - (np.arange(3) == rng.integers(3)), 1)
            age = before
    table = pd.DataFrame({"memorial": [r[0] for r in rows], "age": [r[1] for r in rows]})
    found = np.array([r[2] for r in rows])
    table["condition"] = conditions(found)
    for column, values in zip(("structure_score", "inscription_score", "surroundings_score"), found.T, strict=True):
        table[column] = values
    table["note"] = ["需尽快处置" if worst >= 5 else None for worst in found.max(axis=1)]
    table = table.sort_values(["memorial", "age"], ascending=[True, False], kind="stable", ignore_index=True)
    table["id"] = [f"insp-{k:04d}" for k in range(1, len(table) + 1)]
    return table


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(date=days_before(table["age"].to_numpy()))


def _defects(memorials: Memorials, works: list[Work], inspections: pd.DataFrame, rng: np.random.Generator
             ) -> pd.DataFrame:
    """An open defect for each cause that the register names, and resolved ones behind finished works."""
    work_of = {work.memorial: work for work in works}
    rounds = dict(iter(inspections.groupby("memorial")))
    rows: list[tuple[Any, ...]] = []
    for k, (memorial, causes) in enumerate(zip(memorials.frame["id"], memorials.frame["causes"], strict=True)):
        history = rounds.get(memorial)
        work = work_of.get(k)
        if history is not None:
            scores = memorials.frame.loc[k, ["structure_score", "surroundings_score"]].to_numpy(dtype=int)
            for cause in causes:
                seen = history.iloc[-1 - int(rng.integers(0, min(3, len(history))))]
                rows.append((memorial, seen["id"], cause, _priority(cause, scores, work), seen["age"], np.nan))
        if work is not None and work.state == "accepted":
            cause = str(rng.choice(["crack", "subsidence", "illegible", "weeds"]))
            rows.append((memorial, None, cause, "F", work.reported + int(rng.integers(1, 40)), work.finished))
    table = pd.DataFrame(rows, columns=["memorial", "inspection", "cause", "priority", "age", "resolved_age"])
    return layer_frame("defects", table.assign(
        id=[f"def-{k:04d}" for k in range(1, len(table) + 1)],
        found=days_before(table["age"].to_numpy(dtype=float)),
        resolved=days_before(table["resolved_age"].to_numpy(dtype=float)),
        note=[f"巡查发现{CAUSE.label(cause).zh}" for cause in table["cause"]],
    ))


def _priority(cause: str, scores: Ints, work: Work | None) -> str:
    """A or B where the structure is in danger, else C or D; B and D when a solution is agreed; E, F on the way."""
    state = work.state if work is not None else ""
    if state == "building":
        return "F"
    if state == "handed_over":
        return "E"
    structure, surroundings = scores.tolist()
    danger = (cause in ("crack", "subsidence") and structure >= 4) or (cause == "encroachment" and surroundings == 5)
    agreed = state == "approved"
    if danger:
        return "B" if agreed else "A"
    return "D" if agreed else "C"


def _agreements(memorials: Memorials, rng: np.random.Generator) -> pd.DataFrame:
    """Most memorials have one; some have lapsed, some end within 90 days, and one township has signed none."""
    unsigned = rng.permutation(np.unique(memorials.township))[:UNSIGNED_TOWNSHIPS]
    signed = (rng.random(len(memorials.places)) < 0.9) & ~np.isin(memorials.township, unsigned)
    rows = []
    for k in np.flatnonzero(signed).tolist():
        left = int(rng.choice([rng.integers(91, 800), rng.integers(0, 91), -rng.integers(1, 300)],
                              p=[0.76, 0.11, 0.13]))
        term = 730 if left < 600 and rng.random() < 0.5 else 1096
        rows.append((memorials.frame["id"].iloc[k], memorials.frame["protecting_unit"].iloc[k], term - left, -left))
    table = pd.DataFrame(rows, columns=["memorial", "party", "begins", "ends"])
    return layer_frame("agreements", table.assign(
        id=[f"agr-{k:03d}" for k in range(1, len(table) + 1)],
        valid_from=days_before(table["begins"].to_numpy()), valid_to=days_before(table["ends"].to_numpy()),
    ))
