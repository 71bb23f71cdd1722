"""Everything that people read about the data is there in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from layers.fields import Label
from layers.registry import LAYERS
from layers.schema import Layer

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LATIN_NAMES = re.compile(r"[A-Za-z]")


def labels(layer: Layer) -> Iterator[tuple[str, Label]]:
    yield layer.name, layer.label
    for field in layer.fields:
        yield f"{layer.name}.{field.name}", field.label
        if field.note.zh or field.note.en:
            yield f"{layer.name}.{field.name} note", field.note
        for code, term in field.vocabulary.terms.items() if field.vocabulary else ():
            yield f"{layer.name}.{field.name}={code}", term
    for rule in layer.rules:
        yield f"{layer.name} rule {rule.name}", rule.hint


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_word_is_there_in_both_languages(layer: Layer) -> None:
    for where, label in labels(layer):
        # A grade or a material may be written in Latin letters or digits in Chinese too, a sentence not.
        assert label.zh.strip(), where
        assert label.en.strip(), where
        assert CHINESE.search(label.zh) or len(label.zh) <= 6, where
        assert LATIN_NAMES.search(label.en) or label.en.isdigit(), where
        assert label.zh == label.zh.strip(), where
        assert label.en == label.en.strip(), where


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_two_fields_of_a_layer_read_differently(layer: Layer) -> None:
    for language in ("zh", "en"):
        read = [getattr(field.label, language) for field in layer.fields]
        assert len(set(read)) == len(read)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_two_codes_of_a_list_read_differently(layer: Layer) -> None:
    for field in layer.fields:
        for language in ("zh", "en"):
            read = [getattr(term, language) for term in field.vocabulary.terms.values()] if field.vocabulary else []
            assert len(set(read)) == len(read), field.name


def test_a_layer_comes_after_those_it_refers_to() -> None:
    order = list(LAYERS)
    for layer in LAYERS.values():
        for field in layer.fields:
            for target in field.references:
                assert order.index(target) <= order.index(layer.name), f"{layer.name}.{field.name} -> {target}"
