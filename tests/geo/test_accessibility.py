"""Floating catchments: by hand, by a plain double loop, and against PySAL's access."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.accessibility import DECAYS, binary, gaussian, step, two_step_access
from geo.errors import ParameterError
from geo.matrix import TravelTimes

LIMIT = 900.0


def pairs(table):
    """A full table of seconds as the pairs that are finite."""
    table = np.asarray(table, float)
    origin, facility = np.nonzero(np.isfinite(table))
    return TravelTimes(origin.astype(np.int32), facility.astype(np.int32), table[origin, facility], *table.shape)


def random_case(seed):
    """Times with ties, gaps and pairs beyond the limit; some origins of nobody, some stations of no staff."""
    rng = np.random.default_rng(seed)
    shape = int(rng.integers(1, 30)), int(rng.integers(1, 12))
    times = rng.choice([0.0, 100.0, 300.0, 600.0, 900.0, 901.0, np.inf], shape, p=[0.05, 0.2, 0.2, 0.1, 0.1, 0.05, 0.3])
    times = np.where(rng.random(shape) < 0.5, times * rng.uniform(0.5, 1, shape), times)
    return times, rng.integers(0, 6, shape[0]).astype(float), rng.integers(0, 5, shape[1]).astype(float)


def double_loop(times, persons, staff, weight_of):
    """The definition, written out."""
    n, m = times.shape
    score = np.zeros(n)
    for j in range(m):
        catchment = sum(persons[i] * weight_of(times[i, j]) for i in range(n) if times[i, j] <= LIMIT)
        if catchment > 0:
            for i in range(n):
                if times[i, j] <= LIMIT:
                    score[i] += staff[j] / catchment * weight_of(times[i, j])
    return score


def weight_by_definition(name):
    """Each decay for one number of seconds, as its paper gives it."""
    if name == "binary":
        return lambda t: 1.0
    if name == "step":
        return lambda t: 1.0 if t <= LIMIT / 3 else 0.68 if t <= 2 * LIMIT / 3 else 0.22
    return lambda t: (np.exp(-0.5 * (t / LIMIT) ** 2) - np.exp(-0.5)) / (1 - np.exp(-0.5))


def test_decays_at_their_bounds():
    seconds = np.array([0.0, 300.0, np.nextafter(300, 999), 600.0, 601.0, 900.0, np.nextafter(900, 999), np.inf])
    assert binary(seconds, LIMIT).tolist() == [1, 1, 1, 1, 1, 1, 0, 0]
    assert step(seconds, LIMIT).tolist() == [1, 1, 0.68, 0.68, 0.22, 0.22, 0, 0]
    bell = gaussian(seconds, LIMIT)
    assert (bell[0], bell[5], bell[6], bell[7]) == (1, 0, 0, 0)
    assert gaussian(np.array([450.0]), LIMIT) == pytest.approx([(np.exp(-0.125) - np.exp(-0.5)) / (1 - np.exp(-0.5))])


@pytest.mark.parametrize("name", DECAYS)
def test_weights_never_rise_with_time(name):
    weight = DECAYS[name](np.linspace(0, 1000, 2001), LIMIT)
    assert (np.diff(weight) <= 0).all()
    assert (weight[0], weight[-1]) == (1, 0)


def test_by_hand():
    # 10 and 30 persons; station 0 (4 staff) near both, station 1 (3 staff) near the second only, station 2 near nobody
    times = pairs([[100, np.inf, np.inf], [200, 800, np.inf], [np.inf, np.inf, np.inf]])
    found = two_step_access(times, [10, 30, 5], [4, 3, 9], max_travel_time_s=LIMIT, decay=binary)
    assert found.score == pytest.approx([4 / 40, 4 / 40 + 3 / 30, 0])
    assert found.demand.tolist() == [40, 30, 0]
    assert found.load == pytest.approx([10, 10, 0])
    banded = two_step_access(times, [10, 30, 5], [4, 3, 9], max_travel_time_s=LIMIT, decay=step)
    assert banded.weighted_demand == pytest.approx([40, 30 * 0.22, 0])
    assert banded.score == pytest.approx([4 / 40, 4 / 40 + 3 / 30, 0])
    assert banded.demand.tolist() == [40, 30, 0]


def test_one_station_binary_is_staff_by_persons():
    found = two_step_access(pairs([[1.0], [900.0], [901.0]]), [3, 5, 7], [2], max_travel_time_s=LIMIT, decay=binary)
    assert found.score == pytest.approx([2 / 8, 2 / 8, 0])


def test_no_staff_unknown_staff_and_nobody_near_are_three_things():
    times = pairs([[10, 10, 10, np.inf, np.inf], [np.inf, np.inf, 10, np.inf, np.inf]])
    found = two_step_access(times, [4, 6], [0, np.nan, 5, 2, np.nan], max_travel_time_s=LIMIT, decay=binary)
    assert found.score == pytest.approx([0.5, 0.5])
    assert found.near_unknown.tolist() == [True, False]
    np.testing.assert_array_equal(found.load, [np.inf, np.nan, 2, 0, np.nan])
    assert found.demand.tolist() == [4, 4, 10, 0, 0]


def test_an_origin_of_nobody_has_a_score_and_is_no_load():
    found = two_step_access(pairs([[10.0], [20.0]]), [0, 8], [2], max_travel_time_s=LIMIT, decay=binary)
    assert found.score == pytest.approx([0.25, 0.25])
    alone = two_step_access(pairs([[10.0]]), [0], [2], max_travel_time_s=LIMIT)
    assert (alone.score.tolist(), alone.load.tolist()) == ([0], [0])


def test_weight_nought_at_the_limit_is_not_divided_by():
    found = two_step_access(pairs([[900.0]]), [8], [2], max_travel_time_s=LIMIT, decay=gaussian)
    assert (found.score.tolist(), found.demand.tolist(), found.load.tolist()) == ([0], [8], [0])


@pytest.mark.parametrize("name", DECAYS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_equals_the_definition(name, seed):
    times, persons, staff = random_case(seed)
    found = two_step_access(pairs(times), persons, staff, max_travel_time_s=LIMIT, decay=DECAYS[name])
    assert found.score == pytest.approx(double_loop(times, persons, staff, weight_by_definition(name)))


def by_pysal(times, persons, staff, weight_of):
    """The same question put to PySAL's access; NaN is its word for "no pair", and for nought by nought."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of places without any pair, which the case has on purpose
        from access import Access

        origin, dest = np.nonzero(np.isfinite(times))
        cost = pd.DataFrame({"o": origin, "d": dest, "cost": times[origin, dest]})
        model = Access(
            demand_df=pd.DataFrame({"id": range(len(persons)), "persons": persons}),
            demand_index="id",
            demand_value="persons",
            supply_df=pd.DataFrame({"id": range(len(staff)), "staff": staff}),
            supply_index="id",
            supply_value="staff",
            cost_df=cost,
            cost_origin="o",
            cost_dest="d",
            cost_name="cost",
        )
        out = model.enhanced_two_stage_fca(name="fca", cost="cost", max_cost=LIMIT, weight_fn=weight_of, normalize=False)
    column = out.columns[-1]
    return out[column].reindex(range(len(persons))).to_numpy()


