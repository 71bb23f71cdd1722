"""Which facilities the asker counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import ParameterError
from layers.schema import Label, Vocabulary
from layers.store import Store
from layers.vocabulary import BUSINESS, GRADE, STATION_LEVEL, SUPPORT_KIND

IN_FORCE, EXPIRED, NOT_BEGUN = "in_force", "expired", "not_begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityChoice:
    """Open stations, narrowed by level and grade; or support points of a kind or a business.

    Attributes
    ----------
    levels
        Station levels to count; empty: every level.
    grade
        Only stations that hold this grade on the data's date.
    support_kind, business
        Count support points of this kind, or this kind of business, instead of stations.
    """

    levels: tuple[str, ...] = ()
    grade: str | None = None
    support_kind: str | None = None
    business: str | None = None

    def __post_init__(self) -> None:
        for code, vocabulary, zh in (
            *((level, STATION_LEVEL, "站级") for level in self.levels),
            (self.grade, GRADE, "等级"),
            (self.support_kind, SUPPORT_KIND, "服务点类别"),
            (self.business, BUSINESS, "业态"),
        ):
            if code is not None and code not in vocabulary:
                msg = f"没有{zh}“{code}”，可用：{'、'.join(vocabulary)} (no such {vocabulary.name}; use one of these)"
                raise ParameterError(msg)
        if self.counts_support_points and (self.levels or self.grade):
            msg = "服务点没有站级和等级，两者只能选一种 (choose either stations by level and grade, or support points)"
            raise ParameterError(msg)

    @property
    def counts_support_points(self) -> bool:
        """True when support points are counted instead of stations."""
        return self.support_kind is not None or self.business is not None

    def none_counted(self) -> Label:
        """Said where there is none, and what to do about it."""
        counted = self.label()
        return Label(
            f"没有可计入的设施（{counted.zh}）；请先装入服务站或服务点，或放宽条件",
            f"there is nothing to count ({counted.en}); load stations or support points, or widen the choice",
        )

    def label(self) -> Label:
        """What is counted, in words."""
        if self.counts_support_points:
            parts = [_label(SUPPORT_KIND, self.support_kind), _label(BUSINESS, self.business)]
            return _join([Label("协议有效的服务点", "support points in agreement"), *parts])
        if not self.levels and self.grade is None:
            return Label("各级在运行的服务站", "open stations of every level")
        levels = [STATION_LEVEL.label(level) for level in self.levels]
        return _join([Label("在运行的服务站", "open stations"), *levels, _label(GRADE, self.grade)])


def _label(vocabulary: Vocabulary, code: str | None) -> Label | None:
    return None if code is None else vocabulary.label(code)


def _join(labels: list[Label | None]) -> Label:
    given = [label for label in labels if label is not None]
    return Label(" · ".join(label.zh for label in given), ", ".join(label.en for label in given))


def facilities(store: Store, choice: FacilityChoice, as_of: dt.date) -> gpd.GeoDataFrame:
    """The facilities that ``choice`` counts on ``as_of``, ordered by id.

    Returns
    -------
    GeoDataFrame
        ``id``, ``name``, ``level`` (None for support points), ``unit`` (missing where it follows from the place) and a point geometry; no
        row where nothing is counted.
    """
    frame = _support_points(store, choice, as_of) if choice.counts_support_points else _stations(store, choice, as_of)
    return frame[["id", "name", "level", "unit", "geometry"]].reset_index(drop=True)


def _stations(store: Store, choice: FacilityChoice, as_of: dt.date) -> gpd.GeoDataFrame:
    stations = store.read("stations", columns=["id", "name", "level", "status", "unit", "geometry"])
    kept = stations["status"] == "open"
    if choice.levels:
        kept &= stations["level"].isin(choice.levels)
    if choice.grade is not None:
        grades = store.read("station_grades")
        day = str(as_of)
        holds = (grades["grade"] == choice.grade) & (grades["awarded"] <= day)
        holds &= grades["valid_to"].isna() | (grades["valid_to"] >= day)
        kept &= stations["id"].isin(grades.loc[holds, "station"])
    chosen = stations[kept]  # first: a frame without rows would take the rows of what is assigned to it
    # The county centre serves the county; the township that it stands in does not have it for its own.
    return chosen.assign(unit=chosen["unit"].mask(chosen["level"] == "county", ""))


def _support_points(store: Store, choice: FacilityChoice, as_of: dt.date) -> gpd.GeoDataFrame:
    points: gpd.GeoDataFrame = store.read(
        "support_points", columns=["id", "name", "kind", "business", "agreement_from", "agreement_to", "geometry"]
    )
    kept = agreement_state(points, as_of) == IN_FORCE
    if choice.support_kind is not None:
        kept &= points["kind"] == choice.support_kind
    if choice.business is not None:
        kept &= points["business"] == choice.business
    points = points[kept].assign(level=None, unit=pd.Series(dtype="str"))
    return points.set_geometry(middles(points.geometry))


def agreement_state(points: pd.DataFrame, as_of: dt.date) -> pd.Series:
    """``in_force``, ``expired`` or ``not_begun`` on ``as_of`` for every support point, first and last day included.

    An agreement without a first or a last day has none.
    """
    state = pd.Series(IN_FORCE, index=points.index, dtype=object)
    state[points["agreement_from"].notna() & (points["agreement_from"] > str(as_of))] = NOT_BEGUN
    state[points["agreement_to"].notna() & (points["agreement_to"] < str(as_of))] = EXPIRED
    return state


def middles(places: gpd.GeoSeries) -> gpd.GeoSeries:
    """Where a facility is reached: a street of shops where it is nearest to its own middle."""
    shapes = places.to_numpy()
    middle = shapely.get_point(shapely.shortest_line(shapes, shapely.centroid(shapes)), 0)
    return gpd.GeoSeries(middle, index=places.index, crs=places.crs)
