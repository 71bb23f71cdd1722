"""Codes kept as numbers and shown with zeros in a workbook of Excel 97 (BIFF), which a quick reader does not tell."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from layers.intake.formats.cell_text import number_text
from layers.intake.formats.number_formats import digit_places, padded

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_FORMAT, _XF, _SHEET, _END = 0x041E, 0x00E0, 0x0085, 0x000A
_NUMBER, _RK, _MULRK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006

Cells = dict[tuple[int, int], str]


def shown_with_zeros(data: bytes) -> list[Cells]:
    """Texts of such cells by (row, column) from 0, a dictionary for every sheet in the workbook's order.

    Empty where the file is damaged or put together unusually; whoever reads its values says so.
    """
    try:
        stream = _workbook(data) if data.startswith(_OLE) else data
        formats: dict[int, tuple[str, ...]] = {}
        styles: list[tuple[str, ...] | None] = []
        sheets: list[int] = []
        for number, content in _records(stream, 0):
            if number == _FORMAT and (places := digit_places(_code(content))):
                formats[int.from_bytes(content[:2], "little")] = places
            elif number == _XF:
                styles.append(formats.get(int.from_bytes(content[2:4], "little")))
            elif number == _SHEET:
                sheets.append(int.from_bytes(content[:4], "little"))
        return [_cells(stream, at, styles) if any(styles) else {} for at in sheets]
    except (struct.error, IndexError, ValueError):
        return []


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        yield number, stream[at + 4 : at + 4 + length]
        if number == _END:
            return
        at += 4 + length


def _code(content: bytes) -> str:
    n = int.from_bytes(content[2:4], "little")
    return content[5 : 5 + 2 * n].decode("utf-16-le") if content[4] & 1 else content[5 : 5 + n].decode("latin-1")


def _cells(stream: bytes, at: int, styles: list[tuple[str, ...] | None]) -> Cells:
    found: Cells = {}
    for number, content in _records(stream, at):
        for row, column, style, value in _numbers(number, content):
            places = styles[style] if style < len(styles) else None
            shown = padded(number_text(value), places) if places else None
            if shown is not None:
                found[row, column] = shown
    return found


def _numbers(number: int, content: bytes) -> Iterator[tuple[int, int, int, float]]:
    if number == _NUMBER or (number == _FORMULA and content[12:14] != b"\xff\xff"):
        yield struct.unpack_from("<HHHd", content)
    elif number == _RK:
        row, column, style, packed = struct.unpack_from("<HHHI", content)
        yield row, column, style, _unpacked(packed)
    elif number == _MULRK:
        row, first = struct.unpack_from("<HH", content)
        for k in range((len(content) - 6) // 6):
            style, packed = struct.unpack_from("<HI", content, 4 + 6 * k)
            yield row, first + k, style, _unpacked(packed)


def _unpacked(packed: int) -> float:
    """The number in an RK: its upper 30 bits are those of a double or of a whole number, maybe a hundredfold."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed >> 31 else 0))
    else:
        value = float(struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0])
    return value / 100 if packed & 1 else value


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook in a compound file."""
    size = 1 << int.from_bytes(data[30:32], "little")
    if size not in {512, 4096}:
        return b""
    listed = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < _LAST_SECTOR]
    more, n_more = struct.unpack_from("<II", data, 68)
    for _ in range(n_more):
        *sectors, more = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        listed += [sector for sector in sectors if sector < _LAST_SECTOR]
    table: list[int] = []
    for sector in listed:
        table.extend(struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size))
    folder = _chain(data, int.from_bytes(data[48:52], "little"), table, size)
    for at in range(0, len(folder), 128):
        name = folder[at : at + int.from_bytes(folder[at + 64 : at + 66], "little")].decode("utf-16-le", "replace").rstrip("\0")
        if name in {"Workbook", "Book"}:
            begin, length = struct.unpack_from("<IQ", folder, at + 116)
            return b"" if length < 4096 else _chain(data, begin, table, size)[:length]
    return b""


def _chain(data: bytes, sector: int, table: list[int], size: int) -> bytes:
    found = bytearray()
    while sector < _LAST_SECTOR and len(found) < len(data):
        found += data[(sector + 1) * size : (sector + 2) * size]
        sector = table[sector]
    return bytes(found)
