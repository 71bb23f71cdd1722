"""The legend, as HTML for the box that the base map holds ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from app.maps.pieces.theme import SIGNS, SUPPORT, svg
from app.messages import LEVEL_SHORT, Words


def facility_label(level: str, words: Words) -> str:
    """What a station of ``level``, or a support point, is called on the map."""
    return words("map.support") if level == SUPPORT else words.pick(LEVEL_SHORT.label(level))


def heading(text: str) -> str:
    """What the colours mean."""
    return f'<div class="rt-title">{escape(text)}</div>'


def row(sign: str, text: str) -> str:
    """A sign (HTML) and what it stands for."""
    return f'<div class="rt-row">{sign}{escape(text)}</div>'


def classes(title: str, colours: Sequence[str], labels: Iterable[str]) -> list[str]:
    """A heading and a swatch for each class."""
    return [heading(title), *(row(f'<i style="background:{c}"></i>', t) for c, t in zip(colours, labels, strict=True))]


def no_data(words: Words) -> str:
    """Areas without a figure."""
    return row('<i class="none"></i>', words("map.no_data"))


def gaps(words: Words) -> str:
    """The circle of a gap."""
    return row('<i class="gap"></i>', words("map.gaps"))


def roads(words: Words) -> str:
    """The line of a road."""
    return row('<i class="road"></i>', words("map.roads"))


def places(levels: Sequence[str], words: Words) -> list[str]:
    """The sign of each level of facility."""
    return [
        row(svg(SIGNS[level], 16 if SIGNS[level].size > 10 else 11), facility_label(level, words)) for level in levels
    ]
