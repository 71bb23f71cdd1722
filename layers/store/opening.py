"""Opening a store: made when new, brought up to date when older, refused when newer or something else."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from layers.errors import StoreError, StoreVersionError
from layers.store.address import Address
from layers.store.engine import writable, writing
from layers.store.migrations import current, upgrade, versions


def bring_up_to_date(engine: sa.Engine, address: Address) -> None:
    """Leave a store of the newest version behind ``address``, all in one transaction.

    Raises
    ------
    StoreError, StoreVersionError
    """
    if address.path is not None:
        _make_file(address.path)
    with engine.connect() as connection:
        if address.path is None:
            _check_server(connection, address)
        version = current(connection)
        if version is None and address.path is not None and sa.inspect(connection).get_table_names():
            msg = (
                f"{address} 是别的程序的数据库，不是荣图数据库，请换一个路径 "
                f"({address} is another program's database, not a store: choose another path)"
            )
            raise StoreError(msg)
    known = versions()
    if version == known[-1]:
        return
    if version is not None and version not in known:
        msg = (
            f"数据库 {address} 由更新版本的程序建立（版本 {version}，本程序到 {known[-1]}），请升级程序后再打开 "
            f"(store {address} has version {version}, this program knows versions up to {known[-1]}: "
            "update the program)"
        )
        raise StoreVersionError(msg)
    if address.path is not None:
        _keep_a_log(engine, address.path)
    with writing(engine) as connection:
        # Somebody else may have done it while this program waited for its turn.
        if current(connection) != known[-1]:
            upgrade(connection)


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
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode = WAL")


def _check_server(connection: sa.Connection, address: Address) -> None:
    extension = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if connection.execute(extension).scalar() is None:
        msg = (
            f"数据库 {address} 没有 PostGIS，请让数据库管理员执行 CREATE EXTENSION postgis "
            f"(database {address} has no PostGIS: have an administrator run CREATE EXTENSION postgis)"
        )
        raise StoreError(msg)
    if address.schema is not None and not connection.dialect.has_schema(connection, address.schema):
        connection.execute(sa.schema.CreateSchema(address.schema, if_not_exists=True))
        connection.commit()
    if connection.execute(sa.select(sa.func.current_schema())).scalar() is None:
        msg = (
            f"数据库 {address} 中没有 search_path 所指的模式，请先创建或用 ?schema=名称 "
            f"(database {address} lacks the schema of its search_path: create it, or give ?schema=NAME)"
        )
        raise StoreError(msg)
