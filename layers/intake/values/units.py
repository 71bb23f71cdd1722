"""Numbers under a heading that names another unit than the field's: 投资（万元）, 面积（平方米）."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_OTHERS: Mapping[str, tuple[tuple[re.Pattern[str], Fraction], ...]] = {
    "元": ((re.compile("亿元"), Fraction(10**8)), (re.compile("百万元"), Fraction(10**6)),
           (re.compile(r"万元|万\W*$"), Fraction(10**4)), (re.compile("千元"), Fraction(1000))),
    "亩": ((re.compile("公顷|hm2|hectare"), Fraction(15)), (re.compile("平方米|平米|m2|sqm"), Fraction(3, 2000))),
}
"""Unit of a field to words of a heading, with how much of it one is; 15 mu are a hectare."""


def factor(heading: str, unit: str) -> Fraction | None:
    """How much of ``unit`` one is of what the heading says; None where it says nothing else."""
    said = unicodedata.normalize("NFKC", heading).casefold()
    return next((much for word, much in _OTHERS.get(unit, ()) if word.search(said)), None)


def converted(text: str, much: Fraction) -> str:
    """A bare number times ``much``; any other text, such as a number with a unit of its own, as it stands."""
    plain = re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text))
    if not _NUMBER.fullmatch(plain):
        return text
    value = Fraction(Decimal(plain)) * much
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
