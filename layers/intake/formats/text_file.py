"""CSV and other text tables, from bytes to rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.errors import IntakeError
from layers.intake.formats.delimited import read_delimited
from layers.intake.formats.encodings import decode
from layers.intake.formats.parts import Part, sheet_parts, too_many_cells

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job


def read_text(data: bytes, job: Job) -> Iterator[Part]:
    """The one sheet of a text file, after its encoding.

    Raises
    ------
    IntakeError
        When no encoding fits, it is no text, or it has more cells than are taken.
    """
    text, encoding, doubtful = decode(data, job.name, job.encoding)
    yield "encoding", encoding
    if doubtful:
        yield ("note", f"文字编码按 {encoding} 读取，也可能是另一种；如有乱码请指明编码",
               f"read as {encoding}, though another encoding is about as likely; name it if the text is garbled")
    if n := text.count("\0"):
        line = text.count("\n", 0, text.index("\0")) + 1
        text = text.replace("\0", "")
        yield "note", f"文件里有 {n:,} 个空字节（NUL，最早在第 {line} 行），已略过，其余照常读取；如内容不全请重新导出", (
            f"{n:,} NUL bytes, the first in line {line}, were left out and the rest was read; export the file again if "
            "something is missing")
    rows = list(read_delimited(text, job.name))
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > job.cells:
        raise too_many_cells(job.name, width * len(rows), job.cells)
    strange = sum(1 for row in rows for cell in row if not cell.isprintable() and any(
        letter < " " and letter not in "\t\n\r" for letter in cell))
    if strange > sum(map(len, rows)) / 5:
        msg = (f"“{job.name}”不是文字表格，可能已损坏，请用 Excel 或 WPS 另存为 .xlsx "
               f"({job.name} is no table of text, or it is damaged; save it as .xlsx)")
        raise IntakeError(msg)
    yield from sheet_parts(rows, "", width=width)
