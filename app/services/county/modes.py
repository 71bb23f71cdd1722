"""Modes of travel: which there are, what they are called, and how their time is counted, in words."""

from __future__ import annotations

from collections.abc import Mapping

from geo.errors import ParameterError
from geo.snap import MAX_ACCESS_M
from geo.speeds import DETOUR_FACTOR, MODE_KPH, Mode
from layers.schema import Label

MODE_LABELS: Mapping[Mode, Label] = {
    Mode.WALK: Label("步行", "walking"),
    Mode.ELDER_WALK: Label("老人步行", "walking at an elder's pace"),
    Mode.EBIKE: Label("电动自行车", "e-bike"),
    Mode.DRIVE: Label("驾车", "driving"),
}


def known_mode(mode: Mode | str) -> Mode:
    """The mode of that name.

    Raises
    ------
    ParameterError
        When there is none.
    """
    try:
        return Mode(mode)
    except ValueError:
        msg = f"没有出行方式“{mode}”，可用：{'、'.join(Mode)} (no such mode; use one of these)"
        raise ParameterError(msg) from None


def travel_rule(mode: Mode, *, estimate: bool) -> Label:
    """How the time of ``mode`` is counted: part of every rule.

    Parameters
    ----------
    mode
        How people travel.
    estimate
        Whether times go by the straight line, for want of roads.
    """
    by_road = mode is Mode.DRIVE and not estimate
    return Label(
        ("按道路等级车速" if by_road else f"{MODE_KPH[mode]:g} 公里/小时")
        + (
            f"，直线距离 × {DETOUR_FACTOR:g}（估算）"
            if estimate
            else f"，沿路网计时；离路步行 {mode.access_kph:g} 公里/小时，离路超过 {MAX_ACCESS_M:g} 米为路网外"
        ),
        ("at the speed of the road class" if by_road else f"at {MODE_KPH[mode]:g} km/h")
        + (
            f", straight line × {DETOUR_FACTOR:g} (estimate)"
            if estimate
            else f", along the roads; off the road on foot at {mode.access_kph:g} km/h, "
            f"farther than {MAX_ACCESS_M:g} m from a road is off the network"
        ),
    )
