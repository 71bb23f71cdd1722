"""Lists with one row a person: which rows are one household.

What says so is the household's number, the name of its head and the address, or the relation to the head in rows
that follow each other. Who says it less than surely is asked about.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from layers.fields import Label
from layers.intake.aliases import numbers_of_households
from layers.intake.examination.rows import Rows, Values
from layers.intake.folding import fold, spellings
from layers.intake.places.gazetteer import Placement
from layers.intake.values.relations import is_head

RULE = "one_household"
"""The doubt whether rows are one household."""

_WRITTEN_OUT = re.compile(r"(?<=\d)\.0+$", re.ASCII)
_MOST = 20
"""A household in rows one below the other, without number or address, is no larger."""


@dataclass(frozen=True, slots=True)
class Family:
    """Positions of the rows of one household, the head's (or the first) before the others; ``sure`` unless it is to be asked."""

    rows: tuple[int, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Families:
    """The households of a list of persons, in the order of the file, and the headings that told them."""

    each: tuple[Family, ...]
    by: tuple[str, ...]

    @property
    def persons(self) -> int:
        """Rows of the list."""
        return sum(len(family.rows) for family in self.each)

    def same_members(self, rows: Rows) -> Values:
        """For each row the number of an earlier row of its household about the same person; None for nearly all."""
        twice = np.full(len(rows), None, dtype=object)
        names, numbers = rows.value("contact_name"), rows.value("identity_no")
        for family in self.each:
            seen: dict[tuple[str, object], int] = {}
            for k in sorted(family.rows):
                person = (fold(str(names[k] or "")), numbers[k])
                if person[0] and person in seen:
                    twice[k] = int(rows.numbers[seen[person]])
                seen.setdefault(person, k)
        return twice


def families(rows: Rows, placements: Sequence[Placement | None]) -> Families | None:
    """The households of a list with one row a person; None where each row is a household of its own."""
    if rows.layer.name != "households" or not {"contact_name", "identity_no", "relation"} & rows.texts.keys():
        return None
    where = _places(rows, placements)
    relations = [str(text) for text in rows.text("relation")]
    told = _by_number(rows, where, relations) or _by_head(rows, where) or _by_order(rows, where, relations)
    if told is None:
        return None
    keys, by, sure = told
    together: dict[object, list[int]] = {}
    for k, key in enumerate(keys):
        together.setdefault(k if key is None else key, []).append(k)
    if all(len(members) == 1 or _one_person(rows, members) for members in together.values()):
        return None
    heads = [fold(str(text)) for text in rows.text("head_name")]
    each = tuple(_family(rows, members, relations, heads, sure=sure) for members in together.values())
    return Families(each, tuple(rows.notes.headings.get(name, name) for name in by))


_Told = tuple[list[tuple[str, ...] | None], tuple[str, ...], bool]


def _by_number(rows: Rows, where: list[str], relations: list[str]) -> _Told | None:
    name = "household_no" if "household_no" in rows.texts else "id" if _is_household_number(rows) else ""
    if not name:
        return None
    keys: list[tuple[str, ...] | None] = []
    before: tuple[str, ...] | None = None
    for place, text, relation in zip(where, rows.text(name), relations, strict=True):
        number = fold(_WRITTEN_OUT.sub("", unicodedata.normalize("NFKC", str(text)).strip()))
        if number:
            key: tuple[str, ...] | None = (place, number)
        else:  # written beside the head only
            key = before if before is not None and relation and not is_head(relation) and before[0] == place else None
        keys.append(key)
        before = key
    return keys, ((name, "relation") if any(relations) else (name,)), True


def _is_household_number(rows: Rows) -> bool:
    """Whether the ids are what all persons of a household share, not numbers of the rows."""
    heading = rows.notes.headings.get("id")
    if heading is None:
        return False
    return bool(numbers_of_households() & set(spellings(heading))) or bool({"relation", "head_name"} & rows.texts.keys())


def _by_head(rows: Rows, where: list[str]) -> _Told | None:
    if "head_name" not in rows.texts or "contact_name" not in rows.texts:
        return None
    heads = [fold(str(text)) for text in rows.text("head_name")]
    addresses = [fold(str(text)) for text in rows.text("address")]
    only: dict[tuple[str, str], set[str]] = {}
    for place, head, address in zip(where, heads, addresses, strict=True):
        if address:
            only.setdefault((place, head), set()).add(address)
    keys: list[tuple[str, ...] | None] = []
    for place, head, address in zip(where, heads, addresses, strict=True):
        known = only.get((place, head), set())
        keys.append((place, head, address or (next(iter(known)) if len(known) == 1 else "")) if head else None)
    by = tuple(name for name in ("head_name", "address", "relation") if name in rows.texts)
    return keys, by, len(by) > 1


def _by_order(rows: Rows, where: list[str], relations: list[str]) -> _Told | None:
    if "relation" not in rows.texts:
        return None
    keys: list[tuple[str, ...] | None] = []
    current, size = 0, 0
    for k, (place, relation) in enumerate(zip(where, relations, strict=True)):
        if is_head(relation) or not relation or size == _MOST or (k and place != where[k - 1]):
            current, size = current + 1, 0
        size += 1
        keys.append((str(current),))
    return keys, ("relation",), False


def _places(rows: Rows, placements: Sequence[Placement | None]) -> list[str]:
    """The village of each row: two villages have the same numbers and names."""
    words = [rows.text(name) for name in ("township_name", "village", "village_name", "village_code")]
    return [
        placement.village if placement is not None and placement.village is not None
        else "".join(fold(str(texts[k] or "")) for texts in words)
        for k, placement in enumerate(placements)
    ]


def _one_person(rows: Rows, members: Iterable[int]) -> bool:
    """Whether all these rows can be about the same person: then it stands there twice, and is no family."""
    names = {fold(str(rows.value("contact_name")[k] or "")) for k in members}
    numbers = {rows.value("identity_no")[k] for k in members}
    return len(names) == 1 and len(numbers) == 1


def _family(rows: Rows, members: list[int], relations: list[str], heads: list[str], *, sure: bool) -> Family:
    if len(members) == 1:
        return Family(tuple(members), sure=True)
    first = [k for k in members if is_head(relations[k])]
    named = {heads[k] for k in members if heads[k]}
    if len(first) != 1 and len(named) == 1:
        first = [k for k in members if fold(str(rows.value("contact_name")[k] or "")) in named] or first
    # Two heads under one number, or two names of a head, may be two households.
    clear = sure and len(named) <= 1 and sum(is_head(relations[k]) for k in members) <= 1
    lead = first[0] if first else members[0]
    return Family((lead, *(k for k in members if k != lead)), clear)


def note(found: Families) -> Label:
    """What was done, or is to be decided."""
    columns = "、".join(found.by)
    many = sum(len(family.rows) > 1 for family in found.each)
    unsure = sum(not family.sure for family in found.each)
    zh = (f"这份表每人一行：按“{columns}”，{found.persons} 行是 {len(found.each)} 户（其中 {many} 户不止一人），"
          "每户存一条，服务对象人数按行数计；行数仍按文件的行核对。如不应合并，请把这些列改为不读取")
    en = (f"one row a person: by {columns}, {found.persons} rows are {len(found.each)} households ({many} of more than one "
          "person); each is stored once with its persons counted, and rows are still counted as the file has them. "
          "If they are not to be merged, take these columns for nothing")
    if unsure:
        zh += f"；有 {unsure} 户不能确定，列在问题里，由您决定"
        en += f"; {unsure} are not sure and are asked about below"
    return Label(zh, en)


def doubts(rows: Rows, found: Families) -> None:
    """Ask about the households that are not sure."""
    for family in found.each:
        if family.sure:
            continue
        first = rows.notes.called(int(rows.numbers[family.rows[0]]))
        for k in family.rows[1:]:
            rows.notes.add(
                int(rows.numbers[k]), "relation" if "relation" in rows.texts else "contact_name", RULE, "",
                Label(f"与{first.zh}可能是同一户", f"perhaps of one household with {first.en}"),
                Label("是一户就接受此疑点，各行并为一户；否则请写上户号，或写明各自的户主",
                      "accept the doubt if it is one household, and the rows become one; else give the number or the head of each"),
                doubt=True)
