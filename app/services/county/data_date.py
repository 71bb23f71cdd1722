"""The day that answers are about."""

from __future__ import annotations

import datetime as dt

from app.services.errors import NoDataError
from layers.store import Store

_COUNTED_LAYERS = ("townships", "villages", "stations", "support_points", "households", "roads")


def data_date(store: Store) -> dt.date:
    """The day on which everything that is counted still held.

    Raises
    ------
    NoDataError
        When nothing has been loaded.
    """
    known = store.as_of(*_COUNTED_LAYERS)
    if known is None:
        msg = "库中还没有数据；请先运行 rongtu demo 或装入数据 (the store is empty; run rongtu demo or load data first)"
        raise NoDataError(msg)
    return known
