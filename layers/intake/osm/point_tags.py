"""What the tags of a feature make it: a station of some level, a memorial of some type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from geo.errors import ParameterError
from layers.intake.osm import businesses
from layers.intake.osm.tags import Tags, display_name
from layers.schema import Label

TagPattern = tuple[str, str]
"""Key and value, the value ``*`` for any."""

DEFAULT_STATION_TAGS: tuple[TagPattern, ...] = (
    ("amenity", "townhall"), ("amenity", "community_centre"), ("amenity", "social_facility"), ("office", "government"),
)
"""Where a bureau's stations sit: with the township government, the community centre, the social services."""

VETERANS_STATION = "退役军人服务"
"""A feature of any sort with this in its name is a station, too, unless tags were chosen."""

_HOMES = frozenset(("nursing_home", "assisted_living", "group_home", "hospice", "shelter", "soup_kitchen", "food_bank",
                    "clothing_bank", "dairy_kitchen", "day_care"))
_NO = ("", "no", "vacant")

PERSONAL = Label("个人纪念物（绊脚石、幽灵单车、长椅等）", "marks for single persons (stolperstein, ghost bike, bench)")


def parse_station_tags(chosen: Sequence[str]) -> tuple[TagPattern, ...]:
    """Patterns of ``key=value`` texts; one text may hold several with commas, and ``key=*`` takes any value.

    Raises
    ------
    ParameterError
        When a text is not of that form.
    """
    patterns = []
    for text in (part.strip() for item in chosen for part in item.split(",")):
        if not text:
            continue
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            msg = (
                f"服务站标签“{text}”写法不对，应为 键=值，如 amenity=townhall，任意值写 键=* "
                f"(station tag {text!r} is not key=value, such as amenity=townhall, or key=*)"
            )
            raise ParameterError(msg)
        patterns.append((key, value))
    return tuple(patterns)


def is_station(tags: Tags, patterns: Sequence[TagPattern]) -> bool:
    """Whether the feature is one of the chosen stations; without a choice, of the default ones."""
    if patterns:
        return _matches(tags, patterns)
    if VETERANS_STATION in (display_name(tags) or ""):
        return True
    return _matches(tags, DEFAULT_STATION_TAGS) and tags.get("social_facility") not in _HOMES


def station_level(tags: Tags) -> str:
    """Level by the last word for a unit in a Chinese name, else by what the feature is.

    Town halls and government offices serve a township, everything else a village or community.
    """
    units = re.findall(r"社区|小区|园区|村|街道|镇|乡|县|区|市|旗", display_name(tags) or "")
    if units:
        word = units[-1]
        return {"镇": "township", "乡": "township", "街道": "township",
                "县": "county", "区": "county", "市": "county", "旗": "county"}.get(word, "village")
    return "township" if tags.get("amenity") == "townhall" or tags.get("office") == "government" else "village"


def memorial_type(tags: Tags) -> str | Label | None:
    """Type of memorial, why it is not taken, or None when it is none."""
    if tags.get("landuse") == "cemetery" or tags.get("amenity") == "grave_yard":
        return "cemetery"
    if tags.get("historic") not in ("memorial", "monument") and tags.get("memorial", "no") in _NO:
        return None
    values = set(tags.get("memorial", "").split(";")) | set(tags.get("memorial:type", "").split(";"))
    if values & _PERSONAL:
        return PERSONAL
    for code, words in _MEMORIAL_WORDS.items():
        if values & words or (code == "tower" and tags.get("man_made") == "tower"):
            return code
    if tags.get("tourism") == "museum" or tags.get("building", "no") not in _NO:
        return "hall"
    return "square" if tags.get("place") == "square" or tags.get("leisure") in ("park", "garden") else "monument"


_PERSONAL = frozenset(("stolperstein", "stolperschwelle", "ghost_bike", "bench", "blue_plaque", "tree", "grave_marker"))
_MEMORIAL_WORDS: Mapping[str, frozenset[str]] = {
    "statue": frozenset(("statue", "bust", "sculpture", "equestrian_statue")),
    "wall": frozenset(("wall", "wall_of_names")),
    "grave": frozenset(("grave", "war_grave", "tomb", "mass_grave")),
    "tower": frozenset(("tower", "shrine", "pagoda")),
    "columbarium": frozenset(("columbarium",)),
    "square": frozenset(("square", "garden", "park")),
    "hall": frozenset(("building", "hall", "museum")),
}


def point_keys(patterns: Sequence[TagPattern]) -> tuple[str, ...]:
    """Keys of which a feature needs one to be looked at."""
    chosen = (key for key, _ in (*patterns, *DEFAULT_STATION_TAGS))
    return tuple(dict.fromkeys(("historic", "memorial", "landuse", *businesses.KEYS, *chosen)))


def _matches(tags: Tags, patterns: Sequence[TagPattern]) -> bool:
    for key, wanted in patterns:
        values = [value.strip() for value in tags.get(key, "").split(";")]
        if wanted in values or (wanted == "*" and values[0] not in _NO):
            return True
    return False
