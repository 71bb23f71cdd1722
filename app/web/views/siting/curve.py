"""The curve of the share reached against the number of new stations, as a small drawing: where one more stops paying."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape

import streamlit as st

from app.messages import Words
from app.services.siting.report import CurvePoint
from app.web.kit.parts import paper_table, subtitle

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 430, 170, 48, 12, 14, 40
_STYLE = (
    "text{font:11px 'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;fill:#56646A}"
    ".frame{fill:none;stroke:#C9D2D1}.gain{fill:#DE9A58;fill-opacity:.75}.line{fill:none;stroke:#2B7383;stroke-width:2.2}"
    ".dot{fill:#2B7383}.here{fill:none;stroke:#A61B1B;stroke-width:2}.n{fill:#1E2A2E}"
)
PAYS = 0.2
"""One more station pays as long as it gains this part of what the first one did."""


def pays_until(points: Sequence[CurvePoint]) -> int:
    """The number of new stations beyond which each gains less than :data:`PAYS` of the first one's gain."""
    gains = [point.gain for point in points if point.added]
    if not gains or gains[0] <= 0:
        return 0
    return next((k for k, gain in enumerate(gains) if gain < PAYS * gains[0]), len(gains))


def siting_curve(points: Sequence[CurvePoint], here: int | None, words: Words) -> None:
    """Draw the share by number of new stations and what each adds; nothing for none.

    Parameters
    ----------
    here
        How many the plan has.
    """
    if len(points) < 2:
        return
    subtitle(words("siting.curve"))
    picture = b64encode(drawing(points, here, words).encode()).decode()  # Streamlit takes inline SVG out of HTML
    until, last = pays_until(points), points[-1]
    if not until:
        said = words("siting.curve_none")
    elif until < last.added:
        said = words("siting.curve_pays", n=until, share=words.percent(points[until].share), part=f"{PAYS:.0%}")
    else:
        said = words("siting.curve_all", n=last.added, part=f"{PAYS:.0%}")
    title = escape(words("siting.curve"))
    st.html(
        f'<figure class="rt-curve"><img alt="{title}" src="data:image/svg+xml;base64,{picture}">'
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )


def curve_on_paper(points: Sequence[CurvePoint], words: Words) -> None:
    """The curve's figures, for paper."""
    if points:
        paper_table(
            list(map(words, ("siting.added", "siting.share_column", "siting.gain_column"))),
            ([str(p.added), words.percent(p.share), words.count(p.gain) if p.added else ""] for p in points),
            words("siting.curve"),
        )


def drawing(points: Sequence[CurvePoint], here: int | None, words: Words) -> str:
    """The curve as SVG: a line of shares, a bar for what each station adds, a ring where the plan is."""
    low, high = _range(points)
    most = max((point.gain for point in points), default=0) or 1
    step = _WIDTH / max(points[-1].added, 1)

    def at(point: CurvePoint) -> tuple[float, float]:
        return _LEFT + point.added * step, _TOP + (1 - (point.share - low) / (high - low)) * _HEIGHT

    bars, marks = [], []
    for point in points:
        x, y = at(point)
        if point.added:
            size = max(point.gain, 0) / most * _HEIGHT * 0.45
            tip = escape(words("siting.curve_tip", n=point.added, share=words.percent(point.share), gain=words.count(point.gain)))
            bars.append(
                f'<rect x="{x - step * 0.3:.1f}" y="{_TOP + _HEIGHT - size:.1f}" width="{step * 0.6:.1f}" height="{size:.1f}" '
                f'class="gain"><title>{tip}</title></rect>'
            )
        marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" class="dot"/>')
        if point.added == here:
            marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" class="here"/>')
        if point.added % 5 == 0 or len(points) <= 8:
            marks.append(f'<text x="{x:.1f}" y="{_TOP + _HEIGHT + 15}" text-anchor="middle">{point.added}</text>')
    for share in (low, high):
        y = _TOP + (1 - (share - low) / (high - low)) * _HEIGHT
        marks.append(f'<text x="{_LEFT - 5}" y="{y + 4:.0f}" text-anchor="end">{share:.0%}</text>')
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, points))
    across, up = escape(words("siting.added")), escape(words("siting.share_column"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + _RIGHT} {_TOP + _HEIGHT + _BOTTOM}">'
        f'<style>{_STYLE}</style><rect x="{_LEFT}" y="{_TOP}" width="{_WIDTH}" height="{_HEIGHT}" class="frame"/>'
        f'{"".join(bars)}<polyline points="{line}" class="line"/>{"".join(marks)}'
        f'<text x="{_LEFT + _WIDTH / 2:.0f}" y="{_TOP + _HEIGHT + 33}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(12 {_TOP + _HEIGHT / 2:.0f}) rotate(-90)" text-anchor="middle">{up}</text></svg>'
    )


def _range(points: Sequence[CurvePoint]) -> tuple[float, float]:
    """Whole twentieths around the shares."""
    low = int(min(point.share for point in points) * 20 + 1e-9) / 20
    high = -int(-max(point.share for point in points) * 20 - 1 + 1e-9) / 20
    return low, min(max(high, low + 0.05), 1.0) if low < 1 else 1.05
