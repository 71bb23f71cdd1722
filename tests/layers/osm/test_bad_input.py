"""Files that cannot be read, and what is said about them."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import struct
from pathlib import Path

import osmium
import pytest
from osm_writer import OsmFile, one_township

from geo.errors import ParameterError
from layers.errors import IntakeError
from layers.intake.osm import read_extract


def complaint(path: Path) -> str:
    with pytest.raises(IntakeError) as error:
        read_extract(path, households_from="buildings")
    text = str(error.value)
    assert "\n" not in text
    assert path.name in text
    return text


def test_missing_and_folder(tmp_path: Path) -> None:
    assert "no such file" in complaint(tmp_path / "nowhere.osm.pbf")
    assert "no such file" in complaint(tmp_path)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "e.osm.pbf").touch()
    assert "is empty" in complaint(tmp_path / "e.osm.pbf")


@pytest.mark.parametrize("content", [b"not a map at all, but a text", bytes(500), bytes(range(256)) * 4, b"\x00\x00"])
def test_not_a_pbf(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(content)
    assert "cannot read" in complaint(path)


def test_unknown_suffix(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(b"hello")
    assert "cannot read" in complaint(path)


def test_broken_xml(tmp_path: Path) -> None:
    path = tmp_path / "x.osm"
    path.write_text("<osm version='0.6'><node id='1'", encoding="utf-8")
    assert "cannot read" in complaint(path)


def _big(path: Path) -> bytes:
    """A file of several blocks of each kind, as real extracts are."""
    file = one_township()
    for k in range(9000):
        file.node(104.0 + k / 100_000, 30.03, {"amenity": "restaurant", "name": f"r{k}"})
    for k in range(9000):
        file.line((104.0 + k / 100_000, 30.01), (104.0 + k / 100_000, 30.02), highway="path")
    return file.write(path).read_bytes()


def _blocks(data: bytes) -> list[int]:
    """Where each block of a PBF ends."""
    ends, at = [], 0
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        header = data[at + 4 : at + 4 + size]
        k, shift, length = header.rindex(b"\x18") + 1, 0, 0
        while True:
            length |= (header[k] & 127) << shift
            shift += 7
            k += 1
            if header[k - 1] < 128:
                break
        at += 4 + size + length
        ends.append(at)
    assert at == len(data)
    return ends


def test_cut_anywhere_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "cut.osm.pbf"
    data = _big(path)
    ends = _blocks(data)
    assert len(ends) > 5
    cuts = {len(data) * k // 12 for k in range(1, 12)} | {len(data) - 1}
    cuts |= {end + extra for end in ends[:-1] for extra in (0, 1, 3, 4, 30)}
    for cut in sorted(cuts):
        path.write_bytes(data[:cut])
        complaint(path)
    path.write_bytes(data)
    assert len(read_extract(path).frames["roads"]) > 9000


def test_flipped_bytes_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "t.osm.pbf"
    data = bytearray(_big(path))
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    assert "damaged" in complaint(path)


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    plain = one_township().write(tmp_path / "t.osm.pbf")
    path = tmp_path / "u.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,pbf_compression=none")) as writer:
        for thing in osmium.FileProcessor(str(plain)):
            writer.add(thing)
    data = path.read_bytes()
    assert data.count("柳".encode()) == 1
    path.write_bytes(data.replace("柳".encode(), b"\xff\xfe\xfd"))
    assert "damaged" in complaint(path)


def test_no_roads(tmp_path: Path) -> None:
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "青山镇")
    file.line((104.01, 30.01), (104.02, 30.01), highway="proposed")
    file.line((104.01, 30.01), (104.02, 30.01), waterway="river")
    assert "no roads" in complaint(file.write(tmp_path / "t.osm.pbf"))


def test_roads_whose_nodes_are_missing(tmp_path: Path) -> None:
    file = OsmFile()
    file.boundary(104.0, 30.0, 0.1, "青山镇")
    file.way([90_001, 90_002, 90_003], {"highway": "residential"})
    assert "no roads" in complaint(file.write(tmp_path / "t.osm.pbf"))


def test_no_boundaries(tmp_path: Path) -> None:
    file = OsmFile()
    file.line((104.01, 30.01), (104.02, 30.01), highway="residential")
    assert "no administrative boundary" in complaint(file.write(tmp_path / "t.osm.pbf"))


def test_a_history_file(tmp_path: Path) -> None:
    path = tmp_path / "t.osh.pbf"
    header = osmium.io.Header()
    with osmium.SimpleWriter(osmium.io.File(str(path), "osh.pbf"), header=header) as writer:
        for version in (1, 2):
            writer.add_node(osmium.osm.mutable.Node(id=1, version=version, location=(104, 30)))
    assert "history" in complaint(path)


@pytest.mark.parametrize("level", [-1, 0, 1, 12, 99])
def test_levels_that_do_not_exist(level: int, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="2 to 11"):
        read_extract(one_township().write(tmp_path / "t.osm.pbf"), township_level=level)


@pytest.mark.parametrize("suffix", [".osm.pbf", ".osm", ".osm.gz", ".osm.bz2", ".opl"])
def test_other_formats_of_the_same_data(suffix: str, tmp_path: Path) -> None:
    found = read_extract(one_township().write(tmp_path / f"t{suffix}"))
    assert [len(found.frames[n]) for n in ("townships", "villages", "roads")] == [1, 1, 1]


def test_day_and_digest(tmp_path: Path) -> None:
    file = one_township()
    path = file.write(tmp_path / "t.osm.pbf", stamp="2023-04-05T06:07:08Z")
    found = read_extract(path)
    assert found.as_of == dt.date(2023, 4, 5)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_extract(file.write(tmp_path / "t.osm.pbf")).as_of == dt.date(2024, 5, 6)
    file.when = None
    for thing in (*file._nodes, *file._ways, *file._relations):
        thing.timestamp = None
    path = file.write(tmp_path / "t.osm.pbf")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    assert read_extract(path).as_of == dt.date(2020, 9, 13)


def test_progress_rises_from_0_to_1(tmp_path: Path) -> None:
    steps: list[tuple[str, float]] = []
    read_extract(one_township().write(tmp_path / "t.osm.pbf"), households_from="buildings",
                 progress=lambda text, share: steps.append((text, share)))
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(text for text, _ in steps)


def test_same_file_same_frames(tmp_path: Path) -> None:
    path = one_township().write(tmp_path / "t.osm.pbf")
    one, two = read_extract(path), read_extract(path)
    for name, frame in one.frames.items():
        assert frame.equals(two.frames[name])
