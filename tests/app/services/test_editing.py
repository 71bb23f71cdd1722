"""Editing single objects: versions, lost updates, and who may do it."""

from __future__ import annotations

import pytest
import shapely
from small_county import PROVENANCE, at, frames

from app.roles import LOCAL_STEWARD, SERVER, NotPermittedError, Role, Viewer
from app.services.editing import service
from app.services.editing.item import Change
from geo.errors import ParameterError
from layers.errors import InvalidDataError, LostUpdateError, UnknownItemError
from layers.store import Store


@pytest.fixture
def store(store_url):
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
        yield store


def some(store, layer="stations"):
    return service.item(LOCAL_STEWARD, store, layer, store.read(layer)["id"].iloc[0])


def test_a_correction_is_a_new_version_and_an_entry_of_the_ledger(store):
    before = some(store)
    after = service.save(
        LOCAL_STEWARD, store, "stations", before.id, Change({"name": "改过的站"}, None, "名称更正"), version=before.version
    )
    assert (after.name, after.version) == ("改过的站", before.version + 1)
    assert {k: v for k, v in after.fields.items() if k != "name"} == {k: v for k, v in before.fields.items() if k != "name"}
    assert after.shape.equals(before.shape)
    entry = store.loads()[0]
    assert (entry.id, entry.reason, entry.loaded_by) == (after.source, "名称更正", "steward")


def test_a_move_changes_the_place_only(store):
    before, place = some(store), at(321, 123)
    after = service.save(LOCAL_STEWARD, store, "stations", before.id, Change({}, place, "实地核查"), version=before.version)
    assert after.shape.distance(place) < 1e-9
    assert after.fields == before.fields


def test_whoever_saves_second_is_told_and_loses_nothing_of_the_first(store):
    read = some(store)
    service.save(LOCAL_STEWARD, store, "stations", read.id, Change({"name": "甲"}, None, "先"), version=read.version)
    with pytest.raises(LostUpdateError) as told:
        service.save(LOCAL_STEWARD, store, "stations", read.id, Change({"name": "乙"}, None, "后"), version=read.version)
    assert (told.value.yours["name"], told.value.theirs["name"]) == ("乙", "甲")
    assert service.item(LOCAL_STEWARD, store, "stations", read.id).name == "甲"
    again = service.save(LOCAL_STEWARD, store, "stations", read.id, Change({"name": "乙"}, None, "后"), version=told.value.version)
    assert again.name == "乙"


def test_what_breaks_a_rule_is_not_saved(store):
    read = some(store)
    with pytest.raises(InvalidDataError):
        service.save(LOCAL_STEWARD, store, "stations", read.id, Change({"level": "palace"}, None, "试"), version=read.version)
    assert service.item(LOCAL_STEWARD, store, "stations", read.id) == read


def test_a_new_object_gets_an_id_and_a_precision(store):
    values = {"name": "新站", "level": "village", "status": "open"}
    made = service.add(LOCAL_STEWARD, store, "stations", Change(values, at(10, 10), "新建"))
    assert made.version == 1
    assert made.fields["precision"] == "door"
    assert made.id in set(service.find(LOCAL_STEWARD, store, "stations", "新站")["id"])
    with pytest.raises(LostUpdateError):
        service.add(LOCAL_STEWARD, store, "stations", Change({**values, "id": made.id}, at(10, 10), "新建"))


def test_a_retired_object_is_gone_and_its_history_stays(store):
    values = {"name": "新站", "level": "village", "status": "open"}
    made = service.add(LOCAL_STEWARD, store, "stations", Change(values, at(10, 10), "新建"))
    service.retire(LOCAL_STEWARD, store, "stations", made.id, version=made.version, reason="重复")
    with pytest.raises(UnknownItemError):
        service.item(LOCAL_STEWARD, store, "stations", made.id)
    assert len(store.history("stations", made.id)) == 1


def test_what_others_refer_to_is_not_retired(store):
    village = some(store, "villages")
    with pytest.raises(InvalidDataError):
        service.retire(LOCAL_STEWARD, store, "villages", village.id, version=village.version, reason="试")
    assert service.item(LOCAL_STEWARD, store, "villages", village.id) == village


def test_protected_fields_are_never_read_back_and_stay_when_others_change(store):
    household = some(store, "households")
    assert not {"contact_name", "phone", "identity_no"} & household.fields.keys()
    named = service.save(
        LOCAL_STEWARD, store, "households", household.id, Change({"contact_name": "试名"}, None, "补录"), version=household.version
    )
    service.save(LOCAL_STEWARD, store, "households", household.id, Change({"persons": 3}, None, "核对"), version=named.version)
    kept = store.read("households", columns=["contact_name", "persons"], ids=[household.id], protected=True)
    assert kept.iloc[0].tolist() == ["试名", 3]


@pytest.mark.parametrize("viewer", [Viewer(Role.LEADER, points=True), Viewer(Role.STEWARD, frozenset({"t1"}), points=True)])
def test_only_the_steward_of_the_whole_county_edits(store, viewer):
    read = some(store)
    assert service.editable(viewer) == []
    with pytest.raises(NotPermittedError):
        service.find(viewer, store, "stations")
    with pytest.raises(NotPermittedError):
        service.save(viewer, store, "stations", read.id, Change({"name": "甲"}, None, "试"), version=read.version)


def test_households_are_not_edited_by_who_may_not_see_them(store):
    assert "households" not in service.editable(SERVER)
    assert "stations" in service.editable(SERVER)
    with pytest.raises(NotPermittedError):
        service.find(SERVER, store, "households")


def test_a_table_has_no_place(store):
    with pytest.raises(ParameterError):
        service.add(LOCAL_STEWARD, store, "claims", Change({"indicator": "x"}, shapely.Point(0, 0), "试"))
