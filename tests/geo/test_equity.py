"""Inequality: known values, the mean absolute difference, and weights as so many copies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.equity import inequality, lorenz
from geo.errors import ParameterError

VALUES = st.lists(st.integers(0, 60), min_size=1, max_size=30)


def by_mean_difference(x, w):
    """Gini by every pair: the mean absolute difference over twice the mean."""
    x, w = np.asarray(x, float), np.asarray(w, float)
    mean = np.average(x, weights=w)
    apart = (np.abs(x[:, None] - x) * w[:, None] * w).sum() / w.sum() ** 2
    return apart / (2 * mean) if mean > 0 else 0.0


def test_known_values():
    assert inequality([5, 5, 5, 5]).gini == 0
    assert inequality([0, 0, 0, 1]).gini == pytest.approx(0.75)
    assert inequality([1, 2, 3, 4, 5]).gini == pytest.approx(4 / 15)
    assert inequality([0, 0]).gini == 0
    assert inequality([7], [3]).gini == 0


def test_lorenz_by_hand():
    population, total = lorenz([3, 1], [1, 2])
    assert population == pytest.approx([0, 2 / 3, 1])
    assert total == pytest.approx([0, 2 / 5, 1])
    assert [part.tolist() for part in lorenz([0, 0])] == [[0, 0.5, 1], [0, 0.5, 1]]
    assert [part.tolist() for part in lorenz([])] == [[0], [0]]


def test_the_worst_tenth_takes_a_part_of_the_household_on_its_border():
    assert inequality(np.arange(1, 11)).worst_tenth == 10
    # 15 households: one and a half are the worst tenth
    assert inequality(np.arange(1, 16)).worst_tenth == pytest.approx((15 + 0.5 * 14) / 1.5)
    assert inequality([30, 10], [1, 99]).worst_tenth == pytest.approx((30 * 1 + 10 * 9) / 10)
    assert inequality([4.0]).worst_tenth == 4
    assert [inequality(np.arange(1, n + 1)).n_worst for n in (1, 10, 15, 20, 41)] == [1, 1, 2, 2, 5]
    assert inequality([np.inf]).n_worst == 0


def test_those_who_never_get_there_are_told_beside():
    found = inequality([10, 20, np.inf, np.inf], [1, 1, 1, 5])
    assert found.without == pytest.approx(6 / 8)
    assert (found.mean, found.worst_tenth) == (15, 20)
    assert found.gini == pytest.approx(by_mean_difference([10, 20], [1, 1]))
    nobody = inequality([np.inf, np.inf])
    assert nobody.without == 1
    assert np.isnan([nobody.mean, nobody.gini, nobody.worst_tenth]).all()
    assert np.isnan([inequality([]).without, inequality([]).gini]).all()


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(0, 1000))
def test_gini_is_the_mean_difference_and_bounded(values, seed):
    weight = np.random.default_rng(seed).integers(1, 5, len(values))
    found = inequality(values, weight)
    assert found.gini == pytest.approx(by_mean_difference(values, weight), abs=1e-12)
    assert 0 <= found.gini < 1


@settings(max_examples=100, deadline=None)
@given(VALUES, st.integers(0, 1000))
def test_a_weight_is_so_many_copies(values, seed):
    weight = np.random.default_rng(seed).integers(1, 5, len(values))
    one, many = inequality(values, weight), inequality(np.repeat(values, weight))
    for name in ("mean", "gini", "worst_tenth", "without"):
        assert getattr(one, name) == pytest.approx(getattr(many, name), abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(VALUES.filter(lambda v: max(v) > 0))
def test_scale_does_not_matter_and_levelling_lowers(values):
    x = np.array(values, float)
    assert inequality(x * 7).gini == pytest.approx(inequality(x).gini)
    assert inequality((x + x.mean()) / 2).gini <= inequality(x).gini + 1e-12
    worst = inequality(x).worst_tenth
    assert x.mean() - 1e-9 <= worst <= x.max() + 1e-9


@pytest.mark.parametrize(("x", "w"), [([-1], [1]), ([np.nan], [1]), ([1], [-1]), ([1], [np.nan]), ([1], [np.inf])])
def test_what_cannot_be_measured(x, w):
    for measure in (inequality, lorenz):
        with pytest.raises(ParameterError):
            measure(x, w)
