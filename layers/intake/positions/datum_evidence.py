"""Which datum a file is likeliest in: how many of its points fall in the village that they name, under each.

The evidence is for a person to decide by: nothing is converted here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from geo.crs import Bounds, metric_crs, project
from layers.fields import Label
from layers.intake.positions.datum import Datum, is_metres, locate

SAMPLE = 2_000
"""Rows that are tested, spread evenly over the file."""
FAR_M = 5_000.0
"""A point farther off than this counts as this far: one row with a wrong place does not decide."""


NAMED_UNIT = Label("所写的村或乡镇", "the unit that they name")
COUNTY = Label("本县", "the county")


@dataclass(frozen=True, slots=True)
class DatumEvidence:
    """One datum: of ``tested`` points ``inside`` fall where they should; ``off_m`` is the mean distance to it.

    ``impossible`` points cannot be meant in this datum at all; they count as tested and not inside.
    """

    datum: Datum
    inside: int
    tested: int
    impossible: int
    off_m: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The datums, best first; ``likeliest`` is None where they cannot be told apart, and ``reason`` says why.

    Points should fall in ``ground``: the unit that each names, or the county. ``metres`` tells that the numbers are too
    large for degrees.
    """

    lines: tuple[DatumEvidence, ...]
    likeliest: Datum | None
    reason: Label
    ground: Label = NAMED_UNIT
    metres: bool = False


def likeliest(
    x: ArrayLike,
    y: ArrayLike,
    named_village: Sequence[str | None],
    named_township: Sequence[str | None],
    villages: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame,
    datums: Sequence[Datum],
    *,
    around: Bounds | None = None,
) -> Evidence:
    """Hold each datum against the ground.

    Parameters
    ----------
    x, y
        Numbers as the file has them, shape (n,); NaN where there is none.
    named_village, named_township
        Ids of the village and the township that each row names; None where it names none.
    villages, townships
        With ``id``, geometry of WGS 84. A row is tested against its village if that has a boundary, else
        against its township.
    datums
        Those to compare, see :func:`layers.intake.positions.datum.candidates`.
    around
        Bounds of the region, to mend swapped values by.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    areas = _areas(named_village, villages)
    areas = np.where(shapely.is_missing(areas), _areas(named_township, townships), areas)
    metres = is_metres(x, y)
    ground = NAMED_UNIT
    given = ~np.isnan(x) & ~np.isnan(y)
    if metres and not (given & ~shapely.is_missing(areas)).any():
        # Zones lie so far apart that the county alone tells them.
        areas, ground = _county(len(x), townships, villages), COUNTY
    usable = np.flatnonzero(~shapely.is_missing(areas) & given)
    if len(usable) > SAMPLE:
        usable = usable[np.linspace(0, len(usable) - 1, SAMPLE).astype(int)]
    if len(usable) == 0 or not datums:
        return Evidence((), None, NO_UNIT, ground, metres)
    crs = metric_crs(tuple(shapely.total_bounds(areas[usable])))
    grounds, which = _distinct(areas[usable], crs)
    found = [_tested(x[usable], y[usable], datum, grounds, which, crs, around) for datum in datums]
    order = sorted(range(len(found)), key=lambda k: (-found[k][0].inside, found[k][0].off_m))
    lines = tuple(found[k][0] for k in order)
    return Evidence(lines, *_judged(lines, [found[k][1] for k in order], ground), ground, metres)


NO_UNIT = Label("依据不足：没有一行写明有边界的村或乡镇", "not enough evidence: no row names a village or township with a boundary")


def _county(n: int, *layers: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The whole county for each of ``n`` rows; None where no boundary is known."""
    for units in layers:
        shapes = units.geometry.to_numpy()
        areas = shapes[np.isin(shapely.get_type_id(shapes), [3, 6])]
        if len(areas):
            return np.full(n, shapely.union_all(shapely.make_valid(areas)), dtype=object)
    return np.full(n, None, dtype=object)


def _areas(named: Sequence[str | None], units: gpd.GeoDataFrame) -> NDArray[np.object_]:
    shapes = units.geometry.to_numpy()
    polygonal = np.isin(shapely.get_type_id(shapes), [3, 6])
    known = dict(zip(units["id"].to_numpy()[polygonal], shapes[polygonal], strict=True))
    return np.array([known.get(name) for name in named], dtype=object)


def _distinct(areas: NDArray[np.object_], crs: CRS) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Each area once, in metres and prepared, and which one a row is about."""
    _, firsts, which = np.unique([id(area) for area in areas], return_index=True, return_inverse=True)
    once = areas[firsts]
    grounds = np.array(gpd.GeoSeries(once, crs="EPSG:4326").to_crs(crs).to_numpy(), dtype=object)
    shapely.prepare(grounds)
    return grounds, which


def _tested(
    x: NDArray[np.float64], y: NDArray[np.float64], datum: Datum, grounds: NDArray[np.object_],
    which: NDArray[np.intp], crs: CRS, around: Bounds | None,
) -> tuple[DatumEvidence, NDArray[np.bool_]]:
    place = locate(x, y, datum, around=around)
    known = ~np.isnan(place.lon)
    off_m = np.full(len(x), FAR_M)
    if known.any():
        metres = project(np.column_stack([place.lon[known], place.lat[known]]), crs)
        # Out of the projection's reach is far in any case.
        metres = np.where(np.isfinite(metres), metres, 1e9)
        off_m[known] = np.minimum(shapely.distance(grounds[which[known]], shapely.points(metres)), FAR_M)
    inside = off_m == 0
    line = DatumEvidence(datum, int(inside.sum()), len(x), int((~known).sum()), float(off_m.mean()))
    return line, inside


def _judged(
    lines: tuple[DatumEvidence, ...], inside: list[NDArray[np.bool_]], ground: Label
) -> tuple[Datum | None, Label]:
    best = lines[0]
    said = Label(
        f"按“{best.datum.label.zh}”有 {best.inside}/{best.tested} 个点落在{ground.zh}内",
        f"as {best.datum.label.en}, {best.inside} of {best.tested} points fall in {ground.en}",
    )
    if best.inside * 2 < best.tested:
        return None, Label(f"依据不足：{said.zh}，不到一半", f"not enough evidence: {said.en}, less than half")
    for other, within in zip(lines[1:], inside[1:], strict=True):
        won, lost = int((inside[0] & ~within).sum()), int((within & ~inside[0]).sum())
        # Of the points that tell the two apart, more than chance must speak for the best: two standard deviations.
        if won - lost < max(3.0, 2 * math.sqrt(won + lost)):
            return None, Label(
                f"依据不足：“{best.datum.label.zh}”与“{other.datum.label.zh}”分不清"
                f"（{best.inside} 与 {other.inside} 个点，共 {best.tested} 个）",
                f"not enough evidence: {best.datum.label.en} and {other.datum.label.en} cannot be told apart "
                f"({best.inside} and {other.inside} of {best.tested} points)",
            )
    return best.datum, said
