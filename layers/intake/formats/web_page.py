"""Web pages that are called workbooks, as most web systems of offices hand them out."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.errors import IntakeError
from layers.intake.formats.declared import decode_declared
from layers.intake.formats.gathered import GatheredSheet, Room
from layers.intake.formats.html_tables import TableReader
from layers.intake.formats.parts import Part

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

_SHEET = re.compile(r"<x:Name>([^<]{1,60})</x:Name>")


def read_web_page(data: bytes, job: Job) -> Iterator[Part]:
    """All tables of a page as one sheet.

    Raises
    ------
    IntakeError
        When there is no table in it, one is cut off, or its text fits no encoding.
    """
    found, notes = decode_declared(_page(data), job.name, job.encoding)
    yield "encoding", found.encoding
    yield from notes
    names = _SHEET.findall(found.text)
    sheet = GatheredSheet(names[0].strip() if names else "", Room(job.name, job.cells))
    reader = TableReader(sheet)
    reader.feed(found.text)
    cut_off = reader.depth > 0
    reader.close()
    if cut_off:
        msg = (f"“{job.name}”里的表格没有结束（缺 </table>），文件不完整，请重新导出 "
               f"(a table in {job.name} never ends: there is no </table>; the file is cut off, export it again)")
        raise IntakeError(msg)
    if not reader.tables:
        msg = (f"“{job.name}”是网页，里面没有表格（可能是登录页、出错页，或表格在另一个文件里），请重新导出 "
               f"({job.name} is a web page without a table: a page to log in, an error, or a frame around other files; "
               "export it again)")
        raise IntakeError(msg)
    yield from sheet.parts()


def _page(data: bytes) -> bytes:
    """The page itself, also of a web archive, which wraps it up like a letter."""
    if data.lstrip()[:1] == b"<" or b"mime-version:" not in data[:2_000].lower():
        return data
    pages = [part.get_payload(decode=True) for part in email.message_from_bytes(data.lstrip()).walk()
             if part.get_content_type() == "text/html"]
    whole = [page for page in pages if isinstance(page, bytes)]
    return next((page for page in whole if b"<table" in page.lower()), whole[0] if whole else data)
