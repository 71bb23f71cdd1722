"""Opening: made when new, quick when up to date, and a clear line when it cannot be."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from small_frames import households, provenance, townships

from layers.errors import StoreError, StoreVersionError
from layers.store import Store, migrations

SECRET = "s3cr3t-word"  # noqa: S105


def plain(error: StoreError) -> str:
    """The message, having seen that it is one line, Chinese first, and without the password."""
    text = str(error)
    assert "\n" not in text
    assert re.match(r"[^(]*[\u4e00-\u9fff][^(]*.*\(.*[a-z]{3}.*\)$", text), text
    assert SECRET not in text
    return text


def test_a_new_store_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "新建" / "a b%c" / "rongtu.db"
    with Store.open(str(path)) as store:
        assert store.is_empty()
        assert store.schema_version() == migrations.versions()[-1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(path.parent.glob("*-wal"))


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite+pysqlite:///{}"])
def test_every_form_of_a_files_address_is_the_same_store(tmp_path: Path, form: str) -> None:
    path = tmp_path / "rongtu.db"
    with Store.open(str(path)) as store:
        store.load({"townships": townships()}, provenance())
    with Store.open(form.format(path)) as store:
        assert len(store.read("townships")) == 2
        assert store.address == str(path)


def test_the_log_lets_readers_go_on(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "rongtu.db")) as store, store._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


@pytest.mark.parametrize("url", ["", " ", "mysql://root@localhost/x", "sqlite://", "sqlite:///:memory:", "://",
                                 f"oracle://scott:{SECRET}@host/x", "postgresql+asyncpg://localhost/x"])
def test_what_is_not_an_address_is_refused(url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store.open(url)
    plain(refused.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        Store.open(str(tmp_path))
    assert "文件夹" in plain(refused.value)


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as refused:
        Store.open(str(tmp_path / "file" / "rongtu.db"))
    plain(refused.value)


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"these are notes, not a database" * 100)
    with pytest.raises(StoreError) as refused:
        Store.open(str(path))
    assert "不是荣图数据库" in plain(refused.value)
    assert path.read_bytes() == b"these are notes, not a database" * 100


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.gpkg"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE gpkg_contents (a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        Store.open(str(path))
    assert "别的程序" in plain(refused.value)
    assert path.read_bytes() == before


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rongtu.db"
    with Store.open(str(path)) as store:
        store.load({"townships": townships(), "households": households(2000, village=None)}, provenance())
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)
    with pytest.raises(StoreError) as refused, Store.open(str(path)) as store:
        store.read("households")
    plain(refused.value)


IMPORTED = """
import sys
from layers.store import Store
Store.open(sys.argv[1]).summary()
print({"alembic", "psycopg"} & set(sys.modules))
"""


def test_opening_what_is_up_to_date_needs_no_alembic(tmp_path: Path, repo_root: Path) -> None:
    path = tmp_path / "rongtu.db"
    Store.open(str(path)).close()
    done = subprocess.run([sys.executable, "-c", IMPORTED, path], cwd=repo_root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_many_open_a_new_store_at_once(store_url: str) -> None:
    ready = threading.Barrier(4)

    def open_it(_: int) -> str:
        ready.wait()
        with Store.open(store_url) as store:
            return store.schema_version()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(open_it, range(4))) == {migrations.versions()[-1]}


def test_a_newer_store_is_refused(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.load({"townships": townships()}, provenance())
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE rongtu_version SET version_num = '9999'")
    with pytest.raises(StoreVersionError) as refused:
        Store.open(store_url)
    assert "9999" in plain(refused.value)
    assert "请升级程序" in str(refused.value)


# Opened to be left as it is


def test_a_store_is_opened_as_it_is(store_url: str) -> None:
    with Store.open(store_url) as store:
        store.load({"townships": townships()}, provenance())
    with Store.open(store_url, upgrade=False) as store:
        assert len(store.read("townships")) == 2


@pytest.mark.parametrize("content", [b"", b"these are notes, not a database" * 100])
def test_what_is_no_store_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        Store.open(str(path), upgrade=False)
    assert "不是荣图数据库" in plain(refused.value)
    assert path.read_bytes() == content
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("name", ["new.db", "new/rongtu.db", "名" * 300, "."])
def test_no_store_is_made_where_there_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store.open(str(tmp_path / name), upgrade=False)
    assert "没有数据库" in plain(refused.value)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("store_url", ["postgis"], indirect=True)
def test_nothing_is_made_in_a_database(store_url: str) -> None:
    server = sa.create_engine(store_url, poolclass=sa.NullPool)
    before = sa.inspect(server).get_table_names(), sa.inspect(server).get_schema_names()
    with pytest.raises(StoreError) as refused:
        Store.open(store_url, upgrade=False)
    assert "是空的" in plain(refused.value)
    own = sa.make_url(store_url).difference_update_query(["options"]).update_query_dict({"schema": "Rongtu nobody's"})
    with pytest.raises(StoreError) as refused:
        Store.open(own.render_as_string(hide_password=False), upgrade=False)
    plain(refused.value)
    assert (sa.inspect(server).get_table_names(), sa.inspect(server).get_schema_names()) == before


def test_an_older_store_that_is_to_be_left_is_refused(store_url: str) -> None:
    with Store.open(store_url) as store, store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rongtu_version SET version_num = '0001'")
    with pytest.raises(StoreVersionError) as refused:
        Store.open(store_url, upgrade=False)
    assert "0001" in plain(refused.value)
    assert "rongtu migrate" in str(refused.value)


WITHOUT_RIGHTS = """
import os, sys
from layers.errors import StoreError
from layers.store import Store
from small_frames import provenance, townships

