"""Many rows at once into one table: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows, or replace those whose ``id`` is there already and count their version up.

    Parameters
    ----------
    connection
        Connection in a transaction.
    table
        Table of a layer.
    columns
        Column name to values, as ``codecs.encode`` gives them, with those of the row's history.
    """
    names = list(columns)
    rows = list(zip(*columns.values(), strict=True))
    if connection.dialect.name == "postgresql":
        _copy(connection, table, names, rows)
        return
    statement = sqlite.insert(table)
    compiled = statement.on_conflict_do_update(
        index_elements=["id"], set_=_replacement(table, statement.excluded, names)
    ).compile(dialect=connection.dialect, column_keys=names)
    order = [names.index(name) for name in compiled.positiontup or ()]
    connection.exec_driver_sql(str(compiled), [tuple(row[k] for k in order) for row in rows])


def _copy(connection: sa.Connection, table: sa.Table, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    staging = sa.table("rongtu_staging", *(sa.column(name) for name in names))
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE rongtu_staging ON COMMIT DROP AS TABLE {_quoted(connection, table)} WITH NO DATA"
    )
    driver: Any = connection.connection.driver_connection
    listed = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    shape = names.index("geometry") if "geometry" in names else None
    with driver.cursor() as cursor, cursor.copy(f"COPY rongtu_staging ({listed}) FROM STDIN") as copy:
        for row in rows:
            # PostGIS reads EWKB as hexadecimal text; the driver would send bytes as bytea.
            copy.write_row(row if shape is None or row[shape] is None else _hexed(row, shape))
    statement = postgresql.insert(table).from_select(names, sa.select(staging))
    connection.execute(statement.on_conflict_do_update(
        index_elements=["id"], set_=_replacement(table, statement.excluded, names)
    ))
    connection.exec_driver_sql("DROP TABLE rongtu_staging")


def _hexed(row: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return (*row[:at], row[at].hex(), *row[at + 1:])


def _quoted(connection: sa.Connection, table: sa.Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)


def _replacement(table: sa.Table, excluded: Any, names: list[str]) -> dict[str, Any]:
    kept = {name: excluded[name] for name in names if name not in ("id", "version")}
    return kept | {"version": table.c.version + sa.literal_column("1")}
