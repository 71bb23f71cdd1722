"""Taking data out: layers in the formats that offices use, and tables of results."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from app.roles import Viewer
from app.services.answers.about import About
from app.services.answers.tables import Table
from app.services.answers.workbook import answer_workbook
from app.services.layers import items
from layers import registry
from layers.intake.workbooks.export import add_to_geopackage, check_target, whole_or_not, write_frame
from layers.schema import Field, Kind, Label, Layer, Vocabulary
from layers.store import Store
from layers.vocabulary import identifier

REACH_STATUS = Vocabulary(
    "reach_status",
    {
        "reached": Label("可达", "Reached"),
        "not_reached": Label("到不了", "Not reached"),
        "unreachable": Label("无路可达", "No way there"),
        "off_network": Label("离路网太远", "Off the network"),
        "imprecise": Label("定位不准", "Imprecise"),
    },
)
HOUSEHOLD_TIMES = Layer(
    name="household_times",
    label=Label("各户到站时间", "Time of every household"),
    sensitive=True,
    fields=(
        identifier(),
        Field(name="minutes", label=Label("分钟", "Minutes"), kind=Kind.NUMBER, minimum=0),
        Field(name="station", label=Label("最近设施", "Nearest facility")),
        Field(name="status", label=Label("结果", "Status"), kind=Kind.CHOICE, required=True, vocabulary=REACH_STATUS),
    ),
)


def export_layer(viewer: Viewer, store: Store, name: str, path: Path) -> int:
    """Write one layer to ``path`` in the format of its suffix; returns the number of rows.

    Protected fields are never written.

    Raises
    ------
    UnknownLayerError, NotPermittedError
        As :func:`app.services.layers.items`.
    """
    layer = registry.get(name)
    check_target(path)
    frame = items(viewer, store, name)
    write_frame(frame, layer, path)
    return len(frame)


def layer_as_bytes(viewer: Viewer, store: Store, name: str, suffix: str) -> bytes:
    """One layer as :func:`export_layer` writes it, as a download."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}{suffix}"
        export_layer(viewer, store, name, path)
        return path.read_bytes()


def export_household_times(times: pd.DataFrame, path: Path) -> None:
    """Write the rows of :func:`app.services.coverage.service.household_times`, readable for their owner only.

    Raises
    ------
    IntakeError
        When it cannot be written there.
    """
    write_frame(times, HOUSEHOLD_TIMES, path)


def export_tables(tables: Sequence[Table], path: Path, about: About) -> tuple[Table, ...]:
    """Write an answer to ``path``, in the format of its suffix; returns the tables that it holds.

    ``.xlsx`` gets a sheet for each table and one for the rule, ``.gpkg`` a layer for each table;
    ``.geojson`` and ``.fgb`` hold the first table with geometry, ``.csv`` the first of all.

    Raises
    ------
    IntakeError
        When it cannot be written there.
    """
    with whole_or_not(path, private=any(table.layer.sensitive for table in tables)) as written:
        written.write_bytes(tables_as_bytes(tables, written.suffix, about))
    return _held(tables, path.suffix.lower())


def tables_as_bytes(tables: Sequence[Table], suffix: str, about: About, *, chinese: bool = True) -> bytes:
    """An answer in one of the formats of :func:`export_tables`, as a download."""
    held = _held(tables, suffix)
    if suffix == ".xlsx":
        return answer_workbook(held, about, chinese=chinese)
    if suffix == ".geojson":
        collection = {**held[0].geojson(), "about": about.to_dict()}
        return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answer{suffix}"
        if suffix == ".gpkg":
            for table in held:
                add_to_geopackage(table.frame, table.layer, path)
        else:
            write_frame(held[0].frame, held[0].layer, path)
        return path.read_bytes()


def _held(tables: Sequence[Table], suffix: str) -> tuple[Table, ...]:
    """The tables that a file of this format holds."""
    if suffix in {".xlsx", ".gpkg"}:
        return tuple(tables)
    if suffix in {".geojson", ".fgb"}:
        return (next((table for table in tables if table.layer.spatial), tables[0]),)
    return (tables[0],)
