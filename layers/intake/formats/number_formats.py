"""Number formats that show more digits than the number has: a code kept as a number, shown with its zeros."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|(\[[^\]]*\])|(.)', re.DOTALL)
_LITERAL = re.compile(r"[-+() :\u2e80-\uffff]")
_WHOLE = re.compile(r"\d{1,21}(?:\.0*)?", re.ASCII)


@lru_cache(maxsize=1_024)
def digit_places(code: str) -> tuple[str, ...] | None:
    """Places for digits, ``0`` and ``#``, and the letters between them, of a format such as ``00000`` or ``0000-00-00``.

    None for every other format: of decimals, thousands, percent, dates, Chinese numerals, with a condition, or with
    fewer than two zeros, which shows nothing that the number does not say.

    Examples
    --------
    >>> digit_places('"编"000'), digit_places("0.00"), digit_places("yyyy-mm-dd")
    (('“编', '0', '0', '0'), None, None)
    """
    places: list[str] = []
    for quoted, escaped, bracket, letter in _TOKEN.findall(code.strip()):
        if letter == ";":
            break  # what follows is for negative numbers
        if letter in {"0", "#"}:
            places.append(letter)
        elif quoted or escaped or (letter and _LITERAL.fullmatch(letter)):
            places.append(f"“{quoted or escaped or letter}")
        elif letter or (bracket and not re.fullmatch(r"\[(?:[A-Za-z]{3,7}|Color\d+|\$-\w+|红色|蓝色|黑色|绿色)\]", bracket)) \
                or bracket[1:6].upper() == "DBNUM":
            return None
    return tuple(places) if places.count("0") > 1 else None


def padded(number: str, places: tuple[str, ...]) -> str | None:
    """A whole number, as written in a file, in these places; None for any other number.

    Examples
    --------
    >>> padded("123", ("0",) * 5), padded("20240305", digit_places("0000-00-00")), padded("1.5", ("0", "0"))
    ('00123', '2024-03-05', None)
    """
    if not _WHOLE.fullmatch(number):
        try:
            value = float(number)
        except ValueError:
            return None
        if not (value.is_integer() and 0 <= value < 1e16):
            return None
        number = str(int(value))
    left = list(number.partition(".")[0])
    shown: list[str] = []
    digits = sum(place in {"0", "#"} for place in places)
    for place in reversed(places):
        if place[0] == "“":
            shown.append(place[1:])
            continue
        digits -= 1
        if not digits:
            shown.extend(reversed(left))
            shown.extend("0" * (place == "0" and not left))
        elif left:
            shown.append(left.pop())
        elif place == "0":
            shown.append("0")
    return "".join(reversed(shown))
