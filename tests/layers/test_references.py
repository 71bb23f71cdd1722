"""Every reference is found in the layer that it names, or reported."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from small_frames import households, townships, villages

from layers.references import check_references


def lost(frames: dict[str, pd.DataFrame], **known: list[str]) -> set[tuple[str, object, str, str]]:
    report = check_references(frames, known=known or None)
    assert {issue.rule for issue in report.issues} <= {"reference"}
    return {(issue.layer, issue.row, issue.column, issue.value) for issue in report.issues}


def station(**values: object) -> pd.DataFrame:
    return pd.DataFrame([{"id": "s1", "parent": None, "unit": None} | values])


def test_what_is_found_is_no_problem() -> None:
    assert not lost({"townships": townships(), "villages": villages(), "households": households()})


def test_every_lost_reference_of_every_layer_at_once() -> None:
    frames = {"townships": townships(), "villages": villages(township="t9"), "households": households(2, "v9")}
    assert lost(frames) == {
        ("villages", 0, "township", "t9"), ("villages", 1, "township", "t9"),
        ("households", 0, "village", "v9"), ("households", 1, "village", "v9"),
    }


def test_an_issue_says_where_it_looked() -> None:
    (issue,) = check_references({"stations": station(unit="x"), "townships": townships(), "villages": villages()}).issues
    assert (issue.id, issue.hint.zh) == ("s1", "在乡镇（街道）、村（社区）中找不到此编号")
    assert issue.hint.en == "not found in townships, villages"


def test_nothing_refers_to_nothing() -> None:
    assert not lost({"villages": villages(township=None), "townships": townships([])})


def test_a_layer_that_is_not_there_is_not_looked_in() -> None:
    assert not lost({"households": households(2, "v9")})


def test_a_layer_that_is_empty_is_looked_in() -> None:
    assert len(lost({"households": households(2), "villages": villages([])})) == 2


def test_one_of_two_layers_is_enough() -> None:
    frames = {"townships": townships(), "villages": villages()}
    assert not lost({**frames, "stations": station(unit="v2")})
    assert not lost({**frames, "stations": station(unit="t2")})
    assert lost({**frames, "stations": station(unit="s1")}) == {("stations", 0, "unit", "s1")}


def test_a_layer_may_refer_to_itself() -> None:
    two = pd.concat([station(), station(id="s2", parent="s1")], ignore_index=True)
    assert not lost({"stations": two})
    assert lost({"stations": two.iloc[1:]}) == {("stations", 1, "parent", "s1")}


def test_known_ids_count_besides_the_frames() -> None:
    frames = {"households": households(2, "v9")}
    assert lost(frames, villages=["v1"]) == {("households", 0, "village", "v9"), ("households", 1, "village", "v9")}
    assert not lost(frames, villages=["v9"])
    assert not lost({**frames, "villages": villages(township=None)}, villages=["v9"])


def test_rows_with_the_same_label_are_told_apart_by_id() -> None:
    frame = households(3, "v9").set_axis([7, 7, 7])
    report = check_references({"households": frame, "villages": villages()})
    assert [(issue.row, issue.id) for issue in report.issues] == [(7, "h00000"), (7, "h00001"), (7, "h00002")]


def test_frames_without_the_columns_are_left_to_the_check_of_the_layer() -> None:
    assert not lost({"households": pd.DataFrame({"persons": [1]}), "villages": villages()})
    assert lost({"households": pd.DataFrame({"village": ["v9"]}), "villages": villages()}) == {
        ("households", 0, "village", "v9")}


@given(ids=st.sets(st.text("abc", min_size=1, max_size=2)), named=st.lists(st.none() | st.text("abc", min_size=1, max_size=2)))
def test_it_finds_exactly_what_a_set_does_not_hold(ids: set[str], named: list[str | None]) -> None:
    frames = {
        "villages": pd.DataFrame({"id": sorted(ids)}, dtype="str"),
        "households": pd.DataFrame({"id": [str(k) for k in range(len(named))], "village": named}, dtype=object),
    }
    expected = {("households", k, "village", name) for k, name in enumerate(named) if name is not None and name not in ids}
    assert lost(frames) == expected
