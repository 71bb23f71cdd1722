"""Zips that may lie about what is in them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from layers.errors import IntakeError

if TYPE_CHECKING:
    from layers.intake.formats.worker import Job

CHUNK = 1 << 20
_DEFLATE = 1032
"""No member inflates to more than this many times its packed size."""
_MEMBERS = 20_000
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".mp4")


def check_zip(archive: zipfile.ZipFile, size: int, job: Job) -> None:
    """Refuse a zip bomb by the sizes that it declares, by how it is laid out, and by what it truly inflates to.

    Raises
    ------
    IntakeError
        When it holds too much, or members that lie upon each other, or is locked by a password.
    """
    members = archive.infolist()
    if any(info.flag_bits & 1 for info in members):
        msg = (f"“{job.name}”是加密的压缩包，无法读取，请取消密码后再导入 "
               f"({job.name} is an encrypted archive; remove the password, then load it again)")
        raise IntakeError(msg)
    wanted = [info for info in members if not info.filename.lower().endswith(_PICTURES)]
    declared = sum(info.file_size for info in wanted)
    packed = sum(info.compress_size for info in members)
    if declared > job.inflated_bytes or packed > size or len(members) > _MEMBERS:
        raise _bomb(job)
    for info in wanted:
        if info.compress_size * _DEFLATE > job.inflated_bytes and info.file_size < info.compress_size * _DEFLATE:
            _count(archive, info, job)


def _count(archive: zipfile.ZipFile, info: zipfile.ZipInfo, job: Job) -> None:
    true = 0
    for chunk in inflate(archive, info.filename):
        true += len(chunk)
        if true > job.inflated_bytes or true > info.file_size:
            raise _bomb(job)


def _bomb(job: Job) -> IntakeError:
    return IntakeError(
        f"“{job.name}”解压后会超过 {job.inflated_bytes // 1_000_000:,} MB，或声明的大小不实，没有读取；"
        "请只保留要导入的工作表后另存 "
        f"({job.name} would inflate to more than {job.inflated_bytes // 1_000_000:,} MB or lies about its size; "
        "it was not read. Keep only the sheet to load and save it again)")


def inflate(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """Content of a member as it truly is: the sizes that the zip declares are not believed."""
    info = archive.getinfo(member)
    file = archive.fp
    if file is None:  # pragma: no cover - only of a closed archive
        return
    file.seek(info.header_offset)
    head = file.read(30)
    file.seek(info.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"))
    if info.compress_type == zipfile.ZIP_STORED:
        yield file.read(info.compress_size)
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    left = info.compress_size
    while left > 0 and not unpacker.eof:
        packed = file.read(min(left, CHUNK))
        if not packed:
            return
        left -= len(packed)
        while packed:
            yield unpacker.decompress(packed, CHUNK)
            packed = unpacker.unconsumed_tail
