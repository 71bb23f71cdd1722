"""Files that offices and attackers send, each named for its fault; nobody in them exists."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import geopandas as gpd
import shapely
from office_files import deflated, hand_made_zip, ods, ole, raw_ods, raw_xlsx, spaces, workbook_parts, xls, xlsx, zipped

ROWS = [["姓名", "身份证号", "所在村", "人数"], ["钱一", "110101199001010015", "东风村", "3"],
        ["孙二", "110101198505050037", "红旗村", "2"]]
"""The table that is in most of them."""
BIG5_ROWS = [["姓名", "身份證號", "所在村", "人數"], ["錢一", "110101199001010015", "東風村", "3"],
             ["孫二", "110101198505050037", "紅旗村", "2"]]


_XML_SHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def text(rows: list[list[str]] = ROWS, separator: str = ",") -> str:
    return "".join(separator.join(row) + "\r\n" for row in rows)


def _cell(reference: str, value: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def _bomb(declared: int) -> bytes:
    rest = [(name, deflated(part), len(part)) for name, part in workbook_parts("").items() if "sheet1" not in name]
    return hand_made_zip([*rest, ("xl/worksheets/sheet1.xml", spaces(3000), declared)])


def _overlapping() -> bytes:
    members = [(name, deflated(part), len(part)) for name, part in workbook_parts(
        f'<row r="1">{_cell("A1", "姓名")}</row>').items()]
    return hand_made_zip(members, twice="xl/worksheets/sheet1.xml")


def _million_empty_rows() -> bytes:
    rows = [f'<row r="{k}"><c r="A{k}" s="0"/><c r="B{k}" s="0"/></row>' for k in range(4, 1_048_577)]
    head = "".join(
        f'<row r="{k}">' + "".join(_cell(letter + str(k), value) for letter, value in zip("ABCD", row, strict=True)) + "</row>"
        for k, row in enumerate(ROWS, start=1))
    return raw_xlsx(head + "".join(rows))


def shapefile(encoding: str = "gb18030", *, without: tuple[str, ...] = (), cpg: str | None = None) -> dict[str, bytes]:
    """Suffix to content of a shapefile of two points; the encoding is told nowhere but in ``cpg``."""
    frame = gpd.GeoDataFrame(
        {"姓名": ["钱一", "孙二"], "号码": ["0012", "420"]}, geometry=shapely.points([[113.1, 30.1], [113.2, 30.2]]), crs=4490)
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "户.shp", encoding=encoding, engine="pyogrio")
        parts = {path.suffix[1:]: path.read_bytes() for path in Path(folder).iterdir()}
    table = bytearray(parts["dbf"])
    table[29] = 0  # the byte that would tell the encoding
    parts["dbf"] = bytes(table)
    parts.pop("cpg", None)
    if cpg is not None:
        parts["cpg"] = cpg.encode()
    return {suffix: part for suffix, part in parts.items() if suffix not in without}


def shapefile_zip(encoding: str = "gb18030", *, without: tuple[str, ...] = (), cpg: str | None = None) -> bytes:
    return zipped({f"户/户.{suffix}": part for suffix, part in shapefile(encoding, without=without, cpg=cpg).items()})


def _plain_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        connection = sqlite3.connect(path)
        connection.execute("create table people (name text)")
        connection.commit()
        connection.close()
        return path.read_bytes()


def _geopackage() -> bytes:
    frame = gpd.GeoDataFrame({"名称": ["甲"] * 200}, geometry=shapely.points([[113.1, 30.1]] * 200), crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "x.gpkg", engine="pyogrio")
        return (Path(folder) / "x.gpkg").read_bytes()


def geojson(coordinates: str = "[113.1, 30.1]", **properties: object) -> bytes:
    return (f'{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{json.dumps(properties)},'
            f'"geometry":{{"type":"Point","coordinates":{coordinates}}}}}]}}').encode()


def web_page(rows: list[list[str]], *, charset: str = "gb2312", cells: str = "") -> bytes:
    """A table as web systems send it under the name of a workbook."""
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    body = "".join("<tr>" + "".join(f"<td {cells}>{escape(cell)}</td>\n" for cell in row) + "</tr>\n" for row in rows)
    encoding = {"gb2312": "gb18030"}.get(charset, charset or "utf-8")
    head = f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>{meta}<style>td {{}}</style></head>'
    return f"{head}<body><table border=1>{body}</table></body></html>".encode(encoding)


def web_archive(page: bytes) -> bytes:
    """A page as Excel saves it in one file."""
    coded = base64.encodebytes(page).decode()
    return ("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"X\"\r\n\r\n--X\r\nContent-Type: text/html; "
            f'charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--X--\r\n').encode()


def spreadsheet_xml(rows: str, *, styles: str = "", more: str = "") -> bytes:
    """A workbook of Excel 2003 in one XML file, with this between ``<Table>`` and its end."""
    return (f'<?xml version="1.0" encoding="utf-8"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{_XML_SHEET}" '
            f'xmlns:ss="{_XML_SHEET}" xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles>{styles}</Styles><Worksheet '
            f'ss:Name="花名册"><Table>{rows}</Table>{more}</Worksheet></Workbook>').encode()


def xml_rows(rows: list[list[str]]) -> str:
    return "".join("<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in row) + "</Row>\n"
                   for row in rows)


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{k} "' + f"&l{k - 1};" * 10 + '">' for k in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY l0 "ha">{entities}]><kml><Document><name>&l9;</name></Document></kml>'.encode()


def macro_workbook() -> bytes:
    content = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", ole({"VBA/dir": b"x"}))
    return content.getvalue()


_FAR = _cell("A1", "姓名")
_WIDE = f'<row r="1">{_FAR}</row><row r="1048576">{_cell("XFD1048576", "x")}</row>'

REFUSED: dict[str, Callable[[], bytes]] = {
    "empty.xlsx": lambda: b"",
    "only_zero_bytes.csv": lambda: bytes(4096),
    "blank_lines.csv": lambda: b"\r\n \r\n\t\r\n",
    "cut_off.xlsx": lambda: xlsx(ROWS)[:-900],
    "cut_off_in_the_middle.xls": lambda: xls(ROWS)[:1400],
    "sheet_xml_is_broken.xlsx": lambda: raw_xlsx("<row r='1'><c r='A1'><v>1</c></row>"),
    "zip_without_a_sheet.xlsx": lambda: zipped({"xl/nothing.xml": b"<x/>"}),
    "character_that_xml_forbids.xlsx": lambda: raw_xlsx(f'<row r="1">{_cell("A1", "&#xD800;")}</row>'),
    "nul_in_xml.xlsx": lambda: raw_xlsx(f'<row r="1">{_cell("A1", "a&#0;b")}</row>'),
    "password.xlsx": lambda: ole({"EncryptionInfo": b"x" * 50, "EncryptedPackage": bytes(range(256)) * 20}),
    "password.xls": lambda: xls(ROWS, password=True),
    "bomb_that_declares_its_size.xlsx": lambda: _bomb(3000 << 20),
    "bomb_that_lies_about_its_size.xlsx": lambda: _bomb(1000),
    "members_that_overlap.xlsx": _overlapping,
    "cell_in_the_far_corner.xlsx": lambda: raw_xlsx(_WIDE),
    "page_to_log_in_called.xls": lambda: "<html><body><form>请登录<input name='user'></form></body></html>".encode("gb18030"),
    "web_page_with_one_cell_called.xls": lambda: b"<html><body><table><tr><td>1</td></tr></table></body></html>",
    "spans_without_end_called.xls": lambda: b"<table>" + b"<tr><td colspan=1000 rowspan=65534>1" * 20_000 + b"</table>",
    "web_page_cut_off.xls": lambda: web_page(ROWS)[:-60],
    "spreadsheet_xml_without_a_sheet.xls": lambda: spreadsheet_xml("").replace(b"Worksheet", b"Nothing"),
    "spreadsheet_xml_cut_off.xls": lambda: spreadsheet_xml(xml_rows(ROWS))[:-60],
    "entities_in_entities.xml": lambda: spreadsheet_xml("<Row><Cell><Data>&l;</Data></Cell></Row>").replace(
        b"<Workbook", b'<!DOCTYPE x [<!ENTITY l "ha">]><Workbook', 1),
    "cells_of_spreadsheet_xml_far_out.xml": lambda: spreadsheet_xml(
        '<Row Index="1048576"><Cell Index="16384"><Data>x</Data></Cell></Row>' * 2),
    "word_document.docx": lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
    "old_word_document.doc": lambda: ole({"WordDocument": b"x" * 5000}),
    "picture.xlsx": lambda: b"\x89PNG\r\n\x1a\n" + bytes(200),
    "report.pdf": lambda: b"%PDF-1.7\n" + bytes(200),
    "archive.rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(200),
    "archive_of_workbooks.zip": lambda: zipped({"a.xlsx": xlsx(ROWS)}),
    "random_bytes.csv": lambda: bytes((k * k * 7919 + k * 31) % 251 for k in range(5000)),
    "quotation_mark_never_closed.csv": ('姓名,电话\r\n"钱一,1\r\n' + "孙二,2\r\n" * 50).encode,
    "damaged_utf8.csv": lambda: (text() * 20).encode().replace("红旗".encode(), b"\xe7\xba\xff\xe6\x97\x97", 1),
    "half_a_character.csv": lambda: (text() * 20).encode("gb18030") + b"\xd5",
    "not_the_encoding_that_its_mark_says.csv": lambda: b"\xef\xbb\xbf" + text().encode("gb18030"),
    "shapefile_without_dbf.zip": lambda: shapefile_zip(without=("dbf",)),
    "shapefile_cut_off.zip": lambda: shapefile_zip()[:-300],
    "database_called.gpkg": _plain_database,
    "cut_off.gpkg": lambda: _geopackage()[:30_000],
    "cut_off.geojson": lambda: geojson(名称="甲")[:-40],
    "json_that_is_no_map.json": lambda: b'{"type": "config", "name": 1}',
    "deep_brackets.geojson": lambda: b'{"type":"FeatureCollection","features":' + b"[" * 200_000,
    "entities_in_entities.kml": _laughs,
    "cut_off.kml": lambda: b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a',
    "cut_off.gpx": lambda: b'<gpx version="1.1"><wpt lat="1" lon="2"><name>a</na',
    "cut_off.fgb": lambda: b"fgb\x03fgb\x00" + bytes(20),
    "headings_only_title.xlsx": lambda: xlsx([["某县退役军人花名册"]]),
}
"""Files that end in a clear message."""

READ: dict[str, Callable[[], bytes]] = {
    "workbook_called.csv": lambda: xlsx(ROWS),
    "old_workbook_called.xlsx": lambda: xls(ROWS),
    "million_empty_rows.xlsx": _million_empty_rows,
    "macros.xlsm": macro_workbook,
    "tabs_called.csv": lambda: text(separator="\t").encode("gb18030"),
    "semicolons.csv": lambda: text(separator=";").encode("utf-8-sig"),
    "full_width_commas.csv": lambda: text(separator="，").encode(),
    "utf16_without_a_mark.csv": lambda: text().encode("utf-16-le"),
    "big5.csv": lambda: text(BIG5_ROWS).encode("big5"),
    "web_page_called.xls": lambda: web_page(ROWS),
    "web_page_in_gbk_without_saying_so.xls": lambda: web_page(ROWS, charset="").decode().encode("gb18030"),
    "web_page_that_lies_about_its_encoding.xls": lambda: web_page(ROWS, charset="utf-8").decode().encode("gb18030"),
    "web_page_in_utf16.xls": lambda: "\ufeff".encode("utf-16-le") + web_page(ROWS).decode("gb18030").encode("utf-16-le"),
    "web_page_without_end_tags.xls": lambda: web_page(ROWS).replace(b"</td>", b"").replace(b"</tr>", b""),
    "web_archive.xls": lambda: web_archive(web_page(ROWS)),
    "spreadsheet_xml_called.xls": lambda: spreadsheet_xml(xml_rows(ROWS)),
    "spreadsheet_xml_in_gbk.xml": lambda: spreadsheet_xml(xml_rows(ROWS)).decode().replace("utf-8", "GB2312").encode("gb18030"),
    "open_document.ods": lambda: ods(ROWS),
    "byte_order_mark.csv": lambda: text().encode("utf-8-sig"),
    "separator_told.csv": ("sep=|\r\n" + text(separator="|")).encode,
}
"""Files with the table :data:`ROWS` (or :data:`BIG5_ROWS`) in them, however strangely kept."""


def _points(suffix: str, driver: str, **options: object) -> bytes:
    frame = gpd.GeoDataFrame({"名称": ["甲", "乙"], "编号": ["0012", "420"]},
                             geometry=shapely.points([[113.1, 30.1], [113.2, 30.2]]), crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"点.{suffix}"
        frame.to_file(path, driver=driver, engine="pyogrio", **options)
        return path.read_bytes()


def layered_geopackage() -> bytes:
    """Three layers with the same columns, the second the longest, and one without any row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "点.gpkg"
        for name, n in (("东风镇", 1), ("红旗镇", 3), ("三合镇", 2), ("空", 0)):
            frame = gpd.GeoDataFrame({"名称": [f"{name}{k}" for k in range(n)], "编号": ["0012"] * n},
                                     geometry=shapely.points([[113.1 + k / 10, 30.1] for k in range(n)]) if n else [], crs=4326)
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
        return path.read_bytes()


