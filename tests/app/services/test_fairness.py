"""Fairness, on a county counted by hand, and what may not be had from it."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_county import PROVENANCE, at, frame, frames

from app.roles import LOCAL_STEWARD, SERVER, Role, Viewer
from app.services.access.service import access
from app.services.access.tables import access_tables
from app.services.answers.files import tables_as_bytes
from app.services.county.facilities import FacilityChoice
from app.services.county.household_groups import Groups, untellable
from app.services.coverage.service import coverage, household_times
from app.services.errors import NoDataError
from app.services.fairness.service import fairness
from app.services.fairness.tables import fairness_tables
from geo.errors import ParameterError
from layers.schema import Label
from layers.store import Store

TRAITS = {  # categories, born, alone, difficulty
    "h01": (["veteran"], 1940, True, "none"),
    "h02": (["veteran", "disabled"], 1966, False, "illness"),  # 60 in 2026: an elder; 1,000 m are 20 of its minutes
    "h03": (["veteran"], 1967, True, "none"),
    "h04": (["martyr_kin"], 1980, False, None),
    "h05": (["veteran"], None, None, "none"),
    "h06": (["veteran"], 1950, True, "none"),
    "h07": (None, 1950, False, None),
    "h08": (["veteran"], 1980, False, "none"),
    "h09": (["veteran"], 1930, True, "minimum"),
    "h10": (["veteran"], 1941, True, "none"),
}


def with_traits(**changed):
    given = {**frames(), **changed}
    rows = given["households"]
    columns = zip(*(TRAITS[i] for i in rows["id"]), strict=True)
    names = ("categories", "eldest_birth_year", "lives_alone", "difficulty")
    for name, column in zip(names, columns, strict=True):
        rows[name] = list(column)
    return given


@pytest.fixture(scope="module")
def store(shared_url):
    with Store.open(shared_url) as opened:
        opened.load(with_traits(), PROVENANCE)
        yield opened


def by_code(report):
    return {(g.kind, g.code): g for g in report.groups}


def test_groups_by_hand(store):
    groups = by_code(fairness(LOCAL_STEWARD, store))
    told = {code: (g.households, g.persons, g.households_imprecise, g.households_reached) for (_, code), g in groups.items()}
    assert told["all"] == (10, 22, 2, 3)  # h01 h03 h10; h02 is too slow
    assert told["elder"] == (6, 8, 2, 2)  # h01 h02 h06 h07 h09 h10
    assert told["elder_alone"] == (4, 5, 1, 2)  # h01 h06 h09 h10
    assert told["veteran"] == (8, 17, 1, 3)
    assert told["disabled"] == (1, 2, 0, 0)
    assert told["martyr_kin"] == (1, 4, 0, 0)
    assert told["none"] == (6, 13, 1, 3)
    assert told["minimum"] == (1, 2, 0, 0)
    assert told["illness"] == (1, 2, 0, 0)
    assert len(told) == 9  # kinds that nobody is of are not listed
    elder = groups["group", "elder"]
    assert (elder.rate, elder.rate_low, elder.rate_high) == (2 / 4, 2 / 6, 4 / 6)
    assert elder.persons_rate == 2 / 6
    assert elder.minutes_median == pytest.approx(2.0)  # 1, 2 and 20 minutes; h09 has no way
    assert groups["category", "martyr_kin"].minutes_median == pytest.approx(1126 / 75, abs=0.06)


def test_elders_walk_at_their_own_pace_unless_told_otherwise(store):
    usual = fairness(LOCAL_STEWARD, store, elder_pace=False)
    assert by_code(usual)["all", "all"].households_reached == 4
    assert "老人步行" not in usual.about.rule.zh
    slow = fairness(LOCAL_STEWARD, store)
    assert "最年长者满 60 岁的户按老人步行 3 公里/小时" in slow.about.rule.zh
    assert by_code(slow)["all", "all"].households_reached == 3
    for mode in ("drive", "ebike", "elder_walk"):
        one, other = (fairness(LOCAL_STEWARD, store, mode=mode, elder_pace=pace) for pace in (True, False))
        assert one == other
        assert not one.elder_pace


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_without_the_elders_pace_the_whole_is_what_coverage_says(store, mode):
    whole = by_code(fairness(LOCAL_STEWARD, store, mode=mode, elder_pace=False))["all", "all"]
    total = coverage(LOCAL_STEWARD, store, mode=mode).total
    assert (whole.households, whole.persons) == (total.households, total.persons)
    assert (whole.households_reached, whole.persons_reached) == (total.households_reached, total.persons_reached)
    assert (whole.rate, whole.rate_low, whole.rate_high, whole.persons_rate) == (
        total.reach_rate, total.reach_rate_low, total.reach_rate_high, total.persons_reach_rate,
    )  # fmt: skip


def gini(minutes, persons):
    x, w = np.asarray(minutes), np.asarray(persons, float)
    return (np.abs(x[:, None] - x) * w[:, None] * w).sum() / w.sum() ** 2 / (2 * np.average(x, weights=w))


def test_spread_by_hand(store):
    report = fairness(LOCAL_STEWARD, store, elder_pace=False)
    times = household_times(LOCAL_STEWARD, store).set_index("id")["minutes"]
    persons = frames()["households"].set_index("id")["persons"]
    jia, yi = report.by_township
    near = ["h01", "h02", "h03", "h10"]
    assert (jia.name, jia.households, jia.persons, jia.households_imprecise) == ("甲镇", 4, 7, 0)
    assert jia.gini == pytest.approx(gini(times[near], persons[near]), abs=1e-3)
    assert jia.worst_tenth_minutes == pytest.approx(times["h03"], abs=0.01)  # 0.7 of its 3 persons
    assert jia.minutes_mean == pytest.approx(np.average(times[near], weights=persons[near]), abs=0.01)
    assert (jia.rate, jia.without) == (1, 0)
    assert (yi.rate, yi.without) == (0, pytest.approx(4 / 13))  # h08 and h09 of h04 h05 h08 h09
    assert yi.minutes_median == pytest.approx(np.median(times[["h04", "h05"]]), abs=0.05)
    assert yi.gini == pytest.approx(gini(times[["h04", "h05"]], persons[["h04", "h05"]]), abs=1e-3)
    assert (report.gap.best_name, report.gap.worst_name, report.gap.difference) == ("甲镇", "乙乡", 1.0)
    everyone = [*near, "h04", "h05"]
    assert report.total.gini == pytest.approx(gini(times[everyone], persons[everyone]), abs=1e-3)
    assert report.total.without == pytest.approx(4 / 20)
    assert (report.lorenz[0], report.lorenz[-1], len(report.lorenz)) == (0, 1, 11)
    assert (np.diff(report.lorenz, 2) >= -1e-3).all()


def crowd(n, village, category, x, **traits):
    return [{"id": f"{category}{x}{k}", "village": village, "persons": 1, "precision": "door", "categories": [category],
             "difficulty": "none", "eldest_birth_year": 1990, "lives_alone": False, "geometry": at(x + k, 0), **traits}
            for k in range(n)]  # fmt: skip


def test_few_households_are_not_told_to_those_who_may_only_see_counts(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(with_traits(), PROVENANCE)
        more = [crowd(60, "V1", "veteran", 500), crowd(3, "V1", "disabled", 800), crowd(6, "V1", "combat", 900),
                crowd(6, "V1", "veteran", 2900), crowd(6, "V1", "combat", 2950)]  # out of reach
        store.load({"households": frame(list(itertools.chain(*more)))}, PROVENANCE)
        report = fairness(SERVER, store)
        groups = by_code(report)
        few = groups["category", "disabled"]  # four with h02
        assert few.too_few
        assert {getattr(few, name) for name in ("households", "persons", "rate", "minutes_median")} == {None}
        assert not groups["category", "veteran"].too_few
        assert groups["difficulty", "minimum"].too_few
        assert groups["difficulty", "illness"].too_few
        jia, yi = report.by_township
        assert jia.too_few  # 85 households, but the other township has four, which the total would give away
        assert yi.too_few
        assert yi.gini is jia.gini is jia.rate is None
        assert (jia.households, yi.households) == (85, 6)
        assert report.gap is None
        assert "不足 5 户的不列出" in report.about.rule.zh
        seen = fairness(LOCAL_STEWARD, store)
        assert not any(g.too_few for g in seen.groups)
        assert "不足 5 户" not in seen.about.rule.zh


def test_the_worst_tenth_of_a_few_dozen_is_a_few_households_own(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(with_traits(), PROVENANCE)
        more = crowd(90, "V1", "veteran", 500) + crowd(6, "V1", "veteran", 2900) + crowd(12, "V2", "veteran", 2300)
        store.load({"households": frame(more)}, PROVENANCE)
        jia, yi = fairness(SERVER, store).by_township
        assert not jia.too_few
        assert not yi.too_few
        assert jia.worst_tenth_minutes is not None
        assert yi.worst_tenth_minutes is None  # the slowest tenth of 14 households with a way is one and a half
        assert yi.gini is not None
        assert fairness(LOCAL_STEWARD, store).by_township[1].worst_tenth_minutes is not None


def test_too_few_in_all_tell_nothing(tmp_path):
    given = with_traits()
    given["households"] = given["households"].iloc[:3]
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = fairness(SERVER, store)
        assert all(g.too_few for g in report.groups)
        assert report.total.gini is report.total.rate is report.total.minutes_mean is None
        assert report.lorenz == ()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 100_000))
def test_no_few_households_can_be_had_by_taking_one_group_from_another(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    chosen = rng.choice(4, n, p=[0.5, 0.3, 0.1, 0.1])  # three difficulties, and none stated
    outer = rng.random(n) < rng.choice([0.3, 0.9])
    member = np.array([np.ones(n, bool), outer, outer & (rng.random(n) < 0.8), rng.random(n) < 0.5,
                       *(chosen == k for k in range(3))])  # fmt: skip
    kinds = ("all", "group", "group", "category", "difficulty", "difficulty", "difficulty")
    found = Groups(kinds, tuple("abcdefg"), (Label("", ""),) * 7, member)
    shown = member[~untellable(found, np.ones(n, bool))]
    sizes = {int(row.sum()) for row in shown}
    for one, other in itertools.permutations(shown, 2):
        if (one <= other).all():
            sizes.add(int((other & ~one).sum()))
    difficulties = ~untellable(found, np.ones(n, bool))[4:]
    if not untellable(found, np.ones(n, bool))[0]:
        sizes.add(n - int(member[4:][difficulties].sum()))  # those whose difficulty is not told
    if not (chosen == 3).any():
        assert not sizes & {1, 2, 3, 4}
    else:  # households that state none stand with those withheld
        assert not {int(row.sum()) for row in shown} & {1, 2, 3, 4}


def test_a_viewer_sees_the_townships_in_reach_only(store):
    report = fairness(Viewer(Role.LEADER, townships=frozenset({"990001001"}), points=True), store)
    assert [t.name for t in report.by_township] == ["甲镇"]
    assert by_code(report)["all", "all"].households == 4
    assert ("category", "martyr_kin") not in by_code(report)
    assert report.gap is None


def test_what_counts_may_be_chosen(store):
    report = fairness(LOCAL_STEWARD, store, choice=FacilityChoice(business="medical"), elder_pace=False)
    assert by_code(report)["all", "all"].households_reached == 1  # h05
    assert report.facilities_counted == 1


def test_where_nothing_is_counted_no_rate_is_told_and_no_townships_are_compared(store):
    report = fairness(LOCAL_STEWARD, store, choice=FacilityChoice(levels=("county",)))
    assert (report.facilities_counted, report.gap) == (0, None)
    assert {spread.rate for spread in (report.total, *report.by_township)} == {None}
    assert {spread.without for spread in (report.total, *report.by_township)} == {None}
    assert {(group.rate, group.rate_high, group.households_reached) for group in report.groups} == {(None, None, None)}
    assert by_code(report)["all", "all"].households


@pytest.mark.parametrize("missing", ["households", "stations"])
def test_what_is_missing_is_named(tmp_path, missing):
    given = {k: v for k, v in with_traits().items() if k not in (missing, "station_grades")}
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = fairness(LOCAL_STEWARD, store)
        zh = {"households": "家庭", "stations": "服务站"}[missing]
        assert any(zh in note.zh for note in report.about.notes)
        assert report.total.gini is None
        assert report.total.without is None
        json.dumps(report.to_dict(), allow_nan=False)
        assert len(fairness_tables(store, report)) == 2


def test_two_townships_alike_are_no_gap_of_one_with_itself(store):
    gap = fairness(LOCAL_STEWARD, store, minutes=0.01, mode="elder_walk").gap
    assert (gap.best_name, gap.worst_name, gap.difference) == ("甲镇", "乙乡", 0)


@pytest.mark.parametrize("missing", ["townships", "villages"])
def test_counties_of_one_level_only(tmp_path, missing):
    given = with_traits()
    del given[missing]
    given["stations"] = given["stations"].assign(unit=None, staff=2)
    other, column = ("villages", "township") if missing == "townships" else ("households", "village")
    given[other] = given[other].assign(**{column: None})
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(given, PROVENANCE)
        report = fairness(LOCAL_STEWARD, store)
        assert sum(t.households for t in report.by_township) == 10
        assert report.by_township[-1].name == "未归属"
        fairness_tables(store, report)[1].geojson()
        for by in ("township", "village"):
            shared = access(LOCAL_STEWARD, store, by=by)
            assert sum(a.households for a in shared.by_area) == 10
            assert shared.total.access_per_1000 == pytest.approx(200)
            access_tables(LOCAL_STEWARD, store, shared)[0].geojson()


def test_households_without_traits_tell_only_the_whole(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load(frames(), PROVENANCE)
        report = fairness(LOCAL_STEWARD, store)
        assert [g.code for g in report.groups] == ["all"]
        assert any("对象类别" in note.zh for note in report.about.notes)
        assert any("10 户没有最年长者的出生年" in note.zh for note in report.about.notes)


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store, pytest.raises(NoDataError):
        fairness(LOCAL_STEWARD, store)


@pytest.mark.parametrize("asked", [{"mode": "fly"}, {"minutes": 0}, {"minutes": 1e9}])
def test_parameters_that_cannot_be_meant(store, asked):
    with pytest.raises(ParameterError):
        fairness(LOCAL_STEWARD, store, **asked)


def test_tables_hold_what_the_report_says(store):
    report = fairness(LOCAL_STEWARD, store)
    groups, townships = fairness_tables(store, report)
    assert [row["rate"] for row in groups.records()] == [g.rate for g in report.groups]
    assert [row["gini"] for row in townships.records()] == [t.gini for t in report.by_township]
    assert townships.geojson()["features"][0]["geometry"]["type"] in ("Polygon", "MultiPolygon")
    for suffix in (".xlsx", ".gpkg", ".geojson", ".csv"):
        assert tables_as_bytes([groups, townships], suffix, report.about)
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert plain["gap"]["difference"] == report.gap.difference
