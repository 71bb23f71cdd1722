"""What GDAL does not make of a KML file: attributes under Chinese names, kept as text; tables in descriptions; folders."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from layers.intake.formats.gathered import GatheredSheet, Room
from layers.intake.formats.html_tables import TableReader

KML_DRAWING = frozenset({"altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"})
"""Columns that GDAL adds for how things are drawn."""
FOLDER = "文件夹"
"""Heading of the column that says which folder a thing lay in."""

_NAMED = re.compile(r"""(<(?:\w+:)?Data\b[^>]*?\bname\s*=\s*)(["'])(.*?)\2""", re.DOTALL)
_SCHEMA = re.compile(r"<((?:\w+:)?)Schema\b(?![^>]*\bparent\s*=)[^>]*?(?:/>|>.*?</\1Schema\s*>)", re.DOTALL)
_WRAPPED = re.compile(r"</?(?:\w+:)?SchemaData\b[^>]*>")
_SIMPLE = re.compile(r"<((?:\w+:)?)SimpleData\b([^>]*)>(.*?)</\1SimpleData\s*>", re.DOTALL)
_EMPTY = re.compile(r"<(?:\w+:)?SimpleData\b[^>]*/>")
_MOST_CELLS = 10_000


class KmlLayer(NamedTuple):
    """Things of one folder: texts by column, and shapes as WKB."""

    name: str
    columns: dict[str, list[str]]
    shapes: list[bytes | None]
    crs: str | None


def plain_names(text: str) -> tuple[str, dict[str, str]]:
    """The KML with plain Latin names of attributes, and what each of them was before.

    Attributes with a type become ones without, as a schema would make a number of a code; GDAL turns Chinese names into
    underscores.
    """
    plain: dict[str, str] = {}

    def replace(found: re.Match[str]) -> str:
        name = html.unescape(found[3])
        return f"{found[1]}{found[2]}{plain.setdefault(name, f'attribute_{len(plain) + 1}')}{found[2]}"

    text = _WRAPPED.sub("", _EMPTY.sub("", _SCHEMA.sub("", text)))
    text = _SIMPLE.sub(r"<\1Data\2><\1value>\3</\1value></\1Data>", text)
    text = _NAMED.sub(replace, text)
    return text, {short: name for name, short in plain.items()}


def one_layer(layers: Sequence[KmlLayer]) -> KmlLayer:
    """All folders as one layer, with a column that names the folder where there are several."""
    headings = dict.fromkeys(heading for layer in layers for heading in layer.columns)
    columns: dict[str, list[str]] = {heading: [] for heading in headings}
    folders: list[str] = []
    for layer in layers:
        n = len(layer.shapes)
        folders += [layer.name] * n
        for heading in headings:
            columns[heading] += layer.columns.get(heading, [""] * n)
    if len(layers) > 1:
        columns[FOLDER if FOLDER not in columns else f"KML {FOLDER}"] = folders
    return KmlLayer(layers[0].name, columns, [shape for layer in layers for shape in layer.shapes], layers[0].crs)


def with_described(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """The columns and those that stand in tables of the descriptions: names on the left, values on the right.

    A column that is there already keeps what it says. The descriptions stay where one of them is no such table.
    """
    column = next((name for name in columns if name.lower() == "description"), None)
    if column is None or not any("<table" in text.lower() for text in columns[column]):
        return columns
    told = [_pairs(text) for text in columns[column]]
    new = {key: values[:] for key, values in columns.items()
           if key != column or any(text and not pairs for text, pairs in zip(columns[column], told, strict=True))}
    for k, pairs in enumerate(told):
        for key, value in pairs.items():
            values = new.setdefault(key, [""] * len(told))
            values[k] = values[k] or value
    return new


def _pairs(description: str) -> dict[str, str]:
    if "<table" not in description.lower():
        return {}
    sheet = GatheredSheet("", Room("", _MOST_CELLS))
    reader = TableReader(sheet)
    reader.feed(description)
    reader.close()
    rows = [row for row in sheet.rows if any(row)]
    if len(rows) == 2 and len(rows[0]) > 2:  # headings above one row of values
        return {key: value for key, value in zip(*rows, strict=False) if key}
    return {row[0]: row[1] for row in rows if len(row) == 2 and row[0]}
