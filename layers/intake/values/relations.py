"""What somebody is to the head of the household, as lists say it."""

from __future__ import annotations

import re

from layers.intake.folding import fold

_HEAD = re.compile(r"(?:本?户主)?(?:本人|本户)?|head|self|householder")
_KIN = re.compile(
    r"配偶|[妻夫子女儿孙父母爷奶公婆兄弟姐妹嫂媳婿祖岳侄甥叔伯姑舅姨]|之妻|爱人|亲属|家属|亲戚|其他|其它|同住|监护|养|"
    r"spouse|wife|husband|son|daughter|father|mother|child|parent|other"
)
_LONGEST = 8


def is_head(text: str) -> bool:
    """Whether the word means the head of the household (户主, 本人)."""
    word = fold(text)
    return bool(word) and _HEAD.fullmatch(word) is not None


def is_relation(text: str) -> bool:
    """Whether the word can mean a place in a household: its head or kin of it."""
    word = fold(text)
    return is_head(text) or (0 < len(word) <= _LONGEST and _KIN.search(word) is not None)
