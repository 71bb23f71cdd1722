"""The surface over a network: what it is made of, and that it is whole."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reach_surface import surface_over
from small_networks import lines, random_streets

from geo.ground import LATTICE_M, STEP_M
from geo.surface import Surface


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_triangles_cover_everything_once_and_know_their_neighbours(seed):
    rng = np.random.default_rng(seed)
    _, surface = surface_over(*random_streets(rng, n=int(rng.integers(3, 40))))
    corner = surface.xy[surface.triangles]
    _, b, c = corner - corner[0]
    area = (b[:, 0] * c[:, 1] - c[:, 0] * b[:, 1]) / 2
    assert (area >= 0).all()
    assert area.sum() == pytest.approx(shapely.MultiPoint(surface.xy).convex_hull.area)
    assert set(np.unique(surface.triangles)) == set(range(surface.n_vertices))  # no vertex was left out
    for k in range(3):
        other = surface.neighbours[k]
        known = np.flatnonzero(other >= 0)
        sides = [{int(surface.triangles[j, t]) for j in range(3) if j != k} for t in known]
        assert all(side <= set(surface.triangles[:, o].tolist()) for side, o in zip(sides, other[known], strict=True))
    begin, around = surface.triangles_of
    for v in rng.integers(0, surface.n_vertices, 10):
        assert sorted(around[begin[v] : begin[v + 1]]) == np.flatnonzero((surface.triangles == v).any(axis=0)).tolist()


def test_every_vertex_lies_where_its_edge_and_walk_say():
    snap, surface = surface_over(*random_streets(np.random.default_rng(4)))
    net, at = snap.impedance.network, surface.vertices
    on = at.on_network
    place = shapely.line_interpolate_point(net.line[at.edge[on]], at.fraction[on], normalized=True)
    away = shapely.distance(place, shapely.points(surface.xy[on]))
    assert away == pytest.approx(at.access_m[on], abs=1e-6)
    nodes = np.flatnonzero(surface.vertex_of_node >= 0)
    assert surface.xy[surface.vertex_of_node[nodes]] == pytest.approx(net.nodes[nodes])
    ends = np.unique(np.concatenate([net.tail[snap.impedance.usable], net.head[snap.impedance.usable]]))
    assert nodes.tolist() == ends.tolist()
    assert (at.access_m[~on] > snap.max_access_m).all()


def test_long_roads_and_the_land_beside_them_have_vertices():
    bent = lines([(0, 0), (500, 0), (500, 500)])
    snap, surface = surface_over(bent)
    along = surface.xy[(surface.vertices.access_m == 0)]
    measure = np.sort(shapely.line_locate_point(bent[0], shapely.points(along)))
    assert np.diff(measure).max() <= STEP_M + 1e-6
    land = shapely.points(np.random.default_rng(1).uniform(-400, 900, (300, 2)))
    land = land[shapely.distance(land, bent[0]) < snap.max_access_m]
    nearest = shapely.distance(land, shapely.MultiPoint(surface.xy))
    assert nearest.max() < 1.5 * LATTICE_M
    around = surface.vertices.access_m[np.isfinite(surface.vertices.access_m)]
    assert around.max() > snap.max_access_m  # there is ground to draw the end of the reach against


def test_a_window_has_the_same_ground_nodes_and_nothing_far_away():
    streets = lines(*[[(k * 400, 0), (k * 400 + 400, 0)] for k in range(50)])
    snap, _ = surface_over(streets)
    part = Surface.over(snap, window=(1000, -800, 3000, 800))
    known = np.flatnonzero(part.vertex_of_node >= 0)
    x = snap.impedance.network.nodes[known, 0]
    assert x.min() == pytest.approx(800)  # the far ends of the streets that lead into the window
    assert x.max() == pytest.approx(3200)


def test_a_mode_that_may_use_no_road_has_an_empty_surface():
    _, surface = surface_over(lines([(0, 0), (1000, 0)]), 0.0, 0.0)
    assert surface.n_nodes == 0
    assert not surface.vertices.on_network.any()
