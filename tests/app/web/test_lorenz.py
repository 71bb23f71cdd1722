"""The drawing of the Lorenz curve: where its points lie, and when there is none."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from streamlit.testing.v1 import AppTest

from app.messages import Words
from app.web.views.coverage.lorenz import drawing

SHARES = (0.0, 0.02, 0.05, 0.1, 0.16, 0.24, 0.33, 0.44, 0.57, 0.74, 1.0)


def points_of(svg, kind):
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    line = next(part for part in root.iter("{http://www.w3.org/2000/svg}polyline") if part.get("class") == kind)
    return [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]


def test_the_curve_lies_at_its_shares_below_the_even_line():
    svg = drawing(SHARES, Words())
    (left, bottom), (right, top) = points_of(svg, "even")
    curve = points_of(svg, "curve")
    assert [(x - left) / (right - left) for x, _ in curve] == pytest.approx([k / 10 for k in range(11)])
    assert [(bottom - y) / (bottom - top) for _, y in curve] == pytest.approx(SHARES, abs=1e-3)


@pytest.mark.parametrize(("language", "said"), [("zh", "用时最短的一半人，只占全部用时的 24.0%"), ("en", "takes 24.0% of all minutes")])
def test_it_says_what_it_shows(language, said):
    def script(shares, language):
        from app.messages import Words
        from app.web.views.coverage.lorenz import lorenz_curve

        lorenz_curve(shares, Words(language))

    test = AppTest.from_function(script, args=(SHARES, language)).run()
    assert not test.exception
    shown = " ".join(part.proto.body for part in test.get("html"))
    assert said in re.sub(r"\s+", " ", shown)
    assert not AppTest.from_function(script, args=((), language)).run().get("html")
