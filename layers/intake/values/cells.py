"""Text cells to values of a field's kind, whole columns at a time: each spelling is read once."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from layers.fields import Field, Kind, Label
from layers.intake.aliases.terms import code_of
from layers.intake.folding import fold
from layers.intake.values import dates, telephones
from layers.intake.values.dates import NoDay, read_day
from layers.intake.values.identity import Fault, read_identity
from layers.intake.values.numerals import read_number
from layers.intake.values.telephones import read_telephone

CLEAR = frozenset({"清空", "(清空)", "[清空]", "#clear", "[clear]"})
"""Written into a cell, it empties the stored value; an empty cell leaves it as it is."""

_NOTHING = frozenset({
    "", "-", "--", "---", "—", "——", "/", "\\", "无", "暂无", "不详", "未知", "不明", "空", "null", "none", "nan", "n/a", "na", "#n/a",
    "nil",
})
"""Stand for an empty cell where no such word can be meant."""

TELEPHONES = frozenset({"phone"})
IDENTITIES = frozenset({"identity_no"})
"""Fields whose texts are numbers of a kind of their own."""


class Wrong(NamedTuple):
    """Why a text is no value of its field."""

    rule: str
    reason: Label
    hint: Label


class Cells(NamedTuple):
    """A column as read.

    Attributes
    ----------
    taken : Series of object
        None where there is nothing, or where the text is ``wrong``.
    wrong : ndarray of object
        A :class:`Wrong` where a text is no value of the field; None elsewhere.
    clear : ndarray of bool
        Where the stored value is to go.
    """

    taken: pd.Series
    wrong: np.ndarray[Any, np.dtype[np.object_]]
    clear: np.ndarray[Any, np.dtype[np.bool_]]


def read_cells(spec: Field, texts: pd.Series) -> Cells:
    """The values of ``spec`` that a column of texts says."""
    codes, distinct = pd.factorize(texts.astype(object), use_na_sentinel=False)
    read = _reader(spec)
    values = np.empty(len(distinct), dtype=object)
    wrong = np.empty(len(distinct), dtype=object)
    clear = np.zeros(len(distinct), dtype=bool)
    for k, cell in enumerate(distinct):
        text = cell.strip() if isinstance(cell, str) else ""
        if not text:
            continue
        if "\0" in text:
            wrong[k] = _UNPRINTABLE
        elif text.casefold() in CLEAR:
            clear[k] = True
        elif isinstance(found := read(text), Wrong):
            wrong[k] = found
        else:
            values[k] = found
    # A list of tuples would be taken for rows of a table.
    taken = np.empty(len(codes), dtype=object)
    taken[:] = values[codes]
    return Cells(pd.Series(taken, index=texts.index, dtype=object), wrong[codes], clear[codes])


_UNPRINTABLE = Wrong("type", Label("含有不能保存的字符", "holds characters that cannot be stored"),
                     Label("请重新输入这一格", "type the cell again"))
_Read = Callable[[str], Any]


def _reader(spec: Field) -> _Read:  # noqa: PLR0911 - one line for each kind
    if spec.name in IDENTITIES and spec.pattern is not None:
        return _identity
    if spec.name in TELEPHONES:
        return _telephone
    if spec.kind in (Kind.CHOICE, Kind.CHOICES) and spec.vocabulary is not None:
        name, known = spec.vocabulary.name, _known(spec.vocabulary.terms)
        if spec.kind is Kind.CHOICE:
            return lambda text: _choice(name, known, text)
        return lambda text: _choices(name, known, text)
    if spec.kind is Kind.INTEGER and _is_year(spec):
        return _year
    if spec.kind in (Kind.INTEGER, Kind.NUMBER):
        return lambda text: _number(spec, text)
    if spec.kind is Kind.BOOLEAN:
        return lambda text: _flag(spec, text)
    if spec.kind is Kind.DATE:
        return _date
    return _text if spec.pattern is None else _code


def _text(text: str) -> Any:
    try:
        text.encode()
    except UnicodeEncodeError:
        return _UNPRINTABLE
    return text


def _code(text: str) -> Any:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return None if plain.casefold() in _NOTHING else re.sub(r"(?<=\d)\.0+$", "", plain)


def _identity(text: str) -> Any:
    if text.casefold() in _NOTHING:
        return None
    found = read_identity(text)
    return Wrong(*found) if isinstance(found, Fault) else found


_NO_TELEPHONE = frozenset({"无电话", "没有电话", "无手机", "没有手机", "没有", "无联系方式", "无号码", "未留"})


def _telephone(text: str) -> Any:
    if text.casefold() in _NOTHING or fold(text) in _NO_TELEPHONE:
        return None
    found = read_telephone(text)
    return Wrong("telephone", found, telephones.WRITE) if isinstance(found, Label) else found


def _number(spec: Field, text: str) -> Any:
    if text.casefold() in _NOTHING:
        return None
    number = read_number(text, spec.unit)
    if number is None:
        return Wrong("type", Label("不是数字", "not a number"),
                     Label(f"请只写数字{f'，单位为{spec.unit}' if spec.unit else ''}", f"write digits only {spec.unit}".strip()))
    if spec.kind is Kind.INTEGER and (number % 1 or abs(number) > 2**53):
        return Wrong("type", Label("不是整数", "not a whole number"), Label("请写整数", "write a whole number"))
    return int(number) if spec.kind is Kind.INTEGER else number


def _is_year(spec: Field) -> bool:
    return spec.minimum is not None and spec.maximum is not None and spec.minimum >= 1000 and spec.maximum <= 2999


_YEAR_OF = re.compile(r"((?:18|19|20)\d{2})年\D", re.ASCII)


def _year(text: str) -> Any:
    """A year, also as the year of a day: lists hold days of birth where the layer asks for the year."""
    if text.casefold() in _NOTHING:
        return None
    found = read_day(text)
    if isinstance(found, dt.date):
        return found.year
    if found is NoDay.UNREADABLE and (begun := _YEAR_OF.match(unicodedata.normalize("NFKC", text))) is not None:
        return int(begun[1])  # 1948年腊月: the day cannot be told, the year is asked for
    number = read_number(text)
    if number is not None and number % 1 == 0 and abs(number) < 10_000:  # also "1951.0", which is no month
        return int(number)
    if found is NoDay.NO_SUCH_DAY:
        return _DAY_REASONS[found]
    return Wrong("type", Label("不是年份或日期", "neither a year nor a date"),
                 Label("请写四位年份，如 1948", "write four digits, such as 1948"))


_YES = frozenset(fold(word) for word in (
    "是", "有", "对", "真", "已", "正确", "属实", "y", "yes", "t", "true", "on", "ok", "合格", "通过", "达标", "完成", "开放", "通车",
    "存在", "符合",
))
_NO = frozenset(fold(word) for word in (
    "否", "无", "不", "错", "假", "未", "没", "没有", "n", "no", "f", "false", "off", "不是", "待", "关闭",
))
_TICKS, _CROSSES = frozenset("√✓✔☑●Ｏ■"), frozenset("×✗✘☐○□Xx╳")
_NEGATIVE = re.compile("^(?:未|不|没|无|非|否|待|尚未)")
_POSITIVE = re.compile("^(?:已|是|有)")
_TRUTH = Label("请写“是”或“否”", "write yes or no")


_LONGEST_WORD = 10
"""A longer text is a remark, whatever it begins with."""


def _flag(spec: Field, text: str) -> Any:
    word = fold(text)
    number = read_number(text)
    short = len(word) <= _LONGEST_WORD
    if text in _TICKS or word in _YES or word == fold(spec.label.zh) or number == 1:
        return True
    if text in _CROSSES or word in _NO or number == 0:
        return False
    if text.casefold() in _NOTHING:
        return None
    if short and (_NEGATIVE.match(word) or _POSITIVE.match(word)):
        return _NEGATIVE.match(word) is None
    return Wrong("type", Label("看不出是“是”还是“否”", "neither yes nor no"), _TRUTH)


_DAY_REASONS: Mapping[NoDay, Wrong] = {
    reason: Wrong("no_such_day" if reason is NoDay.NO_SUCH_DAY else "type", reason.value,
                  Label("请核对日期", "check the date") if reason is NoDay.NO_SUCH_DAY else dates.WRITE)
    for reason in NoDay
}


def _date(text: str) -> Any:
    if text.casefold() in _NOTHING:
        return None
    found = read_day(text)
    return _DAY_REASONS[found] if isinstance(found, NoDay) else found


_UNKNOWN = Label("不在允许的取值中", "not one of the allowed values")


def _known(terms: Mapping[str, Label]) -> Label:
    return Label("可填：" + "、".join(label.zh for label in terms.values()), "one of: " + ", ".join(terms))


def _choice(vocabulary: str, known: Label, text: str) -> Any:
    code = code_of(vocabulary, text)
    if code is not None:
        return code
    return None if text.casefold() in _NOTHING else Wrong("vocabulary", _UNKNOWN, known)


_SEPARATORS = re.compile(r"[;；,，、/|｜\n\r+＋&和及与·]+")


def _choices(vocabulary: str, known: Label, text: str) -> Any:
    """Codes in the order written; all of the text is tried first, then its parts at signs, then at blanks."""
    found: list[str] = []
    for pieces in ([text], _SEPARATORS.split(text), re.split(r"[\s" + _SEPARATORS.pattern[1:], text)):
        parts = [piece.strip() for piece in pieces if piece.strip()]
        read = [code_of(vocabulary, part) for part in parts]
        found = [code for code in read if code is not None]
        if len(found) == len(parts) and found:
            return tuple(found)
    if text.casefold() in _NOTHING:
        return None
    return Wrong("vocabulary", _UNKNOWN, known)
