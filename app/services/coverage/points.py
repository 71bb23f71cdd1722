"""Every household as a point with its time and its nearest facility: nothing that says who lives there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from app.roles import NotPermittedError, Viewer
from app.services.answers.about import About, about
from app.services.answers.tables import Table
from app.services.county.demand import Counted, counted
from app.services.county.facilities import FacilityChoice
from app.services.county.homes import STEWARDS_ONLY, homes
from app.services.county.modes import MODE_LABELS, known_mode, travel_rule
from app.services.county.roads import region
from app.services.county.state import StoreState, settled
from geo.catchment import Status
from geo.network import Floats, Ints
from geo.speeds import Mode
from layers.schema import WGS84, Field, Kind, Label, Layer, Vocabulary
from layers.store import Store
from layers.vocabulary import CATEGORY, identifier

POINT_STATUS = Vocabulary("point_status", {
    "timed": Label("有用时", "Timed"),
    "no_way": Label("无路可达", "No way there"),
    "off_network": Label("离路网太远", "Off the network"),
    "imprecise": Label("定位不准", "Imprecise"),
})
"""What stands behind a point; a number in this order on the wire."""

HOUSEHOLD_POINTS = Layer(
    name="household_points",
    label=Label("各户用时", "Household times"),
    geometry=("Point",),
    sensitive=True,
    fields=(
        identifier(),
        Field(name="minutes", label=Label("分钟", "Minutes"), kind=Kind.NUMBER),
        Field(name="facility", label=Label("最近的设施", "Nearest facility")),
        Field(name="status", label=Label("情况", "Status"), kind=Kind.CHOICE, vocabulary=POINT_STATUS),
    ),
)


@dataclass(frozen=True)
class HouseholdPoints:
    """Households with a place, from west to east; arrays of shape (n,).

    Attributes
    ----------
    lng, lat
        WGS 84, rounded to a decimetre.
    minutes
        To the nearest facility, NaN where there is no way; of an imprecise household from where it is thought to be.
    facility
        Position in ``facilities``, -1 where there is no way.
    status
        Position in :data:`POINT_STATUS`.
    facilities
        Names.
    """

    lng: Floats
    lat: Floats
    minutes: Floats
    facility: Ints
    status: NDArray[np.uint8]
    facilities: tuple[str, ...]
    about: About

    def table(self) -> Table:
        """The points as rows, numbered from west to east."""
        names, codes = np.array([*self.facilities, None], dtype=object), np.array(list(POINT_STATUS), dtype=object)
        return Table(HOUSEHOLD_POINTS, gpd.GeoDataFrame(
            {
                "id": [f"{k:06d}" for k in range(1, len(self.lng) + 1)],
                "minutes": np.round(self.minutes, 1),
                "facility": names[self.facility],
                "status": codes[self.status],
            },
            geometry=shapely.points(self.lng, self.lat), crs=WGS84,
        ))


def household_points(
    viewer: Viewer, store: Store, *, mode: Mode | str = Mode.WALK, choice: FacilityChoice | None = None
) -> HouseholdPoints:
    """The households in the viewer's reach, as points.

    Parameters
    ----------
    viewer
        Who asks; must be one who may see single households.
    store
        Where the data is.
    mode
        How people travel.
    choice
        What counts as a facility; by default open stations of every level.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts.
    ParameterError
        For an unknown mode.
    NoDataError
        Nothing has been loaded, or no townships and villages to count by.
    """
    if not viewer.points:
        msg = (
            "没有查看单户位置的权限，只能查看汇总数；需由管理员以 --points 启动 "
            "(single households are not shown to this viewer; the server must be started with --points)"
        )
        raise NotPermittedError(msg)
    known, counting = known_mode(mode), choice or FacilityChoice()

    def answer(state: StoreState) -> HouseholdPoints:
        data = counted(state, known, counting)
        rule = _rule(known, counting, estimate=data.estimate)
        return _points(state, data, viewer, about(state, rule, _notes(state, viewer)))

    return settled(store, answer)


def _rule(mode: Mode, choice: FacilityChoice, *, estimate: bool) -> Label:
    said, timed, reached = MODE_LABELS[mode], travel_rule(mode, estimate=estimate), choice.label()
    return Label(
        f"各户{said.zh}到最近一处{reached.zh}的用时，{timed.zh}；定位不准的户只作参考",
        f"Time of every household {said.en} to the nearest of {reached.en}, {timed.en}; of imprecise ones only a guide",
    )


def _notes(state: StoreState, viewer: Viewer) -> tuple[Label, ...]:
    """Who is not among the points, though counts hold them; not how many, who could be a single one."""
    living = homes(state)
    if not (living.seen_by(viewer) & ~living.singly_seen_by(viewer)).any():
        return ()
    left = [CATEGORY.label(code) for code in sorted(STEWARDS_ONLY)]
    return (Label(
        f"{'、'.join(label.zh for label in left)}的单户只有数据管理员能看：不在图上，也不在与图同列的数中；各地的汇总数含这些户",
        f"single households of these kinds are for the data steward only: {', '.join(label.en.lower() for label in left)}; they are "
        "neither on the map nor in the figures beside it, and the counts by area hold them",
    ),)  # fmt: skip


def _points(state: StoreState, known: Counted, viewer: Viewer, said: About) -> HouseholdPoints:
    living, out = homes(state), known.demand
    who = np.flatnonzero(living.singly_seen_by(viewer) & ~shapely.is_missing(living.point))
    lng, lat = np.round(shapely.get_coordinates(region(state).degrees(living.point[who])), 6).T
    on_earth = np.flatnonzero((np.abs(lng) <= 180) & (np.abs(lat) <= 90))
    # Their own order is that of their ids, which would tell which is which.
    order = on_earth[np.lexsort((lat[on_earth], lng[on_earth]))]
    who = who[order]
    return HouseholdPoints(
        lng[order],
        lat[order],
        np.where(np.isfinite(out.nearest_s[who]), out.nearest_s[who] / 60, np.nan),
        out.facility[who],
        _status(living.imprecise[who], out.status[who]),
        tuple(str(name) for name in known.names),
        said,
    )


def _status(imprecise: NDArray[np.bool_], status: NDArray[Any]) -> NDArray[np.uint8]:
    codes = list(POINT_STATUS)
    return np.select(
        [imprecise, status == Status.OFF_NETWORK, status == Status.CONNECTED],
        [codes.index("imprecise"), codes.index("off_network"), codes.index("timed")],
        codes.index("no_way"),
    ).astype(np.uint8)
