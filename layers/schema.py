"""What a layer is: its fields, its rules, and the report of checking a frame against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

WGS84 = "EPSG:4326"


class Label(NamedTuple):
    """A word that people read, Chinese first."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A coded list: the stored code and what people read for it."""

    name: str
    terms: Mapping[str, Label]

    def __contains__(self, code: object) -> bool:
        return code in self.terms

    def __iter__(self) -> Iterator[str]:
        return iter(self.terms)

    def label(self, code: str) -> Label:
        """Label of ``code``; an unknown code stands for itself."""
        return self.terms.get(code, Label(code, code))


class Kind(StrEnum):
    """How a field's values are held, in frames and in the store."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One attribute of a layer.

    ``references`` names the layers in whose ``id`` the value must be found; ``protected`` marks
    personal data that no service hands out unless the viewer has a stated reason.
    """

    name: str
    label: Label
    kind: Kind = Kind.TEXT
    required: bool = False
    vocabulary: Vocabulary | None = None
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    unit: str = ""
    references: tuple[str, ...] = ()
    protected: bool = False
    note: Label = Label("", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition over the columns of one row; ``broken`` is True where a row breaks it.

    ``broken`` gets the conformed frame, so columns are present and typed.
    """

    name: str
    column: str
    hint: Label
    broken: Callable[[pd.DataFrame], pd.Series]


class Issue(NamedTuple):
    """One problem in one cell. ``row`` is the frame's own index label."""

    layer: str
    row: Any
    id: str
    column: str
    rule: str
    value: str
    hint: Label


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """Every problem found, at once."""

    issues: tuple[Issue, ...] = ()

    @property
    def ok(self) -> bool:
        """True when nothing was found."""
        return not self.issues

    def __add__(self, other: ValidationReport) -> ValidationReport:
        return ValidationReport(self.issues + other.issues)

    def counts(self) -> dict[tuple[str, str, str], int]:
        """Number of issues by (layer, column, rule), most frequent first."""
        found: dict[tuple[str, str, str], int] = {}
        for issue in self.issues:
            key = (issue.layer, issue.column, issue.rule)
            found[key] = found.get(key, 0) + 1
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def rows(self) -> set[Any]:
        """Index labels of the rows with at least one issue."""
        return {issue.row for issue in self.issues}


_HINTS = {
    "column": Label("缺少此列，请补上", "the column is missing; add it"),
    "required": Label("必填，不能为空", "required; fill it in"),
    "type": Label("格式不对，应为{kind}", "not a valid {kind}"),
    "vocabulary": Label("不在允许的取值中，可用：{terms}", "not one of the allowed values: {terms}"),
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

_KIND_LABELS = {
    Kind.TEXT: Label("文字", "text"),
    Kind.INTEGER: Label("整数", "whole number"),
    Kind.NUMBER: Label("数字", "number"),
    Kind.BOOLEAN: Label("是/否", "yes/no"),
    Kind.DATE: Label("日期", "date"),
    Kind.CHOICE: Label("代码", "code"),
    Kind.CHOICES: Label("代码列表", "list of codes"),
}


def _hint(rule: str, **values: object) -> Label:
    zh, en = _HINTS[rule]
    return Label(zh.format(**values), en.format(**values))


def _is_missing(value: object) -> bool:
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and value != value


def _as_choices(value: object) -> tuple[str, ...] | None:
    if _is_missing(value):
        return ()
    if isinstance(value, list | tuple | set | np.ndarray) and all(isinstance(v, str) for v in value):
        return tuple(value)
    return None


def _coerce(spec: Field, values: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Values in the field's own type, and where they could not be brought to it."""
    if spec.kind is Kind.CHOICES:
        parsed = [_as_choices(v) for v in values]
        bad = np.array([p is None for p in parsed], dtype=bool)
        return pd.Series([p or () for p in parsed], index=values.index, dtype=object), bad
    missing = values.map(_is_missing).to_numpy(dtype=bool) if values.dtype == object else values.isna().to_numpy()
    if spec.kind in (Kind.INTEGER, Kind.NUMBER):
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        bad = ~missing & ~np.isfinite(numbers.to_numpy())
        if spec.kind is Kind.NUMBER:
            return numbers.where(~bad), bad
        fraction = ~missing & ~bad & (numbers.to_numpy() % 1 != 0)
        bad |= fraction
        return numbers.where(~bad).astype("Int64"), bad
    if spec.kind is Kind.BOOLEAN:
        truth = {True: True, False: False, 1: True, 0: False}
        flags = [None if m else truth.get(v) for v, m in zip(values, missing, strict=True)]
        bad = np.array([f is None for f in flags], dtype=bool) & ~missing
        return pd.Series(flags, index=values.index, dtype="boolean"), bad
    if spec.kind is Kind.DATE:
        dates = pd.to_datetime(values, errors="coerce", format="mixed").dt.normalize().astype("datetime64[s]")
        return dates, ~missing & dates.isna().to_numpy()
    text = values.where(~missing, None)
    bad = np.array([not (m or isinstance(v, str)) for v, m in zip(values, missing, strict=True)], dtype=bool)
    return text.where(~bad, None).astype("str"), bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One kind of thing that is stored: with geometry a map layer, without a plain table.

    Every layer has a text ``id``, unique in it, first among its fields. Frames hold the fields as
    columns, geometry in WGS 84. ``sensitive`` layers leave the program as aggregates only unless
    the viewer may see points.
    """

    name: str
    label: Label
    fields: tuple[Field, ...]
    geometry: tuple[str, ...] = ()
    geometry_required: bool = True
    rules: tuple[Rule, ...] = ()
    sensitive: bool = False
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {f.name: f for f in self.fields})

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    @property
    def spatial(self) -> bool:
        """True for a map layer, False for a plain table."""
        return bool(self.geometry)

    @property
    def columns(self) -> list[str]:
        """Field names in order, without the geometry."""
        return [f.name for f in self.fields]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The layer's columns in order and in their own types; what cannot be typed is empty.

        Returns
        -------
        DataFrame or GeoDataFrame
            A GeoDataFrame in WGS 84 for a map layer. Extra columns are dropped.
        """
        columns = {
            spec.name: _coerce(spec, frame[spec.name])[0]
            if spec.name in frame
            else _coerce(spec, pd.Series(None, index=frame.index, dtype=object))[0]
            for spec in self.fields
        }
        table = pd.DataFrame(columns, index=frame.index)
        if not self.spatial:
            return table
        geometry = frame.geometry if isinstance(frame, gpd.GeoDataFrame) else frame["geometry"]
        return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=WGS84), crs=WGS84)

    def check(self, frame: pd.DataFrame) -> ValidationReport:
        """All problems of ``frame`` against this layer: columns, types, values, geometry, rules."""
        issues: list[Issue] = []
        ids = frame["id"].astype(str).to_numpy() if "id" in frame else np.full(len(frame), "")

        def report(where: np.ndarray, column: str, rule: str, hint: Label | Callable[[int], Label]) -> None:
            for k in np.flatnonzero(where):
                value = frame[column].iloc[k] if column in frame else None
                protected = column in self._by_name and self._by_name[column].protected
                shown = "***" if protected else _shown(value)
                said = hint(int(k)) if callable(hint) else hint
                issues.append(Issue(self.name, frame.index[k], str(ids[k]), column, rule, shown, said))

        for spec in self.fields:
            if spec.name not in frame:
                if spec.required:
                    issues.append(Issue(self.name, None, "", spec.name, "column", "", _hint("column")))
                continue
            self._check_field(spec, frame, report)
        if self.spatial:
            self._check_geometry(frame, report)
        tidy = self.conform(frame)
        for rule in self.rules:
            broken = rule.broken(tidy).fillna(False).to_numpy(dtype=bool)
            report(broken, rule.column, rule.name, rule.hint)
        return ValidationReport(tuple(issues))

    def _check_field(self, spec: Field, frame: pd.DataFrame, report: Callable[..., None]) -> None:
        raw = frame[spec.name]
        values, bad = _coerce(spec, raw)
        report(bad, spec.name, "type", _hint("type", kind=_KIND_LABELS[spec.kind].zh)._replace(
            en=_hint("type", kind=_KIND_LABELS[spec.kind].en).en))
        if spec.kind is Kind.CHOICES:
            empty = np.array([not v for v in values], dtype=bool)
        else:
            empty = values.isna().to_numpy()
        if spec.required:
            report(empty & ~bad, spec.name, "required", _hint("required"))
        filled = ~empty & ~bad
        if spec.name == "id":
            report(filled & values.duplicated(keep="first").to_numpy(), "id", "unique", _hint("unique"))
        if spec.vocabulary is not None:
            report(filled & _outside(spec, values), spec.name, "vocabulary", _vocabulary_hint(spec.vocabulary))
        if spec.minimum is not None or spec.maximum is not None:
            low = -np.inf if spec.minimum is None else spec.minimum
            high = np.inf if spec.maximum is None else spec.maximum
            numbers = values.astype("float64").to_numpy()
            with np.errstate(invalid="ignore"):
                report(filled & ((numbers < low) | (numbers > high)), spec.name, "range",
                       _hint("range", low=f"{low:g}", high=f"{high:g}"))
        if spec.pattern is not None:
            matches = values.astype("object").map(lambda v: True if _is_missing(v) else bool(_full(spec.pattern, v)))
            report(filled & ~matches.to_numpy(dtype=bool), spec.name, "pattern", _hint("pattern", pattern=spec.pattern))

    def _check_geometry(self, frame: pd.DataFrame, report: Callable[..., None]) -> None:
        if "geometry" not in frame:
            if self.geometry_required and len(frame):
                report(np.ones(len(frame), bool), "geometry", "geometry_missing", _hint("geometry_missing"))
            return
        shapes = np.asarray(frame["geometry"].array, dtype=object)
        missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        if self.geometry_required:
            report(missing, "geometry", "geometry_missing", _hint("geometry_missing"))
        kinds = np.array([None if m else s.geom_type for s, m in zip(shapes, missing, strict=True)], dtype=object)
        wrong = ~missing & ~np.isin(kinds.astype(str), self.geometry)
        report(wrong, "geometry", "geometry_type", _hint("geometry_type", types=", ".join(self.geometry)))
        broken = ~missing & ~shapely.is_valid(shapes)
        reasons = shapely.is_valid_reason(shapes)
        report(broken, "geometry", "geometry_valid", lambda k: _hint("geometry_valid", reason=reasons[k]))
        west, south, east, north = shapely.bounds(shapes).T
        with np.errstate(invalid="ignore"):
            inside = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
        report(~missing & ~inside, "geometry", "geometry_range", _hint("geometry_range"))


def _full(pattern: str | None, value: str) -> bool:
    import re

    return re.fullmatch(pattern or "", value) is not None


def _outside(spec: Field, values: pd.Series) -> np.ndarray:
    assert spec.vocabulary is not None
    known = spec.vocabulary
    if spec.kind is Kind.CHOICES:
        return np.array([any(code not in known for code in v) for v in values], dtype=bool)
    return ~values.isin(list(known)).to_numpy()


def _vocabulary_hint(vocabulary: Vocabulary) -> Label:
    zh = "、".join(f"{code}（{label.zh}）" for code, label in vocabulary.terms.items())
    en = ", ".join(vocabulary)
    return Label(_hint("vocabulary", terms=zh).zh, _hint("vocabulary", terms=en).en)


def _shown(value: object) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, pd.Timestamp | dt.datetime):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, shapely.Geometry):
        return f"{value.geom_type}"
    return str(value)[:80]


def concat(reports: Iterable[ValidationReport]) -> ValidationReport:
    """One report of many."""
    return ValidationReport(tuple(issue for report in reports for issue in report.issues))
