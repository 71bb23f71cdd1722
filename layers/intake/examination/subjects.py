"""What a record is about: the household, station or memorial that its row names, by id, number, name or person.

A name counts where it is the only one of the village or township that the row tells; all else is a question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from layers.fields import Field, Label
from layers.intake.aliases import PERSON
from layers.intake.examination.problems import MASK, Notebook
from layers.intake.examination.resolving import Directory, directory, resolve_village
from layers.intake.examination.rows import Holdings, Rows
from layers.intake.folding import fold
from layers.intake.places.county import County
from layers.intake.values.identity import read_identity
from layers.intake.values.telephones import read_telephone
from layers.registry import LAYERS
from layers.schema import Layer

SUBJECTS: Final = frozenset({"households", "stations", "memorials"})
"""Layers that records are about."""
_SHOWN = 3


class _Answer(NamedTuple):
    """What a row names, or why that is not sure and what to do."""

    id: str | None = None
    reason: Label | None = None
    hint: Label | None = None


def subject_of(layer: Layer) -> Field | None:
    """The field that says what a record of ``layer`` is about; None for layers of things."""
    return next((spec for spec in layer.fields if set(spec.references) & SUBJECTS and layer.name not in SUBJECTS), None)


def subject_told(layer: Layer, mapped: Collection[str]) -> set[str]:
    """The field of :func:`subject_of` where other columns of those ``mapped`` can say it."""
    spec = subject_of(layer)
    if spec is None:
        return set()
    words = PERSON if "households" in spec.references else ("village_name", "village_code") if "stations" in spec.references else ()
    return {spec.name} if set(words) & set(mapped) else set()


def resolve_subjects(rows: Rows, spec: Field, holdings: Holdings, county: County) -> None:
    """Put the id of what each row is about into the field ``spec``, and note what is not sure."""
    where = _where(rows, county)
    target = next(iter(set(spec.references) & SUBJECTS))
    known = _Households.read(rows, holdings) if target == "households" else _Things.read(target, holdings)
    texts, found = rows.value(spec.name), np.full(len(rows), None, dtype=object)
    if spec.name not in rows.notes.headings:  # the cell to look at
        told_by = next((name for name in (*PERSON, "village_name", "township_name") if name in rows.notes.headings), None)
        if told_by is not None:
            rows.notes.headings[spec.name] = rows.notes.headings[told_by]
    for k, text in enumerate(texts):
        answer = known.find(k, str(text or ""), where[k])
        found[k] = answer.id
        if answer.reason is not None:
            shown = MASK if target == "households" and text and not str(text).isascii() else str(text or "")
            rows.notes.add(int(rows.numbers[k]), spec.name, "reference", shown, answer.reason, answer.hint or answer.reason)
    rows.fields[spec.name] = found


class _Where(NamedTuple):
    """Village and townships that a row tells; None and empty where it tells none that is known."""

    village: str | None
    townships: frozenset[str]
    told: bool
    township_of: dict[str, str]

    def has(self, home: str | None) -> bool:
        """Whether a thing whose village or township is ``home`` lies where the row says."""
        if home is None:
            return False
        if self.village is not None:
            return home in {self.village, self.township_of.get(self.village)}
        return home in self.townships or self.township_of.get(home) in self.townships


def _where(rows: Rows, county: County) -> list[_Where]:
    quiet = replace(rows, notes=Notebook({}, frozenset()), fields=dict(rows.fields))
    words = {"village_name", "village_code", "village"} & rows.texts.keys()
    placements = resolve_village(quiet, county.gazetteer, county.village_names) if words else [None] * len(rows)
    of = {str(key): str(town) for key, town in zip(county.villages["id"], county.villages["township"], strict=True)
          if isinstance(town, str)}
    found = []
    for placement, name, code in zip(placements, rows.text("township_name"), rows.text("township_code"), strict=True):
        village = None if placement is None else placement.village
        towns = frozenset(county.township_names.find(str(code))) if code else frozenset()
        towns = towns or (county.gazetteer.townships(str(name)) if name else frozenset())
        found.append(_Where(village, towns, bool(name or code or placement is not None), of))
    return found


@dataclass(frozen=True, slots=True)
class _Things:
    """Stations or memorials by id, number and name, each with the village or township that it is of."""

    target: str
    names: Directory
    homes: dict[str, str | None]

    @classmethod
    def read(cls, target: str, holdings: Holdings) -> _Things:
        home = "unit" if target == "stations" else "village"
        columns = ["id", "name", home, *(["filing_no"] if target == "memorials" else [])]
        frame = holdings.read(target, columns=columns)
        names = directory([target], {target: frame})
        if "filing_no" in frame:
            for key, number in zip(frame["id"], frame["filing_no"], strict=True):
                if isinstance(number, str):
                    names.call(number, key)
        homes = {key: at if isinstance(at, str) else None for key, at in zip(frame["id"], frame[home], strict=True)}
        return cls(target, names, homes)

    def find(self, _row: int, text: str, where: _Where) -> _Answer:
        """The thing called ``text``; of stations, where nothing is written, the only one of the village."""
        if text in self.names.ids:
            return _Answer(text)
        if not text:
            own = [key for key, home in self.homes.items() if home == where.village]
            return _Answer(own[0]) if self.target == "stations" and where.village and len(own) == 1 else _Answer()
        found = self.names.find(text)
        near = {key for key in found if where.has(self.homes[key])}
        if len(near) == 1:
            return _Answer(next(iter(near)))
        if len(found) == 1 and (not where.told or self.homes[next(iter(found))] is None):
            return _Answer(next(iter(found)))
        return self._question(text, found, near)

    def _question(self, text: str, found: set[str], near: set[str]) -> _Answer:
        label = LAYERS[self.target].label
        if len(found) == 1 and not near:
            return _Answer(None, Label(f"所写的村或乡镇没有叫这个名称的{label.zh}，别处有", "one of this name is elsewhere, not there"),
                           _by_id(found))
        if found:
            return _Answer(None, Label(f"{label.zh}中有 {len(near or found)} 个叫这个名称，分不清是哪个",
                                       f"{len(near or found)} of {self.target} go by this name"), _by_id(near or found))
        alike = self.names.like(text)
        hint = Label(f"最接近的：{'、'.join(alike)}", f"nearest: {', '.join(alike)}") if alike else Label(
            "请核对编号或名称，或先装入它", "check the id or the name, or load it first")
        return _Answer(None, Label(f"在{label.zh}中找不到", f"not found in {self.target}"), hint)


@dataclass(frozen=True, slots=True)
class _Households:
    """Households by id, by the number that they have in their village, and by their person."""

    rows: Rows
    frame: pd.DataFrame
    at: dict[str, int]
    by_name: dict[str, list[int]]
    by_number: dict[str, dict[str, list[str]]]

    @classmethod
    def read(cls, rows: Rows, holdings: Holdings) -> _Households:
        told = [name for name in PERSON if name in rows.texts]
        personal = bool(told) or any(isinstance(text, str) and not text.isascii() for text in rows.value("household"))
        columns = ["id", "village", *(["contact_name", "phone", "identity_no"] if personal else [])]
        frame = holdings.read("households", columns=columns, protected=personal)
        by_name: dict[str, list[int]] = {}
        for k, name in enumerate(frame["contact_name"] if personal else ()):
            if isinstance(name, str):
                by_name.setdefault(fold(name), []).append(k)
        persons = [read_identity(str(text)) for text in rows.text("identity_no") if text]
        phones = [read_telephone(str(text)) for text in rows.text("phone") if text]
        numbers = {"identity_no": {number for number in persons if isinstance(number, str)},
                   "phone": {number for number in phones if isinstance(number, str)}}
        by_number = {name: holdings.matches("households", name, sorted(values)) for name, values in numbers.items()}
        return cls(rows, frame, {key: k for k, key in enumerate(frame["id"])}, by_name, by_number)

    def find(self, k: int, text: str, where: _Where) -> _Answer:
        """The household that row ``k`` is about: by id, by identity number, by name or telephone within a place."""
        if text in self.at:
            return _Answer(text)
        if text and where.village is not None and (own := f"{where.village}-{text}") in self.at:
            return _Answer(own)
        person = read_identity(str(self.rows.text("identity_no")[k]))
        identity = person if isinstance(person, str) else None
        same = self.by_number["identity_no"].get(identity, []) if identity else []
        if len(same) == 1:
            return _Answer(same[0])
        phone = read_telephone(str(self.rows.text("phone")[k]))
        called = set(self.by_number["phone"].get(phone, [])) if isinstance(phone, str) else set()
        names = [name for name in (*(str(self.rows.text(word)[k]) for word in ("contact_name", "head_name")), text) if name]
        if not names:
            nothing = identity is None and not called
            return _Answer(next(iter(called))) if len(called) == 1 else _Answer() if nothing else _NOT_FOUND
        return next((answer for name in names if (answer := self._called(name, identity, called, where)) is not None), _NOT_FOUND)

    def _called(self, name: str, identity: str | None, called: set[str], where: _Where) -> _Answer | None:
        """The household of that name in the place told, or with the telephone told; None where there is no such name."""
        found = self._named(name, identity)
        near = {key for key in found if where.has(self._village(key))}
        only = next((next(iter(among)) for among in (near, found & called, near & called) if len(among) == 1), None)
        if only is not None:
            return _Answer(only)
        if near:
            return _Answer(None, Label(f"那里有 {len(near)} 户是这个姓名", f"{len(near)} households there have this name"), _by_id(near))
        return _Answer(None, Label("别处有同名的家庭，不能确定是不是这一户" if where.told else "只写了姓名，不能确定是哪一户",
                                   "a household of this name is known, but not surely the one"), _ADD) if found else None

    def _named(self, name: str, identity: str | None) -> set[str]:
        """Ids of the households of that name; not of those whose person is told apart by identity number."""
        found = self.frame.iloc[self.by_name.get(fold(name), [])]
        return {
            key for key, number in zip(found["id"], found["identity_no"], strict=True)
            if identity is None or not isinstance(number, str) or number == identity
        } if len(found) else set()

    def _village(self, key: str) -> str | None:
        village = self.frame["village"].iloc[self.at[key]]
        return village if isinstance(village, str) else None


_ADD = Label("请写户编号，或补上身份证号、所在村，或先装入这一户",
             "give the household's id, or the identity number or the village, or load the household first")


_NOT_FOUND = _Answer(None, Label("在服务对象家庭中找不到", "not found in households"), _ADD)


def _by_id(found: Iterable[str]) -> Label:
    shown = "、".join(sorted(found)[:_SHOWN])
    return Label(f"请改填编号，如 {shown}", f"give the id instead, such as {shown}")
