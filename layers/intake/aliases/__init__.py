"""What offices call the columns and the coded values of every layer, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from layers.intake.aliases import common, memorials, people, places
from layers.intake.folding import fold
from layers.registry import LAYERS
from layers.schema import Layer

OWN: Mapping[str, Mapping[str, str]] = {
    "townships": places.TOWNSHIPS,
    "villages": places.VILLAGES,
    "aliases": places.FORMER_NAMES,
    "stations": places.STATIONS,
    "support_points": places.SUPPORT_POINTS,
    "memorials": memorials.MEMORIALS,
    "memorial_ranges": memorials.MEMORIAL_RANGES,
    "households": people.HOUSEHOLDS,
    "roads": places.ROADS,
    "station_grades": places.STATION_GRADES,
    "station_checks": places.STATION_CHECKS,
    "agreements": memorials.AGREEMENTS,
    "inspections": memorials.INSPECTIONS,
    "defects": memorials.DEFECTS,
    "works": memorials.WORKS,
    "visits": people.VISITS,
    "claims": places.CLAIMS,
}
"""Layer to field to headings, besides the field's name and labels; the more usual first."""

PLACES = (*common.PLACE, *people.MEMBERS, *people.PERSON)
"""What a column may be mapped to besides the layer's fields: coordinates, words that say where a thing is, and what
tells which persons live together."""

MEMBERS = tuple(people.MEMBERS)
"""What tells which persons live together."""

PERSON = ("contact_name", "head_name", "phone", "identity_no")
"""What tells a household by its person, where a record is about it."""


def personal(layer: Layer) -> frozenset[str]:
    """What a column of ``layer`` may be mapped to that holds what a person is known by: nowhere shown."""
    found = frozenset(PERSON) - set(layer.columns) | {spec.name for spec in layer.fields if spec.protected}
    return found | {"address"} if layer.sensitive else found


@cache
def headings(layer: str) -> Mapping[str, Mapping[str, float]]:
    """Folded heading to what it may stand for, with how surely (0-1].

    A layer's own words go before those that mean the same on every sheet.
    """
    spec = LAYERS[layer]
    found: dict[str, dict[str, float]] = {}

    def add(target: str, words: Iterable[str], surely: float) -> None:
        for k, word in enumerate(words):
            known = found.setdefault(fold(word), {})
            known[target] = max(known.get(target, 0.0), surely - min(k, 50) * 0.001)

    for field in spec.fields:
        # Names are said for sure: an exported file carries them.
        add(field.name, [field.name], 1.0)
        add(field.name, field.label, 0.99)
        add(field.name, OWN[layer].get(field.name, "").split(), 0.97)
        add(field.name, common.ANY_LAYER.get(field.name, "").split(), 0.9)
    for target, own in (("village_name", "village"), ("group_name", "group_name")):
        if spec.spatial and own in spec.columns:
            add(own, common.PLACE[target].split(), 0.93)
    if spec.spatial and "village" in spec.columns:
        add("village", ["村组"], 0.85)  # where no column besides names the village
    for target in _places(spec):
        add(target, [target], 0.995)
        add(target, common.PLACE[target].split(), 0.93)
    if layer == "households":
        for target, words in people.MEMBERS.items():
            add(target, [target], 0.995)
            add(target, words.split(), 0.94)
    if any("households" in field.references for field in spec.fields):
        for target in PERSON:
            add(target, [target], 0.995)
            add(target, people.PERSON.get(target, people.MEMBERS.get(target, "")).split(), 0.94)
    return found


@cache
def numbers_of_households() -> frozenset[str]:
    """Folded headings of a household's own number, which all of its persons share."""
    return frozenset(fold(word) for word in people.MEMBERS["household_no"].split())


@cache
def known_headings(layer: str) -> frozenset[str]:
    """Every folded heading that a sheet of ``layer`` may be recognised by."""
    return frozenset(headings(layer)) | ignored()


@cache
def ignored() -> frozenset[str]:
    """Folded headings of columns that are not about the thing."""
    return frozenset(fold(word) for word in common.IGNORED.split())


_UNITS = ("township_name", "township_code", "village_name", "village_code")


def _places(layer: Layer) -> tuple[str, ...]:
    """The words of place that ``layer`` has a use for."""
    if not layer.spatial:
        about = {target for field in layer.fields for target in field.references} & {"households", "stations", "memorials"}
        return _UNITS if about and layer.name != "claims" else ()
    if "village" in layer.columns:
        # Its own field takes the village's name, and ``group_name`` where it has one.
        skipped = {"village_name", *layer.columns}
    elif layer.name in ("townships", "villages"):
        skipped = {"township_name", "township_code", "village_name", "village_code", "group_name", "address"}
    else:
        skipped = set(layer.columns)
    return tuple(target for target in common.PLACE if target not in skipped)
