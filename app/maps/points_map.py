"""All households on a map, each a dot by the minutes to its nearest facility; the areas below keep out of the way."""

from __future__ import annotations

from typing import Any

from app.maps.area_map import Drawn, draw_areas
from app.maps.coverage_map import plain_marks
from app.maps.pieces import elements, legend
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import INK, MINUTE_BREAKS, MINUTE_COLOURS, MINUTE_LABELS, MUTED
from app.maps.view import Caption, Figures, View
from app.messages import Words
from app.services.coverage.points import POINT_STATUS

_STATUS_SIGNS: dict[str, dict[str, str]] = {
    "no_way": {"shape": "cross", "colour": INK},
    "off_network": {"shape": "square", "colour": INK},
    "imprecise": {"shape": "ring", "colour": MUTED},
}
"""Told from the times, and from one another, by shape; in the order of ``POINT_STATUS`` without its first."""

_SHAPES = {
    "cross": '<path d="M2 2 10 10M10 2 2 10"/>',
    "square": '<rect x="2.5" y="2.5" width="7" height="7"/>',
    "ring": '<circle cx="6" cy="6" r="3.8"/>',
}


def draw(
    ground: Ground, figures: Figures, view: View, caption: Caption, words: Words, *, address: str, key: str
) -> Drawn:
    """The map of every household.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    figures
        What hovering over an area tells.
    view
        With a township, the map shows it with the names of its villages.
    address
        Where the browser gets the points.
    key
        Differs whenever the answer at ``address`` does; the browser asks again when it changes.
    """
    rows = [legend.heading(words("points.title"))]
    rows += [
        legend.row(f'<i class="dot" style="background:{colour}"></i>', label)
        for colour, label in zip(MINUTE_COLOURS, MINUTE_LABELS, strict=True)
    ]
    rows += [legend.row(_svg(**sign), words.pick(POINT_STATUS.label(status))) for status, sign in _STATUS_SIGNS.items()]
    return draw_areas(
        ground,
        title=words("points.areas"),
        townships=plain_marks(figures.townships, words),
        villages=plain_marks((share for share in figures.villages if view.township in (None, share.township)), words),
        view=view,
        caption=caption,
        legend=[*rows, *ground_legend(ground, view, words)],
        layers=[
            (words("points.layer"), [elements.points(_options(address, key, words))]),
            *facility_layers(view, words),
        ],
        words=words,
    )


def _options(address: str, key: str, words: Words) -> dict[str, Any]:
    dots = [{"shape": "dot", "colour": colour} for colour in MINUTE_COLOURS]
    return {
        "address": address,
        "key": key,
        "breaks": MINUTE_BREAKS,
        "signs": [*dots, *_STATUS_SIGNS.values()],
        "words": {
            "loading": words("points.loading"),
            "failed": words("points.failed"),
            "minutes": words("points.minutes", n="{n}"),
            **{status: words.pick(POINT_STATUS.label(status)) for status in _STATUS_SIGNS},
        },
    }


def _svg(shape: str, colour: str) -> str:
    return (
        f'<svg width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="{colour}" stroke-width="1.6" '
        f'aria-hidden="true">{_SHAPES[shape]}</svg>'
    )
