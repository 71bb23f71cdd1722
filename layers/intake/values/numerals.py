"""Numbers as people write them: full width, with thousands, with a unit, in 万, in Chinese numerals."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import lru_cache

_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_CHINESE = re.compile(f"[{''.join(_DIGITS)}{''.join(_STEPS)}]+")
_PLAIN = re.compile(r"([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(\.\d*)?(?:E([+-]?\d{1,3}))?", re.ASCII)
_SCALES = {"万": 1e4, "w": 1e4, "千": 1e3, "百万": 1e6, "亿": 1e8}
_UNITS = (
    "人民币", "元整", "平方米", "公里/小时", "千米/小时", "公里每小时", "km/h", "kph", "公里", "千米", "周岁", "元", "人", "名",
    "户", "个", "座", "处", "亩", "岁", "位", "块", "所", "家", "条", "件", "次", "年", "米", "㎡", "m2", "分", "号", "yuan", "rmb",
)  # fmt: skip
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "，": ",", "。": ".", "．": ".", "¥": None, "￥": None, "$": None,
                        "'": None, "’": None, "\u200b": None, "\ufeff": None})


@lru_cache(maxsize=65_536)
def read_number(text: str, unit: str = "") -> float | None:
    """The number that ``text`` says, or None where it is none.

    A unit behind it is taken off, ``unit`` or one of the usual; 万 and 亿 count. NaN, infinities and
    whatever is too large for a number are none.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.strip()).translate(_SIGNS))
    for word in (unit, *_UNITS):
        if word and len(plain) > len(word) and plain.casefold().endswith(word.casefold()):
            plain = plain[: -len(word)]
            break
    scale = 1.0
    for word, times in _SCALES.items():
        if plain.casefold().endswith(word) and plain[:1].isdigit():
            plain, scale = plain[: -len(word)], times
    found = _PLAIN.fullmatch(plain.upper())
    if found is not None and (found[2] or (found[3] and len(found[3]) > 1)):
        number = float(plain.replace(",", ""))
        # In decimals, 1.14 万 is not quite 11,400.
        number = number if scale == 1.0 else round(number * scale, 6)
        return number if math.isfinite(number) else None
    whole = read_chinese(plain)
    return None if whole is None else whole * scale


def read_chinese(text: str) -> int | None:
    """The whole number that Chinese numerals say: 三十二, 一百零五, 二〇二四; None where they say none."""
    if not _CHINESE.fullmatch(text):
        return None
    if not any(sign in _STEPS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    total = part = 0
    digit: int | None = None
    last = 10**9
    for sign in text:
        if sign in _DIGITS:
            if digit:  # two in a row: neither a number spelled out nor digits read off
                return None
            digit = _DIGITS[sign]
        elif sign == "万":
            total, part, digit, last = (part + (digit or 0)) * 10_000, 0, None, 10**4
        else:
            if _STEPS[sign] >= last:
                return None
            last = _STEPS[sign]
            part, digit = part + (1 if digit is None else digit) * last, None
    return total + part + (digit or 0)
