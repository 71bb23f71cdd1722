"""Texts as they are compared: whoever wrote them, full width or half, traditional or simplified, spaced or not."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import opencc

_NO_WORD = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|<[^<>]*>|〔[^〔〕]*〕")
_NUMBERING = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）、．]|\d{1,2}\.(?!\d)|[一二三四五六七八九十]{1,2}、|[①-⑳])\s*")
_BETWEEN = re.compile(r"[/\\|\n\r、，,;；:：>→]+|\s+-\s+")


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """``text`` in simplified characters; what is in them already stays as it is."""
    if text.isascii():
        return text
    whole = text.encode(errors="replace").decode()  # half a character pair, as broken files hold, has no writing
    return str(_simplifier().convert(whole))


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Letters, digits and characters of ``text`` only: half width, simplified, in small letters."""
    return _NO_WORD.sub("", simplified(unicodedata.normalize("NFKC", text)).casefold())


def without_brackets(text: str) -> str:
    """``text`` without its remarks in brackets: units, explanations, examples."""
    text = unicodedata.normalize("NFKC", text)
    while (shorter := _BRACKETS.sub("", text)) != text:
        text = shorter
    return text


@lru_cache(maxsize=4_096)
def spellings(heading: str) -> tuple[str, ...]:
    """What a heading may be compared by, the most faithful first: all of it, without brackets, its parts.

    The last part comes before the others: under a heading that spans several columns it is the
    column's own.
    """
    bare = _NUMBERING.sub("", heading.strip().lstrip("*＊★☆※●■#"))
    short = without_brackets(bare)
    parts = [part for part in _BETWEEN.split(short) if part.strip()]
    tried = [fold(text) for text in (heading, bare, short, *reversed(parts))]
    return tuple(dict.fromkeys(text for text in tried if text))
