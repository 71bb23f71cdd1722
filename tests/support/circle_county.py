"""The small county with support points of its own, their circles counted by hand.

Walking 15 minutes is 1,125 m. With the usual recipe (medical, shopping, finance, catering, station
or post) the circles are: h01 and h10 full; h02 and h03 lack catering (4 of 5); h04 has shopping and
finance, h05 finance and the post (2 of 5); h08 (cut off) and h09 (off the network) have nothing; the
places of h06 and h07 are not known.
"""

from __future__ import annotations

import geopandas as gpd
from small_county import at, frame, frames, line

PLACES = {
    # id: kind, business, x, agreement to
    "medical": ("health", "medical", 1000, None),
    "shop": ("merchant", "shopping", 2000, "2030-01-01"),
    "bank": ("window", "finance", 1900, "2026-10-31"),  # the data's own date: its last day
    "bank2": ("window", "finance", 5000, None),
    "noodles": ("merchant", "catering", 0, "2030-01-01"),
    "post": ("post", None, 5000, None),
    "gone": ("merchant", "catering", 2050, "2026-10-30"),  # ended the day before
}
SCORES = {"h01": 1.0, "h02": 0.8, "h03": 0.8, "h04": 0.4, "h05": 0.4, "h08": 0.0, "h09": 0.0, "h10": 1.0}


def support_points(*left_out: str) -> gpd.GeoDataFrame:
    """The places of :data:`PLACES` and a street of shops, without some."""
    rows = [
        {"id": i, "name": f"{i}点", "kind": kind, "business": business, "agreement_to": to, "precision": "door",
         "offer": "九折" if kind == "merchant" else None, "geometry": at(x, 0)}
        for i, (kind, business, x, to) in PLACES.items()
    ]  # fmt: skip
    rows.append({"id": "street", "name": "双拥街", "kind": "street", "precision": "door", "geometry": line((2000, 0), (2200, 0))})
    return frame([row for row in rows if row["id"] not in left_out])


def circle_frames(*left_out: str) -> dict[str, gpd.GeoDataFrame]:
    """Every layer of the small county, with these support points."""
    return {**frames(), "support_points": support_points(*left_out)}
