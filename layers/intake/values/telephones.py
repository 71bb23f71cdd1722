"""Telephone numbers of the mainland, as lists hold them."""

from __future__ import annotations

import re
import unicodedata

from layers.schema import Label

NOT_A_NUMBER = Label("不是电话号码", "not a telephone number")
DAMAGED = Label("电话号码被电子表格改成了科学记数，无法还原", "damaged by a spreadsheet: an exponent stands in its place")
MASKED = Label("号码打了星号，不完整", "some digits are masked with stars")
WRITE = Label("手机写 11 位，固定电话写“区号-号码”，几个号码用 / 分开",
              "write 11 digits for a mobile, area code and number for a landline; divide several by /")

_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_LANDLINE = re.compile(r"(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?", re.ASCII)
_SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}|1\d{2}|1[02]\d{3}|9[56]\d{3,6}|12\d{3}", re.ASCII)
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.ASCII)
_FLOAT = re.compile(r"(?<=\d{7})\.0+$", re.ASCII)  # a number that a program wrote with its decimals
_COUNTRY = re.compile(r"^(?:\+|00)?86-?(?=1[3-9]-?(?:\d-?){8}\d$|0?\d{2,3}-?\d{7,8}$)", re.ASCII)
_REMARK = re.compile(r"\([^()\d]*\)|\[[^\[\]\d]*\]", re.ASCII)  # (儿子)
_SEVERAL = re.compile(r"[/,;、|\n]|或")
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "(": "", ")": "-", "'": None, "\u200b": None, "\u202a": None,
                        "\u202c": None, "\u202d": None, "\ufeff": None})


def read_telephone(text: str) -> str | Label:
    """The number or numbers that ``text`` gives, in half-width digits without spaces; or why it gives none.

    The country code of a mainland mobile is taken off, so that one number is written one way. Several
    numbers are divided by ``/``.
    """
    plain = _REMARK.sub("", unicodedata.normalize("NFKC", text)).translate(_SIGNS)
    numbers = [_tidy(part) for part in _SEVERAL.split(plain) if part.strip()]
    for number in numbers:
        if _EXPONENT.fullmatch(number.upper()):
            return DAMAGED
        if "*" in number:
            return MASKED
        if not any(kind.fullmatch(number) for kind in (_MOBILE, _LANDLINE, _SERVICE)):
            return NOT_A_NUMBER
    return "/".join(dict.fromkeys(numbers)) or NOT_A_NUMBER


def _tidy(part: str) -> str:
    number = re.sub(r"-+", "-", re.sub(r"\s+", "", part)).strip("-")
    number = _COUNTRY.sub("", _FLOAT.sub("", number))
    bare = number.replace("-", "")
    return bare if _MOBILE.fullmatch(bare) else number
