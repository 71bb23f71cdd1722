"""Which column of a file is which field: suggested from headings and values, decided by a person, remembered."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from geo.errors import ParameterError
from layers.fields import Field, Kind, Label
from layers.intake.aliases import PERSON, PLACES, headings, ignored
from layers.intake.folding import fold, spellings
from layers.intake.positions.coordinates import read_pairs
from layers.intake.values.cells import IDENTITIES, TELEPHONES, read_cells
from layers.intake.values.relations import is_relation
from layers.registry import get
from layers.schema import Layer

SURE = 0.8
"""From here on a suggestion is taken without a question."""

_LEAST = 0.5
_SAMPLE = 200
_ALIKE = 88.0
_NEUTRAL = 0.8
_CONTINUED = re.compile(r"wkt_?(\d+)", re.ASCII)


class TextTable(Protocol):
    """What is needed of a table: its columns of text, indexed by the file's row numbers."""

    @property
    def frame(self) -> pd.DataFrame:
        """Columns of text under the file's headings."""
        ...


class Match(NamedTuple):
    """One column: its heading, what it stands for (None: nothing), how surely (0 to 1), and why."""

    heading: str
    target: str | None
    confidence: float
    why: Label


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What every column of one file stands for.

    Targets are the fields of the layer and those of :data:`layers.intake.aliases.PLACES`.
    """

    layer: str
    columns: tuple[Match, ...]

    @property
    def headings(self) -> dict[str, str]:
        """Target to heading."""
        return {match.target: match.heading for match in self.columns if match.target is not None}

    def changed(self, wanted: Mapping[str, str | None]) -> ColumnMapping:
        """With other targets for some: target to heading, or to None for no column.

        Raises
        ------
        ParameterError
            When the layer has no such field, or the file no such column.
        """
        by_fold = {fold(match.heading): match.heading for match in reversed(self.columns)}
        by_fold |= {match.heading: match.heading for match in self.columns}
        given: dict[str, str | None] = {}
        for target, heading in wanted.items():
            found = None if heading is None else by_fold.get(heading) or by_fold.get(fold(heading))
            require_target(self.layer, target)
            if heading is not None and found is None:
                raise ParameterError(_no_heading(heading, (match.heading for match in self.columns)))
            given[target] = found
        taken = {heading: target for target, heading in given.items() if heading is not None}
        return ColumnMapping(self.layer, tuple(
            Match(m.heading, taken[m.heading], 1.0, _CHOSEN) if m.heading in taken
            else Match(m.heading, None, 1.0, _CHOSEN) if m.target in given else m
            for m in self.columns
        ))

    def to_json(self) -> dict[str, str | None]:
        """Heading to target, to be remembered."""
        return {match.heading: match.target for match in self.columns}

    def remembered(self, kept: Mapping[str, Any]) -> ColumnMapping:
        """With what was decided for an earlier file of the same shape."""
        by_fold = {fold(heading): target for heading, target in kept.items()}
        known = {*get(self.layer).columns, *PLACES}
        return ColumnMapping(self.layer, tuple(
            Match(m.heading, by_fold[fold(m.heading)], 1.0, _REMEMBERED)
            if fold(m.heading) in by_fold and by_fold[fold(m.heading)] in {None, *known} else m
            for m in self.columns
        ))


_CHOSEN = Label("由您指定", "as you chose")
_REMEMBERED = Label("同上次同样表头的文件", "as for the last file of this shape")


def signature(table: TextTable) -> str:
    """What files of the same shape have in common: their headings, whatever the order."""
    names = "\n".join(sorted(fold(str(heading)) for heading in table.frame.columns))
    return hashlib.sha256(names.encode()).hexdigest()[:32]


def suggest(layer: str | Layer, table: TextTable) -> ColumnMapping:
    """What each column likely stands for, each target given to one column only.

    Headings are compared with the names, labels and usual words for each field; values break ties and
    recognise identity numbers, telephones and pairs of coordinates under whatever heading.
    """
    spec = layer if isinstance(layer, Layer) else get(layer)
    names = [str(heading) for heading in table.frame.columns]
    samples = [_sample(table.frame.iloc[:, k]) for k in range(len(names))]
    offers = sorted(
        ((score, k, target, why) for k, name in enumerate(names) for target, score, why in _offers(spec, name, samples[k])),
        key=lambda offer: (-offer[0], offer[1]),
    )
    chosen: dict[int, Match] = {}
    taken: dict[str, str] = {}
    lost: dict[int, Match] = {}
    for score, k, target, why in offers:
        if k in chosen:
            continue
        if target in taken:
            lost.setdefault(k, Match(names[k], None, 0.0, Label(
                f"“{taken[target]}”已用作同一字段", f"{taken[target]} is taken for the same field")))
            continue
        chosen[k] = Match(names[k], target, round(score, 2), why)
        taken[target] = names[k]
    unknown = Label("没有对应的字段，不读取", "no field for it; not read")
    row_number = Label("行的序号，不读取", "counts the rows; not read")
    for k, name in enumerate(names):
        if k not in chosen and (continued := _CONTINUED.fullmatch(name.strip().casefold())) and "wkt" in taken:
            chosen[k] = Match(name, f"wkt_{continued[1]}", 1.0, Label("图形的续写", "goes on with the shape"))
    own_number = Label("只在本表内有效的号，不作编号；确要作编号请自行指定", "numbers of this list only, no ids; choose so if they are")
    known = headings(spec.name)

    def unread(k: int) -> Label:
        if _counts(names[k], samples[k]):
            return row_number
        means_id = any("id" in known.get(word, {}) for word in spellings(names[k]))
        return own_number if means_id and _numbers(names[k], samples[k]) else unknown

    columns = [chosen.get(k) or lost.get(k) or Match(names[k], None, 1.0, unread(k)) for k in range(len(names))]
    return ColumnMapping(spec.name, tuple(columns))


_GATHERS = Label("只在本表内有效的号，不作编号；同村同号的行算一户",
                 "numbers of this list only, no ids; rows of one village that share one are one household")
_Offer = tuple[str, float, Label]


def _offers(layer: Layer, name: str, sample: pd.Series) -> Iterable[_Offer]:
    """What a column may stand for, by heading and then by values."""
    if _counts(name, sample):
        return
    words, found = spellings(name), dict[str, tuple[float, Label]]()
    known = headings(layer.name)
    for k, word in enumerate(words):
        for target, surely in known.get(word, {}).items():
            why = Label("表头一致", "the heading is known") if k == 0 else Label("表头的一部分一致", "part of the heading is known")
            found.setdefault(target, (surely - 0.04 * k, why))
    if not found and words:
        found = _alike(known, words[0])
    for target, why in _by_values(layer, sample).items():
        found.setdefault(target, (0.82, why))
    if _numbers(name, sample):
        found.pop("id", None)
        if "household_no" in found:
            found["household_no"] = (found["household_no"][0], _GATHERS)
    for target, (score, why) in found.items():
        # A name of the layer's own is believed whatever the values are: what is wrong with them will be said.
        fit = 1.0 if score >= 0.99 else _fit(layer, target, sample)
        if (final := score * (0.7 + 0.3 * fit)) >= _LEAST:
            yield target, final, why


def _alike(known: Mapping[str, Mapping[str, float]], word: str) -> dict[str, tuple[float, Label]]:
    """Targets of headings that are nearly ``word``, or that ``word`` ends with."""
    found: dict[str, tuple[float, Label]] = {}
    for alias, targets in known.items():
        ends = len(alias) >= 3 and word.endswith(alias)
        if not ends and (len(word) < 4 or fuzz.ratio(word, alias) < _ALIKE):
            continue
        score = 0.6 + 0.2 * len(alias) / max(len(word), len(alias))
        for target in targets:
            if score > found.get(target, (0.0,))[0]:
                found[target] = (score, Label(f"表头近似“{alias}”", f"the heading is like {alias}"))
    return found


def _sample(values: pd.Series) -> pd.Series:
    """Some of the different values, in the order of the file."""
    distinct = dict.fromkeys(text for text in islice(values, 5_000) if isinstance(text, str) and text.strip())
    return pd.Series(list(islice(distinct, _SAMPLE)), dtype=object)


def _counts(name: str, sample: pd.Series) -> bool:
    """True for a column that counts the rows: by its heading, or a bare "编号" over 1, 2, 3."""
    word = spellings(name)[-1] if spellings(name) else ""
    if word in ignored():
        return True
    if name.strip().casefold() == "id" or word not in {"编号", "号", "编码"}:
        return False
    return len(sample) > 1 and all(text.strip() == str(k) for k, text in enumerate(sample, start=1))


def _numbers(name: str, sample: pd.Series) -> bool:
    """True where ids would be bare short numbers: every village's list has a 1, and it is not the same family."""
    if name.strip().casefold() == "id" or sample.empty:
        return False
    return all(_SHORT_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip()) for text in sample)


