"""What is missing where: areas against kinds of service, a number and a shade in every cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from app.messages import NONE, Words, percent_value
from app.services.circles.report import AreaCircle, CircleReport, CircleShare
from layers.schema import Label

_BREAKS = (10, 30, 50, 70)
_FEW = "·"


def matrix(areas: Sequence[AreaCircle], total: CircleShare, report: CircleReport, words: Words) -> None:
    """The table, on screen and on paper; it scrolls by itself where the screen is narrow.

    Parameters
    ----------
    areas
        Rows, in order.
    total
        The row below them.
    report
        Names the columns: the items of the recipe, then the other kinds of service.
    """
    items = [(item.code, words.pick(Label(item.zh, item.en))) for item in report.recipe]
    alone = {item.code for item in report.recipe}
    kinds = [(kind.code, words.pick(Label(kind.zh, kind.en))) for kind in report.services if kind.code not in alone]
    heads = "".join(_head(name) for _, name in items) + "".join(
        _head(name, "rt-first" if k == 0 else "") for k, (_, name) in enumerate(kinds)
    )
    place = words("circle.village") if areas and areas[0].level == "village" else words("circle.township")
    rows = [_row(area.name if area.code else words("coverage.elsewhere"), area, items, kinds, few=area.too_few) for area in areas]
    rows.append(_row(words("circle.total"), total, items, kinds, few=total.score is None and total.households > 0))
    caption = f'<caption class="rt-print">{escape(words("circle.matrix"))}</caption>'
    st.html(
        f'<div class="rt-scroll"><table class="rt-matrix">{caption}<thead><tr><th>{escape(place)}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def shade(share: float) -> int:
    """Class of a share of 0 to 1, a bound counting into the class above it."""
    return sum(share * 100 >= bound for bound in _BREAKS)


def _head(name: str, extra: str = "") -> str:
    return f'<th class="{extra}"><span>{escape(name)}</span></th>'


def _row(
    name: str, area: CircleShare, items: Sequence[tuple[str, str]], kinds: Sequence[tuple[str, str]], *, few: bool
) -> str:
    lack: list[float | None] = [area.missing[code] for code, _ in items]
    lack += [None if (had := area.within[code]) is None else 1 - had for code, _ in kinds]
    cells = "".join(
        _cell(share, "rt-first" if k == len(items) else "", few=few) for k, share in enumerate(lack)
    )
    return f"<tr><th>{escape(name)}</th>{cells}</tr>"


def _cell(share: float | None, extra: str, *, few: bool) -> str:
    if share is None:
        return f'<td class="{extra}">{_FEW if few else NONE}</td>'
    return f'<td class="s{shade(share)} {extra}">{_whole(share)}</td>'


def _whole(share: float) -> str:
    """Percent without decimals; 100 and 0 only when they are exact."""
    shown = percent_value(share)
    return f"{shown:.0f}" if shown in (0, 100) else f"{min(max(shown, 1), 99):.0f}"
