from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from data.demo import SMALL, County, make_county
from geo.errors import ParameterError
from layers.references import check_references
from layers.registry import LAYERS

HASH_ALL = """
import hashlib, sys
from data.demo import SMALL, make_county
frames = make_county(11, size=SMALL).frames
for name, frame in frames.items():
    digest = hashlib.sha256()
    for column in frame.columns:
        values = frame[column]
        held = values.to_wkb() if column == "geometry" else values.map(repr)
        for value in held:
            digest.update(value if isinstance(value, bytes) else str(value).encode())
    print(name, digest.hexdigest())
"""


def test_every_layer_is_there_and_passes_its_own_check(full_county: County) -> None:
    assert list(full_county.frames) == list(LAYERS)
    for name, layer in LAYERS.items():
        report = layer.check(full_county.frames[name])
        assert report.ok, (name, report.issues[:3])


def test_no_reference_leads_nowhere(full_county: County) -> None:
    assert check_references(full_county.frames).ok


def test_other_seeds_pass_the_same_checks(small_county: County) -> None:
    for name, layer in LAYERS.items():
        report = layer.check(small_county.frames[name])
        assert report.ok, (name, report.issues[:3])
    assert check_references(small_county.frames).ok


def test_it_is_labelled_as_fictional_and_dated(full_county: County) -> None:
    assert full_county.region.fictional
    assert "虚构" in full_county.region.name_zh
    assert "fictional" in full_county.region.name_en
    assert full_county.as_of.isoformat() == "2026-10-31"
    assert full_county.frames["townships"]["boundary_source"].str.contains("虚构").all()


def test_it_has_the_size_of_the_public_reports(full_county: County) -> None:
    frames = full_county.frames
    levels = frames["stations"]["level"].value_counts()
    assert len(frames["townships"]) == 15
    assert (frames["townships"]["kind"] == "jiedao").sum() == 4
    assert set(frames["townships"]["kind"]) == {"jiedao", "zhen", "xiang"}
    assert len(frames["villages"]) == 273
    assert levels.to_dict() == {"county": 1, "township": 15, "village": 273}
    assert frames["households"]["persons"].sum() == 21_854
    assert 19_500 <= len(frames["households"]) <= 20_500
    assert len(frames["memorials"]) == 69
    assert len(frames["support_points"]) == 3_000
    assert len(frames["roads"]) >= 40_000


def test_a_smaller_county_has_its_own_numbers(small_county: County) -> None:
    assert len(small_county.frames["villages"]) == SMALL.villages
    assert small_county.frames["households"]["persons"].sum() == SMALL.persons
    assert len(small_county.frames["memorials"]) == SMALL.memorials
    assert len(small_county.frames["support_points"]) == SMALL.support_points


def test_it_lies_in_the_open_sea(full_county: County) -> None:
    west, south, east, north = full_county.frames["townships"].total_bounds
    assert 122.5 < west < 123.0 < east < 123.5
    assert 28.1 < south < 28.5 < north < 28.9


def test_codes_belong_to_no_province_and_nest(full_county: County) -> None:
    townships, villages = full_county.frames["townships"], full_county.frames["villages"]
    assert townships["code"].str.fullmatch(r"99\d{7}").all()
    assert villages["code"].str.fullmatch(r"99\d{10}").all()
    assert (villages["code"].str[:9] == villages["township"]).all()
    assert (villages["id"] == villages["code"]).all()


def test_names_are_chinese_and_not_repeated(full_county: County) -> None:
    for name in ("townships", "villages", "stations", "memorials"):
        names = full_county.frames[name]["name"]
        assert names.is_unique, name
        assert names.str.fullmatch(r"[一-鿿（）〔〕0-9]+").all(), name
    assert full_county.frames["townships"]["name"].str[0].is_unique
    assert not full_county.frames["townships"]["name"].str[:2].isin(["榆岭", "梓埠", "柘塘"]).any()


@pytest.fixture(scope="module")
def other_county() -> tuple[County, list[tuple[str, float]]]:
    """Another small county, and what was told while it was made."""
    told: list[tuple[str, float]] = []
    return make_county(5, lambda stage, fraction: told.append((stage, fraction)), size=SMALL), told


def test_progress_runs_from_nothing_to_all(other_county: tuple[County, list[tuple[str, float]]]) -> None:
    _, told = other_county
    fractions = [fraction for _, fraction in told]
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert all(before < after for before, after in pairwise(fractions))
    assert all(stage for stage, _ in told)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ParameterError, match="-1"):
        make_county(-1)


def _hashes(repo_root: Path, **environment: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", HASH_ALL], cwd=repo_root, env={**os.environ, **environment},
        capture_output=True, text=True, check=True, timeout=120)
    return run.stdout


def test_same_seed_same_bytes_in_another_process(repo_root: Path) -> None:
    first = _hashes(repo_root, PYTHONHASHSEED="1", OMP_NUM_THREADS="1")
    second = _hashes(repo_root, PYTHONHASHSEED="4711", OMP_NUM_THREADS="2", OPENBLAS_NUM_THREADS="2")
    assert len(first.splitlines()) == len(LAYERS)
    assert first == second


def test_another_seed_makes_another_county(
    small_county: County, other_county: tuple[County, list[tuple[str, float]]]
) -> None:
    other, _ = other_county
    for name in ("villages", "roads", "households", "visits"):
        digests = [hashlib.sha256(frames[name].to_csv().encode()).hexdigest()
                   for frames in (small_county.frames, other.frames)]
        assert digests[0] != digests[1], name


def test_coordinates_are_rounded_to_a_centimetre(full_county: County) -> None:
    bounds = full_county.frames["roads"].geometry.bounds.to_numpy()
    assert np.array_equal(bounds, np.round(bounds, 7))
