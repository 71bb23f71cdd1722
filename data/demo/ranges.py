"""Protection ranges of memorials: outlines with an offset for every side, and stated areas, a few of them wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from data.demo.frames import layer_frame, to_wgs84
from data.demo.grid import Floats, as_objects
from data.demo.memorials import Memorials
from data.demo.randomness import exact_share

MU_M2 = 2000 / 3
WITH_RANGE = 0.7
WRONG = 0.12
"""Share of the ranges whose stated area differs from the drawn one by more than 5 %."""
OFFSETS = ((2, 2, 1, 2), (2, 2, 2, 2), (3, 2, 2, 2), (5, 5, 3, 5), (1, 1, 1, 1), (2, 1, 1, 2))


def make_ranges(memorials: Memorials, rng: np.random.Generator) -> pd.DataFrame:
    """A protection range for most memorials and a control zone round the graded ones."""
    count = len(memorials.places)
    has_range = memorials.graded | exact_share(rng, ~memorials.graded, round(WITH_RANGE * count))
    ids = memorials.frame["id"].to_numpy(dtype=object)
    rows, shapes = [], []
    for k in np.flatnonzero(has_range).tolist():
        angle = rng.uniform(0, np.pi)
        offsets = np.array(OFFSETS[int(rng.integers(len(OFFSETS)))], dtype=float)
        if memorials.graded[k]:
            offsets *= 4
        zones = [("protection", offsets)] + ([("control", offsets + float(rng.integers(12, 30)))] if memorials.graded[k] else [])
        for zone, side in zones:
            shapes.append(_rectangle(memorials.places[k], memorials.outline[k], side, angle))
            rows.append((ids[k], zone, _basis(side)))
    area = shapely.area(as_objects(shapes)) / MU_M2
    wrong = exact_share(rng, np.ones(len(rows), dtype=bool), max(2, round(WRONG * len(rows))))
    factor = np.where(wrong, rng.choice([0.78, 0.86, 1.12, 1.3], len(rows)), 1.0)
    frame = pd.DataFrame(rows, columns=["memorial", "zone", "basis"])
    frame["stated_area_mu"] = [_stated(a) for a in area * factor]
    frame["id"] = frame["memorial"] + "-" + frame["zone"]
    return layer_frame("memorial_ranges", frame, to_wgs84(as_objects(shapes)))


def _rectangle(place: Floats, outline: Floats, offsets: Floats, angle: float) -> shapely.Polygon:
    """The outline, width by depth, moved out by its offsets: north, east, south, west before it is turned."""
    north, east, south, west = offsets
    half_width, half_depth = outline / 2
    box = shapely.box(-half_width - west, -half_depth - south, half_width + east, half_depth + north)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = shapely.get_coordinates(box) @ turn + place
    return shapely.Polygon(corners)


def _basis(offsets: Floats) -> str:
    north, east, south, west = (f"{metres:.0f}" for metres in offsets)
    return f"基准轮廓外扩：北{north}米、东{east}米、南{south}米、西{west}米"


def _stated(area_mu: float) -> float:
    """As an announcement would round it: four figures."""
    return float(f"{area_mu:.4g}")
