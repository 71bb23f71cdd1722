"""References of a file to the ids that they mean: by id, code, name or alias of what they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from layers.fields import Field, Label
from layers.intake.examination.rows import Mask, Rows, Values
from layers.intake.folding import fold
from layers.intake.places.gazetteer import Gazetteer, Placement
from layers.intake.places.names import group_in
from layers.registry import LAYERS

_SHOWN = 3
_UNIT_LAYERS = frozenset({"townships", "villages"})
_NOWHERE = frozenset({"", "无", "-", "--", "—", "/", "\\", "暂无", "不详", "未知", "空", "null", "none", "n/a"})


@dataclass(slots=True)
class Directory:
    """The things of some layers by whatever they go by.

    Attributes
    ----------
    ids : set of str
    by_name : dict
        Folded code or name to ids.
    names : dict
        Folded name to the name as it is written.
    """

    ids: set[str] = field(default_factory=set)
    by_name: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, frame: pd.DataFrame) -> None:
        """Take in the ``id`` and, where there are such columns, ``code`` and ``name`` of a layer's rows.

        Those that are closed are found by their id only: their names are former names of others.
        """
        self.ids |= set(frame["id"].dropna())
        if "valid_to" in frame:
            frame = frame[frame["valid_to"].isna()]
        for column in ("code", "name"):
            if column in frame:
                for key, name in zip(frame["id"], frame[column], strict=True):
                    if isinstance(name, str):
                        self.call(name, key)

    def call(self, name: str, key: str) -> None:
        """Let ``key`` go by ``name`` too."""
        folded = fold(name)
        self.by_name.setdefault(folded, set()).add(key)
        self.names.setdefault(folded, name)

    def find(self, text: str) -> set[str]:
        """Ids of what ``text`` may mean: one, several, none."""
        return {text} if text in self.ids else self.by_name.get(fold(text), set())

    def like(self, text: str) -> list[str]:
        """Names that are nearly ``text``."""
        found = process.extract(fold(text), self.names.keys(), scorer=fuzz.ratio, limit=_SHOWN, score_cutoff=60)
        return [self.names[name] for name, _, _ in found]


def directory(targets: Iterable[str], known: Mapping[str, pd.DataFrame], aliases: pd.DataFrame | None = None) -> Directory:
    """The things of the layers ``targets``; ``aliases`` holds former names (``name``, ``unit``)."""
    found = Directory()
    for target in targets:
        if target in known:
            found.add(known[target])
    if aliases is not None and set(targets) & _UNIT_LAYERS:
        for name, unit in zip(aliases["name"], aliases["unit"], strict=True):
            if unit in found.ids:
                found.call(name, unit)
    return found


def resolve(rows: Rows, spec: Field, things: Directory) -> None:
    """Put ids in place of what a column names, and note what names nothing or several things."""
    values = rows.value(spec.name)
    read: dict[str, tuple[str | None, Label | None, Label | None]] = {}
    for text in {value for value in values if value is not None}:
        read[text] = _one(spec, text, things)
    rows.fields[spec.name] = np.array([None if v is None else read[v][0] for v in values], dtype=object)
    for k, value in enumerate(values):
        if value is not None and (reason := read[value][1]) is not None:
            rows.notes.add(int(rows.numbers[k]), spec.name, "reference", str(rows.text(spec.name)[k]), reason,
                           read[value][2] or reason)


def _one(spec: Field, text: str, things: Directory) -> tuple[str | None, Label | None, Label | None]:
    found = things.find(text)
    if len(found) == 1:
        return next(iter(found)), None, None
    if not found and text.casefold() in _NOWHERE:
        return None, None, None
    where = ("、".join(LAYERS[target].label.zh for target in spec.references), ", ".join(spec.references))
    if found:
        shown = "、".join(sorted(found)[:_SHOWN])
        return None, Label(f"{where[0]}中有 {len(found)} 个叫这个名称", f"{len(found)} of {where[1]} go by this name"), Label(
            f"请改填编号，如 {shown}", f"give the id instead, such as {shown}")
    alike = things.like(text)
    hint = Label(f"最接近的：{'、'.join(alike)}", f"nearest: {', '.join(alike)}") if alike else Label(
        "请核对编号或名称，或先装入它", "check the id or the name, or load it first")
    return None, Label(f"在{where[0]}中找不到", f"not found in {where[1]}"), hint


def resolve_village(rows: Rows, gazetteer: Gazetteer, known: Directory) -> list[Placement | None]:
    """Find the village of each row, from whatever the file says of it: id, code, name, township, group.

    The field ``village``, where the layer has it, gets the id; a name that is not sure becomes a question. Where
    nothing else says the village, the address may; what it does not say surely is asked by :func:`ask_addresses`.

    Returns
    -------
    list of Placement or None
        Where a row without coordinates of its own lies; None where the file names no village.
    """
    field_name = "village" if "village" in rows.layer.columns else "village_name"
    own = rows.value("village") if field_name == "village" else rows.text("village_name")
    told = list(zip(
        (value or "" for value in own), rows.text("village_code"), rows.text("township_name"), rows.text("group_name"),
        rows.text("address"), strict=True,
    ))
    placed: dict[tuple[str, ...], Placement | None] = {}
    for key in set(told):
        placed[key] = _placed(gazetteer, known, *key)
    found = [placed[key] for key in told]
    if field_name == "village":
        rows.fields["village"] = _villages(found)
    column = field_name if field_name in rows.texts or "village_code" not in rows.texts else "village_code"
    for k, placement in enumerate(found):
        if placement is not None and placement.question is not None and _tells_village(told[k]):
            rows.notes.add(int(rows.numbers[k]), column, "village", str(rows.text(column)[k]), placement.question,
                           _offer(placement))
    return found


def ask_addresses(rows: Rows, placements: Sequence[Placement | None], where: Mask) -> None:
    """Ask about rows of ``where`` whose village is left out below another's, or that have an address only in which none was found."""
    column = "village" if "village" in rows.layer.columns else "village_name"
    codes, own = rows.text("village_code"), rows.text(column)
    listed = next((name for name in (column, "village_code") if name in rows.texts and _written_once(rows.texts[name])), None)
    for k in np.flatnonzero(where).tolist():
        placement = placements[k]
        if placement is None and listed is not None and not own[k] and not codes[k]:
            rows.notes.add(int(rows.numbers[k]), listed, "unplaced", "", *_left_empty(rows, listed, k), doubt=True)
        if placement is not None and placement.question is not None and not _tells_village((own[k], codes[k])):
            rows.notes.add(int(rows.numbers[k]), "address", "unplaced", str(rows.text("address")[k]), placement.question,
                           _WITHOUT_PLACE, doubt=True)


