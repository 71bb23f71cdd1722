"""Nearest facility, against brute force on split graphs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import brute_force, lines, points, random_streets

from geo.catchment import Status, nearest_facility, nearest_straight
from geo.errors import ParameterError
from geo.network import RoadNetwork
from geo.snap import Snapper


def ask(streets, where, facilities, ahead=36.0, back=36.0, **options):
    net = RoadNetwork.from_lines(streets)
    on = lambda kph: np.broadcast_to(np.asarray(kph, float), len(streets))[net.road]  # noqa: E731
    mode = net.impedance(on(ahead), on(back))
    snap = Snapper(mode, min_component_m=0, **options)
    return mode, snap(where), snap(facilities)


def test_by_hand():
    # a 2 km street at 36 km/h; the facility 45 m off it at 1,500 m; walking 4.5 km/h is 1.25 m/s
    answer = nearest_facility(*ask(lines([(0, 0), (2000, 0)]), points((500, 25), (1900, 0)), points((1500, 45))))
    assert answer.seconds == pytest.approx([25 / 1.25 + 100 + 45 / 1.25, 40 + 36])
    assert answer.facility.tolist() == [0, 0]


def test_one_way_time_is_counted_towards_the_facility():
    # ring of three one-way streets; going on is 1,000 m, going back is not allowed
    ring = lines([(0, 0), (1000, 0)], [(1000, 0), (1000, 1000)], [(1000, 1000), (0, 0)])
    mode, here, there = ask(ring, points((900, 0), (100, 0)), points((500, 0)), back=0.0)
    answer = nearest_facility(mode, here, there)
    around = 100 + 1000 + np.hypot(1000, 1000) + 500
    assert answer.seconds == pytest.approx([around / 10, 40])


def test_a_junction_serves_every_edge_that_meets_there():
    # a one-way street leads away from the junction; a point at the junction may still go the other way
    streets = lines([(0, 0), (1000, 0)], [(0, 0), (-1000, 0)])
    answer = nearest_facility(*ask(streets, points((0, 5)), points((-500, 0)), back=[0.0, 36.0]))
    assert answer.seconds == pytest.approx([4 + 50])


def test_states_are_told_apart():
    # a street, one that leads away from it for good, and one that is cut off
    streets = lines([(0, 0), (1000, 0)], [(1000, 0), (2000, 0)], [(0, 5000), (1000, 5000)])
    where = np.array([*points((10, 0), (1500, 0), (10, 5000), (10, 2500)), None], dtype=object)
    answer = nearest_facility(*ask(streets, where, points((500, 0)), back=[36.0, 0.0, 36.0]))
    assert answer.status.tolist() == [
        Status.CONNECTED, Status.UNREACHABLE, Status.DISCONNECTED, Status.OFF_NETWORK, Status.NO_PLACE
    ]  # fmt: skip
    assert np.isinf(answer.seconds[1:]).all()
    assert answer.facility.tolist() == [0, -1, -1, -1, -1]


def test_a_mode_that_may_use_no_road_is_off_the_network_not_of_unknown_place():
    where = np.array([*points((10, 0)), None], dtype=object)
    answer = nearest_facility(*ask(lines([(0, 0), (1000, 0)]), where, points((500, 0)), ahead=0.0, back=0.0))
    assert answer.status.tolist() == [Status.OFF_NETWORK, Status.NO_PLACE]


def test_many_facilities_at_one_place_and_far_ties_take_the_lowest():
    chain = lines(*[[(k * 10, 0), (k * 10 + 10, 0)] for k in range(400)], [(0, 0), (0, 7)], [(0, 0), (0, -7)])
    facilities = points((0, -7), (0, -7), (0, 7), (0, 7), (0, -7))
    where = shapely.points([(k * 10, 0) for k in range(401)])
    for order in ([0, 1, 2, 3, 4], [2, 0, 1, 3, 4], [3, 4, 2, 1, 0]):
        answer = nearest_facility(*ask(chain, where, facilities[order]))
        assert set(answer.facility.tolist()) == {0}


def test_no_facility_at_all_and_facilities_off_the_network():
    streets, where = lines([(0, 0), (1000, 0)]), points((10, 0))
    for facilities in (points()[:0], points((500, 900)), np.array([None], dtype=object)):
        answer = nearest_facility(*ask(streets, where, facilities))
        assert answer.status.tolist() == [Status.UNREACHABLE]
        assert answer.facility.tolist() == [-1]


def test_ties_go_to_the_lower_facility():
    street = lines([(0, 0), (1000, 0)], [(1000, 0), (2000, 0)])
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        facilities = points((0, 0), (2000, 0), (2000, 0))[order]
        answer = nearest_facility(*ask(street, points((1000, 0), (1400, 0), (2000, 0)), facilities))
        far = [k for k, o in enumerate(order) if o != 0]
        assert answer.facility.tolist() == [0, min(far), min(far)]


def test_ties_on_a_lattice_go_to_the_lower_facility():
    size = 9
    streets = lines(
        *[[(i * 100, j * 100), (i * 100 + 100, j * 100)] for i in range(size) for j in range(size + 1)],
        *[[(j * 100, i * 100), (j * 100, i * 100 + 100)] for i in range(size) for j in range(size + 1)],
    )
    rng = np.random.default_rng(5)
    facilities = points(*(rng.integers(0, size + 1, (12, 2)) * 100))
    where = shapely.points([(i * 100, j * 100) for i in range(size + 1) for j in range(size + 1)])
    answer = nearest_facility(*ask(streets, where, facilities))
    blocks = np.abs(shapely.get_coordinates(where)[:, None] - shapely.get_coordinates(facilities)).sum(axis=2)
    assert answer.seconds == pytest.approx(blocks.min(axis=1) / 10)
    assert answer.facility.tolist() == blocks.argmin(axis=1).tolist()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_equals_networkx_on_random_streets(seed):
    rng = np.random.default_rng(seed)
    streets, ahead, back = random_streets(rng, n=int(rng.integers(5, 40)))
    where = shapely.points(rng.uniform(-300, 3300, (25, 2)))
    facilities = shapely.points(rng.uniform(-300, 3300, (int(rng.integers(1, 8)), 2)))
    if seed % 3 == 0:  # crowd them on the same few edges
        facilities = shapely.points(shapely.get_coordinates(where[: len(facilities)]) + 3.0)
    mode, here, there = ask(streets, where, facilities, ahead, back)
    answer = nearest_facility(mode, here, there, walk_kph=3.0)
    expected = brute_force(mode, here, there, walk_kph=3.0)
    best = expected.min(axis=1)
    assert answer.seconds == pytest.approx(best, rel=1e-6, abs=1e-3)
    for k in np.flatnonzero(np.isfinite(best)):
        assert expected[k, answer.facility[k]] == pytest.approx(best[k], rel=1e-6, abs=1e-3)
    roads = nx.Graph([(int(mode.network.tail[e]), int(mode.network.head[e])) for e in np.flatnonzero(mode.usable)])
    tails = [int(mode.network.tail[e]) for e in there.edge[there.edge >= 0]]
    for k, edge in enumerate(here.edge):
        if edge < 0:
            expected_status = Status.OFF_NETWORK
        elif np.isfinite(best[k]):
            expected_status = Status.CONNECTED
        elif not tails or any(nx.has_path(roads, int(mode.network.tail[edge]), tail) for tail in tails):
            expected_status = Status.UNREACHABLE
        else:
            expected_status = Status.DISCONNECTED
        assert answer.status[k] == expected_status


def test_walking_speed_must_be_above_zero():
    with pytest.raises(ParameterError):
        nearest_facility(*ask(lines([(0, 0), (9, 0)]), points((1, 1)), points((2, 2))), walk_kph=0)


def test_straight_line_estimate():
    where = np.array([*points((0, 0), (300, 400)), None], dtype=object)
    answer = nearest_straight(where, np.array([None, *points((300, 0), (300, 0))], dtype=object), kph=4.5, factor=1.3)
    assert answer.seconds[:2] == pytest.approx([300 * 1.3 / 1.25, 400 * 1.3 / 1.25])
    assert answer.facility.tolist() == [1, 1, -1]
    assert answer.status.tolist() == [Status.CONNECTED, Status.CONNECTED, Status.NO_PLACE]
    nobody = nearest_straight(where, np.array([], dtype=object), kph=4.5, factor=1.3)
    assert nobody.status.tolist() == [Status.UNREACHABLE, Status.UNREACHABLE, Status.NO_PLACE]
    with pytest.raises(ParameterError):
        nearest_straight(where, where, kph=4.5, factor=0.9)
