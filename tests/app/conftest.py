"""What the tests of services and doors share: the small county to read or to change, the API, and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from small_county import PROVENANCE, county_file, frames

from app.api import create_api
from app.cli import main
from app.roles import SERVER
from layers.store import Store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def store(shared_url: str) -> Iterator[Store]:
    """The small county on each back end, for the tests of a module that only read it."""
    with Store.open(shared_url) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.fixture(scope="module")
def file_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """As ``store``, where one back end is enough."""
    with Store.open(str(county_file(tmp_path_factory.mktemp("file")))) as opened:
        yield opened


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    """The API of ``store`` for whoever reaches the server."""
    with TestClient(create_api(store, SERVER)) as client:
        yield client


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A store with the small county, which the test may change."""
    return county_file(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: exit code, output, errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
