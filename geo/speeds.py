"""Modes of travel and how fast they go where the road does not say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Mode(StrEnum):
    """How people get there."""

    WALK = "walk"
    ELDER_WALK = "elder_walk"
    EBIKE = "ebike"
    DRIVE = "drive"

    @property
    def on_foot(self) -> bool:
        """True for both walking modes."""
        return self in (Mode.WALK, Mode.ELDER_WALK)

    @property
    def access_kph(self) -> float:
        """Speed of the walk between a point and its road."""
        return MODE_KPH[self] if self.on_foot else MODE_KPH[Mode.WALK]


MODE_KPH: Mapping[Mode, float] = {Mode.WALK: 4.5, Mode.ELDER_WALK: 3.0, Mode.EBIKE: 15.0, Mode.DRIVE: 30.0}
"""km/h; driving goes by the road, and by this figure only where there are no roads to go by."""

DETOUR_FACTOR = 1.3
"""How much longer a way is than the straight line, where there is no road layer."""
