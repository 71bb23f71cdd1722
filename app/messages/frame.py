"""The frame of every page, and what it says when there is nothing to show."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "app.title": Label("荣图 · 退役军人服务一张图", "Rongtu · veterans' services on one map"),
    "app.other_language": Label("English", "中文"),
    "app.internal": Label("内部资料", "Internal"),
    "app.internal_care": Label("内部资料 · 注意保管", "Internal · handle with care"),
    "app.fictional": Label("虚构", "Fictional"),
    "app.region_unnamed": Label("本区域", "This region"),
    "app.townships": Label("{n} 个乡镇", "{n} townships"),
    "app.as_of": Label("数据截至 {date}", "data to {date}"),
    "app.not_loaded": Label("还没有数据", "No data yet"),
    "empty.store": Label("还没有数据，地图要等数据导入后才会出现。", "There is no data yet; the map appears once some is loaded."),
    "empty.store_next": Label("在命令行任选一条，然后刷新本页：", "Run one of these, then reload this page:"),
    "empty.demo": Label("示范县（虚构）", "Demonstration county (fictional)"),
    "empty.osm": Label("自己的区域（OpenStreetMap 摘录）", "Your own region (OpenStreetMap extract)"),
    "empty.no_roads": Label("没有道路数据，用时按直线距离估算。", "No roads: times are estimated from straight lines."),
    "empty.no_villages": Label("这个乡镇没有村级数据。", "This township has no villages in the data."),
    "error.page": Label("这一页出了程序错误，已写入日志。请刷新重试；如果还是这样，请告诉数据管理员。",
                        "A fault in the program stopped this page; it is in the log. Reload to try again, and tell the "
                        "data steward if it stays."),
}
