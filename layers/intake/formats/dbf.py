"""The encoding of a shapefile's table, which often says nothing of it, or something wrong."""

from __future__ import annotations

from layers.errors import IntakeError
from layers.intake.formats.encodings import guess

_LANGUAGES = {0x4D: "gb18030", 0x4F: "big5", 0x78: "big5", 0x7A: "gb18030"}
"""Language of the driver, the byte 29 of a DBF, where it stands for a Chinese encoding."""
_TEXT = ord("C")
_MOST_RECORDS = 20_000


def encoding_of(dbf: bytes, declared: str | None, name: str) -> tuple[str, bool]:
    """Encoding of a DBF, and whether ``declared`` (of its ``.cpg``) does not fit what is in it.

    Raises
    ------
    IntakeError
        When its texts fit no encoding.
    """
    texts = b"\n".join(_texts(dbf))
    if texts.isascii():
        return declared or "utf-8", False
    told = _codec(declared) or _LANGUAGES.get(dbf[29])
    if told and _fits(dbf, told):
        return told, False
    if _fits(dbf, "utf-8"):
        return "utf-8", bool(declared)
    for codec in ("gb18030", "big5"):
        if _fits(dbf, codec):
            found, _ = guess(b"\n".join(_whole(text, codec) for text in _texts(dbf)), name)
            return found, bool(declared)
    msg = (f"认不出“{name}”属性表的文字编码，请指明编码 "
           f"(the encoding of the attribute table of {name} is not known; name it)")
    raise IntakeError(msg)


def _codec(cpg: str | None) -> str | None:
    said = (cpg or "").strip().strip("\0").upper().replace("_", "-")
    if not said:
        return None
    if any(mark in said for mark in ("GB", "936", "54936")):
        return "gb18030"
    if "BIG5" in said or "950" in said:
        return "big5"
    if "UTF" in said or said == "65001":
        return "utf-8"
    return None


def _fits(dbf: bytes, codec: str) -> bool:
    for text in _texts(dbf):
        try:
            _whole(text, codec).decode(codec)
        except UnicodeDecodeError:
            return False
    return True


def _whole(text: bytes, codec: str) -> bytes:
    """The text without a character that the field's width has cut in two."""
    for cut in range(min(4, len(text) + 1)):
        whole = text[: len(text) - cut]
        try:
            whole.decode(codec)
        except UnicodeDecodeError:
            continue
        return whole
    return text


def _texts(dbf: bytes) -> list[bytes]:
    """Names of the fields and the values of text fields, as bytes."""
    if len(dbf) < 33:
        return []
    header, size = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    texts, fields, at = [], [], 1
    for begin in range(32, min(header, len(dbf)) - 31, 32):
        if dbf[begin] == 0x0D:
            break
        length = dbf[begin + 16]
        texts.append(dbf[begin : begin + 11].partition(b"\0")[0])
        if dbf[begin + 11] == _TEXT:
            fields.append((at, length))
        at += length
    if size:
        last = min(len(dbf), header + _MOST_RECORDS * size)
        for record in range(header, last, size):
            texts.extend(dbf[record + at : record + at + length].rstrip(b" \0") for at, length in fields)
    return [text for text in texts if not text.isascii()]
