"""Coverage on a map: reach by area, the places most affected, the facilities that count."""

from __future__ import annotations

from collections.abc import Iterable

from app.maps.area_map import Drawn, draw_areas
from app.maps.pieces import legend
from app.maps.pieces.area_layers import AreaMark, gap_layer
from app.maps.pieces.ground import Ground
from app.maps.pieces.place_layers import facility_layers, ground_legend
from app.maps.pieces.theme import PLAIN, REACH_COLOURS, REACH_LABELS, is_dark, reach_colour
from app.maps.view import Caption, Figures, View, is_known
from app.messages import Words
from app.services.coverage.service import AreaShare


def draw(ground: Ground, figures: Figures, view: View, caption: Caption, words: Words) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    figures
        Without any, areas are drawn as "no data".
    view
        With a township, its villages carry the colours and the rest is dimmed.
    """
    townships = _marks(figures.townships, words)
    rows = legend.classes(words("map.reach"), REACH_COLOURS, REACH_LABELS)
    if any(townships.get(code, AreaMark(None)).colour is None for code in ground.townships.index):
        rows.append(legend.no_data(words))
    rows.append(legend.gaps(words))
    return draw_areas(
        ground,
        title=words("map.areas"),
        townships=townships,
        villages=_marks((share for share in figures.villages if view.township in (None, share.township)), words),
        view=view,
        caption=caption,
        legend=[*rows, *ground_legend(ground, view, words)],
        layers=[
            (words("map.gaps_layer"), gap_layer(ground, figures.gaps, view, words)),
            *facility_layers(view, words),
        ],
        words=words,
    )


def _marks(shares: Iterable[AreaShare], words: Words) -> dict[str, AreaMark]:
    """Areas by class of reach, those with most persons out of reach ranked first."""
    worst = sorted(shares, key=lambda share: (-(share.persons_unreached or 0), share.code))
    return {
        share.code: AreaMark(
            colour=reach_colour(share.reach_rate),
            text=words.percent(share.reach_rate) if is_known(share) else "",
            tip=area_tip(share, words),
            dark=is_dark(share.reach_rate),
            rank=rank if share.persons_unreached else None,
        )
        for rank, share in enumerate(worst, start=1)
    }


def plain_marks(shares: Iterable[AreaShare], words: Words) -> dict[str, AreaMark]:
    """Areas that keep out of the way of what lies on them, and tell their reach when pointed at."""
    return {share.code: AreaMark(PLAIN, tip=area_tip(share, words)) for share in shares}


def area_tip(share: AreaShare, words: Words) -> str:
    """What hovering over an area tells of its reach; empty where there is none to tell."""
    if share.too_few:
        return words("map.too_few")
    if not is_known(share):
        return ""
    return words(
        "map.tip",
        rate=words.percent(share.reach_rate),
        unreached=words.count(share.persons_unreached),
        persons=words.count(share.persons),
    )
