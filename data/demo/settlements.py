"""Where people settle: seats of townships, centres of villages, hamlets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from data.demo.grid import Bools, Floats, Ints
from data.demo.movement import Land
from data.demo.size import CountySize
from geo.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Places:
    """Nodes of the land where villages have their centres.

    ``centres`` begins with the seats of the townships (the county town's first), then come
    ``urban`` communities of the county town, ``suburban`` ones of the other towns, and villages.
    """

    centres: Ints
    townships: int
    urban: int
    suburban: int

    @property
    def seats(self) -> Ints:
        """Centres of the townships' seats."""
        return self.centres[:self.townships]

    def is_urban(self, subdistricts: int) -> Bools:
        """Which centres lie in the county town."""
        place = np.arange(len(self.centres))
        return (place < subdistricts) | ((place >= self.townships) & (place < self.townships + self.urban))

    def is_suburban(self) -> Bools:
        """Which centres are communities of towns other than the county town."""
        place = np.arange(len(self.centres))
        first = self.townships + self.urban
        return (place >= first) & (place < first + self.suburban)


class Settler:
    """Weighted random sequential choice of nodes that keep their distance."""

    def __init__(self, land: Land, rng: np.random.Generator) -> None:
        self.land = land
        self.rng = rng
        self.places = land.places
        shape = land.landscape
        self.edge = land.at(shape.edge_distance)
        self.slope = land.at(shape.slope)
        self.above = land.at(shape.above_stream)
        self.dry = land.at(land.river_penalty) == 0
        fit = np.exp(-self.slope / 0.07) * np.exp(-self.above / 38) * self.dry
        fit = fit * np.exp(-land.at(shape.height) / 700) * (self.edge > 350)
        fit = fit * np.where(land.at(shape.river_distance) < 90, 0.15, 1)
        self.fitness = fit + 2e-5 * np.exp(-self.slope / 0.12)

    def distance(self, node: int) -> Floats:
        """Straight distance from a node to all, metres."""
        return np.asarray(np.hypot(*(self.places - self.places[node]).T))

    def pick(self, weight: Floats, count: int, apart: Floats | float, taken: list[int] | None = None,
             tries: int = 60_000) -> list[int]:
        """Up to ``count`` nodes, each at least ``apart`` metres (its own) from those taken before."""
        if count <= 0:
            return []
        with np.errstate(divide="ignore"):
            key = np.where(weight > 0, -np.log(self.rng.random(len(weight))) / np.maximum(weight, 1e-300), np.inf)
        order = np.argsort(key, kind="stable")[:tries]
        order = order[np.isfinite(key[order])]
        distance = np.broadcast_to(np.asarray(apart, dtype=float), (len(weight),))
        before = list(taken or [])
        stood = np.zeros((len(before) + count, 2))
        stood[:len(before)] = self.places[before]
        chosen: list[int] = []
        for node in order.tolist():
            filled = len(before) + len(chosen)
            gap = ((stood[:filled] - self.places[node]) ** 2).sum(axis=1)
            if filled == 0 or gap.min() > distance[node] ** 2:
                stood[filled] = self.places[node]
                chosen.append(node)
                if len(chosen) == count:
                    break
        return chosen

    def pick_all(self, weight: Floats, count: int, apart: Floats, taken: list[int]) -> list[int]:
        """Exactly ``count`` nodes: the distance kept shrinks until there is room for all.

        Raises
        ------
        ParameterError
            When there is no room however near they may stand.
        """
        chosen = self.pick(weight, count, apart, taken)
        shrink = 0.95
        while len(chosen) < count:
            if shrink < 0.1:
                msg = "此种子造不出足够的村址，请换一个种子 (this seed leaves no room for the places asked for; try another)"
                raise ParameterError(msg)
            chosen += self.pick(weight, count - len(chosen), apart * shrink, taken + chosen)
            shrink *= 0.93
        return chosen


def settle(land: Land, size: CountySize, rng: np.random.Generator) -> Places:
    """Choose the centres of all villages and communities."""
    settler = Settler(land, rng)
    town = int(land.node.ravel()[land.landscape.town])
    from_town = settler.distance(town)
    level = (settler.slope < 0.10) & (settler.above < 28) & (land.at(land.river_penalty) < 300)
    scale = (size.town_area_m2 / 9e6) ** 0.5
    ring = (from_town > 1500 * scale) & (from_town < 3600 * scale)
    seats = [town, *settler.pick_all(np.where(ring & level, settler.fitness, 0), size.subdistricts - 1,
                                     np.full(land.size, 2000.0 * scale), [town])]
    seats += _towns(land, settler, size, from_town, seats)
    near = (from_town < 2900 * scale) & level & (from_town > 250)
    urban = settler.pick_all(near.astype(float), size.urban, np.full(land.size, 430.0), seats)
    suburban: list[int] = []
    for seat in seats[size.subdistricts:]:
        around = (settler.distance(seat) < 1300) & level
        suburban += settler.pick(around.astype(float), int(rng.integers(0, 3)), 480.0, seats + urban + suburban)
    taken = seats + urban + suburban
    rough = land.at(ndi.gaussian_filter(land.landscape.slope, 8))
    apart = 1000 + 1100 * np.clip(rough / 0.28, 0, 1.4) - np.where(from_town < 4500 * scale, 250, 0)
    rural = np.where(from_town > 2300 * scale, settler.fitness**0.55, 0)
    taken += settler.pick_all(rural, size.villages - len(taken), apart, taken)
    return Places(np.array(taken), size.townships, len(urban), len(suburban))


def _towns(land: Land, settler: Settler, size: CountySize, from_town: Floats, streets: list[int]) -> list[int]:
    """Seats of the towns: broad valley ground, far from each other and from the county town."""
    shape = land.landscape
    ground = np.exp(-shape.slope / 0.07) * np.exp(-shape.above_stream / 38) * shape.county
    broad = land.at(ndi.gaussian_filter(ground, 8))
    beyond = (from_town > 0.60 * size.spacing_m) & (settler.edge > 0.2 * size.spacing_m)
    apart = 0.635 * size.spacing_m * np.exp(0.20 * settler.rng.standard_normal(land.size))
    return settler.pick_all(np.where(beyond, settler.fitness * broad**2, 0), size.towns, apart, streets)


def settle_hamlets(land: Land, size: CountySize, places: Places, rng: np.random.Generator) -> Ints:
    """Centres of the hamlets: first the villages' own centres, then the others."""
    settler = Settler(land, rng)
    town = int(places.centres[0])
    scale = (size.town_area_m2 / 9e6) ** 0.5
    open_land = (settler.distance(town) > 1800 * scale) & (settler.edge > 150)
    apart = 225 + 320 * np.clip(settler.slope / 0.2, 0, 1.2)
    chosen = settler.pick(np.where(open_land, settler.fitness**0.62, 0), size.hamlets, apart,
                          places.centres.tolist())
    return np.array(places.centres.tolist() + chosen)
