"""Layers written to every format and read back by other readers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely

from layers.errors import IntakeError
from layers.intake.formats.delimited import GUARD
from layers.intake.workbooks.export import SUFFIXES, check_target, write_frame
from layers.intake.workbooks.layer_sheets import DICTIONARY
from layers.registry import LAYERS
from layers.schema import WGS84, Field, Kind, Layer

TRICKY = ["001200", '=HYPERLINK("http://x","y")', "+86 0571", "-1+2", "@x", "退役,军人\n“站”", "1e5", "TRUE", None]
SHAPES = {
    "Point": shapely.Point(104.123456789, 30.987654321),
    "LineString": shapely.LineString([(104, 30), (104.000000123, 30.1), (104.2, 30.2)]),
    "MultiLineString": shapely.MultiLineString([[(104, 30), (104.1, 30.1)], [(105, 30), (105, 31)]]),
    "Polygon": shapely.Polygon([(104, 30), (105, 30), (105, 31)], [[(104.5, 30.2), (104.8, 30.2), (104.8, 30.5)]]),
    "MultiPolygon": shapely.MultiPolygon([shapely.box(104, 30, 104.5, 30.5), shapely.box(105, 31, 106, 32)]),
}


def _value(spec: Field, k: int) -> object:  # noqa: PLR0911 - one for each kind of field
    if spec.name == "id":
        return f"{k:012d}"
    if k == 3 and not spec.required:
        return None
    if spec.kind is Kind.CHOICE:
        return list(spec.vocabulary)[k % len(spec.vocabulary.terms)]
    if spec.kind is Kind.CHOICES:
        return tuple(list(spec.vocabulary)[: k % 3])
    if spec.kind is Kind.INTEGER:
        return 1900 + k
    if spec.kind is Kind.NUMBER:
        return 0.1 + k
    if spec.kind is Kind.BOOLEAN:
        return k % 2 == 0
    if spec.kind is Kind.DATE:
        return dt.date(1875 if k == 0 else 2026, 2, 1 + k)
    return TRICKY[k % len(TRICKY)]


def sample(layer: Layer, n: int = 9) -> pd.DataFrame:
    table = pd.DataFrame({spec.name: pd.Series([_value(spec, k) for k in range(n)], dtype=object)
                          for spec in layer.fields})
    if layer.spatial:
        shapes = [SHAPES[layer.geometry[k % len(layer.geometry)]] for k in range(n)]
        if not layer.geometry_required:
            shapes[4] = None
        table = gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84)
    return layer.conform(table)


def read_back(path: Path, layer: Layer) -> pd.DataFrame:
    """The file as a reader that knows nothing of the writer sees it, with the layer's types."""
    if path.suffix in (".csv", ".xlsx"):
        table = _read_sheet(path)
    else:
        table = pyogrio.read_dataframe(path)
    for spec in layer.fields:
        if spec.kind is Kind.CHOICES and spec.name in table:
            table[spec.name] = [tuple(v.split(";")) if isinstance(v, str) and v else () for v in table[spec.name]]
        if spec.kind is Kind.BOOLEAN and spec.name in table:
            table[spec.name] = table[spec.name].astype(object).replace({"True": True, "False": False})
    back = layer.conform(table)
    return back.sort_values("id", ignore_index=True)


def _parts(shape: shapely.Geometry) -> np.ndarray:
    """Single shapes in a fixed order: GeoPackage and FlatGeobuf make every polygon of a layer a MultiPolygon."""
    return shapely.get_parts(shapely.normalize(shape))


