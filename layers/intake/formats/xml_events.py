"""XML as events, without what harmful files use: entities of their own, and documents of their own kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from xml.parsers import expat

from layers.errors import IntakeError


class Handler(Protocol):
    """What is told of a document; names come without their namespace."""

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """It ends."""

    def text(self, data: str) -> None:
        """Text in it."""


def read_xml(chunks: Iterable[bytes], handler: Handler, name: str) -> None:
    """Tell ``handler`` of a document in UTF-8, as it comes in.

    Raises
    ------
    IntakeError
        When it is not well-formed or defines entities.
    """
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True

    def begin(tag: str, attributes: dict[str, str]) -> None:
        handler.begin(tag.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def refuse(*_told: object) -> None:
        msg = (f"“{name}”定义了 XML 实体，可能是有意做坏的文件，没有读取 "
               f"({name} defines XML entities, as harmful files do; it was not read)")
        raise IntakeError(msg)

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda tag: handler.end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        msg = (f"“{name}”已损坏或不完整（第 {error.lineno} 行），无法读取，请重新导出，或在 Excel 或 WPS 中打开后另存 "
               f"({name} is damaged or cut off in line {error.lineno}; export it again, or open it in Excel or WPS and save "
               f"it. {why})")
        raise IntakeError(msg) from error
