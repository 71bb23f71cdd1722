"""Problems of a file, each where a person finds it: the file's own row and heading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from layers.fields import NO_LABEL, Issue, Label, ValidationReport
from layers.intake.files.several_sheets import apart

MASK = "***"
"""Shown in place of a protected value."""

_SHOWN = 80


class Problem(NamedTuple):
    """One problem of one cell, or of one row where ``column`` is empty.

    ``row`` is the file's own number, ``column`` the file's own heading, ``field`` what the column was
    taken for; ``value`` is ``***`` where the field is protected. ``reason`` says what is wrong,
    ``hint`` what to do. A ``doubt`` may be right after all: it can be accepted. ``sheet`` is told where
    several are read together.
    """

    row: int
    column: str
    field: str
    rule: str
    value: str
    reason: Label
    hint: Label
    doubt: bool = False
    sheet: str = ""


@dataclass(slots=True)
class Notebook:
    """Problems as they are found; one cell is reported once for one reason.

    Attributes
    ----------
    headings : dict
        Field to the file's heading.
    protected : frozenset of str
        Fields whose values are not shown.
    sheets : tuple of str
        Names of the sheets that are read together; empty where it is one.
    """

    headings: dict[str, str]
    protected: frozenset[str]
    problems: list[Problem] = field(default_factory=list)
    spoilt: set[tuple[int, str]] = field(default_factory=set)
    sheets: tuple[str, ...] = ()

    def add(
        self, row: int, name: str, rule: str, value: str, reason: Label, hint: Label, *, doubt: bool = False
    ) -> None:
        """Write a problem of the field ``name`` down."""
        shown = MASK if name in self.protected and value else printable(value)
        self.problems.append(Problem(row, self.headings.get(name, ""), name, rule, shown, reason, hint, doubt))
        self.spoilt.add((row, name))

    def called(self, row: int) -> Label:
        """What a person calls a row: by its number, and its sheet where there are several."""
        k, number = apart(row)
        if not self.sheets:
            return Label(f"第 {row} 行", f"row {row}")
        return Label(f"“{self.sheets[k]}”第 {number} 行", f"row {number} of {self.sheets[k]}")

    def located(self) -> tuple[Problem, ...]:
        """The problems by row, each under the number that its row has on its sheet."""
        found = sorted(self.problems, key=lambda p: (p.row, p.field))
        if not self.sheets:
            return tuple(found)
        places = [apart(p.row) for p in found]
        return tuple(p._replace(row=row, sheet=self.sheets[k]) for p, (k, row) in zip(found, places, strict=True))

    def bad_rows(self, accepted: Iterable[str] = ()) -> set[int]:
        """Rows that cannot be loaded; doubts whose rule is ``accepted`` do not count."""
        fine = set(accepted)
        return {p.row for p in self.problems if not (p.doubt and p.rule in fine)}


def printable(value: str) -> str:
    """``value`` short enough to be shown, without what cannot be written."""
    return value[:_SHOWN].replace("\0", "�").encode(errors="replace").decode()


def as_report(layer: str, problems: Iterable[Problem]) -> ValidationReport:
    """The problems as the checks of a layer report them."""
    return ValidationReport(tuple(
        Issue(layer, p.row, "", p.column or p.field, p.rule, p.value,
              Label(f"{p.reason.zh}；{p.hint.zh}", f"{p.reason.en}; {p.hint.en}") if p.hint != NO_LABEL else p.reason)
        for p in problems
    ))
