"""Where the veterans' households live, and how many persons each holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from data.demo.grid import Bools, Floats, Ints, Objects
from data.demo.ground import Ground, village_of
from data.demo.randomness import exact_share

URBAN_SHARE = 0.31
LEAST_IN_VILLAGE = 9
LEAST_ON_ISLAND = 4
FAR_FROM_ROAD_M = (540.0, 1500.0)


@dataclass(frozen=True, slots=True)
class People:
    """Households in projected metres, with village, hamlet (-1: in a town or alone), persons, whether in the town."""

    places: Floats
    village: Ints
    hamlet: Ints
    persons: Ints
    urban: Bools


def place_people(ground: Ground, rng: np.random.Generator) -> People:
    """Put every household on a street, a lane, or, a few, far from any road."""
    size, villages = ground.size, ground.size.villages
    total = int(rng.integers(*size.households))
    remote = _remote_places(ground, size.remote_households, rng)
    counts = _households_by_village(ground, total - len(remote), rng)
    on_street, street_village = _streets(ground)
    lanes = _lanes_by_hamlet(ground)
    places, hamlet = [remote], [np.full(len(remote), -1)]
    for village in range(villages):
        count = int(counts[village])
        mine = np.flatnonzero(ground.hamlets.village == village)
        mine = np.array([h for h in mine.tolist() if h in lanes], dtype=np.int64)
        streets = on_street[street_village == village]
        town = int(rng.binomial(count, _street_share(ground, village, len(streets), len(mine))))
        if town:
            places.append(_in_buildings(streets, town, rng))
            hamlet.append(np.full(town, -1))
        if count > town and len(mine):
            for h, number in zip(mine.tolist(), _by_hamlet(ground, mine, count - town, rng).tolist(), strict=True):
                if number:
                    places.append(beside(lanes[h], number, rng, 6, 19))
                    hamlet.append(np.full(number, h))
        elif count > town:
            places.append(ground.centres[village] + rng.normal(0, 90, (count - town, 2)))
            hamlet.append(np.full(count - town, -1))
    points = np.asarray(np.round(np.concatenate(places), 2), dtype=np.float64)
    owner = village_of(ground, points)
    points = _inside(ground, points, owner)
    urban = ground.places.is_urban(size.subdistricts)[owner]
    return People(points, owner, np.concatenate(hamlet), _persons(len(points), size.persons, rng), urban)


def beside(lines: Objects, count: int, rng: np.random.Generator, nearest: float, farthest: float) -> Floats:
    """Places beside lines, by their length, ``nearest`` to ``farthest`` metres off, shape (count, 2)."""
    length = shapely.length(lines)
    chosen = lines[rng.choice(len(lines), count, p=length / length.sum())]
    part = rng.random(count)
    at = shapely.get_coordinates(shapely.line_interpolate_point(chosen, part, normalized=True))
    ahead = shapely.line_interpolate_point(chosen, np.clip(part + 0.02, 0, 1), normalized=True)
    behind = shapely.line_interpolate_point(chosen, np.clip(part - 0.02, 0, 1), normalized=True)
    along = shapely.get_coordinates(ahead) - shapely.get_coordinates(behind)
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    off = rng.uniform(nearest, farthest, count) * rng.choice([-1, 1], count)
    return np.asarray(at + np.column_stack([-along[:, 1], along[:, 0]]) * off[:, None])


def _households_by_village(ground: Ground, total: int, rng: np.random.Generator) -> Ints:
    """Log-normal villages within log-normal townships; communities of the county town denser in its middle."""
    size, places = ground.size, ground.places
    urban, count = places.is_urban(size.subdistricts), size.villages
    township_factor = np.r_[rng.uniform(0.9, 1.4, size.subdistricts), np.exp(rng.normal(0, 0.35, size.towns))]
    village_factor = np.exp(rng.normal(0, 0.45, count))
    hamlets = np.bincount(ground.hamlets.village, ground.hamlets.weight, minlength=count)
    steep = ground.land.at(ground.land.landscape.slope)[places.centres]
    rural = np.minimum(hamlets, 25) ** 0.5 * village_factor * township_factor[ground.division.township_of]
    rural *= np.exp(-steep / 0.5) * ~urban
    seats = np.arange(size.subdistricts, size.townships)
    rural[seats] = np.maximum(rural[seats], np.median(rural[rural > 0]) * 1.6) * 3.0
    rural[places.is_suburban()] *= 1.6
    middle = np.hypot(*(ground.centres - ground.centres[0]).T)
    town = np.where(urban, np.exp(rng.normal(0, 0.35, count)) * np.exp(-middle / 2600), 0)
    share = (1 - URBAN_SHARE) * rural / rural.sum() + URBAN_SHARE * town / town.sum()
    return LEAST_IN_VILLAGE + rng.multinomial(total - LEAST_IN_VILLAGE * count, share)


def _streets(ground: Ground) -> tuple[Objects, Ints]:
    """Street edges and the village that each lies in."""
    edges = ground.network.edges
    chosen = np.isin(edges.kind, ["street", "arterial"])
    return edges.lines[chosen], village_of(ground, edges.middles()[chosen])


def _lanes_by_hamlet(ground: Ground) -> dict[int, Objects]:
    edges = ground.network.edges
    order = np.argsort(edges.hamlet, kind="stable")
    hamlets, first = np.unique(edges.hamlet[order], return_index=True)
    groups = np.split(order, first[1:])
    return {int(h): edges.lines[group] for h, group in zip(hamlets, groups, strict=True) if h >= 0}


def _street_share(ground: Ground, village: int, streets: int, hamlets: int) -> float:
    """Share of a village's households that live on streets."""
    if streets == 0:
        return 0.0
    if hamlets == 0 or ground.places.is_urban(ground.size.subdistricts)[village]:
        return 1.0
    return 0.55 if streets > 6 else 0.0


