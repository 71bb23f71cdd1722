"""The map of a plan: classes with their bounds, letters, candidates, newly reached villages, and what is withheld."""

from __future__ import annotations

import pytest
import shapely
from small_county import PROVENANCE, at, box, frames

from app.maps.siting_map import GAIN_COLOURS, GAIN_LABELS, Marked, draw_siting, gain_class
from app.maps.view import Caption, View
from app.messages import Words
from app.roles import LOCAL_STEWARD, SERVER
from app.services.siting.choices import candidate_places
from app.services.siting.question import as_question
from app.services.siting.service import site
from app.web.kit import material
from app.web.views.siting.material import village_keys
from layers.store import Store

ASKED = {"add": 1, "mode": "walk", "places": [{"at": [*at(5000, 10).coords[0]], "name": "<新>"}]}


@pytest.fixture
def store(tmp_path):
    with Store.open(str(tmp_path / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


def drawn_text(viewer, store, *, plan=True, given=ASKED, township=None, **marks):
    asked = as_question(given)
    report = site(viewer, store, asked) if plan else None
    marked = Marked(candidate_places(viewer, store, asked), village_keys=village_keys(viewer, store), **marks)
    ground = material.ground(viewer, store)
    view = View(counted=ground.facilities(ground.stations), township=township)
    drawn = draw_siting(ground, report, marked, view, Caption(as_of=PROVENANCE.as_of), Words())
    for group in drawn.groups:
        drawn.base.add_child(group)
    return drawn.base.get_root().render().replace("<\\/", "</")


@pytest.mark.parametrize(
    ("points", "expected"), [(None, None), (-0.1, 0), (0, 1), (0.01, 2), (0.99, 2), (1, 3), (4.99, 3), (5, 4), (60, 4)]
)
def test_bounds_count_into_the_class_above(points, expected):
    assert gain_class(points) == expected


def test_classes_are_as_many_as_their_labels():
    assert len(GAIN_COLOURS) == len(GAIN_LABELS) == 5


def test_a_plan_has_its_letter_its_gain_and_its_legend(store):
    text = drawn_text(LOCAL_STEWARD, store)
    assert ">A</text>" in text
    assert "A 西村" in text
    assert "新覆盖 5 人（A 5）" in text
    assert "+38.5" in text  # 5 of 13 persons in the eastern township
    labels = [label.replace("<", "&lt;") for label in GAIN_LABELS]
    for words in ("建议新站", "候选点", "新覆盖的村（按人数）", "可达率提高（百分点）", *labels):
        assert words in text
    assert "必选的候选点" not in text


def test_names_are_text_and_candidates_one_layer(store):
    text = drawn_text(LOCAL_STEWARD, store)
    assert "<新>" not in text
    assert "&lt;新&gt;" in text
    assert text.count('"kind":"candidate"') == 3  # of three villages and one place one is the plan's


def test_what_is_locked_banned_forbidden_and_drawn_is_told_apart(store):
    text = drawn_text(
        LOCAL_STEWARD, store, must=frozenset({"village:V1"}), banned=frozenset({"village:V3"}),
        forbidden=[box(0, 0, 100, 100)], sketch=tuple(at(*xy).coords[0] for xy in ((0, 0), (50, 0), (50, 50))),
        picked="village:V3",
    )  # fmt: skip
    for words in ("必选的候选点", "排除的候选点", "禁止区域"):
        assert words in text


def test_before_a_plan_there_are_candidates_and_no_classes(store):
    text = drawn_text(LOCAL_STEWARD, store, plan=False)
    assert text.count('"kind":"candidate"') == 4
    assert "可达率提高（百分点）" not in text
    assert ">A</text>" not in text


def test_a_township_shows_its_own_villages(store):
    text = drawn_text(LOCAL_STEWARD, store, township="990001002")
    assert '"code":"V2","kind":"village"' in text
    assert '"code":"V1","kind":"village"' not in text


def test_counts_only_viewers_see_no_single_households(store):
    text = drawn_text(SERVER, store)
    assert "户数太少，不列出" in text
    assert "新覆盖 5 人" not in text
    assert "+38.5" not in text
    assert "新覆盖不足 5 户" in text
    assert "新覆盖的村（按人数）" not in text


def test_letters_go_on_after_z_and_fit_in_their_sign(store):
    places = [{"at": [*at(5000 + k, 10).coords[0]]} for k in range(30)]
    given = {"add": 27, "mode": "walk", "candidates": [], "places": places, "must": [f"place:{k}" for k in range(1, 28)]}
    text = drawn_text(LOCAL_STEWARD, store, given=given)
    assert ">AA</text>" in text


def test_polygons_are_drawn_where_they_are(store):
    area = shapely.Polygon([at(*xy).coords[0] for xy in ((0, 0), (300, 0), (300, 300))])
    text = drawn_text(LOCAL_STEWARD, store, plan=False, forbidden=[area])
    lon, lat = area.exterior.coords[1][0], area.exterior.coords[1][1]
    assert f"{lon}"[:9] in text
    assert f"{lat}"[:8] in text
