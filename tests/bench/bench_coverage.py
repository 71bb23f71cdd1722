"""The main job on the demonstration county: the whole command, and the page in a browser.

Run by ``make bench``. The limits that it prints are those that the project set itself.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from offline_browser import launch

RONGTU = str(Path(sys.executable).parent / "rongtu")


def command(*arguments: str) -> tuple[float, float]:
    """Wall seconds and peak megabytes of one command."""
    begin = time.perf_counter()
    child = subprocess.Popen([RONGTU, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"rongtu {' '.join(arguments)} failed")
    return time.perf_counter() - begin, used.ru_maxrss / 1024


@contextlib.contextmanager
def served(store: str) -> Iterator[str]:
    """Address of a server of ``store`` that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [RONGTU, "serve", "--store", store, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api/health").close()
                break
            time.sleep(0.25)
        yield address
    finally:
        server.terminate()
        server.wait()


def page_seconds(address: str) -> float:
    """From navigation until the map's polygons are drawn."""
    with launch() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        begin = time.perf_counter()
        page.goto(address)
        page.frame_locator("iframe").locator("path.leaflet-interactive").first.wait_for(timeout=60_000)
        return time.perf_counter() - begin


def report(what: str, figure: str, limit: str) -> None:
    """One line of the table."""
    print(f"{what:<58}{figure:>16}   limit {limit}")


def main() -> None:
    """Make the county in a folder of its own and measure."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "county.db")
        seconds, peak = command("demo", "--store", store)
        report("rongtu demo, whole process", f"{seconds:.1f} s, {peak:,.0f} MB", "60 s")
        for mode in ("walk", "drive"):
            runs = [command("coverage", "--mode", mode, "--json", "--store", store) for _ in range(3)]
            seconds, peak = min(s for s, _ in runs), max(p for _, p in runs)
            report(f"rongtu coverage --mode {mode}, whole process", f"{seconds:.2f} s, {peak:,.0f} MB", "5 s, 800 MB")
        with served(store) as address:
            page_seconds(address)  # warms the server
            seconds = min(page_seconds(address) for _ in range(3))
            report("coverage page, navigation to drawn map, warm server", f"{seconds:.2f} s", "4 s")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report("largest process of the above", f"{peak:,.0f} MB", "-")


if __name__ == "__main__":
    main()
