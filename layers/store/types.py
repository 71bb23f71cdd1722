"""Column types that the two back ends hold differently: ids, lists of codes, moments."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override


class Identifier(TypeDecorator[str]):
    """An id, sorted by code point on both back ends (PostgreSQL would follow the database's locale)."""

    impl = sa.Text
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text())

    def __repr__(self) -> str:
        return "Identifier()"


class Codes(TypeDecorator[list[str]]):
    """A list of codes, as JSON."""

    impl = sa.JSON
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else sa.JSON())

    def __repr__(self) -> str:
        return "Codes()"


class Moment(TypeDecorator[dt.datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        return None if value is None else value.astimezone(dt.UTC)

    @override
    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)

    def __repr__(self) -> str:
        return "Moment()"
