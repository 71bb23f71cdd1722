"""Many rows at once into one table: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: sa.Connection, table: sa.Table, columns: dict[str, list[Any]]) -> None:
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
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns)
        return
    names = list(columns)
    statement = sqlite.insert(table)
    compiled = statement.on_conflict_do_update(
        index_elements=["id"], set_=_replacement(table, statement.excluded, names)
    ).compile(dialect=connection.dialect, column_keys=names)
    rows = zip(*(columns[name] for name in compiled.positiontup or ()), strict=True)
    connection.exec_driver_sql(str(compiled), list(rows))


def _copy(connection: sa.Connection, table: sa.Table, columns: dict[str, list[Any]]) -> None:
    names = list(columns)
    staging = sa.table("rongtu_staging", *(sa.column(name) for name in names))
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE rongtu_staging ON COMMIT DROP AS TABLE {_quoted(connection, table)} WITH NO DATA"
    )
    driver: Any = connection.connection.driver_connection
    listed = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    # PostGIS reads EWKB as hexadecimal text; the driver would send bytes as bytea.
    hexed = {"geometry": [shape and shape.hex() for shape in columns["geometry"]]} if "geometry" in columns else {}
    with driver.cursor() as cursor, cursor.copy(f"COPY rongtu_staging ({listed}) FROM STDIN") as copy:
        for row in zip(*(columns | hexed).values(), strict=True):
            copy.write_row(row)
    statement = postgresql.insert(table).from_select(names, sa.select(staging))
    connection.execute(statement.on_conflict_do_update(
        index_elements=["id"], set_=_replacement(table, statement.excluded, names)
    ))
    connection.exec_driver_sql("DROP TABLE rongtu_staging")


def _quoted(connection: sa.Connection, table: sa.Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)


def _replacement(table: sa.Table, excluded: Any, names: list[str]) -> dict[str, Any]:
    kept = {name: excluded[name] for name in names if name not in ("id", "version")}
    return kept | {"version": table.c.version + sa.literal_column("1")}
