"""The support circle service, against a county counted by hand and against the coverage service."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from circle_county import PLACES, SCORES, circle_frames, support_points
from hypothesis import given
from hypothesis import strategies as st
from small_county import PROVENANCE, at, box, frame, frames

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.circles.recipe import DEFAULT_RECIPE, SERVICE_KIND, CircleRecipe, RecipeItem
from app.services.circles.service import circles, household_circles
from app.services.county.facilities import FacilityChoice
from app.services.county.small_cells import SMALL_CELL, withheld
from app.services.coverage.service import coverage
from app.services.errors import NoDataError
from geo.errors import ParameterError
from layers.store import Store
from layers.vocabulary import BUSINESS, STATION_LEVEL, SUPPORT_KIND


@pytest.fixture(scope="module")
def store(shared_url):
    with Store.open(shared_url) as opened:
        opened.load(circle_frames(), PROVENANCE)
        yield opened


def one_file_store(tmp_path, name="county.db", **changed):
    store = Store.open(str(tmp_path / name))
    store.load({k: v for k, v in {**circle_frames(), **changed}.items() if v is not None}, PROVENANCE)
    return store


def test_counts_by_hand(store):
    report = circles(LOCAL_STEWARD, store)
    total = report.total
    assert (total.households, total.persons, total.households_imprecise, total.persons_imprecise) == (10, 22, 2, 2)
    assert (total.households_complete, total.persons_complete, total.persons_incomplete) == (2, 2, 18)
    assert total.complete_rate == pytest.approx(2 / 8)
    assert (total.complete_rate_low, total.complete_rate_high) == pytest.approx((2 / 10, 4 / 10))
    assert total.persons_complete_rate == pytest.approx(2 / 20)
    assert (total.persons_complete_rate_low, total.persons_complete_rate_high) == pytest.approx((2 / 22, 4 / 22))
    score = sum(SCORES.values())
    assert (total.score, total.score_low, total.score_high) == pytest.approx((score / 8, score / 10, (score + 2) / 10))
    assert total.missing == pytest.approx(
        {"medical": 4 / 8, "shopping": 3 / 8, "finance": 2 / 8, "catering": 6 / 8, "station|post": 3 / 8}
    )
    assert (total.within["station"], total.within["post"], total.within["street"]) == pytest.approx((4 / 8, 1 / 8, 4 / 8))
    assert total.within["legal"] == 0
    towns = {area.name: area for area in report.by_area}
    assert (towns["甲镇"].score, towns["甲镇"].complete_rate) == pytest.approx((0.9, 0.5))
    assert (towns["乙乡"].score, towns["乙乡"].score_low, towns["乙乡"].score_high) == pytest.approx((0.2, 0.8 / 6, 2.8 / 6))
    assert towns["甲镇"].missing == pytest.approx({**dict.fromkeys(towns["甲镇"].missing, 0), "catering": 0.5})
    assert [(towns[n].persons_incomplete, towns[n].households_complete) for n in ("甲镇", "乙乡")] == [(5, 2), (13, 0)]
    assert report.worst == ("990001002", "990001001")
    assert dataclasses.astuple(report.left_out) == (1, 0, 0)
    assert report.households_off_network == 1  # h09
    assert (str(report.about.as_of), report.about.fictional, report.about.notes) == ("2026-10-31", True, ())
    assert {s.code: s.places for s in report.services if s.places} == {
        "station": 2, "medical": 1, "shopping": 1, "finance": 2, "catering": 1, "post": 1, "health": 1, "window": 2,
        "street": 1,
    }  # fmt: skip


def test_households_one_by_one(store):
    told = household_circles(LOCAL_STEWARD, store).set_index("id")
    exact = told[~told["imprecise"]]
    assert exact["score"].to_dict() == pytest.approx(SCORES)
    assert set(told.index[told["imprecise"]]) == {"h06", "h07"}
    assert set(told.index[told["complete"]]) == {"h01", "h10"}
    assert told.loc["h04", "missing"] == ["medical", "catering", "station|post"]
    assert told.loc["h01", "missing"] == []
    assert told.loc["h01", "shopping"] == pytest.approx(1050 / 75, abs=0.01)
    assert told.loc["h03", "catering"] == pytest.approx(2124.9 / 75, abs=0.01)
    assert told.loc[["h07", "h08", "h09"], "station"].isna().all()


def test_villages_are_told_from_their_middle_as_well(store):
    report = circles(LOCAL_STEWARD, store, by="village")
    assert [(a.name, a.township_name, a.households) for a in report.by_area] == [
        ("东村", "甲镇", 5 - 1), ("西村", "乙乡", 4), ("北村", "乙乡", 2)
    ]  # fmt: skip
    # the middle of V1 is (812.75, 500), 500 m off the street: 625 m are left on it; V3's is nowhere near a road
    assert report.by_area[0].centre_missing == ("shopping", "finance", "catering")
    assert report.by_area[0].centre_score == pytest.approx(2 / 5)
    assert report.by_area[2].centre_score == 0
    towns = circles(LOCAL_STEWARD, store)
    assert {a.centre_score for a in towns.by_area} == {None}
    for name in ("households", "persons", "households_complete", "persons_complete", "households_imprecise"):
        for told in (report, towns):
            assert getattr(told.total, name) == sum(getattr(a, name) for a in told.by_area), name
    assert report.total == towns.total


def choice(kind: str) -> FacilityChoice:
    if kind in BUSINESS:
        return FacilityChoice(business=kind)
    if kind in SUPPORT_KIND:
        return FacilityChoice(support_kind=kind)
    level = kind.removesuffix("_station")
    return FacilityChoice(levels=(level,)) if level in STATION_LEVEL else FacilityChoice()


@pytest.mark.parametrize("mode", ["walk", "elder_walk", "ebike", "drive"])
def test_every_kind_has_the_share_that_coverage_counts(tmp_path, mode):
    everything = CircleRecipe.parse(",".join(SERVICE_KIND))
    with one_file_store(tmp_path) as store:
        report = circles(LOCAL_STEWARD, store, mode=mode, minutes=20, recipe=everything, by="village")
        for kind in SERVICE_KIND:
            counted = coverage(LOCAL_STEWARD, store, mode=mode, minutes=20, by="village", choice=choice(kind))
            # Of a kind that there is none of everybody lacks one; coverage tells no rate then.
            told = [a.reach_rate if counted.rule.facilities_counted else 0.0 for a in (counted.total, *counted.by_area)]
            assert report.total.within[kind] == told[0], kind
            assert [a.within[kind] for a in report.by_area] == told[1:], kind
            assert 1 - report.total.missing[kind] == pytest.approx(told[0])
            assert {s.code: s.places for s in report.services}[kind] == counted.rule.facilities_counted


def test_an_expired_agreement_is_as_good_as_none(tmp_path):
    with one_file_store(tmp_path) as with_it, one_file_store(
        tmp_path, "other.db", support_points=support_points("gone")
    ) as without:
        for by in ("township", "village"):
            one, other = (circles(LOCAL_STEWARD, store, by=by) for store in (with_it, without))
            assert (one.total, one.by_area, one.services) == (other.total, other.by_area, other.services)
        assert (one.left_out.expired, other.left_out.expired) == (1, 0)


def test_an_agreement_that_has_not_begun_does_not_count_either(tmp_path):
    later = support_points().assign(agreement_from=["2026-11-01" if i == "shop" else None for i in [*PLACES, "street"]])
    with one_file_store(tmp_path, support_points=later) as store:
        report = circles(LOCAL_STEWARD, store)
        assert dataclasses.astuple(report.left_out) == (1, 1, 0)
        assert report.total.within["shopping"] == 0


@pytest.mark.parametrize("left_out", PLACES)
def test_one_more_place_never_lowers_a_score(tmp_path, left_out):
    with one_file_store(tmp_path) as full, one_file_store(
        tmp_path, "other.db", support_points=support_points(left_out)
    ) as fewer:
        for minutes in (5, 15, 60):
            more, less = (household_circles(LOCAL_STEWARD, s, minutes=minutes)["score"] for s in (full, fewer))
            assert (less <= more).all()


@pytest.mark.parametrize("mode", ["walk", "drive"])
def test_a_longer_limit_never_lowers_a_score_and_the_range_holds_it(tmp_path, mode):
    with one_file_store(tmp_path) as store:
        before = None
        for minutes in (1, 5, 10, 14, 15, 20, 45, 120):
            scores = household_circles(LOCAL_STEWARD, store, mode=mode, minutes=minutes)["score"]
            assert before is None or (before <= scores).all()
            before = scores
            for area in circles(LOCAL_STEWARD, store, mode=mode, minutes=minutes, by="village").by_area:
                if area.score is not None:
                    assert area.score_low <= area.score <= area.score_high
                    assert area.complete_rate_low <= area.complete_rate <= area.complete_rate_high


def test_a_recipe_of_ones_own_with_weights(store):
    report = circles(LOCAL_STEWARD, store, recipe=CircleRecipe.parse("station:3, finance"))
    told = household_circles(LOCAL_STEWARD, store, recipe=CircleRecipe.parse("station:3, finance")).set_index("id")
    assert told["score"][["h02", "h05"]].tolist() == pytest.approx([1, 0.25])
    assert report.total.households_complete == 4
    assert [(i.code, i.weight) for i in report.recipe] == [("station", 3), ("finance", 1)]
    assert "权重 3" in report.about.rule.zh
    assert "weighted" in report.about.rule.en


def test_station_levels_may_be_asked_for(store):
    report = circles(LOCAL_STEWARD, store, recipe=CircleRecipe.parse("township_station"))
    assert set(report.total.missing) == {"township_station"}
    assert report.total.within["township_station"] == pytest.approx(2 / 8)  # h01, h10


def test_without_roads_it_is_an_estimate(tmp_path):
    with one_file_store(tmp_path, roads=None) as store:
        report = circles(LOCAL_STEWARD, store)
        assert report.estimate
        assert "估算" in report.about.rule.zh
        told = household_circles(LOCAL_STEWARD, store).set_index("id")
        assert told.loc["h02", "medical"] == pytest.approx(1000 * 1.3 / 75, abs=0.02)
        assert told.loc["h09", "medical"] == pytest.approx(3800 * 1.3 / 75, abs=0.05)
        assert report.households_off_network == 0


def test_a_place_that_no_road_leads_to_is_told(tmp_path):
    far = support_points()
    far.loc[far["id"] == "post", "geometry"] = [at(5000, 1200)]
    with one_file_store(tmp_path, support_points=far) as store:
        report = circles(LOCAL_STEWARD, store)
        assert report.left_out.off_network == 1
        assert report.total.within["post"] == 0


# --- who may see what


def test_figures_of_a_few_households_are_for_those_who_may_see_points(store):
    for by in ("township", "village"):
        open_, masked = (circles(viewer, store, by=by) for viewer in (LOCAL_STEWARD, SERVER))
        assert masked.total == open_.total  # eight households
        assert not any(area.too_few for area in open_.by_area)
        for area, plain in zip(masked.by_area, open_.by_area, strict=True):
            assert area.too_few
            assert (area.households, area.persons, area.centre_score) == (plain.households, plain.persons, plain.centre_score)
            hidden = dataclasses.asdict(area)
            for name in ("score", "score_low", "score_high", "households_complete", "persons_complete",
                         "complete_rate", "complete_rate_high", "persons_complete_rate", "persons_complete_rate_low"):
                assert hidden[name] is None, name
            assert set(area.missing.values()) == set(area.within.values()) == {None}
        assert masked.worst == ()


def test_a_household_of_no_village_does_not_follow_from_its_townships_total(tmp_path):
    villages = circle_frames()["villages"]
    villages.loc[[0, 1], "geometry"] = [box(-500, -1000, 1500, 2000), box(3000, -1000, 7000, 2000)]
    villages.loc[2, ["township", "geometry"]] = ["990001001", box(1500, -1000, 2400, 2000)]
    places = [("V1", 1000)] * 6 + [("V3", 2000)] * 7 + [(None, 2500)]
    homes = frame([
        {"id": f"k{i}", "village": village, "persons": 1, "precision": "door", "geometry": at(x, 0)}
        for i, (village, x) in enumerate(places)
    ])  # fmt: skip
    with Store.open(str(tmp_path / "county.db")) as store:
        store.load({**circle_frames(), "villages": villages, "households": homes}, PROVENANCE)
        told = {a.name: a for a in circles(SERVER, store, by="village").by_area}
        assert (told["东村"].too_few, told["北村"].too_few, told["未归属"].too_few) == (True, False, True)
        assert not circles(SERVER, store).by_area[0].too_few  # its township's total is shown


def test_single_households_are_for_those_who_may_see_points(store):
    with pytest.raises(NotPermittedError):
        household_circles(SERVER, store)


def test_a_viewer_sees_the_townships_in_reach_only(store):
    viewer = Viewer(Role.LEADER, townships=frozenset({"990001001"}), points=True)
    report = circles(viewer, store)
    assert [a.name for a in report.by_area] == ["甲镇"]
    assert report.total.households == 4
    assert [a.name for a in circles(viewer, store, by="village").by_area] == ["东村"]
    assert set(household_circles(viewer, store)["id"]) == {"h01", "h02", "h03", "h10"}


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc")), max_size=25))
def test_what_is_withheld_cannot_be_had_back_by_subtraction(cells):
    households = np.array([n for n, _ in cells], dtype=np.int64)
    group = np.array([g for _, g in cells], dtype=object)
    hidden = withheld(households, group)
    for name in "abc":
        mine = group == name
        small = mine & (households > 0) & (households < SMALL_CELL)
        assert hidden[small].all()
        if hidden[mine].any():  # together large enough, or everything there is
            rest = (mine & ~hidden & (households > 0)).any()
            assert households[mine & hidden].sum() >= SMALL_CELL or not rest
        else:
            assert not small.any()
    assert not hidden[households == 0].any()


def test_no_more_is_withheld_than_must_be():
    households = np.array([3, 10, 7, 2, 3, 6, 0])
    group = np.array(["a", "a", "a", "b", "b", "b", "b"], dtype=object)
    assert withheld(households, group).tolist() == [True, False, True, True, True, False, False]


# --- questions that cannot be meant, and what is missing


@pytest.mark.parametrize("asked", [{"mode": "fly"}, {"minutes": 0}, {"minutes": 1e9}, {"by": "county"}])
def test_parameters_that_cannot_be_meant(store, asked):
    with pytest.raises(ParameterError):
        circles(LOCAL_STEWARD, store, **asked)


@pytest.mark.parametrize("text", ["", ",", "medicine", "medical|", "|", "medical,medical", "station|post,post|station",
                                  "medical|medical", "medical:0", "medical:-1", "medical:x", "medical:inf", "medical:nan"])
def test_recipes_that_cannot_be_meant(text):
    with pytest.raises(ParameterError):
        CircleRecipe.parse(text)


def test_a_bad_name_is_told_with_what_there_is():
    with pytest.raises(ParameterError, match=r"medicine.*medical.*post"):
        CircleRecipe.parse("medicine")


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_weights_are_read_back_to_the_last_digit(weight):
    recipe = CircleRecipe((RecipeItem(("medical",), weight), RecipeItem(("station", "post"))))
    assert CircleRecipe.parse(recipe.text) == recipe


def test_a_recipe_reads_what_it_writes():
    assert CircleRecipe.parse("medical:1.23456789").text == "medical:1.23456789"
    recipe = CircleRecipe.parse(" medical : 2.5 ，station | post ")
    assert recipe.text == "medical:2.5,station|post"
    assert CircleRecipe.parse(recipe.text) == recipe
    assert recipe.items[1].label == ("服务站或退役军人驿站", "Station or Veterans' post")
    assert DEFAULT_RECIPE.text == "medical,shopping,finance,catering,station|post"


@pytest.mark.parametrize(("changed", "said"), [
    ({"support_points": None}, "没有拥军服务点"),
    ({"households": None}, "没有服务对象家庭"),
    ({"support_points": support_points("bank", "bank2")}, "“金融”"),
    ({"stations": None, "station_grades": None, "support_points": support_points("post")}, "“服务站或退役军人驿站”"),
])
def test_what_is_missing_is_named(tmp_path, changed, said):
    with one_file_store(tmp_path, **changed) as store:
        report = circles(LOCAL_STEWARD, store)
        assert [said in note.zh for note in report.about.notes] == [True]
        assert not report.total.households_complete
        assert (report.total.score is None) == ("households" in changed)


def test_an_empty_store_says_what_to_do(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as store, pytest.raises(NoDataError):
        circles(LOCAL_STEWARD, store)
    with Store.open(str(tmp_path / "other.db")) as store:
        store.load({"households": frames()["households"].assign(village=None)}, PROVENANCE)
        with pytest.raises(NoDataError, match="乡镇"):
            circles(LOCAL_STEWARD, store)


def test_households_outside_every_area_are_kept_in_sight(tmp_path):
    stray = frame([{"id": "x", "village": None, "persons": 7, "precision": "door", "geometry": at(9000, 9000)}])
    with one_file_store(tmp_path) as store:
        store.load({"households": stray}, PROVENANCE)
        for by in ("township", "village"):
            report = circles(LOCAL_STEWARD, store, by=by)
            assert (report.by_area[-1].code, report.by_area[-1].persons) == ("", 7)
            assert report.total.persons == 29 == sum(a.persons for a in report.by_area)


def test_a_county_may_have_villages_and_no_townships(tmp_path):
    villages, stations = circle_frames()["villages"].assign(township=None), circle_frames()["stations"].assign(unit=None)
    with one_file_store(tmp_path, townships=None, villages=villages, stations=stations) as store:
        assert [a.code for a in circles(LOCAL_STEWARD, store).by_area] == [""]
        told = circles(LOCAL_STEWARD, store, by="village")
        assert [(a.name, a.township) for a in told.by_area] == [("东村", ""), ("西村", ""), ("北村", "")]
    households = frames()["households"].assign(village=None)
    with one_file_store(tmp_path, "other.db", villages=None, households=households, stations=stations) as store:
        assert [a.code for a in circles(LOCAL_STEWARD, store, by="village").by_area] == [""]


def test_new_data_is_seen_at_once(tmp_path):
    with one_file_store(tmp_path) as store:
        before = circles(LOCAL_STEWARD, store).total.households_complete
        noodles = frame([{"id": "n2", "name": "面馆", "kind": "merchant", "business": "catering", "precision": "door",
                          "geometry": at(2100, 0)}])  # fmt: skip
        store.load({"support_points": noodles}, PROVENANCE)
        assert circles(LOCAL_STEWARD, store).total.households_complete == before + 2  # h02, h03
