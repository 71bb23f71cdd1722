"""Chromium that can reach nothing but this machine, and a record of every page that tried."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Request, WebSocket, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NO_HOST = frozenset({"about", "blob", "data", "chrome-error"})

# The browser itself must not call home either: its own requests are switched off, and no name resolves.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE [::1]",
)


class BrowserMissingError(RuntimeError):
    """No Chromium, or no font that can draw Chinese, on this machine."""


def find_program() -> str:
    """Return the path of a Chromium, having seen that Chinese will not come out as squares."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        msg = (
            "测试需要 Chromium；请运行 make test，或 apt-get install chromium "
            "The tests need Chromium: run `make test`, or `apt-get install chromium`"
        )
        raise BrowserMissingError(msg)
    if not _chinese_fonts():
        msg = (
            "没有中文字体，页面会显示方块；请运行 make test，或 apt-get install fontconfig fonts-noto-cjk "
            "No font has Chinese glyphs: run `make test`, or `apt-get install fontconfig fonts-noto-cjk`"
        )
        raise BrowserMissingError(msg)
    return program


@contextmanager
def launch() -> Iterator[Browser]:
    """Start Chromium with a fresh profile; it is closed at the end."""
    program = find_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def record_outside_requests(context: BrowserContext) -> list[str]:
    """Return a list to which every request of `context` to another machine is added (the browser has blocked it)."""
    outside: list[str] = []

    def note(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in NO_HOST and parts.hostname not in LOOPBACK:
            outside.append(url)

    def on_request(request: Request) -> None:
        note(request.url)

    def on_socket(socket: WebSocket) -> None:
        note(socket.url)

    context.on("request", on_request)
    context.on("page", lambda page: page.on("websocket", on_socket))
    return outside


def _chinese_fonts() -> str:
    if shutil.which("fc-list") is None:
        return ""
    return subprocess.run(["fc-list", ":lang=zh", "family"], check=True, capture_output=True, text=True).stdout
