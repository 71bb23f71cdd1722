"""The townships or villages that an answer is told by, and which of them every household belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from app.roles import Viewer
from app.services.county.areas import Areas
from app.services.county.homes import Homes
from geo.errors import ParameterError
from geo.network import Ints
from layers.schema import Label

By = Literal["township", "village"]

NOWHERE = Label("未归属", "In no area")
"""What households that lie in no area are listed under."""


@dataclass(frozen=True)
class Units:
    """Units in the viewer's reach, ordered by code.

    Attributes
    ----------
    frame
        By id: ``code``, ``name``, ``township`` (its code, empty for none), ``township_name``, geometry.
    of : ndarray, shape (n_households,)
        Position of each household's unit; ``len(frame)`` for households in none.
    """

    frame: gpd.GeoDataFrame
    of: Ints


def known_by(by: str) -> By:
    """The level of that name.

    Raises
    ------
    ParameterError
        When there is none.
    """
    for level in get_args(By):
        if by == level:
            found: By = level
            return found
    msg = f"没有分区级别“{by}”，可用：township、village (no such level; use township or village)"
    raise ParameterError(msg)


def units(homes: Homes, by: By, viewer: Viewer) -> Units:
    """The units of one level, and the unit of every household."""
    frame, of = _listed(homes.areas, by, viewer), homes.township if by == "township" else homes.village
    position = pd.Series(np.arange(len(frame)), index=frame.index)
    return Units(frame, pd.Series(of).map(position).fillna(len(frame)).to_numpy(dtype=np.int64))


def _listed(areas: Areas, by: By, viewer: Viewer) -> gpd.GeoDataFrame:
    frame = areas.townships if by == "township" else areas.villages
    township = frame.index.to_series() if by == "township" else frame["township"]
    codes = dict(zip(areas.townships.index, areas.townships["code"], strict=True))
    names = dict(zip(areas.townships.index, areas.townships["name"], strict=True))
    listed: gpd.GeoDataFrame = frame.assign(
        name=frame["name"].fillna(frame["code"]),
        township=np.array([codes.get(t, "") for t in township], dtype=object),
        township_name=np.array([names.get(t) or codes.get(t, "") for t in township], dtype=object),
    )
    # Of a frame without rows an empty list would take the columns.
    kept = np.array([viewer.reaches(t) for t in township], dtype=bool)
    return listed[kept].sort_values("code", kind="stable")
