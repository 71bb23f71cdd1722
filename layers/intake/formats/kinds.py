"""What a file is, told by its content: names and suffixes are often wrong."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum

from layers.errors import IntakeError


class FileKind(StrEnum):
    """Formats that can be read."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    HTML = "html"
    SPREADSHEET_XML = "xml"
    SHAPEFILE = "shapefile"
    SHAPEFILE_ZIP = "shapefile.zip"
    GEOPACKAGE = "gpkg"
    GEOJSON = "geojson"
    FLATGEOBUF = "fgb"
    KML = "kml"
    KMZ = "kmz"
    GPX = "gpx"
    DXF = "dxf"


GEO_KINDS = frozenset(FileKind) - {FileKind.XLSX, FileKind.XLSB, FileKind.XLS, FileKind.ODS, FileKind.CSV, FileKind.HTML,
                                   FileKind.SPREADSHEET_XML}

SUFFIXES = {
    FileKind.XLSX: {".xlsx", ".xlsm", ".xltx", ".xltm", ".et"}, FileKind.XLSB: {".xlsb"},
    FileKind.XLS: {".xls", ".xlt", ".et"}, FileKind.ODS: {".ods"}, FileKind.CSV: {".csv", ".tsv", ".txt", ".tab"},
    FileKind.HTML: {".html", ".htm", ".mht", ".mhtml"}, FileKind.SPREADSHEET_XML: {".xml"},
    FileKind.SHAPEFILE: {".shp"}, FileKind.SHAPEFILE_ZIP: {".zip"}, FileKind.GEOPACKAGE: {".gpkg"},
    FileKind.GEOJSON: {".geojson", ".json"}, FileKind.FLATGEOBUF: {".fgb"}, FileKind.KML: {".kml"},
    FileKind.KMZ: {".kmz"}, FileKind.GPX: {".gpx"}, FileKind.DXF: {".dxf"},
}
"""Suffixes that each kind is expected to have; another one is worth a note."""

