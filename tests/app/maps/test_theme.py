"""The palette: classes by rate, and whether what is written on it can be read."""

from __future__ import annotations

import pytest

from app.maps.pieces.theme import (
    INK,
    MUTED,
    PAPER,
    REACH_BREAKS,
    REACH_COLOURS,
    REACH_LABELS,
    RED,
    SIGNS,
    is_dark,
    reach_class,
    reach_colour,
    svg,
)


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("rate", "cls"), [
    (0.0, 0), (0.5999, 0), (0.6, 1), (0.6999, 1), (0.7, 2), (0.8, 3), (0.9, 4), (1.0, 4), (None, None),
])
def test_a_bound_counts_into_the_class_above_it(rate, cls):
    assert reach_class(rate) == cls
    assert reach_colour(rate) == (None if cls is None else REACH_COLOURS[cls])


def test_every_class_has_a_colour_and_a_label():
    assert len(REACH_COLOURS) == len(REACH_LABELS) == len(REACH_BREAKS) + 1


def test_labels_can_be_read_on_every_class():
    for rate in (0.5, 0.65, 0.75, 0.85, 0.95):
        assert contrast(PAPER if is_dark(rate) else INK, reach_colour(rate)) >= 4.5


def test_classes_get_darker_and_text_is_legible():
    shades = [luminance(colour) for colour in REACH_COLOURS]
    assert shades == sorted(shades, reverse=True)
    assert all(contrast(colour, PAPER) >= 4.5 for colour in (INK, MUTED, RED))


def test_levels_differ_by_shape_or_size_not_by_colour_alone():
    looks = [(sign.shape, sign.size) for sign in SIGNS.values()]
    assert len(set(looks)) == len(looks)
    for sign in SIGNS.values():
        assert 'stroke="#fff"' in svg(sign)  # the halo that keeps it apart from the ground
