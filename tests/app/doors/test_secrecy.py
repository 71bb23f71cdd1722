"""A whole run through every door tells no name, phone or identity number of anybody, on both back ends."""

from __future__ import annotations

import contextlib
import io
import logging
import multiprocessing
import os
import time
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from office_sheets import CHECKED, sheet
from small_county import PROVENANCE, frames

from app.api import create_api
from app.cli import main
from app.roles import LOCAL_STEWARD
from layers.store import Store

NAMES = ["测甲一", "测乙二", "测丙三"]
PHONES = ["13912340001", "13912340002", "13912340003"]
NUMBERS = CHECKED[:3]
ROWS = 600
SECRETS = [*NAMES, *PHONES, *NUMBERS]
COLUMNS = {"姓名": NAMES, "电话": PHONES, "身份证号": NUMBERS, "村": ["东村", "西村", "北村"], "人数": ["1", "2", "3"]}
FAULTY = COLUMNS | {"身份证号": [NUMBERS[0], NUMBERS[1][:15] + "000", NUMBERS[2][:17] + "?"], "人数": ["1", "x", "3"],
                    "电话": [PHONES[0], PHONES[1] + "123456789", PHONES[2]]}


def told_of(text: str) -> list[str]:
    """Secrets that stand in a text, or the better part of a number."""
    return [secret for secret in SECRETS if secret in text or (secret.isascii() and secret[:10] in text)]


def commands(url: str, folder: Path) -> list[list[str]]:
    good, faulty = folder / "good.xlsx", folder / "faulty.xlsx"
    good.write_bytes(sheet(COLUMNS))
    faulty.write_bytes(sheet(FAULTY))
    loads = [["import", "households", str(faulty)], ["import", "households", str(faulty), "--json"],
             ["import", "households", str(faulty), "--mode", "good", "--return", str(folder / "back.xlsx")],
             ["import", "households", str(good)], ["import", "households", str(good), "--json"],
             ["loads"], ["loads", "--json"], ["check"], ["check", "--json"],
             *(["export", "households", str(folder / f"out.{kind}")] for kind in ("xlsx", "csv", "gpkg", "geojson", "fgb"))]
    return [[*command, "--store", url] for command in loads]


def exported(path: Path) -> str:
    if path.suffix == ".xlsx":
        return " ".join(table.to_csv() for table in pd.read_excel(path, sheet_name=None, dtype=str, engine="calamine").values())
    return path.read_bytes().decode("utf-8", "replace")


def test_commands_edits_conflicts_history_and_the_api_tell_of_nobody(store_url, tmp_path, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
        said = []
        for command in commands(store_url, tmp_path):
            with contextlib.suppress(SystemExit):
                main(command)
        key = store.matches("households", "identity_no", NUMBERS)[NUMBERS[0]][0]
        with contextlib.suppress(SystemExit):
            main(["history", "households", key, "--json", "--store", store_url])
        with TestClient(create_api(store, LOCAL_STEWARD), raise_server_exceptions=False) as client:
            def ask(method: str, path: str, **more: object) -> None:
                answer = client.request(method, path, **more)  # type: ignore[arg-type]
                said.extend([str(answer.url), str(answer.headers), answer.text])

            version = client.get(f"/layers/households/items/{key}").json()["version"]
            item, body = f"/layers/households/items/{key}", {"contact_name": NAMES[1], "phone": PHONES[1]}
            ask("PATCH", item, json={"version": version, "fields": body})
            ask("PATCH", item, json={"version": version, "fields": body})
            ask("PATCH", item, json={"version": version + 1, "fields": {"identity_no": NUMBERS[1][:17], "phone": [PHONES[2]]}})
            ask("PATCH", item, json={"version": "x", "fields": body})
            ask("PATCH", item, json={"version": version + 1, "name": NAMES[2], "fields": body})
            ask("POST", "/layers/households/items", json={"fields": {**body, "persons": 0}})
            for path in (item, f"{item}/history", "/layers/households/items", "/loads", "/layers/households/export?format=csv"):
                ask("GET", path)
            for path in ("/imports/preview", "/imports/check", "/imports"):
                ask("POST", path, files={"file": ("a.xlsx", sheet(FAULTY))}, data={"layer": "households"})
            ask("POST", "/loads/2/undo", json={"reason": "试"})
            ask("POST", f"/loads/{store.loads()[0].id}/undo", json={"reason": "试"})
        captured = capsys.readouterr()
        for source, text in {
            "words": captured.out, "errors": captured.err, "log": caplog.text, "answers": "\n".join(said),
            **{path.name: exported(path) for path in tmp_path.glob("out.*")},
        }.items():
            assert not told_of(text), source
        assert len(list(tmp_path.glob("out.*"))) == 5
        assert (tmp_path / "back.xlsx").stat().st_mode & 0o077 == 0


def contents(store: Store, folder: Path) -> bytes:
    """Everything that the store wrote: of SQLite its file, log and journal, of PostgreSQL every table as text."""
    if store.backend == "sqlite":
        return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("rongtu.db"))
    found = io.BytesIO()
    with store._engine.connect() as connection:
        names = connection.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).scalars().all()
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        for name in names:
            with driver.cursor().copy(f'COPY "{name}" TO STDOUT') as rows:
                for row in rows:
                    found.write(bytes(row))
    return found.getvalue()


