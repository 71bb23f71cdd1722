"""One change between two lists of units: what became what, how surely, and by what evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeGuard

from layers.errors import IntakeError
from layers.fields import Label

SURE: Final = 0.9
"""A change less sure than this is a question."""


class ChangeKind(StrEnum):
    """What happened, told by how many became how many."""

    UNCHANGED = "unchanged"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    REORGANISED = "reorganised"
    NEW = "new"
    ABOLISHED = "abolished"


KIND_LABELS: Final[Mapping[ChangeKind, Label]] = {
    ChangeKind.UNCHANGED: Label("不变", "unchanged"),
    ChangeKind.RENAMED: Label("更名或换代码", "renamed or recoded"),
    ChangeKind.MERGED: Label("合并", "merged"),
    ChangeKind.SPLIT: Label("拆分", "split"),
    ChangeKind.REORGANISED: Label("多对多调整", "several into several"),
    ChangeKind.NEW: Label("新设", "new"),
    ChangeKind.ABOLISHED: Label("撤销", "abolished"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """Villages, or townships, that became others.

    Attributes
    ----------
    old : tuple of str
        Ids of present units.
    new : tuple of str
        Codes of units of the new list.
    renamed : bool
        Whether the name or the code of one that became one differs.
    confidence : float
        0 to 1.
    evidence : tuple of Label
        What speaks for it.
    question : Label or None
        What has to be decided before it can be applied.
    candidates : tuple of str
        Codes of the new list that may be what the old became.
    assign : mapping
        Layer to id of a row to code: where rows of a unit that was split belong, as far as people say so.
    rest : str or None
        Code of the heir of all rows of a unit that was split of which neither people nor areas say where they belong.
    confirmed : bool
        Whether a person has looked at it and taken it.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    renamed: bool = False
    confidence: float = 1.0
    evidence: tuple[Label, ...] = ()
    question: Label | None = None
    candidates: tuple[str, ...] = ()
    assign: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rest: str | None = None
    confirmed: bool = False

    @property
    def kind(self) -> ChangeKind:
        """What happened."""
        if not self.old:
            return ChangeKind.NEW
        if not self.new:
            return ChangeKind.ABOLISHED
        if len(self.old) > 1:
            return ChangeKind.MERGED if len(self.new) == 1 else ChangeKind.REORGANISED
        if len(self.new) > 1:
            return ChangeKind.SPLIT
        return ChangeKind.RENAMED if self.renamed else ChangeKind.UNCHANGED

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, as :func:`from_dict` reads them."""
        return {
            "kind": self.kind.value,
            "old": list(self.old),
            "new": list(self.new),
            "confidence": round(self.confidence, 2),
            "evidence": [label.zh for label in self.evidence],
            "evidence_en": [label.en for label in self.evidence],
            "question": self.question and self.question.zh,
            "question_en": self.question and self.question.en,
            "candidates": list(self.candidates),
            "assign": {layer: dict(rows) for layer, rows in self.assign.items()},
            "rest": self.rest,
            "confirmed": self.confirmed,
        }


def from_dict(values: object) -> Change:
    """A change as a person confirmed it; kind, confidence and evidence are not read back.

    Raises
    ------
    IntakeError
        When it is not written as :meth:`Change.to_dict` writes it.
    """
    if not isinstance(values, Mapping):
        raise _unreadable(values)
    old, new, assign, rest = values.get("old"), values.get("new"), values.get("assign") or {}, values.get("rest")
    if not (_texts(old) and _texts(new) and (old or new) and isinstance(assign, Mapping)):
        raise _unreadable(values)
    # An empty one is a row that is not decided yet.
    if not all(isinstance(rows, Mapping) and _texts([row for row in rows.values() if row is not None]) for rows in assign.values()):
        raise _unreadable(values)
    if rest is not None and rest not in new:
        raise _unreadable(values)
    asked = values.get("question")
    question = Label(str(asked), str(values.get("question_en") or asked)) if asked else None
    return Change(tuple(old), tuple(new), question=question, confirmed=values.get("confirmed") is True,
                  assign={str(layer): {key: code for key, code in rows.items() if code is not None} for layer, rows in assign.items()},
                  rest=rest)


def _texts(values: object) -> TypeGuard[list[str]]:
    return isinstance(values, list) and all(isinstance(value, str) and value for value in values)


def _unreadable(values: object) -> IntakeError:
    shown = str(values)[:80]
    msg = (
        f"对照表中有一条看不懂：{shown}；每条应有 old（现有村编号列表）和 new（新代码列表） "
        "(an entry of the mapping cannot be read; each needs old, a list of ids, and new, a list of codes)"
    )
    return IntakeError(msg)
