"""The number formats of an XLSX that add zeros to a number."""

from __future__ import annotations

import html
import re
import zipfile

from layers.intake.formats.number_formats import digit_places

_FORMAT = re.compile(r"<(?:\w+:)?numFmt\s([^>]*)>")
_CELLS = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\s([^>]*)>")
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MOST = 20_000_000


def zero_formats(archive: zipfile.ZipFile) -> dict[bytes, tuple[str, ...]]:
    """Number of the style, as cells name it, to the places of its digits; only of styles that add zeros."""
    name = next((name for name in archive.namelist() if name.lower() == "xl/styles.xml"), None)
    if name is None or archive.getinfo(name).file_size > _MOST:
        return {}
    styles = archive.read(name).decode("utf-8", "replace")
    formats = {}
    for tag in _FORMAT.findall(styles):
        told = _attributes(tag)
        if places := digit_places(told.get("formatCode", "")):
            formats[told.get("numFmtId", "")] = places
    cells = _CELLS.search(styles)
    if cells is None or not formats:
        return {}
    used = [_attributes(tag).get("numFmtId", "") for tag in _STYLE.findall(cells[0])]
    return {str(k).encode(): formats[number] for k, number in enumerate(used) if number in formats}


def _attributes(tag: str) -> dict[str, str]:
    return {key: html.unescape(double or single) for key, double, single in _ATTRIBUTE.findall(tag)}
