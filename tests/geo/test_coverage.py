"""Counting reach, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import check_limit, reach_by_area, within
from geo.errors import ParameterError


def test_limit_is_inclusive_and_infinity_is_out():
    assert within(np.array([0, 899.999, 900, 900.001, np.inf, np.nan]), 900).tolist() == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("minutes", [0, -5, 1e9, float("nan"), float("inf")])
def test_limits_that_are_none(minutes):
    with pytest.raises(ParameterError, match="时限"):
        check_limit(minutes * 60)


rows = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 3), st.integers(1, 9)), max_size=40)


@given(rows)
def test_equals_counting_by_hand(demand):
    reached, uncertain, area, weight = (
        (np.array(c) for c in zip(*demand, strict=True))
        if demand
        else (np.zeros(0, bool), np.zeros(0, bool), np.zeros(0, int), np.zeros(0, int))
    )
    reach = reach_by_area(reached, uncertain, area, 5, weight=weight)
    for a in range(5):
        here = [d for d in demand if d[2] == a]
        total = sum(d[3] for d in here)
        fuzzy = sum(d[3] for d in here if d[1])
        inside = sum(d[3] for d in here if d[0] and not d[1])
        assert (reach.demand[a], reach.uncertain[a], reach.reached[a]) == (total, fuzzy, inside)
        if total - fuzzy:
            assert reach.rate[a] == pytest.approx(inside / (total - fuzzy))
            assert reach.rate_low[a] <= reach.rate[a] <= reach.rate_high[a] <= 1
        else:
            assert np.isnan(reach.rate[a])
    assert reach.total().demand[0] == sum(d[3] for d in demand)
