"""What is told about a file before and after it is loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from layers.intake.examination.columns import ColumnMapping
from layers.intake.examination.problems import Problem
from layers.intake.files.header import LeftOut
from layers.intake.positions.datum import Datum
from layers.intake.positions.datum_evidence import Evidence
from layers.schema import Label


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """One sheet of the file."""

    name: str
    rows: int
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file holds and how it would be taken; nothing of it is kept.

    ``sample`` holds the first rows as text under the headings of ``mapping``, ``***`` in place of
    personal data.
    """

    layer: str
    file: str
    sha256: str
    kind: str
    encoding: str | None
    sheets: tuple[SheetInfo, ...]
    sheet: str
    header_rows: tuple[int, ...]
    rows: int
    left_out: tuple[LeftOut, ...]
    mapping: ColumnMapping
    missing: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    declared: Datum | None
    evidence: Evidence | None
    notes: tuple[Label, ...]

    def to_json(self) -> dict[str, Any]:
        """As a plain object."""
        return {
            "layer": self.layer, "file": self.file, "sha256": self.sha256, "kind": self.kind, "encoding": self.encoding,
            "sheets": [{"name": s.name, "rows": s.rows, "hidden": s.hidden} for s in self.sheets],
            "sheet": self.sheet, "header_rows": list(self.header_rows), "rows": self.rows,
            "left_out": left_out_json(self.left_out), "columns": columns_json(self.mapping),
            "missing": list(self.missing), "sample": [list(row) for row in self.sample],
            "datum": {"declared": None if self.declared is None else self.declared.code,
                      **(evidence_json(self.evidence) if self.evidence is not None else {})},
            "notes": [note._asdict() for note in self.notes],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file's rows: ``rows_in`` = ``stored`` + ``unchanged`` + ``rejected``.

    Of a check, ``stored`` says what would be. ``load`` is the entry in the ledger, None where nothing
    was entered. ``state`` stands for what the store held when the file was compared with it: whoever loads after
    having seen a check names it.
    """

    layer: str
    file: str
    sha256: str
    sheet: str
    mode: str
    datum: str
    as_of: dt.date
    rows_in: int
    stored: int
    unchanged: int
    rejected: int
    load: int | None
    state: str

    def figures(self) -> dict[str, Any]:
        """As a plain object."""
        return {field.name: getattr(self, field.name) for field in fields(Outcome)} | {"as_of": self.as_of.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport(Outcome):
    """What became of a file's rows, with all ``problems`` that were found, in the file's own rows and headings."""

    problems: tuple[Problem, ...]
    mapping: ColumnMapping
    left_out: tuple[LeftOut, ...]
    notes: tuple[Label, ...]
    workbook: Callable[[], bytes] = field(repr=False, compare=False)
    """Makes the return workbook: what was not stored, for whoever sent the file and for nobody else."""

    @property
    def ok(self) -> bool:
        """True when no row was rejected."""
        return self.rejected == 0

    def to_json(self) -> dict[str, Any]:
        """As a plain object."""
        return self.figures() | {
            "issues": [problem_json(problem) for problem in self.problems], "columns": columns_json(self.mapping),
            "left_out": left_out_json(self.left_out), "notes": [note._asdict() for note in self.notes],
        }  # fmt: skip


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem as a plain object."""
    return {
        "sheet": problem.sheet, "row": problem.row, "column": problem.column, "field": problem.field, "rule": problem.rule,
        "value": problem.value,
        "reason": problem.reason.zh, "reason_en": problem.reason.en, "hint": problem.hint.zh, "hint_en": problem.hint.en,
        "doubt": problem.doubt,
    }  # fmt: skip


def columns_json(mapping: ColumnMapping) -> list[dict[str, Any]]:
    """What each column stands for as plain objects."""
    return [
        {"heading": m.heading, "field": m.target, "confidence": m.confidence, "why": m.why.zh, "why_en": m.why.en}
        for m in mapping.columns
    ]


def left_out_json(rows: tuple[LeftOut, ...]) -> list[dict[str, Any]]:
    """The rows that are no data as plain objects."""
    return [{"sheet": r.sheet, "row": r.row, "rows": r.rows, "reason": r.reason.zh, "reason_en": r.reason.en} for r in rows]


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """The test of the datums as a plain object."""
    return {
        "likeliest": None if evidence.likeliest is None else evidence.likeliest.code,
        "reason": evidence.reason.zh, "reason_en": evidence.reason.en,
        "evidence": [
            {"datum": e.datum.code, "label": e.datum.label.zh, "label_en": e.datum.label.en, "inside": e.inside,
             "tested": e.tested, "impossible": e.impossible}
            for e in evidence.lines
        ],
    }  # fmt: skip
