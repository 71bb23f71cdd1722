"""Every word that pages, maps and the API show, Chinese first; and how numbers are written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from layers.schema import Label, Vocabulary

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

NONE = "—"
"""Stands where there is no number."""

MODE = Vocabulary("mode", {
    "walk": Label("步行", "Walk"),
    "elder_walk": Label("老人步行", "Elder walk"),
    "ebike": Label("电动车", "E-bike"),
    "drive": Label("驾车", "Drive"),
})

LEVEL_SHORT = Vocabulary("level_short", {
    "county": Label("县中心", "County centre"),
    "township": Label("乡镇站", "Township station"),
    "village": Label("村站", "Village station"),
})

MESSAGES: dict[str, Label] = {
    # the frame of every page
    "app.title": Label("荣图 · 退役军人服务一张图", "Rongtu · veterans' services on one map"),
    "app.other_language": Label("English", "中文"),
    "app.internal": Label("内部资料", "Internal"),
    "app.internal_care": Label("内部资料 · 注意保管", "Internal · handle with care"),
    "app.fictional": Label("虚构", "Fictional"),
    "app.region_unnamed": Label("本区域", "This region"),
    "app.townships": Label("{n} 个乡镇", "{n} townships"),
    "app.as_of": Label("数据截至 {date}", "data to {date}"),
    "app.not_loaded": Label("还没有数据", "No data yet"),
    # the question that coverage answers
    "coverage.title": Label("服务覆盖", "Service coverage"),
    "coverage.mode": Label("出行方式", "Travel mode"),
    "coverage.limit": Label("时限", "Time limit"),
    "coverage.minutes": Label("{n} 分", "{n} min"),
    "coverage.custom": Label("其他", "Other"),
    "coverage.custom_minutes": Label("时限（分钟）", "Limit (minutes)"),
    "coverage.custom_range": Label("时限（1–{most} 分钟）", "Limit (1–{most} minutes)"),
    "coverage.facilities": Label("计入的设施", "What counts"),
    "coverage.all_stations": Label("全部服务站", "All stations"),
    "coverage.only_level": Label("只计{level}", "{level} only"),
    "coverage.only_grade": Label("等级：{grade}", "Grade: {grade}"),
    "coverage.only_kind": Label("服务点：{kind}", "Support point: {kind}"),
    # the answer
    "coverage.rate": Label("可达率", "Reach rate"),
    "coverage.rate_kpi": Label("{n} 分钟可达率（按户）", "{n}-min reach rate"),
    "coverage.rate_help": Label("时限内能到达的户数占比，不含定位不准的户",
                                "share of households within the limit, imprecise ones left out"),
    "coverage.by_persons": Label("按人 {rate}", "persons {rate}"),
    "coverage.range": Label("范围 {span}", "range {span}"),
    "coverage.unreached_kpi": Label("到不了的人数", "Persons out of reach"),
    "coverage.of_persons": Label("共 {n} 人", "of {n}"),
    "coverage.persons_unit": Label("人", ""),
    "coverage.establishment_kpi": Label("有站率（按乡镇）", "Establishment rate"),
    "coverage.points_kpi": Label("有点率（按乡镇）", "Townships with a point"),
    "coverage.townships_have": Label("乡镇 {n}/{total}", "{n}/{total} townships"),
    "coverage.villages_have": Label("村 {n}/{total}", "{n}/{total} villages"),
    "coverage.low_kpi": Label("可达率低于 70% 的乡镇", "Townships under 70%"),
    "coverage.low_worst": Label("最低 {name} {rate}", "lowest {name} {rate}"),
    "coverage.ranking": Label("按到不了的人数排名", "Ranked by persons out of reach"),
    "coverage.villages_of": Label("{name}各村", "Villages of {name}"),
    "coverage.township_says": Label("可达率 {rate} · {n} 人到不了", "{rate} reached · {n} persons not"),
    "coverage.back": Label("返回全县", "Whole region"),
    "coverage.download": Label("下载表格", "Download XLSX"),
    "coverage.township": Label("乡镇", "Township"),
    "coverage.village": Label("村（社区）", "Village"),
    "coverage.unreached": Label("到不了（人）", "Out of reach"),
    "coverage.persons": Label("对象（人）", "Persons"),
    "coverage.households": Label("户数", "Households"),
    "coverage.unreached_households": Label("到不了（户）", "Households out of reach"),
    "coverage.nearest": Label("到站中位（分）", "Median min"),
    "coverage.nearest_help": Label("到不了的户到最近设施的中位用时；空为无路可达",
                                   "median time of those out of reach to the nearest; empty: no way there"),
    "coverage.gaps": Label("缺口最大的村", "Largest gaps"),
    "coverage.gaps_of": Label("{n} 个村有人到不了，共 {persons} 人", "{n} villages, {persons} persons out of reach"),
    "coverage.gaps_first": Label("缺口最大的村（{total} 个中的前 {n} 个）", "Largest gaps ({n} of {total})"),
    "coverage.no_gaps": Label("时限内人人可达，没有缺口。", "Everyone is within the limit: no gaps."),
    "coverage.rule": Label("规则与口径", "Rule and count"),
    "coverage.counting": Label("正在计算……", "Counting …"),
    "coverage.disconnected_column": Label("其中在孤立路段上（户）", "Of which on roads cut off (households)"),
    "coverage.unknown": Label("没有算准的", "Not known exactly"),
    "coverage.off_network": Label("离路网太远：{n} 户", "off the network: {n} households"),
    "coverage.unreachable": Label("无路可达：{n} 户", "no way there: {n} households"),
    "coverage.disconnected": Label("其中在孤立路段上：{n} 户", "of which on roads cut off from the rest: {n} households"),
    "coverage.imprecise": Label("定位不准，不计入可达率：{n} 户", "imprecise place, left out of the rate: {n} households"),
    "coverage.all_known": Label("每户都已算准。", "Every household is known exactly."),
    "coverage.estimate": Label("估算", "Estimate"),
    "coverage.elsewhere": Label("未归属", "In no area"),
    "coverage.off_network_column": Label("离路网太远（户）", "Off network (households)"),
    "coverage.unreachable_column": Label("无路可达（户）", "No way there (households)"),
    "coverage.villages_count": Label("村（社区）数", "Villages"),
    "coverage.villages_with_station": Label("有站的村", "Villages with a station"),
    "coverage.facilities_counted": Label("计入的设施数", "Facilities counted"),
    "coverage.table_alt": Label("各地可达率、到不了的人数和对象人数", "Reach rate, persons out of reach and persons by place"),
    "coverage.reached_households": Label("可达户数", "Households reached"),
    "coverage.reached_persons": Label("可达人数", "Persons reached"),
    "coverage.rate_households": Label("可达率（户）", "Reach rate (households)"),
    "coverage.rate_persons": Label("可达率（人）", "Reach rate (persons)"),
    "coverage.rate_low": Label("可达率下限", "Reach rate, low"),
    "coverage.rate_high": Label("可达率上限", "Reach rate, high"),
    "coverage.imprecise_households": Label("定位不准（户）", "Imprecise (households)"),
    "coverage.stations_units": Label("有站单位", "Units with a station"),
    "coverage.code": Label("代码", "Code"),
    "coverage.total": Label("合计", "Total"),
    # the map
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
    "map.tip_gap": Label("到不了 {persons} 人（{households} 户）", "{persons} persons out of reach ({households} households)"),
    "map.attribution": Label("© OpenStreetMap 贡献者", "© OpenStreetMap contributors"),
    # nothing to show
    "empty.store": Label("还没有数据，地图要等数据导入后才会出现。", "There is no data yet; the map appears once some is loaded."),
    "empty.store_next": Label("在命令行任选一条，然后刷新本页：", "Run one of these, then reload this page:"),
    "empty.demo": Label("示范县（虚构）", "Demonstration county (fictional)"),
    "empty.osm": Label("自己的区域（OpenStreetMap 摘录）", "Your own region (OpenStreetMap extract)"),
    "empty.no_roads": Label("没有道路数据，用时按直线距离估算。", "No roads: times are estimated from straight lines."),
    "empty.no_villages": Label("这个乡镇没有村级数据。", "This township has no villages in the data."),
    "error.page": Label("这一页出了程序错误，已写入日志。请刷新重试；如果还是这样，请告诉数据管理员。",
                        "A fault in the program stopped this page; it is in the log. Reload to try again, and tell the "
                        "data steward if it stays."),
    # the workbook
    "book.townships": Label("分乡镇", "Townships"),
    "book.villages": Label("分村", "Villages"),
    "book.gaps": Label("缺口", "Gaps"),
    "book.rule": Label("规则", "Rule"),
    "book.file": Label("服务覆盖_{region}_{date}.xlsx", "coverage_{region}_{date}.xlsx"),
    "book.printed": Label("第 &P 页，共 &N 页", "Page &P of &N"),
    "book.made": Label("打印日期 &D", "Printed &D"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language."""

    language: Language = "zh"

    def __call__(self, key: str, **values: object) -> str:
        """The message ``key`` with ``values`` filled in.

        Raises
        ------
        KeyError
            For a key that is not in the catalogue.
        """
        return MESSAGES[key][0 if self.chinese else 1].format(**values)

    @property
    def chinese(self) -> bool:
        """True for Chinese."""
        return self.language == "zh"

    def pick(self, label: Label) -> str:
        """The label in this language; the other one where this is empty."""
        zh, en = label
        return (zh or en) if self.chinese else (en or zh)

    def percent(self, rate: float | None) -> str:
        """A share of 0 to 1 as percent with one decimal; 100 and 0 only when they are exact."""
        return NONE if rate is None else f"{percent_value(rate):.1f}%"

    def span(self, low: float | None, high: float | None) -> str:
        """Two shares as "from–to%"."""
        return f"{self.percent(low).removesuffix('%')}–{self.percent(high)}"

    @staticmethod
    def count(number: float | None) -> str:
        """A whole number with thousands separated."""
        return NONE if number is None else f"{number:,.0f}"

    @staticmethod
    def minutes(number: float) -> str:
        """Minutes without needless decimals."""
        return f"{number:g}"

    @staticmethod
    def date(day: dt.date | None) -> str:
        """Year, month, day."""
        return NONE if day is None else day.isoformat()


def percent_value(rate: float) -> float:
    """A share of 0 to 1 in percent with one decimal; 100 and 0 only when they are exact."""
    shown = round(rate * 100, 1)
    if shown >= 100 > rate * 100:
        return 99.9
    return 0.1 if shown <= 0 < rate else shown
