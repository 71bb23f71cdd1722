"""Connections to the two back ends, and what their errors mean to the person who reads them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from layers.errors import StoreError
from layers.schema import Label
from layers.store.address import Address

LOCK_TIMEOUT_S = 60
"""How long a load waits for another load to finish."""

CONNECT_TIMEOUT_S = 10
"""How long to wait for a database server to answer, unless the address says otherwise."""

_WRITING = "rongtu_writing"


def make_engine(address: Address) -> sa.Engine:
    """An engine for ``address``; nothing is opened yet."""
    if address.path is not None:
        return _sqlite_engine(address.path)
    patience = {} if "connect_timeout" in address.url.query else {"connect_timeout": CONNECT_TIMEOUT_S}
    engine = sa.create_engine(address.url, connect_args=patience, hide_parameters=True, pool_pre_ping=True)

    @sa.event.listens_for(engine, "connect")
    def find_tables_and_postgis(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SEARCH_PATH, {"schema": address.schema})
        connection.commit()

    return engine


# PostGIS may live in a schema that the address does not name; without it there is no type ``geometry``. It comes last,
# and never stands in for a schema that is not there: tables would be made among those of PostGIS.
_SEARCH_PATH = """
    SELECT set_config(
        'search_path',
        concat_ws(', ', coalesce(quote_ident(%(schema)s), current_setting('search_path')), (
            SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
            WHERE extname = 'postgis'
            AND (%(schema)s::text IS NOT NULL OR (nspname <> ALL (current_schemas(true)) AND current_schema() IS NOT NULL))
        )),
        false
    )
"""


def writable(path: Path) -> bool:
    """True when the store at ``path`` can be written: SQLite puts its log beside the file."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _sqlite_engine(path: Path) -> sa.Engine:
    def connect() -> sqlite3.Connection:
        mode = "rw"
        if not writable(path):
            # Without its log SQLite can read a file in a folder that it cannot write to only as unchanging.
            log = path.with_name(f"{path.name}-wal")
            quiet = not log.exists() or log.stat().st_size == 0
            mode = "ro&immutable=1" if quiet and not os.access(path.parent, os.W_OK) else "ro"
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=LOCK_TIMEOUT_S, isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    # A connection to an "unchanging" file must not outlive a change by somebody else.
    pool = sa.QueuePool if writable(path) or not os.access(path, os.F_OK) else sa.NullPool
    engine = sa.create_engine("sqlite+pysqlite://", creator=connect, poolclass=pool, hide_parameters=True)

    # The driver would begin transactions only at the first INSERT and never around CREATE TABLE.
    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITING) else "BEGIN"
        )

    return engine


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose statements all see the same state."""
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect() as connection, connection.execution_options(**options).begin():
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that is the only one that writes; readers go on with the state before it."""
    with engine.connect() as connection, connection.execution_options(**{_WRITING: True}).begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('rongtu.' || current_schema()))")
        yield connection


_ALTERED = Label("表被别的程序改动过，与本程序不符，请用备份恢复",
                 "another program altered the tables so that they do not fit; restore a backup")

# By the start of SQLite's error name or of PostgreSQL's SQLSTATE.
_MEANINGS = {
    "SQLITE_NOTADB": Label("不是荣图数据库，请换一个文件或新的路径", "not a store; choose another file or a new path"),
    "SQLITE_CORRUPT": Label("文件已损坏，请用备份恢复", "the file is damaged; restore a backup"),
    "SQLITE_READONLY": Label("只读，无法写入，请检查文件和文件夹的权限",
                             "read-only; check the permissions of the file and its folder"),
    "SQLITE_CANTOPEN": Label("无法打开，请检查路径以及文件和文件夹的权限",
                             "cannot be opened; check the path and the permissions of the file and its folder"),
    "SQLITE_PERM": Label("没有权限，请检查文件的权限", "no permission; check the permissions of the file"),
    "SQLITE_BUSY": Label("另一个程序正在写入，请稍后再试", "another program is writing; try again later"),
    "SQLITE_FULL": Label("磁盘已满，请腾出空间", "the disk is full; make room"),
    "SQLITE_IOERR": Label("磁盘读写出错，请检查磁盘", "the disk cannot be read or written; check it"),
    "SQLITE_CONSTRAINT": _ALTERED,
    "22": _ALTERED,
    "23": _ALTERED,
    "25006": Label("数据库只读，无法写入", "the database is read-only"),
    "42501": Label("该用户没有权限，请让数据库管理员授权",
                   "this user has no permission; ask the administrator to grant it"),
    "55P03": Label("另一个程序正在写入，请稍后再试", "another program is writing; try again later"),
    "53": Label("数据库服务器资源不足（磁盘、内存或连接数）", "the server is out of disk, memory or connections"),
    "3D000": Label("没有这个数据库，请先创建", "there is no such database; create it first"),
    "28": Label("用户名或密码不对", "the user name or the password is wrong"),
    "08": Label("连不上数据库服务器，请检查地址并确认服务器已启动",
                "the server cannot be reached; check the address and that it runs"),
    "57P": Label("数据库服务器断开了连接，请稍后再试", "the server closed the connection; try again later"),
}


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turn what the outside world can do to a store into a StoreError; a bug stays what it is."""
    # The driver's own errors come from where it is used without SQLAlchemy between.
    expected: tuple[type[Exception], ...] = (sa.exc.DBAPIError, _driver_error(address))
    try:
        yield
    except expected as error:
        said = _meaning(error.orig if isinstance(error, sa.exc.DBAPIError) else error)
        if said is None:
            raise
        # PostgreSQL quotes the row that it refuses: personal data would get into the log.
        cause = None if said is _ALTERED else error
        raise StoreError(f"数据库 {address}：{said.zh} (store {address}: {said.en})") from cause


def _driver_error(address: Address) -> type[Exception]:
    if address.path is not None:
        return sqlite3.Error
    import psycopg  # not wanted by those who keep their store in a file

    return psycopg.Error


def _meaning(error: BaseException | None) -> Label | None:
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    for start, said in _MEANINGS.items():
        if code.startswith(start):
            return said
    # A connection that never came about has no SQLSTATE.
    if code == "" and type(error).__name__ == "OperationalError" and not isinstance(error, sqlite3.Error):
        text = str(error)
        if "password" in text or "authentication" in text:
            return _MEANINGS["28"]
        if "does not exist" in text:
            return _MEANINGS["3D000"]
        return _MEANINGS["08"]
    return None
