"""What a new list of villages or townships changes, and what came of bringing it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from layers.store import LoadReport
from layers.unit_changes.changes import KIND_LABELS, Change, ChangeKind

Units = Literal["villages", "townships"]
"""Layers whose lists are compared."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a new list changes, on ``day``.

    Attributes
    ----------
    units
        What is listed.
    changes
        What became what.
    old_names, new_names
        Names of present ids and of new codes.
    new_list
        The list itself, as :func:`layers.unit_changes.listing.read_list` gives it.
    """

    units: Units
    changes: tuple[Change, ...]
    old_names: Mapping[str, str]
    new_names: Mapping[str, str]
    day: dt.date
    file: str
    new_list: pd.DataFrame = field(repr=False, compare=False)

    @property
    def questions(self) -> tuple[Change, ...]:
        """Those that have to be decided."""
        return tuple(change for change in self.changes if change.question is not None)

    def counts(self) -> dict[ChangeKind, int]:
        """Number of changes of each kind."""
        return {kind: n for kind in ChangeKind if (n := sum(change.kind is kind for change in self.changes))}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: the mapping that is corrected, confirmed and given back."""
        return {
            "units": self.units,
            "file": self.file,
            "day": self.day.isoformat(),
            "counts": {kind.value: n for kind, n in self.counts().items()},
            "questions": len(self.questions),
            "changes": [
                change.to_dict() | {
                    "old_names": [self.old_names.get(key, "") for key in change.old],
                    "new_names": [self.new_names.get(code, "") for code in change.new],
                    "candidate_names": [self.new_names.get(code, "") for code in change.candidates],
                }
                for change in self.changes
            ],
        }  # fmt: skip

    def table(self) -> pd.DataFrame:
        """One row for each change that is one or is asked about, as it is read on paper."""
        rows = [
            {
                "变更": KIND_LABELS[change.kind].zh,
                "现有单位": "、".join(self.old_names.get(key, key) for key in change.old),
                "新名单": "、".join(self.new_names.get(code, code) for code in change.new),
                "把握": f"{change.confidence:.0%}",
                "依据": "；".join(label.zh for label in change.evidence),
                "问题": change.question.zh if change.question else "",
            }
            for change in self.changes
            if change.kind is not ChangeKind.UNCHANGED or change.question is not None
        ]
        return pd.DataFrame(rows, columns=["变更", "现有单位", "新名单", "把握", "依据", "问题"])


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of a confirmed mapping: the load, and how many rows of each layer went to another unit."""

    report: LoadReport
    moved: Mapping[str, int]
    day: dt.date

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        layers = {
            name: {"rows_in": n.rows_in, "stored": n.stored, "unchanged": n.unchanged, "rejected": n.rejected}
            for name, n in self.report.layers.items()
        }
        return {"load_id": self.report.load_id, "day": self.day.isoformat(), "moved": dict(self.moved), "layers": layers}
