"""Opening a store: made when new, brought up to date when older, refused when newer or something else.

Or left as it is: then a new or older one is refused as well.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from layers.errors import StoreError, StoreVersionError
from layers.store import plain_rows
from layers.store.address import Address
from layers.store.engine import LOCK_TIMEOUT_S, writable, writing
from layers.store.migrations import current, upgrade, versions
from layers.store.sealing import Keyring


def bring_up_to_date(engine: sa.Engine, address: Address, keyring: Keyring) -> None:
    """Leave a store of the newest version behind ``address``, all in one transaction.

    Raises
    ------
    StoreError, StoreVersionError, KeyFileError
    """
    if address.path is not None:
        _make_file(address.path)
    if _version(engine, address, make=True) == versions()[-1]:
        return
    if address.path is not None:
        _keep_a_log(engine, address.path)
    with writing(engine) as connection:
        # Somebody else may have done it while this program waited for its turn.
        if current(connection) == versions()[-1]:
            return
        upgrade(connection)
        sealed = plain_rows.seal(connection, keyring)
    if sealed:
        plain_rows.wipe(engine, sealed)


def require_up_to_date(engine: sa.Engine, address: Address) -> None:
    """Refuse what is not a store of the newest version; nothing is made, nothing is changed.

    Raises
    ------
    StoreError, StoreVersionError
    """
    if address.path is not None and not _is_file(address.path):
        msg = f"没有数据库 {address}，请检查地址 (there is no store {address}: check the address)"
        raise StoreError(msg)
    version, newest = _version(engine, address, make=False), versions()[-1]
    if version is None:
        msg = f"数据库 {address} 是空的，不是荣图数据库，请检查地址 ({address} is empty and not a store: check the address)"
        raise StoreError(msg)
    if version != newest:
        msg = (
            f"数据库 {address} 由旧版本的程序建立（版本 {version}，本程序用 {newest}），请先运行 rongtu migrate --store 升级它 "
            f"(store {address} has version {version}, this program needs {newest}: run rongtu migrate --store with it, "
            "which brings it up to date)"
        )
        raise StoreVersionError(msg)


def _version(engine: sa.Engine, address: Address, *, make: bool) -> str | None:
    """Version of the store, one that this program knows; None where there is nothing yet."""
    with engine.connect() as connection:
        if address.path is None:
            _check_server(connection, address, make=make)
        version = current(connection)
        if version is None and address.path is not None and sa.inspect(connection).get_table_names():
            msg = (
                f"{address} 是别的程序的数据库，不是荣图数据库，请换一个路径 "
                f"({address} is another program's database, not a store: choose another path)"
            )
            raise StoreError(msg)
    known = versions()
    if version is not None and version not in known:
        msg = (
            f"数据库 {address} 由更新版本的程序建立（版本 {version}，本程序到 {known[-1]}），请升级程序后再打开 "
            f"(store {address} has version {version}, this program knows versions up to {known[-1]}: "
            "update the program)"
        )
        raise StoreVersionError(msg)
    return version


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be looked into
        return False


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file will hold personal data: nobody but its owner reads it.
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0o600))
    except OSError as error:
        msg = (
            f"无法建立或打开 {path}，请检查路径以及文件夹的权限：{error.strerror} "
            f"(cannot make or open {path}, check the path and the folder's permissions: {error.strerror})"
        )
        raise StoreError(msg) from error
    if path.is_dir():
        msg = f"{path} 是文件夹，请写出文件名 ({path} is a folder: give the path of a file)"
        raise StoreError(msg)


def _keep_a_log(engine: sa.Engine, path: Path) -> None:
    """Switch to a write-ahead log, with which readers and the writer do not wait for each other."""
    if not writable(path):
        msg = (
            f"数据库 {path} 须先建表或升级，但文件或文件夹只读，请检查权限 "
            f"(store {path} must be made or brought up to date first, but the file or its folder is read-only)"
        )
        raise StoreError(msg)
    patience = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            with closing(engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:  # unlike any other statement, this one does not wait for who does the same
            if time.monotonic() > patience:
                raise
            time.sleep(0.05)
        else:
            return


def _check_server(connection: sa.Connection, address: Address, *, make: bool) -> None:
    extension = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if connection.execute(extension).scalar() is None:
        msg = (
            f"数据库 {address} 没有 PostGIS，请让数据库管理员执行 CREATE EXTENSION postgis "
            f"(database {address} has no PostGIS: have an administrator run CREATE EXTENSION postgis)"
        )
        raise StoreError(msg)
    if make and address.schema is not None and not connection.dialect.has_schema(connection, address.schema):
        connection.execute(sa.schema.CreateSchema(address.schema, if_not_exists=True))
        connection.commit()
    if connection.execute(sa.select(sa.func.current_schema())).scalar() is None:
        msg = (
            f"数据库 {address} 中没有 search_path 所指的模式，请先创建或用 ?schema=名称 "
            f"(database {address} lacks the schema of its search_path: create it, or give ?schema=NAME)"
        )
        raise StoreError(msg)
