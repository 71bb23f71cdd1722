"""Any office file as sheets of text."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

import numpy as np
import shapely

from layers.errors import IntakeError
from layers.fields import Label
from layers.intake.files.child import parts_of
from layers.intake.files.sheet import LIMITS, File, Limits, Merged, Sheet
from layers.intake.formats.kinds import GEO_KINDS, SUFFIXES, FileKind, kind_of
from layers.intake.formats.parts import Part
from layers.intake.formats.shapefiles import PARTS
from layers.intake.formats.worker import Job


def read_file(
    source: str | Path | bytes, *, name: str | None = None, limits: Limits = LIMITS, encoding: str | None = None,
) -> File:
    """Read a workbook, text table or map file, whatever its suffix says.

    Parameters
    ----------
    source
        Path, or the content itself. A loose ``.shp`` is read with the parts that lie beside it.
    name
        What the file is called in messages; the path's own name if not given. Needed with content.
    limits
        How much is taken.
    encoding
        Of text and of a shapefile's table; found out if not given.

    Raises
    ------
    IntakeError
        When it is missing, empty, locked, damaged, of an unknown kind or too large. The message names the file only.
    """
    content, called, siblings = _content(source, name, limits)
    kind = kind_of(content, called)
    with tempfile.TemporaryDirectory(prefix="rongtu-") as folder:
        job = Job(kind.value, called, limits.inflated_bytes, limits.cells, limits.memory_bytes, encoding,
                  folder if kind in GEO_KINDS else "", siblings if kind == FileKind.SHAPEFILE else {})
        found = _assembled(parts_of(content, job, limits.seconds))
    suffix = PurePath(called).suffix.lower()
    notes = found.notes
    if suffix and suffix not in SUFFIXES[kind] and kind != FileKind.CSV:
        notes = [Label(f"后缀是 {suffix}，内容其实是 {kind.value}，按内容读取",
                       f"the suffix is {suffix} but the content is {kind.value}; it was read as that"), *notes]
    digest = hashlib.sha256(content).hexdigest()
    return File(called, digest, kind.value, found.encoding, tuple(each.sheet() for each in found.sheets), tuple(notes))


def _content(source: str | Path | bytes, name: str | None, limits: Limits) -> tuple[bytes, str, dict[str, bytes]]:
    if isinstance(source, bytes):
        called = PurePath(name or "").name or "file"
        _require_size(len(source), called, limits)
        return source, called, {}
    path = Path(source)
    called = name or path.name
    if not path.is_file():
        msg = f"找不到文件“{path.name}”，请检查路径 (no such file: {path.name})"
        raise IntakeError(msg)
    try:
        _require_size(path.stat().st_size, called, limits)
        content = path.read_bytes()
        siblings = {}
        if path.suffix.lower() == ".shp":
            beside = {other.suffix.lower().removeprefix("."): other for other in path.parent.iterdir()
                      if other.stem == path.stem}
            for part in set(PARTS[1:]) & beside.keys():
                _require_size(beside[part].stat().st_size, called, limits)
                siblings[part] = beside[part].read_bytes()
    except OSError as error:
        msg = f"无法打开“{called}”：{error.strerror}，请检查权限 (cannot open {called}: {error.strerror})"
        raise IntakeError(msg) from error
    return content, called, siblings


def _require_size(size: int, name: str, limits: Limits) -> None:
    if size > limits.file_bytes:
        msg = (f"“{name}”有 {size // 1_000_000:,} MB，最多 {limits.file_bytes // 1_000_000:,} MB，请分成几个文件 "
               f"({name} has {size // 1_000_000:,} MB, at most {limits.file_bytes // 1_000_000:,} MB; split it)")
        raise IntakeError(msg)


@dataclass(slots=True)
class _Sheet:
    name: str
    first_row: int
    merged: tuple[Merged, ...]
    hidden: bool
    crs: str | None
    rows: list[tuple[str, ...]] = field(default_factory=list)
    shapes: list[bytes | None] = field(default_factory=list)

    def sheet(self) -> Sheet:
        shapes = None
        if self.shapes:
            shapes = np.asarray(shapely.from_wkb(np.array(self.shapes, dtype=object), on_invalid="ignore"), dtype=object)
            shapes[shapely.is_empty(shapes)] = None  # POINT EMPTY, or a point at NaN: no place
        return Sheet(self.name, self.rows, self.first_row, self.merged, self.hidden, shapes, self.crs)


@dataclass(slots=True)
class _Found:
    sheets: list[_Sheet] = field(default_factory=list)
    notes: list[Label] = field(default_factory=list)
    encoding: str | None = None


def _assembled(parts: Iterable[Part]) -> _Found:
    found = _Found()
    for what, *values in parts:
        if what == "sheet":
            name, first_row, merged, hidden, crs = values
            found.sheets.append(_Sheet(name, first_row, tuple(Merged(*each) for each in merged), hidden, crs))
        elif what == "rows":
            found.sheets[-1].rows.extend(values[0])
        elif what == "shapes":
            found.sheets[-1].shapes.extend(values[0])
        elif what == "note":
            found.notes.append(Label(*values))
        elif what == "encoding":
            found.encoding = values[0]
    return found
