"""The one process: where it listens, whom it answers, and what it needs of the folder it is started in."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys

import httpx2
import pytest
from running_server import command, free_port, running
from small_county import PROVENANCE, frames
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.api.guard import Guard
from app.config import Settings
from app.server import HostError, PortError, address, listen
from geo.errors import RongtuError
from layers.store import Store


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "example.com", "", "8.8.8.8", "127.0.0.2"])
def test_only_this_machine_is_listened_on(host):
    with pytest.raises(HostError) as refused:
        listen(host, free_port())
    assert isinstance(refused.value, RongtuError)
    assert "127.0.0.1" in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_its_own_addresses_will_do(host):
    with listen(host, free_port()) as listener:
        assert listener.getsockname()[0].startswith("127.")


def test_a_busy_port_is_told_with_another_to_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=str(port)) as refused:
            listen("127.0.0.1", port)
    assert f"--port {port + 1}" in str(refused.value)


def test_the_command_line_says_it_in_one_line(tmp_path):
    store = str(tmp_path / "county.db")
    Store.open(store).close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = subprocess.run(
            command("serve", "--store", store, "--port", str(taken.getsockname()[1])),
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        )
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1
    assert "Traceback" not in run.stderr


def test_the_address_can_be_typed_into_a_browser():
    assert address(Settings(port=8501)) == "http://127.0.0.1:8501"
    assert address(Settings(host="::1", port=80)) == "http://[::1]:80"


async def _hello(_request):
    return PlainTextResponse("hello")


async def _echo(socket: WebSocket):
    await socket.accept()
    await socket.close()


@pytest.fixture
def guarded():
    app = Starlette(routes=[Route("/", _hello), WebSocketRoute("/ws", _echo)], middleware=[Middleware(Guard)])
    return TestClient(app)


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:1", "[::1]:8501", "127.0.0.1"])
def test_its_own_names_are_answered(guarded, host):
    assert guarded.get("/", headers={"host": host}).text == "hello"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8501", "localhost.evil.example", "", "[::2]"])
def test_another_name_that_points_here_is_refused(guarded, host):
    answer = guarded.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    with pytest.raises(WebSocketDisconnect), guarded.websocket_connect("/ws", headers={"host": host}):
        pass


def test_browsers_are_told_to_stay_at_home(guarded):
    headers = guarded.get("/", headers={"host": "127.0.0.1:8501"}).headers
    policy = headers["content-security-policy"]
    sources = set(re.findall(r"\S+", policy.replace(";", " ")))
    assert not [source for source in sources if source.startswith(("http", "*", "wss"))]
    assert "ws://127.0.0.1:8501" in sources
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_it_runs_from_any_folder_and_heeds_no_other_settings(tmp_path):
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(
        '[theme]\nprimaryColor = "#FF0000"\n[browser]\ngatherUsageStats = true\n')
    script = (
        "from app.server import configure; from app.config import Settings; configure(Settings()); "
        "from streamlit import config as c; "
        "print(c.get_option('theme.primaryColor'), c.get_option('browser.gatherUsageStats'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.split() == ["#1B5E5A", "False"]


def test_pages_api_and_scripts_come_from_one_port(tmp_path):
    store = str(tmp_path / "county.db")
    with Store.open(store) as opened:
        opened.load(frames(), PROVENANCE)
    with running(store, tmp_path) as at, httpx2.Client(base_url=at, timeout=60) as client:
        assert client.get("/").headers["content-type"].startswith("text/html")
        assert client.get("/api/health").json()["ok"] is True
        assert client.get("/api/coverage").json()["total"]["persons"] == 22
        assert "Leaflet" in client.get("/assets/leaflet/leaflet.js").text
        assert client.get("/component/streamlit_folium.st_folium/index.html").status_code == 200
        assert client.get("/api/nothing").headers["content-type"] == "application/problem+json"
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    log = (tmp_path / "server.log").read_text()
    assert at in log
    assert "Traceback" not in log
    assert "warning" not in log.lower()


def test_ctrl_c_stops_it_without_a_trace(tmp_path):
    store = str(tmp_path / "county.db")
    Store.open(store).close()
    port = free_port()
    with subprocess.Popen(
        command("serve", "--store", store, "--port", str(port)), cwd=tmp_path, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert f"http://127.0.0.1:{port}" in first
        assert httpx2.get(f"http://127.0.0.1:{port}/api/health", timeout=60).status_code == 200
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in rest
