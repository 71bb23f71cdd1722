"""Reading the tags that every sort of object shares: names, codes, years, addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping

Tags = Mapping[str, str]

_NAME_KEYS = ("name:zh-Hans", "name:zh", "name", "name:en")
_CODE_KEYS = ("ref", "ref:CN", "ref:GB", "gb:code", "code")
_ADDRESS_KEYS = ("addr:city", "addr:town", "addr:village", "addr:street", "addr:place", "addr:housenumber")
_CHINESE_CODE = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82)\d+", re.ASCII)
_GONE_KEYS = ("disused", "abandoned", "demolished", "razed", "removed", "destroyed")


def display_name(tags: Tags) -> str | None:
    """Name for people: Chinese if there is one, else the local name, else English."""
    for key in _NAME_KEYS:
        if name := " ".join(tags.get(key, "").split()):
            return name
    return None


def division_code(tags: Tags, digits: tuple[int, ...]) -> str | None:
    """Chinese statistical code with one of so many ``digits``, if the object carries one."""
    for key in _CODE_KEYS:
        value = tags.get(key, "").strip()
        if len(value) in digits and _CHINESE_CODE.fullmatch(value):
            return value
    return None


def township_kind(name: str) -> str:
    """Kind of township by the last word of its Chinese name."""
    for suffix, kind in (("街道", "jiedao"), ("镇", "zhen"), ("乡", "xiang"), ("开发区", "zone"), ("农场", "zone")):
        if name.removesuffix("办事处").endswith(suffix):
            return kind
    return "other"


def is_gone(tags: Tags) -> bool:
    """True for what the map keeps although it is no longer in use."""
    return any(tags.get(key) in ("yes", "true", "1") for key in _GONE_KEYS)


def address(tags: Tags) -> str | None:
    """Address in one line, from the largest part to the smallest."""
    if full := tags.get("addr:full", "").strip():
        return full
    parts = [tags[key].strip() for key in _ADDRESS_KEYS if tags.get(key, "").strip()]
    return " ".join(parts) or None


def year(tags: Tags, *, earliest: int = 1840, latest: int = 2100) -> int | None:
    """Year in which a thing was made, where the tag holds one plainly."""
    found = re.match(r"~?(\d{4})(?!\d)", tags.get("start_date", "").strip())
    if found and earliest <= int(found[1]) <= latest:
        return int(found[1])
    return None
