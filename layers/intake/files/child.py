"""Reading a file in a process of its own, which ends when it takes too much memory or time."""

from __future__ import annotations

import marshal
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import layers
from layers.errors import IntakeError, ReaderError
from layers.intake.formats.parts import Part
from layers.intake.formats.worker import Job

_ROOT = Path(layers.__file__).resolve().parent.parent
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: no file makes GDAL ask another machine."""


def parts_of(data: bytes, job: Job, seconds: float) -> Iterator[Part]:
    """What the other process reads from ``data``, part by part.

    Raises
    ------
    IntakeError
        What the reader said, or that it took too much memory or time, or broke down.
    ReaderError
        When the process cannot be started, or this machine ended it: no fault of the file.
    """
    reader = _started()
    late = threading.Event()

    def stop() -> None:
        late.set()
        reader.kill()

    clock = threading.Timer(seconds, stop)
    clock.daemon = True
    clock.start()
    try:
        began = ended = False
        for part in _talk(reader, data, job):
            if part[0] == "ready":
                began = True
                continue
            if part[0] == "error":
                raise IntakeError(part[1])
            if part[0] == "end":
                ended = True
                break
            if part[0] == "memory":
                break
            yield part
        if not ended:
            raise _gave_up(job, seconds) if late.is_set() else _why(reader.wait(), job, began=began)
    finally:
        clock.cancel()
        reader.kill()
        for stream in (reader.stdin, reader.stdout):
            if stream is not None:
                _close(stream)
        reader.wait()


def _started() -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {
        "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2",
        "http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "GDAL_HTTP_PROXY": _NOWHERE.removeprefix("http://"),
    }
    # -P: a geo.py in the folder that somebody works in is not the program's.
    command = [sys.executable, "-P", "-W", "ignore", "-c", "from layers.intake.formats.worker import main; main()"]
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    except OSError as error:
        raise _not_started(error.strerror or "") from error


def _talk(reader: subprocess.Popen[bytes], data: bytes, job: Job) -> Iterator[Part]:
    if reader.stdin is None or reader.stdout is None:  # pragma: no cover - both are pipes
        return
    try:
        for message in (job.pack(), data):
            reader.stdin.write(len(message).to_bytes(8, "little"))
            reader.stdin.write(message)
        reader.stdin.flush()
    except BrokenPipeError:
        return
    while len(length := reader.stdout.read(8)) == 8:
        size = int.from_bytes(length, "little")
        packed = reader.stdout.read(size)
        if len(packed) < size:
            return
        yield marshal.loads(packed)  # noqa: S302 - from our own child process


def _close(stream: BinaryIO | object) -> None:
    try:
        stream.close()  # type: ignore[union-attr]
    except BrokenPipeError:
        return


def _why(code: int, job: Job, *, began: bool) -> IntakeError | ReaderError:
    """Why the process ended by itself before it was through."""
    if not began:
        return _not_started(f"exit {code}")
    if code == -signal.SIGKILL:
        return _ended_from_outside(job)
    return _damaged(job) if code > 0 else _gave_up(job)


def _damaged(job: Job) -> IntakeError:
    """Of a file that a library gave up on with an error of its own."""
    return IntakeError(f"“{job.name}”已损坏或不完整，无法读取，请重新导出，或打开后另存 "
                       f"({job.name} is damaged or cut off; export it again, or open it and save it)")


def _not_started(why: str) -> ReaderError:
    return ReaderError(
        f"读取文件的程序无法启动（{why}），与文件无关；请关掉一些程序，或联系管理员查看内存与进程数的限制 "
        f"(the process that reads files cannot start ({why}); the file is not at fault. Free memory, or have the limits on "
        "memory and processes looked at)")


def _ended_from_outside(job: Job) -> ReaderError:
    return ReaderError(
        f"读取“{job.name}”时被系统终止，多半是这台机器内存不足，与文件无关；请稍后再试 "
        f"(reading {job.name} was ended by the system, most likely for want of memory on this machine; the file is not at "
        "fault, try again later)")


def _gave_up(job: Job, seconds: float | None = None) -> IntakeError:
    if seconds is not None:
        return IntakeError(
            f"读取“{job.name}”超过 {seconds:g} 秒，已停止；请只保留要导入的工作表，删去多余的行列和格式后另存 "
            f"(reading {job.name} took more than {seconds:g} s and was stopped; keep only the sheet to load, without "
            "surplus rows, columns and formats)")
    return IntakeError(
        f"读取“{job.name}”需要的内存超过 {job.memory_bytes / 1e9:.1f} GB，或文件已损坏，已停止；请删去表格右边和下边"
        "多余的内容后另存 "
        f"(reading {job.name} needs more than {job.memory_bytes / 1e9:.1f} GB, or it is damaged; it was stopped. Remove "
        "what lies far to the right of and below the table, and save it again)")
