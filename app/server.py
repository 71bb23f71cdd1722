"""One process, one port: pages, API and scripts in one application, for this machine only."""

from __future__ import annotations

import inspect
import ipaddress
import socket
import threading
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Mount
from streamlit import runtime
from streamlit.web import bootstrap

from app.api import create_api
from app.api.guard import Guard
from app.bootstrap import open_store
from app.config import Settings
from app.roles import LOCAL_STEWARD, SERVER
from geo.errors import RongtuError
from layers.store import Store

_HERE = Path(__file__).resolve().parent
_PAGES = _HERE / "web" / "main.py"
_OPTIONS = _HERE / ".streamlit" / "config.toml"
_GOODBYE_S = 3


class HostError(RongtuError, ValueError):
    """The address is not this machine's own, and there are no accounts yet to open it to others."""


class PortError(RongtuError, OSError):
    """The port cannot be had."""


def serve(settings: Settings) -> None:
    """Serve pages, API and scripts until stopped, and say where.

    Raises
    ------
    HostError
        For a host that others could reach.
    PortError
        When the port is taken or may not be used.
    StoreError
        When the store cannot be opened.
    """
    with listen(settings.host, settings.port) as listener, open_store(settings, existing=True) as store:
        app = create_app(store, settings)
        server = uvicorn.Server(uvicorn.Config(
            app, log_level="warning", server_header=False, timeout_graceful_shutdown=_GOODBYE_S,
        ))
        click.echo(f"荣图已启动，请用浏览器打开 {address(settings)} （按 Ctrl+C 停止）\n"
                   f"Rongtu is running: open {address(settings)} in a browser (Ctrl+C stops it)")
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:  # uvicorn has closed everything and passes the signal on
            click.echo("已停止 (stopped)")


def create_app(store: Store, settings: Settings) -> st.App:
    """The one application: ``/api``, ``/assets`` and the pages at ``/``."""
    configure(settings)
    # Only now: what these import of Streamlit reads its options, and complains on the way without them.
    from app.assets import asset_routes, use_local_assets
    from app.web import warm
    from app.web.kit import session

    use_local_assets()
    viewer = LOCAL_STEWARD if settings.points else SERVER
    session.serve_store(store, viewer)

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        _register_map_component()
        # In the background: whoever comes first waits for what is left of it, the port is open at once.
        threading.Thread(target=warm.up, args=(viewer, store), daemon=True, name="warm-up").start()
        yield

    return st.App(
        _PAGES,
        routes=[Mount("/api", create_api(store, viewer)), *asset_routes()],
        middleware=[Middleware(Guard)],
        lifespan=lifespan,
        on_script_error=session.tell_fault,
    )


def _register_map_component() -> None:
    """Have Streamlit serve the map's frame: it does so by itself only when a page imports the package first."""
    import streamlit_folium

    component = inspect.unwrap(streamlit_folium._component_func)  # noqa: SLF001 - app.assets has wrapped it
    runtime.get_instance().component_registry.register_component(component)


def configure(settings: Settings) -> None:
    """Set Streamlit up as ``app/.streamlit/config.toml`` says, whatever the working directory holds."""
    options = {**_flat(tomllib.loads(_OPTIONS.read_text(encoding="utf-8"))),
               "server.address": settings.host, "server.port": settings.port}
    bootstrap.load_config_options(options)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a port in use is told before anything is started.

    Raises
    ------
    HostError
        For a host that others could reach.
    PortError
        When the port is taken or may not be used.
    """
    place = _loopback(host)
    listener = socket.socket(socket.AF_INET6 if place.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(place), port))
        listener.listen()
    except OSError as error:
        listener.close()
        msg = (
            f"端口 {port} 无法使用（{error.strerror}）；请先关闭占用它的程序，或换一个端口，如 PORT={_another(port)} "
            f"(port {port} cannot be used: {error.strerror}; stop the program that has it, or take another, "
            f"such as --port {_another(port)})"
        )
        raise PortError(msg) from error
    return listener


def address(settings: Settings) -> str:
    """The address to type into a browser."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        place = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        place = None
    if place is None or str(place) not in ("127.0.0.1", "::1"):  # the names that the guard lets in
        msg = (
            f"只能在本机地址上提供服务（127.0.0.1、::1 或 localhost），不能用“{host}”：尚无账户，他人不得访问 "
            f"(only this machine's own addresses can be served, not {host}: there are no accounts yet)"
        )
        raise HostError(msg)
    return place


def _another(port: int) -> int:
    return port + 1 if port < 65535 else 8501


def _flat(options: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found
