"""The catalogue: every word in both languages, every key used, and how numbers are written."""

from __future__ import annotations

import ast
import datetime as dt
import re
import string
from pathlib import Path

import pytest

from app.messages import LANGUAGES, LEVEL_SHORT, MESSAGES, MODE, Words
from geo.speeds import Mode
from layers.vocabulary import STATION_LEVEL

APP = Path(__file__).resolve().parents[3] / "app"
CHINESE = re.compile(r"[一-鿿]")

LATIN_IN_CHINESE = {"English", "OpenStreetMap", "GeoJSON", "GeoPackage", "P", "N", "D", "br", "xlsx"}
"""Proper names, codes that spreadsheets read, and the word for the other language in itself."""
CHINESE_IN_ENGLISH = {"中文"}


def constants() -> set[str]:
    """Every string written in the program, but for the catalogue's own keys."""
    found: set[str] = set()
    for path in APP.rglob("*.py"):
        if path.parent.name == "messages":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def test_every_key_is_used_and_every_used_key_is_there():
    families = {key.split(".")[0] for key in MESSAGES}
    used = {text for text in constants() if re.fullmatch(rf"({'|'.join(families)})\.[a-z_0-9]+", text)}
    assert used - set(MESSAGES) == {"app.maps", "app.web", "map.css", "map.js"}  # packages and files
    assert set(MESSAGES) - used == set()


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_both_languages_say_the_same_with_the_same_values(key):
    zh, en = MESSAGES[key]
    values = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (zh, en)]
    assert values[0] == values[1]
    if key != "coverage.persons_unit":  # English has no word there
        assert zh
        assert en


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_languages_are_not_mixed(key):
    zh, en = MESSAGES[key]
    bare = re.sub(r"\{\w+\}", "", zh)
    assert set(re.findall(r"[A-Za-z]+", bare)) <= LATIN_IN_CHINESE
    if en not in CHINESE_IN_ENGLISH:
        assert not CHINESE.search(en)


def test_vocabularies_cover_what_they_name():
    assert set(MODE) == set(Mode)
    assert set(LEVEL_SHORT) == set(STATION_LEVEL)


@pytest.mark.parametrize(("rate", "said"), [
    (None, "—"), (0.0, "0.0%"), (1.0, "100.0%"), (0.71549, "71.5%"), (0.99999, "99.9%"), (0.0001, "0.1%"),
])
def test_percentages_never_round_to_all_or_nothing(rate, said):
    assert Words().percent(rate) == said


def test_numbers_read_the_same_in_both_languages():
    for language in LANGUAGES:
        words = Words(language)
        assert words.count(21854) == "21,854"
        assert words.count(None) == "—"
        assert words.span(0.692, 0.725) == "69.2–72.5%"
        assert words.minutes(15.0) == "15"
        assert words.minutes(7.5) == "7.5"
        assert words.date(dt.date(2026, 10, 31)) == "2026-10-31"


def test_a_missing_half_of_a_label_is_filled_by_the_other():
    from layers.schema import Label

    assert Words("en").pick(Label("岚川县", "")) == "岚川县"
    assert Words("zh").pick(Label("岚川县", "Lanchuan")) == "岚川县"


def test_an_unknown_key_fails():
    with pytest.raises(KeyError):
        Words()("no.such")
