"""tools/system-packages.sh on machines that lack something, with an apt-get that only takes notes."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

TOOLS = ("sh", "grep", "sort", "tail", "tr", "mktemp", "cat", "rm", "env", "true")


@dataclass
class Machine:
    """A search path with a few programs on it, and what was asked of apt-get."""

    programs: Path
    script: Path

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        # A database that is given stands for PostGIS, whether or not this machine has it.
        given = {"PATH": str(self.programs), "RONGTU_TEST_STORE": "postgresql+psycopg://given", **environment}
        return subprocess.run([shutil.which("sh"), self.script], check=False, env=given, capture_output=True, text=True)

    @property
    def asked(self) -> list[str]:
        notes = self.programs / "notes"
        return notes.read_text().splitlines() if notes.exists() else []


def bring_chromium(machine: Machine) -> str:
    return f': > "{machine.programs}/chromium"; /bin/chmod 755 "{machine.programs}/chromium"'


@pytest.fixture
def machine(repo_root: Path, tmp_path: Path) -> Machine:
    """A machine with a Chinese font, run by root, without Chromium; apt-get brings it."""
    made = Machine(tmp_path / "bin", repo_root / "tools" / "system-packages.sh")
    made.programs.mkdir()
    for tool in TOOLS:
        (made.programs / tool).symlink_to(os.path.realpath(shutil.which(tool)))
    made.program("id", "echo 0")
    made.program("fc-list", "echo 'Noto Sans CJK SC'")
    made.program("apt-cache", "")
    made.program("apt-get", f'echo "$DEBIAN_FRONTEND $@" >> "{made.programs}/notes"\n{bring_chromium(made)}')
    return made


def test_nothing_is_asked_of_apt_when_all_is_there(machine: Machine) -> None:
    machine.program("chromium", "")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr, machine.asked) == (0, "", "", [])


def test_root_gets_what_is_missing_and_only_that(machine: Machine) -> None:
    assert machine.run().returncode == 0
    assert machine.asked == ["noninteractive install -y -qq --no-install-recommends chromium"]


def test_lists_are_fetched_when_the_first_try_fails(machine: Machine) -> None:
    machine.program(
        "apt-get",
        f'echo "$@" >> "{machine.programs}/notes"\n'
        f'if [ "$1" = update ]; then : > "{machine.programs}/fresh"; exit 0; fi\n'
        f'[ -e "{machine.programs}/fresh" ] || exit 100\n'
        f"{bring_chromium(machine)}",
    )
    assert machine.run().returncode == 0
    assert [line.split()[0] for line in machine.asked] == ["install", "update", "install"]


def test_somebody_else_is_told_what_to_install(machine: Machine) -> None:
    machine.program("id", "echo 1000")
    machine.program("fc-list", "")
    done = machine.run()
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends chromium fonts-noto-cjk" in done.stderr
    assert machine.asked == []


def test_sudo_without_a_password_is_used(machine: Machine) -> None:
    machine.program("id", "echo 1000")
    machine.program("sudo", 'shift; exec "$@"')
    assert machine.run().returncode == 0
    assert machine.asked == ["noninteractive install -y -qq --no-install-recommends chromium"]


def test_an_installation_that_brings_nothing_is_a_failure(machine: Machine) -> None:
    machine.program("apt-get", "exit 0")
    done = machine.run()
    assert done.returncode == 1
    assert "still missing after installing: chromium" in done.stderr


def test_an_installation_that_fails_shows_why(machine: Machine) -> None:
    machine.program("apt-get", "echo 'E: no space left'; exit 100")
    done = machine.run()
    assert done.returncode == 1
    assert "no space left" in done.stderr
