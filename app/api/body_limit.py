"""Bodies no longer than anybody needs: a longer one is refused before it is read to its end."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import ProblemResponse, problem
from layers.intake.files.sheet import LIMITS

MAX_BODY_BYTES = 1_000_000
"""A scenario of as many drawn vertices as one may have fits in."""

MAX_FILE_BYTES = LIMITS.file_bytes + MAX_BODY_BYTES
"""Where files are loaded, and only there: the largest that is read, and the form around it."""

_FILES = ("/imports", "/units")


class _TooLongError(HTTPException):
    """More was sent than is read."""

    def __init__(self) -> None:
        super().__init__(413)


class BodyLimit:
    """Refuses bodies over the limit, by what their header says and, as it may lie or be missing, by what arrives."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass ``scope`` on, counting what is received."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = _most(scope)
        said = dict(scope["headers"]).get(b"content-length", b"")
        if said.isdigit() and int(said[:20]) > most:
            await _refused(most)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise _TooLongError
            return message

        await self.app(scope, counted, send)


def install(api: FastAPI) -> None:
    """Make ``api`` refuse bodies that are too long."""
    api.add_middleware(BodyLimit)
    api.add_exception_handler(_TooLongError, _answer)


def _most(scope: Scope) -> int:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return MAX_FILE_BYTES if any(path == place or path.startswith(f"{place}/") for place in _FILES) else MAX_BODY_BYTES


async def _answer(request: Request, _error: Exception) -> ProblemResponse:
    return _refused(_most(request.scope))


def _refused(most: int) -> ProblemResponse:
    do = ("请少画些点，或改写道路编号", "draw fewer vertices, or name the roads instead")
    if most == MAX_FILE_BYTES:
        do = ("请把文件分成几份", "divide the file")
    return problem(
        413, "too-long", "内容太大 Body too long",
        f"请求内容超过 {most // 1_000_000} MB；{do[0]} (the body is longer than {most // 1_000_000} MB; {do[1]})",
    )
