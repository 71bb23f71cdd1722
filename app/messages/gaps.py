"""Why gaps are gaps, on the page and in the workbook."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "gap.why": Label("原因与对策", "Why, and what would help"),
    "gap.nearest": Label("最近的设施", "Nearest facility"),
    "gap.walk_m": Label("从家到路（米）", "Door to road (m)"),
    "gap.way_m": Label("路程（米）", "Way (m)"),
    "gap.detour": Label("路程与直线之比", "Way over straight line"),
    "gap.by_station": Label("就地设站可达（户）", "Reached by a station there (households)"),
}