_SAVE_AS_XLSX = ("请用 Excel 或 WPS 打开后另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx")
_FOREIGN = (
    (b"%PDF", "PDF 文件", "a PDF", ("请改用原来的表格文件", "use the table it was made from")),
    (b"\x89PNG", "图片", "a picture", ("请把内容录入模板", "type its content into the template")),
    (b"\xff\xd8\xff", "图片", "a picture", ("请把内容录入模板", "type its content into the template")),
    (b"GIF8", "图片", "a picture", ("请把内容录入模板", "type its content into the template")),
    (b"BM", "图片", "a picture", ("请把内容录入模板", "type its content into the template")),
    (b"Rar!", "RAR 压缩包", "a RAR archive", ("请先解压", "unpack it first")),
    (b"7z\xbc\xaf", "7z 压缩包", "a 7z archive", ("请先解压", "unpack it first")),
    (b"\x1f\x8b", "gzip 压缩包", "a gzip archive", ("请先解压", "unpack it first")),
    (b"AC10", "DWG 图纸", "a DWG drawing", ("请在 CAD 中另存为 .dxf", "save it as .dxf")),
    (b"MZ", "程序", "a program", ("请选择表格文件", "choose a table")),
)
_MAGIC = {
    b"SQLite format 3\0": FileKind.GEOPACKAGE, b"fgb\x03fgb": FileKind.FLATGEOBUF,
    b"\x00\x00\x27\x0a": FileKind.SHAPEFILE, b"AutoCAD Binary DXF": FileKind.DXF,
    # Streams of cells without a container around them, as some programs write.
    b"\x09\x08\x10\0": FileKind.XLS, b"\x09\x08\x08\0": FileKind.XLS, b"\x09\x04\x06\0": FileKind.XLS,
    b"\x09\x02\x06\0": FileKind.XLS, b"\x09\0\x04\0": FileKind.XLS,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FILEPASS = 0x2F
_HEAD = 4096
_PAGE = re.compile(r"(?:[^<]{0,200}<(?:html|table)[\s>]|(?:[\w-]+:[^\n]*\n[ \t]?)*?MIME-Version:)", re.IGNORECASE)
"""A web page with stray text before it, or one wrapped up as a web archive."""


def kind_of(data: bytes, name: str) -> FileKind:
    """The kind of a file by its first bytes, or by what lies in it if it is a zip.

    Raises
    ------
    IntakeError
        When it is empty, locked by a password, or nothing that can be read as a table or map.
    """
    if not data.strip(b"\0 \t\r\n"):
        msg = f"文件“{name}”是空的，请重新导出 ({name} is empty; export it again)"
        raise IntakeError(msg)
    if data.startswith(b"PK"):
        return _in_zip(data, name)
    if data.startswith(_OLE):
        return _in_ole(data, name)
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return kind
    for magic, zh, en, (do_zh, do_en) in _FOREIGN:
        if data.startswith(magic) and (len(magic) > 2 or b"\0" in data[:_HEAD]):
            raise _foreign(name, zh, en, do_zh, do_en)
    return _in_text(data, name)


def _foreign(name: str, zh: str, en: str, do_zh: str, do_en: str) -> IntakeError:
    return IntakeError(f"“{name}”是{zh}，不能导入，{do_zh} ({name} is {en} and cannot be loaded; {do_en})")


def _in_zip(data: bytes, name: str) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = archive.namelist()
            first = archive.read("mimetype")[:100] if "mimetype" in inside and archive.getinfo(
                "mimetype").file_size < 1000 else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        msg = (f"“{name}”已损坏或不完整（不是完好的压缩格式），请重新导出或下载 "
               f"({name} is damaged or cut off; export or download it again)")
        raise IntakeError(msg) from error
    lower = {entry.lower().replace("\\", "/") for entry in inside}
    suffixes = {entry.rpartition(".")[2] for entry in lower if not entry.startswith("__macosx/")}
    if "xl/workbook.bin" in lower:
        return FileKind.XLSB
    if any(entry.startswith("xl/") for entry in lower):
        return FileKind.XLSX
    if b"opendocument.spreadsheet" in first:
        return FileKind.ODS
    if "[content_types].xml" in lower or b"opendocument" in first:
        raise _foreign(name, "文字或演示文档", "a document, not a table", "请把表格复制到 Excel 或 WPS 表格中",
                       "copy its table into a workbook")
    if "shp" in suffixes:
        return FileKind.SHAPEFILE_ZIP
    if "kml" in suffixes:
        return FileKind.KMZ
    raise _foreign(name, "压缩包，里面没有 Shapefile（.shp）", "an archive without a shapefile (.shp)",
                   "请先解压，再逐个导入里面的文件", "unpack it and load the files in it one by one")


def locked(name: str) -> IntakeError:
    """What is said of a file that asks for a password."""
    return IntakeError(f"“{name}”有密码保护，无法读取，请在 Excel 或 WPS 中取消密码后再导入 "
                       f"({name} is protected by a password; remove it in Excel or WPS, then load it again)")


def _in_ole(data: bytes, name: str) -> FileKind:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\0\0" in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise locked(name)
    if holds("Workbook") or holds("Book"):
        if _encrypted(data):
            raise locked(name)
        return FileKind.XLS
    raise _foreign(name, "其他程序的文件（如 Word 文档）", "a file of another program (such as Word)", *_SAVE_AS_XLSX)


def _encrypted(data: bytes) -> bool:
    """Whether FILEPASS is among the first records of the workbook's stream."""
    at = data.find(b"\x09\x08\x10\0\0\x06\x05\0")
    for _ in range(8):
        if at < 0:
            return False
        record, length = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if record == _FILEPASS:
            return True
        at += 4 + length
    return False


def _in_text(data: bytes, name: str) -> FileKind:
    head = _plain(data[:_HEAD]).lstrip()
    if head.startswith("<"):
        return _in_xml(head, name)
    if _PAGE.match(head):
        return FileKind.HTML
    suffix = name.lower().rpartition(".")[2]
    if head[:1] in {"{", "["} and (suffix in {"json", "geojson"} or re.search(r'"(type|features|coordinates|crs|name)"\s*:', head)):
        return FileKind.GEOJSON
    if suffix == "dxf" or re.match(r"(999\s*\n[^\n]*\n\s*)*0\s*\n\s*SECTION\s*\n", head.replace("\r\n", "\n").replace("\r", "\n")):
        return FileKind.DXF
    controls = sum(1 for byte in data[:_HEAD] if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a\0")
    if controls > len(data[:_HEAD]) // 20:
        msg = (f"认不出“{name}”的格式，可能已损坏，{_SAVE_AS_XLSX[0]} "
               f"(the format of {name} is not known, or it is damaged; {_SAVE_AS_XLSX[1]})")
        raise IntakeError(msg)
    return FileKind.CSV


def _plain(head: bytes) -> str:
    """The ASCII of a beginning, whatever the encoding of the rest."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _in_xml(head: str, name: str) -> FileKind:
    roots = re.findall(r"<(?:\w+:)?([A-Za-z]\w*)", head)
    root = roots[0].lower() if roots else ""
    if root in {"kml", "gpx"}:
        return FileKind(root)
    if root in {"html", "table", "head", "meta", "body", "div", "style", "title", "script", "link", "p", "center", "font"}:
        return FileKind.HTML
    if root == "workbook" or "schemas-microsoft-com:office:spreadsheet" in head:
        return FileKind.SPREADSHEET_XML
    if "<table" in head.lower():
        return FileKind.HTML
    if root == "osm":
        raise _foreign(name, "OpenStreetMap 数据", "OpenStreetMap data", "请用“导入 OpenStreetMap”", "load it with import-osm")
    raise _foreign(name, "不认识的 XML 文件", "XML of an unknown kind", *_SAVE_AS_XLSX)
