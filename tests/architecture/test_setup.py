"""What `make setup` sees in an environment, whole or broken; the packages here are made up, nothing is downloaded."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PYPROJECT = """
[build-system]
requires = ["setuptools"]
[project]
name = "rongtu"
version = "0.1.0"
[tool.setuptools]
packages = []
"""


@pytest.fixture
def setup(repo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/environment.py at work in an empty folder, with an installer that writes two small packages."""
    spec = importlib.util.spec_from_file_location("environment", repo_root / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "PROGRAM": venv / "bin" / "rongtu",
        "STAMP": venv / "setup.json",
        "LOCK": tmp_path / "requirements.lock",
        "UV": None,
    }
    for name, place in places.items():
        monkeypatch.setattr(module, name, place)
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "requirements.lock").write_text("one==1\ntwo==1\n")
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    monkeypatch.setattr(module, "_run", lambda *command, check=True: run(module, [str(part) for part in command]))
    module.runs = []
    return module


def site(setup: ModuleType) -> Path:
    return setup.VENV / "lib" / f"python{setup.running_version()}" / "site-packages"


def run(setup: ModuleType, command: list[str]) -> int:
    setup.runs.append(command)
    if "venv" in command:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", setup.VENV], check=True)
        bring_pip(setup)
    elif "ensurepip" in command:
        bring_pip(setup)
    elif "--editable" in command:
        setup.PROGRAM.write_text("#!/bin/sh\n")
    else:
        assert (site(setup) / "pip-1.dist-info").is_dir(), "there is an installer"
        for name in ("one", "two"):
            record = site(setup) / f"{name}-1.dist-info" / "RECORD"
            if not record.exists():  # an installer leaves alone what it believes to be there
                record.parent.mkdir()
                (site(setup) / f"{name}.py").write_text("x = 1\n")
                record.write_text(f"{name}.py,sha256=x,6\n{name}-1.dist-info/RECORD,,\n__pycache__/{name}.pyc,,\n")
    return 0


def bring_pip(setup: ModuleType) -> None:
    (site(setup) / "pip-1.dist-info").mkdir()
    (site(setup) / "pip-1.dist-info" / "RECORD").touch()


def is_whole(setup: ModuleType) -> bool:
    version = setup.usable_version()
    return version is not None and setup.is_complete(version)


def made_anew(setup: ModuleType) -> bool:
    return any("venv" in command for command in setup.runs)


@pytest.fixture
def made(setup: ModuleType) -> ModuleType:
    """An environment that was made and is whole."""
    assert setup.main() == 0
    assert is_whole(setup)
    setup.runs.clear()
    return setup


def test_a_whole_environment_is_left_alone(made: ModuleType) -> None:
    assert made.main() == 0
    assert made.runs == []


def test_compiled_files_may_come_and_go(made: ModuleType) -> None:
    cache = site(made) / "__pycache__"
    cache.mkdir()
    (cache / "one.pyc").write_bytes(b"compiled")
    assert is_whole(made)


MENDED = {
    "a file is gone": lambda m: (site(m) / "one.py").unlink(),
    "a file was cut short": lambda m: (site(m) / "one.py").write_text(""),
    "a record is gone": lambda m: shutil.rmtree(site(m) / "two-1.dist-info"),
    "the program is gone": lambda m: m.PROGRAM.unlink(),
    "the stamp is gone: interrupted": lambda m: m.STAMP.unlink(),
    "the stamp was cut short": lambda m: m.STAMP.write_text('{"made'),
    "uv made it, without pip, and is gone": lambda m: (m.STAMP.unlink(), shutil.rmtree(site(m) / "pip-1.dist-info")),
    "the lock changed": lambda m: m.LOCK.write_text("one==1\ntwo==2\n"),
    "the project changed": lambda m: (m.ROOT / "pyproject.toml").write_text(PYPROJECT.replace("0.1.0", "0.2.0")),
}
REMADE = {
    "it is gone": lambda m: shutil.rmtree(m.VENV),
    "it is empty": lambda m: (shutil.rmtree(m.VENV), m.VENV.mkdir()),
    "it is a file": lambda m: (shutil.rmtree(m.VENV), m.VENV.touch()),
    "its interpreter is gone": lambda m: (m.PYTHON.unlink(), m.PYTHON.symlink_to("nowhere/python3")),
    "its interpreter does not start": lambda m: (m.PYTHON.unlink(), m.PYTHON.write_text(""), m.PYTHON.chmod(0o755)),
    "its Python was of another version": lambda m: site(m).parent.rename(site(m).parent.with_name("python3.10")),
    "its settings are gone": lambda m: (m.VENV / "pyvenv.cfg").unlink(),
    "it was moved here": lambda m: (m.VENV / "bin" / "activate").write_text("VIRTUAL_ENV=/elsewhere/.venv"),
}


@pytest.mark.parametrize("fault", MENDED.values(), ids=MENDED)
def test_a_fault_is_mended_in_place(fault, made: ModuleType) -> None:
    fault(made)
    assert not is_whole(made)
    assert made.main() == 0
    assert is_whole(made)
    assert not made_anew(made)
    assert (site(made) / "one.py").read_text() == "x = 1\n"


@pytest.mark.parametrize("fault", REMADE.values(), ids=REMADE)
def test_what_cannot_be_mended_is_made_anew(fault, made: ModuleType) -> None:
    fault(made)
    assert not is_whole(made)
    assert made.main() == 0
    assert is_whole(made)
    assert made_anew(made)


def test_an_interpreter_that_is_asked_for_decides(made: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON", "python3.99")
    monkeypatch.setattr(made, "running_version", lambda: "3.99")
    assert made.usable_version() is None


def test_an_installer_that_fails_gets_a_second_try_from_nothing(
    made: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made.STAMP.unlink()
    calls = 0

    def fails_once(*command: str | Path, check: bool = True) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise subprocess.CalledProcessError(1, ["pip"])
        return run(made, [str(part) for part in command])

    for name in ("UV_NO_CACHE", "PIP_NO_CACHE_DIR"):
        monkeypatch.setenv(name, "0")
    monkeypatch.setattr(made, "_run", fails_once)
    assert made.main() == 0
    assert is_whole(made)
    assert "making a new one" in capsys.readouterr().out


def test_a_failure_is_told_in_one_line(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    assert setup.main() == 1
    assert f"apt-get install python{setup.running_version()}-venv" in capsys.readouterr().err


def test_the_quick_look_agrees(made: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["environment.py", "--check"])
    assert made.main() == 0
    (site(made) / "two.py").unlink()
    assert made.main() == 1
