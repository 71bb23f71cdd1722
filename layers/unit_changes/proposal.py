"""From two lists of villages, or of townships, to what became what; what is not sure is a question."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from layers.errors import IntakeError
from layers.fields import Label
from layers.unit_changes.changes import SURE, Change
from layers.unit_changes.links import Link, Listed, is_area, links, listed, untraced

WHERE_TO = Label("不在新名单里，请写明并入或成为哪一个，或确认撤销",
                 "not in the new list; say what it became part of, or confirm it is abolished")
WHERE_FROM = Label("新名单里多出，同处又有去向不明的，请写明由哪些而来，或确认新设",
                   "new in the list while others beside it are missing; say what it came from, or confirm it is new")
NOT_SURE = Label("依据不足，请核对", "the evidence is not enough; check it")
SEVERAL = Label("几个变成几个，请逐一写明", "several villages became several; say each")
SPLIT = Label("没有新的范围，无法分开，请写明其中各条记录的归属",
              "without areas of the new units what is in it cannot be divided; say where each belongs")
UNTRACED = Label("名单所写的原单位“{zh}”在库中找不到或不止一个",
                 "the former unit {en} that the list tells is not known, or known several times")
GONE = Label("不再在名单里", "no longer in the list")
ADDED = Label("只在新名单里", "only in the new list")


def propose(present: pd.DataFrame, new_list: pd.DataFrame) -> tuple[Change, ...]:
    """What became what.

    Of villages, or of townships where the frames have no ``township``. Every present unit and every one of
    the new list is in exactly one change.

    Parameters
    ----------
    present
        Units in force: ``id``, ``code``, ``name``, ``township`` (id), and geometry.
    new_list
        ``code``, ``name``, ``township`` (the same ids), and if the list has them ``former`` (names or codes of
        what a village came from) and geometry.

    Raises
    ------
    IntakeError
        When a code of the new list is missing or used twice.
    """
    check_codes(new_list)
    old, new = listed(present, "id"), listed(new_list, "code")
    found = links(old, new)
    lost = untraced(old, new)
    changes = [_change(group, old, new, lost) for group in _together(old, new, found)]
    missing = {unit.township for change in changes if not change.new for unit in old if unit.key == change.old[0]}
    return tuple(_asked(change, old, new, missing, changes) for change in changes)


def check_codes(new_list: pd.DataFrame) -> None:
    """Refuse a list without a code and a name for each unit, or with a code twice.

    Raises
    ------
    IntakeError
        With the rows.
    """
    blank = new_list["code"].isna() | (new_list["code"] == "") | new_list["name"].isna() | (new_list["name"] == "")
    twice = new_list["code"].duplicated(keep=False) & ~blank
    for bad, zh, en in ((blank, "缺代码或名称", "have no code or no name"), (twice, "代码重复", "have a code twice")):
        if bad.any():
            rows = [str(row) for row in new_list.index[bad]]
            some = "、".join(rows[:10]) + ("……" if len(rows) > 10 else "")
            msg = f"名单第 {some} 行{zh}，共 {len(rows)} 行，请改正 ({len(rows)} rows of the list {en}: {some})"
            raise IntakeError(msg)


_Group = tuple[list[str], list[str], list[Link]]


def _together(old: list[Listed], new: list[Listed], found: Iterable[Link]) -> list[_Group]:
    """Everything that hangs together by links, in the order of the lists."""
    parent = {("old", unit.key): ("old", unit.key) for unit in old} | {("new", unit.key): ("new", unit.key) for unit in new}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    kept = list(found)
    for link in kept:
        parent[root(("old", link.old))] = root(("new", link.new))
    groups: dict[tuple[str, str], _Group] = {}
    for unit in old:
        groups.setdefault(root(("old", unit.key)), ([], [], []))[0].append(unit.key)
    for unit in new:
        groups.setdefault(root(("new", unit.key)), ([], [], []))[1].append(unit.key)
    for link in kept:
        groups[root(("old", link.old))][2].append(link)
    return list(groups.values())


def _change(group: _Group, old: list[Listed], new: list[Listed], lost: dict[str, tuple[str, ...]]) -> Change:
    before, after, found = group
    evidence = tuple(dict.fromkeys(link.why for link in found)) or ((ADDED if after else GONE),)
    confidence = min((link.strength for link in found), default=SURE)
    renamed = False
    if len(before) == len(after) == 1:
        was = next(unit for unit in old if unit.key == before[0])
        now = next(unit for unit in new if unit.key == after[0])
        renamed = was.code != now.code or was.name.text != now.name.text
    question = NOT_SURE if confidence < SURE else None
    if len(before) > 1 and len(after) > 1:
        question = SEVERAL
    if len(before) == 1 < len(after) and not _areas_of(after, new):
        question = SPLIT
    told = [text for key in after for text in lost.get(key, ())]
    if told:
        question = Label(UNTRACED.zh.format(zh="、".join(told)), UNTRACED.en.format(en=", ".join(told)))
    return Change(tuple(before), tuple(after), renamed, confidence, evidence, question)


def _areas_of(keys: list[str], new: list[Listed]) -> bool:
    return all(is_area(unit.shape) for unit in new if unit.key in keys)


def _asked(change: Change, old: list[Listed], new: list[Listed], missing: set[str], changes: list[Change]) -> Change:
    """With the questions that only the whole list shows."""
    if not change.new:
        gone = next(unit for unit in old if unit.key == change.old[0])
        came = {code for other in changes if not other.old for code in other.new}
        near = [unit for unit in new if unit.township == gone.township]
        # What is new in the township first, and of those what has a character of its name.
        near.sort(key=lambda unit: (unit.key not in came, set(unit.name.base).isdisjoint(gone.name.base), unit.key))
        return Change(change.old, (), False, 0.5, change.evidence, WHERE_TO, tuple(unit.key for unit in near))
    if not change.old and change.question is None:
        unit = next(unit for unit in new if unit.key == change.new[0])
        if unit.township in missing:
            return Change((), change.new, False, 0.5, change.evidence, WHERE_FROM)
    return change
