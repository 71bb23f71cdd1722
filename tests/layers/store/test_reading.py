"""Reading: which rows, which columns, in which order, and what is left out unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
from postgis_cluster import own_schema
from small_frames import households, provenance, roads, townships, villages

from geo.errors import ParameterError
from layers.errors import ProtectedFieldError, UnknownFieldError, UnknownLayerError
from layers.registry import LAYERS
from layers.store import Store
from layers.store import reading as reading_rows


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ExitStack() as stack:
        url = str(tmp_path_factory.mktemp("store") / "rongtu.db")
        if request.param == "postgis":
            url = stack.enter_context(own_schema(request.getfixturevalue("_postgis_server")))
        opened = stack.enter_context(Store.open(url))
        frames = {"townships": townships(), "villages": villages(), "households": households(50), "roads": roads(40)}
        opened.load(frames, provenance())
        yield opened


def test_all_fields_and_the_geometry_without_personal_data(store: Store) -> None:
    frame = store.read("households")
    expected = [spec.name for spec in LAYERS["households"].fields if not spec.protected]
    assert list(frame.columns) == [*expected, "geometry"]
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs == "EPSG:4326"
    assert not {"contact_name", "phone", "identity_no"} & set(frame.columns)
    assert frame.index.equals(pd.RangeIndex(50))


def test_personal_data_only_when_it_is_asked_for(store: Store) -> None:
    assert store.read("households", protected=True)["phone"].unique().tolist() == ["13800000000"]
    with pytest.raises(ProtectedFieldError, match=r"phone.*\(fields phone"):
        store.read("households", columns=["id", "phone"])
    assert store.read("households", columns=["phone"], protected=True)["phone"][0] == "13800000000"


def test_columns_in_the_order_asked_for(store: Store) -> None:
    frame = store.read("households", columns=["persons", "geometry", "id"])
    assert list(frame.columns) == ["persons", "geometry", "id"]
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.geometry.notna().all()
    plain = store.read("households", columns=["persons"])
    assert list(plain.columns) == ["persons"]
    assert not isinstance(plain, gpd.GeoDataFrame)
    assert len(store.read("households", columns=[])) == 50


def test_columns_not_asked_for_are_not_read(store: Store) -> None:
    statements: list[str] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    store.read("roads", columns=["id", "class"])
    assert len(statements) >= 1
    assert not any("geometry" in statement or "surface" in statement for statement in statements)


def test_the_history_of_rows(store: Store) -> None:
    frame = store.read("roads", columns=["id", "source", "updated_at", "version"])
    assert frame["version"].unique().tolist() == [1]
    assert str(frame["updated_at"].dtype).endswith("UTC]")


@pytest.mark.parametrize("columns", [["nmae"], ["content"], ["west"], ["id", "no", "such"]])
def test_an_unknown_column_is_refused(store: Store, columns: list[str]) -> None:
    with pytest.raises(UnknownFieldError):
        store.read("roads", columns=columns)
    with pytest.raises(UnknownFieldError):
        store.read("agreements", columns=["geometry"])


def test_an_unknown_layer_is_refused(store: Store) -> None:
    with pytest.raises(UnknownLayerError, match="townships"):
        store.read("towns")


def test_rows_by_id_in_order_without_the_unknown(store: Store) -> None:
    wanted = ["h00007", "nobody", "h00003", "h00007"]
    assert store.read("households", ids=wanted)["id"].tolist() == ["h00003", "h00007"]
    assert store.read("households", ids=iter(wanted), offset=1)["id"].tolist() == ["h00007"]
    assert len(store.read("households", ids=[])) == 0


def test_more_ids_than_one_statement_takes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_rows, "IDS_AT_ONCE", 7)
    wanted = [f"h{k:05d}" for k in range(100)]
    assert store.read("households", ids=wanted)["id"].tolist() == wanted[:50]
    assert store.read("households", ids=wanted, limit=10, offset=5)["id"].tolist() == wanted[5:15]
    monkeypatch.undo()
    assert len(store.read("households", ids=[str(k) for k in range(40_000)] + wanted)) == 50


@pytest.mark.parametrize(("limit", "offset", "expected"), [
    (None, 0, range(40)), (3, 0, range(3)), (3, 38, [38, 39]), (0, 0, []), (None, 37, range(37, 40)), (5, 40, []),
])
def test_limit_and_offset(store: Store, limit: int | None, offset: int, expected: list[int]) -> None:
    ids = [f"r{k:05d}" for k in expected]
    assert store.read("roads", limit=limit, offset=offset)["id"].tolist() == ids
    everywhere = (-180.0, -90.0, 180.0, 90.0)
    assert store.read("roads", limit=limit, offset=offset, bbox=everywhere)["id"].tolist() == ids


def test_a_limited_window_goes_on_until_it_is_full(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    fetch = reading_rows._fetch

    def count(*args: object) -> object:
        rows = fetch(*args)
        sizes.append(len(rows))
        return rows

    monkeypatch.setattr(reading_rows, "_fetch", count)
    monkeypatch.setattr(reading_rows, "_ROWS_AT_ONCE", 4)
    monkeypatch.setattr(reading_rows, "_inside", lambda page, *_: page[1::2])
    rows = store.read("roads", bbox=(100, 30, 101, 31), limit=4, offset=3)
    assert rows["id"].tolist() == [f"r{k:05d}" for k in (7, 9, 11, 13)]
    assert sizes == [4, 4, 4, 4]


def test_a_window_takes_what_touches_it(store: Store) -> None:
    # Roads run from 100.0 to 100.5 degrees east, one every hundredth of a degree from 30.00 north.
    assert store.read("roads", bbox=(100.5, 30.02, 100.6, 30.04))["id"].tolist() == ["r00002", "r00003", "r00004"]
    assert len(store.read("roads", bbox=(100.51, 30, 101, 31))) == 0


def test_a_window_looks_at_shapes_not_at_their_boxes(store_url: str) -> None:
    corner = shapely.Polygon([(100, 30), (101, 30), (101, 31)])
    frame = gpd.GeoDataFrame({"id": ["t"], "name": ["镇"]}, geometry=[corner], crs="EPSG:4326")
    with Store.open(store_url) as store:
        store.load({"townships": frame}, provenance())
        assert len(store.read("townships", bbox=(100.0, 30.8, 100.1, 31.0))) == 0
        assert len(store.read("townships", bbox=(100.9, 30.2, 100.95, 30.3))) == 1


def test_a_window_leaves_out_what_has_no_place(store_url: str) -> None:
    frame = households(3, village=None)
    frame.loc[1, "geometry"] = None
    with Store.open(store_url) as store:
        store.load({"households": frame}, provenance())
        assert store.read("households")["geometry"].isna().tolist() == [False, True, False]
        assert store.read("households", bbox=(-180, -90, 180, 90))["id"].tolist() == ["h00000", "h00002"]


def test_ids_are_ordered_by_code_point_on_both_back_ends(store_url: str) -> None:
    ids = ["a", "B", "é", "Z", "10", "9", "镇", "𠮷", "_", "ä"]
    frame = gpd.GeoDataFrame({"id": ids, "name": "镇"}, geometry=townships(ids).geometry, crs="EPSG:4326")
    with Store.open(store_url) as store:
        store.load({"townships": frame}, provenance())
        assert store.read("townships")["id"].tolist() == sorted(ids)
        assert store.read("townships", limit=4, offset=2)["id"].tolist() == sorted(ids)[2:6]


@pytest.mark.parametrize("window", [
    {"bbox": (101, 30, 100, 31)}, {"bbox": (100, 31, 101, 30)}, {"bbox": (float("nan"), 30, 101, 31)},
    {"bbox": (100, 30, float("inf"), 31)}, {"limit": -1}, {"offset": -1},
])
def test_a_window_that_cannot_be_meant_is_refused(store: Store, window: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        store.read("roads", **window)


def test_a_plain_table_has_no_window(store: Store) -> None:
    with pytest.raises(ParameterError, match="agreements"):
        store.read("agreements", bbox=(100, 30, 101, 31))


def test_an_empty_layer_reads_as_an_empty_frame_of_its_types(store: Store) -> None:
    for name, layer in LAYERS.items():
        empty = layer.conform(pd.DataFrame({spec.name: [] for spec in layer.fields}))
        read = store.read(name, ids=[], protected=True)
        assert read.dtypes.astype(str).to_dict() == empty.dtypes.astype(str).to_dict()
