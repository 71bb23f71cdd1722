"""Siting with room for so many against every plan and its maximum flow, against a plain model, and what must hold for any."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from small_sites import covered, dense, pairs, plans, random_problem

from geo.errors import ParameterError
from geo.siting.capacitated_covering import capacitated_covering
from geo.siting.maximal_covering import maximal_covering
from geo.siting.problem import Problem
from geo.siting.purse import Purse
from geo.siting.result import Shortfall, Status

LIMIT = 900.0


def small(seed):
    """A small problem of whole weights, and room that is short, ample or none."""
    rng = np.random.default_rng(seed + 1)
    problem = random_problem(seed, most_sites=7, most_demands=14)
    whole = Problem.of(
        problem.times, np.rint(problem.weight * rng.choice([1, 3])), fixed=np.flatnonzero(problem.fixed),
        must_open=np.flatnonzero(problem.must_open), banned=np.flatnonzero(problem.banned),
    )  # fmt: skip
    return whole, rng.integers(0, rng.choice([4, 9, 40]), len(problem.fixed)) * 1.0


def servable(problem, room, is_open, limit=LIMIT):
    """The most that a plan serves, by NetworkX."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["people", "served"])
    near = dense(problem) <= limit
    for site in np.flatnonzero(is_open).tolist():
        graph.add_edge(("site", site), "served", capacity=float(room[site]))
        for demand in np.flatnonzero(near[:, site]).tolist():
            graph.add_edge(("demand", demand), ("site", site), capacity=float("inf"))
            graph.add_edge("people", ("demand", demand), capacity=float(problem.weight[demand]))
    return nx.maximum_flow_value(graph, "people", "served")


def keeps_the_rules(problem, room, result, limit=LIMIT):
    """Nobody is served twice, too far away, by a closed site or by one that is full."""
    n, who = len(problem.fixed), result.assignment
    assert (who.amount > 0).all()
    assert (who.load(n) <= room).all()
    assert (who.served(len(problem.weight)) <= problem.weight).all()
    assert (dense(problem)[who.demand, who.site] <= limit).all()
    assert set(who.site.tolist()) <= set(result.sites.tolist())
    assert len({*zip(who.demand.tolist(), who.site.tolist(), strict=True)}) == len(who.demand)
    assert who.amount.sum() == result.objective
    assert ((result.site >= 0) == (who.served(len(problem.weight)) > 0)).all()
    assert np.isfinite(result.seconds[result.site >= 0]).all()
    assert (problem.fixed | problem.must_open)[result.sites].sum() == (problem.fixed | problem.must_open).sum()
    assert not problem.banned[result.sites].any()


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3), st.booleans())
def test_no_plan_serves_more(seed, more, priced):
    problem, room = small(seed)
    if not problem.weight.any():
        return
    costs = np.random.default_rng(seed).integers(0, 4, len(room)) * 1.0
    k = min(int(problem.must_open.sum()) + more, int(problem.candidate.sum()))
    budget = float(costs[problem.must_open].sum() + more)
    purse = Purse.of(costs, budget)
    every = plans(problem, int(problem.candidate.sum()) if priced else k)
    allowed = [p for p in every if not priced or costs[p & ~problem.fixed].sum() <= budget]
    reach = (dense(problem)[problem.weight > 0] <= LIMIT).any(axis=0)
    try:
        result = capacitated_covering(problem, purse if priced else k, room, max_travel_time_s=LIMIT)
    except ParameterError:
        assert not room[problem.candidate & reach].any()
        return
    if result.status is Status.INFEASIBLE:
        assert priced
        assert not problem.must_open.any()
        assert costs[problem.candidate].min() > budget
        return
    best = max(servable(problem, room, plan) for plan in allowed)
    assert (result.status, result.objective, result.bound) == (Status.OPTIMAL, best, best)
    keeps_the_rules(problem, room, result)
    if priced:
        assert costs[result.opened].sum() <= budget
    else:
        assert len(result.opened) <= k
    for site in result.opened[~problem.must_open[result.opened]]:  # nothing is opened for nothing
        without = np.isin(np.arange(len(room)), result.sites[result.sites != site])
        assert servable(problem, room, without) < best


def of_size(seed, n_sites, n_demands):
    rng = np.random.default_rng(seed)
    sites = rng.uniform(0, 20, (n_sites, 2))
    at = sites[rng.integers(n_sites, size=n_demands)] + rng.normal(0, 1.2, (n_demands, 2))
    table = np.hypot(*(at[:, None] - sites).T).T
    times = pairs(np.where(table < 6, table, np.inf))
    return Problem.of(times, rng.integers(1, 6, n_demands), fixed=[0, 1]), rng


def plain(problem, room, limit, k):
    """The textbook model with a variable for each pair, solved by SciPy."""
    demand, site = np.nonzero(dense(problem) <= limit)
    m, n, pairs_ = len(problem.weight), len(room), len(demand)
    a = np.zeros((m + n + 1, n + pairs_))
    a[demand, n + np.arange(pairs_)] = 1
    a[m + site, n + np.arange(pairs_)] = 1
    a[m + np.arange(n), np.arange(n)] = -room
    a[-1, :n] = ~problem.fixed
    upper = np.r_[problem.weight, np.zeros(n), k]
    bounds = Bounds(np.r_[problem.fixed.astype(float), np.zeros(pairs_)], np.r_[np.ones(n), np.full(pairs_, np.inf)])
    found = milp(-np.r_[np.zeros(n), np.ones(pairs_)], constraints=LinearConstraint(a, -np.inf, upper), bounds=bounds,
                 integrality=np.r_[np.ones(n), np.zeros(pairs_)], options={"mip_rel_gap": 0})  # fmt: skip
    return -found.fun


