"""Stated figures beside counts that are worked out here by hand from a county of a few objects."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from small_county import PROVENANCE, at, frames

from app.messages import percent_value
from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.circles.service import circles
from app.services.claims.indicators import INDICATORS, find
from app.services.claims.service import claims
from app.services.claims.tables import claim_tables
from app.services.coverage.service import coverage
from app.services.errors import NoDataError
from layers.registry import LAYERS
from layers.store import Store

DAY = dt.date(2026, 10, 31)


def stated(*figures):
    """Claims: indicator, value, and a unit where it is not the usual one."""
    return pd.DataFrame([
        {"id": f"c{k}", "indicator": figure[0], "value": figure[1], "unit": figure[2] if len(figure) > 2 else None,
         "as_of": DAY, "statement": f"{figure[0]} {figure[1]}"}
        for k, figure in enumerate(figures)
    ], columns=["id", "indicator", "value", "unit", "as_of", "statement"])  # fmt: skip


def more():
    """Records that the small county lacks; each count below is taken from here."""
    memorial = {"type": "grave", "level": "ungraded", "precision": "door", "geometry": at(0, 0)}
    return {
        "memorials": pd.DataFrame([{"id": "M1", "name": "一", "village": "V1", **memorial},
                                   {"id": "M2", "name": "二", "village": "V2", **memorial},
                                   {"id": "M3", "name": "三", "village": "V2", **memorial}]),
        "agreements": pd.DataFrame([
            {"id": "A1", "memorial": "M1", "party": "甲", "valid_from": "2026-01-01", "valid_to": None},
            {"id": "A2", "memorial": "M1", "party": "乙", "valid_from": "2026-01-01", "valid_to": DAY},
            {"id": "A3", "memorial": "M2", "party": "丙", "valid_from": "2020-01-01", "valid_to": DAY - dt.timedelta(days=1)},
            {"id": "A4", "memorial": "M3", "party": "丁", "valid_from": DAY + dt.timedelta(days=1), "valid_to": None},
        ]),
        "works": pd.DataFrame([
            {"id": "W1", "memorial": "M1", "kind": "repair", "state": "accepted", "spent_yuan": 12_345.0, "budget_yuan": 30_000.0,
             "reported": "2026-01-01"},
            {"id": "W2", "memorial": "M1", "kind": "relocation", "approval_no": "1", "state": "accepted",
             "spent_yuan": 7_000.0, "budget_yuan": None, "reported": "2026-01-01"},
            {"id": "W3", "memorial": "M2", "kind": "repair", "state": "building", "spent_yuan": None, "budget_yuan": 1.0,
             "reported": "2026-01-01"},
            {"id": "W4", "memorial": "M3", "kind": "upkeep", "state": "accepted", "spent_yuan": None, "budget_yuan": None,
             "reported": "2026-01-01"},
        ]),
    }  # fmt: skip


@pytest.fixture
def county(tmp_path):
    """Give a function that loads the small county with claims, and more of it where that is given."""
    with Store.open(str(tmp_path / "county.db")) as store:
        def load(*figures, **layers):
            store.load({**frames(), **more(), **layers, "claims": stated(*figures)}, PROVENANCE)
            return store

        yield load


def one(store, viewer=LOCAL_STEWARD):
    (claim,) = claims(viewer, store).claims
    return claim


# The small county has S1 open (V1), S2 planned (V2), S3 closed (V3), all of villages; S4 open, of township 990001001.
# S1 was a model until 2022, S4 is one. Of three merchants' points P1 is in agreement, P2 is expired, P3 is a street.
@pytest.mark.parametrize(("indicator", "counted", "others"), [
    ("stations", 2, [3, 4]), ("village_stations", 1, [2, 3]), ("township_stations", 1, [1, 1]),
    ("model_stations", 1, [1, 2, 2]), ("village_model_stations", 0, [0, 1, 1]), ("township_model_stations", 1, [1, 1, 1]),
    ("star5_stations", 0, [0, 0, 2]), ("villages_with_station", 1, [3]), ("villages", 3, []), ("townships", 2, []),
    ("merchants", 1, [2, 3]), ("support_points", 2, [3]), ("memorials", 3, []), ("memorials_repaired", 1, [2, 4]),
    ("memorial_spending", 19_345, [30_001]), ("agreements", 2, [4]), ("agreement_townships", 1, [2, 2]),
    ("random_checks", 0, [0]),
])
def test_a_figure_is_counted_by_its_definition(county, indicator, counted, others):
    claim = one(county((indicator, counted)))
    assert (claim.indicator, claim.counted, claim.agrees, claim.difference) == (indicator, counted, True, 0)
    assert [other.counted for other in claim.others] == others
    assert claim.definition.zh
    assert claim.explained_by == ()


def test_households_are_counted_by_their_definition(county):
    homes = frames()["households"]
    homes = homes.assign(
        categories=[["active_family"] if k < 3 else ["veteran", "empty_nest"] if k < 4 else [] for k in range(len(homes))],
        adaptation=["none", "listed", "working", "done", None, *["none"] * (len(homes) - 5)],
        plaque_hung=[True, True, False, None, *[False] * (len(homes) - 4)],
    )
    wanted = {"persons": float(homes["persons"].sum()), "households": len(homes), "active_families": 3, "empty_nest_files": 1,
              "adaptation_homes": 3, "adaptation_done": 1, "plaques": 2}
    store = county(*((name, 0) for name in wanted), households=homes)
    assert {claim.indicator: claim.counted for claim in claims(LOCAL_STEWARD, store).claims} == wanted


def test_shares_of_people_are_those_of_the_pages(county):
    store = county(("reach_rate", 35), ("circle_reach_rate", 100))
    reach, circle = claims(LOCAL_STEWARD, store).claims
    # Of 20 persons of known place 7 are within a walk of the one station of the street, all of the street within a drive.
    assert (reach.counted, reach.agrees) == (35, True)
    assert reach.counted == percent_value(coverage(LOCAL_STEWARD, store).total.persons_reach_rate)
    assert [other.counted for other in reach.others] == [
        percent_value(coverage(LOCAL_STEWARD, store, mode="drive").total.persons_reach_rate)]
    assert circle.counted == percent_value(circles(LOCAL_STEWARD, store).total.persons_complete_rate) < 100
    assert (circle.agrees, [other.counted for other in circle.others]) == (False, [reach.counted, reach.others[0].counted])
    (why,) = circle.explained_by
    assert {thing.id for thing in why.objects} <= {"V1", "V2", "V3"}
    assert why.objects


def test_all_of_something_is_not_nearly_all(county):
    store = county(("reach_rate", 100))
    assert not one(store).agrees
    assert {thing.id for why in one(store).explained_by for thing in why.objects} == {"V2", "V3"}
    nobody = county(("reach_rate", 100), households=frames()["households"].iloc[[6]])
    for key in set(nobody.read("households", columns=["id"])["id"]) - {"h07"}:
        nobody.retire("households", key, version=1, by="t")
    claim = one(nobody)
    assert (claim.indicator, claim.counted, claim.agrees) == ("reach_rate", None, None)


def test_a_difference_names_the_objects_behind_it(county):
    claim = one(county(("village_stations", 3)))
    assert (claim.agrees, claim.counted, claim.difference) == (False, 1, -2)
    assert [other.agrees for other in claim.others] == [False, True]
    why = {said.label.zh: {(thing.id, thing.name) for thing in said.objects} for said in claim.explained_by}
    assert why == {
        "按“登记过的服务站，含筹建和停办”多出的": {("S2", "西村站"), ("S3", "北村站")},
        "筹建中的服务站": {("S2", "西村站")},
        "已停办的服务站": {("S3", "北村站")},
        "没有在运行服务站的村（社区）": {("V2", "西村"), ("V3", "北村")},
    }


def test_an_expired_grade_explains_a_figure(county):
    claim = one(county(("示范型服务站", 2, "个")))
    assert (claim.indicator, claim.agrees) == ("model_stations", False)
    named = {said.label.zh: [thing.id for thing in said.objects] for said in claim.explained_by}
    assert named["按“曾获此等级的服务站，含已过期”多出的"] == ["S1"]


@pytest.mark.parametrize(("value", "unit", "agrees"), [
    (1.9, "万元", True), (1.93, "万元", True), (1.94, "万元", False), (2, "万元", True), (19_345, "元", True), (19_345, None, True),
    (19_345.4, "元", False), (1.9, "元", False),
])
def test_a_figure_is_compared_in_its_unit_and_to_its_digits(county, value, unit, agrees):
    assert one(county(("memorial_spending", value, unit))).agrees is agrees


@pytest.mark.parametrize(("said", "code"), [
    ("服务站总数", "stations"), ("Village_Stations", "village_stations"), ("有站村", "villages_with_station"),
    ("村（社区）服务站数", "village_stations"), ("示范型服务站", "model_stations"), ("MEMORIALS", "memorials"),
    ("管护协议数量", "agreements"),
    ("村级服务站", "village_stations"),
])
def test_an_indicator_is_found_by_its_names(said, code):
    assert find(said) is INDICATORS[code]


def test_no_two_indicators_go_by_one_name():
    for indicator in INDICATORS.values():
        for name in (indicator.code, *indicator.label, *indicator.names):
            assert find(name) is indicator, name


def test_what_has_no_definition_is_said_and_not_counted(county):
    report = claims(LOCAL_STEWARD, county(("幸福指数", 99)))
    (claim,) = report.claims
    assert (claim.indicator, claim.counted, claim.agrees, claim.definition) == (None, None, None, None)
    assert "幸福指数" in report.about.notes[0].zh


def test_figures_about_one_thing_stand_together(county):
    report = claims(LOCAL_STEWARD, county(("memorials", 3), ("stations", 9), ("x", 1), ("memorials", 4), ("stations", 2)))
    assert [claim.indicator for claim in report.claims] == ["stations", "stations", "memorials", "memorials", None]


def test_no_claims_are_said(county):
    assert "还没有录入" in claims(LOCAL_STEWARD, county()).about.notes[0].zh


def test_an_empty_store_has_nothing_to_count(tmp_path):
    with Store.open(str(tmp_path / "empty.db")) as store, pytest.raises(NoDataError):
        claims(LOCAL_STEWARD, store)


def test_claims_are_for_who_sees_the_whole_county(county):
    store = county(("stations", 2))
    with pytest.raises(NotPermittedError):
        claims(Viewer(Role.STEWARD, townships=frozenset({"990001001"})), store)
    assert one(store, SERVER).agrees


@pytest.mark.parametrize(("so", "withheld"), [(0, False), (1, True), (4, True), (5, False), (15, False), (16, True), (20, False)])
def test_who_may_only_see_counts_is_told_of_no_few_households(county, so, withheld):
    home = frames()["households"].head(1)
    homes = pd.concat([home.assign(id=f"h{k:02d}", plaque_hung=k < so) for k in range(20)], ignore_index=True)
    store = county(("plaques", so), households=homes)
    only = store.read("households", columns=["id"])["id"].tolist()
    for key in set(only) - set(homes["id"]):
        store.retire("households", key, version=1, by="t")
    claim = one(store, SERVER)
    assert (claim.withheld, claim.counted) == (withheld, None if withheld else so)
    assert claim.others == () or not withheld
    assert one(store).counted == so


def test_no_single_household_is_named_to_who_may_only_see_counts(county):
    home = frames()["households"].head(1)
    homes = pd.concat([home.assign(id=f"h{k:02d}", adaptation="done" if k < 8 else "listed" if k < 20 else "none")
                       for k in range(40)], ignore_index=True)
    store = county(("adaptation_done", 20), households=homes)
    seen = {viewer.points: one(store, viewer).explained_by for viewer in (SERVER, LOCAL_STEWARD)}
    assert [(why.count, len(why.objects)) for why in seen[False]] == [(12, 0)]
    assert [(why.count, len(why.objects)) for why in seen[True]] == [(12, 12)]


def test_the_store_of_a_past_day_is_counted_as_it_stood(county):
    store = county(("village_stations", 1))
    later = dataclasses.replace(PROVENANCE, as_of=DAY + dt.timedelta(days=30), sha256="2")
    store.load({"stations": frames()["stations"].assign(status=["open", "open", "closed", "open"])}, later)
    assert (one(store).counted, one(store.at(DAY)).counted) == (2, 1)


def test_tables_hold_every_figure_and_every_object(county):
    report = claims(LOCAL_STEWARD, county(("village_stations", 3), ("x", 1)))
    figures, objects = claim_tables(report)
    for table in (figures, objects):
        assert table.layer.check(table.frame).ok
        assert table.layer.name not in LAYERS
    rows = figures.records()
    assert [(row["stated"], row["counted"], row["agrees"]) for row in rows] == [(3, 1, False), (1, None, None)]
    assert rows[0]["same_as"] == "登记过的服务站，含筹建和停办"
    assert {row["object"] for row in objects.records()} == {"S2", "S3", "V2", "V3"}
