"""Unit changes: random mergers, splits and renamings are told apart, and applied as a plain loop over rows would."""

from __future__ import annotations

import datetime as dt
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import IntakeError
from layers.unit_changes import proposal
from layers.unit_changes.application import Applied, UnconfirmedError, apply, check_mapping
from layers.unit_changes.changes import SURE, Change, ChangeKind, from_dict
from layers.unit_changes.proposal import propose

DAY = dt.date(2026, 1, 1)
EVE = pd.Timestamp("2025-12-31")
CHARACTERS = "山水林田湖草石泉谷岭坪塘桥河溪湾坡洞岩井梁坝峰沟岗松柏梅兰竹菊桃李杏枫桐槐柳榆"


class Made:
    """A county of square villages and what became of them, decided by chance."""

    def __init__(self, seed: int, n: int = 20) -> None:
        self.random = random = np.random.default_rng(seed)
        names = iter(random.permutation([a + b for a in CHARACTERS for b in CHARACTERS if a != b]))
        self.names = names
        rows = [(f"v{k}", f"5001010{k // 10:02d}{200 + k}", f"{next(names)}村", f"t{k // 10}") for k in range(n)]
        cells = [shapely.box(113 + k * 0.02, 30, 113.02 + k * 0.02, 30.02) for k in range(n)]
        self.present = gpd.GeoDataFrame(rows, columns=["id", "code", "name", "township"], geometry=cells, crs=4326)
        self.present["kind"], self.present["valid_from"], self.present["valid_to"] = "village", pd.NaT, pd.NaT
        self.truth: list[tuple[tuple[int, ...], tuple[str, ...], ChangeKind]] = []
        new, k = [], 0
        while k < n:
            k += self._event(k, n, new)
        self.new_list = gpd.GeoDataFrame(new, columns=["code", "name", "township", "former", "geometry"], crs=4326)

    def _event(self, k: int, n: int, new: list) -> int:
        row = self.present.iloc[k]
        what = self.random.choice(["same", "same", "same", "name", "code", "merge", "split"])
        fresh = f"{row.code[:9]}{900 - k}"
        if what == "merge" and k + 1 < n and self.present.township[k + 1] == row.township:
            other = self.present.iloc[k + 1]
            code, name = [(row.code, row["name"]), (other.code, f"{next(self.names)}村"), (fresh, f"{next(self.names)}村")][
                int(self.random.integers(0, 3))]
            new.append((code, name, row.township, f"{row['name']}、{other['name']}", row.geometry.union(other.geometry)))
            self.truth.append(((k, k + 1), (code,), ChangeKind.MERGED))
            return 2
        if what == "split":
            west, south, east, north = row.geometry.bounds
            middle = (west + east) / 2
            new.append((row.code, row["name"], row.township, "", shapely.box(west, south, middle, north)))
            new.append((fresh, f"{next(self.names)}村", row.township, row["name"], shapely.box(middle, south, east, north)))
            self.truth.append(((k,), (row.code, fresh), ChangeKind.SPLIT))
            return 1
        code, name = {"name": (row.code, f"{next(self.names)}村"), "code": (fresh, row["name"])}.get(what, (row.code, row["name"]))
        new.append((code, name, row.township, "", row.geometry))
        self.truth.append(((k,), (code,), ChangeKind.RENAMED if what in {"name", "code"} else ChangeKind.UNCHANGED))
        return 1

    def expected(self) -> set:
        return {(tuple(f"v{k}" for k in old), tuple(sorted(new)), kind) for old, new, kind in self.truth}


def told(changes) -> set:
    return {(change.old, tuple(sorted(change.new)), change.kind) for change in changes}


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_what_happened_is_proposed_from_former_names_or_from_areas(seed):
    made = Made(seed)
    shuffled = made.new_list.sample(frac=1, random_state=seed)
    for new_list in (shuffled, shuffled.drop(columns="former")):
        changes = propose(made.present, new_list)
        assert told(changes) == made.expected()
        assert all(change.question is None and change.confidence >= SURE for change in changes)
    # Without areas a village that was divided is told, but not how its rows are: a question.
    points = shuffled.assign(geometry=shuffled.representative_point())
    changes = propose(made.present, points)
    assert told(changes) == made.expected()
    assert {change.kind for change in changes if change.question} <= {ChangeKind.SPLIT}
    assert all(change.question == proposal.SPLIT for change in changes if change.kind is ChangeKind.SPLIT)


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_codes_and_names_alone_never_say_what_did_not_happen(seed):
    made = Made(seed)
    bare = pd.DataFrame(made.new_list[["code", "name", "township"]])
    changes = propose(pd.DataFrame(made.present.drop(columns="geometry")), bare)
    expected = made.expected()
    for change in changes:
        # What is sure is true, or true of those that the lists can show: a merger hides in one that goes on.
        if change.question is None and told([change]) - expected:
            assert change.kind in {ChangeKind.UNCHANGED, ChangeKind.RENAMED, ChangeKind.NEW}
            truth = next(t for t in expected if set(change.new) & set(t[1]))
            assert set(change.old) <= set(truth[0])
    gone = [change for change in changes if change.kind is ChangeKind.ABOLISHED]
    assert all(change.question == proposal.WHERE_TO for change in gone)
    for change in gone:
        truth = next(t for t in expected if change.old[0] in t[0])
        assert set(truth[1]) & set(change.candidates)
    # Every village of both lists is somewhere, once.
    assert sorted(key for change in changes for key in change.old) == sorted(made.present["id"])
    assert sorted(key for change in changes for key in change.new) == sorted(bare["code"])


