"""Taking data out: layers in the formats that offices use, and tables of results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from app.roles import Viewer
from app.services.layers import items
from layers import registry
from layers.errors import IntakeError
from layers.intake.export import check_target, write_frame
from layers.store import Store

TABLE_SUFFIXES = (".csv", ".xlsx")


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


def check_table_target(path: Path) -> Path:
    """``path``, if a table can be written there.

    Raises
    ------
    IntakeError
        Another suffix than :data:`TABLE_SUFFIXES`, or a folder that does not exist.
    """
    if path.suffix.lower() not in TABLE_SUFFIXES:
        msg = f"不支持 {path.suffix or '无后缀'}，表格可存为 {'、'.join(TABLE_SUFFIXES)} (use one of these suffixes)"
        raise IntakeError(msg)
    if not path.parent.is_dir():
        msg = f"文件夹 {path.parent} 不存在 (the folder does not exist)"
        raise IntakeError(msg)
    return path


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table of results as CSV (UTF-8 with byte-order mark, for Excel) or as a workbook."""
    check_table_target(path)
    if path.suffix.lower() == ".csv":
        table.to_csv(path, index=False, encoding="utf-8-sig")
    else:
        table.to_excel(path, index=False, engine="xlsxwriter", freeze_panes=(1, 0))
