"""The legend, as HTML for the box that the base map holds ready."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from app.maps.theme import REACH_COLOURS, REACH_LABELS, SIGNS, SUPPORT, svg
from app.messages import LEVEL_SHORT, Words


def facility_label(level: str, words: Words) -> str:
    """What a station of ``level``, or a support point, is called on the map."""
    return words("map.support") if level == SUPPORT else words.pick(LEVEL_SHORT.label(level))


def legend(words: Words, levels: Sequence[str], *, roads: bool, no_data: bool) -> str:
    """Classes of reach, the gap circle, and the facilities shown."""
    rows = [f'<div class="rt-title">{escape(words("map.reach"))}</div>']
    rows += [_row(f'<i style="background:{c}"></i>', text)
             for c, text in zip(REACH_COLOURS, REACH_LABELS, strict=True)]
    if no_data:
        rows.append(_row('<i class="none"></i>', words("map.no_data")))
    rows.append(_row('<i class="gap"></i>', words("map.gaps")))
    if roads:
        rows.append(_row('<i class="road"></i>', words("map.roads")))
    rows += [_row(svg(SIGNS[level], 16 if SIGNS[level].size > 10 else 11), facility_label(level, words))
             for level in levels]
    return "".join(rows)


def _row(sign: str, text: str) -> str:
    return f'<div class="rt-row">{sign}{escape(text)}</div>'
