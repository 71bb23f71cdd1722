"""What people answer to the questions of a proposal, and the mapping that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from layers.unit_changes.changes import Change


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one change that is a question.

    Attributes
    ----------
    heirs : mapping or None
        Present unit to the code that it became, None where it was abolished: the change is told anew, unit
        by unit. Without heirs the change is as it was proposed.
    assign, rest
        As in :class:`~layers.unit_changes.changes.Change`.
    """

    heirs: Mapping[str, str | None] | None = None
    assign: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rest: str | None = None


def answered(changes: Sequence[Change], answers: Mapping[int, Answer]) -> tuple[Change, ...]:
    """The changes with the answers in them; what was not answered stays a question.

    Parameters
    ----------
    changes
        As proposed.
    answers
        Number of a change to its answer.

    Returns
    -------
    tuple of Change
        Every village as often as in ``changes``. New villages that nobody went into are new.
    """
    kept: list[Change] = []
    free: list[str] = []
    heirs: dict[str, str | None] = {}
    for k, change in enumerate(changes):
        answer = answers.get(k)
        if answer is None:
            kept.append(change)
        elif answer.heirs is None:
            kept.append(replace(change, assign=answer.assign, rest=answer.rest, confirmed=True))
        else:
            heirs |= {key: answer.heirs.get(key) for key in change.old}
            free += change.new
    into: dict[str, list[str]] = {code: [] for code in free}
    for key, code in heirs.items():
        if code is not None:
            into.setdefault(code, []).append(key)
    found = [_joined(change, [key for code in change.new for key in into.pop(code, ())]) for change in kept]
    found += [_told(tuple(olds), (code,)) for code, olds in into.items()]
    found += [_told((key,), ()) for key, code in heirs.items() if code is None]
    return tuple(found)


def still_open(changes: Sequence[Change], answers: Mapping[int, Answer]) -> list[int]:
    """Numbers of the changes that are questions still: neither answered nor settled by the answer to another one."""
    gone_into = {code for answer in answers.values() for code in (answer.heirs or {}).values()}
    return [
        k for k, change in enumerate(changes)
        if change.question is not None and k not in answers and (change.old or gone_into.isdisjoint(change.new))
    ]


def _joined(change: Change, more: list[str]) -> Change:
    if not more:
        return change
    # A new village that was asked about is no question once somebody went into it; another question stays one.
    settled = change.confirmed or change.question is None or not change.old
    return replace(change, old=(*change.old, *more), renamed=True, confirmed=settled)


def _told(old: tuple[str, ...], new: tuple[str, ...]) -> Change:
    return Change(old, new, renamed=True, confirmed=True)