def households(made: Made, per: int = 4) -> gpd.GeoDataFrame:
    bounds = made.present.geometry.bounds.to_numpy().repeat(per, axis=0)
    lon = made.random.uniform(bounds[:, 0], bounds[:, 2])
    ids = [f"h{k}" for k in range(len(lon))]
    return gpd.GeoDataFrame({"id": ids, "village": made.present["id"].repeat(per).to_numpy(), "persons": 1},
                            geometry=gpd.points_from_xy(lon, np.full(len(lon), 30.01)), crs=4326)


def replayed(made: Made, rows: pd.DataFrame) -> dict[str, str]:
    """Row to the name of its village afterwards, one row at a time by the truth."""
    names = dict(zip(made.new_list["code"], made.new_list["name"], strict=True))
    areas = dict(zip(made.new_list["code"], made.new_list.geometry, strict=True))
    became = {f"v{k}": new for old, new, _ in made.truth for k in old}
    return {
        row.id: next(names[code] for code in became[row.village] if len(became[row.village]) == 1 or areas[code].covers(row.geometry))
        for row in rows.itertuples()
    }


def merged_back(stored: pd.DataFrame, changed: pd.DataFrame | None) -> pd.DataFrame:
    if changed is None:
        return stored
    return pd.concat([stored[~stored["id"].isin(changed["id"])], changed]).sort_values("id")


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_applied_it_is_what_a_plain_replay_gives(seed):
    made = Made(seed)
    rows = households(made)
    changes = propose(made.present, made.new_list)
    check_mapping(changes, made.present["id"], made.new_list["code"])
    applied = apply(changes, made.present, made.new_list, {"households": ("village", rows)}, day=DAY)
    villages = merged_back(made.present, applied.frames.get("villages"))
    homes = merged_back(rows, applied.frames.get("households"))
    names = dict(zip(villages["id"], villages["name"], strict=True))
    assert {row.id: names[row.village] for row in homes.itertuples()} == replayed(made, rows)
    in_force = villages[villages["valid_to"].isna()]
    assert sorted(zip(in_force["code"], in_force["name"], strict=True)) == sorted(
        zip(made.new_list["code"], made.new_list["name"], strict=True))
    closed = villages[villages["valid_to"].notna()]
    assert (closed["valid_to"] == EVE).all()
    assert set(homes["village"]).isdisjoint(closed["id"])
    before, after = (dict(zip(frame["id"], frame["village"], strict=True)) for frame in (rows, homes))
    assert applied.moved.get("households", 0) == sum(before[key] != after[key] for key in before)
    # Every name and code that is gone leads to whoever has the ground now.
    gone = {(row["name"], row["id"]) for _, row in made.present.iterrows() if row["name"] not in set(in_force["name"])}
    aliases = applied.frames.get("aliases", pd.DataFrame(columns=["name", "unit"]))
    assert {name for name, _ in gone} <= set(aliases["name"])
    assert set(aliases["unit"]) <= set(in_force["id"])
    assert not (set(aliases["name"]) & set(in_force["name"]))


def lists(old: list[tuple], new: list[tuple]) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (pd.DataFrame(old, columns=["id", "code", "name", "township"]),
            pd.DataFrame(new, columns=["code", "name", "township"]))


def the_change(old: list[tuple], new: list[tuple], key: str) -> Change:
    return next(change for change in propose(*lists(old, new)) if key in change.old or key in change.new)


def test_villages_that_changed_their_codes_with_each_other_are_a_question():
    change = the_change([("a", "1", "甲村", "t"), ("b", "2", "乙村", "t")], [("1", "乙村", "t"), ("2", "甲村", "t")], "a")
    assert change.question is not None
    assert change.confidence < SURE


def test_a_community_made_of_a_village_is_the_same_renamed():
    change = the_change([("a", "1", "桃源村", "t")], [("1", "桃源社区居委会", "t")], "a")
    assert (change.kind, change.question) == (ChangeKind.RENAMED, None)


