"""Changes of villages: a new list, what it changes, and its questions."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "units.side": Label("区划", "Units"),
    "units.steward_only": Label("只有数据管理员可以调整区划。", "Only the steward may change units."),
    "units.no_villages": Label("库中还没有村（社区）；请先到“导入”装入乡镇和村。",
                               "The store holds no villages yet; load townships and villages under Import first."),
    "units.file": Label("1 新的村名单", "1 The new list of villages"),
    "units.file_says": Label("每村一行，有代码、名称、乡镇；有原村名、范围更好。确认之前什么也不会保存",
                             "a row for each village with code, name, township; former names and areas help. Nothing is stored "
                             "before you confirm"),
    "units.choose": Label("文件（可拖到框内）", "File (may be dropped here)"),
    "units.day": Label("启用日期", "In force from"),
    "units.datum": Label("坐标系（名单有坐标时）", "Datum, if it has coordinates"),
    "units.sheet": Label("工作表（空则自动找）", "Sheet (found by itself if empty)"),
    "units.proposal": Label("2 变更", "2 The changes"),
    "units.count": Label("{kind} {n}", "{n} {kind}"),
    "units.nothing": Label("新名单与库中一致，没有变更。", "The list is what the store holds; nothing changes."),
    "units.kind": Label("变更", "Change"),
    "units.old": Label("现有村", "Present"),
    "units.new": Label("新名单", "New list"),
    "units.sure": Label("把握", "Sureness"),
    "units.evidence": Label("依据", "Evidence"),
    "units.question": Label("问题", "Question"),
    "units.answered": Label("已定", "decided"),
    "units.questions": Label("3 待定的问题", "3 Questions"),
    "units.questions_says": Label("{n} 条，还有 {open} 条未定", "{n}, of which {open} are open"),
    "units.no_questions": Label("没有要您定的问题。", "There is nothing to decide."),
    "units.decide": Label("您的决定", "Your decision"),
    "units.undecided": Label("未定", "undecided"),
    "units.as_proposed": Label("按提议", "as proposed"),
    "units.is_new": Label("是新设的村", "it is new"),
    "units.is_gone": Label("撤销，不并入任何村", "abolished, into none"),
    "units.goes_to": Label("并入或成为 {name}", "became, or went into, {name}"),
    "units.rows_to": Label("按提议拆分，其户和设施都归 {name}", "split as proposed, all that is in it goes to {name}"),
    "units.one_by_one": Label("不是这样，逐村指定", "no; say it village by village"),
    "units.heir": Label("{name} 去向", "{name} became"),
    "units.more": Label("还有 {n} 条问题，上面的定完后列出。", "{n} more questions follow when these are decided."),
    "units.confirm": Label("确认并执行", "Confirm and bring in"),
    "units.confirm_says": Label("自 {date} 起启用；户和设施随村走，旧名仍可查到。", "In force from {date}; homes and facilities go with "
                                "their village, former names still lead there."),
    "units.done": Label("已执行，台账第 {n} 号；随村调整 {moved} 条；可在台账中撤销。",
                        "Brought in as entry {n} of the ledger, where it can be undone; {moved} rows moved."),
}
