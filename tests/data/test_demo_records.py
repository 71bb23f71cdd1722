from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from app.services.claims.indicators import find
from data.demo import County
from layers.vocabulary import BUSINESS, CATEGORY, CONDITION, SUPPORT_KIND

SCORES = ["structure_score", "inscription_score", "surroundings_score"]


def as_of(county: County) -> pd.Timestamp:
    return pd.Timestamp(county.as_of)


def test_nothing_is_dated_after_the_county(full_county: County) -> None:
    past = {"stations": ["opened", "closed"], "station_grades": ["awarded"], "station_checks": ["date"],
            "inspections": ["date"], "defects": ["found", "resolved"], "works": ["reported", "finished"],
            "visits": ["date"], "households": ["last_contact", "last_visit"], "agreements": ["valid_from"],
            "support_points": ["agreement_from"], "claims": ["as_of"]}
    for name, columns in past.items():
        for column in columns:
            assert full_county.frames[name][column].max() <= as_of(full_county), (name, column)


def test_some_stations_are_closed_and_some_planned(full_county: County) -> None:
    stations = full_county.frames["stations"]
    status = stations["status"].value_counts()
    assert status["closed"] >= 1
    assert status["planned"] >= 1
    assert status["open"] > 260
    assert (stations["closed"].notna() == (stations["status"] == "closed")).all()
    assert (stations["opened"].isna() == (stations["status"] == "planned")).all()
    assert stations["phone"].str.startswith("000").all()


def test_every_station_hangs_on_the_one_above(full_county: County) -> None:
    stations = full_county.frames["stations"].set_index("id")
    township_of = full_county.frames["villages"].set_index("id")["township"]
    assert stations.loc[stations["level"] == "county", "parent"].isna().all()
    for station in stations[stations["level"] == "township"].itertuples():
        assert stations.loc[station.parent, "level"] == "county"
    for station in stations[stations["level"] == "village"].itertuples():
        assert stations.loc[station.parent, "unit"] == township_of[station.unit]


def test_checks_are_of_stations_that_were_open_and_name_what_was_wrong(full_county: County) -> None:
    checks = full_county.frames["station_checks"].merge(
        full_county.frames["stations"], left_on="station", right_on="id", suffixes=("", "_station"))
    assert (checks["status"] == "open").all()
    assert (checks["findings"].isna() == checks["passed"].astype(bool)).all()
    assert (checks["kind"] == "random").sum() == 26
    assert checks["date"].min() > as_of(full_county) - pd.Timedelta(days=190)


def test_model_grades_contradict_the_reports(full_county: County) -> None:
    grades = full_county.frames["station_grades"]
    level = full_county.frames["stations"].set_index("id")["level"]
    model = grades[(grades["grade"] == "model") & (grades["station"].map(level) == "township")]
    claimed = full_county.frames["claims"].query("indicator == 'township_model_stations'")["value"]
    assert len(model) == 13
    assert (model["valid_to"] < as_of(full_county)).sum() == 1
    assert set(claimed) == {13.0, 15.0}


def test_every_claim_has_a_definition_and_a_name(full_county: County) -> None:
    for said in full_county.frames["claims"]["indicator"]:
        assert find(said) is not None, said


def test_claims_of_village_stations_are_all_ever_and_those_standing(full_county: County) -> None:
    stations = full_county.frames["stations"].query("level == 'village'")
    claimed = full_county.frames["claims"].query("indicator == 'village_stations'")["value"].tolist()
    assert claimed == [273.0, 271.0]
    assert (stations["status"] != "closed").sum() == 271
    assert (stations["status"] == "open").sum() < 271


def test_categories_are_many_at_once_with_plausible_shares(full_county: County) -> None:
    households = full_county.frames["households"]
    held = households["categories"].map(len)
    assert held.min() >= 1
    assert (held >= 2).mean() > 0.2
    shares = {code: households["categories"].map(lambda c, code=code: code in c).mean() for code in CATEGORY}
    assert all(share > 0 for share in shares.values()), shares
    assert shares["veteran"] > 0.8
    assert 0.05 < shares["active_family"] < 0.08
    assert 0.015 < shares["empty_nest"] < 0.025
    assert 0.15 < shares["rural_60"] < 0.45


