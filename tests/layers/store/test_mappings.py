"""A mapping of columns is remembered by layer and shape of the file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from layers.errors import UnknownLayerError
from layers.store import Store


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with Store.open(store_url) as opened:
        yield opened


def test_the_last_mapping_of_a_shape_is_remembered(store: Store, store_url: str) -> None:
    assert store.mapping("stations", "s1") is None
    store.remember_mapping("stations", "s1", {"站名": "name", "备注": None}, by="t")
    store.remember_mapping("households", "s1", {"村": "village_name"}, by="t")
    store.remember_mapping("stations", "s1", {"站名": "name", "备注": "address"}, by="t")
    with Store.open(store_url) as other:
        assert other.mapping("stations", "s1") == {"站名": "name", "备注": "address"}
        assert other.mapping("households", "s1") == {"村": "village_name"}
        assert other.mapping("stations", "s2") is None


def test_remembering_is_no_change_of_the_data(store: Store) -> None:
    stamp = store.stamp()
    store.remember_mapping("stations", "s1", {"站名": "name"}, by="t")
    assert (store.stamp(), store.loads()) == (stamp, [])


def test_a_mapping_is_one_of_a_layer(store: Store) -> None:
    with pytest.raises(UnknownLayerError):
        store.mapping("station", "s1")
    with pytest.raises(UnknownLayerError):
        store.remember_mapping("station", "s1", {}, by="t")
