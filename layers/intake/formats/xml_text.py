"""Map files that are text, decoded as strictly as tables are."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from layers.errors import IntakeError
from layers.intake.formats.encodings import decode
from layers.intake.formats.kinds import FileKind
from layers.intake.formats.zips import check_zip

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

_DECLARED = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w-]+)["'][^>]*\?>""")


def readable_text(data: bytes, job: Job) -> tuple[str, str]:
    """Text of a GeoJSON, KML, KMZ, GPX or DXF, to be written as UTF-8, and the encoding that it was in.

    Raises
    ------
    IntakeError
        When no encoding fits, it is cut off, or XML defines entities, which harmless files have no need of.
    """
    if job.kind == FileKind.KMZ:
        data = _in_kmz(data, job)
    declared = _DECLARED.match(data[:200].decode("latin-1"))
    encoding = job.encoding
    if encoding is None and declared and declared[1].lower() not in {"utf-8", "utf-16"}:
        encoding = {"gb2312": "gb18030", "gbk": "gb18030"}.get(declared[1].lower(), declared[1])
    text, encoding, _ = decode(data, job.name, encoding)
    if job.kind in {FileKind.KML, FileKind.KMZ, FileKind.GPX}:
        if "<!ENTITY" in text:
            msg = (f"“{job.name}”定义了 XML 实体，可能是有意做坏的文件，没有读取 "
                   f"({job.name} defines XML entities, as harmful files do; it was not read)")
            raise IntakeError(msg)
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    if job.kind == FileKind.DXF and not text.rstrip().endswith("EOF"):  # GDAL would look for the end for ever
        raise _cut_off(job)
    return text, encoding


def _in_kmz(data: bytes, job: Job) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        check_zip(archive, len(data), job)
        inside = [name for name in archive.namelist() if name.lower().endswith(".kml")]
        first = next((name for name in inside if name.lower().endswith("doc.kml")), inside[0])
        try:
            return archive.read(first)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise _cut_off(job) from error


def _cut_off(job: Job) -> IntakeError:
    return IntakeError(f"“{job.name}”已损坏或不完整，请重新导出 ({job.name} is damaged or cut off; export it again)")
