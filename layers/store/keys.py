"""The key that personal data is stored under: where it lies, how it is made, and what is derived from it.

It lies outside the store: whoever gets hold of the store alone, or of a copy of it, reads no personal data.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from layers.errors import KeyFileError
from layers.store.address import Address

FILE_NAME = "rongtu.key"

ENVIRONMENT = "RONGTU_KEY"
"""Names the key's file wherever no other is named, as PGPASSFILE does for passwords."""

_FOLDER = Path("var")  # where the key of a server's store lies; that of a file lies beside the file
_LENGTH = 32


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What follows from one secret, each for one use; ``fingerprint`` tells secrets apart and betrays none."""

    encryption: bytes
    content: bytes
    matching: bytes
    fingerprint: str


def place_of_key(address: Address, given: str | os.PathLike[str] | None = None) -> Path:
    """Path of the key's file: the ``given`` one, that of the environment, or the usual one of the store."""
    named = given or os.environ.get(ENVIRONMENT)
    if named:
        return Path(named).expanduser()
    folder = _FOLDER if address.path is None else address.path.parent
    return folder / FILE_NAME


def read_or_make(path: Path) -> Keys:
    """The keys of the file at ``path``, which is made when it is not there.

    Raises
    ------
    KeyFileError
        When it cannot be made or read, or holds no key.
    """
    try:
        return read(path)
    except FileNotFoundError:
        pass
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written whole under another name and then linked: of two programs that make it, one wins and none reads half.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")  # readable by its owner only
        try:
            with os.fdopen(handle, "w") as file:
                file.write(f"{secrets.token_hex(_LENGTH)}\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            Path(name).unlink()
    except OSError as error:
        msg = (
            f"无法建立密钥文件 {path}，请检查文件夹的权限：{error.strerror} "
            f"(cannot make the key {path}, check the permissions of its folder: {error.strerror})"
        )
        raise KeyFileError(msg) from error
    return read(path)


def read(path: Path) -> Keys:
    """The keys of the file at ``path``.

    Raises
    ------
    FileNotFoundError
        When there is none.
    KeyFileError
        When it cannot be read or holds no key.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        msg = f"无法读取密钥文件 {path}，请检查路径和权限 (cannot read the key {path}; check its path and permissions)"
        raise KeyFileError(msg) from error
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        secret = b""
    if len(secret) != _LENGTH:
        # Neither the text nor the error that would quote it is repeated.
        msg = f"{path} 不是荣图的密钥文件，请放回备份的密钥 ({path} holds no key; put back the one that was backed up)"
        raise KeyFileError(msg)
    return _derive(secret)


def _derive(secret: bytes) -> Keys:
    # Whoever stores no personal data does not wait for the import.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def derived(use: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=_LENGTH, salt=None, info=f"rongtu {use}".encode()).derive(secret)

    return Keys(derived("encryption"), derived("content"), derived("matching"), derived("fingerprint")[:8].hex())