def test_a_village_that_went_to_another_township_is_followed_by_its_name_if_there_is_only_one():
    old = [("a", "101", "甲村", "t1"), ("b", "102", "乙村", "t1"), ("c", "201", "乙村", "t2")]
    new = [("301", "甲村", "t2"), ("302", "乙村", "t3"), ("201", "乙村", "t2")]
    assert the_change(old, new, "a").new == ("301",)
    assert the_change(old, new, "a").question is None
    assert the_change(old, new, "b").question == proposal.WHERE_TO


def test_a_new_village_beside_missing_ones_is_a_question_and_elsewhere_is_not():
    old = [("a", "101", "甲村", "t1"), ("b", "102", "乙村", "t1")]
    new = [("101", "甲村", "t1"), ("109", "丙村", "t1"), ("209", "丁村", "t2")]
    assert the_change(old, new, "109").question == proposal.WHERE_FROM
    assert the_change(old, new, "209").question is None
    assert the_change(old, new, "b").candidates[0] == "109"


def test_a_former_name_that_nobody_had_is_a_question():
    old, new = lists([("a", "1", "甲村", "t")], [("1", "乙村", "t")])
    change = propose(old, new.assign(former="戊村"))[0]
    assert "戊村" in change.question.zh
    # Of a village that goes on it may be of long ago.
    old, new = lists([("a", "1", "甲村", "t")], [("1", "甲村", "t")])
    assert propose(old, new.assign(former="戊村"))[0].question is None


def test_a_list_that_is_in_force_already_changes_nothing_more():
    made = Made(5)
    there = made.new_list.assign(id=[f"x{k}" for k in range(len(made.new_list))])
    assert {change.kind for change in propose(there, made.new_list)} == {ChangeKind.UNCHANGED}
    assert all(change.question is None for change in propose(there, made.new_list))


def test_one_that_went_into_a_village_that_goes_on_is_followed_by_what_the_list_tells():
    old, new = lists([("a", "1", "甲村", "t"), ("b", "2", "乙村", "t")], [("1", "甲村", "t")])
    change = propose(old, new.assign(former="乙村"))[0]
    assert (change.kind, change.question) == (ChangeKind.MERGED, None)


@pytest.mark.parametrize(("new", "message"), [
    ([("1", "甲村", "t"), ("1", "乙村", "t")], "代码重复"), ([("", "甲村", "t")], "缺代码"), ([("1", None, "t")], "缺代码"),
])  # fmt: skip
def test_a_list_without_proper_codes_is_refused(new, message):
    with pytest.raises(IntakeError, match=message):
        propose(*lists([("a", "1", "甲村", "t")], new))


def test_a_change_survives_json():
    for change in propose(Made(3).present, Made(3).new_list):
        back = from_dict(json.loads(json.dumps(change.to_dict(), ensure_ascii=False)))
        assert (back.old, back.new, back.question) == (change.old, change.new, change.question)


@pytest.mark.parametrize("broken", [None, {}, {"old": "a", "new": []}, {"old": [], "new": []}, {"old": [1], "new": ["1"]},
                                    {"old": ["a"], "new": ["1"], "assign": {"households": ["h"]}}])  # fmt: skip
def test_a_broken_mapping_is_refused(broken):
    with pytest.raises(IntakeError, match="对照表"):
        from_dict(broken)


@pytest.mark.parametrize(("changes", "message"), [
    ([Change(("a",), ("1",))], "现有单位"), ([Change(("a", "b"), ("1",)), Change(("b",), ("2",))], "现有单位"),
    ([Change(("a", "b"), ("1",))], "新名单"), ([Change(("a",), ("1",)), Change(("b", "z"), ("2",))], "z"),
    ([Change(("a", "b"), ("1", "2"))], "逐条"), ([Change(("a",), ("1",), question=proposal.NOT_SURE), Change(("b",), ("2",))], "未定"),
])  # fmt: skip
def test_an_incomplete_mapping_is_not_applied(changes, message):
    with pytest.raises(UnconfirmedError, match=message):
        check_mapping(changes, ["a", "b"], ["1", "2"])


def test_a_confirmed_question_is_no_question():
    check_mapping([Change(("a",), ("1",), question=proposal.NOT_SURE, confirmed=True)], ["a"], ["1"])


def small(shape=None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": ["a", "b"], "code": ["1", "2"], "name": ["甲村", "乙村"], "township": ["t", "t"],
                             "kind": ["village"] * 2, "valid_from": [pd.Timestamp("2001-05-01"), pd.NaT], "valid_to": [pd.NaT] * 2},
                            geometry=[shape or shapely.Point(113, 30), shapely.Point(113.1, 30)], crs=4326)


