"""What goes into the store comes out of it, on both back ends."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layer_frames import counties, frames
from pandas.testing import assert_frame_equal

from layers.registry import LAYERS
from layers.store import Provenance, Store
from layers.store.tables import TABLES

PROVENANCE = Provenance(source="county.gpkg", sha256="0" * 64, loaded_by="tester", as_of=dt.date(2026, 11, 1))


def same(read: pd.DataFrame, frame: pd.DataFrame, name: str) -> None:
    tidy = LAYERS[name].conform(frame)
    tidy = tidy.iloc[sorted(range(len(tidy)), key=tidy["id"].tolist().__getitem__)].reset_index(drop=True)
    if LAYERS[name].spatial:
        assert_geodataframe_equal(read, tidy, check_crs=True, normalize=False, check_less_precise=False)
        assert read.geometry.to_wkb().tolist() == tidy.geometry.to_wkb().tolist()
    else:
        assert_frame_equal(read, tidy, check_exact=True)


# One store for all examples: replacing everything also tries changes and removals.
@settings(max_examples=10, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_layer_comes_back_as_conform_gives_it(store_url: str, data: st.DataObject) -> None:
    county = data.draw(counties())
    with Store.open(store_url) as store:
        report = store.load(county, PROVENANCE, replace=True)
        assert {name: done.rows_in for name, done in report.layers.items()} == {
            name: len(frame) for name, frame in county.items()
        }
        stamp = store.stamp()
        for name, frame in county.items():
            same(store.read(name, protected=True), frame, name)
        assert not store.load(county, PROVENANCE, replace=True).changed
        assert store.stamp() == stamp


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=frames(LAYERS["support_points"], {}, max_rows=12), box=st.tuples(
    st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 200), st.floats(0, 90)))
def test_a_window_holds_what_shapely_says_it_meets(
    store_url: str, frame: pd.DataFrame, box: tuple[float, float, float, float]
) -> None:
    west, south, width, height = box
    window = (west, south, west + width, south + height)
    with Store.open(store_url) as store:
        store.load({"support_points": frame}, PROVENANCE, replace=True)
        met = {key for key, shape in zip(frame["id"], frame["geometry"], strict=True)
               if shape.intersects(shapely.box(*window))}
        inside = store.read("support_points", bbox=window)
        assert inside["id"].tolist() == sorted(met)
        assert store.read("support_points", bbox=window, limit=2, offset=1)["id"].tolist() == sorted(met)[1:3]


@pytest.mark.parametrize("store_url", ["postgis"], indirect=True)
def test_shapes_are_real_geometry_for_other_programs(store_url: str) -> None:
    shape = shapely.Polygon([(103, 30), (104, 30, ), (104, 31)], [[(103.5, 30.1), (103.9, 30.1), (103.9, 30.4)]])
    with Store.open(store_url) as store:
        store.load({"townships": pd.DataFrame({"id": ["t"], "name": ["镇"], "geometry": [shape]})}, PROVENANCE)
        with store._engine.connect() as connection:
            query = sa.text("SELECT ST_SRID(geometry), ST_AsBinary(geometry), ST_XMax(geometry) = east FROM townships")
            srid, wkb, bounded = connection.execute(query).one()
            plan = connection.execute(sa.text(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'townships' AND schemaname = current_schema()"
            )).scalars().all()
    assert (srid, shapely.from_wkb(bytes(wkb)), bounded) == (4326, shape, True)
    assert any("USING gist (geometry)" in line for line in plan)


@pytest.mark.parametrize("shape", [shapely.Point(103.5, 30.5), None])
def test_the_models_take_and_give_shapes(store_url: str, shape: shapely.Geometry | None) -> None:
    table = TABLES["households"]
    values = {"id": "h", "persons": 1, "precision": "unknown", "categories": ["veteran"], "content": b"0" * 16,
              "source": 1, "updated_at": dt.datetime(2026, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))),
              "version": 1, "last_visit": dt.date(2026, 2, 3), "geometry": shape}
    with Store.open(store_url) as store, store._engine.begin() as connection:
        connection.execute(sa.insert(table).values(values))
        row = connection.execute(sa.select(table)).one()
    assert row.geometry == shape
    assert row.updated_at == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert (row.categories, row.last_visit) == (["veteran"], dt.date(2026, 2, 3))
