"""The workbook of the coverage page."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "book.townships": Label("分乡镇", "Townships"),
    "book.villages": Label("分村", "Villages"),
    "book.gaps": Label("缺口", "Gaps"),
    "book.rule": Label("规则", "Rule"),
    "book.file": Label("服务覆盖_{region}_{date}.xlsx", "coverage_{region}_{date}.xlsx"),
    "book.printed": Label("第 &P 页，共 &N 页", "Page &P of &N"),
    "book.made": Label("打印日期 &D", "Printed &D"),
}
