"""What the tests of every door share: the small county in a file, and the command line in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_county import county_file

from app.cli import main

Run = Callable[..., tuple[int, str, str]]


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
