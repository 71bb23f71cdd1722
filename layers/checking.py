"""Checks of one column, and of the geometry, that find every problem at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from layers.fields import Field, Issue, Kind, Label, Vocabulary
from layers.values import Mask, Values, is_missing

_HINTS = {
    "column": Label("缺少此列，请补上", "the column is missing; add it"),
    "required": Label("必填，不能为空", "required; fill it in"),
    "vocabulary": Label("不在允许的取值中，可用：{zh}", "not one of the allowed values: {en}"),
    "range": Label("超出范围 {low} 至 {high}", "outside {low} to {high}"),
    "pattern": Label("不符合编码格式 {pattern}", "does not match {pattern}"),
    "unique": Label("编号重复，每个对象须有唯一编号", "the id is used twice; ids must be unique"),
    "geometry_missing": Label("没有坐标", "no geometry"),
    "geometry_type": Label("几何类型应为 {types}", "the geometry should be {types}"),
    "geometry_valid": Label("图形自相交或不完整：{reason}", "invalid geometry: {reason}"),
    "geometry_range": Label(
        "坐标不是经纬度（经度 -180~180，纬度 -90~90）",
        "coordinates are not longitude and latitude",
    ),
}

_TYPE_HINTS = {
    Kind.TEXT: Label("格式不对，应为文字", "not valid text"),
    Kind.INTEGER: Label("格式不对，应为整数", "not a whole number"),
    Kind.NUMBER: Label("格式不对，应为数字", "not a number"),
    Kind.BOOLEAN: Label("格式不对，应为是/否", "not yes or no (true, false)"),
    Kind.DATE: Label("格式不对，应为日期，如 2026-04-05", "not a date such as 2026-04-05"),
    Kind.CHOICE: Label("格式不对，应为代码", "not a code"),
    Kind.CHOICES: Label("格式不对，应为代码列表", "not a list of codes"),
}


def hint(rule: str, **values: object) -> Label:
    """What to say about a broken rule."""
    said = _HINTS[rule]
    return Label(said.zh.format(**values), said.en.format(**values))


@dataclass(slots=True)
class Findings:
    """The problems of one frame, as they are found."""

    layer: str
    frame: pd.DataFrame
    protected: frozenset[str]
    issues: list[Issue] = field(default_factory=list)

    def column_missing(self, column: str) -> None:
        """Note that a required column is not there."""
        self.issues.append(Issue(self.layer, None, "", column, "column", "", hint("column")))

    def add(self, where: Mask, column: str, rule: str, said: Label | Callable[[int], Label]) -> None:
        """Note a problem in ``column`` for each row of ``where``."""
        hits = np.flatnonzero(where)
        if len(hits) == 0:
            return
        ids = self.frame["id"].array if "id" in self.frame else None
        values = self.frame[column].array if column in self.frame else None
        for k in hits.tolist():
            key = "" if ids is None or is_missing(ids[k]) else _printable(str(ids[k]))
            shown = "" if values is None else "***" if column in self.protected else _shown(values[k])
            text = said(k) if callable(said) else said
            self.issues.append(Issue(self.layer, self.frame.index[k], key, column, rule, shown, text))


def check_field(spec: Field, values: Values, bad: Mask, findings: Findings) -> None:
    """Check a column that was brought to its type; ``bad`` is where that failed."""
    findings.add(bad, spec.name, "type", _TYPE_HINTS[spec.kind])
    if spec.kind is Kind.CHOICES:
        filled = np.array([len(codes) > 0 for codes in values], dtype=bool)
    else:
        filled = values.notna().to_numpy(dtype=bool)
    if spec.required:
        findings.add(~filled & ~bad, spec.name, "required", hint("required"))
    if spec.name == "id":
        findings.add(filled & values.duplicated(keep="first").to_numpy(), "id", "unique", hint("unique"))
    for rule, broken, said in _limits(spec, values):
        findings.add(filled & broken, spec.name, rule, said)


def _limits(spec: Field, values: Values) -> Iterator[tuple[str, Mask, Label]]:
    if spec.vocabulary is not None:
        yield "vocabulary", _outside(spec, spec.vocabulary, values), _vocabulary_hint(spec.vocabulary)
    if spec.minimum is not None or spec.maximum is not None:
        low = -np.inf if spec.minimum is None else spec.minimum
        high = np.inf if spec.maximum is None else spec.maximum
        numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        with np.errstate(invalid="ignore"):
            yield "range", (numbers < low) | (numbers > high), hint("range", low=f"{low:g}", high=f"{high:g}")
    if spec.pattern is not None:
        full = re.compile(spec.pattern, re.ASCII).fullmatch  # a code in full-width digits would match no other
        broken = [isinstance(value, str) and full(value) is None for value in values.astype(object)]
        yield "pattern", np.array(broken, dtype=bool), hint("pattern", pattern=spec.pattern)


def check_geometry(
    types: tuple[str, ...], shapes: np.ndarray[Any, np.dtype[np.object_]], bad: Mask, findings: Findings, *,
    required: bool,
) -> None:
    """Check flat shapes; ``bad`` is where something else than a shape stands."""
    wanted = hint("geometry_type", types=", ".join(types))
    missing = shapely.is_missing(shapes)
    if required:
        findings.add(missing & ~bad, "geometry", "geometry_missing", hint("geometry_missing"))
    wrong = ~missing & ~np.isin(shapely.get_type_id(shapes), [_TYPE_NAMES.index(name) for name in types])
    findings.add(wrong | bad, "geometry", "geometry_type", wanted)
    broken = ~missing & ~shapely.is_valid(shapes)
    findings.add(broken, "geometry", "geometry_valid",
                 lambda k: hint("geometry_valid", reason=shapely.is_valid_reason(shapes[k])))
    west, south, east, north = shapely.bounds(shapes).T
    with np.errstate(invalid="ignore"):
        inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    findings.add(~missing & ~inside, "geometry", "geometry_range", hint("geometry_range"))


_TYPE_NAMES = (
    "Point", "LineString", "LinearRing", "Polygon",
    "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection",
)
"""In the order of shapely's type ids."""


def _outside(spec: Field, known: Vocabulary, values: Values) -> Mask:
    if spec.kind is Kind.CHOICES:
        return np.array([any(code not in known for code in codes) for codes in values], dtype=bool)
    return ~values.isin(list(known)).to_numpy(dtype=bool)


def _vocabulary_hint(vocabulary: Vocabulary) -> Label:
    zh = "、".join(f"{code}（{label.zh}）" for code, label in vocabulary.terms.items())
    return hint("vocabulary", zh=zh, en=", ".join(vocabulary))


def _shown(value: object) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"  # strftime ends with the year 9999
    if isinstance(value, shapely.Geometry):
        return _TYPE_NAMES[int(shapely.get_type_id(value))]
    return _printable(str(value)[:80])


def _printable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
