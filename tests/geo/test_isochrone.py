"""Isochrones: honest, valid, nested, and exact where the answer is known."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reach_surface import misplaced, search_of, surface_over
from small_networks import lines, points, random_streets

from geo.errors import ParameterError
from geo.isochrone import MAX_LIMITS, check_limits, isochrones, straight_isochrones, without_overlap
from geo.snap import Snapped


def draw(snap, surface, places, limits_s, *, outward=False, **options):
    search = search_of(snap, outward=outward)
    return dict(isochrones(surface, search, snap(places), limits_s, **options))


def node_times(impedance, place, *, outward, walk_kph):
    """Seconds of every node by networkx, with the facility as a node of its own."""
    net, graph = impedance.network, nx.MultiDiGraph()
    graph.add_nodes_from(range(net.n_nodes))
    edge, fraction, access = int(place.edge[0]), float(place.fraction[0]), float(place.access_m[0]) * 3.6 / walk_kph
    for e in range(net.n_edges):
        tail, head = int(net.tail[e]), int(net.head[e])
        for u, v, pace in ((tail, head, impedance.forward_s[e]), (head, tail, impedance.backward_s[e])):
            if np.isfinite(pace):
                graph.add_edge(u, v, weight=pace)
                if e == edge:
                    at_u = fraction if u == tail else 1 - fraction
                    graph.add_edge(u, "it", weight=pace * at_u)
                    graph.add_edge("it", v, weight=pace * (1 - at_u))
        if e == edge and fraction in (0.0, 1.0):
            graph.add_edge("it", head if fraction else tail, weight=0.0)
            graph.add_edge(head if fraction else tail, "it", weight=0.0)
    found = nx.single_source_dijkstra_path_length(graph if outward else graph.reverse(), "it")
    seconds = np.full(net.n_nodes, np.inf)
    for node, time in found.items():
        if node != "it":
            seconds[node] = time + access
    return seconds


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_every_node_is_on_the_right_side_of_valid_nested_polygons(seed, outward):
    rng = np.random.default_rng(seed)
    snap, surface = surface_over(*random_streets(rng, n=int(rng.integers(5, 60))))
    where = points(*rng.uniform(0, 3000, (4, 2)))
    limits = tuple(sorted(rng.uniform(30, 1500, 3)))
    net = snap.impedance.network
    for k, drawn in draw(snap, surface, where, limits, outward=outward).items():
        seconds = node_times(snap.impedance, snap(where[k : k + 1]), outward=outward, walk_kph=4.5)
        for limit, polygon in zip(limits, drawn.polygons, strict=True):
            assert polygon.is_valid
            lost, wrong = misplaced(surface, net.nodes, seconds <= limit, polygon)
            assert lost <= 0.01
            assert wrong <= 0.01
        for inner, outer in itertools.pairwise(drawn.polygons):
            assert shapely.difference(inner, outer).area < 1e-6
            assert inner.area <= outer.area + 1e-6


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100_000))
def test_bands_are_the_polygons_without_overlap(seed):
    rng = np.random.default_rng(seed)
    snap, surface = surface_over(*random_streets(rng))
    for drawn in draw(snap, surface, points(*rng.uniform(0, 3000, (3, 2))), (200.0, 500.0, 900.0)).values():
        bands = without_overlap(drawn.polygons)
        assert all(band.is_valid for band in bands)
        assert sum(band.area for band in bands) == pytest.approx(drawn.polygons[-1].area)
        for one, other in itertools.combinations(bands, 2):
            assert shapely.intersection(one, other).area < 1e-6


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100_000))
def test_merged_is_about_all_of_them_together(seed):
    rng = np.random.default_rng(seed)
    snap, surface = surface_over(*random_streets(rng))
    where = points(*rng.uniform(0, 3000, (5, 2)))
    alone = draw(snap, surface, where, (600.0,))
    if not alone:
        return
    merged = draw(snap, surface, where, (600.0,), merged=True)[0]
    assert sorted(merged.area.node) == sorted(set().union(*(set(one.area.node) for one in alone.values())))
    net = snap.impedance.network
    within = np.isin(np.arange(net.n_nodes), merged.area.node)
    assert misplaced(surface, net.nodes, within, merged.polygons[0]) <= (0.01, 0.01)
    together = shapely.union_all([one.polygons[0] for one in alone.values()])
    assert shapely.symmetric_difference(together, merged.polygons[0]).area <= 0.05 * together.area + 5_000


def test_an_edge_is_reached_as_far_as_time_allows():
    # 75 m a minute: 10 minutes are 750 m along a street, whichever vertices it has
    street = lines([(0, 0), (3000, 0)])
    snap, surface = surface_over(street)
    for at, minutes in itertools.product((0, 1234, 3000), (1, 3.3, 10)):
        (drawn,) = draw(snap, surface, points((at, 0)), (minutes * 60,)).values()
        west, _, east, _ = shapely.intersection(drawn.polygons[0], street[0]).bounds
        assert west == pytest.approx(max(at - 75 * minutes, 0), abs=1.0)
        assert east == pytest.approx(min(at + 75 * minutes, 3000), abs=1.0)


def test_off_the_road_one_walks_at_right_angles_and_no_farther_than_500_m():
    # a fast road: what bounds the polygon is the walk, first by time and then by distance
    snap, surface = surface_over(lines([(-5000, 0), (5000, 0)]), 60.0, 60.0)
    (short,) = draw(snap, surface, points((0, 0)), (240.0,)).values()
    line = shapely.LineString([(0, -900), (0, 900)])
    assert shapely.intersection(short.polygons[0], line).length == pytest.approx(2 * 240 * 1.25, abs=40)
    (long,) = draw(snap, surface, points((0, 0)), (600.0,)).values()
    assert shapely.intersection(long.polygons[0], line).length == pytest.approx(2 * 500, abs=40)


def test_one_way_streets_are_drawn_in_the_direction_asked_for():
    snap, surface = surface_over(lines([(0, 0), (4000, 0)]), 36.0, 0.0, max_access_m=50)
    assert not draw(snap, surface, points((2000, 90)), (100.0,))
    (towards,) = draw(snap, surface, points((2000, 0)), (100.0,)).values()
    (away,) = draw(snap, surface, points((2000, 0)), (100.0,), outward=True).values()
    assert towards.polygons[0].bounds[0] == pytest.approx(1000, abs=2)
    assert towards.polygons[0].bounds[2] < 2150
    assert away.polygons[0].bounds[2] == pytest.approx(3000, abs=2)
    assert away.polygons[0].bounds[0] > 1850


def lattice(size, step, *, without=()):
    streets = [
        [(i * step, j * step), (i * step + (1 - d) * step, j * step + d * step)]
        for i in range(size + 1) for j in range(size + 1) for d in (0, 1)
        if (i, j)[d] < size
    ]  # fmt: skip
    return lines(*[s for s in streets if not set(s) & set(without)])


def test_holes_are_kept_when_larger_than_the_stated_area():
    # streets around a park of 1,600 m that nobody crosses: its middle is farther than 500 m from any street
    ring = lines([(0, 0), (1600, 0)], [(1600, 0), (1600, 1600)], [(1600, 1600), (0, 1600)], [(0, 1600), (0, 0)])
    snap, surface = surface_over(ring, 60.0, 60.0)
    for smallest, holes in ((0.0, 1), (100_000.0, 1), (2_000_000.0, 0)):
        (drawn,) = draw(snap, surface, points((0, 0)), (1800.0,), min_area_m2=smallest).values()
        (polygon,) = shapely.get_parts(drawn.polygons[0])
        assert len(polygon.interiors) == holes
        assert drawn.min_area_m2 == pytest.approx(min(smallest, polygon.area))
    assert polygon.contains(shapely.Point(800, 800))


def test_islands_are_kept_when_larger_than_the_stated_area():
    # slow streets at both ends of a quick road that may not be left between: two islands, no road through the gap
    quick = [(0, 0), (20_000, 0)]
    town = [[(20_000, 0), (20_000, 300)], [(20_000, 0), (20_300, 0)], [(0, 0), (0, 300)]]
    snap, surface = surface_over(lines(quick, *town), [300.0, 4.5, 4.5, 4.5], [300.0, 4.5, 4.5, 4.5], max_access_m=20)
    (whole,) = draw(snap, surface, points((0, 0)), (400.0,), min_area_m2=0).values()
    everything = whole.polygons[0].area
    (cut,) = draw(snap, surface, points((0, 0)), (400.0,), min_area_m2=everything * 10).values()
    assert 0 < cut.polygons[0].area <= everything
    assert cut.min_area_m2 < everything * 10  # the only island there is stays


def test_leaving_out_small_parts_never_misplaces_many_nodes():
    # a town of slow crossings on quick streets: leaving out its islands would lose most nodes of the reach
    rng = np.random.default_rng(3)
    streets = lattice(12, 150)
    snap, surface = surface_over(streets, speed := rng.choice([3.0, 30.0], len(streets)), speed)
    net = snap.impedance.network
    for k, drawn in draw(snap, surface, points((900, 900), (310, 40)), (200.0, 400.0), min_area_m2=1e9).items():
        seconds = node_times(snap.impedance, snap(points((900, 900), (310, 40))[k : k + 1]), outward=False, walk_kph=4.5)
        for limit, polygon in zip(drawn.limits_s, drawn.polygons, strict=True):
            assert misplaced(surface, net.nodes, seconds <= limit, polygon) <= (0.01, 0.01)


def test_the_same_question_gives_the_same_polygons():
    snap, surface = surface_over(*random_streets(np.random.default_rng(9)))
    first, again = (draw(snap, surface, points((1500, 1500)), (600.0,)) for _ in range(2))
    assert first[0].polygons == again[0].polygons


def test_a_facility_off_the_network_is_passed_over():
    snap, surface = surface_over(lines([(0, 0), (1000, 0)]))
    where = np.array([*points((0, 900), (500, 10)), None], dtype=object)
    assert list(draw(snap, surface, where, (300.0,))) == [1]
    assert draw(snap, surface, where[[0, 2]], (300.0,), merged=True) == {}


def test_time_too_short_for_the_walk_to_the_road_reaches_nothing():
    snap, surface = surface_over(lines([(0, 0), (1000, 0)]))
    (drawn,) = draw(snap, surface, points((500, 100)), (60.0, 600.0)).values()
    assert drawn.polygons[0].is_empty
    assert not drawn.polygons[1].is_empty


@pytest.mark.parametrize(
    "limits", [(), (0.0,), (-5.0, 60.0), (float("inf"),), (float("nan"),), tuple(range(60, 60 * (MAX_LIMITS + 3), 60))]
)
def test_limits_that_cannot_be_meant(limits):
    with pytest.raises(ParameterError):
        check_limits(limits)


def test_limits_come_in_order_and_once():
    assert check_limits((900, 300, 900.0)) == (300.0, 900.0)


@pytest.mark.parametrize("area", [-1.0, float("nan"), float("inf")])
def test_areas_that_cannot_be_meant(area):
    snap, surface = surface_over(lines([(0, 0), (1000, 0)]))
    with pytest.raises(ParameterError):
        draw(snap, surface, points((500, 0)), (300.0,), min_area_m2=area)


def test_nothing_to_draw_around():
    snap, surface = surface_over(lines([(0, 0), (1000, 0)]))
    nobody = Snapped(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    assert list(isochrones(surface, search_of(snap), nobody, (300.0,))) == []


def test_without_roads_they_are_circles_as_wide_as_the_detour_allows():
    inner, outer = straight_isochrones(points((0, 0), (200, 0)), (260.0, 520.0), kph=3.6, factor=1.3)
    assert inner.bounds == pytest.approx((-200, -200, 400, 200))
    assert outer.bounds == pytest.approx((-400, -400, 600, 400))
    assert shapely.covers(outer, inner)


def test_a_border_keeps_away_from_the_nodes_on_both_sides():
    """Rounding the corners to a place on the wire must not put a node on the other side."""
    streets = lines([(0, 0), (400, 0)], [(200, 2), (200, 900)])  # a dead end two metres from a street, joined to nothing
    snap, surface = surface_over(streets, np.full(2, 4.5), np.full(2, 4.5))
    drawn = draw(snap, surface, points((0, 0)), (60.0, 300.0), min_area_m2=0.0)[0]
    nodes = shapely.points(snap.impedance.network.nodes)
    for shape in drawn.polygons:
        assert shapely.distance(shape.boundary, nodes).min() > 0.1
    assert not shapely.intersects(drawn.polygons[1], shapely.Point(200, 2))
    assert shapely.intersects(drawn.polygons[1], shapely.Point(300, 0))
