"""Names of villages and townships taken apart: what is the name, what is the kind, which 组 is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from layers.intake.folding import fold, without_brackets

VILLAGE: Final = "village"
COMMUNITY: Final = "community"
NOMINAL: Final = "nominal"  # 虚拟生活区 and the like: a code for an institution's ground


class UnitName(NamedTuple):
    """A folded name; ``base`` is without what only tells the kind (``kind`` is empty where nothing tells it)."""

    text: str
    base: str
    kind: str


_KINDS = (
    (NOMINAL, re.compile(r"(.+?)(?:虚拟|类似)(?:生活区|社区|小区|居委会|村)|(.+?)生活区")),
    (COMMUNITY, re.compile(r"(.+?)(?:社区|居民区)?(?:居民委员会|居委会)|(.+?)社区")),
    (VILLAGE, re.compile(r"(.+?)(?:行政村|村)?(?:村民委员会|村委会)|(.+?)(?:行政村|村)")),
)
_PEOPLES = "回|满|苗|彝|壮|侗|瑶|白|傣|畲|藏|羌|黎|佤|土家|蒙古|布依|哈尼|傈僳|朝鲜|仡佬|达斡尔|鄂温克|哈萨克|维吾尔"
_TOWNSHIP = re.compile(
    rf"(.{{2,}}?)(?:(?:(?:{_PEOPLES})族)*[镇乡]|街道|地区)?(?:人民政府|街道办事处|办事处|街道办|政府)?"
)
_NUMERALS = "零〇一二三四五六七八九十百0123456789"
_GROUP = re.compile(rf"第?(?<![{_NUMERALS}])([0-9]+|[零〇一二三四五六七八九十百]+)(?:村民小组|居民小组|生产小组|生产队|小组|组|社|队|屯)")
_COUNTY = re.compile(r"(?:.{2,4}省)?(?:.{2,4}市)?.{1,5}?[县市区]")
_DOOR = re.compile(rf"[{_NUMERALS}]+(?:号|栋|幢|楼|单元|室|弄).*")
_TELLING: Final = frozenset(_NUMERALS + "东西南北中前后上下左右内外里大小新老旧")
"""What sets one village apart from its namesake: a difference in one of these is never a slip of the pen."""


@lru_cache(maxsize=65_536)
def unit_name(text: str) -> UnitName:
    """The name of a village or community, without remarks in brackets."""
    full = fold(without_brackets(text)) or fold(text)
    for kind, pattern in _KINDS:
        if (found := pattern.fullmatch(full)) is not None:
            return UnitName(full, found[1] or found[2], kind)
    return UnitName(full, full, "")


@lru_cache(maxsize=4_096)
def township_base(text: str) -> str:
    """The name of a township without 镇, 乡, 街道 and what its office is called."""
    full = fold(without_brackets(text))
    found = _TOWNSHIP.fullmatch(full)
    return full if found is None else found[1]


class Reading(NamedTuple):
    """One way to understand what stands in a cell: a township's name (may be empty), the village's, the group."""

    township: str
    rest: str
    group: str


def readings(text: str, townships: Sequence[str], bases: Sequence[str]) -> Iterator[Reading]:
    """Ways to understand a cell that may be a name or a whole address, the most faithful first.

    Parameters
    ----------
    text
        The cell.
    townships, bases
        Folded names of the townships with and without their kind, the longest first.
    """
    yield Reading("", text, "")
    full = fold(text)
    starts = [("", full)]
    ends = [(full.rindex(name) + len(name), name) for name in townships if name in full]
    if ends:
        end, name = max(ends)
        starts.insert(0, (name, full[end:]))
    if (county := _COUNTY.match(full)) is not None:
        starts.append(("", full[county.end():]))
    starts += [(base, rest[len(base):]) for _, rest in starts[-1:] for base in bases if rest.startswith(base)]
    for township, rest in starts:
        for name, group in ((rest, ""), _split_group(rest)):
            if name and (name != full or group):
                yield Reading(township, name, group)


def _split_group(text: str) -> tuple[str, str]:
    """A folded address without its end from the group (or the door number) on, and the group's text."""
    found = [match for match in _GROUP.finditer(text) if match.start() > 1]
    if found:
        return text[:found[-1].start()], found[-1][0]
    door = _DOOR.search(text)
    return (text[:door.start()], "") if door is not None and door.start() > 1 else (text, "")


def group_in(address: str) -> str:
    """The group that stands in an address, empty where none does."""
    return _split_group(fold(address))[1]


@lru_cache(maxsize=4_096)
def group_key(text: str) -> str:
    """What two spellings of one group share: its number as digits (第三村民小组, 3组, 三组), else its folded text."""
    folded = fold(text)
    found = _GROUP.fullmatch(folded)
    number = found[1] if found is not None else folded
    if not number or any(sign not in _NUMERALS for sign in number):
        return folded
    return str(_value(number))


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: slips of the pen count by their share of the longer name."""
    alike: float = OSA.normalized_similarity(one, other)
    return alike


def told_apart(one: str, other: str) -> bool:
    """Whether names differ in a numeral, a direction or a size (一村 and 二村, 东庄 and 西庄): no slip of the pen."""
    return not _TELLING.isdisjoint(_difference(one, other))


def _difference(one: str, other: str) -> str:
    """What lies between the common beginning and the common end."""
    start = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    end = next((k for k, (a, b) in enumerate(zip(one[::-1], other[::-1], strict=False)) if a != b),
               min(len(one), len(other)))
    return one[:len(one) - end] + other[:len(other) - end]


_DIGITS = {sign: k for k, sign in enumerate("零一二三四五六七八九")} | {"〇": 0} | {str(k): k for k in range(10)}


def _value(number: str) -> int:
    """A number in digits or characters below a thousand."""
    if "十" not in number and "百" not in number:
        return int("".join(str(_DIGITS[sign]) for sign in number))
    total, digit = 0, 0
    for sign in number:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit
