"""Where a store is: a file, or a schema of a PostGIS database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from layers.errors import StoreError


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """A parsed address; its text never holds a password."""

    url: sa.URL
    path: Path | None = None
    schema: str | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        port = f":{self.url.port}" if self.url.port else ""
        schema = f" ({self.schema})" if self.schema else ""
        return f"{self.url.host or 'localhost'}{port}/{self.url.database or ''}{schema}"

    __repr__ = __str__


def parse(url: str) -> Address:
    """The address that ``url`` writes.

    Parameters
    ----------
    url
        A file's path, ``sqlite:///PATH``, or ``postgresql+psycopg://USER@HOST/DATABASE`` with, when
        the store is to have a schema of its own, ``?schema=NAME``.

    Raises
    ------
    StoreError
        When it is none of these.
    """
    if "://" not in url:
        return _file(url)
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise _unreadable() from None
    if parsed.drivername in ("sqlite", "sqlite+pysqlite"):
        return _file(parsed.database or "")
    if parsed.drivername not in ("postgresql", "postgresql+psycopg", "postgres"):
        raise _unreadable()
    schema = parsed.query.get("schema")
    if isinstance(schema, tuple):
        raise _unreadable()
    return Address(parsed.set(drivername="postgresql+psycopg").difference_update_query(["schema"]), schema=schema)


def _file(path: str) -> Address:
    if not path.strip() or path == ":memory:":
        raise _unreadable()
    return Address(sa.URL.create("sqlite+pysqlite", database=path), path=Path(path).expanduser())


def _unreadable() -> StoreError:
    # The address itself is not repeated: it may hold a password.
    return StoreError(
        "数据库地址无法识别，请写成文件路径、sqlite:///路径 或 postgresql+psycopg://用户@主机/库名 "
        "(not an address of a store: give a path, sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE)"
    )
