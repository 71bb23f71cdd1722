"""What may lie in the repository, and what may not."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

LOCKS = ("requirements.lock", "requirements-bench.lock")


@pytest.fixture(scope="module")
def files(repo_root: Path) -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=repo_root, check=True, capture_output=True, text=True).stdout
    found = [repo_root / name for name in listed.split("\0") if name]
    assert len(found) > 50
    return [path for path in found if path.is_file()]


def texts(files: list[Path]) -> dict[Path, str]:
    pictures = {".png", ".ico", ".jpg"}
    return {path: path.read_text("utf-8") for path in files if path.suffix not in pictures}


def pins(lock: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, pinned in re.findall(r"^([a-z0-9._-]+)==([^ ]+)", lock.read_text("utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(pinned)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_record_no_address(name: str, repo_root: Path) -> None:
    text = (repo_root / name).read_text("utf-8")
    assert not re.search(r"://|^-|file:|@ ", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str, repo_root: Path) -> None:
    text = (repo_root / name).read_text("utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) > 80
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize(("name", "extras"), list(zip(LOCKS, (["dev"], ["dev", "bench"]), strict=True)))
def test_lock_files_answer_to_pyproject(name: str, extras: list[str], repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    locked = pins(repo_root / name)
    for line in wanted:
        requirement = Requirement(line)
        found = locked.get(requirement.name.lower(), set())
        assert found, f"{line} is not in {name}: run `make lock`"
        # A requirement for some versions of Python only speaks of some of the pins.
        answered = any if requirement.marker else all
        assert answered(requirement.specifier.contains(pin) for pin in found), f"{line} against {found}: run `make lock`"


def test_the_environment_is_the_locked_one(repo_root: Path) -> None:
    locked = pins(repo_root / LOCKS[0])
    for name in ("geopandas", "pandas", "shapely", "sqlalchemy", "streamlit", "folium"):
        assert version(name) in locked[name], "run `make setup`"


def test_everything_imported_is_locked(repo_root: Path) -> None:
    # An environment that has grown for a while holds more than a fresh one will.
    brought_by = packages_distributions()
    ours = {"geo", "layers", "data", "app"} | {path.stem for path in (repo_root / "tests").rglob("*.py")}
    for folder in ("geo", "layers", "data", "app", "tests", "tools"):
        for path in (repo_root / folder).rglob("*.py"):
            locked = pins(repo_root / LOCKS["bench" in path.parts])
            for module in imported(path) - sys.stdlib_module_names - ours:
                # What is not installed here (a bench's rivals) goes by the name of its module, or that after "py".
                named = brought_by.get(module, [module, f"py{module}"])
                packages = {name.lower().replace("_", "-") for name in named}
                assert packages & locked.keys(), f"{path} imports {module}, which no lock file brings"


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.split(".")[0] for name in plain | named}


def test_no_other_lock_files(files: list[Path]) -> None:
    assert [path.name for path in files if path.name in {"uv.lock", "package-lock.json", "poetry.lock"}] == []


def test_no_file_names_a_place_on_one_machine(files: list[Path]) -> None:
    machine = re.compile(r"/(work/(main|shared)|root|home/\w+|Users/\w+)/|C:\\Users")
    assert machine.search(f"/{'home'}/somebody/data.csv")
    found = {path.name: machine.search(text) for path, text in texts(files).items()}
    assert {name: match[0] for name, match in found.items() if match} == {}


def test_no_third_party_script_is_committed(files: list[Path]) -> None:
    bundled = re.compile(r"\.min\.(js|css)$|\.bundle\.js$|\.(js|css)\.map$|(^|/)node_modules/")
    assert [str(path) for path in files if bundled.search(path.as_posix())] == []
    scripts = [path for path in files if path.suffix in {".js", ".css"}]
    assert [path.name for path in scripts if max(map(len, path.read_text("utf-8").splitlines()), default=0) > 400] == []


def test_no_real_data_is_committed(files: list[Path]) -> None:
    data = {".pbf", ".db", ".sqlite", ".gpkg", ".shp", ".dbf", ".parquet", ".fgb"}
    assert [str(path) for path in files if path.suffix in data] == []


def test_files_are_small(files: list[Path]) -> None:
    assert {path.name: path.stat().st_size for path in files if path.stat().st_size > 1_500_000} == {}


def test_tests_are_no_packages(repo_root: Path) -> None:
    # tests/geo/__init__.py would stand in front of the package geo.
    assert list((repo_root / "tests").rglob("__init__.py")) == []


def test_nothing_in_app_hides_a_package(repo_root: Path) -> None:
    # Streamlit puts the folder of the page's script first on the path.
    inside = {path.stem for path in (repo_root / "app").rglob("*") if ".streamlit" not in path.parts}
    names = {"geo", "layers", "data", "app", "tests"}
    clashing = {path for path in (repo_root / "app").glob("*") if path.stem in names}
    assert inside, "the folder is there"
    assert clashing == set()


def test_supported_python_is_told_once(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))
    supported = SpecifierSet(project["project"]["requires-python"])
    assert supported.contains("3.11")
    assert not supported.contains("3.10")
    assert project["tool"]["mypy"]["python_version"] == "3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"
