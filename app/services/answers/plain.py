"""A value of the store as JSON has it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry


def plain(value: Any) -> Any:
    """A shape as GeoJSON, a day as YYYY-MM-DD, several codes as a list; None where there is nothing."""
    if isinstance(value, BaseGeometry):
        return shapely.geometry.mapping(value)
    if isinstance(value, tuple | list):
        return list(value)
    if pd.isna(value):
        return None
    if isinstance(value, dt.date | np.datetime64):
        return str(value)[:10]
    return value.item() if isinstance(value, np.generic) else value
