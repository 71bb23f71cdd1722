"""Names of a KML file's own attributes, which GDAL would turn into underscores where they are Chinese."""

from __future__ import annotations

import html
import re

KML_DRAWING = frozenset({"altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"})
"""Columns that GDAL adds for how things are drawn."""

_NAMED = re.compile(r"""(<(?:\w+:)?(?:Data|SimpleField|SimpleData)\b[^>]*?\bname\s*=\s*)(["'])(.*?)\2""", re.DOTALL)


def plain_names(text: str) -> tuple[str, dict[str, str]]:
    """The KML with plain Latin names of attributes, and what each of them was before."""
    plain: dict[str, str] = {}

    def replace(found: re.Match[str]) -> str:
        name = html.unescape(found[3])
        return f"{found[1]}{found[2]}{plain.setdefault(name, f'attribute_{len(plain) + 1}')}{found[2]}"

    text = _NAMED.sub(replace, text)
    return text, {short: name for name, short in plain.items()}
