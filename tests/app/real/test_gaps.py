"""Explanations on real regions: the length of every household's way against networkx, and sentences for every gap."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from app.cli import main
from app.roles import LOCAL_STEWARD, SERVER
from app.services.county.data_date import data_date
from app.services.county.demand import counted
from app.services.county.facilities import FacilityChoice, facilities
from app.services.county.homes import homes_on_roads
from app.services.county.roads import region, snapper
from app.services.county.state import StoreState
from app.services.coverage.gaps import SUMMED
from app.services.coverage.grounds import grounds
from app.services.coverage.service import coverage
from geo.network import TICK_S
from geo.speeds import Mode
from layers.store import Store

TAGS = "amenity=townhall,amenity=pharmacy,amenity=bank,amenity=fuel"


@pytest.fixture(params=[("liechtenstein", 8), ("andorra", 7)], ids=lambda given: given[0])
def store(request, shared_data, tmp_path):
    name, level = request.param
    path = str(tmp_path / "region.db")
    file = shared_data / "osm" / f"{name}.osm.pbf"
    main(["import-osm", str(file), "--township-level", str(level), "--households-from", "buildings",
          "--station-tags", TAGS, "--store", path, "--json"])
    with Store.open(path) as opened:
        yield opened


def quickest_then_shortest(mode, origins, goals, walk_kph):
    """Metres of the shortest of each origin's quickest ways: ticks first and micrometres second, as one integer."""
    net, graph = mode.network, nx.DiGraph()

    def arc(u, v, seconds, metres):
        if np.isfinite(seconds):
            weight = round(seconds / TICK_S) * 10**12 + round(metres * 1e6)
            if weight < graph.get_edge_data(u, v, {"weight": np.inf})["weight"]:
                graph.add_edge(u, v, weight=weight)

    for e in range(net.n_edges):
        arc(int(net.tail[e]), int(net.head[e]), mode.forward_s[e], net.length_m[e])
        arc(int(net.head[e]), int(net.tail[e]), mode.backward_s[e], net.length_m[e])
    on_edge: dict[int, list[int]] = {}
    for kind, snapped in (("f", goals), ("o", origins)):
        access_s = snapped.access_s(walk_kph)
        for k in np.flatnonzero(snapped.on_network).tolist():
            e, share = int(snapped.edge[k]), float(snapped.fraction[k])
            ahead, back = (mode.forward_s[e], mode.backward_s[e]) if kind == "o" else (mode.backward_s[e], mode.forward_s[e])
            for end, pace, part in ((int(net.head[e]), ahead, 1 - share), (int(net.tail[e]), back, share)):
                ride = 0.0 if part == 0 else round(pace * part / TICK_S) * TICK_S if np.isfinite(pace) else np.inf
                way = ride + access_s[k], part * net.length_m[e] + snapped.access_m[k]
                arc(*(((kind, k), end) if kind == "o" else (end, (kind, k))), *way)
            if kind == "f":
                on_edge.setdefault(e, []).append(k)
                continue
            for j in on_edge.get(e, []):
                apart = float(goals.fraction[j]) - share
                pace = mode.forward_s[e] if apart >= 0 else mode.backward_s[e]
                ride = 0.0 if apart == 0 else round(pace * abs(apart) / TICK_S) * TICK_S if np.isfinite(pace) else np.inf
                arc((kind, k), ("f", j), ride + access_s[k] + goals.access_s(walk_kph)[j],
                    abs(apart) * net.length_m[e] + snapped.access_m[k] + goals.access_m[j])
    sources = [("f", int(j)) for j in np.flatnonzero(goals.on_network) if ("f", int(j)) in graph]
    found = nx.multi_source_dijkstra_path_length(graph.reverse(copy=False), sources)
    return np.array([found.get(("o", k), np.inf) for k in range(len(origins.edge))], dtype=object)


@pytest.mark.parametrize("mode", [Mode.WALK, Mode.DRIVE])
def test_ways_are_as_long_as_networkx_finds_them(store, mode):
    state, choice = StoreState(store), FacilityChoice()
    known, why = counted(state, mode, choice), grounds(state, mode, 900.0, choice)
    goals = snapper(state, mode)(region(state).metric(facilities(store, choice, data_date(store)).geometry))
    true = quickest_then_shortest(snapper(state, mode).impedance, homes_on_roads(state, mode), goals, mode.access_kph)
    timed = np.flatnonzero(np.isfinite(known.demand.nearest_s))
    assert len(timed) > 200
    seconds = np.array([way // 10**12 for way in true[timed]], dtype=float) * TICK_S
    assert np.abs(seconds - known.demand.nearest_s[timed]).max() < 1e-3
    metres = np.array([way % 10**12 for way in true[timed]], dtype=float) / 1e6
    assert np.abs(metres - why.way_m[timed]).max() < 0.01
    assert (why.way_m[timed] >= why.straight_m[timed] - 0.02).all()


def test_every_gap_has_its_reasons(store):
    shown, counts_only = coverage(LOCAL_STEWARD, store).gaps, coverage(SERVER, store).gaps
    assert shown
    for gap in shown:
        assert gap.why.text_zh.endswith("。")
        assert gap.why.text_en.endswith(".")
        assert gap.why.detour is None or gap.why.detour >= 1
        assert 0 <= gap.why.by_station <= gap.households
        assert gap.why.disconnected + gap.why.one_way == gap.unreachable
        assert [other.mode for other in gap.why.by_mode] == ["ebike", "drive"]
    for gap in counts_only:
        assert gap.households >= 5
        assert (gap.why == SUMMED) == gap.too_few
        told = (gap.off_network, gap.unreachable, *(other.households for other in gap.why.by_mode), gap.why.by_station)
        assert not {1, 2, 3, 4} & {n for n in told if n is not None}
        assert not {1, 2, 3, 4} & {gap.households - n for n in told if n is not None}