def spelt(secret: str) -> list[bytes]:
    """How a secret would stand in a file, and in hexadecimal, as PostgreSQL prints bytes."""
    encoded = [secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "gb18030")]
    return [*encoded, *(text.hex().encode() for text in encoded)]


def load_file(url: str, path: str, temporary: str) -> None:
    os.environ["TMPDIR"] = temporary
    with contextlib.suppress(SystemExit):
        main(["import", "households", path, "--store", url])


@pytest.mark.usefixtures("plain_main")
def test_who_takes_the_store_without_its_key_learns_nothing_even_after_a_killed_load(store_url, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    names = [f"测{chr(0x4E00 + 7 * k)}{chr(0x5E00 + 11 * k)}" for k in range(ROWS)]
    phones = [f"139123{k:05d}" for k in range(ROWS)]
    many = {"户编号": [f"n{k}" for k in range(ROWS)], "姓名": names, "电话": phones, "村": ["东村", "西村", "北村"] * (ROWS // 3),
            "身份证号": [NUMBERS[k] if k < 2 else "" for k in range(ROWS)], "人数": ["1"] * ROWS}
    file = tmp_path / "many.xlsx"
    file.write_bytes(sheet(many))
    with Store.open(store_url) as store:
        store.load(frames(), PROVENANCE)
        store.edit("households", "h01", {"contact_name": NAMES[0], "phone": PHONES[0], "identity_no": NUMBERS[2]}, version=1, by="t")
        store.edit("households", "h01", {"contact_name": NAMES[1]}, version=2, by="t")
        began = time.perf_counter()
        load_file(store_url, str(file), str(temporary))
        usual = time.perf_counter() - began
        context = multiprocessing.get_context("spawn")
        for share in (0.5, 0.8, 1.1, 1.5):
            child = context.Process(target=load_file, args=(store_url, str(file), str(temporary)))
            child.start()
            time.sleep(share * usual)
            child.kill()
            child.join()
            left = b"".join(path.read_bytes() for path in temporary.rglob("*") if path.is_file())
            written = contents(store, tmp_path)
            assert b"h01" in written
            assert b"n599" in written  # the first load went in
            for secret in [*NAMES, PHONES[0], *NUMBERS, *names[:20], *phones[1:20]]:
                for text in spelt(secret):
                    assert text not in written
                    assert text not in left


def test_the_key_lies_beside_the_store_for_its_owner_only(tmp_path):
    with Store.open(str(tmp_path / "rongtu.db")) as store:
        store.load(frames(), PROVENANCE)
        store.edit("households", "h01", {"contact_name": NAMES[0]}, version=1, by="t")
    key = tmp_path / "rongtu.key"
    assert key.stat().st_mode & 0o777 == 0o600
    secret = key.read_text().strip()
    for path in tmp_path.iterdir():
        if path != key:
            assert secret.encode() not in path.read_bytes()
            assert bytes.fromhex(secret) not in path.read_bytes()
