"""The limits that may be asked for: any by who may see single households, a few far apart by who may see counts only."""

from __future__ import annotations

from app.roles import Viewer
from geo.coverage import check_limit
from geo.errors import ParameterError

COUNTS_MINUTES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 240)
"""Limits in minutes of who may see counts only: what two close ones differ by would be single households."""


def limit_for(viewer: Viewer, minutes: float) -> float:
    """The limit in seconds, if ``viewer`` may ask for it.

    Raises
    ------
    ParameterError
        When it is none, or is not one of :data:`COUNTS_MINUTES` and the viewer may only see counts.
    """
    limit_s = check_limit(minutes * 60)
    if not viewer.points and minutes not in COUNTS_MINUTES:
        given = "、".join(map(str, COUNTS_MINUTES))
        msg = (
            f"只能查看汇总数时，时限须取 {given} 分钟之一，得到 {minutes:g}：相近时限之差会显出单户 "
            f"(where only counts are shown the limit is one of {given.replace('、', ', ')} minutes: what close limits "
            "differ by would show single households)"
        )
        raise ParameterError(msg)
    return limit_s
