"""The demonstration county, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from data.demo.areas import make_areas
from data.demo.care import make_care
from data.demo.claims import make_claims
from data.demo.former_names import make_former_names
from data.demo.frames import AS_OF
from data.demo.ground import make_ground
from data.demo.households import make_households
from data.demo.memorials import make_memorials
from data.demo.names import COUNTY_EN, COUNTY_ZH
from data.demo.people import place_people
from data.demo.randomness import Step, stream
from data.demo.ranges import make_ranges
from data.demo.roads_layer import make_roads
from data.demo.size import FULL, CountySize
from data.demo.stations import make_stations
from data.demo.support import make_support_points
from data.demo.visits import with_visits
from geo.errors import ParameterError
from layers.registry import LAYERS
from layers.store import Region

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class County:
    """A fictional county: a frame in WGS 84 for every layer, as of a date.

    ``frames`` pass every ``Layer.check`` and ``check_references``; the same ``seed`` and ``size``
    give the same values to the last bit.
    """

    region: Region
    as_of: dt.date
    seed: int
    size: CountySize
    frames: Mapping[str, pd.DataFrame]


def make_county(seed: int = 7, progress: Progress | None = None, *, size: CountySize = FULL) -> County:
    """Make a fictional county.

    Parameters
    ----------
    seed
        Any whole number of at least 0; the same seed makes the same county.
    progress
        Called with the name of the stage that begins and the fraction done, from 0 to 1.
    size
        How large; the default is the full county of the demonstration.

    Returns
    -------
    County
        With a frame for every layer of the registry, in WGS 84.

    Raises
    ------
    ParameterError
        When the seed is negative, or its land has no room for the places asked for.
    """
    if seed < 0:
        msg = f"种子须为不小于 0 的整数，得到 {seed} (the seed must be a whole number of at least 0)"
        raise ParameterError(msg)
    report = progress or _silent
    ground = make_ground(size, seed, report)
    report("居民与家庭 Households", 0.72)
    areas = make_areas(ground, stream(seed, Step.NAMES))
    people = place_people(ground, stream(seed, Step.HOMES))
    households, visits = with_visits(
        make_households(ground, areas, people, stream(seed, Step.HOUSEHOLDS)), stream(seed, Step.VISITS))
    report("服务站与服务点 Stations and support points", 0.84)
    stations = make_stations(ground, areas, people, stream(seed, Step.STATIONS), stream(seed, Step.CHECKS))
    support = make_support_points(ground, areas, people, stations, stream(seed, Step.SUPPORT))
    report("纪念设施与台账 Memorials and records", 0.92)
    memorials = make_memorials(ground, areas, stations, stream(seed, Step.MEMORIALS))
    frames = {
        "townships": areas.townships, "villages": areas.villages,
        "aliases": make_former_names(areas, stream(seed, Step.FORMER_NAMES)), "stations": stations.stations,
        "support_points": support, "memorials": memorials.frame,
        "memorial_ranges": make_ranges(memorials, stream(seed, Step.RANGES)), "households": households,
        "roads": make_roads(ground, areas, stream(seed, Step.SURFACES)), "station_grades": stations.grades,
        "station_checks": stations.checks, "visits": visits, **make_care(memorials, stream(seed, Step.CARE)),
    }
    frames["claims"] = make_claims(frames)
    report("完成 Done", 1.0)
    return County(Region(COUNTY_ZH, COUNTY_EN, fictional=True), AS_OF, seed, size, {name: frames[name] for name in LAYERS})


def _silent(_stage: str, _fraction: float) -> None:
    """Report to nobody."""
