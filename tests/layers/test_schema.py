"""Checking a frame finds every problem at once, and bringing it to its layer loses nothing that is right."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layer_frames import frames
from pandas.testing import assert_frame_equal
from small_frames import households, townships

from layers.registry import LAYERS
from layers.schema import Field, Issue, Kind, Label, Layer, Rule, ValidationReport, Vocabulary, concat

COLOUR = Vocabulary("colour", {"red": Label("红", "Red"), "blue": Label("蓝", "Blue")})
SAID = Label("说", "said")


def layer(*fields: Field, **options: Any) -> Layer:
    first = Field(name="id", label=SAID, required=True)
    return Layer(name="things", label=SAID, fields=(first, *fields), **options)


def field(kind: Kind, **options: Any) -> Field:
    vocabulary = COLOUR if kind in (Kind.CHOICE, Kind.CHOICES) else None
    return Field(**({"name": "x", "label": SAID, "kind": kind, "vocabulary": vocabulary} | options))


def column(values: list[Any], **others: list[Any]) -> pd.DataFrame:
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    ids = [f"i{k}" for k in range(len(values))]
    return pd.DataFrame({"id": ids, "x": pd.Series(objects, dtype=object), **others})


def found(report: ValidationReport) -> list[tuple[Any, str, str]]:
    return [(issue.row, issue.column, issue.rule) for issue in report.issues]


MISSING = [None, np.nan, pd.NA, pd.NaT, "", "  ", "\u3000\t"]

RIGHT: dict[Kind, list[tuple[Any, Any]]] = {
    Kind.TEXT: [("村", "村"), (" 村 ", " 村 "), ("NULL", "NULL"), ("nan", "nan"), ("𠮷", "𠮷"), ("a\nb", "a\nb")],
    Kind.CHOICE: [("red", "red")],
    Kind.INTEGER: [(3, 3), (3.0, 3), ("3", 3), (np.int64(-7), -7), (np.float32(2), 2), ("1e3", 1000), (2**53, 2**53)],
    Kind.NUMBER: [(3, 3.0), (0.1, 0.1), ("0.1", 0.1), (-1e300, -1e300), (np.float64(2.5), 2.5)],
    Kind.BOOLEAN: [(True, True), (False, False), (1, True), (0, False), (1.0, True), (np.bool_(False), False)],
    Kind.DATE: [
        (dt.date(2026, 4, 5), "2026-04-05"), (dt.datetime.fromisoformat("2026-04-05T23:59"), "2026-04-05"),
        (pd.Timestamp("2026-04-05 12:00", tz="Asia/Shanghai"), "2026-04-05"),
        (np.datetime64("2026-04-05T01:00"), "2026-04-05"), ("2026-04-05", "2026-04-05"),
        ("2026/4/5", "2026-04-05"), ("20260405", "2026-04-05"), ("2026-04-05T23:00:00+08:00", "2026-04-05"),
        (" 2026-04-05 08:00 ", "2026-04-05"), (dt.date(1, 1, 1), "0001-01-01"), (dt.date(9999, 12, 31), "9999-12-31"),
    ],
    Kind.CHOICES: [
        (["red", "blue"], ("red", "blue")), (("blue",), ("blue",)), (np.array(["red"]), ("red",)), ([], ()),
        ({"red", "blue"}, ("blue", "red")), (["red", "red"], ("red", "red")),
    ],
}
WRONG: dict[Kind, list[Any]] = {
    Kind.TEXT: [3, 3.5, True, b"x", ["x"], dt.date(2026, 1, 1), "a\0b", "\ud800"],
    Kind.CHOICE: [3, ["red"]],
    Kind.INTEGER: [3.5, "3.5", "three", np.inf, True, [3], {"a": 1}, dt.date(2026, 1, 1), pd.Timestamp(0), 2**53 + 2,
                   10**400, 1e300, 3 + 0j, np.bool_(True)],
    Kind.NUMBER: ["three", np.inf, -np.inf, "inf", True, [3.0], dt.date(2026, 1, 1), 10**400],
    Kind.BOOLEAN: ["yes", "true", 2, -1, 0.5, [True], dt.date(2026, 1, 1)],
    Kind.DATE: ["five", "5", "2026-13-01", "2026-02-30", 20260405, 45000.5, True, np.datetime64("20000-01-01"),
                [dt.date(2026, 1, 1)], "10000-01-01", "05/04/2026"],
    Kind.CHOICES: ["red", 3, [3], ["red", None], {"red": 1}, ["re\0d"]],
}


@pytest.mark.parametrize(("kind", "value", "expected"), [(k, *pair) for k, pairs in RIGHT.items() for pair in pairs])
def test_what_is_right_is_brought_to_its_type(kind: Kind, value: Any, expected: Any) -> None:
    things = layer(field(kind))
    tidy, report = things.examine(column([value]))
    assert report.ok, report
    got = tidy["x"].iloc[0]
    assert (str(got.date()) if kind is Kind.DATE else got) == expected


@pytest.mark.parametrize(("kind", "value"), [(k, value) for k, values in WRONG.items() for value in values])
def test_what_is_wrong_is_told_and_left_empty(kind: Kind, value: Any) -> None:
    tidy, report = layer(field(kind)).examine(column([value]))
    assert found(report) == [(0, "x", "type")]
    assert tidy["x"].iloc[0] == () if kind is Kind.CHOICES else tidy["x"].isna().iloc[0]


@pytest.mark.parametrize("kind", Kind)
def test_what_is_missing_is_a_problem_only_where_it_is_required(kind: Kind) -> None:
    for frame in (column(MISSING), pd.DataFrame({"id": [f"i{k}" for k in range(7)]})):
        tidy, report = layer(field(kind)).examine(frame)
        assert report.ok
        assert all(v == () for v in tidy["x"]) if kind is Kind.CHOICES else tidy["x"].isna().all()
    required = layer(field(kind, required=True))
    assert found(required.check(column(MISSING))) == [(k, "x", "required") for k in range(len(MISSING))]
    assert found(required.check(column(MISSING).drop(columns="x"))) == [(None, "x", "column")]


@pytest.mark.parametrize(("kind", "dtype"), [
    (Kind.TEXT, "str"), (Kind.CHOICE, "str"), (Kind.INTEGER, "Int64"), (Kind.NUMBER, "float64"),
    (Kind.BOOLEAN, "boolean"), (Kind.DATE, "datetime64[s]"), (Kind.CHOICES, "object"),
])
def test_types_are_the_same_for_no_rows_and_for_missing_columns(kind: Kind, dtype: str) -> None:
    things = layer(field(kind))
    for frame in (column([]), column([None]), column([]).drop(columns="x"), column([None]).drop(columns="x")):
        assert str(things.conform(frame)["x"].dtype) == dtype


@pytest.mark.parametrize(("kind", "series", "expected"), [
    (Kind.TEXT, pd.Series(["a", "", None], dtype="str"), ["a", None, None]),
    (Kind.TEXT, pd.Series(["a", " ", None], dtype="category"), ["a", None, None]),
    (Kind.INTEGER, pd.Series([1, 2, None], dtype="Int64"), [1, 2, None]),
    (Kind.INTEGER, pd.Series(["1", "", None], dtype="str"), [1, None, None]),
    (Kind.INTEGER, pd.Series([1, 2, 3], dtype="uint8"), [1, 2, 3]),
    (Kind.NUMBER, pd.Series([1, 2, 3], dtype="int64"), [1.0, 2.0, 3.0]),
    (Kind.BOOLEAN, pd.Series([True, False, True]), [True, False, True]),
    (Kind.BOOLEAN, pd.Series([1.0, 0.0, None]), [True, False, None]),
    (Kind.DATE, pd.Series(pd.to_datetime(["2026-01-01T23:30", None, "2026-01-02T00:00"])), ["2026-01-01", None, "2026-01-02"]),
    (Kind.DATE, pd.Series(["2026-01-01", "", None], dtype="str"), ["2026-01-01", None, None]),
    (Kind.DATE, pd.Series(pd.to_datetime(["2026-01-01T23:30"] * 3).tz_localize("Asia/Shanghai")), ["2026-01-01"] * 3),
])
def test_columns_of_any_dtype_are_taken(kind: Kind, series: pd.Series, expected: list[Any]) -> None:
    tidy, report = layer(field(kind)).examine(pd.DataFrame({"id": ["a", "b", "c"], "x": series}))
    assert report.ok, report
    got = [None if pd.isna(v) else str(v.date()) if kind is Kind.DATE else v for v in tidy["x"]]
    assert got == expected


@pytest.mark.parametrize(("kind", "series"), [
    (Kind.INTEGER, pd.Series([True, False])), (Kind.NUMBER, pd.Series(pd.to_datetime(["2026-01-01"] * 2))),
    (Kind.DATE, pd.Series([20260101, 20260102])), (Kind.DATE, pd.Series([True, False])), (Kind.TEXT, pd.Series([1, 2])),
    (Kind.BOOLEAN, pd.Series(["true", "false"], dtype="str")), (Kind.BOOLEAN, pd.Series(pd.to_datetime(["2026-01-01"] * 2))),
])
def test_columns_of_a_wrong_dtype_are_told(kind: Kind, series: pd.Series) -> None:
    assert found(layer(field(kind)).check(pd.DataFrame({"id": ["a", "b"], "x": series}))) == [
        (0, "x", "type"), (1, "x", "type")]


def test_values_outside_the_vocabulary_the_range_or_the_pattern() -> None:
    assert found(layer(field(Kind.CHOICE)).check(column(["red", "green", None]))) == [(1, "x", "vocabulary")]
    assert found(layer(field(Kind.CHOICES)).check(column([["red"], ["red", "green"], []]))) == [(1, "x", "vocabulary")]
    limited = layer(field(Kind.INTEGER, minimum=1, maximum=5))
    assert found(limited.check(column([0, 1, 5, 6, None]))) == [(0, "x", "range"), (3, "x", "range")]
    assert found(layer(field(Kind.NUMBER, minimum=0)).check(column([-0.001, 0, 1e9]))) == [(0, "x", "range")]
    assert found(layer(field(Kind.NUMBER, maximum=0)).check(column([0.001, 0, -1e9]))) == [(0, "x", "range")]
    coded = layer(field(Kind.TEXT, pattern=r"\d{3}"))
    assert found(coded.check(column(["123", "1234", "12a", "１２３", "123\n", None]))) == [
        (k, "x", "pattern") for k in (1, 2, 3, 4)]


def test_hints_say_what_to_do_in_both_languages() -> None:
    hints = {
        "vocabulary": layer(field(Kind.CHOICE)).check(column(["green"])),
        "range": layer(field(Kind.INTEGER, minimum=1, maximum=5)).check(column([9])),
        "pattern": layer(field(Kind.TEXT, pattern=r"\d{3}")).check(column(["x"])),
        "type": layer(field(Kind.DATE)).check(column(["x"])),
        "required": layer(field(Kind.TEXT, required=True)).check(column([None])),
    }
    said = {rule: report.issues[0].hint for rule, report in hints.items()}
    assert said["vocabulary"] == ("不在允许的取值中，可用：red（红）、blue（蓝）", "not one of the allowed values: red, blue")
    assert said["range"] == ("超出范围 1 至 5", "outside 1 to 5")
    assert said["pattern"] == (r"不符合编码格式 \d{3}", r"does not match \d{3}")
    assert "2026-04-05" in said["type"].zh
    assert "2026-04-05" in said["type"].en
    assert said["required"].zh.startswith("必填")
    assert not any("{" in hint.zh.replace("{3}", "") for hint in said.values())


def test_ids_are_unique_and_the_later_one_is_told() -> None:
    frame = pd.DataFrame({"id": ["a", "b", "a", None, None]})
    assert found(layer().check(frame)) == [(3, "id", "required"), (4, "id", "required"), (2, "id", "unique")]


def test_an_issue_says_where_and_what() -> None:
    frame = column([9], ).set_axis(["行7"])
    (issue,) = layer(field(Kind.INTEGER, maximum=5)).check(frame).issues
    assert issue[:6] == ("things", "行7", "i0", "x", "range", "9")


def test_protected_values_are_never_shown() -> None:
    frame = households(2)
    frame["phone"] = [13912345678, "138"]
    frame["identity_no"] = ["110101194912310001", "11010119491231000Q"]
    report = LAYERS["households"].check(frame)
    assert found(report) == [(0, "phone", "type"), (1, "identity_no", "pattern")]
    assert {issue.value for issue in report.issues} == {"***"}


def test_long_values_and_shapes_are_shown_shortly() -> None:
    things = layer(field(Kind.CHOICE), geometry=("Point",))
    frame = column(["長" * 500], geometry=[shapely.box(0, 0, 1, 1)])
    assert [issue.value for issue in things.check(frame).issues] == ["長" * 80, "Polygon"]


def test_every_problem_at_once() -> None:
    things = layer(field(Kind.INTEGER, minimum=0), field(Kind.DATE, name="y", required=True), geometry=("Point",),
                   rules=(Rule("even", "x", SAID, lambda t: t["x"] % 2 == 1),))
    frame = pd.DataFrame({
        "id": ["a", "a", None, "d"], "x": [-1, "?", 3, 4], "y": ["2026-01-01", None, "?", "2026-01-01"],
        "geometry": [shapely.Point(1, 1), None, shapely.box(0, 0, 1, 1), shapely.Point(200, 0)],
    })
    assert set(found(things.check(frame))) == {
        (1, "id", "unique"), (2, "id", "required"), (0, "x", "range"), (1, "x", "type"), (1, "y", "required"),
        (2, "y", "type"), (1, "geometry", "geometry_missing"), (2, "geometry", "geometry_type"),
        (3, "geometry", "geometry_range"), (0, "x", "even"), (2, "x", "even"),
    }


BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(("shape", "rules"), [
    (shapely.Point(0, 0), set()), (shapely.box(-180, -90, 180, 90), set()), (shapely.Point(0, 0, 9), set()),
    (None, {"geometry_missing"}), (shapely.Point(), {"geometry_missing"}), (np.nan, {"geometry_missing"}),
    ("POINT (0 0)", {"geometry_type"}), (shapely.LineString([(0, 0), (1, 1)]), {"geometry_type"}),
    (shapely.GeometryCollection([shapely.Point(0, 0)]), {"geometry_type"}), (BOWTIE, {"geometry_valid"}),
    (shapely.Point(180.1, 0), {"geometry_range"}), (shapely.Point(0, -90.1), {"geometry_range"}),
    (shapely.Point(500_000, 3_300_000), {"geometry_range"}),
    (shapely.Point(np.inf, 0), {"geometry_range", "geometry_valid"}),
])
def test_geometry(shape: Any, rules: set[str]) -> None:
    things = layer(geometry=("Point", "Polygon"))
    frame = pd.DataFrame({"id": ["a"], "geometry": np.array([shape], dtype=object)})
    report = things.check(frame)
    assert {issue.rule for issue in report.issues} == rules
    assert all(issue.hint.zh and issue.hint.en and "{" not in issue.hint.zh for issue in report.issues)


def test_geometry_may_be_missing_where_the_layer_lets_it() -> None:
    loose = layer(geometry=("Point",), geometry_required=False)
    for frame in (pd.DataFrame({"id": ["a"]}), pd.DataFrame({"id": ["a"], "geometry": [None]})):
        tidy, report = loose.examine(frame)
        assert report.ok
        assert tidy.geometry.tolist() == [None]
    assert found(layer(geometry=("Point",)).check(pd.DataFrame({"id": ["a"]}))) == [
        (0, "geometry", "geometry_missing")]


def test_conformed_shapes_are_flat_in_wgs84_and_none_where_empty() -> None:
    things = layer(geometry=("Point",))
    frame = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[shapely.Point(103, 30, 500), shapely.Point()])
    tidy = things.conform(frame)
    assert tidy.crs == "EPSG:4326"
    assert tidy.geometry.tolist() == [shapely.Point(103, 30), None]
    assert not tidy.geometry.has_z.any()


def test_a_frame_in_metres_is_brought_to_degrees() -> None:
    metric = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(103, 30)], crs=4326).to_crs("EPSG:32648")
    tidy, report = layer(geometry=("Point",)).examine(metric)
    assert report.ok
    assert tidy.geometry[0].distance(shapely.Point(103, 30)) < 1e-8


def test_the_active_geometry_counts_whatever_its_name() -> None:
    frame = townships().rename_geometry("outline")
    assert LAYERS["townships"].conform(frame).geometry.tolist() == townships().geometry.tolist()
    assert LAYERS["townships"].check(frame).ok


def test_conform_drops_other_columns_and_keeps_the_index() -> None:
    frame = column([1, 2], other=[3, 4]).set_axis([5, 5])
    tidy = layer(field(Kind.INTEGER)).conform(frame)
    assert list(tidy.columns) == ["id", "x"]
    assert tidy.index.tolist() == [5, 5]


def test_of_two_columns_with_one_name_the_first_counts() -> None:
    frame = pd.DataFrame([["a", 1, 2]], columns=["id", "x", "x"])
    assert layer(field(Kind.INTEGER)).conform(frame)["x"].tolist() == [1]


def test_neither_check_nor_conform_changes_the_frame() -> None:
    frame = column([" ", "3", 4.5])
    before = frame.copy(deep=True)
    layer(field(Kind.INTEGER)).examine(frame)
    assert_frame_equal(frame, before)


def test_decimals_are_told_rather_than_rounded() -> None:
    assert found(layer(field(Kind.NUMBER)).check(column([Decimal("0.1")]))) == [(0, "x", "type")]


def test_a_report_counts_and_adds_up() -> None:
    issues = [Issue("a", k, "", "x", rule, "", SAID) for k, rule in enumerate(["type", "range", "range"])]
    report = ValidationReport(tuple(issues))
    assert ValidationReport().ok
    assert not report.ok
    assert list(report.counts().items()) == [(("a", "x", "range"), 2), (("a", "x", "type"), 1)]
    assert report.rows() == {0, 1, 2}
    assert (report + report).issues == concat([report, report]).issues == tuple(issues * 2)


def test_a_vocabulary_labels_even_what_it_does_not_know() -> None:
    assert COLOUR.label("red") == ("红", "Red")
    assert COLOUR.label("green") == ("green", "green")
    assert "red" in COLOUR
    assert list(COLOUR) == ["red", "blue"]


# Layer, the row that breaks a rule of its own, and where it is told.
OWN_RULES = [
    ("townships", {"valid_from": "2026-01-02", "valid_to": "2026-01-01"}, ("valid_to", "period")),
    ("villages", {"valid_from": "2026-01-02", "valid_to": "2026-01-01"}, ("valid_to", "period")),
    ("aliases", {"valid_from": "2026-01-02", "valid_to": "2026-01-01"}, ("valid_to", "period")),
    ("stations", {"opened": "2026-01-02", "closed": "2026-01-01", "status": "closed"}, ("closed", "period")),
    ("stations", {"closed": "2026-01-01", "status": "open"}, ("status", "status_closed")),
    ("stations", {"status": "open", "parent": "i"}, ("parent", "own_parent")),
    ("station_grades", {"awarded": "2026-01-02", "valid_to": "2026-01-01"}, ("valid_to", "period")),
    ("support_points", {"kind": "merchant"}, ("business", "merchant_business")),
    ("support_points", {"kind": "post", "agreement_from": "2026-01-02", "agreement_to": "2026-01-01"},
     ("agreement_to", "period")),
    ("agreements", {"valid_from": "2026-01-02", "valid_to": "2026-01-01"}, ("valid_to", "period")),
    ("defects", {"found": "2026-01-02", "resolved": "2026-01-01"}, ("resolved", "period")),
    ("works", {"reported": "2026-01-02", "finished": "2026-01-01"}, ("finished", "period")),
    ("works", {"kind": "relocation", "state": "approved"}, ("approval_no", "approval")),
]


@pytest.mark.parametrize(("name", "row", "expected"), OWN_RULES)
def test_the_rules_of_the_layers(name: str, row: dict[str, Any], expected: tuple[str, str]) -> None:
    own = {rule.name for rule in LAYERS[name].rules}
    frame = pd.DataFrame([{"id": "i"} | row])
    broken = [(issue.column, issue.rule) for issue in LAYERS[name].check(frame).issues if issue.rule in own]
    assert broken == [expected]


def test_every_rule_of_every_layer_is_tried() -> None:
    tried = {(name, expected[1]) for name, _, expected in OWN_RULES}
    assert tried == {(name, rule.name) for name, layer in LAYERS.items() for rule in layer.rules}


@pytest.mark.parametrize(("name", "row"), [
    ("townships", {"valid_from": "2026-01-01", "valid_to": "2026-01-01"}), ("stations", {"closed": "2026-01-01",
     "status": "closed"}), ("support_points", {"kind": "merchant", "business": "legal"}),
    ("works", {"kind": "relocation", "state": "reported"}), ("works", {"kind": "repair", "state": "approved"}),
    ("works", {"kind": "relocation", "state": "approved", "approval_no": "批字1号"}),
])
def test_the_rules_of_the_layers_let_through(name: str, row: dict[str, Any]) -> None:
    own = {rule.name for rule in LAYERS[name].rules}
    report = LAYERS[name].check(pd.DataFrame([{"id": "i"} | row]))
    assert not [issue for issue in report.issues if issue.rule in own]


ANY_FRAME = st.sampled_from(list(LAYERS.values())).flatmap(lambda layer: st.tuples(
    st.just(layer), frames(layer, {name: ["a", "b"] for name in LAYERS}, max_rows=3)))
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(ANY_FRAME)
def test_conform_is_done_once(drawn: tuple[Layer, pd.DataFrame]) -> None:
    layer, frame = drawn
    once, report = layer.examine(frame)
    assert report.ok
    twice, again = layer.examine(once)
    assert again.ok
    assert_frame_equal(pd.DataFrame(twice), pd.DataFrame(once))


@SLOW
@given(ANY_FRAME, st.data())
def test_one_wrong_cell_is_one_type_issue(drawn: tuple[Layer, pd.DataFrame], data: st.DataObject) -> None:
    layer, frame = drawn
    spec = data.draw(st.sampled_from(layer.fields))
    wrong = data.draw(st.sampled_from(WRONG[spec.kind]))
    if frame.empty:
        return
    row = data.draw(st.integers(0, len(frame) - 1))
    values = frame[spec.name].tolist()
    values[row] = wrong
    damaged = frame.copy()
    damaged[spec.name] = pd.Series(values, index=frame.index, dtype=object)
    issues = [issue for issue in layer.check(damaged).issues if issue.rule == "type"]
    assert [(issue.row, issue.column) for issue in issues] == [(frame.index[row], spec.name)]
    assert re.search(r"[\u4e00-\u9fff]", issues[0].hint.zh)


JUNK = st.one_of(st.none(), st.integers(), st.floats(), st.booleans(), st.text(), st.binary(), st.dates(), st.datetimes(),
                 st.lists(st.text()), st.dictionaries(st.text(), st.integers()), st.decimals(), st.complex_numbers(),
                 st.just(shapely.Point(0, 0)), st.just(pd.NaT), st.just(np.datetime64("NaT")), st.timedeltas(), st.uuids())


@SLOW
@given(st.sampled_from(list(LAYERS.values())), st.data())
def test_no_junk_makes_a_check_fail(layer: Layer, data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, 3))
    names = data.draw(st.lists(st.sampled_from([*layer.columns, "geometry", "other"]), unique=True))
    columns = {name: pd.Series(data.draw(st.lists(JUNK, min_size=rows, max_size=rows)), dtype=object) for name in names}
    frame = pd.DataFrame(columns, index=range(rows))
    tidy, report = layer.examine(frame)
    assert list(tidy.columns) == [*layer.columns, *(["geometry"] if layer.spatial else [])]
    assert len(tidy) == rows
    assert {issue.row for issue in report.issues} <= {None, *range(rows)}
