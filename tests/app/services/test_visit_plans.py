"""Plans of visits from the store: whoever is asked for is in a route or has a reason, and every rule is kept."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from small_county import PROVENANCE

from app.roles import LOCAL_STEWARD, NotPermittedError, Role, Viewer
from app.services.county.state import settled
from app.services.visit_plans.ground import ground
from app.services.visit_plans.question import VisitQuestion
from app.services.visit_plans.service import plan_visits
from data.demo import County
from geo.errors import ParameterError
from layers.store import Store

MONDAY = dt.date(2026, 11, 30)


def asked(**parts: object) -> VisitQuestion:
    """A small round."""
    return VisitQuestion(**({"first_day": MONDAY, "days": 2, "teams": 2, "limit": 30, "seconds": 1.0} | parts))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def address(one_small_county: County, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with roads, households that were visited and some that were not."""
    path = str(tmp_path_factory.mktemp("visits") / "county.db")
    with Store.open(path) as opened:
        opened.load(one_small_county.frames, PROVENANCE)
    return path


@pytest.fixture(scope="module")
def demo(address: str) -> Iterator[Store]:
    """It, opened."""
    with Store.open(address) as opened:
        yield opened


def minutes(clock: str) -> int:
    """Minutes since midnight."""
    return 60 * int(clock[:2]) + int(clock[3:])


def test_everybody_asked_for_is_in_one_route_or_has_a_reason(demo: Store) -> None:
    found = plan_visits(LOCAL_STEWARD, demo, asked())
    routed = [stop.household for route in found.routes for stop in route.stops]
    left = [one.household for one in found.omitted]
    assert len(routed) == len(set(routed)) == found.visited
    assert not set(routed) & set(left)
    assert len(routed) + len(left) == found.asked == 30
    assert all(one.reason and one.reason_en for one in found.omitted)
    last = demo.read("households", columns=["id", "last_visit"]).set_index("id")["last_visit"].astype("string").fillna("")
    assert last[routed + left].max() <= last.drop(routed + left).min()


def test_hours_lunch_and_ways_are_kept(demo: Store) -> None:
    known = settled(demo, lambda state: ground(LOCAL_STEWARD, state, asked()))
    place = {known.living.id[k]: n + 2 for n, k in enumerate(known.chosen.tolist())}
    found = plan_visits(LOCAL_STEWARD, demo, asked())
    assert found.routes
    for route in found.routes:
        assert route.day in {MONDAY, MONDAY + dt.timedelta(days=1)}
        assert route.station == known.stations["id"].iloc[route.team - 1]
        assert minutes("08:30") <= minutes(route.leave)
        assert minutes(route.back) <= minutes("17:30")
        if route.lunch is None:
            assert minutes(route.back) <= minutes("12:30") or minutes(route.leave) >= minutes("12:30")
        else:
            assert minutes("11:30") <= minutes(route.lunch[0]) <= minutes("12:30")
        now, here = minutes(route.leave), route.team - 1
        for stop in route.stops:
            there = place[stop.household]
            assert minutes(stop.arrive) - now >= known.travel_s[here, there] / 60 - 1  # each told to the minute
            assert minutes(stop.leave) - minutes(stop.begin) == 40
            now, here = minutes(stop.leave), there


def test_days_are_working_days() -> None:
    days = asked(first_day=dt.date(2026, 11, 27), days=3).dates()
    assert days == (dt.date(2026, 11, 27), MONDAY, MONDAY + dt.timedelta(days=1))


def test_a_full_round_says_what_is_lacking_and_more_days_take_in_more(demo: Store) -> None:
    short = plan_visits(LOCAL_STEWARD, demo, asked(days=1, teams=1))
    full = [one for one in short.omitted if one.why == "no_time"]
    assert full
    assert all(one.longer_minutes is None or one.longer_minutes > 0 for one in full)
    assert any("还差" in one.reason for one in full)
    assert plan_visits(LOCAL_STEWARD, demo, asked(days=4, teams=1)).visited > short.visited


def test_single_households_are_for_those_who_may_see_them(demo: Store) -> None:
    with pytest.raises(NotPermittedError):
        plan_visits(Viewer(Role.STEWARD), demo, asked())
    reach = demo.read("townships", columns=["id"])["id"].iloc[0]
    found = plan_visits(Viewer(Role.VISITOR, frozenset({reach}), points=True), demo, asked(limit=5_000, days=1))
    homes = settled(demo, lambda state: ground(LOCAL_STEWARD, state, asked())).living
    in_reach = set(homes.id[homes.township == reach])
    assert {stop.household for route in found.routes for stop in route.stops} <= in_reach
    assert {one.household for one in found.omitted} <= in_reach


@pytest.mark.parametrize(
    "parts",
    [{"teams": 0}, {"days": 0}, {"limit": 0}, {"visit_minutes": 0.0}, {"mode": "boat"}, {"begin": dt.time(18)},
     {"lunch_from": dt.time(13)}, {"seconds": 0.0}, {"seconds": float("nan")}],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(parts: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=r".+\(.+\)"):
        asked(**parts)


def test_the_command_answers_what_the_service_does(run, address: str) -> None:
    asked_for = ("visits", "plan", "--from", MONDAY, "--days", 1, "--teams", 1, "--limit", 5, "--seconds", 1, "--store", address)
    code, out, err = run(*asked_for, "--json")
    assert code == 0, err
    answer = json.loads(out)
    stops = sum(len(route["stops"]) for route in answer["routes"])
    assert stops + len(answer["omitted"]) == 5
    assert {"team", "day", "stops"} <= set(answer["routes"][0])
    assert all(one["reason"] for one in answer["omitted"])
    code, out, _ = run(*asked_for)
    assert code == 0
    assert "5 户要走访" in out
    code, _, err = run("visits", "plan", "--teams", 0, "--store", address)
    assert code == 2
    assert "teams" in err