_SHORT_NUMBER = re.compile(r"\d{1,5}(?:\.0+)?", re.ASCII)


_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "identity": re.compile(r"[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]", re.ASCII),
    "mobile": re.compile(r"(?:\+?86)?[\s-]*1[3-9]\d[\s-]*\d{4}[\s-]*\d{4}", re.ASCII),
}
_MOST = 0.8


def _by_values(layer: Layer, sample: pd.Series) -> dict[str, Label]:
    """Targets that the values alone give away."""
    if len(sample) < 3:
        return {}
    texts = [unicodedata.normalize("NFKC", text).strip() for text in sample]
    share = {name: sum(bool(pattern.fullmatch(text)) for text in texts) / len(texts) for name, pattern in _PATTERNS.items()}
    found: dict[str, Label] = {}
    persons = PERSON if any("households" in spec.references for spec in layer.fields) else ()
    for name in (*layer.columns, *persons):
        if name in IDENTITIES and share["identity"] >= _MOST:
            found[name] = Label("内容像身份证号", "the values are identity numbers")
        if name in TELEPHONES and share["mobile"] >= _MOST:
            found[name] = Label("内容像电话号码", "the values are telephone numbers")
    if layer.spatial and _share_of_pairs(sample) >= _MOST:
        found["lonlat"] = Label("内容像成对的坐标", "the values are pairs of coordinates")
    return found


