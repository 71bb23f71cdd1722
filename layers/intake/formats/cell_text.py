"""A workbook's value as the text that stands for it, with every digit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_EXACT = 1e16
_PLAIN = 1e21
"""From here on a number is written with an exponent, as no code or telephone has so many digits."""


def cell_text(value: Any) -> str:
    """Text of a cell: whole numbers without ``.0`` and exponent, dates as ISO, texts as they are.

    Examples
    --------
    >>> cell_text(13800000000.0), cell_text(4.20106199001011e17), cell_text(1e-07), cell_text(True)
    ('13800000000', '420106199001011000', '0.0000001', 'TRUE')
    """
    return _WRITERS.get(type(value), str)(value)


def number_text(value: float) -> str:
    """Shortest text that means this number, without an exponent below 10²¹."""
    if value.is_integer() and -_EXACT < value < _EXACT:
        return str(int(value))
    text = repr(value)
    if "e" in text and -_PLAIN < value < _PLAIN:
        return format(Decimal(text), "f")
    return text


def _moment(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    float: number_text, bool: lambda value: "TRUE" if value else "FALSE", dt.datetime: _moment,
    dt.date: dt.date.isoformat, dt.time: lambda value: value.isoformat("seconds"), dt.timedelta: _duration,
    type(None): lambda _value: "",
}
