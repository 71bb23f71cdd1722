"""A PostgreSQL with PostGIS for the tests: a throw-away cluster, or schemas inside a database that is given."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from layers.registry import LAYERS

INSTALL_HINT = (
    "测试需要带 PostGIS 的 PostgreSQL；请运行 make test，或 apt-get install postgresql postgresql-15-postgis-3，"
    "或用 RONGTU_TEST_STORE 指定一个数据库 The tests need PostgreSQL with PostGIS: run `make test`, or "
    "`apt-get install postgresql postgresql-15-postgis-3`, or name a database in RONGTU_TEST_STORE"
)


class PostgisMissingError(RuntimeError):
    """No server with PostGIS can be started on this machine."""


def find_programs() -> Path:
    """Return the folder of the newest PostgreSQL server that has PostGIS."""
    candidates = sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"), key=_version, reverse=True)
    for control in candidates:
        programs = Path("/usr/lib/postgresql", control.parts[-3], "bin")
        if (programs / "initdb").is_file():
            return programs
    if pg_config := shutil.which("pg_config"):
        share, programs = (_output(pg_config, flag) for flag in ("--sharedir", "--bindir"))
        if Path(share, "extension/postgis.control").is_file() and Path(programs, "initdb").is_file():
            return Path(programs)
    raise PostgisMissingError(INSTALL_HINT)


@contextmanager
def throwaway_cluster() -> Iterator[str]:
    """Start a cluster on a free loopback port, yield the address of a database with PostGIS, then remove everything."""
    programs = find_programs()
    # PostgreSQL refuses to run as root, so root hands the folder and the processes to somebody with fewer rights.
    owner = _unprivileged_owner()
    folder = Path(tempfile.mkdtemp(prefix="rongtu-postgis-"))
    try:
        password = secrets.token_urlsafe(16)
        password_file = folder / "password"
        password_file.write_text(password)
        if owner:
            for path in (folder, password_file):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        cluster = folder / "cluster"
        initdb = [programs / "initdb", "--pgdata", cluster, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        _run([*initdb, "--username=rongtu", "--auth=scram-sha-256", "--pwfile", password_file], owner)
        control = [programs / "pg_ctl", "--pgdata", cluster, "--silent", "--wait"]
        port = _start(control, folder, owner)
        try:
            url = f"postgresql+psycopg://rongtu:{password}@127.0.0.1:{port}/postgres"
            ensure_postgis(url)
            yield url
        finally:
            _run([*control, "--mode=immediate", "stop"], owner)
    finally:
        shutil.rmtree(folder)


@contextmanager
def own_schema(url: str) -> Iterator[str]:
    """Create a schema, yield an address whose tables go into it, and drop it with all that it then holds."""
    name = f"rongtu_test_{secrets.token_hex(6)}"
    engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        path = f"{name},{schema_of_postgis(connection)}"
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    try:
        scoped = sa.make_url(url).update_query_dict({"options": f"-csearch_path={path}"})
        yield scoped.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            # A connection that a test leaves open in a transaction would make the drop wait for ever.
            connection.execute(sa.text("SET lock_timeout = '20s'"))
            connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))


def ensure_postgis(url: str) -> None:
    """See that the database at `url` answers and has PostGIS, in a schema of PostGIS's own when there is a choice."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('rongtu tests'))"))  # several may come at once
        if schema_of_postgis(connection) is None:
            connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS postgis"))
            connection.execute(sa.text("CREATE EXTENSION postgis SCHEMA postgis"))
        refuse_a_store(connection, schema_of_postgis(connection))


def refuse_a_store(connection: sa.Connection, schema: str | None) -> None:
    """Raise when tables of a store lie in PostGIS's schema: the tests must see that, so they would write to them."""
    if set(sa.inspect(connection).get_table_names(schema=schema)) & {"alembic_version", *LAYERS}:
        msg = (
            f"RONGTU_TEST_STORE 指向的数据库在 {schema} 中已有荣图数据，请另给一个空库 "
            f"RONGTU_TEST_STORE names a database that holds a store in schema {schema}: name an empty database"
        )
        raise RuntimeError(msg)


def schema_of_postgis(connection: sa.Connection) -> str | None:
    """Return the schema that holds PostGIS, or None where the extension is not there yet."""
    query = "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'postgis'"
    return connection.execute(sa.text(query)).scalar()


def _start(control: list[Path | str], folder: Path, owner: pwd.struct_passwd | None) -> int:
    log = folder / "log"
    settings = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=40"
    speed = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c shared_buffers=64MB"
    for attempt in range(3):
        port = _free_port()
        started = _run([*control, "--log", log, "-o", f"-p {port} {settings} {speed}", "start"], owner, check=False)
        if started.returncode == 0:
            return port
        # Another process can take the port between our look and the server's; anything else will not mend itself.
        if attempt == 2 or "Address already in use" not in log.read_text():
            break
    msg = f"PostgreSQL did not start: {started.stderr}\n{log.read_text() if log.exists() else ''}"
    raise RuntimeError(msg)


def _run(
    command: list[Path | str], owner: pwd.struct_passwd | None, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    # The server outlives pg_ctl and would keep a pipe open, so output goes to a file.
    with tempfile.TemporaryFile("w+") as output:
        who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        arguments = [str(part) for part in command]
        done = subprocess.run(
            arguments, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", **who
        )
        output.seek(0)
        text = output.read()
    if check and done.returncode:
        msg = f"{command[0]} failed: {text}"
        raise RuntimeError(msg)
    return subprocess.CompletedProcess(done.args, done.returncode, "", text)


def _unprivileged_owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _version(control: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", control.parts[-3]))


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
