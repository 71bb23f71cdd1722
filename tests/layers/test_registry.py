"""The list of layers, and what every layer must have to be stored, shown and asked for."""

from __future__ import annotations

import re

import pytest

from layers import registry
from layers.errors import UnknownLayerError
from layers.registry import LAYERS
from layers.schema import Kind, Layer
from layers.store.tables import BOUNDS, HISTORY

WORD = re.compile(r"[a-z][a-z0-9_]*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ALL = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def test_the_layers_of_the_domain_are_there() -> None:
    assert {"townships", "villages", "stations", "support_points", "memorials", "households", "roads"} <= set(LAYERS)


def test_a_layer_is_found_by_its_name() -> None:
    assert registry.get("roads") is LAYERS["roads"]
    with pytest.raises(UnknownLayerError, match=r"没有图层“road”.*roads"):
        registry.get("road")


def test_a_layer_comes_after_those_that_it_refers_to() -> None:
    names = list(LAYERS)
    for layer in LAYERS.values():
        for spec in layer.fields:
            for target in spec.references:
                assert names.index(target) <= names.index(layer.name), (layer.name, target)


@ALL
def test_names_are_plain_words_and_do_not_meet_those_of_the_store(layer: Layer) -> None:
    assert LAYERS[layer.name] is layer
    assert WORD.fullmatch(layer.name)
    assert len(set(layer.columns)) == len(layer.columns)
    assert all(WORD.fullmatch(name) for name in layer.columns)
    assert not set(layer.columns) & {"geometry", "content", *BOUNDS, *HISTORY}


@ALL
def test_every_layer_begins_with_its_id(layer: Layer) -> None:
    first = layer.fields[0]
    assert (first.name, first.kind, first.required, first.protected) == ("id", Kind.TEXT, True, False)


@ALL
def test_everything_has_a_label_in_both_languages(layer: Layer) -> None:
    for label in (layer.label, *(spec.label for spec in layer.fields), *(rule.hint for rule in layer.rules)):
        assert label.zh
        assert label.en
    assert all(CHINESE.search(spec.label.zh) for spec in layer.fields)


@ALL
def test_fields_make_sense(layer: Layer) -> None:
    for spec in layer.fields:
        assert (spec.vocabulary is not None) == (spec.kind in (Kind.CHOICE, Kind.CHOICES)), spec.name
        if spec.minimum is not None or spec.maximum is not None:
            assert spec.kind in (Kind.INTEGER, Kind.NUMBER), spec.name
        if spec.pattern is not None or spec.references:
            assert spec.kind is Kind.TEXT, spec.name
        if spec.references:
            assert set(spec.references) <= set(LAYERS), spec.name


@ALL
def test_rules_have_a_column_and_a_name_of_their_own(layer: Layer) -> None:
    assert len({rule.name for rule in layer.rules}) == len(layer.rules)
    assert {rule.column for rule in layer.rules} <= set(layer.columns)


@ALL
def test_personal_data_is_in_sensitive_layers_only(layer: Layer) -> None:
    assert layer.sensitive or not any(spec.protected for spec in layer.fields)


def test_names_telephones_and_identity_numbers_of_households_are_protected() -> None:
    assert {spec.name for spec in LAYERS["households"].fields if spec.protected} == {
        "contact_name", "phone", "identity_no"}


def test_households_may_lie_nowhere_and_nothing_else_may() -> None:
    assert {layer.name for layer in LAYERS.values() if layer.spatial and not layer.geometry_required} == {"households"}


def test_codes_are_plain_and_labels_differ() -> None:
    for layer in LAYERS.values():
        for spec in layer.fields:
            if spec.vocabulary is None:
                continue
            assert all(re.fullmatch(r"[A-Za-z0-9_]+", code) for code in spec.vocabulary)
            labels = list(spec.vocabulary.terms.values())
            assert len({label.zh for label in labels}) == len({label.en for label in labels}) == len(labels)
            assert all(CHINESE.search(label.zh) for label in labels)
