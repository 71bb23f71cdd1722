"""What the isochrone service answers with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import shapely

from app.services.answers.about import About
from layers.schema import Label, Vocabulary

DRAWN, TOO_SHORT, OFF_NETWORK = "drawn", "too_short", "off_network"

ORIGIN_STATE = Vocabulary("origin_state", {
    DRAWN: Label("已画出", "Drawn"),
    TOO_SHORT: Label("时间太短，走不到路上", "Too short to get to a road"),
    OFF_NETWORK: Label("离路网太远", "Off the network"),
})


@dataclass(frozen=True, slots=True)
class Origin:
    """One of the points that were asked about, and what became of it.

    ``road_m`` is how far the nearest road of the mode is; None where there are no roads, or none in this region.
    """

    id: str
    name: str
    lon: float
    lat: float
    state: str
    road_m: float | None


@dataclass(frozen=True, slots=True)
class Ring:
    """One polygon and what is counted in it, from travel times.

    Attributes
    ----------
    origin
        Id of the point; ``merged`` where they are drawn together.
    minutes, from_minutes
        Within ``minutes``; in a band, and not within ``from_minutes`` (elsewhere 0).
    households, persons
        Of those whose place is known and whom the viewer may know of; None where they are too few to tell.
    road_km, nodes
        Roads of the mode, part-way ones in part, and junctions; None in an estimate.
    area_km2
        Of the polygon.
    min_area_m2
        Islands and holes of the polygon larger than this are drawn; None in an estimate.
    shape
        In WGS 84; empty where nothing could be drawn. Not among the plain values.
    """

    origin: str
    name: str
    minutes: float
    from_minutes: float
    households: int | None
    persons: int | None
    too_few: bool
    road_km: float | None
    nodes: int | None
    area_km2: float
    min_area_m2: float | None
    shape: shapely.MultiPolygon

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "shape"}


@dataclass(frozen=True, slots=True)
class IsochroneReport:
    """The answer: every origin, and its rings from the shortest time to the longest."""

    about: About
    mode: str
    minutes: tuple[float, ...]
    direction: str
    merged: bool
    bands: bool
    estimate: bool
    origins: tuple[Origin, ...]
    rings: tuple[Ring, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **self.about.to_dict(),
            "mode": self.mode,
            "minutes": list(self.minutes),
            "direction": self.direction,
            "merged": self.merged,
            "bands": self.bands,
            "estimate": self.estimate,
            "origins": [asdict(origin) for origin in self.origins],
            "rings": [ring.to_dict() for ring in self.rings],
        }
