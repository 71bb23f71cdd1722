"""The tables of a store, one for each layer, made from the layer's own description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from layers.registry import LAYERS
from layers.schema import Field, Kind, Layer
from layers.store.geometry import Shape
from layers.store.types import Codes, Identifier, Moment

METADATA = sa.MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s",
                       "fk": "fk_%(table_name)s_%(column_0_N_name)s"},
)

BOUNDS = ("west", "south", "east", "north")
"""Degrees of a row's bounding box; windows are read by these columns on both back ends."""

HISTORY = ("source", "updated_at", "version")
"""Which load a row came from (load id), when it last changed, and how often it was stored."""

_TYPES: Mapping[Kind, TypeEngine[Any]] = {
    Kind.TEXT: sa.Text(),
    Kind.CHOICE: sa.Text(),
    Kind.INTEGER: sa.BigInteger(),
    Kind.NUMBER: sa.Double(),
    Kind.BOOLEAN: sa.Boolean(),
    Kind.DATE: sa.Date(),
    Kind.CHOICES: Codes(),
}


def _column(spec: Field) -> sa.Column[Any]:
    if spec.name == "id":
        return sa.Column("id", Identifier(), nullable=False)
    if spec.protected:
        if spec.kind is not Kind.TEXT or spec.required:
            msg = f"{spec.name}: only optional text can be protected"
            raise TypeError(msg)
        return sa.Column(spec.name, sa.LargeBinary())
    return sa.Column(spec.name, _TYPES[spec.kind], nullable=not spec.required)


def hash_column(spec: Field) -> str:
    """Name of the column with the keyed hash of a matched field."""
    return f"{spec.name}_hash"


def layer_table(layer: Layer, metadata: sa.MetaData) -> sa.Table:
    """The table that holds ``layer``: its fields, its shape and bounding box, and each row's history.

    With it goes the table of the versions that were replaced or removed; see :func:`past_of`.
    """
    table = sa.Table(layer.name, metadata, *_columns(layer), sa.PrimaryKeyConstraint("id"))
    for spec in layer.fields:
        if spec.matched:
            sa.Index(None, table.c[hash_column(spec)])
    if layer.spatial:
        sa.Index(None, *(table.c[side] for side in BOUNDS))
        # For other programs that read the same database; our own windows use the columns above.
        sa.Index(None, table.c.geometry, postgresql_using="gist").ddl_if(dialect="postgresql")
    sa.Table(
        _past_name(layer.name),
        metadata,
        *_columns(layer),
        sa.Column("ended_by", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    return table


def past_of(table: sa.Table) -> sa.Table:
    """The table of a layer's earlier versions, each with the load that ended it and whether it left nothing."""
    return table.metadata.tables[_past_name(table.name)]


def _past_name(name: str) -> str:
    return f"{name}_history"


def _columns(layer: Layer) -> Iterator[sa.Column[Any]]:
    yield from map(_column, layer.fields)
    for spec in layer.fields:
        if spec.matched:
            yield sa.Column(hash_column(spec), sa.LargeBinary(16))
    yield sa.Column("content", sa.LargeBinary(16), nullable=False)
    yield sa.Column("source", sa.BigInteger(), nullable=False)
    yield sa.Column("updated_at", Moment(), nullable=False)
    yield sa.Column("version", sa.Integer(), nullable=False)
    if layer.spatial:
        kind = layer.geometry[0].upper() if len(layer.geometry) == 1 else "GEOMETRY"
        yield sa.Column("geometry", Shape(kind), nullable=not layer.geometry_required)
        for side in BOUNDS:
            yield sa.Column(side, sa.Double(), nullable=not layer.geometry_required)


TABLES: Mapping[str, sa.Table] = MappingProxyType(
    {name: layer_table(layer, METADATA) for name, layer in LAYERS.items()}
)

LOADS = sa.Table(
    "loads",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("source", sa.Text(), nullable=False),
    sa.Column("sha256", sa.Text(), nullable=False),
    sa.Column("loaded_by", sa.Text(), nullable=False),
    sa.Column("loaded_at", Moment(), nullable=False),
    sa.Column("as_of", sa.Date(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False, server_default="file"),
    sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    sa.Column("undone_by", sa.BigInteger()),
    sqlite_autoincrement=True,
)

LOAD_LAYERS = sa.Table(
    "load_layers",
    METADATA,
    sa.Column("load", sa.ForeignKey(LOADS.c.id), primary_key=True),
    sa.Column("layer", sa.Text(), primary_key=True),
    sa.Column("rows_in", sa.BigInteger(), nullable=False),
    sa.Column("stored", sa.BigInteger(), nullable=False),
    sa.Column("unchanged", sa.BigInteger(), nullable=False),
    sa.Column("removed", sa.BigInteger(), nullable=False),
    sa.Column("rejected", sa.BigInteger(), nullable=False, server_default="0"),
)

REGION = sa.Table(
    "region",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("name_zh", sa.Text(), nullable=False),
    sa.Column("name_en", sa.Text(), nullable=False),
    sa.Column("fictional", sa.Boolean(), nullable=False),
)

PROTECTION = sa.Table(
    "protection",
    METADATA,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("fingerprint", sa.Text(), nullable=False),
)
"""Fingerprint of the key that personal data is sealed with; no row before there was any."""

MAPPINGS = sa.Table(
    "mappings",
    METADATA,
    sa.Column("layer", sa.Text(), primary_key=True),
    sa.Column("signature", sa.Text(), primary_key=True),
    sa.Column("targets", sa.Text(), nullable=False),
    sa.Column("saved_by", sa.Text(), nullable=False),
    sa.Column("saved_at", Moment(), nullable=False),
)

SCENARIOS = sa.Table(
    "scenarios",
    METADATA,
    sa.Column("name", Identifier(), primary_key=True),
    sa.Column("definition", sa.Text(), nullable=False),
    sa.Column("saved_by", sa.Text(), nullable=False),
    sa.Column("saved_at", Moment(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
)
"""What-if scenarios by name; no layer, because saving one changes nothing that is counted."""
