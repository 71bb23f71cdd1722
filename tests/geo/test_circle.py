"""Support circles, against a search for every place and against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small_networks import brute_force, lines, points, random_streets

from geo.circle import Recipe, straight_times_by_kind, times_by_kind, times_from
from geo.errors import ParameterError
from geo.network import RoadNetwork
from geo.snap import Snapper

NEEDS = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]], dtype=bool)


def recipe(*weight):
    return Recipe(NEEDS, np.array(weight or (1.0, 1.0, 1.0)))


def network(streets, ahead=36.0, back=36.0):
    net = RoadNetwork.from_lines(streets)
    mode = net.impedance(*(np.broadcast_to(np.asarray(kph, float), len(streets))[net.road] for kph in (ahead, back)))
    return mode, Snapper(mode, min_component_m=0)


def test_any_of_the_alternatives_satisfies_an_item():
    within = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]], dtype=bool)
    had = recipe().had(within)
    assert had.tolist() == [[True] * 3, [True] * 3, [True, True, False], [False, False, True], [False] * 3]
    assert recipe().score(had) == pytest.approx([1, 1, 2 / 3, 1 / 3, 0])
    assert recipe(1, 2, 5).score(had) == pytest.approx([1, 1, 3 / 8, 5 / 8, 0])


def test_a_full_circle_is_exactly_one():
    odd = Recipe(np.eye(7, dtype=bool), np.full(7, 0.1))  # 0.1 seven times does not add up to 0.7
    assert odd.score(np.ones((1, 7), dtype=bool)).tolist() == [1.0]


def test_the_score_of_shares_is_the_mean_of_scores():
    rng = np.random.default_rng(3)
    had, weight = rng.random((40, 3)) < 0.5, np.array([1.0, 2.5, 0.5])
    assert recipe(*weight).score(had.mean(axis=0)[None])[0] == pytest.approx(recipe(*weight).score(had).mean())
    assert np.isnan(recipe().score(np.full((1, 3), np.nan))).all()


@pytest.mark.parametrize("bad", [
    lambda: Recipe(np.zeros((0, 4), dtype=bool), np.zeros(0)),
    lambda: Recipe(np.array([[1, 0], [0, 0]], dtype=bool), np.ones(2)),
    lambda: recipe(1, 0, 1),
    lambda: recipe(1, -1, 1),
    lambda: recipe(1, np.nan, 1),
    lambda: recipe(1, np.inf, 1),
])
def test_a_recipe_that_cannot_be_meant(bad):
    with pytest.raises(ParameterError):
        bad()


@given(hnp.arrays(bool, (12, 4)), hnp.arrays(bool, (12, 4)), st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_more_within_the_limit_never_lowers_a_score(within, more, weight):
    few, many = (recipe(*weight).score(recipe(*weight).had(seen)) for seen in (within, within | more))
    assert (few <= many).all()
    assert ((few >= 0) & (many <= 1)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_equals_a_search_for_every_place_by_networkx(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    mode, snap = network(streets, ahead, back)
    here = snap(shapely.points(rng.uniform(-300, 3300, (20, 2))))
    there = snap(shapely.points(rng.uniform(-300, 3300, (int(rng.integers(1, 12)), 2))))
    kinds = rng.random((len(there.edge), 4)) < 0.4
    every = brute_force(mode, here, there, 3.0)
    expected = np.column_stack([np.where(members, every, np.inf).min(axis=1) for members in kinds.T])
    seconds = times_by_kind(mode, here, there, kinds, walk_kph=3.0)
    assert seconds == pytest.approx(expected, abs=1e-3)
    limit = np.quantile(every[np.isfinite(every)], 0.4) + 0.01 if np.isfinite(every).any() else 900.0
    reach = every <= limit
    by_hand = [
        [any(reach[i, j] and kinds[j, k] for j in range(len(kinds)) for k in np.flatnonzero(need)) for need in NEEDS]
        for i in range(len(every))
    ]
    assert recipe().had(seconds <= limit).tolist() == by_hand
    edge = float(rng.choice([limit, *seconds[np.isfinite(seconds)]]))  # the limit belongs to itself
    bounded = times_by_kind(mode, here, there, kinds, walk_kph=3.0, max_travel_time_s=edge)
    assert bounded.tolist() == np.where(seconds <= edge, seconds, np.inf).tolist()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 100_000))
def test_from_one_point_equals_networkx(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    mode, snap = network(streets, ahead, back)
    here = snap(shapely.points(rng.uniform(-300, 3300, (1, 2))))
    there = snap(shapely.points(rng.uniform(-300, 3300, (15, 2))))
    assert times_from(mode, here, there, walk_kph=3.0) == pytest.approx(brute_force(mode, here, there, 3.0)[0], abs=1e-3)


def test_time_from_a_point_goes_with_the_traffic():
    # ring of three one-way streets: on is 400 m, back is the long way round
    ring = lines([(0, 0), (1000, 0)], [(1000, 0), (1000, 1000)], [(1000, 1000), (0, 0)])
    mode, snap = network(ring, back=0.0)
    around = 100 + 1000 + np.hypot(1000, 1000) + 500
    assert times_from(mode, snap(points((100, 0))), snap(points((500, 0)))) == pytest.approx([40])
    assert times_from(mode, snap(points((900, 0))), snap(points((500, 0)))) == pytest.approx([around / 10])


def test_a_kind_that_nobody_offers_is_out_of_reach():
    mode, snap = network(lines([(0, 0), (1000, 0)]))
    seconds = times_by_kind(mode, snap(points((0, 0))), snap(points((500, 0))), np.array([[True, False]]))
    assert seconds.tolist() == [[50.0, np.inf]]
    nothing = times_by_kind(mode, snap(points((0, 0))), snap(points()[:0]), np.zeros((0, 2), dtype=bool))
    assert np.isinf(nothing).all()


def test_a_point_far_from_roads_reaches_nothing():
    mode, snap = network(lines([(0, 0), (1000, 0)]))
    assert np.isinf(times_from(mode, snap(points((0, 900))), snap(points((500, 0))))).all()
    assert np.isinf(times_by_kind(mode, snap(points((0, 900))), snap(points((500, 0))), np.ones((1, 1), bool))).all()


def test_straight_lines_where_there_are_no_roads():
    where = np.array([*points((0, 0), (0, 3000)), None], dtype=object)
    places = points((0, 1000), (4000, 3000), (0, 2500))
    kinds = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0]], dtype=bool)
    seconds = straight_times_by_kind(where, places, kinds, kph=3.6, factor=1.5)
    assert seconds.tolist() == [[1500, 3750, np.inf], [750, 750, np.inf], [np.inf] * 3]
