"""Frames of every layer, drawn by Hypothesis: whole counties that break no rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import strategies as st

from layers.registry import LAYERS
from layers.schema import Field, Kind, Layer

# Chinese from both planes, an emoji, quotes, signs that SQL, JSON and COPY treat specially, and plain Latin.
ALPHABET = "荣图县𠮷镇村「」“”，。🎖é ß'\"\\%_;,:{}[]\n\tNULLnull\\N01aZ-\u200b\u3000"
TEXT = st.one_of(st.text(ALPHABET, min_size=1, max_size=12), st.text(st.characters(exclude_categories=["Cs"],
                 exclude_characters="\0"), min_size=1, max_size=8)).filter(str.strip)
DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
LONGITUDES = st.floats(-179, 178, allow_subnormal=False)
LATITUDES = st.floats(-89, 88, allow_subnormal=False)


@st.composite
def shapes(draw: st.DrawFn, kind: str) -> shapely.Geometry:
    """Draw a valid shape of one type, now and then with heights."""
    x, y = draw(LONGITUDES), draw(LATITUDES)
    size = draw(st.floats(1e-3, 0.4))
    outer = shapely.box(x, y, x + size, y + size)
    ring = shapely.box(x + size / 4, y + size / 4, x + size / 2, y + size / 2)
    line = shapely.LineString([(x, y), (x + size, y), (x + size, y + size / 3)])
    shape = {
        "Point": shapely.Point(x, y),
        "LineString": line,
        "MultiLineString": shapely.MultiLineString([line, [(x, y + size), (x + size, y + size)]]),
        "Polygon": outer.difference(ring) if draw(st.booleans()) else outer,
        "MultiPolygon": shapely.MultiPolygon([outer, shapely.box(x + 0.5, y, x + 0.75, y + 0.5)]),
    }[kind]
    return shapely.force_3d(shape, 321.5) if draw(st.booleans()) else shape


def _values(spec: Field) -> st.SearchStrategy[Any]:
    if spec.pattern is not None:
        return st.from_regex(spec.pattern, fullmatch=True, alphabet="0123456789X")
    low = -1_000_000 if spec.minimum is None else spec.minimum
    high = 1_000_000 if spec.maximum is None else spec.maximum
    codes = st.sampled_from(list(spec.vocabulary or ["-"]))
    return {
        Kind.TEXT: TEXT,
        Kind.INTEGER: st.integers(int(low), int(high)),
        Kind.NUMBER: st.floats(low, high),
        Kind.BOOLEAN: st.booleans(),
        Kind.DATE: DAYS,
        Kind.CHOICE: codes,
        Kind.CHOICES: st.lists(codes, max_size=4),
    }[spec.kind]


@st.composite
def frames(draw: st.DrawFn, layer: Layer, known: dict[str, list[str]], max_rows: int = 4) -> pd.DataFrame:
    """Draw rows of one layer that break none of its rules; references lead to ``known`` ids."""
    ids = draw(st.lists(TEXT, max_size=max_rows, unique=True))
    rows = []
    for key in ids:
        row: dict[str, Any] = {"id": key}
        for spec in layer.fields[1:]:
            targets = [target for name in spec.references for target in known.get(name, [])]
            values = (st.sampled_from(targets) if targets else st.none()) if spec.references else _values(spec)
            row[spec.name] = draw(values if spec.required else st.none() | values)
        if layer.spatial:
            shape = st.sampled_from(layer.geometry).flatmap(shapes)
            row["geometry"] = draw(shape if layer.geometry_required else st.none() | shape)
        rows.append(row)
    columns = [*layer.columns, *(["geometry"] if layer.spatial else [])]
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    # Two dates in the wrong order are no use here: what breaks a rule is left out.
    frame = frame.drop(index=sorted(layer.check(frame).rows()))
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326") if layer.spatial else frame


@st.composite
def counties(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Draw a frame of every layer, with references that are all found."""
    known: dict[str, list[str]] = {}
    drawn: dict[str, pd.DataFrame] = {}
    for name, layer in LAYERS.items():
        drawn[name] = draw(frames(layer, known, max_rows=3))
        known[name] = drawn[name]["id"].tolist()
    return drawn
