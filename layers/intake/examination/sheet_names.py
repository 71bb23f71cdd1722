"""Sheets that are called after townships, one each: their names stand for a column that the list does not have."""

from __future__ import annotations

import numpy as np

from layers.fields import Label
from layers.intake.examination.rows import Rows
from layers.intake.files.several_sheets import apart
from layers.intake.places.county import County


def townships_by_sheet(rows: Rows, county: County) -> tuple[Label, ...]:
    """Give each row the township that its sheet is called after, and say so.

    Only where several sheets are read together, each is called after one township, and no column tells it.
    """
    sheets = rows.notes.sheets
    if not sheets or {"township_name", "township_code"} & rows.texts.keys():
        return ()
    if any(len(county.township_names.find(sheet)) != 1 for sheet in sheets):
        return ()
    rows.texts["township_name"] = np.array([sheets[apart(row)[0]] for row in rows.numbers.tolist()], dtype=object)
    return (Label("列里没有乡镇，以工作表名作为乡镇", "no column names the township; the names of the sheets are taken for it"),)
