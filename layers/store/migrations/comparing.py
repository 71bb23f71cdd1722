"""How the tables of a store are compared with those of the program, and how the difference is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.rewriter import Rewriter
from alembic.operations import MigrateOperation, ops

from layers.store.geometry import Shape
from layers.store.migrations import VERSION_TABLE
from layers.store.types import Codes, Identifier, Moment

writer = Rewriter()


def include_object(connection: sa.Connection, *, writing: bool) -> Callable[..., bool]:
    """Which objects are compared: none of PostGIS or Alembic, and spatial indexes only where there can be any.

    Parameters
    ----------
    connection
        Connection to the store that is compared.
    writing
        A version is being written on SQLite for both back ends: new tables get their spatial index.
    """
    others = {"spatial_ref_sys", VERSION_TABLE}
    there = set(sa.inspect(connection).get_table_names())

    def include(obj: Any, name: str | None, kind: str, reflected: bool, _compare_to: object) -> bool:
        if kind == "table":
            return not (reflected and name in others)
        if kind != "index" or reflected or not _is_gist(obj):
            return True
        return connection.dialect.name == "postgresql" or (writing and obj.table.name not in there)

    return include


def render_item(kind: str, obj: object, context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names."""
    if kind == "type" and isinstance(obj, Shape | Codes | Identifier | Moment):
        context.imports.add(f"from {type(obj).__module__} import {type(obj).__name__}")
        return repr(obj)
    return False


def _is_gist(index: sa.Index) -> bool:
    return index.kwargs.get("postgresql_using") == "gist"


class _CreateGistIndex(MigrateOperation):
    """A call of ``create_gist_index`` in a version that is being written."""

    def __init__(self, name: str, table: str) -> None:
        self.name = name
        self.table = table


@writer.rewrites(ops.CreateIndexOp)
def _as_gist(_context: object, _revision: object, operation: ops.CreateIndexOp) -> MigrateOperation:
    if operation.kw.get("postgresql_using") != "gist":
        return operation
    return _CreateGistIndex(str(operation.index_name), operation.table_name)


@renderers.dispatch_for(_CreateGistIndex)
def _render(context: AutogenContext, operation: _CreateGistIndex) -> str:
    context.imports.add("from layers.store.migrations.operations import create_gist_index")
    return f"create_gist_index({operation.name!r}, {operation.table!r})"
