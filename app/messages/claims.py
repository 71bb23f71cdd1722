"""The bureau's figures beside what is counted."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "claims.side": Label("口径", "Claims"),
    "claims.title": Label("口径对照", "Claims beside counts"),
    "claims.title_says": Label("报上去的数与库中数得的数，不一致的在前", "what was stated and what is counted; those that differ first"),
    "claims.none": Label("还没有录入口径数字；请到“修改”新增一条，图层选“{layer}”，或到“导入”装入一张表。",
                         "No claims were entered: add one under Edit, layer {layer}, or load a table under Import."),
    "claims.add": Label("要补录或更正口径数字，请到“修改”或“导入”，图层选“{layer}”。",
                        "To enter or correct claims go to Edit or Import, layer {layer}."),
    "claims.all": Label("口径数字", "Claims"),
    "claims.agree": Label("一致", "Agree"),
    "claims.differ": Label("不一致", "Differ"),
    "claims.not_counted": Label("无法核对", "Not counted"),
    "claims.indicator": Label("指标", "Indicator"),
    "claims.stated": Label("口径数", "Stated"),
    "claims.counted": Label("数得", "Counted"),
    "claims.difference": Label("差", "Difference"),
    "claims.unit": Label("单位", "Unit"),
    "claims.verdict": Label("结果", "Result"),
    "claims.definition": Label("定义", "Definition"),
    "claims.day": Label("截至", "As of"),
    "claims.stated_in": Label("出处", "Stated in"),
    "claims.withheld": Label("户数太少，不列出", "Withheld: too few households"),
    "claims.no_definition": Label("没有定义", "No definition"),
    "claims.why": Label("为什么不一致", "Why they differ"),
    "claims.why_says": Label("可能说明差异的对象", "objects that may explain it"),
    "claims.heading": Label("{label}：口径 {stated}，数得 {counted}", "{label}: stated {stated}, counted {counted}"),
    "claims.statement": Label("原文：{text}", "As stated: {text}"),
    "claims.counted_as": Label("数得的是：{definition}", "Counted: {definition}"),
    "claims.same_as": Label("口径数与这样数的相同：{definition}", "The stated figure is what this gives: {definition}"),
    "claims.other": Label("若数{definition}：{n}", "As {definition}: {n}"),
    "claims.objects": Label("{label}（{n}）", "{label} ({n})"),
    "claims.and_more": Label("等，全部见下载", "and more, see the download"),
    "claims.no_objects": Label("没有找到能说明差异的对象；请核对口径数字的出处和日期。",
                               "No objects explain it; check the claim's source and date."),
}
