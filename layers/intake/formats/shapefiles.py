"""The parts of a shapefile, from a zip or from beside it, laid out so that GDAL can read them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from layers.errors import IntakeError
from layers.intake.formats.dbf import encoding_of
from layers.intake.formats.kinds import FileKind
from layers.intake.formats.zips import check_zip

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

PARTS = ("shp", "shx", "dbf", "prj", "cpg")

Note = tuple[str, str]


def shapefiles(data: bytes, job: Job) -> Iterator[tuple[Path, str, str | None, list[Note]]]:
    """Path of every shapefile, its name, the encoding of its table, and what there is to tell about it.

    Raises
    ------
    IntakeError
        When its table is missing or the zip is damaged.
    """
    if job.kind == FileKind.SHAPEFILE_ZIP:
        found = _unzipped(data, job)
    else:
        found = {PurePosixPath(job.name).stem: {"shp": data, **job.siblings}}
    for k, (name, parts) in enumerate(sorted(found.items())):
        yield _laid_out(Path(job.folder), k, name, parts, job)


def _laid_out(
    folder: Path, k: int, name: str, parts: dict[str, bytes], job: Job,
) -> tuple[Path, str, str | None, list[Note]]:
    notes: list[Note] = []
    if "dbf" not in parts:
        msg = (f"“{job.name}”缺少属性表 {name}.dbf，请把 .shp、.shx、.dbf、.prj 一起打包成 .zip "
               f"({name}.dbf is missing from {job.name}; put .shp, .shx, .dbf and .prj into one .zip)")
        raise IntakeError(msg)
    if "shx" not in parts:
        notes.append((f"“{name}”缺少 .shx，已按 .shp 重建索引", f"{name} has no .shx; the index was rebuilt from the .shp"))
    if "prj" not in parts:
        notes.append((f"“{name}”缺少 .prj，坐标系须另行指定", f"{name} has no .prj; its coordinates' system must be told"))
    declared = parts["cpg"].decode("latin-1").strip() if "cpg" in parts else None
    if job.encoding:
        encoding = job.encoding
    else:
        encoding, contradicts = encoding_of(parts["dbf"], declared, name)
        if contradicts:
            notes.append((f"“{name}.cpg”说是 {declared}，内容却是 {encoding}，按 {encoding} 读取",
                          f"{name}.cpg says {declared}, but the table is {encoding} and was read so"))
        elif declared is None:
            notes.append((f"“{name}”缺少 .cpg，按内容判断为 {encoding}", f"{name} has no .cpg; judged by its content it is {encoding}"))
    for suffix, part in parts.items():
        if suffix != "cpg":
            (folder / f"layer{k}.{suffix}").write_bytes(part)
    return folder / f"layer{k}.shp", name, encoding, notes


def _unzipped(data: bytes, job: Job) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_zip(archive, len(data), job)
            for info in archive.infolist():
                path = PurePosixPath(_name(info).replace("\\", "/"))
                suffix = path.suffix.lower().removeprefix(".")
                if suffix in PARTS and not path.parts[0].startswith("__MACOSX"):
                    found.setdefault(str(path.with_suffix("")), {})[suffix] = archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        msg = f"“{job.name}”已损坏或不完整，请重新打包 ({job.name} is damaged or cut off; pack it again)"
        raise IntakeError(msg) from error
    layers = {stem: parts for stem, parts in found.items() if "shp" in parts}
    short = {PurePosixPath(stem).name for stem in layers}
    return {PurePosixPath(stem).name if len(short) == len(layers) else stem: parts for stem, parts in layers.items()}


def _name(info: zipfile.ZipInfo) -> str:
    """Name of a member; where it is not marked as UTF-8, Chinese programs wrote it in GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename
