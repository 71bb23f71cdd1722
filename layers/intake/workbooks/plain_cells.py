"""The one place where files for spreadsheets begin: a text in them stays text, whatever sign it begins with."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

import pandas as pd
import xlsxwriter

from layers.intake.formats.delimited import FORMULA_STARTS, GUARD

_RISKY = "^" + GUARD + "*[" + "".join("\\" + start for start in FORMULA_STARTS) + "]"
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def new_workbook(target: str | Path | IO[bytes], **options: Any) -> xlsxwriter.Workbook:
    """Begin an XLSX in which ``=1+1``, ``http://…`` and ``0012`` are texts; ``options`` are those of XlsxWriter."""
    return xlsxwriter.Workbook(target, {**options, **_PLAIN})


def guarded(texts: pd.Series[str]) -> pd.Series[str]:
    """Texts for a CSV: those that a spreadsheet would run, or that look guarded already, behind an apostrophe."""
    risky = texts.str.contains(_RISKY, regex=True).fillna(value=False).astype(bool)
    return texts.where(~risky, GUARD + texts)
