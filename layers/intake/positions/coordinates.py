"""Coordinates as people write them, read from text: decimal degrees, degrees-minutes-seconds, metres, pairs.

Only the writing is read here; what the numbers mean is the datum's matter (``layers.intake.positions.datum``).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.fields import Label

NOT_READABLE = Label("看不懂的坐标写法；可写成 113.2345 或 113°14′04″", "cannot be read; write 113.2345 or 113°14′04″")
NOT_FINITE = Label("不是有限的数", "not a finite number")
HALF = Label("只有一个坐标值，缺经度或纬度", "only one of the two coordinates is given")
SIXTY = Label("分、秒应小于 60", "minutes and seconds must be below 60")
FRACTION = Label("带小数的度（分）后面不应再有分（秒）", "a fraction of a degree or minute must come last")
TWO_SIDES = Label("东西或南北方位自相矛盾", "the sides of the sky contradict each other")
SAME_AXIS = Label("两个值都是经度或都是纬度", "both values are longitudes, or both latitudes")
PLACEHOLDER = Label("0,0 是占位的数，不是位置", "0,0 stands for no place")
AMBIGUOUS = Label("分不清哪里是经度、哪里是纬度；两个数之间请用逗号", "where one value ends is unclear; put a comma between")


class Value(NamedTuple):
    """One coordinate; ``axis`` is ``x`` or ``y`` where the writing tells, else empty."""

    number: float
    axis: str = ""


@dataclass(frozen=True, slots=True)
class Readings:
    """What the cells say, row by row.

    Attributes
    ----------
    x, y : ndarray of float
        NaN where nothing was read.
    problem : ndarray of object
        Why a row could not be read, as a ``Label``; None where it was read or is empty.
    empty : ndarray of bool
        Rows without a coordinate.
    told : ndarray of bool
        Rows whose writing itself says which value is the longitude.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    problem: NDArray[np.object_]
    empty: NDArray[np.bool_]
    told: NDArray[np.bool_]


def read_columns(x: pd.Series, y: pd.Series) -> Readings:
    """Two columns of text, longitude (easting) and latitude (northing).

    Values that name their side of the sky go where they belong, whichever column they stand in.
    """
    return _gather(
        _two(_parsed(first), _parsed(second)) for first, second in zip(_texts(x), _texts(y), strict=True)
    )


def read_pairs(column: pd.Series) -> Readings:
    """One column of text that holds both, longitude first unless the writing says otherwise."""
    return _gather(_pair(text) for text in _texts(column))


_Read = Value | Label | None
_Row = tuple[float, float, bool] | Label | None

_NOTHING = frozenset({"", "-", "--", "/", "\\", "无", "暂无", "不详", "未知", "null", "none", "n/a", "#n/a"})
_PLAIN = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]*)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?|[+-]?(?:NAN|INF|INFINITY)", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_PART = r"(\d{1,3}(?:\.\d*)?)"
_SIDE = r"([NSEW])?"
_MARKED = re.compile(
    rf"""{_SIDE}\ ?([+-])?\ ?{_PART}\ ?(?:°\ ?(?:{_PART}\ ?(?:'\ ?(?:{_PART}\ ?"?)?)?)?)?\ ?{_SIDE}""",
    re.ASCII | re.VERBOSE,
)
_PUNCTUATED = re.compile(rf"{_SIDE} ?([+-])?{_PART}([: -]){_PART}(?:\4{_PART})? ?{_SIDE}", re.ASCII)
_MARKS = str.maketrans({
    "º": "°", "˚": "°", "゜": "°", "度": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "分": "'", "″": '"', "”": '"',
    "“": '"', "秒": '"', "−": "-", "–": "-", "—": "-", "。": ".", "·": ".",
    "\u200b": None, "\u200e": None, "\u200f": None, "\ufeff": None,
})  # fmt: skip
_CHINESE_SIDES = (
    (re.compile("[东東][经經]|[经經]度"), "E"), (re.compile("西[经經]"), "W"),
    (re.compile("北[纬緯]|[纬緯]度"), "N"), (re.compile("南[纬緯]"), "S"),
)  # fmt: skip
_WORDS = (
    (re.compile(r"LONGITUDE|LONG|LON|LNG|EAST"), "E"),
    (re.compile(r"WEST"), "W"),
    (re.compile(r"LATITUDE|LAT|NORTH"), "N"),
    (re.compile(r"SOUTH"), "S"),
    (re.compile(r"([NSEW])\s*[:=]"), r"\1"),
    (re.compile(r"''"), '"'),
    (re.compile(r"\s+"), " "),
)
_AROUND = re.compile(r"(?:POINT)?\s*[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]")
_BETWEEN = re.compile(r"\s*[,;、/|\n]\s*")
_LONGEST = 80


