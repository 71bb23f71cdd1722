"""The process that reads one file and can be ended: what it takes in memory and time is bounded from outside."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import BinaryIO

from layers.errors import IntakeError
from layers.intake.formats.kinds import GEO_KINDS, FileKind
from layers.intake.formats.parts import Part

_LIBRARIES = 1_500_000_000
"""Addresses that GDAL and Arrow reserve without using them."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be read, and how much of it at most; the limits are those of ``layers.intake.files.sheet.Limits``."""

    kind: str
    name: str
    inflated_bytes: int
    cells: int
    memory_bytes: int
    encoding: str | None = None
    folder: str = ""
    siblings: dict[str, bytes] = field(default_factory=dict)

    def pack(self) -> bytes:
        """The job as bytes for the other process."""
        return marshal.dumps(asdict(self))


def parts(data: bytes, job: Job) -> Iterator[Part]:
    """What the file holds, one part after the other."""
    if job.kind in GEO_KINDS:
        from layers.intake.formats.geodata import read_geodata

        return read_geodata(data, job)
    if job.kind == FileKind.CSV:
        from layers.intake.formats.text_file import read_text

        return read_text(data, job)
    if job.kind == FileKind.HTML:
        from layers.intake.formats.web_page import read_web_page

        return read_web_page(data, job)
    if job.kind == FileKind.SPREADSHEET_XML:
        from layers.intake.formats.spreadsheet_xml import read_spreadsheet_xml

        return read_spreadsheet_xml(data, job)
    if job.kind == FileKind.ODS:
        from layers.intake.formats.ods import read_ods

        return read_ods(data, job)
    from layers.intake.formats.workbooks import read_workbook

    return read_workbook(data, job)


def main() -> None:
    """Read a job and a file from standard input and write parts to standard output, each after its length."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints would garble the parts
    _give(out, ("ready",))
    out.flush()
    job = Job(**marshal.loads(_take(sys.stdin.buffer)))  # noqa: S302 - from our own parent process
    data = _take(sys.stdin.buffer)
    _bound(job.memory_bytes + (_LIBRARIES if job.kind in GEO_KINDS else 0))
    try:
        for part in parts(data, job):
            _give(out, part)
    except IntakeError as error:
        _give(out, ("error", str(error)))
    except MemoryError:
        _give(out, ("memory",))
    _give(out, ("end",))
    out.flush()
    os._exit(0)  # nothing is worth tidying up; freeing millions of cells one by one takes long


def _bound(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    most = resource.getrlimit(resource.RLIMIT_AS)[1]  # who started us may allow less
    bound = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _take(stream: BinaryIO) -> bytes:
    return stream.read(int.from_bytes(stream.read(8), "little"))


def _give(stream: BinaryIO, part: Part) -> None:
    packed = marshal.dumps(part)
    stream.write(len(packed).to_bytes(8, "little"))
    stream.write(packed)
