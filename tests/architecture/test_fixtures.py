"""The guards that other tests lean on must themselves be able to say no."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from offline_browser import BrowserMissingError, find_program, record_outside_requests
from playwright.sync_api import Browser, Page
from postgis_cluster import PostgisMissingError, find_programs, own_schema, refuse_a_store


def test_each_store_address_is_empty_and_lasts_as_long_as_its_test(store_url: str) -> None:
    engine = sa.create_engine(store_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE households (id text)"))  # fails when an earlier test left one
        assert connection.execute(sa.text("SELECT count(*) FROM households")).scalar() == 0


def test_a_schema_is_dropped_with_what_it_holds(postgis_url: str) -> None:
    engine = sa.create_engine(postgis_url, poolclass=sa.NullPool)
    with own_schema(postgis_url) as url:
        inside = sa.create_engine(url, poolclass=sa.NullPool)
        with inside.begin() as connection:
            connection.execute(sa.text("CREATE TABLE kept AS SELECT ST_Point(108.9, 34.2) AS geom"))
            schema = connection.execute(sa.text("SELECT current_schema()")).scalar()
    assert schema not in sa.inspect(engine).get_schema_names()


def test_a_database_that_holds_a_store_beside_postgis_is_refused(postgis_url: str) -> None:
    with sa.create_engine(postgis_url, poolclass=sa.NullPool).connect() as connection:
        schema = connection.execute(sa.text("SELECT current_schema()")).scalar()
        refuse_a_store(connection, schema)
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num text)"))
        with pytest.raises(RuntimeError, match="name an empty database"):
            refuse_a_store(connection, schema)
        connection.rollback()


def test_missing_programs_are_an_error_that_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrowserMissingError, match="apt-get install chromium"):
        find_program()
    (tmp_path / "chromium").write_text("#!/bin/sh\n")
    (tmp_path / "chromium").chmod(0o755)
    with pytest.raises(BrowserMissingError, match="fonts-noto-cjk"):
        find_program()
    monkeypatch.setattr("postgis_cluster.Path", lambda *_: tmp_path / "nowhere")
    with pytest.raises(PostgisMissingError, match="postgresql-15-postgis-3"):
        find_programs()


def test_requests_to_this_machine_are_not_outside(offline_page: Page) -> None:
    offline_page.set_content(
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='><img src='http://127.0.0.1:9/a.png'>"
    )
    assert offline_page.locator("img").count() == 2


def test_every_kind_of_outside_request_is_recorded(browser: Browser) -> None:
    with browser.new_context() as context:
        outside = record_outside_requests(context)
        page = context.new_page()
        page.set_content(
            "<img src='http://example.com/a.png'><link rel='stylesheet' href='https://10.1.2.3/a.css'>"
            "<iframe srcdoc=\"<script src='https://cdn.example.com/x.js'></script>\"></iframe>"
            "<script>new WebSocket('wss://example.org/live'); fetch('http://8.8.8.8/').catch(() => 0)</script>"
        )
        page.wait_for_timeout(300)
    assert sorted(outside) == [
        "http://8.8.8.8/",
        "http://example.com/a.png",
        "https://10.1.2.3/a.css",
        "https://cdn.example.com/x.js",
        "wss://example.org/live",
    ]
