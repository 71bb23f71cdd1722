"""Office files written byte by byte, where no library would write them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import xlsxwriter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx(rows: Sequence[Sequence[object]], *, sheet: str = "Sheet1", merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A plain workbook; texts stay texts. ``merged`` are (row, column, rows, columns), from 0."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet(sheet)
    for row, column, n_rows, n_columns in merged:
        page.merge_range(row, column, row + n_rows - 1, column + n_columns - 1, "")
    for r, cells in enumerate(rows):
        for c, value in enumerate(cells):
            if isinstance(value, str):
                if value:
                    page.write_string(r, c, value)
            elif value is not None:
                page.write(r, c, value)
    book.close()
    return content.getvalue()


def workbook_parts(sheet_data: str, *, more: str = "") -> dict[str, bytes]:
    """Members of an XLSX whose one sheet has this XML between ``<sheetData>`` and its end."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="'
        'application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/'
        'xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="a" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet_data}</sheetData>{more}</worksheet>',
    }
    return {name: text.encode("utf-8", "surrogatepass") for name, text in parts.items()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def raw_xlsx(sheet_data: str, **more: str) -> bytes:
    """An XLSX with this XML as its sheet, however wrong."""
    return zipped(workbook_parts(sheet_data, **more))


def spaces(megabytes: int) -> bytes:
    """The deflated form of so many megabytes of spaces, of about a thousandth of their size."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + zlib.compressobj(9, wbits=-15).flush()


def hand_made_zip(members: Sequence[tuple[str, bytes, int]], *, twice: str = "") -> bytes:
    """A zip of (name, deflated content, size that it declares); the member ``twice`` is listed a thousand times."""
    body, listed = bytearray(), bytearray()
    n = 0
    for name, packed, size in members:
        at = len(body)
        common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, 0, len(packed), size, len(name), 0)
        body += b"PK\x03\x04" + common + name.encode() + packed
        for k in range(1000 if name == twice else 1):
            entry = name if k == 0 else f"{name[:-4]}{k:04d}"
            listed += (b"PK\x01\x02" + struct.pack("<H", 20) + struct.pack(
                "<HHHHHIIIHH", 20, 0, 8, 0, 0x21, 0, len(packed), size, len(entry), 0)
                + struct.pack("<HHHII", 0, 0, 0, 0, at) + entry.encode())
            n += 1
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, n, n, len(listed), len(body), 0)
    return bytes(body + listed + end)


def deflated(content: bytes) -> bytes:
    """Content as it lies in a zip."""
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(content) + packer.flush()


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file, the container of old Office files and of encrypted new ones."""
    sector = 512
    padded = {name: data + bytes(-len(data) % sector or 0) for name, data in streams.items()}
    padded = {name: data + bytes(max(0, 4096 - len(data))) for name, data in padded.items()}
    n_directory = -(-(len(streams) + 1) // 4)
    n_data = sum(len(data) // sector for data in padded.values())
    n_fat = 1
    while n_fat * 128 < n_fat + n_directory + n_data:
        n_fat += 1
    fat = [0xFFFFFFFD] * n_fat
    fat += [*range(n_fat + 1, n_fat + n_directory), 0xFFFFFFFE]
    begins = []
    for data in padded.values():
        begins.append(len(fat))
        n = len(data) // sector
        fat += [*range(len(fat) + 1, len(fat) + n), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (n_fat * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, n_fat, n_fat, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *range(n_fat), *[0xFFFFFFFF] * (109 - n_fat))

    def entry(name: str, kind: int, child: int, begin: int, size: int, right: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return text.ljust(64, b"\0") + struct.pack(
            "<HBBIII16xIQQIQ", len(text), kind, 1, 0xFFFFFFFF, right, child, 0, 0, 0, begin, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0, 0xFFFFFFFF)
    for k, (name, data) in enumerate(padded.items()):
        right = k + 2 if k + 1 < len(padded) else 0xFFFFFFFF
        directory += entry(name, 2, 0xFFFFFFFF, begins[k], len(data), right)
    directory = directory.ljust(n_directory * sector, b"\0")
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + b"".join(padded.values())


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def xls(rows: Sequence[Sequence[object]], *, sheet: str = "Sheet1", password: bool = False,
        merged: Sequence[tuple[int, int, int, int]] = (), formats: Mapping[int, str] | None = None) -> bytes:
    """A workbook of Excel 97 (BIFF8); ``password`` marks it as encrypted, ``formats`` are number formats by column."""
    bof = struct.pack("<HHHHII", 0x0600, 0, 0x0DBB, 0x07CC, 0, 0x06)
    name = sheet.encode("utf-16-le")
    start = _record(0x0809, bof[:2] + struct.pack("<H", 0x0005) + bof[4:])
    if password:
        start += _record(0x002F, struct.pack("<HHH", 1, 1, 1) + bytes(48))
    codepage = _record(0x0042, struct.pack("<H", 1200))
    styles, style = _record(0x00E0, bytes(20)), {}
    for k, (column, code) in enumerate((formats or {}).items(), start=1):
        codepage += _record(0x041E, struct.pack("<HHB", 163 + k, len(code), 1) + code.encode("utf-16-le"))
        styles += _record(0x00E0, struct.pack("<HH", 0, 163 + k) + bytes(16))
        style[column] = k
    codepage += styles if formats else b""
    end = _record(0x000A, b"")
    bound = struct.pack("<BB", len(sheet), 1) + name
    offset = len(start) + len(codepage) + 4 + 6 + len(bound) + len(end)
    book = start + codepage + _record(0x0085, struct.pack("<IBB", offset, 0, 0) + bound) + end
    page = _record(0x0809, bof[:2] + struct.pack("<H", 0x0010) + bof[4:])
    for r, cells in enumerate(rows):
        for c, value in enumerate(cells):
            if isinstance(value, str) and value:
                text = value.encode("utf-16-le")
                page += _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(text) // 2, 1) + text)
            elif isinstance(value, int | float):
                page += _record(0x0203, struct.pack("<HHHd", r, c, style.get(c, 0), value))
    if merged:
        ranges = b"".join(struct.pack("<HHHH", r, r + n - 1, c, c + m - 1) for r, c, n, m in merged)
        page += _record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    return ole({"Workbook": book + page + end})


def ods(rows: Sequence[Sequence[object]], *, sheet: str = "Sheet1") -> bytes:
    """A workbook of LibreOffice."""
    return raw_ods(_ods_table(rows, sheet))


def _ods_table(rows: Sequence[Sequence[object]], sheet: str) -> str:
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        if value is None or value == "":
            return "<table:table-cell/>"
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"><text:p>{value}</text:p></table:table-cell>'

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    return f'<table:table table:name="{sheet}">{lines}</table:table>'


def raw_ods(tables: str, *, styles: str = "") -> bytes:
    """A workbook of LibreOffice with this XML as its tables, however wrong."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0" xmlns:style="{space}:style:1.0"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>')
    return zipped({"mimetype": kind.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()})
