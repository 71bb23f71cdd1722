"""Valhalla's tiles of an extract. Its package for Python 3.11 has no program that makes them: a later package's does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import valhalla

_MAKER = "pyvalhalla==3.9.*"


def valhalla_config(extract: Path, folder: Path) -> Path | None:
    """Configuration of an actor on the tiles of ``extract``, all made in ``folder``; None where that cannot be done."""
    maker = _tile_maker(folder)
    if maker is None:
        print("\nValhalla is left out: there is no program here that makes its tiles")
        return None
    tiles, packed = folder / "tiles", folder / "tiles.tar"
    config = valhalla.get_config(tile_extract=str(packed), tile_dir=str(tiles), verbose=False)
    config["mjolnir"]["logging"] = {"type": ""}
    for limits in config["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_location_pairs" in limits:
            limits["max_matrix_location_pairs"] = limits["max_matrix_locations"] = 10_000
    written = folder / "valhalla.json"
    written.write_text(json.dumps(config))
    made = subprocess.run([maker, "-c", written, extract], check=False, capture_output=True, text=True)
    if made.returncode:
        print("\nValhalla is left out:", made.stderr[-300:])
        return None
    with tarfile.open(packed, "w") as archive:
        for tile in sorted(tiles.rglob("*.gph")):
            archive.add(tile, tile.relative_to(tiles))
    return written


def _tile_maker(folder: Path) -> Path | None:
    own = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    if own.exists():
        return own
    uv = shutil.which("uv")
    installer = [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install"]
    later = folder / "later"
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--python-version", "3.12", "--target", later]
    subprocess.run([*installer, *options, _MAKER], check=False)
    maker = later / "valhalla" / "bin" / "valhalla_build_tiles"
    if not maker.exists():
        return None
    maker.chmod(0o755)
    return maker
