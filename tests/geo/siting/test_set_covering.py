"""Set covering against every plan there is and against spopt; what makes it infeasible."""

from __future__ import annotations

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_sites import dense, pairs, plans, random_problem
from spopt.locate import LSCP

from geo.errors import ParameterError
from geo.siting.problem import Problem
from geo.siting.result import Shortfall, Status
from geo.siting.set_covering import set_covering

LIMIT = 900.0


def enough(problem, is_open, share, group):
    """Whether a plan covers the share of every group."""
    near = (dense(problem)[:, is_open] <= LIMIT).any(axis=1)
    return all(
        problem.weight[near & (group == g)].sum() >= share * problem.weight[group == g].sum() - 1e-9 for g in set(group)
    )


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 0.9, 0.5, 0.2]), st.integers(1, 3))
def test_no_fewer_sites_do(seed, share, n_groups):
    problem = random_problem(seed, most_sites=8)
    group = np.random.default_rng(seed).integers(n_groups, size=len(problem.weight))
    result = set_covering(
        problem, max_travel_time_s=LIMIT, share=share, groups=group if n_groups > 1 else None, seed=1
    )
    fits = [
        int((plan & ~problem.fixed).sum())
        for plan in plans(problem, int(problem.candidate.sum()))
        if enough(problem, plan, share, group)
    ]
    everything = problem.fixed | problem.candidate
    if not fits:
        assert result.status is Status.INFEASIBLE
        assert not enough(problem, everything, share, group)
        assert result.shortfalls
        near = (dense(problem)[:, everything] <= LIMIT).any(axis=1)
        for short in result.shortfalls:
            mine = group == short.group if short.group >= 0 else np.ones(len(group), bool)
            assert short.needed == pytest.approx(share * problem.weight[mine].sum())
            assert short.possible == pytest.approx(problem.weight[mine & near].sum())
            assert short.amount > 0
        assert result.unreachable.tolist() == np.flatnonzero(~near & (problem.weight > 0)).tolist()
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == result.bound == min(fits) == len(result.opened)
    is_open = np.isin(np.arange(len(problem.fixed)), result.sites)
    assert enough(problem, is_open, share, group)
    assert (is_open[problem.fixed | problem.must_open]).all()
    assert not is_open[problem.banned].any()


@pytest.mark.filterwarnings("ignore:.*PuLP 4.0:DeprecationWarning")
@pytest.mark.parametrize("seed", range(3))
def test_spopt_needs_as_many(seed):
    rng = np.random.default_rng(seed)
    at, sites = rng.uniform(0, 20, (100, 2)), rng.uniform(0, 20, (100, 2))
    table = np.hypot(*(at[:, None] - sites).T).T
    limit = float(table.min(axis=1).max() * 1.1)
    theirs = LSCP.from_cost_matrix(table, limit, predefined_facilities_arr=np.array([4])).solve(
        pulp.HiGHS(msg=False)
    )
    ours = set_covering(Problem.of(pairs(table), np.ones(100), fixed=[4]), max_travel_time_s=limit)
    assert ours.status is Status.OPTIMAL
    assert ours.objective + 1 == pulp.value(theirs.problem.objective)
    assert (ours.seconds <= limit).all()


def test_the_group_that_cannot_be_reached_is_named_with_what_is_missing():
    problem = Problem.of(pairs([[1.0], [np.inf], [np.inf], [2.0]]), [4, 6, 5, 5])
    result = set_covering(problem, max_travel_time_s=10, share=0.5, groups=[0, 0, 1, 1])
    assert result.status is Status.INFEASIBLE
    assert result.shortfalls == (Shortfall("share", 0, 5.0, 4.0),)
    assert result.shortfalls[0].amount == 1.0
    assert result.unreachable.tolist() == [1, 2]
    assert len(result.sites) == 0


def test_those_who_weigh_nothing_ask_for_nothing():
    problem = Problem.of(pairs([[1.0, np.inf], [np.inf, 1.0]]), [1, 0])
    assert set_covering(problem, max_travel_time_s=5).opened.tolist() == [0]


def test_a_stopped_solve_gives_a_plan_and_a_true_bound():
    rng = np.random.default_rng(4)
    at = rng.uniform(0, 30, (600, 2))
    table = np.hypot(*(at[:, None] - at[:200]).T).T
    problem = Problem.of(pairs(np.where(table < 12, table, np.inf)), rng.integers(1, 5, 600))
    for share in (1.0, 0.7):
        stopped = set_covering(problem, max_travel_time_s=4.0, share=share, stop=lambda: True)
        assert stopped.status in {Status.TIME_LIMIT, Status.OPTIMAL}
        assert problem.weight[stopped.site >= 0].sum() >= share * problem.weight.sum()
        assert 1 <= stopped.bound <= stopped.objective


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"share": 0.0}, "above 0 and at most 1"),
        ({"share": 1.1}, "above 0 and at most 1"),
        ({"groups": [0]}, "number of its group"),
        ({"groups": [0, -1]}, "number of its group"),
        ({"groups": [0.5, 1.0]}, "number of its group"),
    ],
)
def test_what_cannot_be_is_said_in_words(options, words):
    with pytest.raises(ParameterError, match=words):
        set_covering(Problem.of(pairs(np.zeros((2, 1))), [1, 1]), max_travel_time_s=5, **options)