def _texts(column: pd.Series) -> list[str]:
    return ["" if text is None or text != text else str(text).strip() for text in column.tolist()]  # noqa: PLR0124


def _gather(rows: Iterable[_Row]) -> Readings:
    found = list(rows)
    n = len(found)
    read = Readings(np.full(n, np.nan), np.full(n, np.nan), np.full(n, None, dtype=object),
                    np.zeros(n, dtype=bool), np.zeros(n, dtype=bool))
    for k, row in enumerate(found):
        if row is None:
            read.empty[k] = True
        elif isinstance(row, Label):
            read.problem[k] = row
        elif row[0] == 0 and row[1] == 0:
            read.problem[k] = PLACEHOLDER
        else:
            read.x[k], read.y[k], read.told[k] = row
    return read


def _two(first: _Read, second: _Read) -> _Row:
    """Two values to a row: longitude, latitude, and whether the writing told which is which."""
    for part in (first, second):
        if isinstance(part, Label):
            return part
    if first is None and second is None:
        return None
    if not isinstance(first, Value) or not isinstance(second, Value):
        return HALF
    if first.axis and first.axis == second.axis:
        return SAME_AXIS
    if "y" in first.axis or "x" in second.axis:
        first, second = second, first
    return first.number, second.number, bool(first.axis or second.axis)


def _parsed(text: str) -> _Read:
    """One cell: its value, what is wrong with it, or None where it is empty."""
    if _PLAIN.fullmatch(text):  # nearly all of them
        return Value(float(text))
    return _slow(text)


@lru_cache(maxsize=65_536)
def _slow(text: str) -> _Read:
    if len(text) > _LONGEST:
        return NOT_READABLE
    if text.casefold() in _NOTHING:
        return None
    return _single(_tidy(text))


@lru_cache(maxsize=65_536)
def _pair(text: str) -> _Row:
    if text.casefold() in _NOTHING:
        return None
    if len(text) > 2 * _LONGEST:
        return NOT_READABLE
    tidy = _tidy(text)
    if (inner := _AROUND.fullmatch(tidy)) is not None:
        tidy = inner[1]
    halves = [part for part in _BETWEEN.split(tidy) if part]
    if len(halves) == 2:
        return _two(_single(halves[0]), _single(halves[1]))
    if len(halves) != 1:
        return NOT_READABLE
    return _unseparated(tidy)


def _unseparated(tidy: str) -> _Row:
    """Both values with nothing or a space between: wherever the text can be cut in two that can be read."""
    rows: set[_Row] = set()
    for k in range(1, len(tidy)):
        if tidy[k] == " " or tidy[k - 1] in "NSEW°'\"" or tidy[k] in "NSEW":
            first, second = _single(tidy[:k].strip()), _single(tidy[k:].strip())
            if isinstance(first, Value) and isinstance(second, Value) and not isinstance(row := _two(first, second), Label):
                rows.add(row)
    if len(rows) == 1:
        return rows.pop()
    if rows:
        return AMBIGUOUS
    return HALF if isinstance(_single(tidy), Value) else NOT_READABLE


def _tidy(text: str) -> str:
    """Half width, simplified, one sign for each mark, one letter for each side of the sky."""
    for words, side in _CHINESE_SIDES:  # before 度 becomes a mark
        text = words.sub(side, text)
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).upper().strip()
    for pattern, sign in _WORDS:
        text = pattern.sub(sign, text)
    return text.removesuffix("米").removesuffix("M").strip()


def _single(text: str) -> Value | Label:
    if _NUMBER.fullmatch(text):
        number = float(text)
        return Value(number) if math.isfinite(number) else NOT_FINITE
    if _THOUSANDS.fullmatch(text):
        return Value(float(text.replace(",", "")))
    if (found := _MARKED.fullmatch(text)) is not None:
        before, sign, degrees, minutes, seconds, after = found.groups()
    elif (found := _PUNCTUATED.fullmatch(text)) is not None:
        before, sign, degrees, _, minutes, seconds, after = found.groups()
    else:
        return NOT_READABLE
    return _angle(before, after, sign, (degrees, minutes, seconds))


def _angle(before: str | None, after: str | None, sign: str | None, parts: tuple[str | None, ...]) -> Value | Label:
    given = [part for part in parts if part is not None]
    if any("." in part for part in given[:-1]):
        return FRACTION
    values = [float(part) for part in given]
    if any(value >= 60 for value in values[1:]):
        return SIXTY
    side = before or after or ""
    if (before and after) or (side and sign):
        return TWO_SIDES
    size = sum(value / 60**k for k, value in enumerate(values))
    return Value(-size if sign == "-" or side in {"S", "W"} else size, {"": ""}.get(side, "x" if side in "EW" else "y"))
