"""Make `.venv` hold what requirements.lock names, and the program itself; mend one that is stale or half made.

Run by tools/setup.sh, which first asks with ``--check`` whether anything is to be done at all: that is the quick way on
every later `make`. ``--add FILE`` installs another lock file's packages as well, for `make bench`. Only the standard
library is used, because this runs before anything is installed.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PROGRAM = VENV / "bin" / "rongtu"
STAMP = VENV / "setup.json"
LOCK = ROOT / "requirements.lock"
UV = shutil.which("uv")


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


def main() -> int:
    """Check the environment, or make and mend it."""
    if sys.argv[1:] == ["--check"]:
        return 0 if is_complete(running_version()) else 1
    if sys.argv[1:2] == ["--add"]:
        return _run(*_installer(running_version()), "--no-deps", "--require-hashes", "-r", sys.argv[2], check=False)
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "setup.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two makes at a time must not write into one environment
        try:
            version = usable_version()
            if version is None or not is_complete(version):
                make(version)
        except (SetupError, subprocess.CalledProcessError, OSError) as error:
            print(f"make setup: {error}", file=sys.stderr)
            return 1
    return 0


def is_complete(version: str) -> bool:
    """Tell whether the environment is the one that was made last, and whole: every file there, of its size."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    outside = all(path.exists() for path in (VENV / "pyvenv.cfg", PYTHON, PROGRAM))
    return outside and stamp["made_for"] == _made_for(version) and not _differs(stamp["files"])


def make(version: str | None) -> None:
    """Install what is missing; start from nothing when that does not give a whole environment."""
    print("正在准备运行环境，第一次要几分钟 Preparing the environment (some minutes the first time) …", flush=True)
    if version is None:
        create()
        version = running_version()
    try:
        install(version)
    except (SetupError, subprocess.CalledProcessError):
        # What an interrupted or a foreign installation left behind can stand in the way of any installer.
        print("无法修复，重新建立 The environment cannot be mended; making a new one …", flush=True)
    else:
        return
    # A damaged cache would bring the same damage again (uv links the files of its cache into the environment).
    os.environ.update(UV_NO_CACHE="1", PIP_NO_CACHE_DIR="1")
    create()
    install(running_version())


def usable_version() -> str | None:
    """Return the Python version of the environment, or None when it must be made anew."""
    if not PYTHON.exists() or _made_elsewhere():
        return None
    tell = "import sys; print(f'{sys.version_info[0]}.{sys.version_info[1]}', sys.prefix)"
    try:
        told = subprocess.run([PYTHON, "-I", "-c", tell], check=False, capture_output=True, text=True)
    except OSError:  # not a program, or one for another kind of machine
        return None
    version, _, prefix = told.stdout.strip().partition(" ")
    wanted = running_version() if os.environ.get("PYTHON") else version  # an interpreter that was asked for decides
    if told.returncode or version != wanted or Path(prefix).resolve() != VENV or not _site(version).is_dir():
        return None
    return version


def create() -> None:
    """Make an empty environment with the interpreter that runs this script."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    if UV:
        _run(UV, "venv", "--quiet", "--python", sys.executable, VENV)
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian packs this part of Python by itself
        _install_venv_package(f"python{running_version()}-venv")
    _run(sys.executable, "-m", "venv", VENV)


def install(version: str) -> None:
    """Bring the environment to what the lock file says, and remember it."""
    STAMP.unlink(missing_ok=True)
    for record in _damaged(version):
        shutil.rmtree(record.parent)  # without its record a package counts as missing, and is installed again
    installer = _installer(version)
    _run(*installer, "--no-deps", "--require-hashes", "--requirement", LOCK)
    _run(*installer, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    if broken := _damaged(version):
        msg = f"安装不完整 incomplete after installation: {', '.join(record.parent.name for record in broken)}"
        raise SetupError(msg)
    files = {name: os.stat(name).st_size for record in _records(version) for name in _files(record)}
    STAMP.write_text(json.dumps({"made_for": _made_for(version), "files": files}))


def running_version() -> str:
    """Return the version of this interpreter as its folders are named."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _installer(version: str) -> list[str | Path]:
    if UV:
        return [UV, "pip", "install", "--quiet", "--python", PYTHON]
    if not list(_site(version).glob("pip-*.dist-info")):  # uv made it, without pip, and is gone
        _run(PYTHON, "-I", "-m", "ensurepip")
    return [PYTHON, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]


def _made_for(version: str) -> str:
    # Scripts and the editable install hold the folder's path; of pyproject.toml only what is installed counts.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    relevant = [project["project"], project["build-system"], project["tool"]["setuptools"], version, str(ROOT)]
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode() + LOCK.read_bytes()).hexdigest()


def _made_elsewhere() -> bool:
    """Tell whether the folder was moved or copied: the scripts in it then start another place's interpreter."""
    try:
        script = (VENV / "bin" / "activate").read_text("utf-8")
    except OSError:
        return True
    return str(VENV) not in script


def _site(version: str) -> Path:
    return VENV / "lib" / f"python{version}" / "site-packages"


def _records(version: str) -> list[Path]:
    return [folder / "RECORD" for folder in sorted(_site(version).glob("*.dist-info"))]


def _files(record: Path) -> dict[str, int | None]:
    """Return the files of an installed package with their sizes; compiled ones come and go."""
    site = record.parent.parent
    with record.open(encoding="utf-8", newline="") as rows:
        return {
            os.path.normpath(site / name): int(size) if size else None
            for name, _, size in csv.reader(rows)
            if not name.endswith(".pyc")
        }


def _damaged(version: str) -> list[Path]:
    return [record for record in _records(version) if not record.is_file() or _differs(_files(record))]


def _differs(files: dict[str, int | None]) -> bool:
    for name, size in files.items():
        try:
            found = os.stat(name).st_size
        except OSError:
            return True
        if size is not None and found != size:
            return True
    return False


def _install_venv_package(package: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        msg = f"Python 缺少 venv，请先运行 Python lacks venv, first run: sudo apt-get install {package}"
        raise SetupError(msg)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    if _run(*install, check=False):
        _run("apt-get", "update", "-qq")
        _run(*install)


def _run(*command: str | Path, check: bool = True) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "UV_NO_PROGRESS": "1"}
    environment.pop("VIRTUAL_ENV", None)
    return subprocess.run(command, check=check, env=environment, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
