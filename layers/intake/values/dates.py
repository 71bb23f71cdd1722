"""Days as people and spreadsheets write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from enum import Enum
from functools import lru_cache

from layers.intake.values.numerals import read_chinese
from layers.schema import Label


class NoDay(Enum):
    """Why a text is not a day; the value says it."""

    UNREADABLE = Label("看不懂的日期", "not a date that can be read")
    NO_SUCH_DAY = Label("日历上没有这一天", "there is no such day in the calendar")
    SHORT_YEAR = Label("年份只有两位，分不清哪一年", "the year has two digits only")
    AMBIGUOUS = Label("分不清哪个是月、哪个是日", "which is the month and which the day is unclear")


WRITE = Label("请写成 2024-03-05 或 2024年3月5日", "write it as 2024-03-05")
_OPEN_END = frozenset({"长期", "长期有效", "永久", "无固定期限", "无期限", "至今"})
_EPOCH = dt.date(1899, 12, 30)  # day 0 of a workbook, as all days from 1 March 1900 on count it
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000  # 1927 to 2119: fewer digits may be a year, more a day written without signs
_CLOCK = r"\d{1,2}[:时点](?:\d{1,2}(?:[:分]\d{0,2}(?:\.\d+)?秒?)?分?)?"
_TIME = rf"(?:[T\s]+(?:(?:上午|下午|AM|PM)\s*)?{_CLOCK}\s*(?:AM|PM)?(?:Z|[+-]\d\d:?\d\d)?)?"
_YMD = re.compile(rf"(\d{{4}})\s*[-/.、,年\s]\s*(\d{{1,2}})\s*[-/.、,月\s]\s*(\d{{1,2}})\s*[日号]?{_TIME}", re.ASCII)
_YM = re.compile(r"(\d{4})\s*[-/.、,年]\s*(\d{1,2})\s*月?份?", re.ASCII)
_Y = re.compile(r"(\d{4})\s*(?:年度?)?", re.ASCII)
_YMD8 = re.compile(rf"((?:1[5-9]|2[0-2])\d{{2}})(\d{{2}})(\d{{2}}){_TIME}", re.ASCII)
_YM6 = re.compile(r"((?:18|19|20|21)\d{2})(\d{2})", re.ASCII)
_XXY = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}", re.ASCII)
_SHORT = re.compile(r"'?\d{1,2}\s*[-/.年]\s*\d{1,2}\s*(?:[-/.月]\s*\d{1,2}\s*[日号]?|月)", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_ENGLISH = re.compile(r"(?:(\d{1,2})[-\s]+([A-Z]{3,9})\.?|([A-Z]{3,9})\.?\s+(\d{1,2}))[-,\s]+(\d{4})", re.ASCII)
_CHINESE = re.compile(r"([〇零一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,4})[日号]?)?)?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "。": ".", "·": ".", "○": "〇", "Ο": "〇", "\u200b": None, "\ufeff": None})


@lru_cache(maxsize=65_536)
def read_day(text: str) -> dt.date | NoDay | None:
    """The day that ``text`` says; why it says none; None where there is none to say (empty, "long-term").

    A month without a day stands for its first day, a year alone for its first of January. A number of
    five digits is a workbook's count of days.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().upper()
    if not plain or plain in _OPEN_END:
        return None
    for reader in (_YMD, _YMD8, _YM, _YM6, _Y):
        if (found := reader.fullmatch(plain)) is not None:
            year, month, day = (*(int(part) for part in found.groups()), 1, 1)[:3]
            return _day(year, month, day)
    if (found := _SERIAL.fullmatch(plain)) is not None:
        days = int(found[1])
        return _EPOCH + dt.timedelta(days=days) if _FIRST_SERIAL <= days <= _LAST_SERIAL else NoDay.UNREADABLE
    return _rarer(plain)


def _rarer(plain: str) -> dt.date | NoDay:
    if (found := _XXY.fullmatch(plain)) is not None:
        first, second, year = (int(part) for part in found.groups())
        if first == second or (first > 12) != (second > 12):
            return _day(year, second, first) if first > 12 else _day(year, first, second)
        return NoDay.NO_SUCH_DAY if first > 12 else NoDay.AMBIGUOUS
    if (found := _ENGLISH.fullmatch(plain)) is not None and (name := (found[2] or found[3])[:3]) in _MONTHS:
        return _day(int(found[5]), _MONTHS.index(name) + 1, int(found[1] or found[4]))
    if (found := _CHINESE.fullmatch(plain)) is not None:
        # A part that is not written is the first; one that is no number is no day either.
        return _day(*(1 if part is None else read_chinese(part) or 0 for part in found.groups()))
    return NoDay.SHORT_YEAR if _SHORT.fullmatch(plain) else NoDay.UNREADABLE


def _day(year: int, month: int, day: int) -> dt.date | NoDay:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return NoDay.NO_SUCH_DAY
