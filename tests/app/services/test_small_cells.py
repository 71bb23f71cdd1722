"""What is withheld cannot be had from all that is told, whatever the county."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from app.services.county.small_cells import SMALL_CELL, Withheld, withheld, withheld_areas

# Most villages lie in one township; the last of the positions stands for none.
SIZES = st.one_of(st.integers(0, 7), st.integers(0, 60))


@st.composite
def counties(draw):
    """(size, township, village, n_townships, n_villages) of the finest cells."""
    n_townships, n_villages = draw(st.integers(0, 4)), draw(st.integers(0, 7))
    cells = [(draw(SIZES), draw(st.integers(0, n_townships)), k) for k in range(n_villages)]
    cells += [(draw(SIZES), k, n_villages) for k in range(n_townships + 1) if draw(st.booleans())]
    if n_villages and draw(st.integers(0, 5)) == 0:  # a village with households in two townships
        cells.append((draw(SIZES), draw(st.integers(0, n_townships)), draw(st.integers(0, n_villages - 1))))
    size, township, village = (np.array(part, dtype=np.int64) for part in zip(*cells, strict=True)) if cells else (
        np.zeros(0, dtype=np.int64),) * 3
    return size, township, village, n_townships, n_villages


def told(county, hidden: Withheld):
    """The finest cells summed by each row that is told, over both levels and the total; shape (n_rows, n_cells)."""
    size, township, village, n_townships, n_villages = county
    rows = [] if hidden.whole else [np.ones(len(size))]
    rows += [township == k for k in range(n_townships + 1) if not hidden.townships[k]]
    rows += [village == k for k in range(n_villages + 1) if not hidden.villages[k]]
    rows += [(township == k) & (village == n_villages) for k in range(n_townships + 1) if not hidden.outside[k]]
    return np.array(rows, dtype=float).reshape(len(rows), len(size))


def areas(county):
    _, township, village, n_townships, n_villages = county
    yield from ((township == k) for k in range(n_townships + 1))
    yield from ((village == k) for k in range(n_villages + 1))
    yield from (((township == a) & (village == b)) for a in range(n_townships + 1) for b in range(n_villages + 1))


def decide(county) -> Withheld:
    size, township, village, n_townships, n_villages = county
    return withheld_areas(size, township, village, n_townships=n_townships, n_villages=n_villages)


def spans(rows, what) -> bool:
    """True when ``what`` is a combination of the rows."""
    if not len(rows):
        return not what.any()
    combined = np.linalg.lstsq(rows.T, what.astype(float), rcond=None)[0]
    return bool(np.allclose(rows.T @ combined, what, atol=1e-8))


def county_of(*cells, n_townships, n_villages):
    return (*np.array(cells, dtype=np.int64).T, n_townships, n_villages)


SIDE_BY_SIDE = county_of((2, 0, 0), (6, 1, 1), (9, 2, 2), n_townships=3, n_villages=3)
OUTSIDE_ALONE = county_of((3, 0, 0), (30, 0, 1), (7, 0, 2), (20, 1, 2), n_townships=2, n_villages=2)


@settings(max_examples=400, deadline=None)
@example(SIDE_BY_SIDE)
@example(OUTSIDE_ALONE)
@given(counties())
def test_no_small_area_is_a_combination_of_what_is_told(county):
    size, rows = county[0], told(county, decide(county))
    there = size > 0
    for area in areas(county):
        if 0 < size[area].sum() < SMALL_CELL:
            assert not spans(rows[:, there], area[there])


@settings(max_examples=120, deadline=None)
@example(SIDE_BY_SIDE)
@example(OUTSIDE_ALONE)
@given(counties())
def test_a_small_area_could_have_another_figure(county):
    size = county[0]
    rows = told(county, decide(county))
    # Persons, say: two in each household and one more in each cell.
    truth = 2 * size + (size > 0)
    for area in areas(county):
        if not 0 < size[area].sum() < SMALL_CELL:
            continue
        ends = [
            linprog(sign * area.astype(float), A_eq=rows if len(rows) else None,
                    b_eq=rows @ truth if len(rows) else None, bounds=[(0, None if n else 0) for n in size]).fun
            for sign in (1, -1)
        ]  # fmt: skip
        low, high = ends[0], np.inf if ends[1] is None else -ends[1]
        assert high - low > 0.5


@settings(max_examples=300, deadline=None)
@given(counties())
def test_whatever_is_left_of_an_area_that_is_told_has_enough_households(county):
    size, township, village, n_townships, _ = county
    hidden = decide(county)
    shown_villages = ~np.append(hidden.villages[:-1], True)[village]
    for k in range(n_townships + 1):
        left = size[(township == k) & ~shown_villages].sum()
        assert hidden.townships[k] or left == 0 or left >= SMALL_CELL
    left = size[hidden.townships[township] & ~shown_villages].sum()
    assert hidden.whole or left == 0 or left >= SMALL_CELL
    assert hidden.whole == (0 < size.sum() < SMALL_CELL)


@settings(max_examples=200, deadline=None)
@given(counties())
def test_nothing_is_withheld_where_every_area_has_enough(county):
    size, township, village, _, n_villages = county
    pairs = {(t, v) for t, v, n in zip(township, village, size, strict=True) if n}
    straddles = len({v for _, v in pairs if v < n_villages}) < sum(v < n_villages for _, v in pairs)
    enough = all(not 0 < size[area].sum() < SMALL_CELL for area in areas(county))
    if enough and not straddles:
        assert not decide(county)


def test_two_six_nine_by_hand():
    hidden = decide(SIDE_BY_SIDE)
    assert hidden.townships.tolist() == [True, True, False, False]
    assert hidden.villages.tolist() == [True, True, False, False]
    assert not hidden.whole


def test_only_the_next_village_is_withheld_with_a_small_one():
    hidden = decide(county_of((3, 0, 0), (6, 0, 1), (40, 0, 2), (50, 1, 3), n_townships=2, n_villages=4))
    assert hidden.villages.tolist() == [True, True, False, False, False]
    assert not hidden.townships.any()


def test_households_in_no_village_are_told_where_they_give_nothing_away():
    assert decide(OUTSIDE_ALONE).villages.tolist() == [True, False, True]
    hidden = decide(county_of((30, 0, 0), (7, 0, 1), n_townships=1, n_villages=1))
    assert not hidden
    hidden = decide(county_of((30, 0, 0), (2, 0, 1), n_townships=1, n_villages=1))
    assert hidden.villages.tolist() == [True, True]
    assert hidden.outside.tolist() == [True, False]


def test_a_county_of_a_few_is_not_told_of_at_all():
    hidden = decide(county_of((2, 0, 0), (1, 1, 1), n_townships=2, n_villages=2))
    assert hidden.whole
    assert hidden.townships.tolist() == [True, True, False]
    assert hidden.villages.tolist() == [True, True, False]


def test_what_two_rules_withhold_is_withheld():
    one, two = decide(SIDE_BY_SIDE), decide(county_of((9, 0, 0), (9, 1, 1), (2, 2, 2), n_townships=3, n_villages=3))
    both = one | two
    assert both.townships.tolist() == [True, True, True, False]
    assert both.areas("village").tolist() == [True, True, True, False]


@settings(max_examples=400, deadline=None)
@given(counties(), st.data())
def test_neither_those_of_whom_something_is_so_nor_the_others_can_be_had(county, data):
    size, township, village, n_townships, n_villages = county
    so = np.array([data.draw(st.integers(0, int(n))) for n in size], dtype=np.int64)
    measures = size, so, size - so
    hidden, *more = (decide((one, township, village, n_townships, n_villages)) for one in measures)
    for other in more:
        hidden |= other
    rows = told(county, hidden)
    for measure in measures:
        there = measure > 0
        for area in areas(county):
            if 0 < measure[area].sum() < SMALL_CELL:
                assert not spans(rows[:, there], area[there])


@pytest.mark.parametrize(("sizes", "expected"), [([1, 4, 9], [1, 1, 0]), ([3, 9, 7], [1, 0, 1]), ([0, 9, 7], [0, 0, 0])])
def test_parts_of_one_total(sizes, expected):
    assert withheld(np.array(sizes), np.full(3, "", dtype=object)).tolist() == [bool(n) for n in expected]
