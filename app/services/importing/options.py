"""What is said about a file that is to be loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from geo.errors import ParameterError
from layers.intake.examination.doctor import DOUBTS

AUTO = "auto"
"""The datum that the file declares, else WGS 84, unless its points speak for another."""

MODES = ("all", "good")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file: what it is called, and its bytes or where it lies."""

    name: str
    content: bytes | Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How a file is taken.

    Attributes
    ----------
    mode : str
        ``all`` stores every row or none; ``good`` stores those without a problem.
    datum : str
        ``auto``, or as :func:`layers.intake.positions.datum.find_datum` takes it.
    sheet, encoding : str or None
        Found out if not given.
    columns : mapping
        Field to heading, where the suggestion is not meant; an empty heading for none.
    constants : mapping
        Field to the value of every row, for what the file has no column for.
    accept : frozenset of str
        Doubts that are to pass.
    as_of : date or None
        The day on which the data held; today if not given.
    """

    mode: str = "all"
    datum: str = AUTO
    sheet: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    constants: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    accept: frozenset[str] = frozenset()
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            msg = f"方式“{self.mode}”不对，可用：{'、'.join(MODES)} (no such mode; use all or good)"
            raise ParameterError(msg)
        unknown = sorted(self.accept - DOUBTS)
        if unknown:
            msg = (f"不能接受“{'、'.join(unknown)}”，可接受的疑点：{'、'.join(sorted(DOUBTS))} "
                   "(only these doubts can be accepted)")
            raise ParameterError(msg)

    @property
    def day(self) -> dt.date:
        """The day on which the data held."""
        return self.as_of or dt.datetime.now().astimezone().date()
