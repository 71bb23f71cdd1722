"""The words a layer is described in: labels, coded lists, fields, rules, and the report of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import pandas as pd


class Label(NamedTuple):
    """A word that people read, Chinese first."""

    zh: str
    en: str


NO_LABEL = Label("", "")


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
    personal data that no service hands out unless the viewer has a stated reason, and that the store
    holds encrypted; rows are found by a protected field only where it is ``matched``.
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
    matched: bool = False
    note: Label = NO_LABEL


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


def concat(reports: Iterable[ValidationReport]) -> ValidationReport:
    """One report of many."""
    return ValidationReport(tuple(issue for report in reports for issue in report.issues))