def test_traits_of_a_household_agree_with_each_other(full_county: County) -> None:
    households = full_county.frames["households"]
    has = {code: households["categories"].map(lambda c, code=code: code in c) for code in CATEGORY}
    age = full_county.as_of.year - households["eldest_birth_year"].astype(int)
    assert (has["hardship"] == (households["difficulty"] != "none")).all()
    assert (age[has["rural_60"]] >= 60).all()
    assert (age[has["empty_nest"]] >= 65).all()
    assert (has["martyr_child"] <= has["martyr_kin"]).all()
    spent = households["adaptation_yuan"].notna()
    assert (spent == households["adaptation"].isin(["working", "done"])).all()
    assert (households.loc[spent, "adaptation_yuan"] < 3000).sum() >= 1, "a few fall short of the minimum"


def test_precision_is_mostly_good_and_says_what_it_is(full_county: County) -> None:
    households = full_county.frames["households"]
    share = households["precision"].value_counts(normalize=True)
    assert 0.02 < share["village"] < 0.04
    assert 0.001 < share["unknown"] < 0.01
    assert (households.geometry.isna() == (households["precision"] == "unknown")).all()
    vague = households[households["precision"] == "village"]
    assert vague.groupby("village").geometry.nunique().max() == 1, "all at the village's centre"


def test_protected_fields_belong_to_nobody(full_county: County) -> None:
    households = full_county.frames["households"]
    assert households["phone"].str.fullmatch(r"000\d{8}").all()
    assert households["identity_no"].isna().all()
    assert households["contact_name"].notna().all()
    paired = households["pairing"].dropna()
    assert 0.9 < len(paired) / len(households) < 0.98
    assert paired.value_counts().max() <= 70


def test_last_contact_and_visit_follow_from_the_visits(full_county: County) -> None:
    households, visits = full_county.frames["households"].set_index("id"), full_county.frames["visits"]
    met = visits[visits["outcome"].isin(["done", "follow_up"])]
    at_home = met[met["kind"].isin(["home", "evening"])]
    for column, those in (("last_contact", met), ("last_visit", at_home)):
        latest = those.groupby("household")["date"].max()
        assert (households.loc[latest.index, column] == latest).all(), column
    unseen = households.drop(index=at_home["household"].unique())
    assert not (unseen["last_visit"] >= visits["date"].min()).any()
    assert (households["last_visit"].isna() | (households["last_contact"] >= households["last_visit"])).all()
    overdue = households["last_visit"].isna() | (as_of(full_county) - households["last_visit"] > pd.Timedelta(days=365))
    assert 0.1 < overdue.mean() < 0.5


def test_support_points_have_kinds_offers_and_agreements_at_every_stage(full_county: County) -> None:
    points = full_county.frames["support_points"]
    assert set(points["kind"]) == set(SUPPORT_KIND)
    assert set(points["business"].dropna()) == set(BUSINESS)
    assert (points.geom_type[points["kind"] == "street"] == "LineString").all()
    left = (points["agreement_to"] - as_of(full_county)).dt.days
    assert 0.05 < (left < 0).sum() / left.notna().sum() < 0.2
    assert 0.03 < left.between(0, 90).sum() / left.notna().sum() < 0.12
    assert left.isna().any()
    assert points["offer"].notna().sum() > 1_500


def test_memorials_are_as_the_register_of_such_a_county(full_county: County) -> None:
    memorials = full_county.frames["memorials"]
    assert 0.85 < (memorials["level"] == "ungraded").mean() < 0.95
    assert memorials["type"].nunique() >= 6
    assert set(memorials["condition"]) >= {"good", "fair", "poor"}
    assert memorials["completeness"].map(len).between(0, 6).all()


def test_condition_goes_with_the_scores_in_register_and_inspections(full_county: County) -> None:
    steps = list(CONDITION)
    for name in ("memorials", "inspections"):
        frame = full_county.frames[name]
        scores = frame[SCORES].astype(int)
        step = frame["condition"].map(steps.index) + 1
        assert (step >= scores.max(axis=1) - 1).all(), name
        assert (step <= scores.max(axis=1)).all(), name


