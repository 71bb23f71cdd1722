"""The documents tell what is there, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from app.cli import commands

READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = (*READMES, "CONTRIBUTING.md", "CHANGELOG.md")


def code(text: str) -> list[str]:
    """The commands that a document shows, without what is said beside them."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str, repo_root: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (repo_root / name).read_text("utf-8"))
    inside = [link for link in links if not link.startswith("http")]
    assert [link for link in inside if not (repo_root / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_told(name: str, repo_root: Path) -> None:
    text = (repo_root / name).read_text("utf-8")
    assert [command for command in commands.commands if f"rongtu {command}" not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_every_option_that_is_told_is_there(name: str, repo_root: Path) -> None:
    lines = [line for line in code((repo_root / name).read_text("utf-8")) if "bin/rongtu " in line]
    assert len(lines) >= 6
    for line in lines:
        command, *arguments = line.split("bin/rongtu ")[1].split()
        asked = commands.commands[command]
        while isinstance(asked, click.Group):
            asked = asked.commands[arguments.pop(0)]
        known = {option for parameter in asked.params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= known, line


def test_both_readmes_show_the_same_commands(repo_root: Path) -> None:
    english, chinese = (code((repo_root / name).read_text("utf-8")) for name in READMES)
    assert english == chinese


def test_every_make_target_is_told(repo_root: Path) -> None:
    makefile = (repo_root / "Makefile").read_text("utf-8")
    targets = set(re.search(r"\.PHONY: (.*)", makefile)[1].split()) - {"help"}
    text = (repo_root / "CONTRIBUTING.md").read_text("utf-8") + makefile.split("\n\n")[0]
    assert [target for target in targets if f"make {target}" not in text] == []
    assert targets <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_readmes_stay_within_one_look(repo_root: Path) -> None:
    for name in READMES:
        assert len((repo_root / name).read_text("utf-8").splitlines()) <= 90
