"""Why a gap is one: figures worked out by hand, and promises that come true when the data is changed accordingly."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from small_county import PROVENANCE, at, frame, frames, line

from app.roles import LOCAL_STEWARD, SERVER
from app.services.county.facilities import FacilityChoice
from app.services.coverage.explanation import ModeReach
from app.services.coverage.gaps import SUMMED
from app.services.coverage.service import coverage, household_times
from layers.store import Store


def reasons(store, viewer=LOCAL_STEWARD, **asked):
    return {gap.name: gap.why for gap in coverage(viewer, store, **asked).gaps}


def loaded(tmp_path, name="county", **changed):
    store = Store.open(str(tmp_path / f"{name}.db"))
    layers = {**frames(), **changed}
    store.load({key: table for key, table in layers.items() if table is not None}, PROVENANCE)
    return store


def households(*places, village="V2"):
    return pd.concat([frames()["households"], frame([
        {"id": f"n{k}", "village": village, "persons": 1, "precision": "door", "geometry": at(*xy)}
        for k, xy in enumerate(places)
    ])], ignore_index=True)


def among_many(*places, village="V2"):
    """The same, and five in each of the other villages who are reached or not as its others are: each can be told."""
    where = {"V1": (1000, 0), "V2": (5000, 0), "V3": (1000, 3000)}
    others = [name for name in where if name != village for _ in range(5)]
    return pd.concat([households(*places, village=village), frame([
        {"id": f"m{k}", "village": name, "persons": 1, "precision": "door", "geometry": at(*where[name])}
        for k, name in enumerate(others)
    ])], ignore_index=True)


def test_by_hand(store):
    west, north = (reasons(store)[name] for name in ("西村", "北村"))
    assert dataclasses.asdict(west) | {"text_zh": "", "text_en": ""} == {
        "text_zh": "", "text_en": "",
        "nearest": "东村站",
        "walk_minutes": 0.7, "walk_m": 50,  # none of 2,126 m, 100 m off the street at 5,000 m
        "way_m": 2613, "detour": 1.01,  # (1,126 + 4,100) / 2; 1 and 4,100 / √(4,000² + 100²)
        "by_mode": ({"mode": "ebike", "households": 1},  # 4.5 and 17.3 minutes
                    {"mode": "drive", "households": 1}),  # nobody drives back from 5,000 m
        "mode": None,
        "by_station": 1,  # they live 2,974 m apart
        "disconnected": 0, "link_m": None, "off_network_m": None, "one_way": 0,
    }
    assert west.text_zh == (
        "最近的是东村站，步行约 34.8 分钟（时限 15），其中从家到路 0.7 分钟（50 米）；路程约 2.6 公里，是直线的 1.0 倍；"
        "换其他出行方式至多使 1 户到达（电动自行车）；就地设一个站可使 1 户可达。"
    )
    assert west.text_en == (
        "nearest is 东村站, about 34.8 min walking (limit 15), of which 0.7 min (50 m) from door to road; the way is "
        "about 2.6 km, 1.0 × the straight line; no other mode would bring most within the limit (at most 1, e-bike); "
        "one station in their midst would bring 1 within the limit."
    )
    assert (north.disconnected, north.link_m, north.off_network_m, north.by_station) == (1, 3000, 800, 1)
    assert (north.nearest, north.walk_m, north.way_m, north.detour, north.mode) == (None,) * 5
    assert north.text_zh == (
        "1 户所在路段不与设施相通，接通约需 3,000 米；1 户离路太远（约 800 米），要先通路；换其他出行方式也到不了；"
        "就地设一个站可使 1 户可达。"
    )


def test_a_mode_is_named_when_it_brings_more_than_half(tmp_path):
    with loaded(tmp_path, households=households((3000, 0))) as store:  # e-bike: 1,126 and 2,000 m, not 4,100
        why = reasons(store)["西村"]
        assert why.by_mode == (ModeReach("ebike", 2), ModeReach("drive", 2))
        assert why.mode == "ebike"
        assert "改为电动自行车，3 户中有 2 户能在时限内到达" in why.text_zh
        assert "e-bike would bring 2 of 3 within the limit" in why.text_en
        assert reasons(store, minutes=20)["西村"].text_zh.count("全部能在时限内到达") == 1


def test_the_slowest_mode_that_is_enough_is_named(store):
    why = reasons(store, mode="elder_walk")["东村"]  # 1,000 and 1,124.9 m are too far at 3 km/h
    assert why.mode == "walk"
    assert [other.mode for other in why.by_mode] == ["walk", "ebike", "drive"]


def test_one_way_streets_are_told_apart(store):
    west = reasons(store, mode="drive")["西村"]  # h05 cannot drive back; h04 gets there
    assert (west.one_way, west.disconnected) == (1, 0)
    assert "1 户受单行道所限" in west.text_zh
    assert reasons(store, mode="drive")["北村"].one_way == 0


def test_roads_that_cross_without_a_junction_are_named(tmp_path):
    roads = pd.concat([frames()["roads"], frame([{"id": "r4", "class": "village", "geometry": line((4500, -900), (4500, 900))}])])
    with loaded(tmp_path, roads=roads, households=households((4500, 800))) as store:
        why = reasons(store)["西村"]
        assert (why.disconnected, why.link_m) == (1, 0)
        assert "1 户所在路段不与设施相通，两路相接而未连通" in why.text_zh


@pytest.mark.parametrize("households_out", [60, 61])
def test_what_a_sentence_promises_comes_true(tmp_path, households_out):
    places = [(2900 + 37 * k, 11 * (k % 5)) for k in range(households_out - 2)]
    with loaded(tmp_path, households=households(*places)) as store:
        why = reasons(store)["西村"]
        before = coverage(LOCAL_STEWARD, store).total.households_reached
        true = []
        for x, y in [(2126, 0), (5000, 100), *places]:
            store.load({"stations": frame([{"id": "new", "name": "新站", "level": "village", "status": "open",
                                            "precision": "door", "geometry": at(x, y)}])}, PROVENANCE)  # fmt: skip
            true.append(coverage(LOCAL_STEWARD, store).total.households_reached - before)
        assert why.by_station in true
        if households_out <= 60:  # a station was tried at each of them
            assert why.by_station == max(true)
            assert f"就地设一个站可使 {max(true)} 户可达" in why.text_zh
            assert "at least" not in why.text_en
        else:
            assert why.by_station >= 0.95 * max(true)
            assert f"就地设一个站至少可使 {why.by_station} 户可达" in why.text_zh
            assert f"would bring at least {why.by_station} within the limit" in why.text_en
        for other in why.by_mode:
            times = household_times(LOCAL_STEWARD, store, mode=other.mode, choice=FacilityChoice(levels=("township",)))
            alone = reasons(store, choice=FacilityChoice(levels=("township",)))["西村"]
            promised = {m.mode: m.households for m in alone.by_mode}[other.mode]
            villagers = times["id"].isin([*(f"n{k}" for k in range(60)), "h04", "h05"])
            assert (villagers & (times["status"] == "reached")).sum() == promised


def test_without_roads_the_sentence_says_estimate(tmp_path):
    with loaded(tmp_path, roads=None) as store:
        why = reasons(store)["西村"]
        assert (why.walk_m, why.walk_minutes, why.link_m, why.detour) == (None, None, None, 1.3)
        assert why.way_m == pytest.approx((1126 + 4001.25) / 2 * 1.3, abs=1)
        assert "按直线的 1.3 倍估算" in why.text_zh
        assert "1.3 × straight line" in why.text_en


def test_without_a_facility_there_is_no_reason_to_give(tmp_path):
    with loaded(tmp_path, stations=None, station_grades=None) as store:
        assert set(reasons(store).values()) == {None}


def test_few_households_keep_their_reasons_to_themselves(tmp_path, store):
    (why,) = reasons(store, SERVER).values()
    assert why == SUMMED
    with loaded(tmp_path, "six", households=among_many((1000, 0), (1000, 0), (1000, 0))) as other:
        assert "西村" not in reasons(other, SERVER)  # a village of five, two of them out of reach
    # four households with a way, one without: the medians would be those of the four
    with loaded(tmp_path, households=among_many((2500, 0), (2600, 0), (5000, 900))) as other:
        shown = reasons(other, SERVER)["西村"]
        hidden = ("nearest", "walk_minutes", "walk_m", "way_m", "detour", "off_network_m")
        assert [getattr(shown, name) for name in hidden] == [None] * len(hidden)
        assert shown.text_zh == "有的户离路太远，要先通路；改为电动自行车，不足 5 户能在时限内到达；就地设一个站可使 不足 5 户可达。"
        assert (shown.by_station, {other.households for other in shown.by_mode}, shown.disconnected) == (None, {None}, None)
        assert shown.mode == "ebike"
        assert reasons(other)["西村"].off_network_m == 900
    with loaded(tmp_path, "five", households=among_many((2500, 0), (2600, 0), (2700, 0))) as other:
        shown = reasons(other, SERVER)["西村"]
        everything = reasons(other)["西村"]  # five with a way: everybody may know
        assert [getattr(shown, name) for name in hidden] == [getattr(everything, name) for name in hidden]
        assert (shown.nearest, shown.way_m) == ("东村站", 1600)


def test_islands_of_few_are_not_measured(tmp_path):
    on_the_island = [(100 * k, 3000) for k in range(5)]
    with loaded(tmp_path, households=among_many(*on_the_island[:3], village="V3")) as store:
        assert reasons(store, SERVER)["北村"].link_m is None  # four of them, and one off the network
        assert reasons(store, SERVER)["北村"].disconnected is None  # as 4, and as 5 less 1
        assert reasons(store)["北村"].disconnected == 4
    with loaded(tmp_path, "five", households=among_many(*on_the_island, village="V3")) as store:
        assert reasons(store, SERVER)["北村"].link_m == 3000
