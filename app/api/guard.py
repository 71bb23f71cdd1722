"""Who may speak to the server at all, and what browsers are told about its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.websockets import WebSocketClose

from app.api.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """Lets in requests that name this machine as their host, and sets the security headers.

    A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding) and would then be of the
    same origin as ours; the name in the Host header gives it away.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI interface."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if _name(host) not in _OWN_NAMES:
            refusal = WebSocketClose(1008) if scope["type"] == "websocket" else problem(
                400, "host", "主机名不对 Wrong host",
                "请用 http://127.0.0.1 或 http://localhost 访问 (open the pages as 127.0.0.1 or localhost)",
            )
            await refusal(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_headers(host))
            await send(message)

        await self.app(scope, receive, send_guarded)


def _name(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _headers(host: str) -> dict[str, str]:
    return {
        # Streamlit and Leaflet need inline and evaluated scripts; the policy is there to keep every request at home.
        "Content-Security-Policy": (
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
            f"connect-src 'self' ws://{host}; object-src 'none'; base-uri 'self'; frame-ancestors 'self'; "
            "form-action 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
