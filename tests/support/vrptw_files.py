"""Vehicle routing files in Solomon's format, as our own problem; times in tenths, truncated as the published optima ask."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geo.routing.problem import Problem, Shift, Visit


def read_vrptw(path: Path) -> Problem:
    """The problem of a file."""
    lines = [line.split() for line in path.read_text().splitlines()]
    n_vehicles, capacity = next((int(line[0]), int(line[1])) for line in lines if len(line) == 2 and line[0].isdigit())
    rows = np.array([line for line in lines if len(line) == 7 and line[0].isdigit()], float)
    xy = rows[:, 1:3]
    travel = np.floor(10 * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    visits = tuple(
        Visit(k, 10 * row[6], ((10 * row[4], 10 * row[5]),), load=row[3]) for k, row in enumerate(rows) if k
    )
    shift = Shift(0, 0, 10 * rows[0, 4], 10 * rows[0, 5], room=float(capacity))
    return Problem(travel[None], visits, (shift,) * n_vehicles, np.zeros((len(visits), n_vehicles)))
