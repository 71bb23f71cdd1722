"""Shapes in the two back ends: ``geometry`` in PostGIS, EWKB bytes in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

SRID = 4326


def to_ewkb(shapes: Any) -> Any:
    """EWKB of one flat shape or of an array of them, marked as WGS 84; missing stays missing."""
    return shapely.to_wkb(shapely.set_srid(shapes, SRID), include_srid=True)


class _PostgisShape(Geometry):
    """PostGIS geometry that goes in as hexadecimal EWKB and comes out as EWKB, without wrapper elements."""

    cache_ok = True

    @override
    def bind_processor(self, dialect: sa.Dialect) -> None:
        return None

    @override
    def result_processor(self, dialect: sa.Dialect, coltype: object) -> None:
        return None


class Shape(TypeDecorator[shapely.Geometry]):
    """A shape in WGS 84: shapely in Python, ``geometry`` in PostGIS, EWKB bytes in SQLite."""

    impl = _PostgisShape
    cache_ok = True

    def __init__(self, geometry_type: str = "GEOMETRY") -> None:
        super().__init__(geometry_type=geometry_type, srid=SRID, spatial_index=False)
        self.geometry_type = geometry_type

    @override
    def load_dialect_impl(self, dialect: sa.Dialect | None) -> TypeEngine[Any]:
        # GeoAlchemy2 asks without a dialect when it looks for spatial columns.
        if dialect is not None and dialect.name == "sqlite":
            return dialect.type_descriptor(sa.LargeBinary())
        return self.impl_instance

    @override
    def process_bind_param(self, value: shapely.Geometry | None, dialect: sa.Dialect) -> bytes | str | None:
        if value is None:
            return None
        ewkb = bytes(to_ewkb(shapely.force_2d(value)))
        return ewkb if dialect.name == "sqlite" else ewkb.hex()

    @override
    def process_result_value(self, value: Any, dialect: sa.Dialect) -> shapely.Geometry | None:
        return None if value is None else shapely.from_wkb(bytes(value))

    def __repr__(self) -> str:
        return f"Shape({self.geometry_type!r})"


def from_ewkb(values: Sequence[bytes | None]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Shapes of EWKB."""
    return np.asarray(shapely.from_wkb(np.array(values, dtype=object)), dtype=object)
