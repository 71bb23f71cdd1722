"""Values of a frame's columns in the type of their field, whole columns at a time."""

from __future__ import annotations

import datetime as dt
import math
from functools import lru_cache
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.fields import Field, Kind

WGS84 = "EPSG:4326"
Mask = np.ndarray[Any, np.dtype[np.bool_]]
Values: TypeAlias = "pd.Series[Any]"

_LARGEST_EXACT = 2**53
_TRUTH = {1.0: True, 0.0: False}


def coerce(spec: Field, values: Values) -> tuple[Values, Mask]:
    """Values in the field's own type, and where they could not be brought to it."""
    if spec.kind is Kind.CHOICES:
        return _choices(values)
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    missing = _missing(values)
    if spec.kind in (Kind.INTEGER, Kind.NUMBER):
        return _numbers(values, missing, whole=spec.kind is Kind.INTEGER)
    if spec.kind is Kind.BOOLEAN:
        return _flags(values, missing)
    if spec.kind is Kind.DATE:
        return _days(values, missing)
    return _texts(values, missing)


def absent(spec: Field, index: pd.Index[Any]) -> Values:
    """A column of missing values, in the field's own type."""
    return coerce(spec, pd.Series(None, index=index, dtype=object))[0]


def shapes_of(frame: pd.DataFrame) -> tuple[np.ndarray[Any, np.dtype[np.object_]], Mask]:
    """Flat shapes of a frame in WGS 84, None where there is none, and where something else stands.

    A GeoDataFrame in another system is brought to WGS 84; one without a system is taken to be in it.
    """
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        geometry = frame.geometry
        if geometry.crs is not None and geometry.crs != WGS84:
            geometry = geometry.to_crs(WGS84)
        found = np.asarray(geometry.array, dtype=object)
    elif "geometry" in frame:
        found = frame["geometry"].to_numpy(dtype=object)
    else:
        found = np.full(len(frame), None, dtype=object)
    shaped = shapely.is_geometry(found)
    bad = ~shaped
    bad[bad] = [not is_missing(value) for value in found[bad]]
    shapes = np.full(len(frame), None, dtype=object)
    shapes[shaped] = found[shaped]
    shapes[shapely.is_empty(shapes)] = None
    return np.asarray(shapely.force_2d(shapes), dtype=object), bad


def is_missing(value: object) -> bool:
    """True for what stands for "nothing": None, NaN, NA, NaT, an empty list, or blank text."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return len(value) == 0
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return value is None or value is pd.NaT or value is pd.NA


def _missing(values: Values) -> Mask:
    if values.dtype == object:
        return np.array([is_missing(value) for value in values], dtype=bool)
    missing = values.isna()
    if isinstance(values.dtype, pd.StringDtype):
        missing |= (values.str.strip() == "").fillna(value=True)
    return np.asarray(missing, dtype=bool)


def _choices(values: Values) -> tuple[Values, Mask]:
    parsed = [_codes(value) for value in values]
    bad = np.array([codes is None for codes in parsed], dtype=bool)
    # A list of tuples would be taken for rows of a table.
    tidy = np.empty(len(parsed), dtype=object)
    for k, codes in enumerate(parsed):
        tidy[k] = codes or ()
    return pd.Series(tidy, index=values.index, dtype=object), bad


def _codes(value: object) -> tuple[str, ...] | None:
    if is_missing(value):
        return ()
    if isinstance(value, set | frozenset) and all(isinstance(v, str) for v in value):
        return tuple(sorted(value))
    if isinstance(value, list | tuple | np.ndarray) and all(isinstance(v, str) and storable(v) for v in value):
        return tuple(str(v) for v in value)
    return None


def _numbers(values: Values, missing: Mask, *, whole: bool) -> tuple[Values, Mask]:
    # True, dates and lists are no numbers, though pandas can be talked into some of them.
    if values.dtype == object:
        usable = np.array([_is_number(value) for value in values], dtype=bool)
    else:
        numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
        usable = np.full(len(values), numeric or isinstance(values.dtype, pd.StringDtype))
    plain = np.full(len(values), np.nan)
    use = usable & ~missing
    plain[use] = pd.to_numeric(values[use], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    bad = ~missing & ~np.isfinite(plain)
    if whole:
        with np.errstate(invalid="ignore"):
            bad |= use & ((plain % 1 != 0) | (np.abs(plain) > _LARGEST_EXACT))
    numbers = pd.Series(np.where(bad, np.nan, plain), index=values.index)
    return (numbers.astype("Int64") if whole else numbers), bad


def _is_number(value: object) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) <= _LARGEST_EXACT
    return isinstance(value, str | float | np.integer | np.floating)


def _flags(values: Values, missing: Mask) -> tuple[Values, Mask]:
    flags = [
        None if m or not isinstance(v, bool | int | float | np.bool_ | np.number) else _TRUTH.get(float(v))
        for v, m in zip(values, missing, strict=True)
    ]
    bad = np.array([flag is None for flag in flags], dtype=bool) & ~missing
    return pd.Series(flags, index=values.index, dtype="boolean"), bad


def _days(values: Values, missing: Mask) -> tuple[Values, Mask]:
    """Days; a time of day and a time zone are dropped, the written day stays."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    if values.dtype.kind != "M":
        values = pd.Series([_day(value) for value in values.astype(object)], index=values.index, dtype="datetime64[s]")
    days = values.dt.normalize().astype("datetime64[s]")
    years = days.dt.year.to_numpy()
    days = days.where((years >= dt.MINYEAR) & (years <= dt.MAXYEAR))
    return days, ~missing & days.isna().to_numpy()


def _day(value: object) -> dt.date | np.datetime64[Any] | None:
    if isinstance(value, str):
        return _written_day(value)
    if value is pd.NaT:  # a datetime, and yet no date
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date | np.datetime64) else None


@lru_cache(maxsize=65_536)
def _written_day(text: str) -> dt.date | None:
    parts = text.replace("T", " ").split()
    if not parts:
        return None
    day = pd.to_datetime(parts[0], errors="coerce", format="ISO8601")
    return day.date() if isinstance(day, pd.Timestamp) else None


def _texts(values: Values, missing: Mask) -> tuple[Values, Mask]:
    if isinstance(values.dtype, pd.StringDtype) and values.dtype.storage == "pyarrow":
        # Arrow holds valid Unicode only; what remains is the NUL that PostgreSQL refuses.
        bad = values.str.contains("\0", regex=False).fillna(False).to_numpy(dtype=bool) & ~missing
    else:
        bad = np.array([not m and not storable(v) for v, m in zip(values, missing, strict=True)], dtype=bool)
    return values.astype(object).where(~(missing | bad), None).astype("str"), bad


def storable(value: object) -> bool:
    """True for text that can be written as UTF-8 and that both back ends take."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