def _written_once(texts: Values) -> bool:
    """Whether a list looks as if a village was written for the first of its rows only."""
    empty = texts == ""
    return len(texts) >= _FEWEST and not empty[0] and float(empty.mean()) >= _SHARE_EMPTY


_FEWEST, _SHARE_EMPTY = 3, 0.3


def _left_empty(rows: Rows, column: str, k: int) -> tuple[Label, Label]:
    row = rows.notes.called(int(rows.numbers[next(j for j in range(k - 1, -1, -1) if rows.texts[column][j])]))
    return (Label(f"没有写村；若与上面{row.zh}同村，表里省略了", f"names no village; perhaps that of {row.en} above is meant"),
            Label("请补上村名（同上也要写出）；接受此疑点则按位置不明装入",
                  "write the village out; or accept it to load it without a place"))


_WITHOUT_PLACE = Label("请补一列村名或村代码；接受此疑点则按位置不明装入",
                       "add the village's name or code; or accept it to load it without a place")


def _tells_village(told: tuple[str, ...]) -> bool:
    return any(text.casefold() not in _NOWHERE for text in told[:2])


def _placed(
    gazetteer: Gazetteer, known: Directory, village: str, code: str, township: str, group: str, address: str
) -> Placement | None:
    township = "" if township.casefold() in _NOWHERE else township
    if not _tells_village((village, code)):
        return None if address.casefold() in _NOWHERE else _with_group(gazetteer.in_address(address, township), group)
    return _told_place(gazetteer, known, village, code, township, group or group_in(address))


def _with_group(found: Placement, group: str) -> Placement:
    return replace(found, group=group) if group else found


def _told_place(
    gazetteer: Gazetteer, known: Directory, village: str, code: str, township: str, group: str
) -> Placement:
    village = "" if village.casefold() in _NOWHERE else village
    code = "" if code.casefold() in _NOWHERE else code
    if village in known.ids:
        # An id is meant as it stands, also that of a village that was closed since.
        found = gazetteer.place(code=village, group=group)
        return found if found.village == village else Placement(village=village)
    # A column headed 村 may hold codes.
    if not code and village.isascii() and village.isdigit() and len(village) in {9, 12}:
        village, code = "", village
    return gazetteer.place(code=code, township=township, village=village, group=group)


def _villages(found: list[Placement | None]) -> Values:
    return np.array([None if placement is None else placement.village for placement in found], dtype=object)


def _offer(placement: Placement) -> Label:
    names = [f"{c.township}{c.name}（{c.village}）" for c in placement.candidates[:_SHOWN]]
    if not names:
        return Label("请核对村名，或补上乡镇、村代码", "check the name, or give the township or the code")
    return Label(f"可能是：{'、'.join(names)}；请改填村代码或补上乡镇",
                 f"perhaps: {', '.join(names)}; give the code, or the township as well")
