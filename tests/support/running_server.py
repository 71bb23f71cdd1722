"""The program as a person starts it, in a process of its own on a free port."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2

_START = "import sys; from app.cli import main; sys.exit(main())"


def free_port() -> int:
    """A port that nobody has, and that the system does not give away until we take it: below those it chooses from."""
    for _ in range(100):
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    msg = "no free port between 20000 and 32000"
    raise RuntimeError(msg)


def command(*arguments: str) -> list[str]:
    """The command line of ``rongtu`` with these arguments."""
    return [sys.executable, "-c", _START, *arguments]


@contextmanager
def running(store: str, folder: Path, *options: str, wait_s: float = 240) -> Iterator[str]:
    """Serve ``store`` from the working directory ``folder`` with more ``options``; yields the address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    with log.open("w") as said, subprocess.Popen(
        command("serve", "--store", store, "--port", str(port), *options), cwd=folder, stdout=said, stderr=subprocess.STDOUT
    ) as process:
        try:
            _wait(address, process, log, wait_s)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path, wait_s: float) -> None:
    end = time.monotonic() + wait_s
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx2.get(f"{address}/api/health", timeout=5)
        except httpx2.TransportError:
            time.sleep(0.2)
        else:
            return
    msg = f"the server did not come up:\n{log.read_text()}"
    raise RuntimeError(msg)
