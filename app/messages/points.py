"""Households as points on the map."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "points.layer": Label("各户用时", "Household times"),
    "points.areas": Label("乡镇与村", "Areas"),
    "points.unit": Label("户", "households"),
    "points.of_known": Label("定位准的共 {n} 户", "of {n} of exact place"),
    "points.within": Label("{n} 分钟内到得了", "Within {n} minutes"),
    "points.median": Label("用时中位数", "Median time"),
    "points.minutes_unit": Label("分钟", "min"),
    "points.far": Label("超过 {n} 分钟", "Over {n} minutes"),
    "points.lost": Label("无路可达或离路太远", "No way there, or off the network"),
    "points.by_time": Label("各户按用时", "Households by time"),
    "points.of": Label("图上 {n} 户", "{n} on the map"),
    "points.class": Label("到最近的设施", "To the nearest"),
    "points.share": Label("占比", "Share"),
    "points.title": Label("到最近设施（分钟）", "To the nearest facility (minutes)"),
    "points.minutes": Label("{n} 分钟", "{n} min"),
    "points.loading": Label("正在载入各户……", "Loading households …"),
    "points.failed": Label("各户数据没有取到，请刷新重试。", "The households did not come; reload to try again."),
    "points.refused": Label("这里只显示汇总数，不显示单户。需要查看单户位置的，请数据管理员以 {option} 启动服务。",
                            "Only counts are shown here, no single households. To see their places, have the data "
                            "steward start the server with {option}."),
}
