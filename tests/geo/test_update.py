"""Updates after a change: to the last bit what a search from nothing finds, and no more touched than need be."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import brute_force, lines, points, random_streets

from geo.catchment import Status
from geo.errors import ParameterError
from geo.network import Impedance, RoadNetwork
from geo.overlay import closed, with_seconds
from geo.snap import Snapped, Snapper
from geo.update import allocate, reallocate


def lattice(rng, size=8):
    """Blocks of equal length and speed, so that nearly every way has its equal; some streets one-way or missing."""
    pairs = [((i, j), (i + 1, j)) for i in range(size) for j in range(size + 1)]
    pairs += [((j, i), (j, i + 1)) for i in range(size) for j in range(size + 1)]
    streets = lines(*[np.array(pair) * 100.0 for pair in pairs if rng.random() > 0.1])
    ahead = np.where(rng.random(len(streets)) < 0.1, 0.0, 36.0)
    return streets, ahead, np.where(rng.random(len(streets)) < 0.25, 0.0, 36.0)


def made(seed):
    """A network, 40 origins and up to 8 facilities, many of them at junctions and some at one place."""
    rng = np.random.default_rng(seed)
    streets, ahead, back = lattice(rng) if seed % 2 else random_streets(rng, n=int(rng.integers(5, 60)))
    net = RoadNetwork.from_lines(streets)
    mode = net.impedance(ahead[net.road], back[net.road])
    snap = Snapper(mode, min_component_m=0)
    places = np.vstack([net.nodes[rng.integers(0, net.n_nodes, 60)], rng.uniform(-200, 1200, (40, 2))])
    rng.shuffle(places)
    points = shapely.points(places)
    return rng, mode, snap, snap(points[:40]), snap(points[rng.integers(0, len(points), int(rng.integers(0, 9)))])


def other_facilities(rng, snap, facilities):
    """Some gone, some moved, some new; each keeps its position."""
    net = snap.impedance.network
    new = snap(shapely.points(net.nodes[rng.integers(0, net.n_nodes, len(facilities.edge) + 3)]))
    edge, fraction, access = (getattr(new, name).copy() for name in ("edge", "fraction", "access_m"))
    n = len(facilities.edge)
    fate = rng.choice(["stays", "goes", "moves"], n, p=[0.6, 0.2, 0.2])
    for k in range(n):
        if fate[k] == "stays":
            edge[k], fraction[k], access[k] = facilities.edge[k], facilities.fraction[k], facilities.access_m[k]
        elif fate[k] == "goes":
            edge[k], fraction[k], access[k] = -1, np.nan, np.nan
    size = n + int(rng.integers(0, 3))
    return Snapped(edge[:size], fraction[:size], access[:size])


def other_seconds(rng, mode):
    """Some edges closed, slowed or quickened, some only one way, some opened."""
    which = np.flatnonzero(rng.random(mode.network.n_edges) < rng.choice([0.02, 0.2]))
    factor = rng.choice([0.5, 1.0, 2.0, np.inf], (2, len(which)))
    ahead, back = mode.forward_s[which] * factor[0], mode.backward_s[which] * factor[1]
    if rng.random() < 0.2:
        ahead = np.where(np.isinf(ahead), 64.0, ahead)
    return with_seconds(mode, which, np.maximum(ahead, 2.0**-20), np.maximum(back, 2.0**-20))


def assert_same(found, expected):
    for name in ("seconds", "facility", "status"):
        assert np.array_equal(getattr(found.nearest, name), getattr(expected.nearest, name)), name
    assert np.array_equal(found.node_s, expected.node_s)
    assert np.array_equal(found.node_facility, expected.node_facility)


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 1_000_000), st.sampled_from([0.25, 100.0]))
def test_equals_a_search_from_nothing_after_any_changes(seed, local_share):
    rng, mode, snap, origins, facilities = made(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geo.repair._LOCAL_SHARE", local_share)  # at 100 it never gives up and searches everything
        patch.setattr("geo.repair._FEW", int(rng.choice([1, 200])))
        state = allocate(mode, origins, facilities, walk_kph=3.0)
        for _ in range(3):
            before = state
            change = {}
            if rng.random() < 0.7:
                change["facilities"] = other_facilities(rng, snap, before.facilities)
            if rng.random() < 0.6:
                change["impedance"] = other_seconds(rng, before.impedance)
            if rng.random() < 0.3:
                moved = rng.random(40) < 0.2
                elsewhere = snap(shapely.points(rng.uniform(-200, 1200, (40, 2))))
                change["origins"] = Snapped(*(np.where(moved, getattr(elsewhere, name), getattr(before.origins, name))
                                              for name in ("edge", "fraction", "access_m")))  # fmt: skip
            answer = reallocate(before, **change)
            state = answer.allocation
            fresh = Impedance(mode.network, state.impedance.forward_s, state.impedance.backward_s)
            assert_same(state, allocate(fresh, state.origins, state.facilities, walk_kph=3.0))
            assert answer.nodes.tolist() == differing(before, state, ("node_s", "node_facility"))
            assert answer.origins.tolist() == differing(before.nearest, state.nearest, ("seconds", "facility", "status"))


def differing(before, after, names):
    return sorted({int(k) for name in names for k in np.flatnonzero(getattr(before, name) != getattr(after, name))})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_000_000))
def test_equals_networkx_after_a_change(seed):
    rng, mode, snap, origins, facilities = made(2 * seed)
    state = reallocate(
        allocate(mode, origins, facilities),
        facilities=other_facilities(rng, snap, facilities),
        impedance=other_seconds(rng, mode),
    ).allocation
    expected = brute_force(state.impedance, origins, state.facilities, walk_kph=4.5)
    best = expected.min(axis=1, initial=np.inf)
    assert state.nearest.seconds == pytest.approx(best, rel=1e-6, abs=1e-3)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1_000_000))
def test_closing_and_slowing_mend_the_arcs_as_building_them_does(seed):
    rng, mode, _, _, _ = made(seed)
    changed = other_seconds(rng, mode)
    fresh = Impedance(mode.network, changed.forward_s, changed.backward_s)
    for name in ("outward", "inward"):
        mended, built = getattr(changed, name), getattr(fresh, name)
        assert np.array_equal(mended.indptr, built.indptr)
        assert np.array_equal(mended.indices, built.indices)
        assert np.array_equal(mended.data, built.data)
    assert np.array_equal(changed.joined, fresh.joined)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1_000_000))
def test_a_facility_more_never_slows_anybody_and_a_closed_road_never_speeds_anybody(seed):
    rng, mode, snap, origins, facilities = made(seed)
    before = allocate(mode, origins, facilities)
    more = snap(shapely.points(np.vstack([mode.network.nodes[:1], rng.uniform(0, 900, (1, 2))])))
    joined = Snapped(*(np.concatenate([getattr(facilities, name), getattr(more, name)])
                       for name in ("edge", "fraction", "access_m")))  # fmt: skip
    assert (reallocate(before, facilities=joined).allocation.nearest.seconds <= before.nearest.seconds).all()
    shut = closed(mode, np.flatnonzero(rng.random(mode.network.n_edges) < 0.1))
    assert (reallocate(before, impedance=shut).allocation.nearest.seconds >= before.nearest.seconds).all()


def street(facilities, where, *, one_way=False):
    net = RoadNetwork.from_lines(lines(*[[(k * 100, 0), (k * 100 + 100, 0)] for k in range(100)]))
    mode = net.impedance(36.0, 0.0 if one_way else 36.0)
    snap = Snapper(mode, min_component_m=0)
    return mode, snap, allocate(mode, snap(points(*where)), snap(points(*facilities)))


def test_a_closed_street_cuts_off_who_lives_beyond_it():
    mode, _, before = street([(1000, 0)], [(500, 0), (2050, 0), (3000, 0)])
    assert before.nearest.status.tolist() == [Status.CONNECTED] * 3
    after = reallocate(before, impedance=closed(mode, np.array([mode.network.n_edges - 1])))
    assert (len(after.origins), len(after.nodes)) == (0, 1)  # nobody lives at the far end
    middle = np.flatnonzero(shapely.intersects(mode.network.line, shapely.Point(1850, 0)))
    after = reallocate(before, impedance=closed(mode, middle))
    assert after.allocation.nearest.status.tolist() == [Status.CONNECTED, Status.DISCONNECTED, Status.DISCONNECTED]
    assert after.allocation.nearest.facility.tolist() == [0, -1, -1]
    assert np.isinf(after.allocation.nearest.seconds[1:]).all()
    back = reallocate(after.allocation, impedance=mode)
    assert back.allocation.nearest.seconds.tolist() == before.nearest.seconds.tolist()


def test_only_what_the_change_touches_is_touched():
    _, snap, before = street([(500, 0), (5000, 0), (9500, 0)], [(500, 0), (4000, 0), (9000, 0)])
    spots = snap(points((500, 0), (5000, 0), (9400, 0)))
    after = reallocate(before, facilities=spots)
    assert after.origins.tolist() == [2]
    assert len(after.nodes) <= 30  # the end of the street and no more
    assert after.allocation.nearest.seconds.tolist() == pytest.approx([0, 100, 40])


def test_ties_after_a_change_go_to_the_lower_facility():
    _, snap, before = street([(1000, 0), (9000, 0)], [(2000, 0)])
    after = reallocate(before, facilities=snap(points((3000, 0), (9000, 0), (1000, 0))))
    assert after.allocation.nearest.facility.tolist() == [0]
    again = reallocate(after.allocation, facilities=Snapped(*(v[[0, 1, 2, 0]] for v in (
        after.allocation.facilities.edge, after.allocation.facilities.fraction, after.allocation.facilities.access_m))))
    assert again.allocation.nearest.facility.tolist() == [0]
    assert len(again.origins) == 0


def test_what_is_not_a_change_is_refused():
    mode, snap, before = street([(1000, 0), (9000, 0)], [(2000, 0)])
    other = street([(1000, 0)], [(2000, 0)])[0]
    for change in ({"facilities": snap(points((1000, 0)))}, {"origins": snap(points())}, {"impedance": other}):
        with pytest.raises(ParameterError, match="update"):
            reallocate(before, **change)
    assert reallocate(before, impedance=mode).allocation.nearest.seconds.tolist() == before.nearest.seconds.tolist()
