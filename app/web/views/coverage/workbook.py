"""Coverage as a workbook: by township, by village, the gaps and the rule, set up for A4 landscape."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import xlsxwriter

from app.maps.view import unreached_persons
from app.messages import Words
from app.services.coverage.service import AreaShare, CoverageReport, Gap, Share

_HEAD_ROW = 4
_PAPER_A4 = 9

Cell = str | int | float | None


class Column(NamedTuple):
    """A column: key of its heading, how its cells are got, how they are shown, and its width in characters."""

    key: str
    value: Callable[[Any], Cell]
    form: str = "whole"
    width: float = 11


def workbook(townships: CoverageReport, villages: CoverageReport, words: Words) -> bytes:
    """The two reports of one question as XLSX; numbers are numbers, and every sheet states rule and date."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        writer = _Writer(book, townships, words)
        writer.table("book.townships", _area_columns("coverage.township", villages=True), townships.by_area,
                     total=townships.total)
        names = {area.code: area.name for area in townships.by_area}
        by_village = _area_columns("coverage.village", villages=False)
        by_village.insert(1, Column("coverage.township", lambda a: names.get(a.township, a.township), "text", 14))
        writer.table("book.villages", by_village, villages.by_area)
        writer.table("book.gaps", _gap_columns(words), townships.gaps)
        writer.rule("book.rule")
    return buffer.getvalue()


def _unreached_households(share: Share) -> int | None:
    return None if share.households_reached is None else share.households - share.households_reached - share.households_imprecise


def _area_columns(place: str, *, villages: bool) -> list[Column]:
    columns: list[Column] = [
        Column(place, lambda a: a.name, "text", 16),
        Column("coverage.code", lambda a: a.code, "text", 15),
        Column("coverage.persons", lambda a: a.persons),
        Column("coverage.reached_persons", lambda a: a.persons_reached),
        Column("coverage.unreached", unreached_persons),
        Column("coverage.households", lambda a: a.households),
        Column("coverage.reached_households", lambda a: a.households_reached),
        Column("coverage.unreached_households", _unreached_households),
        Column("coverage.imprecise_households", lambda a: a.households_imprecise),
        Column("coverage.rate_households", lambda a: a.reach_rate, "share"),
        Column("coverage.rate_low", lambda a: a.reach_rate_low, "share"),
        Column("coverage.rate_high", lambda a: a.reach_rate_high, "share"),
        Column("coverage.rate_persons", lambda a: a.persons_reach_rate, "share"),
        Column("coverage.stations_units", lambda a: a.units_with_station),
    ]
    if villages:
        columns += [
            Column("coverage.villages_count", lambda a: a.villages),
            Column("coverage.villages_with_station", lambda a: a.villages_with_station),
        ]
    return columns


def _gap_columns(words: Words) -> list[Column]:
    return [
        Column("coverage.village", lambda g: g.name, "text", 16),
        Column("coverage.township", lambda g: g.township_name, "text", 14),
        Column("coverage.code", lambda g: g.code, "text", 15),
        Column("coverage.unreached", lambda g: g.persons),
        Column("coverage.unreached_households", lambda g: g.households),
        Column("coverage.off_network_column", lambda g: g.off_network),
        Column("coverage.unreachable_column", lambda g: g.unreachable),
        Column("coverage.nearest", lambda g: g.nearest_minutes_median, "tenth", 14),
        Column("gap.nearest", _why("nearest"), "text", 30),
        Column("gap.walk_m", _why("walk_m")),
        Column("gap.way_m", _why("way_m")),
        Column("gap.detour", _why("detour"), "tenth"),
        Column("gap.by_station", _why("by_station"), "whole", 14),
        Column("gap.why", _why("text_zh" if words.chinese else "text_en"), "wrapped", 90),
    ]


def _why(name: str) -> Callable[[Gap], Cell]:
    return lambda gap: None if gap.why is None else getattr(gap.why, name)


