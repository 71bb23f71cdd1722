"""Rows of a sheet that are no data: totals, notes, repeated headers, and what else stands between and below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from layers.fields import Label


class RowKind(Enum):
    """Why a row is left out."""

    TITLE = Label("标题或填报信息", "title, or who reported")
    HEADER = Label("重复的表头", "the header again")
    NUMBERS = Label("栏次", "numbers of the columns")
    TOTAL = Label("合计行", "total")
    NOTE = Label("说明或签字行", "note or signature")
    SECTION = Label("分节标题", "heading of a section")
    EXAMPLE = Label("示例行", "example")
    SERIAL = Label("只有序号", "only a serial number")
    EMPTY = Label("空行", "empty")
    OTHER = Label("同一张工作表里的另一个表格", "another table on the same sheet")


_TOTAL_WORD = "合计|小计|总计|共计|累计|总和|总数合计|subtotal|total|grandtotal|sum"
_TOTAL = re.compile(rf"(本页|全[县市区镇乡村]|以上|\S{{0,12}})?({_TOTAL_WORD})[:：]?(\d[\d,.]*\S{{0,4}})?", re.IGNORECASE)
_NOTE = re.compile(r"(注|备注|说明|附注|注意|填[表报写]说明|注意事项|说明事项|note|notes)\s*(\d+|[一二三四五六七八九十])?\s*[:：.、．]",
                   re.IGNORECASE)
_SIGNED = re.compile(
    r"(填[表报]|制表|审[核批查]|复核|经办|统计|报送|上报|打印|数据|资料|编制|签[字发名]|盖章|单位|部门|主管|分管|领导|负责|联系|截[止至]|日期|时间|"
    r"年月日|公章)[^:：]{0,10}[:：]")
_SECTION = re.compile(r"([（(]?[一二三四五六七八九十]{1,3}[)）、．.]|第[一二三四五六七八九十\d]+[章节部类批组][、:： ]?)\s*\S")
_EXAMPLE = re.compile(r"(填写)?(示例|样例|范例|example)|例[:：]|如[:：]", re.IGNORECASE)
_CONTINUED = re.compile(r"[（(]?\d{1,2}[)）.、．:：]\s*\D")
_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d+\s*[%％]?|[-—/\\]+|0")
_COLUMN_LETTERS = "甲乙丙丁戊己庚辛"


def kind_of_row(cells: Sequence[str], width: int, *, spans: bool, after_note: bool) -> RowKind | None:
    """What a row below the header is, or None for data.

    Parameters
    ----------
    cells
        Stripped texts of the row, those of the table's columns only.
    width
        Number of the table's columns.
    spans
        Whether its first cell is merged with most others of the row.
    after_note
        Whether the row before it that is not empty was a note.
    """
    filled = [cell for cell in cells if cell]
    if not filled:
        return RowKind.EMPTY
    first = filled[0]
    if _EXAMPLE.match(first):
        return RowKind.EXAMPLE
    if any(_is_total(cell, filled) for cell in filled[:3]):
        return RowKind.TOTAL
    if width > 1 and _is_note(filled, width, after_note=after_note):
        return RowKind.NOTE
    if len(filled) == 1 and width > 2 and (spans or (_SECTION.match(first) and cells[0])):
        return RowKind.SECTION
    return None


def is_column_numbers(cells: Sequence[str]) -> bool:
    """Whether a row numbers the columns: 甲 乙 1 2 3."""
    filled = [cell for cell in cells if cell and cell not in {"栏次", "序号", "行次"}]
    while filled and filled[0] in _COLUMN_LETTERS:
        filled = filled[1:]
    return len(filled) >= 3 and filled == [str(k) for k in range(1, len(filled) + 1)]


def _is_total(cell: str, filled: Sequence[str]) -> bool:
    if not _TOTAL.fullmatch("".join(cell.split())):
        return False
    # A total has figures beside its word; with names and addresses beside it the word belongs to the data.
    words = [other for other in filled if other is not cell and not _NUMBER.fullmatch(other)]
    return len(words) <= max(1, len(filled) // 4)


def _is_note(filled: Sequence[str], width: int, *, after_note: bool) -> bool:
    first = filled[0]
    few = len(filled) <= max(1, width // 2)
    if _NOTE.match(first) and few:
        return True
    signed = sum(1 for cell in filled if _SIGNED.match(cell))
    if _SIGNED.match(first) and (few or signed * 2 >= len(filled)):
        return True
    if len(filled) > 1:
        return False
    sentence = len(first) >= 10 and any(mark in first for mark in "，。；：;") and width > 2
    return sentence or (after_note and bool(_CONTINUED.match(first)))
