"""Fixtures that every test folder shares: both back ends of the store, an offline browser, the shared material."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings
from made_once import made_once
from offline_browser import launch, record_outside_requests
from playwright.sync_api import Browser, Page
from postgis_cluster import ensure_postgis, own_schema, throwaway_cluster
from web_pages import PHONE

from data.demo import SMALL, County, make_county

ROOT = Path(__file__).resolve().parent.parent


# Nothing is judged by the clock: a busy machine is not a fault.
settings.register_profile("rongtu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rongtu")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest files first: begun last, they would leave one process at work while the others have nothing to do.
    items.sort(key=lambda item: "browser" not in getattr(item, "fixturenames", ()))


@pytest.fixture
def plain_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new processes begin with nothing: Streamlit leaves the page of an earlier test as the main module."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """Folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real regions and reports that lie beside a working copy; the test is skipped without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here")
    return folder


@pytest.fixture(scope="session")
def full_county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """The county of the demonstration, seed 7."""
    return made_once(tmp_path_factory, "county-7", lambda: make_county(7))


def _small_county(factory: pytest.TempPathFactory, seed: int) -> County:
    return made_once(factory, f"small-county-{seed}", lambda: make_county(seed, size=SMALL))


@pytest.fixture(scope="session", params=[3, 2026])
def small_county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> County:
    """A sixth of a county, of several seeds."""
    return _small_county(tmp_path_factory, request.param)


@pytest.fixture(scope="session")
def one_small_county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A sixth of a county, where one is enough."""
    return _small_county(tmp_path_factory, 3)


@pytest.fixture(scope="session")
def _postgis_server() -> Iterator[str]:
    if given := os.environ.get("RONGTU_TEST_STORE"):
        ensure_postgis(given)
        yield given
    else:
        with throwaway_cluster() as url:
            yield url


@pytest.fixture(scope="session")
def postgis_url(_postgis_server: str) -> Iterator[str]:
    """Address of a schema of a PostGIS database that is there for this run of the tests only."""
    with own_schema(_postgis_server) as url:
        yield url


@contextmanager
def _empty_place(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'rongtu.db'}"
        return
    with pytest.MonkeyPatch.context() as patch, own_schema(request.getfixturevalue("_postgis_server")) as url:
        # The usual place of its key is the working copy, where a real one may lie.
        patch.setenv("RONGTU_KEY", str(folder / "rongtu.key"))
        yield url


@pytest.fixture(params=["sqlite", "postgis"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty place for a store, once on each back end; it is removed after the test."""
    with _empty_place(request, tmp_path) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def shared_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """As ``store_url``, for a store that the tests of one module only read; it is removed after the last."""
    with _empty_place(request, tmp_path_factory.mktemp("shared")) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium that reaches only this machine."""
    with launch() as browser:
        yield browser


@pytest.fixture
def offline_page(browser: Browser) -> Iterator[Page]:
    """Yield a page 1440 pixels wide; the test fails if anything on it asked another machine for something."""
    with browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}) as context:
        outside = record_outside_requests(context)
        yield context.new_page()
    assert not outside, f"the page asked for outside addresses: {sorted(set(outside))}"


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Yield a page of a phone; the test fails if anything on it asked another machine for something."""
    with browser.new_context(locale="zh-CN", **PHONE) as context:
        outside = record_outside_requests(context)
        yield context.new_page()
    assert not outside, f"the page asked for outside addresses: {sorted(set(outside))}"