@pytest.mark.parametrize(("seed", "k", "tight"), [(1, 4, 0.6), (2, 6, 1.0), (3, 3, 0.3)])
def test_a_plain_model_serves_as_much(seed, k, tight):
    problem, rng = of_size(seed, 25, 120)
    room = np.rint(rng.uniform(0.5, 1.5, 25) * tight * problem.weight.sum() / (k + 2))
    result = capacitated_covering(problem, k, room, max_travel_time_s=3.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(plain(problem, room, 3.0, k))
    keeps_the_rules(problem, room, result, 3.0)


@pytest.mark.parametrize("seed", range(3))
def test_more_sites_and_more_room_never_serve_fewer(seed):
    problem, rng = of_size(seed, 25, 100)
    room = rng.integers(5, 40, 25) * 1.0
    by_number = [capacitated_covering(problem, k, room, max_travel_time_s=2.5).objective for k in range(6)]
    by_room = [capacitated_covering(problem, 3, room * f, max_travel_time_s=2.5).objective for f in (0.5, 1, 2, 8)]
    assert by_number == sorted(by_number)
    assert by_room == sorted(by_room)


@pytest.mark.parametrize("seed", range(4))
def test_with_room_for_all_it_is_maximal_covering(seed):
    problem, _ = of_size(seed, 40, 200)
    without = maximal_covering(problem, 5, max_travel_time_s=2.5)
    result = capacitated_covering(problem, 5, np.full(40, np.inf), max_travel_time_s=2.5)
    assert (result.objective, result.bound) == (without.objective, without.bound)
    is_open = np.isin(np.arange(40), result.sites)
    assert covered(problem, is_open, 2.5) == result.objective
    near = np.where(is_open, dense(problem), np.inf)
    assert result.seconds[result.site >= 0] == pytest.approx(near.min(axis=1)[result.site >= 0])  # the nearest has room


def test_a_stopped_solve_gives_a_plan_and_a_true_bound():
    problem, rng = of_size(8, 40, 200)
    room = rng.integers(30, 120, 40) * 1.0
    stopped = capacitated_covering(problem, 6, room, max_travel_time_s=2.0, stop=lambda: True)
    done = capacitated_covering(problem, 6, room, max_travel_time_s=2.0)
    assert stopped.status is Status.TIME_LIMIT
    assert 0 < stopped.objective <= done.objective <= stopped.bound < np.inf
    assert done.bound <= stopped.bound
    keeps_the_rules(problem, room, stopped, 2.0)
    again = capacitated_covering(problem, 6, room, max_travel_time_s=2.0)
    assert again.sites.tolist() == done.sites.tolist()
    assert again.assignment.amount.tolist() == done.assignment.amount.tolist()


def test_a_family_is_shared_and_who_can_go_elsewhere_makes_room():
    # site 0 has room for 3: demand 0 (2 persons) has no other; demand 1 (4 persons) is nearer to 0 but can go to 1 too
    problem = Problem.of(pairs([[5.0, np.inf], [1.0, 6.0]]), [2, 4], fixed=[0])
    result = capacitated_covering(problem, 1, [3, 3.9], max_travel_time_s=9)
    assert (result.objective, result.opened.tolist()) == (6, [1])
    who = result.assignment
    assert sorted(zip(who.demand.tolist(), who.site.tolist(), who.amount.tolist(), strict=True)) == [(0, 0, 2), (1, 0, 1), (1, 1, 3)]
    assert result.site.tolist() == [0, 1]
    assert result.seconds.tolist() == [5, 6]


def test_an_existing_station_without_room_serves_nobody():
    problem = Problem.of(pairs([[1.0, 2.0]]), [5], fixed=[0])
    result = capacitated_covering(problem, 1, [0, 3], max_travel_time_s=9)
    assert (result.objective, result.site.tolist(), result.sites.tolist()) == (3, [1], [0, 1])


def test_what_must_be_opened_and_cannot_be_paid_is_said_with_the_amount():
    problem = Problem.of(pairs(np.zeros((1, 2))), [1], must_open=[0])
    result = capacitated_covering(problem, Purse.of([4, 1], 1.5), [1, 1], max_travel_time_s=9)
    assert (result.status, result.shortfalls) == (Status.INFEASIBLE, (Shortfall("budget", -1, 4.0, 1.5),))


@pytest.mark.parametrize(
    ("k", "room", "limit", "weight", "words"),
    [
        (1, [1, -1], 9, [1], "needs its room"),
        (1, [1, np.nan], 9, [1], "needs its room"),
        (1, [1], 9, [1], "needs its room"),
        (1, [1, 1], 9, [0.5], "must be whole"),
        (1, [3, 0], 9, [1], "room for nobody"),
        (1, [3, 3], 0.5, [1], "no candidate is within 0.5 seconds"),
        (2, [3, 3], 9, [1], "only 1 candidates"),
        (-1, [3, 3], 9, [1], "must not be negative"),
        (1, [3, 3], -1, [1], "at least 0"),
    ],
)
def test_what_cannot_be_is_said_in_words(k, room, limit, weight, words):
    problem = Problem.of(pairs([[0.0, 1.0]]), weight, fixed=[0])
    with pytest.raises(ParameterError, match=words):
        capacitated_covering(problem, k, room, max_travel_time_s=limit)
