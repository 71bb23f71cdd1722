"""One pass over the XML of an XLSX sheet, for what a quick reader does not tell.

That is: how large the sheet truly is, cells whose formula was never calculated, cells that hold an error, whole numbers
of 16 digits and more, whose last digits no binary number holds, and codes kept as numbers that are shown with zeros.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from layers.errors import IntakeError
from layers.intake.formats.number_formats import padded
from layers.intake.formats.zips import CHUNK, inflate

_CELL = re.compile(rb"<(?:\w+:)?c\s((?:[^>]*[^>/])?)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_KIND = re.compile(rb"""\bt=["'](\w+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_LONG = re.compile(rb"^-?\d{16,}(?:\.0*)?$")
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_SIXTEEN = b"0" * 16


@dataclass(slots=True)
class Survey:
    """What one sheet's XML tells; cells by (row, column) from 0."""

    inflated: int = 0
    exact: dict[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    formulas: int = 0


def sheet_members(archive: zipfile.ZipFile) -> list[str]:
    """Names of the members that hold the sheets, in the workbook's order; empty where it is put together unusually."""
    names = {name.lower(): name for name in archive.namelist()}
    try:
        book = archive.read(names["xl/workbook.xml"]).decode("utf-8", "replace")
        links = archive.read(names["xl/_rels/workbook.xml.rels"]).decode("utf-8", "replace")
    except KeyError:
        return []
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\s([^>]*)>", links):
        told = dict(re.findall(r"""(\w+)\s*=\s*["']([^"']*)["']""", link))
        if "Id" in told and "Target" in told:
            targets[told["Id"]] = posixpath.normpath(posixpath.join("/xl", html.unescape(told["Target"]))).lstrip("/")
    ids = [
        found[1] for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book)
        if (found := re.search(r"""\b\w+:id\s*=\s*["']([^"']*)["']""", tag))
    ]
    return [names.get(targets.get(key, "").lower(), "") for key in ids]


def survey(archive: zipfile.ZipFile, member: str, limit: int, formats: Mapping[bytes, tuple[str, ...]]) -> Survey:
    """Look through one sheet, at most ``limit`` bytes of it; ``formats`` are those that add zeros, by style.

    Raises
    ------
    IntakeError
        When it is larger than ``limit``, whatever the zip says of its size.
    """
    found = Survey()
    styled = _styled(formats)
    rest = b""
    for chunk in inflate(archive, member):
        found.inflated += len(chunk)
        if found.inflated > limit:
            msg = (f"表格解压后超过 {limit // 1_000_000:,} MB，可能是有意做坏的文件，没有读取 "
                   f"(a sheet inflates to more than {limit // 1_000_000:,} MB; it was not read)")
            raise IntakeError(msg)
        rest += chunk
        cut = rest.rfind(b"<row")
        if cut <= 0:
            cut = rest.rfind(b"</c>") + 4 if len(rest) > 4 * CHUNK else 0
        _look(rest[:cut], found)
        _pad(rest[:cut], found, styled, formats)
        rest = rest[cut:] if len(rest) - cut < 16 * CHUNK else b""
    _look(rest, found)
    _pad(rest, found, styled, formats)
    return found


def _styled(formats: Mapping[bytes, tuple[str, ...]]) -> re.Pattern[bytes] | None:
    """Cells with a number in one of the styles."""
    if not formats:
        return None
    styles = b"|".join(formats)
    return re.compile(rb"""<(?:\w+:)?c\s(?=[^>]*\bs=["'](""" + styles + rb""")["'])([^>]*[^>/])>(?:<(?:\w+:)?f[^>]*(?:/>|>[^<]*<"""
                      rb"""/(?:\w+:)?f>))?<(?:\w+:)?v>([^<]*)</""")


def _pad(xml: bytes, found: Survey, styled: re.Pattern[bytes] | None, formats: Mapping[bytes, tuple[str, ...]]) -> None:
    """Note the cells that are shown with more digits than their numbers have."""
    for cell in styled.finditer(xml) if styled else ():
        at, kind = _REFERENCE.search(cell[2]), _KIND.search(cell[2])
        if at is not None and (kind is None or kind[1] == b"n"):
            place = _position(at)
            number = found.exact.get(place) or cell[3].decode("ascii", "replace").strip()
            if (shown := padded(number, formats[cell[1]])) is not None:
                found.exact[place] = shown


def _look(xml: bytes, found: Survey) -> None:
    if not _worth_a_look(xml):
        return
    for cell in _CELL.finditer(xml):
        attributes, inside = cell[1], cell[2]
        at = _REFERENCE.search(attributes)
        if at is None:
            continue
        value = _VALUE.search(inside)
        text = value[1].strip() if value else b""
        if _FORMULA.search(inside):
            found.formulas += 1
            if not text and b"<is>" not in inside and b't="str"' not in attributes:
                found.uncalculated.append(_position(at))
        if (_LONG.match(text) and b't="s"' not in attributes) or re.search(rb"""\bt=["']e["']""", attributes):
            found.exact[_position(at)] = html.unescape(text.decode("utf-8", "replace")).partition(".")[0]


def _worth_a_look(xml: bytes) -> bool:
    """Whether anything that is told of may be in it; plain searches take a tenth of a regular expression's time."""
    if any(mark in xml for mark in (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b't="e"', b"t='e'")):
        return True
    zeros = xml.translate(_DIGITS)
    return b">" + _SIXTEEN in zeros or b">-" + _SIXTEEN in zeros


def _position(at: re.Match[bytes]) -> tuple[int, int]:
    column = 0
    for letter in at[1]:
        column = column * 26 + letter - 64
    return int(at[2]) - 1, column - 1
