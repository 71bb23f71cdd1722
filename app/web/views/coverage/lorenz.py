"""The Lorenz curve of minutes as a small drawing: how far the quickest persons' share falls short of an even one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import streamlit as st

from app.messages import Words
from app.web.kit.parts import subtitle

_SIDE, _LEFT, _BOTTOM, _TOP = 200, 46, 40, 10
"""Pixels: the square that the curve is drawn in, and the room around it."""
_TICKS = (0.0, 0.5, 1.0)
_STYLE = (
    "text{font:11px 'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;fill:#56646A}"
    ".frame{fill:none;stroke:#C9D2D1}.gap{fill:#62AB96;fill-opacity:.22}"
    ".even{fill:none;stroke:#56646A;stroke-dasharray:5 4}.curve{fill:none;stroke:#2B7383;stroke-width:2.4}"
)


def lorenz_curve(shares: Sequence[float], words: Words) -> None:
    """Draw the share of all minutes that the quickest persons take, 0 to 100 % of them at even steps; nothing for none."""
    if not shares:
        return
    middle = shares[len(shares) // 2]
    subtitle(words("fair.lorenz"))
    picture = b64encode(drawing(shares, words).encode()).decode()  # Streamlit takes inline SVG out of HTML
    st.html(
        f'<figure class="rt-lorenz"><img alt="{escape(words("fair.lorenz"))}" src="data:image/svg+xml;base64,{picture}">'
        f'<figcaption>{escape(words("fair.lorenz_says", half=words.percent(middle)))}</figcaption></figure>'
    )


def drawing(shares: Sequence[float], words: Words) -> str:
    """The curve as SVG, below the line on which everybody takes the same time."""
    steps = len(shares) - 1
    curve = [_at(k / steps, share) for k, share in enumerate(shares)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in curve)
    even = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_at(0, 0), _at(1, 1)))
    marks = []
    for tick in _TICKS:
        (x, low), (left, y) = _at(tick, 0), _at(0, tick)
        marks.append(f'<text x="{x:.0f}" y="{low + 15:.0f}" text-anchor="middle">{tick:.0%}</text>')
        marks.append(f'<text x="{left - 5:.0f}" y="{y + 4:.0f}" text-anchor="end">{tick:.0%}</text>')
    middle, low = _at(0.5, 0)
    across, up = escape(words("fair.lorenz_persons")), escape(words("fair.lorenz_minutes"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _SIDE + 14} {_TOP + _SIDE + _BOTTOM}">'
        f"<style>{_STYLE}</style>"
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" class="frame"/>'
        f'<polygon points="{even} {" ".join(reversed(points.split()))}" class="gap"/>'
        f'<polyline points="{even}" class="even"/><polyline points="{points}" class="curve"/>{"".join(marks)}'
        f'<text x="{middle:.0f}" y="{low + 32:.0f}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(12 {_TOP + _SIDE / 2:.0f}) rotate(-90)" text-anchor="middle">{up}</text></svg>'
    )


def _at(persons: float, minutes: float) -> tuple[float, float]:
    """Where two shares of 0 to 1 lie in the drawing."""
    return _LEFT + persons * _SIDE, _TOP + (1 - minutes) * _SIDE