def test_causes_agree_with_scores_and_with_what_is_missing(full_county: County) -> None:
    for memorial in full_county.frames["memorials"].itertuples():
        assert ("no_sign" in memorial.causes) == ("sign" not in memorial.completeness)
        assert ("illegible" in memorial.causes) == (memorial.inscription_score >= 3)
        assert not ("path_blocked" in memorial.causes and "road" in memorial.completeness)


def test_the_last_inspection_is_what_the_register_says(full_county: County) -> None:
    last = full_county.frames["inspections"].sort_values("date").groupby("memorial").last()
    register = full_county.frames["memorials"].set_index("id").loc[last.index]
    assert (last["condition"] == register["condition"]).all()
    assert (last[SCORES].astype(int) == register[SCORES].astype(int)).all(axis=None)


def test_some_inspections_are_overdue(full_county: County) -> None:
    last = full_county.frames["inspections"].groupby("memorial")["date"].max()
    late = (as_of(full_county) - last).dt.days > 90
    assert 5 <= late.sum() <= 30


def test_open_defects_are_the_register_s_causes(full_county: County) -> None:
    defects = full_county.frames["defects"]
    still = defects[defects["resolved"].isna()].groupby("memorial")["cause"].agg(set)
    register = full_county.frames["memorials"].set_index("id")["causes"].map(set)
    assert (still == register.loc[still.index]).all()
    inspected = set(full_county.frames["inspections"]["memorial"])
    assert {m for m in register.index[register.map(bool)] if m in inspected} == set(still.index)


def test_defects_were_found_on_the_day_of_their_inspection(full_county: County) -> None:
    dates = full_county.frames["inspections"].set_index("id")
    for defect in full_county.frames["defects"].dropna(subset="inspection").itertuples():
        assert dates.loc[defect.inspection, "date"] == defect.found
        assert dates.loc[defect.inspection, "memorial"] == defect.memorial


def test_priorities_follow_from_the_works_under_way(full_county: County) -> None:
    defects, works = full_county.frames["defects"], full_county.frames["works"]
    state = works.set_index("memorial")["state"]
    still = defects[defects["resolved"].isna()]
    by_state = still["memorial"].map(state).fillna("none")
    assert (still.loc[by_state == "building", "priority"] == "F").all()
    assert set(still.loc[by_state == "approved", "priority"]) <= {"B", "D"}
    assert set(still.loc[by_state == "none", "priority"]) <= {"A", "C"}
    assert (still["priority"] == "A").any()


def test_works_have_money_where_money_was_spent(full_county: County) -> None:
    works = full_county.frames["works"]
    assert (works["spent_yuan"].notna() == works["state"].isin(["building", "accepted"])).all()
    assert (works["finished"].notna() == (works["state"] == "accepted")).all()
    assert works["memorial"].is_unique
    paid = full_county.frames["claims"].query("indicator == 'memorial_spending'")["value"].iloc[0]
    assert paid == pytest.approx(works["spent_yuan"].sum() / 10_000, abs=0.06)


def test_care_agreements_are_at_every_stage_and_one_township_has_none(full_county: County) -> None:
    agreements = full_county.frames["agreements"]
    left = (agreements["valid_to"] - as_of(full_county)).dt.days
    assert (left < 0).any()
    assert left.between(0, 90).any()
    village = full_county.frames["memorials"].set_index("id")["village"]
    township = full_county.frames["villages"].set_index("id")["township"]
    signed = set(agreements["memorial"].map(village).map(township))
    have_memorials = set(village.map(township))
    assert len(have_memorials - signed) >= 1


def test_stated_areas_are_the_drawn_ones_but_for_a_few(full_county: County) -> None:
    ranges = full_county.frames["memorial_ranges"]
    drawn = ranges.to_crs(4550).area * 3 / 2000
    off = np.abs(ranges["stated_area_mu"] / drawn - 1)
    assert 3 <= (off > 0.05).sum() <= 15
    assert off[off <= 0.05].max() < 0.02
    inside = ranges.merge(full_county.frames["memorials"][["id", "geometry"]], left_on="memorial", right_on="id")
    assert all(area.contains(place) for area, place in zip(inside["geometry_x"], inside["geometry_y"], strict=True))
    assert {"protection", "control"} == set(ranges["zone"])
