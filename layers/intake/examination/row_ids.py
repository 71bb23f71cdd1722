"""Which stored thing a row without an id is about, and the id of a new one.

A row is known by what makes it that thing: a person by identity number or by name and village, a village by its
code, a record by what it is about and its day. The same file loaded twice meets its own rows again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from layers.intake.aliases import numbers_of_households
from layers.intake.examination.rows import Holdings, Rows, Values
from layers.intake.folding import fold, spellings

KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "townships": (("code",), ("name",)),
    "villages": (("code",), ("township", "name")),
    "aliases": (("name", "unit"),),
    "stations": (("name", "unit"),),
    "support_points": (("name", "address"),),
    "memorials": (("name", "village"),),
    "memorial_ranges": (("memorial", "zone"),),
    "households": (("village", "contact_name", "phone"), ("village", "contact_name")),
    "station_grades": (("station", "scheme", "awarded"),),
    "station_checks": (("station", "date", "kind"),),
    "agreements": (("memorial", "party", "valid_from"),),
    "inspections": (("memorial", "date"),),
    "defects": (("memorial", "cause", "found"),),
    "works": (("memorial", "kind", "reported"),),
    "visits": (("household", "date", "kind", "campaign"),),
    "claims": (("indicator", "as_of", "stated_in"),),
}
"""Layer to the fields that tell one thing from another, the surest first; the first field must be filled."""

_MADE_BYTES = 8


def give_ids(rows: Rows, holdings: Holdings, shapes: Values) -> np.ndarray:
    """Fill the field ``id``: as given, of the stored row that is meant, or a new one.

    An id made for a household says nothing about it: it is drawn by lot, and a repeated load finds the
    stored row by its person. All others follow from what the row says, so that they come out the same again.

    Returns
    -------
    ndarray of bool
        Rows whose id the file gave.
    """
    ids = _of_villages(rows, holdings)
    given = np.array([key is not None for key in ids], dtype=bool)
    if not given.all():
        _by_identity(rows, holdings, ids)
        for names in KEYS.get(rows.layer.name, ()):
            _by_key(rows, holdings, names, ids)
        _made(rows, ids, shapes)
    rows.fields["id"] = ids
    return given


def _of_villages(rows: Rows, holdings: Holdings) -> Values:
    """The ids given; a household's number that another village uses too is led by the village.

    Lists of villages are numbered each for itself (A-01, A-02 …): a household of one must not become that of another.
    """
    ids = rows.value("id").copy()
    heading = rows.notes.headings.get("id")
    if rows.layer.name != "households" or heading is None or not numbers_of_households() & set(spellings(heading)):
        return ids
    villages = rows.value("village")
    used: dict[str, set[str]] = {}
    for key, village in zip(ids, villages, strict=True):
        if key is not None and village is not None:
            used.setdefault(key, set()).add(village)
    led = {f"{village}-{key}" for key, among in used.items() for village in among}
    stored = holdings.read("households", columns=["id", "village", *_PERSON], ids=sorted({*used, *led}), protected=True)
    known = {str(row["id"]): row for row in stored.to_dict("records")}
    for k, (key, village) in enumerate(zip(ids, villages, strict=True)):
        if key is None or village is None:
            continue
        there = known.get(key)
        elsewhere = there is not None and isinstance(there["village"], str) and there["village"] != village
        lives = there is not None and not elsewhere
        moved = there is not None and elsewhere and _same_person(rows, k, there)
        own = f"{village}-{key}"
        if own in known or (len(used[key]) > 1 and not lives) or (elsewhere and not moved):
            ids[k] = own
    return ids


_PERSON = ("contact_name", "phone", "identity_no")


def _same_person(rows: Rows, k: int, stored: Mapping[Hashable, Any]) -> bool:
    """Whether the row tells the stored household's person, who moved then, or tells nobody."""
    told = [(rows.value(name)[k], stored[name]) for name in _PERSON]
    both = [(one, other) for one, other in told if isinstance(one, str) and isinstance(other, str)]
    return not both or any(fold(one) == fold(other) for one, other in both)


def _by_identity(rows: Rows, holdings: Holdings, ids: Values) -> None:
    """By the numbers that the store finds protected fields by."""
    for spec in rows.layer.fields:
        if spec.matched and spec.pattern is not None and spec.name in rows.fields:
            numbers = rows.value(spec.name)
            open_rows = [k for k, key in enumerate(ids) if key is None and numbers[k] is not None]
            found = holdings.matches(rows.layer.name, spec.name, sorted({numbers[k] for k in open_rows}))
            for k in open_rows:
                if len(found.get(numbers[k], ())) == 1:
                    ids[k] = found[numbers[k]][0]


def _by_key(rows: Rows, holdings: Holdings, names: tuple[str, ...], ids: Values) -> None:
    if names[0] not in rows.fields or all(key is not None for key in ids):
        return
    identity = [spec.name for spec in rows.layer.fields if spec.matched and spec.pattern is not None]
    protected = any(rows.layer[name].protected for name in names)
    stored = holdings.read(rows.layer.name, columns=["id", *names, *(identity if protected else [])], protected=protected)
    known: dict[tuple[str, ...], list[int]] = {}
    for k, key in enumerate(keys_of([stored[name] for name in names])):
        if key is not None:
            known.setdefault(key, []).append(k)
    # A person with another identity number is somebody else of the same name.
    persons = stored[identity[0]].tolist() if identity and protected else [None] * len(stored)
    told = rows.value(identity[0]) if identity and protected else np.full(len(rows), None, dtype=object)
    taken = {key for key in ids if key is not None}
    for k, key in enumerate(keys_of([rows.value(name) for name in names])):
        if ids[k] is not None or key is None:
            continue
        same = [at for at in known.get(key, ()) if told[k] is None or not isinstance(persons[at], str) or persons[at] == told[k]]
        if len(same) == 1 and stored["id"].iloc[same[0]] not in taken:
            ids[k] = stored["id"].iloc[same[0]]
            taken.add(ids[k])


def keys_of(columns: Iterable[Iterable[object]]) -> list[tuple[str, ...] | None]:
    """What each row is known by, folded; None where the first field is empty."""
    folded = [[_folded(value) for value in column] for column in columns]
    return [key if key[0] and (len(key) == 1 or any(key[1:])) else None for key in zip(*folded, strict=True)]


def _folded(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return fold(value) if isinstance(value, str) else "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def _made(rows: Rows, ids: Values, shapes: Values) -> None:
    name, taken = rows.layer.name, {key for key in ids if key is not None}
    personal = bool(rows.layer.protected)
    keys = [keys_of([rows.value(field) for field in names]) for names in KEYS.get(name, ()) if names[0] in rows.fields]
    for k in [k for k, key in enumerate(ids) if key is None]:
        said = next((found[k] for found in keys if found[k] is not None), None)
        if personal and any(rows.value(spec.name)[k] is not None for spec in rows.layer.protected):
            ids[k] = f"{name[0]}-{secrets.token_hex(_MADE_BYTES)}"
            continue
        parts = said or tuple(str(rows.texts[target][k]) for target in sorted(rows.texts) if target != "id")
        if said is None and shapes[k] is not None:
            parts = (*parts, shapes[k].wkb_hex)
        digest = hashlib.blake2b("\x1f".join((name, *parts)).encode(), digest_size=_MADE_BYTES).hexdigest()
        ids[k] = f"{name[0]}-{digest}"
        if personal:  # two households may be told by the same words; they are counted
            ids[k] = next(key for n in range(len(ids) + 1) if (key := f"{name[0]}-{digest}-{n}") not in taken)
            taken.add(ids[k])
