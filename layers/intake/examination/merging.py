"""Rows of a file over the rows that are stored: what the file does not bring stays as it was."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.fields import Field, Kind
from layers.intake.examination.rows import Mask, Rows, Values
from layers.intake.values.cells import read_cells
from layers.schema import WGS84, Layer

SAME_DEG = 2e-9
"""Coordinates are written with nine decimals."""
_SAME_SHARE = 1e-12
"""A workbook holds 15 digits of a number."""


def merged(rows: Rows, shapes: Values, stored: pd.DataFrame) -> pd.DataFrame:
    """A frame of the whole layer, indexed by the file's row numbers.

    Parameters
    ----------
    rows
        With ids.
    shapes
        Of WGS 84; None where the file has none.
    stored
        All fields and the geometry of the stored rows of these ids; the index is their id.

    Notes
    -----
    A column that the file has not, and an empty cell of one that it has, leave the stored value as it
    is; a cell marked for it empties it. A value that is the stored one but for its writing (blanks
    around a text, the last digit of a number) is the stored one.
    """
    ids = rows.value("id")
    at = stored.index.get_indexer(pd.Index(ids, dtype=object))
    columns = {spec.name: _column(rows, spec, stored, at) for spec in rows.layer.fields if spec.name != "id"}
    frame = pd.DataFrame({"id": ids, **columns}, index=pd.Index(rows.numbers, name="row"), columns=rows.layer.columns)
    if not rows.layer.spatial:
        return frame
    placed: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=gpd.array.from_shapely(_shapes(shapes, stored, at), crs=WGS84))
    return placed


def same_rows(layer: Layer, frame: pd.DataFrame, stored: pd.DataFrame) -> Mask:
    """Which rows of a conformed frame are stored just so; ``stored`` as in :func:`merged`."""
    at = stored.index.get_indexer(pd.Index(frame["id"].astype(object)))
    same = at >= 0
    for spec in layer.fields:
        if spec.name != "id":
            own, kept = _plain(frame[spec.name]), _at(_plain(stored[spec.name]), at)
            same &= np.array([a == b for a, b in zip(own, kept, strict=True)], dtype=bool)
    if layer.spatial:
        own, kept = np.asarray(frame["geometry"].array, dtype=object), _at(np.asarray(stored["geometry"].array, dtype=object), at)
        same &= shapely.equals_exact(own, kept, 0.0) | (shapely.is_missing(own) & shapely.is_missing(kept))
    return np.asarray(same, dtype=bool)


def _plain(values: pd.Series) -> Values:
    """Values with None where there is none; NA and NaN are not even themselves."""
    plain = values.astype(object).to_numpy(copy=True)
    if len(plain) and not isinstance(plain[0], tuple):
        plain[pd.isna(plain)] = None
    return plain


def _column(rows: Rows, spec: Field, stored: pd.DataFrame, at: np.ndarray) -> Values:
    kept = _at(_plain(stored[spec.name]), at)
    if spec.name not in rows.fields:
        return kept
    own, clear = rows.value(spec.name), rows.clear.get(spec.name, np.zeros(len(rows), dtype=bool))
    empty = np.array([value is None for value in own], dtype=bool)
    use_stored = (empty & ~clear) | (~empty & (at >= 0) & _same(spec, own, kept))
    return np.where(use_stored, _boxed(kept), _boxed(own))


def _at(values: Values, at: np.ndarray) -> Values:
    found = np.full(len(at), None, dtype=object)
    found[at >= 0] = values[at[at >= 0]]
    return found


def _boxed(values: Values) -> Values:
    # Tuples in an array of objects stay tuples.
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _same(spec: Field, own: Values, kept: Values) -> Mask:
    """Where the stored value, written down and read again, is what the file says."""
    if spec.kind is Kind.TEXT:
        again = read_cells(spec, pd.Series(kept, dtype=object)).taken.to_numpy(dtype=object)
        return np.array([a is not None and a == b for a, b in zip(again, own, strict=True)], dtype=bool)
    if spec.kind is Kind.NUMBER:
        return np.array([
            a is not None and b is not None and abs(a - b) <= _SAME_SHARE * abs(a) for a, b in zip(kept, own, strict=True)
        ], dtype=bool)
    return np.zeros(len(own), dtype=bool)


def _shapes(own: Values, stored: pd.DataFrame, at: np.ndarray) -> Values:
    kept = _at(np.asarray(stored["geometry"].array, dtype=object), at) if "geometry" in stored else np.full(len(at), None)
    missing = shapely.is_missing(own)
    return np.where(missing | same_places(own, kept), kept, own)


def same_places(own: Values, kept: Values) -> Mask:
    """Where two shapes are one to the digits that a file holds, wherever its rings begin and however they turn."""
    same = np.asarray(shapely.equals_exact(own, kept, SAME_DEG), dtype=bool)
    other = np.flatnonzero(~same & (shapely.get_type_id(own) > 0) & (shapely.get_type_id(own) == shapely.get_type_id(kept)))
    same[other] = shapely.equals_exact(own[other], kept[other], SAME_DEG, normalize=True)
    return same
