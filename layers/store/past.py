"""Versions of rows that are no longer the present ones: kept aside, and put together as they once stood."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from layers.store.records import LoadKind
from layers.store.tables import LOADS, past_of

Loads = sa.Select[int]


def counting(*, day: dt.date | None = None, before: int | None = None) -> Loads:
    """Ids of the loads that count: not undone, no undoing; of ``day`` and earlier, or entered ``before`` another."""
    query = sa.select(LOADS.c.id).where(LOADS.c.undone_by.is_(None), LOADS.c.kind != LoadKind.UNDO.value)
    if day is not None:
        query = query.where(LOADS.c.as_of <= day)
    if before is not None:
        query = query.where(LOADS.c.id < before)
    return query


def among(connection: sa.Connection, column: sa.ColumnElement[str], ids: Collection[str]) -> sa.ColumnElement[bool]:
    """That ``column`` is one of ``ids``, however many there are: they go to the database as one value."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.cast(list(ids), ARRAY(sa.Text())))
    listed = sa.func.json_each(json.dumps(list(ids))).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def keep(connection: sa.Connection, table: sa.Table, ids: Collection[str], *, ended_by: int, removed: bool) -> None:
    """Copy the present versions of ``ids`` to those of the past, as ended by a load."""
    if not ids:
        return
    present = sa.select(
        *_bare(table), sa.literal(ended_by, sa.BigInteger()), sa.literal(removed, sa.Boolean())
    ).where(among(connection, table.c.id, ids))
    names = [*table.c.keys(), "ended_by", "removed"]
    connection.execute(sa.insert(past_of(table)).from_select(names, present))


def last_versions(connection: sa.Connection, table: sa.Table, ids: Collection[str]) -> dict[str, int]:
    """The number of the last past version of those of ``ids`` that have one."""
    past = past_of(table)
    if not ids or connection.execute(sa.select(past.c.version).limit(1)).first() is None:
        return {}
    query = sa.select(past.c.id, sa.func.max(past.c.version)).where(among(connection, past.c.id, ids))
    return {row[0]: row[1] for row in connection.execute(query.group_by(past.c.id))}


def newer(connection: sa.Connection, table: sa.Table, day: dt.date) -> set[str]:
    """Ids of the rows that are known only from a load of a later day than ``day``."""
    loads = list(connection.execute(sa.select(LOADS.c.id).where(LOADS.c.as_of > day)).scalars())
    return set(connection.execute(sa.select(table.c.id).where(table.c.source.in_(loads))).scalars()) if loads else set()


def every_version(table: sa.Table) -> sa.Subquery:
    """Present and past versions of all rows, with the columns of ``table``."""
    past = past_of(table)
    return sa.union_all(sa.select(*table.c), sa.select(*(past.c[column.key] for column in table.c))).subquery()


def as_it_stood(table: sa.Table, loads: Loads) -> sa.Subquery:
    """Rows as they would be if only ``loads`` had been: with the columns of ``table``.

    Of every row it is the version that the last of them brought, unless a later one of them removed it.
    """
    past = past_of(table)
    versions = every_version(table)
    order = sa.func.row_number().over(
        partition_by=versions.c.id, order_by=[versions.c.source.desc(), versions.c.version.desc()]
    )
    ranked = (
        sa.select(versions.c.id, versions.c.version, versions.c.source, order.label("rank"))
        .where(versions.c.source.in_(loads))
        .subquery()
    )
    gone = (
        sa.select(past.c.id, sa.func.max(past.c.ended_by).label("load"))
        .where(past.c.removed, past.c.ended_by.in_(loads))
        .group_by(past.c.id)
        .subquery()
    )
    standing = (
        sa.select(ranked.c.id, ranked.c.version)
        .select_from(ranked.outerjoin(gone, gone.c.id == ranked.c.id))
        .where(ranked.c.rank == 1, sa.or_(gone.c.load.is_(None), gone.c.load < ranked.c.source))
        .subquery()
    )
    both = sa.and_(standing.c.id == versions.c.id, standing.c.version == versions.c.version)
    return sa.select(*versions.c).select_from(versions.join(standing, both)).subquery()


def _bare(table: sa.FromClause) -> list[sa.ColumnElement[object]]:
    """Columns as they lie in the database, not as they would be handed out."""
    return [sa.type_coerce(column, sa.types.NullType()) for column in table.c]
