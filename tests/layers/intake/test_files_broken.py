"""Files with faults: a clear message or the whole table, within bounds."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import pytest
from broken_files import BIG5_ROWS, READ, REFUSED, ROWS, geojson, shapefile, shapefile_zip, text
from office_files import raw_xlsx, xlsx

from layers.errors import IntakeError, ReaderError
from layers.intake.files import child
from layers.intake.files.header import find_table
from layers.intake.files.reading import read_file
from layers.intake.files.sheet import Limits

KNOWN = {"姓名", "身份证号", "所在村", "人数"}


def refused(content: bytes | Path, name: str, **options: object) -> str:
    with pytest.raises(IntakeError) as error:
        find_table(read_file(content, name=name, **options), known=KNOWN)  # type: ignore[arg-type]
    said = str(error.value)
    assert "\n" not in said
    assert name in said or "klingon" in said
    assert said[0] > "\u2000", "Chinese first"
    assert said.rstrip().endswith(")")
    assert "钱一" not in said
    assert "rongtu-" not in said, "no place on this machine"
    return said


@pytest.mark.parametrize("fault", REFUSED)
def test_a_broken_file_ends_in_a_clear_message(fault: str) -> None:
    said = refused(REFUSED[fault](), fault)
    assert len(said) < 700


@pytest.mark.parametrize(("fault", "words"), [
    ("password.xlsx", "password"), ("password.xls", "password"), ("page_to_log_in_called.xls", "log in"),
    ("bomb_that_lies_about_its_size.xlsx", "inflate"), ("cell_in_the_far_corner.xlsx", "right of"),
    ("damaged_utf8.csv", "line 3"), ("quotation_mark_never_closed.csv", "line 2"), ("archive.rar", "unpack"),
    ("archive_of_workbooks.zip", "unpack"), ("shapefile_without_dbf.zip", ".dbf"), ("old_word_document.doc", "Word"),
])
def test_the_message_names_the_fault(fault: str, words: str) -> None:
    assert words in refused(REFUSED[fault](), fault)


@pytest.mark.parametrize("oddity", READ)
def test_an_odd_file_is_read_whole(oddity: str) -> None:
    table = find_table(read_file(READ[oddity](), name=oddity), known=KNOWN)
    got = [[*table.frame.columns], *table.frame.to_numpy().tolist()]
    assert got == (BIG5_ROWS if oddity == "big5.csv" else ROWS)
    assert table.frame.index.tolist() == [2, 3]


def test_what_is_strange_is_told() -> None:
    told = {name: " ".join(note.en for note in read_file(READ[name](), name=name).notes) for name in READ}
    assert "content is xlsx" in told["workbook_called.csv"]
    assert "content is xls;" in told["old_workbook_called.xlsx"]
    assert "macro" in told["macros.xlsm"]
    assert told["byte_order_mark.csv"] == ""


def test_formulas_that_were_never_calculated_are_told_by_cell() -> None:
    content = raw_xlsx(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1+1</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f>SUM(A1:A1)</f></c><c r="B2"><f>A1*2</f><v></v></c></row>')
    file = read_file(content, name="f.xlsx")
    assert file.sheets[0].rows == [("1", "2")]
    assert "A2, B2" in file.notes[0].en


def test_long_numbers_keep_every_digit_of_the_file() -> None:
    content = raw_xlsx(
        '<row r="1"><c r="A1"><v>110101199001010015</v></c><c r="B1"><v>1.10101199001010E+17</v></c>'
        '<c r="C1"><v>-1234567890123456789</v></c><c r="D1" t="n"><v>13800000000</v></c><c r="E1"><v>0.1</v></c>'
        '<c r="F1" t="e"><v>#DIV/0!</v></c><c r="G1" t="b"><v>1</v></c><c r="H1"><v>1e400</v></c><c r="I1"><v>1E-7</v></c></row>')
    assert read_file(content, name="n.xlsx").sheets[0].rows == [(
        "110101199001010015", "110101199001010000", "-1234567890123456789", "13800000000", "0.1", "#DIV/0!", "TRUE",
        "inf", "0.0000001")]


def test_texts_that_look_like_formulas_stay_texts() -> None:
    rows = [["名称", "说明"], ["=1+1", "+86"], ["-3", "@SUM(A1)"]]
    for content, name in ((xlsx(rows), "a.xlsx"), (text(rows).encode(), "a.csv")):
        assert [list(row) for row in read_file(content, name=name).sheets[0].rows] == rows


def test_impossible_values_stay_text() -> None:
    rows = [["名称", "日期", "数", "经度"], ["甲", "2月31日", "1e400", "NaN"], ["乙", "2024-02-31", "-0", "inf"]]
    assert [list(row) for row in read_file(text(rows).encode(), name="a.csv").sheets[0].rows] == rows


def test_lone_surrogates_reach_the_checks() -> None:
    content = "名称,村\r\n甲\udc80,乙\r\n".encode("utf-8", "surrogatepass")
    assert find_table(read_file(content, name="a.csv")).frame["名称"].tolist() == ["甲\udc80"]


def test_a_map_with_nan_coordinates_or_big_numbers_keeps_its_rows() -> None:
    file = read_file(geojson("[113.5, 30.5]", 号码=110101199001010015, 姓名=None), name="a.geojson")
    assert file.sheets[0].rows == [("号码", "姓名"), ("110101199001010015", "")]
    assert file.sheets[0].crs == "EPSG:4326"
    nan = read_file(geojson("[NaN, NaN]", 名称="甲"), name="a.geojson").sheets[0]
    assert nan.rows == [("名称",), ("甲",)]
    assert nan.shapes[0] is None


@pytest.mark.parametrize(("encoding", "cpg", "note"), [
    ("gb18030", None, "has no .cpg"), ("utf-8", None, "has no .cpg"),
    ("gb18030", "UTF-8", "says UTF-8"), ("utf-8", "UTF-8", ""), ("gb18030", "GBK", ""),
])
def test_a_shapefile_in_any_encoding(encoding: str, cpg: str | None, note: str) -> None:
    content = shapefile_zip(encoding, cpg=cpg)
    file = read_file(content, name="户.zip")
    assert file.sheets[0].rows == [("姓名", "号码"), ("钱一", "0012"), ("孙二", "420")]
    assert file.encoding == encoding
    assert file.sheets[0].crs == "EPSG:4490"
    assert [shape.x for shape in file.sheets[0].shapes] == [113.1, 113.2]
    assert note in " ".join(each.en for each in file.notes)


def test_a_loose_shapefile_with_and_without_its_index(tmp_path: Path) -> None:
    for suffix, part in shapefile(without=("shx", "prj")).items():
        (tmp_path / f"户.{suffix}").write_bytes(part)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    file = read_file(tmp_path / "户.shp")
    assert file.sheets[0].rows[1:] == [("钱一", "0012"), ("孙二", "420")]
    told = " ".join(note.en for note in file.notes)
    assert "no .shx" in told
    assert "no .prj" in told
    assert file.sheets[0].crs is None
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before, "the file's folder stays as it was"
    (tmp_path / "户.dbf").unlink()
    assert ".dbf" in refused(tmp_path / "户.shp", "户.shp")


def test_limits_are_kept() -> None:
    many = xlsx([[str(k), "甲", "乙"] for k in range(400)])
    assert "1,200 cells" in refused(many, "a.xlsx", limits=Limits(cells=1000))
    assert "MB" in refused(many, "a.xlsx", limits=Limits(file_bytes=1000))
    assert "0.001 s" in refused(many, "a.xlsx", limits=Limits(seconds=0.001))
    corner = REFUSED["cell_in_the_far_corner.xlsx"]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(corner, "a.xlsx", limits=Limits(memory_bytes=400_000_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "the other process bears it"


def test_missing_files_and_unknown_encodings(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nowhere.xlsx", "nowhere.xlsx")
    assert "no encoding" in refused(text().encode(), "a.csv", encoding="klingon")
    assert "line 1" in refused(text().encode("gb18030"), "a.csv", encoding="utf-8")


def test_modules_in_the_folder_that_somebody_works_in_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("geo.py", "layers.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    found = read_file("村,人数\n东风村,3\n".encode(), name="户.csv")
    assert found.sheets[0].rows[1] == ("东风村", "3")


def test_nul_bytes_are_left_out_and_told() -> None:
    content = text().replace("钱一", "钱一\0\0").replace("3\r", "\0003\r").encode("gb18030")
    file = read_file(content, name="a.csv")
    assert [list(row) for row in file.sheets[0].rows] == ROWS
    assert "3 NUL bytes, the first in line 2" in file.notes[0].en


def test_a_reader_that_cannot_run_is_not_the_fault_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(child.sys, "executable", str(tmp_path / "nothing"))
        with pytest.raises(ReaderError, match=r"not at fault.*\)$"):
            read_file(text().encode(), name="a.csv")
    short = tmp_path / "python"  # too little memory for an interpreter to begin
    short.write_text(f'#!/bin/sh\nulimit -v 12000\nexec "{sys.executable}" "$@"\n')
    short.chmod(0o700)
    with monkeypatch.context() as patched:
        patched.setattr(child.sys, "executable", str(short))
        with pytest.raises(ReaderError, match="not at fault"):
            read_file(text().encode(), name="a.csv")
    short.write_text(f'#!/bin/sh\nulimit -v 900000\nexec "{sys.executable}" "$@"\n')
    monkeypatch.setattr(child.sys, "executable", str(short))
    assert find_table(read_file(text().encode(), name="a.csv")).frame.shape == (2, 4), "a smaller limit is kept, not fought"


def test_a_reader_that_the_system_ends_is_not_the_fault_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    killed = tmp_path / "python"
    killed.write_text(f'#!/bin/sh\n"{sys.executable}" "$@" | head -c 30\nkill -9 $$\n')
    killed.chmod(0o700)
    monkeypatch.setattr(child.sys, "executable", str(killed))
    with pytest.raises(ReaderError, match="ended by the system"):
        read_file(text().encode(), name="a.csv")
