"""Edits of a plan: ids of a question that is written anew each time, and what of an edit goes with another."""

from __future__ import annotations

import pytest

from app.messages import Words
from app.services.siting.report import CurvePoint, Obstacle
from app.web.views.siting import edits
from app.web.views.siting.curve import drawing, pays_until
from app.web.views.siting.edits import Area, Ban, Cost, FilePlaces, Lock, OwnPlace
from app.web.views.siting.infeasible import share_within
from layers.schema import Label

A = OwnPlace("own-1", "甲", (123.0, 28.5))
B = FilePlaces("own-2", "f.geojson", ({"at": [123.1, 28.5], "name": "x"}, {"at": [123.2, 28.5], "name": "y"}))
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}


def test_places_are_numbered_in_order_and_named_by_what_lasts():
    known = (A, B, Lock("own-2.1", "y"), Ban("village:V1", "东村"), Area("own-3", "1", (SQUARE,)))
    asked = edits.as_asked(known)
    assert [place["name"] for place in asked["places"]] == ["甲", "x", "y"]
    assert (asked["must"], asked["banned"], asked["forbidden"]) == (["place:3"], ["village:V1"], [SQUARE])
    assert edits.key_of("place:3", known) == "own-2.1"
    assert edits.key_of("village:V1", known) == "village:V1"
    fewer = edits.without(known, 0)
    assert edits.as_asked(fewer)["must"] == ["place:2"]  # the same place


def test_a_site_is_locked_or_banned_and_never_both():
    known = edits.with_ban(edits.with_lock((), "village:V1", "东村"), "village:V1", "东村")
    assert known == (Ban("village:V1", "东村"),)
    assert edits.with_lock(known, "village:V1", "东村") == (Lock("village:V1", "东村"),)


def test_a_moved_site_is_banned_and_its_new_place_a_must():
    known = edits.with_move((Lock("village:V1", "东村"),), "village:V1", "东村", A)
    asked = edits.as_asked(known)
    assert (asked["must"], asked["banned"]) == (["place:1"], ["village:V1"])
    further = edits.with_move(known, A.key, A.name, OwnPlace("own-9", "乙", (124.0, 29.0)))
    assert edits.as_asked(further)["places"] == [{"at": [124.0, 29.0], "name": "甲"}]
    assert edits.as_asked(further)["banned"] == ["village:V1"]


def test_a_ban_on_a_moved_site_leaves_its_old_place_banned():
    known = edits.with_ban(edits.with_move((), "village:V1", "东村", A), A.key, A.name)
    assert known == (Ban("village:V1", "东村"),)


@pytest.mark.parametrize("said", [
    Lock("own-1", "甲"), Ban("own-1", "甲"), Cost("own-1", "甲", 3.0), OwnPlace("own-5", "丙", (1.0, 2.0), "own-1", "甲"),
])
def test_with_a_place_goes_what_was_said_of_it(said):
    assert edits.without((A, said), 0) == ()
    assert edits.without((A, said), 1) == (A,)


def test_the_last_cost_of_a_place_holds_and_follows_its_number():
    known = edits.with_cost((A, B), "own-2.0", "x", 3.0)
    assert edits.as_asked(known)["costs"] == {"place:2": 3.0}
    known = edits.without(edits.with_cost(known, "own-2.0", "x", 4.0), 0)
    assert edits.as_asked(known)["costs"] == {"place:1": 4.0}


def test_one_more_pays_until_it_gains_a_fifth_of_the_first():
    def curve(*gains):
        return [CurvePoint(k, 0, 0, 0.5, gain, "optimal") for k, gain in enumerate((0, *gains))]

    assert pays_until(curve(100, 50, 20, 19, 5)) == 3
    assert pays_until(curve(100, 90)) == 2
    assert pays_until(curve(0, 0)) == 0
    assert pays_until([]) == 0


@pytest.mark.parametrize("shares", [(0.5, 0.6, 0.65), (1.0, 1.0), (0.0, 0.0), (0.999, 1.0), (0.95, 0.95)])
def test_every_curve_lies_in_its_frame(shares):
    points = [CurvePoint(k, 0, 0, share, 1.0 if k else 0.0, "optimal") for k, share in enumerate(shares)]
    picture = drawing(points, 1, Words())
    heights = [float(pair.split(",")[1]) for pair in picture.split('polyline points="')[1].split('"')[0].split()]
    assert all(14 <= y <= 14 + 170 for y in heights)
    assert picture.count('class="here"') == 1


def test_the_share_is_lowered_to_what_the_worst_place_can_have():
    def short(needed, possible, what="share"):
        return Obstacle(what, "", needed, possible, Label("", ""))

    assert share_within([short(90, 60), short(45, 40)], 90.0) == 60.0
    assert share_within([short(3, 1)], 100.0) == 33.3
    assert share_within([short(90, 0)], 90.0) is None
    assert share_within([short(9, 5, "count")], 90.0) is None
