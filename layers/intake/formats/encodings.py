"""The encoding of Chinese text, decided strictly: a text is never taken in an encoding that it breaks."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from layers.errors import IntakeError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"), (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\x39\x40-\x7e\x80-\xfe]")
_SAMPLE = 400_000
_DAMAGED = 20
"""Good letters to one bad byte from which a text is damaged UTF-8 rather than another encoding."""


class Decoded(NamedTuple):
    """A text, the encoding it was in, and whether another one was about as likely."""

    text: str
    encoding: str
    doubtful: bool


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Text of ``data`` in ``encoding``, or in the one that it keeps all rules of.

    Lone surrogates written as UTF-8 stay as they are: whoever checks the cells refuses them with their row.

    Raises
    ------
    IntakeError
        When no encoding, or not the given one, fits every byte; the message names the line.
    """
    if encoding is not None:
        return Decoded(_strict(data, _known(encoding), name), encoding, doubtful=False)
    for mark, codec, called in _MARKS:
        if data.startswith(mark):
            return Decoded(_strict(data[len(mark):], codec, name), called, doubtful=False)
    found, doubtful = guess(data, name)
    return Decoded(_strict(data, found, name), found, doubtful)


def guess(data: bytes, name: str) -> tuple[str, bool]:
    """Encoding of a text without a mark at its beginning, and whether another one was about as likely."""
    if b"\0" in data and (wide := _wide(data)):
        return wide, False
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, error, name)
    else:
        return "utf-8", False
    fitting = [codec for codec in ("gb18030", "big5") if _fits(data, codec)]
    if not fitting:
        fitting = [codec for codec in ("big5hkscs", "cp950") if _fits(data, codec)]
    if not fitting:
        raise _unreadable(data, name)
    if fitting == ["gb18030", "big5"]:
        simplified, traditional = _common_simplified(data), _common_traditional(data)
        return ("big5" if traditional > simplified else "gb18030"), abs(traditional - simplified) < 0.1
    return fitting[0], False


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        msg = (f"没有编码“{encoding}”，可用 utf-8、gb18030、big5、utf-16 等 "
               f"(no encoding is called {encoding}; use utf-8, gb18030, big5, utf-16 and so on)")
        raise IntakeError(msg) from None


def _strict(data: bytes, codec: str, name: str) -> str:
    errors = "surrogatepass" if codec.startswith("utf-") and codec != "utf-7" else "strict"
    try:
        return data.decode(codec, errors).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        msg = (f"“{name}”第 {line} 行有不属于 {codec} 编码的字节，请换一种编码，或用 Excel、WPS 另存为 .xlsx "
               f"(line {line} of {name} has bytes that are not {codec}; name another encoding or save it as .xlsx)")
        raise IntakeError(msg) from None
    except UnicodeError:
        msg = f"“{name}”不是 {codec} 编码，请换一种编码 ({name} is not {codec}; name another encoding)"
        raise IntakeError(msg) from None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: in a table the commas, digits and line ends have a zero on one side."""
    for codec, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, all_zeros = data[high::2].count(0), data.count(0)
        if zeros > 0.9 * all_zeros and zeros > len(data) / 40:
            try:
                text = data.decode(codec, "surrogatepass")
            except UnicodeDecodeError:
                continue
            if "\0" not in text:
                return codec
    return None


def _refuse_damaged_utf8(data: bytes, error: UnicodeDecodeError, name: str) -> None:
    """Complain of a text that is UTF-8 but for a few bytes; in another encoding it would be read as nonsense."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for letter in text if letter > "\x7f") - bad
    if good >= _DAMAGED * bad:
        line = data.count(b"\n", 0, error.start) + 1
        msg = (f"“{name}”是 UTF-8 编码，但第 {line} 行有 {bad} 处损坏的字节，请改正该行或重新导出 "
               f"({name} is UTF-8 with {bad} damaged bytes, the first in line {line}; mend that line or export it again)")
        raise IntakeError(msg)


def _fits(data: bytes, codec: str) -> bool:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return False
    # What is no character of any language shows that the bytes mean something else.
    return not re.search(r"[\ue000-\uf8ff\x80-\x9f\ufffd]", text)


def _common_simplified(data: bytes) -> float:
    """Share of the pairs of bytes that are among the 3,755 commonest characters, or the signs, of GB 2312."""
    pairs = _PAIR.findall(data[:_SAMPLE])
    common = sum(1 for a, b in pairs if (0xB0 <= a <= 0xD7 or a in (0xA1, 0xA3)) and b >= 0xA1)
    return common / max(len(pairs), 1)


def _common_traditional(data: bytes) -> float:
    """Share of the pairs of bytes that are among the 5,401 commonest characters, or the signs, of Big5."""
    pairs = _PAIR.findall(data[:_SAMPLE])
    common = sum(1 for a, b in pairs if 0xA4 <= a <= 0xC6 or (a in (0xA1, 0xA2) and b < 0x80))
    return common / max(len(pairs), 1)


def _unreadable(data: bytes, name: str) -> IntakeError:
    import charset_normalizer

    best = charset_normalizer.from_bytes(data[:_SAMPLE]).best()
    zh, en = (f"，可能是 {best.encoding}", f"; it may be {best.encoding}") if best else ("", "")
    return IntakeError(
        f"认不出“{name}”的文字编码{zh}，请指明编码，或用 Excel、WPS 另存为 .xlsx "
        f"(the encoding of {name} is not known{en}; name it, or save the file as .xlsx)")
