"""A file with the new list of villages or townships as a frame: codes, names, what each came from, and where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.crs import Bounds
from layers.errors import IntakeError
from layers.intake.aliases import known_headings
from layers.intake.examination.columns import suggest
from layers.intake.examination.problems import Problem
from layers.intake.examination.rows import Rows, read_rows
from layers.intake.files.header import Table, find_table
from layers.intake.files.sheet import File
from layers.intake.folding import fold
from layers.intake.places.known_units import Townships, texts
from layers.intake.places.names import COMMUNITY, VILLAGE, unit_name
from layers.intake.positions.datum import Datum, find_datum
from layers.intake.positions.locating import own_shapes
from layers.registry import get
from layers.schema import WGS84

_WORDS = """
原村 原社区 调整前 调整前名称 调整前村名 拆分前 拆分前名称 拆分前村名
曾用名 原名 原名称 原村名 原村居 原村社区 原行政村 原村代码 原代码 原区划代码 合并前 合并前名称 合并前村名 合并前行政村 撤并前
撤并前村名 由何村合并 由哪些村合并 合并村 被合并村 并入村 来源村 前身 原乡镇 原乡镇名称 原乡镇代码 原街道 合并前乡镇 撤并前乡镇
由哪些乡镇合并 被合并乡镇 former former_name former_code merged_from
"""
FORMER: Final = frozenset(map(fold, _WORDS.split()))
"""Headings of the column that tells what a unit came from."""

_SHORT, _LONG = 9, 12
"""Digits of a township's code, without and with the zeros of its villages."""

_PRESENT = re.compile(r"^(?:现|新|合并后|撤并后|调整后|拟)的?(?=.)")


def read_list(
    file: File, townships: pd.DataFrame, aliases: pd.DataFrame | None, *, datum: Datum, units: str = "villages",
    sheet: str | None = None, around: Bounds | None = None,
) -> gpd.GeoDataFrame:
    """The units of a list.

    Parameters
    ----------
    file
        From :func:`layers.intake.files.reading.read_file`.
    townships, aliases
        Those in force: a list's townships are found among them by name, former name or code; where it tells none,
        by the first nine digits of the village's code. A list of townships takes their codes' length.
    datum
        Of its coordinates, if it has any and does not tell what they are in.
    units
        What is listed: ``villages`` or ``townships``.
    sheet
        The sheet to read.
    around
        Bounds of the county.

    Returns
    -------
    GeoDataFrame
        ``code``, ``name``, ``kind``, of villages ``township`` (id), ``former`` (as written), geometry in WGS 84 or
        None; indexed by the file's row numbers.

    Raises
    ------
    IntakeError
        When there is no such list in the file, or with the rows that cannot be read.
    """
    layer = get(units)
    table = find_table(file, sheet=sheet, known=known_headings(layer.name) | FORMER)
    former = [name for name in table.frame.columns if fold(_PRESENT.sub("", name)) in FORMER]
    told = _View(table.frame.drop(columns=former).rename(columns=_plain(table)))
    mapping = suggest(layer, told)
    missing = {"code", "name"} - mapping.headings.keys()
    if missing:
        words = "、".join(layer[name].label.zh for name in sorted(missing))
        msg = f"“{file.name}”里没有找到这些列：{words} (the list has no column for {', '.join(sorted(missing))})"
        raise IntakeError(msg)
    if table.crs is not None and table.crs.startswith("EPSG:"):
        datum = find_datum(table.crs)
    rows = read_rows(layer, told, mapping, {})
    shapes, _ = own_shapes(rows, table.shapes, datum, around)
    villages = units == "villages"
    found = gpd.GeoDataFrame({
        "code": rows.text("code") if villages else _as_stored(rows.text("code"), townships),
        "name": rows.text("name"), "kind": _kinds(rows, _kind_of_village if villages else _kind_of_township),
        **({"township": _townships(rows, Townships(townships, aliases))} if villages else {}),
        "former": ["、".join(filter(None, parts)) for parts in table.frame[former].itertuples(index=False)] if former else "",
    }, index=table.frame.index, geometry=gpd.array.from_shapely(shapes, crs=WGS84))  # fmt: skip
    _refuse([p for p in rows.notes.problems if p.field not in {"township", "id", "valid_from", "valid_to"}])
    pattern = layer["code"].pattern or ""
    digits = ("12 位", "12") if villages else ("9 位或 12 位", "9 or 12")
    _require(found, [re.fullmatch(pattern, code, re.ASCII) is not None for code in found["code"]],
             f"代码不是 {digits[0]}数字", f"have a code that is not {digits[1]} digits")
    if villages:
        _require(found, found["township"].notna().tolist(), "乡镇在库中找不到，请先装入乡镇或换上新的乡镇名单，或改正",
                 "name a township that is not stored; load the townships or their new list first, or correct it")
    return found


class _View:
    """A table's columns under other headings."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame


def _plain(table: Table) -> dict[str, str]:
    """Headings without 现 and 新, where no other column is called so."""
    plain = {name: _PRESENT.sub("", name) for name in table.frame.columns}
    return {name: short for name, short in plain.items() if short not in table.frame.columns and list(plain.values()).count(short) == 1}


def _kinds(rows: Rows, of_name: Callable[[str], str | None]) -> list[str | None]:
    """What the list says, else what the name does."""
    return [kind or of_name(name) for kind, name in zip(rows.value("kind"), rows.text("name"), strict=True)]


def _kind_of_village(name: str) -> str | None:
    """By 社区 and 居委会, 村 and 村委会."""
    return {VILLAGE: "cun", COMMUNITY: "shequ"}.get(unit_name(name).kind)


def _kind_of_township(name: str) -> str | None:
    """By 镇, 乡, 街道 and its office."""
    bare = fold(name).removesuffix("人民政府").removesuffix("办事处")
    return next((kind for end, kind in (("街道", "jiedao"), ("镇", "zhen"), ("乡", "xiang")) if bare.endswith(end)), None)


def _as_stored(codes: Iterable[str], townships: pd.DataFrame) -> list[str]:
    """Codes with or without their three last zeros, as those that are stored have them."""
    stored = texts(townships, "code")
    known = {code[:_SHORT]: code for code in stored if code}
    length = max(map(len, stored), default=0) or _SHORT
    plain = [code[:_SHORT] if len(code) == _LONG and code.endswith("000") else code for code in codes]
    return [known.get(code) or (code.ljust(length, "0") if len(code) == _SHORT else code) for code in plain]


def _townships(rows: Rows, known: Townships) -> list[str | None]:
    found = []
    for name, code in zip(rows.text("township"), rows.text("code"), strict=True):
        ids = known.named(name or code[:9])
        found.append(next(iter(ids)) if len(ids) == 1 else None)
    return found


def _refuse(problems: list[Problem]) -> None:
    if problems:
        first = problems[0]
        msg = (
            f"名单有 {len(problems)} 处问题，例如第 {first.row} 行“{first.column or first.field}”：{first.reason.zh} "
            f"({len(problems)} problems in the list; row {first.row}, {first.field}: {first.reason.en})"
        )
        raise IntakeError(msg)


def _require(found: pd.DataFrame, fine: list[bool], zh: str, en: str) -> None:
    bad = [str(row) for row, good in zip(found.index, fine, strict=True) if not good]
    if bad:
        some = "、".join(bad[:10]) + ("……" if len(bad) > 10 else "")
        msg = f"名单第 {some} 行{zh}，共 {len(bad)} 行 ({len(bad)} rows of the list {en}: {some})"
        raise IntakeError(msg)