def _read_sheet(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = pd.read_csv(file, dtype=str, keep_default_na=False).replace({"": None})
        for name in table:
            table[name] = table[name].str.replace(f"^{GUARD}(?=[=+@\t\r-])", "", regex=True)
    else:
        rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
        header = next(rows)
        table = pd.DataFrame(rows, columns=header, dtype=object)
    if "lon" in table:
        lon, lat = (pd.to_numeric(table[c]).to_numpy(dtype=float) for c in ("lon", "lat"))
        shapes = np.where(np.isnan(lon), None, shapely.points(lon, lat))
        return gpd.GeoDataFrame(table, geometry=shapes, crs=WGS84)
    if "wkt" in table:
        parts = [c for c in table if c.startswith("wkt")]
        texts = ["".join(part for part in row if isinstance(part, str)) for row in table[parts].to_numpy()]
        return gpd.GeoDataFrame(table, geometry=[shapely.from_wkt(t) if t else None for t in texts], crs=WGS84)
    return table


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", LAYERS)
def test_round_trip(name: str, suffix: str, tmp_path: Path) -> None:
    layer = LAYERS[name]
    frame = sample(layer)
    write_frame(frame, layer, tmp_path / f"图层{suffix}")
    back = read_back(tmp_path / f"图层{suffix}", layer)
    pd.testing.assert_frame_equal(
        pd.DataFrame(back).drop(columns="geometry", errors="ignore"),
        pd.DataFrame(frame).drop(columns="geometry", errors="ignore"),
    )
    if layer.spatial:
        old, new = frame.geometry.to_numpy(), back.geometry.to_numpy()
        assert [s is None for s in new] == [s is None for s in old]
        for a, b in zip(old, new, strict=True):
            assert a is None or shapely.equals_exact(*map(_parts, (a, b)), 1e-9).all()
    assert [p.name for p in tmp_path.iterdir()] == [f"图层{suffix}"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", ["households", "roads", "claims"])
def test_empty_layer(name: str, suffix: str, tmp_path: Path) -> None:
    layer = LAYERS[name]
    path = tmp_path / f"empty{suffix}"
    write_frame(sample(layer, 5).iloc[:0], layer, path)
    assert len(read_back(path, layer)) == 0


def test_codes_stay_text_and_formulas_are_not_run(tmp_path: Path) -> None:
    layer = LAYERS["stations"]
    write_frame(sample(layer), layer, tmp_path / "s.xlsx")
    write_frame(sample(layer), layer, tmp_path / "s.csv")
    cells = {c.value: c.data_type for row in openpyxl.load_workbook(tmp_path / "s.xlsx").worksheets[0] for c in row}
    assert cells["000000000000"] == "s"
    assert cells[TRICKY[1]] == "s"
    raw = (tmp_path / "s.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(tmp_path / "s.csv", dtype=str, keep_default_na=False)
    texts = table.drop(columns=["lon", "lat"]).to_numpy().ravel()
    assert not [t for t in texts if t.startswith(("=", "+", "-", "@"))]
    assert f"{GUARD}=HYPERLINK" in raw.decode("utf-8-sig")


def test_numbers_in_a_csv_are_not_guarded(tmp_path: Path) -> None:
    layer = LAYERS["stations"]
    frame = sample(layer, 2).set_geometry([shapely.Point(-70.5, -33.25)] * 2, crs=WGS84)
    write_frame(frame, layer, tmp_path / "s.csv")
    table = pd.read_csv(tmp_path / "s.csv")
    assert table["lon"].tolist() == [-70.5, -70.5]
    assert table["lat"].tolist() == [-33.25, -33.25]


def test_workbook_explains_every_column(tmp_path: Path) -> None:
    layer = LAYERS["households"]
    write_frame(sample(layer), layer, tmp_path / "h.xlsx")
    book = openpyxl.load_workbook(tmp_path / "h.xlsx")
    header = [c.value for c in book["households"][1]]
    rows = {row[0].value: [c.value for c in row] for row in book[DICTIONARY].iter_rows(min_row=2)}
    assert list(rows) == header == [*layer.columns, "lon", "lat"]
    assert rows["persons"][1:3] == ["服务对象人数", "Persons"]
    assert "veteran（退役军人 Veteran）" in rows["categories"][6]


def test_long_outlines_go_on_in_the_next_column(tmp_path: Path) -> None:
    layer = LAYERS["townships"]
    circle = shapely.Point(104, 30).buffer(0.1, quad_segs=800)
    frame = sample(layer, 2).set_geometry([circle, SHAPES["Polygon"]], crs=WGS84)
    write_frame(frame, layer, tmp_path / "t.xlsx")
    header = [c.value for c in openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0][1]]
    assert header[-3:] == ["wkt", "wkt_2", "wkt_3"]
    back = read_back(tmp_path / "t.xlsx", layer)
    assert shapely.equals_exact(back.geometry.iloc[0], circle, 1e-9)
    assert shapely.equals_exact(back.geometry.iloc[1], SHAPES["Polygon"], 1e-9)


def test_protected_fields_left_out_by_the_store_stay_out(tmp_path: Path) -> None:
    layer = LAYERS["households"]
    frame = sample(layer).drop(columns=["contact_name", "phone", "identity_no"])
    write_frame(frame, layer, tmp_path / "h.csv")
    header = pd.read_csv(tmp_path / "h.csv", nrows=0).columns
    assert not {"contact_name", "phone", "identity_no"} & set(header)
    assert "pairing" in header


def test_columns_that_are_no_fields_are_not_written(tmp_path: Path) -> None:
    layer = LAYERS["claims"]
    write_frame(sample(layer).assign(remark="x"), layer, tmp_path / "c.csv")
    assert list(pd.read_csv(tmp_path / "c.csv", nrows=0).columns) == layer.columns


@pytest.mark.parametrize("name", ["x.shp", "x", "x.csv.gz"])
def test_unknown_suffix_lists_the_formats(name: str, tmp_path: Path) -> None:
    layer = LAYERS["roads"]
    with pytest.raises(IntakeError) as error:
        write_frame(sample(layer), layer, tmp_path / name)
    assert all(suffix in str(error.value) for suffix in SUFFIXES)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_upper_case_suffix(tmp_path: Path) -> None:
    layer = LAYERS["claims"]
    write_frame(sample(layer), layer, tmp_path / "C.XLSX")
    assert openpyxl.load_workbook(tmp_path / "C.XLSX").sheetnames == ["claims", DICTIONARY]


def test_missing_folder_and_folder_as_file(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="does not exist"):
        check_target(tmp_path / "nowhere" / "x.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(IntakeError, match="is a folder"):
        check_target(tmp_path / "folder.csv")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failure_leaves_the_old_file(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = LAYERS["stations"]
    path = tmp_path / f"s{suffix}"
    path.write_bytes(b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(IntakeError, match="No space left"):
        write_frame(sample(layer), layer, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_writing_over_an_old_file_replaces_all_of_it(tmp_path: Path) -> None:
    layer = LAYERS["stations"]
    path = tmp_path / "s.gpkg"
    write_frame(sample(layer), layer, path)
    write_frame(sample(layer, 2), layer, path)
    assert len(pyogrio.read_dataframe(path)) == 2


def test_more_rows_than_a_sheet_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = LAYERS["claims"]
    monkeypatch.setattr("layers.intake.workbooks.layer_sheets._MOST_ROWS", 8)
    with pytest.raises(IntakeError, match=r"\.csv"):
        write_frame(sample(layer), layer, tmp_path / "c.xlsx")
    assert list(tmp_path.iterdir()) == []