def gpx() -> bytes:
    return ('<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
            '<wpt lat="30.1" lon="113.1"><name>甲</name><desc>0012</desc></wpt><wpt lat="30.2" lon="113.2"><name>乙</name></wpt>'
            "</gpx>").encode()


def dxf(encoding: str = "gb18030") -> bytes:
    """A drawing of a point and a line on layers with Chinese names, as CAD writes it in China."""
    said = {"gb18030": "ANSI_936", "utf-8": "UTF-8"}[encoding]
    pairs = [(0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1021" if encoding == "utf-8" else "AC1015"),
             (9, "$DWGCODEPAGE"), (3, said), (0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES"),
             (0, "POINT"), (8, "服务站"), (10, "500100.5"), (20, "3300200.25"), (30, "0"),
             (0, "LINE"), (8, "村道路"), (10, "1"), (20, "2"), (30, "0"), (11, "3"), (21, "4"), (31, "0"),
             (0, "TEXT"), (8, "注记"), (10, "5"), (20, "6"), (40, "2.5"), (1, "东风村"), (0, "ENDSEC"), (0, "EOF")]
    return "".join(f"{code:>3}\r\n{value}\r\n" for code, value in pairs).encode(encoding)


def kmz() -> bytes:
    """Two placemarks and pictures of them."""
    body = "".join(f"<Placemark><name>{name}</name><description>&lt;img src=\"照片.jpg\"/&gt;</description><Point><coordinates>"
                   f"{x},30.1,0</coordinates></Point></Placemark>" for name, x in (("甲", 113.1), ("乙", 113.2)))
    page = f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    return zipped({"照片.jpg": bytes(range(256)) * 400, "doc.kml": page.encode()})


MAPS: dict[str, Callable[[], bytes]] = {
    "points.fgb": lambda: _points("fgb", "FlatGeobuf"), "points.gpx": gpx, "drawing_in_gbk.dxf": dxf,
    "drawing_in_utf8.dxf": lambda: dxf("utf-8"), "several_layers.gpkg": layered_geopackage, "with_pictures.kmz": kmz,
    "points.geojson": lambda: _points("geojson", "GeoJSON"), "in_gbk.zip": shapefile_zip,
    "wrong_cpg.zip": lambda: shapefile_zip(cpg="UTF-8"), "without_shx.zip": lambda: shapefile_zip(without=("shx",)),
    "nan_coordinates.geojson": lambda: geojson("[NaN, NaN]", 名称="甲"),
}
"""Map files, whole ones."""

_REPEATED = (
    '<table:table table:name="a"><table:table-column table:number-columns-repeated="16384"/>{}<table:table-row '
    'table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>')


def _ods_rows(*rows: str) -> str:
    return "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)


def _ods_cells(row: list[str]) -> str:
    return "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row)


READ |= {
    "millions_of_repeated_empty_cells.ods": lambda: raw_ods(_REPEATED.format(_ods_rows(
        *(_ods_cells(row) + '<table:table-cell table:number-columns-repeated="16380"/>' for row in ROWS)))),
    "utf16_big_endian_without_a_mark.csv": lambda: text().encode("utf-16-be"),
    "nul_bytes.csv": lambda: text().replace("钱一", "钱一\0\0").encode("gb18030"),
}
REFUSED |= {
    "millions_of_repeated_filled_cells.ods": lambda: raw_ods(
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
        "</table:table>"),
    "cut_off.ods": lambda: ods(ROWS)[:-300],
    "content_cut_off.ods": lambda: zipped({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office:document-content>"}),
    "password.ods": lambda: zipped({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": bytes(range(256)),
        "META-INF/manifest.xml": b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"}),
    "endless_coordinates.geojson": lambda: geojson("[1e400, 30]", 名称="甲"),
    "drawing_cut_off.dxf": lambda: dxf()[:-200],
}