@pytest.mark.parametrize("name", DECAYS)
@pytest.mark.parametrize("seed", range(6))
def test_equals_pysal(name, seed):
    from access import weights

    times, persons, staff = random_case(seed)
    persons += 1  # where a catchment is empty PySAL divides nought by nought; those cases are above
    weight_of = {
        "binary": lambda t: 1.0,
        "step": weights.step_fn({LIMIT / 3: 1.0, 2 * LIMIT / 3: 0.68, LIMIT: 0.22}),
        "gaussian": weight_by_definition("gaussian"),
    }[name]
    if name == "gaussian":
        times = np.where(times == LIMIT, LIMIT - 1, times)  # a weight of 0 empties a catchment as well
    found = two_step_access(pairs(times), persons, staff, max_travel_time_s=LIMIT, decay=DECAYS[name])
    assert found.score == pytest.approx(np.nan_to_num(by_pysal(times, persons, staff, weight_of)))
    assert found.score.any()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), name=st.sampled_from(sorted(DECAYS)))
def test_every_supply_is_shared_out_in_full(seed, name):
    times, persons, staff = random_case(seed)
    found = two_step_access(pairs(times), persons, staff, max_travel_time_s=LIMIT, decay=DECAYS[name])
    assert (found.score * persons).sum() == pytest.approx(staff[found.weighted_demand > 0].sum())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), name=st.sampled_from(sorted(DECAYS)), more=st.integers(1, 9))
def test_more_staff_never_lowers_and_more_persons_never_raise_anyones_score(seed, name, more):
    times, persons, staff = random_case(seed)
    ask = lambda d, s: two_step_access(pairs(times), d, s, max_travel_time_s=LIMIT, decay=DECAYS[name]).score  # noqa: E731
    before = ask(persons, staff)
    where = np.arange(len(staff)) == seed % len(staff)
    assert (ask(persons, staff + more * where) >= before - 1e-12).all()
    crowd = np.where(persons > 0, persons + more, 0)  # persons come where there are some
    assert (ask(crowd, staff) <= before + 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), name=st.sampled_from(sorted(DECAYS)))
def test_one_more_station_never_lowers_anyones_score(seed, name):
    times, persons, staff = random_case(seed)
    fewer = two_step_access(pairs(times[:, 1:]), persons, staff[1:], max_travel_time_s=LIMIT, decay=DECAYS[name])
    more = two_step_access(pairs(times), persons, staff, max_travel_time_s=LIMIT, decay=DECAYS[name])
    assert (more.score >= fewer.score - 1e-12).all()


@pytest.mark.parametrize(
    ("persons", "staff"),
    [([-1.0], [1.0]), ([np.nan], [1.0]), ([np.inf], [1.0]), ([1.0], [-1.0]), ([1.0], [np.inf]), ([1.0, 2.0], [1.0])],
)
def test_sizes_that_cannot_be_meant(persons, staff):
    with pytest.raises(ParameterError):
        two_step_access(pairs([[10.0]]), persons, staff, max_travel_time_s=LIMIT)
