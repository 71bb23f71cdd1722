"""People as of another load: the store's own of an earlier day, or from an exported file or another store."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from app.roles import NotPermittedError, Viewer
from app.services.county.homes import HOME_COLUMNS, Homes, homes, placed
from app.services.county.state import StoreState
from app.services.scenarios.definition import People, ScenarioError
from layers.errors import InvalidDataError
from layers.intake.formats.delimited import GUARD
from layers.intake.workbooks.export import LIST_SEPARATOR, SUFFIXES
from layers.registry import LAYERS
from layers.schema import WGS84, Kind
from layers.store import LoadKind, Store

_LAYER = LAYERS["households"]
_UNREADABLE = (
    OSError, DataSourceError, DataLayerError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError
)  # fmt: skip


def other_people(viewer: Viewer, state: StoreState, people: People | None) -> Homes | None:
    """The households that a scenario has instead of the present ones; None when it has none of its own.

    Raises
    ------
    NotPermittedError
        When the viewer may only see counts: two lists of households side by side tell of single ones.
    ScenarioError
        When there is no such file, it cannot be read, or there are no households.
    StoreError, StoreVersionError
        When there is no such store, or another version of the program wrote it: it is left as it is.
    InvalidDataError
        When the households break the rules of their layer.
    """
    if people is None:
        return None
    if not viewer.points:
        msg = (
            "换用另一份家庭数据须有查看单户的权限；请在命令行运行，或不带 people "
            "(other households are for viewers who may see single ones; use the command line, or leave people out)"
        )
        raise NotPermittedError(msg)
    if people.as_of is not None:
        frame = state.store.at(people.as_of).read("households", columns=HOME_COLUMNS)
    else:
        frame = _from_file(Path(people.file)) if people.file is not None else _from_store(str(people.store))
    if frame.empty:
        msg = f"people 中没有家庭：{people.label.zh} (there are no households in {people.label.en})"
        raise ScenarioError(msg)
    tidy, report = _LAYER.examine(frame)
    if not report.ok:
        raise InvalidDataError(report)
    return placed(state, homes(state).areas, tidy.sort_values("id", kind="stable")[HOME_COLUMNS].reset_index(drop=True))


def people_days(viewer: Viewer, store: Store) -> tuple[dt.date, ...]:
    """Earlier days whose households the store still has, the latest first; none for who may only see counts."""
    if not viewer.points:
        return ()
    loads = [load for load in store.loads() if load.undone_by is None and load.kind is not LoadKind.UNDO]
    return tuple(sorted({load.as_of for load in loads if _LAYER.name in load.layers}, reverse=True))[1:]


def _from_store(address: str) -> gpd.GeoDataFrame:
    with Store.open(address, upgrade=False) as other:
        return other.read("households", columns=HOME_COLUMNS)


def _from_file(path: Path) -> gpd.GeoDataFrame:
    if path.suffix.lower() not in SUFFIXES:
        msg = f"不支持的格式“{path.name}”，可用：{'、'.join(SUFFIXES)} (no such format; export the households again)"
        raise ScenarioError(msg)
    try:
        if not path.is_file():
            msg = f"没有文件 {path}，请检查方案中的 people.file (there is no such file; check people.file)"
            raise ScenarioError(msg)
        table = _read_csv(path) if path.suffix.lower() == ".csv" else _read_ogr(path)
    except _UNREADABLE as error:
        msg = f"无法读取 {path}，请用 rongtu export households 重新导出 (cannot be read; export the households again)"
        raise ScenarioError(msg) from error
    if "geometry" not in table:
        if not {"lon", "lat"} <= set(table.columns):
            msg = f"{path} 没有 lon、lat 列，不是导出的家庭文件 (no columns lon and lat; not an exported file)"
            raise ScenarioError(msg)
        lon, lat = (pd.to_numeric(table[name], errors="coerce") for name in ("lon", "lat"))
        known = lon.notna() & lat.notna()
        shapes = gpd.GeoSeries(shapely.points(lon, lat), index=table.index, crs=WGS84).where(known, None)
        table = gpd.GeoDataFrame(table, geometry=shapes)
    if "categories" in table:
        table["categories"] = [_codes(text) for text in table["categories"]]
    return table


def _read_csv(path: Path) -> pd.DataFrame:
    read = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    table: pd.DataFrame = read.apply(lambda column: column.str.removeprefix(GUARD))
    flags = [spec.name for spec in _LAYER.fields if spec.kind is Kind.BOOLEAN and spec.name in table]
    return table.assign(**{name: table[name].str.lower().map({"true": True, "false": False}) for name in flags})


def _read_ogr(path: Path) -> pd.DataFrame:
    # A workbook's second sheet says what the columns mean; the others have one layer only.
    layers: list[Any] = pyogrio.list_layers(path)[:, 0].tolist()
    if not layers:
        raise DataLayerError(path.name)
    name = _LAYER.name if _LAYER.name in layers else layers[0]
    table: pd.DataFrame = pyogrio.read_dataframe(path, layer=name)
    return table


def _codes(text: object) -> list[str]:
    return [] if not isinstance(text, str) else text.split(LIST_SEPARATOR)