def _share_of_pairs(sample: pd.Series) -> float:
    read = read_pairs(sample)
    with_signs = sample.str.contains(r"[.°度]").to_numpy(dtype=bool)
    return float((~np.isnan(read.x) & with_signs).mean()) if len(sample) else 0.0


def _fit(layer: Layer, target: str, sample: pd.Series) -> float:
    """Share of the values that can be meant as ``target``; :data:`_NEUTRAL` where anything can be meant."""
    if len(sample) == 0:
        return _NEUTRAL
    if target not in layer.columns or target == "group_name":
        return _place_fit(target, sample)
    spec = layer[target]
    if spec.kind is Kind.TEXT and spec.pattern is None and target not in TELEPHONES:
        return _words(sample) if target == "name" or spec.protected or spec.references else _NEUTRAL
    return float(_readable(spec, sample))


def _readable(spec: Field, sample: pd.Series) -> float:
    return float(pd.isna(read_cells(spec, sample).wrong).mean())


def _words(sample: pd.Series) -> float:
    """A name is no bare number, no date."""
    return float((~sample.str.fullmatch(r"[\d.\s/:-]*")).mean())


_VILLAGE_AND_GROUP = re.compile("(?:村|社区|居委会).*[组队]$")


def _place_fit(target: str, sample: pd.Series) -> float:
    numeric: Callable[[], float] = lambda: float(sample.str.contains(r"\d").mean())  # noqa: E731
    if target in ("lon", "lat"):
        return numeric()
    if target == "lonlat":
        return _share_of_pairs(sample)
    if target == "wkt":
        return float(sample.str.contains(r"^\s*(?:SRID=\d+;)?[A-Za-z]+\s*Z?M?\s*\(").mean())
    if target == "group_name":  # a village with its group belongs to the village
        return _NEUTRAL * float((~sample.str.contains(_VILLAGE_AND_GROUP)).mean())
    if target == "relation":
        return float(np.mean([is_relation(text) for text in sample]))
    return _words(sample) if target.endswith("_name") else _NEUTRAL


def require_target(layer: str, target: str) -> None:
    """Go on only where ``target`` is a field of the layer or a word of place.

    Raises
    ------
    ParameterError
    """
    usable = [*get(layer).columns, *PLACES]
    if target not in usable:
        msg = f"图层 {layer} 没有字段“{target}”，可用：{'、'.join(usable)} (the layer has no such field)"
        raise ParameterError(msg)


def _no_heading(heading: str, known: Iterable[str]) -> str:
    return f"文件里没有列“{heading}”，有：{'、'.join(known)} (the file has no such column)"
