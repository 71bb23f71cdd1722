"""Legend, tooltips and furniture of the maps."""

from __future__ import annotations

from layers.schema import Label

MESSAGES = {
    "map.legend": Label("图例", "Legend"),
    "map.reach": Label("可达率（按户）", "Reach rate (households)"),
    "map.no_data": Label("无数据", "No data"),
    "map.support": Label("服务点", "Support points"),
    "map.gaps": Label("最大的缺口（按人数）", "Largest gaps (by persons)"),
    "map.gaps_layer": Label("最大的缺口", "Largest gaps"),
    "map.areas": Label("可达率", "Reach rate"),
    "map.roads": Label("主要道路", "Main roads"),
    "map.names": Label("地名与比率", "Names and rates"),
    "map.data": Label("数据 {date}", "Data {date}"),
    "map.tip": Label("可达率 {rate}<br>到不了 {unreached} 人 / 共 {persons} 人",
                     "reach rate {rate}<br>{unreached} of {persons} persons out of reach"),
    "map.too_few": Label("户数太少，不列出", "Too few households to tell"),
    "map.tip_gap": Label("到不了 {persons} 人（{households} 户）", "{persons} persons out of reach ({households} households)"),
    "map.attribution": Label("© OpenStreetMap 贡献者", "© OpenStreetMap contributors"),
}
