"""Boundary relations to townships, and the name of the region they make."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from layers.errors import IntakeError
from layers.intake.osm.reader import Box, Relation
from layers.intake.osm.report import Tally
from layers.intake.osm.tags import display_name, division_code, township_kind
from layers.schema import WGS84, Label

BOUNDARIES = Label("{level} 级行政边界", "boundaries of level {level}")
INCOMPLETE = Label("边界线不全（在文件边界处被截断）", "boundary ways are missing from the file (cut at its edge)")
NOT_CLOSED = Label("边界不闭合，无法成面", "its boundary does not close to an area")
NO_NAME = Label("没有名称", "has no name")
OUTSIDE = Label("大部分在文件范围之外", "lies mostly outside the file's extent")
NEIGHBOUR = Label("属于文件中不完整的邻区", "belongs to a neighbouring region that is not complete in the file")

Shapes = Mapping[int, Any]
"""Relation number to its area: valid, not empty, as :func:`polygonal` gives it."""


def level_of(relation: Relation) -> int | None:
    """Administrative level, None when it is not a plain number."""
    value = relation.tags.get("admin_level", "").strip()
    return int(value) if value.isascii() and value.isdigit() else None


def require_level(path: Path, relations: Sequence[Relation], level: int) -> None:
    """Refuse a file in which no boundary of ``level`` is complete, and say which levels there are.

    Raises
    ------
    IntakeError
        With the levels present and how many of each are complete.
    """
    present = Counter(found for r in relations if (found := level_of(r)) is not None)
    whole = Counter(found for r in relations if (found := level_of(r)) is not None and not r.missing and r.ways)
    if whole[level]:
        return
    if not present:
        msg = (
            f"“{path.name}”里没有行政边界（boundary=administrative 的关系），无法划分乡镇；"
            "文件可能被截断，或导出时没有带上关系 "
            f"({path.name} has no administrative boundary relations to make townships of; "
            "it may be cut off or exported without relations)"
        )
        raise IntakeError(msg)
    zh = "、".join(f"{k} 级 {n} 个（完整 {whole[k]} 个）" for k, n in sorted(present.items()))
    en = ", ".join(f"level {k}: {n} ({whole[k]} complete)" for k, n in sorted(present.items()))
    state_zh, state_en = ("都不完整", "are all incomplete") if present[level] else ("没有", "are absent")
    msg = (
        f"“{path.name}”里 {level} 级行政边界{state_zh}，无法划分乡镇；文件里有：{zh}。"
        "请用 --township-level 指定其中一级 "
        f"(boundaries of level {level} {state_en} in {path.name}; it has {en}; choose one with --township-level)"
    )
    raise IntakeError(msg)


def make_townships(
    relations: Sequence[Relation], shapes: Shapes, *, level: int, box: Box | None, day: dt.date, left_out: Tally
) -> gpd.GeoDataFrame:
    """Townships of the chosen level that the file holds whole.

    A boundary is left out when ways of it are missing, it does not close, it has no name, more
    than half of it lies outside ``box``, or it belongs to a neighbouring region: the file holds
    one or more complete regions of a broader level with most of the townships in them, and an
    incomplete one of that level beside them, and the township is in none of the complete ones.
    """
    what = Label(*(text.format(level=level) for text in BOUNDARIES))
    kept: list[Relation] = []
    for relation in sorted(relations, key=lambda r: r.number):
        if level_of(relation) != level:
            continue
        reason = _why_not(relation, shapes, box)
        if reason is None:
            kept.append(relation)
        else:
            left_out.add(what, reason, names=[display_name(relation.tags) or f"r{relation.number}"])
    home = _home_region(relations, shapes, kept, level)
    if home is not None:
        inside = shapely.covers(home, _inner_points(kept, shapes))
        for relation in (r for r, within in zip(kept, inside, strict=True) if not within):
            left_out.add(what, NEIGHBOUR, names=[display_name(relation.tags) or ""])
        kept = [r for r, within in zip(kept, inside, strict=True) if within]
    names = [display_name(r.tags) or "" for r in kept]
    return gpd.GeoDataFrame({
        "id": [f"osm-r{r.number}" for r in kept],
        "code": [division_code(r.tags, (9, 12)) for r in kept],
        "name": names,
        "kind": [township_kind(name) for name in names],
        "boundary_source": ["OpenStreetMap"] * len(kept),
        "boundary_date": [day.isoformat()] * len(kept),
    }, geometry=[shapes[r.number] for r in kept], crs=WGS84)


def region_name(relations: Sequence[Relation], shapes: Shapes, townships: gpd.GeoDataFrame, level: int) -> str | None:
    """Name of the smallest complete boundary of a broader level that covers all townships."""
    points = shapely.point_on_surface(townships.geometry.to_numpy())
    around = [
        (shapely.area(shapes[r.number]), name)
        for r in relations
        if (level_of(r) or level) < level and r.number in shapes and (name := display_name(r.tags))
        and shapely.covers(shapes[r.number], points).all()
    ]
    if around:
        return min(around)[1]
    return str(townships["name"].iloc[0]) if len(townships) == 1 else None


def polygonal(shape: Any) -> Any:
    """The areas of ``shape`` made valid; a single one is a Polygon."""
    if not shapely.is_valid(shape):
        parts = shapely.get_parts(shapely.make_valid(shape))
        flat = [p for part in parts for p in shapely.get_parts(part) if p.geom_type == "Polygon"]
        shape = shapely.union_all(flat)
    return shapely.get_geometry(shape, 0) if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape


def _why_not(relation: Relation, shapes: Shapes, box: Box | None) -> Label | None:
    if relation.missing or not relation.ways:
        return INCOMPLETE
    shape = shapes.get(relation.number)
    if shape is None:
        return NOT_CLOSED
    if not display_name(relation.tags):
        return NO_NAME
    if box is not None and shapely.area(shapely.clip_by_rect(shape, *box)) < shapely.area(shape) / 2:
        return OUTSIDE
    return None


def _home_region(relations: Sequence[Relation], shapes: Shapes, kept: Sequence[Relation], level: int) -> Any | None:
    """Union of the complete regions of the broadest level that hold most of ``kept``, if others are cut."""
    if not kept:
        return None
    points = _inner_points(kept, shapes)
    broader = sorted({found for r in relations if (found := level_of(r)) is not None and found < level})
    for candidate in broader:
        same = [r for r in relations if level_of(r) == candidate]
        whole = [shapes[r.number] for r in same if r.number in shapes]
        if not whole:
            continue
        union = shapely.union_all(whole)
        if np.count_nonzero(shapely.covers(union, points)) * 2 > len(kept):
            return union if len(whole) < len(same) else None
    return None


def _inner_points(relations: Sequence[Relation], shapes: Shapes) -> NDArray[np.object_]:
    return shapely.point_on_surface(np.array([shapes[r.number] for r in relations], dtype=object))
