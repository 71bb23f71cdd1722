"""Identity numbers of GB 11643: 17 digits and a check digit; what spreadsheets do to them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import NamedTuple

from layers.schema import Label

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_FIFTEEN = re.compile(r"\d{15}", re.ASCII)
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d{2}", re.ASCII)
_PROVINCES = frozenset(range(11, 16)) | frozenset(range(21, 24)) | frozenset(range(31, 38)) | frozenset(
    range(41, 47)) | frozenset(range(50, 55)) | frozenset(range(61, 66)) | {71, 81, 82, 83, 91}
_NOISE = str.maketrans({"'": None, "’": None, "‘": None, "`": None, "-": None, "\u200b": None, "\ufeff": None,
                        "\u202a": None, "\u202c": None, "×": "X", "✕": "X", "х": "X", "Х": "X"})


class Fault(NamedTuple):
    """What is wrong with a number: a short name, why, and what to do."""

    rule: str
    reason: Label
    hint: Label


_FROM_SOURCE = Label("请按证件原件重新填写，并把该列设为文本格式后再录入",
                     "type it again from the card, in a column formatted as text")
_FROM_CARD = Label("请核对证件原件", "compare it with the card")
DAMAGED = Fault("identity_damaged", Label("身份证号被电子表格改坏：末几位成了 0 或成了科学记数，无法还原",
                                          "damaged by a spreadsheet: the last digits became 0 or an exponent, and are lost"),
                _FROM_SOURCE)
CHECK_DIGIT = Fault("identity_check", Label("校验码不符，至少有一位写错", "the check digit does not fit: a digit is wrong"),
                    _FROM_CARD)
LENGTH = Fault("identity_length", Label("不是 18 位（或旧的 15 位）身份证号", "not 18 digits (nor the old 15)"), _FROM_CARD)
BIRTHDAY = Fault("identity_birthday", Label("其中的出生日期不存在", "the day of birth in it does not exist"), _FROM_CARD)
REGION = Fault("identity_region", Label("前两位不是省级代码", "the first two digits are no province"), _FROM_CARD)
MASKED = Fault("identity_masked", Label("号码打了星号，不完整", "some digits are masked with stars"),
               Label("请填写完整号码，或留空", "give all digits, or leave it empty"))


def check_digit(body: str) -> str:
    """The check digit of 17 digits: ISO 7064 MOD 11-2."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def read_identity(text: str) -> str | Fault:
    """The number of 18 digits that ``text`` gives, or what is wrong with it.

    The 15 digits that were given out until 1999 become 18: the century and the check digit are added.
    Nothing is guessed: a damaged number stays damaged.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper().translate(_NOISE)
    if _EXPONENT.fullmatch(plain):
        return DAMAGED
    if "*" in plain:
        return MASKED
    if _FIFTEEN.fullmatch(plain):
        body = f"{plain[:6]}19{plain[6:]}"
        plain = body + check_digit(body)
    if not _EIGHTEEN.fullmatch(plain):
        return LENGTH
    if check_digit(plain[:17]) != plain[17]:
        return DAMAGED if plain.endswith("000") else CHECK_DIGIT
    if int(plain[:2]) not in _PROVINCES:
        return REGION
    return plain if _born(plain) is not None else BIRTHDAY


def birth_year(number: str) -> int:
    """The year of birth in a number of 18 digits."""
    return int(number[6:10])


def _born(number: str) -> dt.date | None:
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