def _in_buildings(streets: Objects, count: int, rng: np.random.Generator) -> Floats:
    """Households in buildings beside streets; some buildings hold many."""
    buildings = max(3, int(count * 0.55))
    at = beside(streets, buildings, rng, 12, 48)
    weight = np.exp(rng.normal(0, 0.8, buildings))
    return at[rng.choice(buildings, count, p=weight / weight.sum())] + rng.normal(0, 5, (count, 2))


def _by_hamlet(ground: Ground, hamlets: Ints, count: int, rng: np.random.Generator) -> Ints:
    """Households of a village by hamlet; a cut-off hamlet is never empty when there are enough."""
    weight = ground.hamlets.weight[hamlets]
    least = np.where(ground.hamlets.island[hamlets], LEAST_ON_ISLAND, 0)
    if least.sum() > count:
        least[:] = 0
    return least + rng.multinomial(count - int(least.sum()), weight / weight.sum())


def _remote_places(ground: Ground, count: int, rng: np.random.Generator) -> Floats:
    """Places farther from any road than a household is expected to be, on ground where one can live."""
    land = ground.land
    liveable = np.exp(-land.at(land.landscape.slope) / 0.12) * (land.at(land.landscape.edge_distance) > 200)
    tried = rng.choice(land.size, 20_000, p=liveable / liveable.sum())
    points = ground.node_places[np.unique(tried)]
    points = points[rng.permutation(len(points))]
    tree = shapely.STRtree(ground.network.edges.lines)
    indices, distance = tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
    far = indices[0][(distance > FAR_FROM_ROAD_M[0]) & (distance < FAR_FROM_ROAD_M[1])]
    chosen: list[Floats] = []
    for point in points[far]:
        if len(chosen) == count:
            break
        if all(np.hypot(*(point - other)) > 300 for other in chosen):
            chosen.append(point)
    return np.array(chosen).reshape(-1, 2)


def _inside(ground: Ground, points: Floats, village: Ints) -> Floats:
    """Points drawn towards the village's centre until they lie inside its polygon by a metre."""
    areas, centres = shapely.buffer(ground.villages, -1.0)[village], ground.centres[village]
    for part in (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0):
        outside = ~shapely.contains(areas, shapely.points(points))
        if not outside.any():
            break
        points[outside] = np.round(points[outside] + part * (centres[outside] - points[outside]), 2)
    return points


def _persons(households: int, persons: int, rng: np.random.Generator) -> Ints:
    """One person each, and the rest as second and, seldom, third persons."""
    count = np.ones(households, dtype=np.int64)
    extra = persons - households
    third = int(0.045 * extra)
    second = exact_share(rng, np.ones(households, dtype=bool), extra - third)
    count[second] += 1
    count[exact_share(rng, second, third)] += 1
    return count
