"""Households as points, for those who may see them: packed, because twenty thousand of them are drawn at once."""

from __future__ import annotations

import json
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from starlette.responses import Response

from app.api.dependencies import TheStore, TheViewer
from app.api.facility_query import FacilityQuery
from app.api.problems import documented
from app.services.coverage.points import POINT_STATUS, HouseholdPoints
from app.services.coverage.points import household_points as service
from geo.network import Floats

router = APIRouter(tags=["households"])

MEDIA_TYPE = "application/octet-stream"
PER_DEGREE = 1_000_000
NONE = 2**16 - 1
"""Stands where there are no minutes, or no facility; also for a time or a number that does not fit."""


@router.get(
    "/households/points", operation_id="getHouseholdPoints", summary="各户的点 Households as points",
    response_class=Response,
    responses={
        200: {
            "description": "点 Points",
            "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        },
        **documented(400, 403, 404, 409, 422, 503),
    },
)
def household_points(store: TheStore, viewer: TheViewer, query: Annotated[FacilityQuery, Query()]) -> Response:
    """各户的位置、到最近设施的分钟数与设施名，不含编号、姓名与类别。 Place, minutes and nearest facility of each household.

    Little-endian: the length of the header (uint32) and the header, JSON padded with spaces to whole
    words: ``count``, ``per_degree``, ``none``, ``statuses``, ``facilities`` (names), ``as_of``. Then
    ``count`` each of longitude and latitude (int32, divided by ``per_degree``), tenths of minutes rounded up and
    position of the facility (uint16, ``none`` where there is none), and position of the status (uint8).
    """
    points = service(viewer, store, mode=query.mode, choice=query.choice())
    return Response(packed(points), media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})


def tenths_up(minutes: Floats) -> Floats:
    """Tenths of minutes, the part of a tenth that has begun included; shape (n,).

    Classes of minutes end on whole ones, which belong to them: who is a second beyond one is in the
    next class here as well. What the arithmetic of seconds leaves behind begins no tenth.
    """
    tenths: Floats = np.ceil(np.round(minutes * 10, 6))
    return tenths


def packed(points: HouseholdPoints) -> bytes:
    """The points as they go over the wire."""
    head = json.dumps({
        "count": len(points.lng), "per_degree": PER_DEGREE, "none": NONE, "statuses": list(POINT_STATUS),
        "facilities": points.facilities, "as_of": points.about.as_of.isoformat(),
    }, ensure_ascii=False).encode()
    head += b" " * (-len(head) % 4)
    tenths = np.where(np.isnan(points.minutes), NONE, tenths_up(points.minutes))
    columns = (
        np.round(points.lng * PER_DEGREE).astype("<i4"),
        np.round(points.lat * PER_DEGREE).astype("<i4"),
        np.minimum(tenths, NONE).astype("<u2"),
        np.where((points.facility < 0) | (points.facility > NONE), NONE, points.facility).astype("<u2"),
        points.status,
    )
    return len(head).to_bytes(4, "little") + head + b"".join(column.tobytes() for column in columns)
