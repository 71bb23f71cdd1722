"""What is told of the formulas of a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layers.intake.formats.parts import Part

_SHOWN = 5


def formula_notes(sheet: str, uncalculated: Sequence[tuple[int, int]], formulas: int) -> Iterator[Part]:
    """A note on formulas without a result, by cell, or on those whose last results were taken.

    Parameters
    ----------
    uncalculated
        Cells by (row, column) from 0.
    formulas
        How many there are.
    """
    if uncalculated:
        some = "、".join(_address(*place) for place in uncalculated[:_SHOWN])
        n, more = len(uncalculated), len(uncalculated) > _SHOWN
        zh = (f"“{sheet}”有 {n} 个公式没有计算结果，按空格读取：{some}{'……' if more else ''}；"
              "请在 Excel 或 WPS 中打开并保存一次")
        en = (f"{n} formulas in {sheet} hold no result and were read as empty: {some.replace('、', ', ')}"
              f"{', ...' if more else ''}; open the file in Excel or WPS and save it once")
        yield "note", zh, en
    elif formulas:
        yield ("note", f"“{sheet}”有 {formulas} 个公式，取最后一次计算的结果",
               f"{formulas} formulas in {sheet}: their last results were taken")


def _address(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
