"""What a word stands for in a coded list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from layers import vocabulary
from layers.intake.aliases.words import WORDS
from layers.intake.folding import fold, without_brackets
from layers.schema import Vocabulary

_ALL = {found.name: found for found in vars(vocabulary).values() if isinstance(found, Vocabulary)}


@cache
def codes(name: str) -> Mapping[str, str]:
    """Folded word to code, of the vocabulary called ``name``: codes first, then labels, then other words."""
    known = _ALL[name]
    found: dict[str, str] = {}
    for code in known:
        found.setdefault(_folded(code), code)
    for code, label in known.terms.items():
        for word in (*label, *(without_brackets(part) for part in label)):
            found.setdefault(_folded(word), code)
    for code, words in WORDS.get(name, {}).items():
        for word in words.split():
            found.setdefault(_folded(word), code)
    return found


def code_of(name: str, text: str) -> str | None:
    """The code that ``text`` stands for, or None."""
    known = codes(name)
    return known.get(_folded(text)) or known.get(_folded(without_brackets(text)))


def _folded(text: str) -> str:
    # "-1" and "★★★" hold no letter; they stand for themselves.
    return fold(text) if not text.startswith("-") and fold(text) else text.strip()