def applied_to(changes: list[Change], new: list[tuple], **others) -> Applied:
    homes = pd.DataFrame({"id": ["h1", "h2", "h3"], "village": ["a", "b", None]})
    stations = pd.DataFrame({"id": ["s1", "s2"], "unit": ["b", "t"]})
    return apply(changes, small(), pd.DataFrame(new, columns=["code", "name", "township"]),
                 {"households": ("village", homes), "stations": ("unit", stations)}, day=DAY, **others)


def test_everything_that_names_a_village_moves_with_it_and_nothing_else_does():
    applied = applied_to([Change(("a", "b"), ("1",))], [("1", "甲乙村", "t")])
    assert applied.moved == {"households": 1, "stations": 1}
    assert applied.frames["households"].to_dict("records") == [{"id": "h2", "village": "a"}]
    assert applied.frames["stations"].to_dict("records") == [{"id": "s1", "unit": "a"}]
    villages = applied.frames["villages"].set_index("id")
    assert villages.loc["a", ["code", "name"]].tolist() == ["1", "甲乙村"]
    assert villages.loc["a", "valid_from"] == pd.Timestamp("2001-05-01")
    assert villages.loc["b", "valid_to"] == EVE
    aliases = applied.frames["aliases"]
    assert set(zip(aliases["name"], aliases["unit"], strict=True)) == {("甲村", "a"), ("乙村", "a"), ("2", "a")}
    assert set(aliases["valid_to"]) == {EVE}


def test_former_names_go_on_to_the_heirs_of_those_that_had_them():
    aliases = pd.DataFrame({"id": ["x"], "unit": ["b"], "name": ["丙村"], "valid_from": [pd.NaT], "valid_to": [pd.Timestamp("2010-12-31")]})
    applied = applied_to([Change(("a", "b"), ("9",))], [("9", "新村", "t")], aliases=aliases)
    found = applied.frames["aliases"].set_index("name")
    assert found.loc["丙村", ["unit", "valid_to"]].tolist() == ["9", pd.Timestamp("2010-12-31")]
    assert set(found.index) == {"甲村", "乙村", "丙村", "1", "2"}


def test_rows_that_would_belong_nowhere_stop_it():
    with pytest.raises(UnconfirmedError, match="households/h2"):
        applied_to([Change(("a",), ("1",)), Change(("b",), (), confirmed=True)], [("1", "甲村", "t")])
    split = Change(("b",), ("2", "3"))
    new = [("1", "甲村", "t"), ("2", "乙村", "t"), ("3", "丙村", "t")]
    with pytest.raises(UnconfirmedError, match="归属不明"):
        applied_to([Change(("a",), ("1",)), split], new)


def test_people_may_say_where_rows_of_a_divided_village_belong():
    split = Change(("b",), ("2", "3"), assign={"households": {"h2": "3"}, "stations": {"s1": "2"}})
    new = gpd.GeoDataFrame({"code": ["1", "2", "3"], "name": ["甲村", "乙村", "丙村"], "township": ["t"] * 3},
                           geometry=[None, None, shapely.Point(113.2, 30)], crs=4326)
    homes = pd.DataFrame({"id": ["h1", "h2"], "village": ["a", "b"]})
    stations = pd.DataFrame({"id": ["s1"], "unit": ["b"]})
    applied = apply([Change(("a",), ("1",)), split], small(), new,
                    {"households": ("village", homes), "stations": ("unit", stations)}, day=DAY)
    assert applied.frames["households"].to_dict("records") == [{"id": "h2", "village": "3"}]
    assert "stations" not in applied.frames


def test_a_village_without_a_place_and_a_code_that_is_an_id_already_are_refused():
    same = [Change(("a",), ("1",)), Change(("b",), ("2",))]
    with pytest.raises(UnconfirmedError, match="没有位置"):
        applied_to([*same, Change((), ("7",))], [("1", "甲村", "t"), ("2", "乙村", "t"), ("7", "新村", "t")])
    closed = small().assign(id=["a", "7"], valid_to=[pd.NaT, pd.Timestamp("2010-01-01")])
    new = gpd.GeoDataFrame({"code": ["1", "7"], "name": ["甲村", "新村"], "township": ["t", "t"]},
                           geometry=[None, shapely.Point(113, 30)], crs=4326)
    with pytest.raises(UnconfirmedError, match="7"):
        apply([Change(("a",), ("1",)), Change((), ("7",))], closed, new, {}, day=DAY)


def test_a_list_without_areas_asks_nothing_about_ground_where_ids_are_codes():
    codes = ["101001000201", "101001000202"]
    old, new = lists([(code, code, f"{code}村", "t") for code in codes], [(code, f"{code}村", "t") for code in codes])
    old = gpd.GeoDataFrame(old, geometry=[shapely.box(k, 0, k + 1, 1) for k in range(2)], crs=4326)
    new = gpd.GeoDataFrame(new, geometry=[None, None], crs=4326)
    assert {(change.kind, change.question) for change in propose(old, new)} == {(ChangeKind.UNCHANGED, None)}