path, warm = sys.argv[1:]
with Store.open(warm) as store:  # everything is imported before the rights are gone
    store.load({"townships": townships()}, provenance())
    store.read("townships")
if os.geteuid() == 0:  # permissions do not bind root
    os.setgroups([])
    os.setuid(65534)
"""
READ = WITHOUT_RIGHTS + """
with Store.open(path) as store:
    print(len(store.read("townships")), store.region().name_en, end=" ")
    try:
        store.load({"townships": townships(["t9"])}, provenance())
    except StoreError as error:
        print(error)
"""
MAKE = WITHOUT_RIGHTS + """
try:
    Store.open(path)
except StoreError as error:
    print(error)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users may enter, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="rongtu-test-"))
    folder.chmod(0o755)
    yield folder
    for made in folder.rglob("*"):
        made.chmod(0o755)
    shutil.rmtree(folder)


def run(code: str, path: Path, warm: Path, repo_root: Path) -> str:
    paths = f"{repo_root}:{repo_root / 'tests/support'}"
    done = subprocess.run([sys.executable, "-c", code, path, warm], cwd=repo_root, capture_output=True, text=True,
                          check=False, env={"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o444, 0o555), (0o666, 0o555)])
def test_a_read_only_store_is_read(
    open_folder: Path, tmp_path: Path, repo_root: Path, file_mode: int, folder_mode: int
) -> None:
    path = open_folder / "county" / "rongtu.db"
    with Store.open(str(path)) as store:
        store.load({"townships": townships()}, provenance())
    path.chmod(file_mode)
    path.parent.chmod(folder_mode)
    said = run(READ, path, tmp_path / "warm.db", repo_root)
    assert said.startswith("2 Yunshui County ")
    assert "只读" in said
    assert "read-only" in said


@pytest.mark.parametrize("name", ["rongtu.db", "new/rongtu.db"])
def test_a_read_only_folder_takes_no_new_store(open_folder: Path, tmp_path: Path, repo_root: Path, name: str) -> None:
    open_folder.chmod(0o555)
    said = run(MAKE, open_folder / name, tmp_path / "warm.db", repo_root)
    assert "权限" in said
    assert "permissions" in said
    assert not list(open_folder.iterdir())


def test_a_server_that_does_not_answer_is_told() -> None:
    with pytest.raises(StoreError) as refused:
        Store.open(f"postgresql+psycopg://rongtu:{SECRET}@127.0.0.1:1/county")
    assert "127.0.0.1:1/county" in plain(refused.value)
    assert "连不上" in str(refused.value)


def test_a_wrong_password_is_told(postgis_url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store.open(sa.make_url(postgis_url).set(password=SECRET).render_as_string(hide_password=False))
    assert "密码" in plain(refused.value)


def test_a_database_that_is_not_there_is_told(postgis_url: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store.open(sa.make_url(postgis_url).set(database="no_such").render_as_string(hide_password=False))
    assert "没有这个数据库" in plain(refused.value)


def test_a_database_without_postgis_is_told(postgis_url: str) -> None:
    server = sa.create_engine(postgis_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"rongtu_plain_{os.getpid()}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            with pytest.raises(StoreError) as refused:
                Store.open(sa.make_url(postgis_url).set(database=name).render_as_string(hide_password=False))
        finally:
            connection.exec_driver_sql(f"DROP DATABASE {name}")
    assert "CREATE EXTENSION postgis" in plain(refused.value)


@pytest.mark.parametrize("store_url", ["postgis"], indirect=True)
def test_a_schema_of_its_own_is_made(store_url: str) -> None:
    address = sa.make_url(store_url).difference_update_query(["options"])
    name = f"Rongtu {os.getpid()}"
    own = address.update_query_dict({"schema": name}).render_as_string(hide_password=False)
    with Store.open(own) as store:
        store.load({"townships": townships()}, provenance())
        tables = sa.inspect(store._engine).get_table_names(schema=name)
    assert {"townships", "loads", "rongtu_version"} <= set(tables)
    with Store.open(own) as again, Store.open(store_url) as other:
        assert not again.is_empty()
        assert other.is_empty()
        with other._engine.begin() as connection:
            connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')


@pytest.mark.parametrize("store_url", ["postgis"], indirect=True)
def test_postgis_is_found_where_the_address_does_not_name_it(store_url: str) -> None:
    address = sa.make_url(store_url)
    only = address.query["options"].split(",")[0]  # the schema of the test, without that of PostGIS
    with Store.open(address.update_query_dict({"options": only}).render_as_string(hide_password=False)) as store:
        store.load({"townships": townships()}, provenance())
        assert len(store.read("townships")) == 2


def test_a_schema_that_is_not_there_is_told(postgis_url: str) -> None:
    url = sa.make_url(postgis_url).update_query_dict({"options": "-csearch_path=no_such_schema"})
    with pytest.raises(StoreError) as refused:
        Store.open(url.render_as_string(hide_password=False))
    assert "?schema=" in plain(refused.value)