class _Writer:
    """Writes sheets of one workbook in one language under one rule."""

    def __init__(self, book: xlsxwriter.Workbook, report: CoverageReport, words: Words) -> None:
        self.book, self.report, self.words = book, report, words
        font = {"font_name": "Microsoft YaHei" if words.chinese else "Calibri", "font_size": 10, "valign": "vcenter"}
        cell = {**font, "border": 1, "border_color": "#C9D2D1"}
        self.title = book.add_format({**font, "font_size": 14, "bold": True})
        self.note = book.add_format({**font, "font_color": "#56646A"})
        self.tag = book.add_format({**font, "font_color": "#A61B1B", "bold": True})
        self.wrapped = book.add_format({**font, "text_wrap": True, "valign": "top"})
        self.head = book.add_format({**cell, "bold": True, "bg_color": "#E8EDEC", "text_wrap": True})
        forms: dict[str, dict[str, object]] = {"text": {}, "whole": {"num_format": "#,##0"}, "share": {"num_format": "0.0%"},
                 "tenth": {"num_format": "0.0"}, "wrapped": {"text_wrap": True}}
        self.cells = {name: book.add_format({**cell, **extra}) for name, extra in forms.items()}
        self.bold = {name: book.add_format({**cell, **extra, "bold": True}) for name, extra in forms.items()}

    def table(self, key: str, columns: Sequence[Column], rows: Sequence[AreaShare | Gap], total: Share | None = None
              ) -> None:
        """One sheet: title, rule, date, heading, a row for each of ``rows``, and a total."""
        sheet = self._sheet(key, len(columns))
        for k, column in enumerate(columns):
            sheet.set_column(k, k, column.width)
            sheet.write_string(_HEAD_ROW, k, self.words(column.key), self.head)
        for r, row in enumerate(rows, start=_HEAD_ROW + 1):
            for k, column in enumerate(columns):
                _write(sheet, r, k, column.value(row), self.cells[column.form])
        last = _HEAD_ROW + max(len(rows), 1)
        sheet.autofilter(_HEAD_ROW, 0, last, len(columns) - 1)
        if total is not None:
            sheet.write_string(last + 1, 0, self.words("coverage.total"), self.bold["text"])
            sheet.write_blank(last + 1, 1, None, self.bold["text"])
            for k, column in enumerate(columns[2:], start=2):
                _write(sheet, last + 1, k, column.value(total), self.bold[column.form])
        sheet.set_row(_HEAD_ROW, 30)
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        sheet.repeat_rows(_HEAD_ROW)

    def rule(self, key: str) -> None:
        """The sheet that says what was counted and what is not known."""
        sheet = self._sheet(key, 2)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 100)
        unknown, words = self.report.unknown, self.words
        lines: list[tuple[str, Cell]] = [
            (words("coverage.rule"), self.rule_text()),
            (words("coverage.custom_minutes"), self.report.rule.minutes),
            (words("coverage.facilities_counted"), self.report.rule.facilities_counted),
            (words("coverage.off_network_column"), unknown.off_network),
            (words("coverage.unreachable_column"), unknown.unreachable),
            (words("coverage.disconnected_column"), unknown.disconnected),
            (words("coverage.imprecise_households"), unknown.imprecise),
        ]
        for r, (name, value) in enumerate(lines, start=_HEAD_ROW):
            sheet.write_string(r, 0, name, self.head)
            _write(sheet, r, 1, value, self.wrapped)

    def rule_text(self) -> str:
        """The rule in the workbook's language."""
        return self.report.rule.text_zh if self.words.chinese else self.report.rule.text_en

    def _sheet(self, key: str, n_columns: int) -> xlsxwriter.workbook.Worksheet:
        words = self.words
        sheet = self.book.add_worksheet(words(key))
        region = words.pick(self.report.region)
        tag = words("app.internal_care")
        if self.report.fictional:
            tag = f"{words('app.fictional')} · {tag}"
        sheet.write_string(0, 0, f"{region} · {words('coverage.title')} · {words(key)}", self.title)
        sheet.write_string(1, 0, self.rule_text(), self.note)
        sheet.write_string(2, 0, words("app.as_of", date=words.date(self.report.as_of)), self.note)
        sheet.write_string(2, 2 if n_columns > 2 else 1, tag, self.tag)
        sheet.set_row(0, 24)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_PAPER_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{tag}&C{words('book.printed')}&R{words('book.made')}")
        return sheet


def _write(sheet: xlsxwriter.workbook.Worksheet, row: int, column: int, value: Cell, form: object) -> None:
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, str):  # never a formula, whatever a name begins with
        sheet.write_string(row, column, value, form)
    else:
        sheet.write_number(row, column, value, form)
