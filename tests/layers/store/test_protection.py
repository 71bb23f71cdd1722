"""Personal data is encrypted in the store, with a key that lies outside it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import pytest
import sqlalchemy as sa
from small_frames import households, provenance, roads

from layers.errors import KeyFileError, UnknownFieldError
from layers.store import Store, keys
from layers.store.address import parse

SECRETS = ("王建国", "13800000000", "42000019450101001X")


def people(count: int = 3) -> gpd.GeoDataFrame:
    frame = households(count, village=None)
    frame["identity_no"] = [f"42000019450101{k:03d}X" for k in range(1, count + 1)]
    return frame


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "own.key"


@pytest.fixture
def store(store_url: str, key: Path) -> Iterator[Store]:
    with Store.open(store_url, key=key) as opened:
        opened.load({"households": people()}, provenance())
        yield opened


def raw(store: Store, query: str) -> list[tuple[object, ...]]:
    with store._engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_the_database_holds_no_personal_data(store: Store, store_url: str) -> None:
    held = raw(store, "SELECT contact_name, phone, identity_no, phone_hash, identity_no_hash, content FROM households")
    values = [bytes(value) for row in held for value in row]
    assert len(values) == 18
    assert not any(secret.encode() in value for value in values for secret in SECRETS)
    path = parse(store_url).path
    if path is not None:
        files = [file.read_bytes() for file in path.parent.glob("rongtu.db*")]
        assert not any(secret.encode() in content for content in files for secret in SECRETS)
    assert store.read("households", protected=True)["phone"].tolist() == ["13800000000"] * 3


def test_equal_values_look_different(store: Store) -> None:
    phones = {bytes(row[0]) for row in raw(store, "SELECT phone FROM households")}
    assert len(phones) == 3


def test_the_key_is_made_with_the_first_personal_data_and_is_its_owners_only(store_url: str, key: Path) -> None:
    with Store.open(store_url, key=key) as store:
        store.load({"roads": roads(), "households": people(0)}, provenance())
        assert not key.exists()
        store.load({"households": people()}, provenance())
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert [*key.parent.iterdir()] == [key]


def test_the_usual_place_is_beside_the_file_and_the_environment_overrides_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RONGTU_KEY", raising=False)
    with Store.open(str(tmp_path / "a" / "rongtu.db")) as store:
        store.load({"households": people()}, provenance())
    assert (tmp_path / "a" / "rongtu.key").is_file()
    monkeypatch.setenv("RONGTU_KEY", str(tmp_path / "elsewhere"))
    with Store.open(str(tmp_path / "b" / "rongtu.db")) as store:
        store.load({"households": people()}, provenance())
    assert (tmp_path / "elsewhere").is_file()
    assert not (tmp_path / "b" / "rongtu.key").exists()


def test_the_usual_place_of_a_servers_key_is_var(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RONGTU_KEY", raising=False)
    assert keys.place_of_key(parse("postgresql://host/county")) == Path("var/rongtu.key")


def test_without_its_key_a_store_gives_all_but_personal_data(store: Store, store_url: str, key: Path) -> None:
    key.rename(key.with_name("moved"))
    with Store.open(store_url, key=key) as other:
        assert len(other.read("households")) == 3
        for ask in (
            lambda: other.read("households", protected=True),
            lambda: other.matches("households", "phone", ["13800000000"]),
            lambda: other.load({"households": people(4)}, provenance()),
        ):
            with pytest.raises(KeyFileError, match=r"不在.*is not there"):
                ask()
        assert not key.exists()  # never a new one
        assert len(other.read("households")) == 3
    with Store.open(store_url, key=key.with_name("moved")) as other:
        assert other.read("households", protected=True)["phone"].tolist() == ["13800000000"] * 3


def test_another_key_is_refused(store: Store, store_url: str, tmp_path: Path) -> None:
    other_key = tmp_path / "other.key"
    keys.read_or_make(other_key)
    with Store.open(store_url, key=other_key) as other:
        with pytest.raises(KeyFileError, match=r"不是此库的密钥.*not that of this store"):
            other.read("households", protected=True)
        with pytest.raises(KeyFileError):
            other.load({"households": people(4)}, provenance())


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"ab" * 31, b"secret-words", b"ab" * 33])
def test_what_is_no_key_is_refused_and_not_repeated(
    store: Store, store_url: str, tmp_path: Path, content: bytes
) -> None:
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(content)
    with Store.open(store_url, key=wrong) as other, pytest.raises(KeyFileError) as refused:
        other.read("households", protected=True)
    assert "secret-words" not in str(refused.value)
    assert refused.value.__cause__ is None or b"secret" not in content


def test_a_value_moved_to_another_row_is_refused(store: Store) -> None:
    with store._engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE households SET phone = (SELECT phone FROM households WHERE id = 'h00001') WHERE id = 'h00000'"
        )
    with pytest.raises(KeyFileError, match=r"households\.phone"):
        store.read("households", protected=True)
    assert len(store.read("households")) == 3


def test_a_copied_store_is_opened_with_the_copied_key(store: Store, store_url: str, key: Path, tmp_path: Path) -> None:
    path = parse(store_url).path
    if path is None:
        pytest.skip("a server's store is not copied as a file")
    store.close()
    shutil.copy(path, tmp_path / "copy.db")
    with Store.open(str(tmp_path / "copy.db"), key=key) as copy:
        assert copy.read("households", protected=True)["contact_name"].tolist() == ["王建国"] * 3


@pytest.mark.parametrize("written", [
    "42000019450101002X", "42000019450101002x", " 420000 19450101 002X", "４２００００１９４５０１０１００２Ｘ",
])
def test_rows_are_found_however_the_number_is_written(store: Store, written: str) -> None:
    assert store.matches("households", "identity_no", [written, "420000194501010993"]) == {written: ["h00001"]}


def test_all_rows_with_one_number_are_found(store: Store) -> None:
    assert store.matches("households", "phone", ["138-0000-0000", "13900000000"]) == {
        "138-0000-0000": ["h00000", "h00001", "h00002"]}
    assert store.matches("households", "phone", []) == {}


def test_rows_are_found_by_matched_fields_only(store: Store) -> None:
    for field in ("contact_name", "persons", "nothing"):
        with pytest.raises(UnknownFieldError, match=field):
            store.matches("households", field, ["王建国"])


def test_an_empty_store_has_no_match_and_makes_no_key(store_url: str, key: Path) -> None:
    with Store.open(store_url, key=key) as store:
        assert store.matches("households", "phone", ["1"]) == {}
    assert not key.exists()


def test_many_that_make_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys.read_or_make(tmp_path / "rongtu.key"), range(16)))
    assert len({one.encryption for one in made}) == 1
    assert [*tmp_path.iterdir()] == [tmp_path / "rongtu.key"]


def test_two_stores_with_two_keys_have_nothing_in_common(tmp_path: Path) -> None:
    held = []
    for name in ("a", "b"):
        with Store.open(str(tmp_path / name / "rongtu.db"), key=tmp_path / f"{name}.key") as store:
            store.load({"households": people()}, provenance())
            held.append({bytes(value) for row in raw(
                store, "SELECT phone_hash, identity_no_hash, content FROM households") for value in row})
    assert held[0].isdisjoint(held[1])
