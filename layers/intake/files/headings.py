"""What looks like the heading of a column, and how the headings of a table are named."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from layers.intake.folding import fold, spellings, without_brackets

IGNORED_HEADING = "问题（导入时忽略）"
"""Heading of the column of reasons in a return workbook; such a column is left out when the file comes back."""

_LONGEST = 25
_VALUE = re.compile(
    r"[-+]?[\d,.\s]+%?|\+?\d[\d\s-]{4,}|\d{4}\s*[-/.年]\s*\d{1,2}\s*([-/.月]\s*\d{1,2}\s*日?|月)?|\d{17}[\dXx]|TRUE|FALSE|是|否|有|无|√|×|男|女")
_TOLD = re.compile(r"[^:：]{1,14}[:：]\s*\S")
_SERIAL = frozenset({"序号", "序", "行号", "顺序号", "no", "index", "号", "序列"})


def is_heading(cell: str) -> bool:
    """Whether ``cell`` could head a column: short, and no number, date, sentence or ``填报单位：某县``."""
    text = cell.strip()
    if not text or _VALUE.fullmatch(text) or "。" in text:
        return False
    bare = without_brackets(text).strip()
    return len(bare) <= _LONGEST and not _TOLD.match(bare)


def is_known(cell: str, known: Collection[str]) -> bool:
    """Whether a heading is one of the layer's own words."""
    return any(spelling in known for spelling in spellings(cell))


def is_serial(heading: str) -> bool:
    """Whether a column only counts the rows."""
    return fold(heading) in _SERIAL


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """One heading a column from the rows of a header, those above before those below: ``联系人/电话``."""
    headings = []
    for cells in zip(*rows, strict=True):
        parts = [part for part in map(tidy, cells) if part]
        headings.append("/".join(dict.fromkeys(parts)))
    return headings


def tidy(heading: str) -> str:
    """A heading on one line; spaces between Chinese characters only spread them out."""
    text = " ".join(heading.split())
    return re.sub(r"(?<=[\u2e80-\u9fff（）]) (?=[\u2e80-\u9fff（）])", "", text)


def unique(headings: Sequence[str], positions: Sequence[int]) -> list[str]:
    """The headings, each once; a column without one is called by its place."""
    found: dict[str, None] = {}
    for heading, position in zip(headings, positions, strict=True):
        base = heading or f"（第{position + 1}列）"
        name, n = base, 1
        while name in found:
            n += 1
            name = f"{base}（{n}）"
        found[name] = None
    return list(found)
