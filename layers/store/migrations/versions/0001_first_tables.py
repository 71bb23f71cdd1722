"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from layers.store.geometry import Shape
from layers.store.migrations.operations import create_gist_index
from layers.store.types import Codes, Identifier, Moment

revision = "0001"
down_revision = None

Column = sa.Column[Any]


def _text(name: str) -> Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _text0(*names: str) -> list[Column]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def _day(name: str) -> Column:
    return sa.Column(name, sa.Date(), nullable=False)


def _day0(*names: str) -> list[Column]:
    return [sa.Column(name, sa.Date(), nullable=True) for name in names]


def _count0(*names: str) -> list[Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]


def _number0(*names: str) -> list[Column]:
    return [sa.Column(name, sa.Double(), nullable=True) for name in names]


def _flag0(*names: str) -> list[Column]:
    return [sa.Column(name, sa.Boolean(), nullable=True) for name in names]


def _codes0(*names: str) -> list[Column]:
    return [sa.Column(name, Codes(), nullable=True) for name in names]


def _layer(name: str, *fields: Column | list[Column], shape: str | None = None, located: bool = True) -> None:
    """Make the table of one layer: its fields, each row's history, and its shape with the bounding box."""
    columns = [column for item in fields for column in (item if isinstance(item, list) else [item])]
    columns += [
        sa.Column("content", sa.LargeBinary(16), nullable=False),
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]
    bounds = ["west", "south", "east", "north"]
    if shape is not None:
        columns.append(sa.Column("geometry", Shape(shape), nullable=not located))
        columns += [sa.Column(side, sa.Double(), nullable=not located) for side in bounds]
    identifier: Column = sa.Column("id", Identifier(), nullable=False)
    op.create_table(name, identifier, *columns, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    if shape is not None:
        op.create_index(op.f(f"ix_{name}_west_south_east_north"), name, bounds)
        create_gist_index(f"ix_{name}_geometry", name)


def _map_layers() -> None:
    _layer("townships", _text0("code"), _text("name"), _text0("kind"), _day0("valid_from", "valid_to"),
           _text0("boundary_source"), _day0("boundary_date"), shape="GEOMETRY")
    _layer("villages", _text0("code"), _text("name"), _text0("kind", "township"), _day0("valid_from", "valid_to"),
           shape="GEOMETRY")
    _layer("stations", _text("name"), _text("level"), _text("status"), _text0("parent", "unit", "address", "phone"),
           _count0("staff"), _day0("opened", "closed"), _text("precision"), shape="POINT")
    _layer("support_points", _text("name"), _text("kind"), _text0("business", "offer"),
           _day0("agreement_from", "agreement_to"), _text0("address"), _text("precision"), shape="GEOMETRY")
    _layer("memorials", _text("name"), _text("type"), _text("level"), _text0("village"), _count0("built"),
           _text0("material", "size"), _count0("martyrs"), _text0("protecting_unit", "condition"),
           _count0("structure_score", "inscription_score", "surroundings_score"), _codes0("causes", "completeness"),
           _text0("filing_no", "title_no", "opening_hours"), _text("precision"), shape="POINT")
    _layer("memorial_ranges", _text("memorial"), _text("zone"), _number0("stated_area_mu"), _text0("basis"),
           shape="GEOMETRY")
    _layer("households", _text0("village", "group_name"), _codes0("categories"),
           sa.Column("persons", sa.BigInteger(), nullable=False), _count0("eldest_birth_year"),
           _flag0("lives_alone"), _text0("difficulty"), _flag0("plaque_hung"), _text0("adaptation"),
           _number0("adaptation_yuan"), _text0("pairing"), _day0("last_contact", "last_visit"),
           _text0("contact_name", "phone", "identity_no"), _text("precision"), shape="POINT", located=False)
    _layer("roads", _text0("name"), _text("class"), _text0("oneway"), _number0("speed_kph"),
           _text0("surface", "access"), _flag0("open"), shape="LINESTRING")


def _tables() -> None:
    _layer("station_grades", _text("station"), _text("scheme"), _text("grade"), _text0("awarded_by"),
           _day("awarded"), _day0("valid_to"))
    _layer("station_checks", _text("station"), _day("date"), _text("kind"),
           sa.Column("passed", sa.Boolean(), nullable=False), _text0("findings"))
    _layer("agreements", _text("memorial"), _text("party"), _day("valid_from"), _day0("valid_to"))
    _layer("inspections", _text("memorial"), _day("date"), _text("condition"),
           _count0("structure_score", "inscription_score", "surroundings_score"), _text0("note"))
    _layer("defects", _text("memorial"), _text0("inspection"), _text("cause"), _text("priority"), _day("found"),
           _day0("resolved"), _text0("note"))
    _layer("works", _text("memorial"), _text("kind"), _text("state"), _text0("approval_no"),
           _number0("budget_yuan", "spent_yuan"), _day("reported"), _day0("finished"), _text0("note"))
    _layer("visits", _text("household"), _day("date"), _text("kind"), _text0("campaign"), _text("outcome"))
    _layer("claims", _text("indicator"), sa.Column("value", sa.Double(), nullable=False), _text0("unit"),
           _day("as_of"), _text("statement"), _text0("stated_in"))


def _ledger() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "loads",
        sa.Column("id", key, nullable=False),
        *map(_text, ("source", "sha256", "loaded_by")),
        sa.Column("loaded_at", Moment(), nullable=False),
        _day("as_of"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loads")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "load_layers",
        sa.Column("load", key, nullable=False),
        _text("layer"),
        *(sa.Column(count, sa.BigInteger(), nullable=False) for count in ("rows_in", "stored", "unchanged", "removed")),
        sa.ForeignKeyConstraint(["load"], ["loads.id"], name=op.f("fk_load_layers_load")),
        sa.PrimaryKeyConstraint("load", "layer", name=op.f("pk_load_layers")),
    )
    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        *map(_text, ("name_zh", "name_en")),
        sa.Column("fictional", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
    )


def upgrade() -> None:
    """Make every table."""
    _map_layers()
    _tables()
    _ledger()
