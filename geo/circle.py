"""Support circles: which kinds of service everybody reaches, and how complete that makes their circle.

A recipe names what makes a circle: items, each of which is had when any of its kinds of service is
within the limit. The score is the weight of the items that are had among the weight of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.catchment import nearest_straight, seconds_to_nearest
from geo.errors import ParameterError
from geo.network import Bools, Floats, Impedance
from geo.snap import WALK_KPH, Snapped


@dataclass(frozen=True)
class Recipe:
    """What makes a circle.

    Attributes
    ----------
    needs : ndarray of bool, shape (n_items, n_kinds)
        The kinds any one of which satisfies an item; at least one each.
    weight : ndarray, shape (n_items,)
        How much an item counts, above 0.

    Raises
    ------
    ParameterError
        When there is no item, an item without a kind, or a weight that is not a number above 0.
    """

    needs: Bools
    weight: Floats

    def __post_init__(self) -> None:
        if not len(self.needs) or not self.needs.any(axis=1).all():
            msg = "服务圈须至少有一项，每项至少一种服务 (a circle needs at least one item, and every item a kind of service)"
            raise ParameterError(msg)
        if not (np.isfinite(self.weight) & (self.weight > 0)).all():
            msg = "服务圈各项的权重须是大于 0 的数 (the weight of an item must be a number above 0)"
            raise ParameterError(msg)

    def had(self, within: Bools) -> Bools:
        """The items that are had.

        Parameters
        ----------
        within
            Whether each kind of service is within the limit, shape (n, n_kinds).

        Returns
        -------
        ndarray of bool, shape (n, n_items)
        """
        return np.column_stack([within[:, kinds].any(axis=1) for kinds in self.needs])

    def score(self, had: Bools | Floats) -> Floats:
        """Completeness, 0 to 1, exactly 1 where nothing is missing.

        Being linear, it takes shares as well: of the share of an area's demand that has each item
        it makes the mean score of that demand.

        Parameters
        ----------
        had
            From :meth:`had`, or shares of 0 to 1; shape (n, n_items).
        """
        part = (had * self.weight).sum(axis=1) / self.weight.sum()
        full: Floats = np.where((had == 1).all(axis=1), 1.0, np.minimum(part, 1.0))
        return np.where(np.isnan(part), np.nan, full)


def times_by_kind(
    impedance: Impedance,
    origins: Snapped,
    places: Snapped,
    kinds: Bools,
    *,
    walk_kph: float = WALK_KPH,
    max_travel_time_s: float = np.inf,
) -> Floats:
    """Seconds from every origin to the nearest place of each kind; ``inf`` where there is no way to any within the limit.

    One search from all places of a kind at once: the work and the memory grow with origins and kinds,
    whatever the number of places.

    Parameters
    ----------
    impedance
        The mode.
    origins, places
        Points snapped to the same mode.
    kinds
        The kinds that each place is of, shape (n_places, n_kinds).
    walk_kph
        Speed of the access legs.
    max_travel_time_s
        The limit, included; the nearer it is the less is searched.

    Returns
    -------
    ndarray, shape (n_origins, n_kinds)
    """
    seconds = np.full((len(origins.edge), kinds.shape[1]), np.inf)
    for kind, members in enumerate(kinds.T):
        if members.any():
            seconds[:, kind] = seconds_to_nearest(
                impedance, origins, places.take(members), walk_kph=walk_kph, max_travel_time_s=max_travel_time_s
            )
    return seconds


def straight_times_by_kind(
    origins: NDArray[Any], places: NDArray[Any], kinds: Bools, *, kph: float, factor: float
) -> Floats:
    """As :func:`times_by_kind`, as the crow flies: an estimate for regions without roads.

    Parameters
    ----------
    origins, places
        Shapely Points in metres; None where a place is unknown.
    kinds
        Shape (n_places, n_kinds).
    kph, factor
        As in :func:`geo.catchment.nearest_straight`.
    """
    columns = [nearest_straight(origins, places[members], kph=kph, factor=factor).seconds for members in kinds.T]
    return np.column_stack(columns) if columns else np.zeros((len(origins), 0))


def times_from(impedance: Impedance, origin: Snapped, places: Snapped, *, walk_kph: float = WALK_KPH) -> Floats:
    """Seconds from one origin to every place, one search for all; ``inf`` where there is no way.

    Parameters
    ----------
    impedance
        The mode.
    origin
        One point, shape (1,).
    places
        Shape (n,).
    walk_kph
        Speed of the access legs.
    """
    # Against the traffic every place's way to the origin is the origin's way to the place.
    return seconds_to_nearest(impedance.opposite, places, origin, walk_kph=walk_kph)
