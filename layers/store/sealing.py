"""Protected fields as the store holds them: encrypted, and where rows are found by them, as keyed hashes."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from layers.errors import KeyFileError
from layers.schema import Field, Layer
from layers.store import keys
from layers.store.keys import Keys
from layers.store.tables import PROTECTION, hash_column

_NONCE = 12  # bytes, as AES-GCM wants them; drawn at random they may serve 2**32 values under one key

_SEPARATORS = dict.fromkeys(map(ord, " -‐‑–—\t\r\n　"))


class Keyring:
    """The key of one store, read when it is first needed. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: Seal | None = None

    def to_read(self, connection: sa.Connection) -> Seal:
        """What opens the values that the store holds.

        Raises
        ------
        KeyFileError
            When the key is missing or not the one that they were sealed with.
        """
        return self._seal(_fingerprint(connection))

    def to_write(self, connection: sa.Connection) -> Seal:
        """What seals values for the store; a store that has sealed none yet gets its key now.

        Raises
        ------
        KeyFileError
            When the key is missing, is not that of the store, or cannot be made.
        """
        fingerprint = _fingerprint(connection)
        if fingerprint is not None:
            return self._seal(fingerprint)
        made = keys.read_or_make(self.path)
        connection.execute(sa.insert(PROTECTION).values(id=1, fingerprint=made.fingerprint))
        return Seal(made)  # not remembered: the transaction may come to nothing

    def _seal(self, fingerprint: str | None) -> Seal:
        seal = self._known
        if seal is None or seal.fingerprint != fingerprint:
            seal = self._known = Seal(self._read(fingerprint))
        return seal

    def _read(self, fingerprint: str | None) -> Keys:
        try:
            found = keys.read(self.path)
        except FileNotFoundError:
            msg = (
                f"个人信息已加密，但密钥文件 {self.path} 不在；请放回备份的密钥，或用 {keys.ENVIRONMENT} 指明位置 "
                f"(personal data is encrypted and its key {self.path} is not there: put back the one that was backed "
                f"up, or name its place in {keys.ENVIRONMENT})"
            )
            raise KeyFileError(msg) from None
        if found.fingerprint != fingerprint:
            msg = (
                f"密钥文件 {self.path} 不是此库的密钥（指纹 {found.fingerprint}，此库用 {fingerprint}），请放回原来的密钥 "
                f"(the key {self.path} is not that of this store: its fingerprint is {found.fingerprint}, "
                f"the store's {fingerprint}; put back the right one)"
            )
            raise KeyFileError(msg)
        return found


class Seal:
    """Encrypts, opens and matches values under one key."""

    def __init__(self, key: Keys) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.fingerprint = key.fingerprint
        self.content_key = key.content
        self._matching = key.matching
        self._cipher = AESGCM(key.encryption)

    def close(self, layer: Layer, columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        """``columns`` with the protected ones encrypted, and with the hashes by which rows are found."""
        closed = dict(columns)
        for spec in layer.fields:
            if spec.protected:
                values = columns[spec.name]
                closed[spec.name] = self._encrypt(_bound_to(layer, spec), columns["id"], values)
                if spec.matched:
                    hash_of = self.hasher(spec)
                    closed[hash_column(spec)] = [None if value is None else hash_of(value) for value in values]
        return closed

    def open(self, layer: Layer, spec: Field, ids: Sequence[str], values: Sequence[bytes | None]) -> list[str | None]:
        """Texts of encrypted ``values`` of the rows ``ids``.

        Raises
        ------
        KeyFileError
            When a value was altered, or moved from another row.
        """
        from cryptography.exceptions import InvalidTag

        decrypt, bound = self._cipher.decrypt, _bound_to(layer, spec)
        try:
            return [
                None if value is None else decrypt(value[:_NONCE], value[_NONCE:], bound + key.encode()).decode()
                for key, value in zip(ids, values, strict=True)
            ]
        except InvalidTag:
            msg = (
                f"图层“{layer.label.zh}”的字段 {spec.name} 被别的程序改动过，请用备份恢复 "
                f"(another program altered {layer.name}.{spec.name}; restore a backup)"
            )
            raise KeyFileError(msg) from None

    def hasher(self, spec: Field) -> Callable[[str], bytes]:
        """What gives 16 bytes that are equal for values of ``spec`` that are written differently only."""
        field = f"{spec.name}:".encode()
        key = self._matching
        return lambda text: hashlib.blake2b(field + _folded(text), key=key, digest_size=16).digest()

    def _encrypt(self, bound: bytes, ids: Sequence[str], values: Sequence[str | None]) -> list[bytes | None]:
        encrypt, random = self._cipher.encrypt, os.urandom(_NONCE * len(values))
        nonces = (random[at:at + _NONCE] for at in range(0, len(random), _NONCE))
        return [
            None if value is None else nonce + encrypt(nonce, value.encode(), bound + key.encode())
            for key, value, nonce in zip(ids, values, nonces, strict=True)
        ]


def _bound_to(layer: Layer, spec: Field) -> bytes:
    """What is authenticated with a value, besides its row's id: it opens in its own place only."""
    return f"{layer.name}.{spec.name}.".encode()


def _folded(text: str) -> bytes:
    return unicodedata.normalize("NFKC", text).translate(_SEPARATORS).upper().encode()


def _fingerprint(connection: sa.Connection) -> str | None:
    return connection.execute(sa.select(PROTECTION.c.fingerprint)).scalar()
