"""What can go wrong with data and its store; each message says what, where and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geo.errors import RongtuError

if TYPE_CHECKING:
    from layers.schema import ValidationReport

_SHOWN = 3
"""Kinds of problem that a one-line message names."""


class UnknownLayerError(RongtuError, LookupError):
    """There is no layer of that name."""


class UnknownFieldError(RongtuError, LookupError):
    """The layer has no field of that name."""


class ProtectedFieldError(RongtuError, PermissionError):
    """A field holds personal data and was asked for without saying so."""


class IntakeError(RongtuError, ValueError):
    """A file cannot be read, or holds nothing that can be used."""


class ReaderError(RongtuError, RuntimeError):
    """The process that reads files cannot run on this machine, whatever the file."""


class InvalidDataError(RongtuError, ValueError):
    """Frames break the rules of their layers; nothing was stored. ``report`` has every problem."""

    def __init__(self, report: ValidationReport) -> None:
        # Pickling calls the constructor with ``args``.
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        hints = {(issue.layer, issue.column, issue.rule): issue.hint for issue in reversed(self.report.issues)}
        found = list(self.report.counts().items())
        kinds = [(f"{layer}.{column}", hints[layer, column, rule], n) for (layer, column, rule), n in found[:_SHOWN]]
        zh = "；".join(f"{where} {hint.zh}（{n} 处）" for where, hint, n in kinds)
        en = "; ".join(f"{where}: {hint.en} ({n} x)" for where, hint, n in kinds)
        more = ("……", ", ...") if len(found) > _SHOWN else ("", "")
        total = len(self.report.issues)
        return (
            f"数据有 {total} 处问题，什么也没有保存：{zh}{more[0]} "
            f"({total} problems in the data, nothing was stored: {en}{more[1]})"
        )


class StoreError(RongtuError, RuntimeError):
    """The store cannot be opened, read or written."""


class StoreVersionError(StoreError):
    """The store was written by a newer version of the program, or by an older one and is to be left as it is."""


class KeyFileError(StoreError):
    """The key of the personal data is missing, unreadable, or not the one that the data was stored under."""


class UnknownScenarioError(RongtuError, LookupError):
    """No scenario is kept under that name."""


class UnknownItemError(RongtuError, LookupError):
    """The layer has no object of that id."""


class UnknownLoadError(RongtuError, LookupError):
    """The ledger has no entry of that number."""


class UndoError(RongtuError, RuntimeError):
    """A load cannot be undone; ``later`` are the ids of the loads that built on it."""

    def __init__(self, message: str, later: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.later = tuple(later)


class StaleCheckError(RongtuError, RuntimeError):
    """Something was stored since the data was checked; what was found may no longer hold."""


class LostUpdateError(RongtuError, RuntimeError):
    """Somebody else saved or deleted it in the meantime; their work would be lost.

    Attributes
    ----------
    yours, theirs
        Field to value: those that were not saved, and those that are stored; protected ones are
        hidden. Empty where it was not the row of a layer, or is gone.
    version
        The stored one, to be named by whoever saves again; 0 when it is gone.
    """

    def __init__(
        self,
        message: str,
        *,
        yours: Mapping[str, Any] = MappingProxyType({}),
        theirs: Mapping[str, Any] = MappingProxyType({}),
        version: int = 0,
    ) -> None:
        super().__init__(message)
        self.yours = dict(yours)
        self.theirs = dict(theirs)
        self.version = version
