"""Text of a file that names its own encoding, which may be wrong."""

from __future__ import annotations

import re

from layers.errors import IntakeError
from layers.intake.formats.encodings import Decoded, decode
from layers.intake.formats.parts import Part

_XML = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w-]+)["']""")
_HTML = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
          "utf-16": None, "utf8": "utf-8", "iso-8859-1": None, "us-ascii": None, "unicode": None}
"""Names that stand for a larger set, or, None, are no more than what a program always writes."""
_HEAD = 8_192


def declared_encoding(data: bytes) -> str | None:
    """The encoding that XML or a web page says it is in, as Python calls it."""
    found = _XML.search(data[:_HEAD]) or _HTML.search(data[:_HEAD])
    if found is None:
        return None
    said = found[1].decode("ascii", "replace").lower()
    return _WIDER.get(said, said)


def decode_declared(data: bytes, name: str, encoding: str | None) -> tuple[Decoded, list[Part]]:
    """Text in ``encoding`` if given, else in the one that it declares, else in the one that fits.

    Raises
    ------
    IntakeError
        When none fits.
    """
    declared = declared_encoding(data)
    if encoding is not None or declared is None or data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return decode(data, name, encoding), []
    try:
        return decode(data, name, declared), []
    except IntakeError:
        found = decode(data, name)
    return found, [("note", f"文件说自己是 {declared} 编码，内容却是 {found.encoding}，按 {found.encoding} 读取",
                    f"the file says it is {declared}, but it is {found.encoding} and was read so")]
