"""Lists as offices write them, about the small county: each named for what is peculiar in it. Nobody in them is real."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import opencc
import shapely
import xlsxwriter
from office_sheets import CHECKED
from small_county import at

Cell = str | float | None
_NAMES = ("甲一", "乙二", "丙三", "丁四")


@dataclass(frozen=True, slots=True)
class OfficeList:
    """A file, its layer, and what is in the store afterwards: name (of the thing or its person) to some of its values."""

    layer: str
    content: bytes
    suffix: str
    wanted: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    places: Mapping[str, shapely.Point] = field(default_factory=dict)
    refused: Mapping[int, str] = field(default_factory=dict)


def _book(rows: Sequence[Sequence[Cell]], merged: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("花名册")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str) and value:
                page.write_string(r, c, value)
            elif isinstance(value, (int, float)):
                page.write_number(r, c, value)
    for r, c, last_r, last_c, text in merged:
        page.merge_range(r, c, last_r, last_c, text)
    book.close()
    return buffer.getvalue()


def _lines(rows: Sequence[Sequence[str]], encoding: str = "gb18030") -> bytes:
    return "\r\n".join("\t".join(row) for row in rows).encode(encoding)


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _dms(degrees: float) -> tuple[int, int, float]:
    whole, minutes = int(degrees), degrees % 1 * 60
    return whole, int(minutes), minutes % 1 * 60


_PLACE = at(1000, 300)
_LON, _LAT = _dms(_PLACE.x), _dms(_PLACE.y)
_TRADITIONAL = opencc.OpenCC("s2t").convert

LISTS: Mapping[str, OfficeList] = {
    "two header rows, a title, ticks, a total and remarks": OfficeList("households", _book([
        ["某县退役军人花名册"], ["填报单位：某局", "", "", "", "", "", "填报时间：2026年6月"],
        ["序号", "", "", "基本情况", "", "光荣牌", "备注"], ["", "乡镇", "村", "姓名", "出生年月", "是否悬挂", ""],
        [1, "甲镇", "东村", "甲一", "195103", "√", ""], [2, "乙乡", "西村", "乙二", "1951.3", "×", "外出务工"],
        ["合计", "", "", "2", "", "1", ""]], [(0, 0, 0, 6, "某县退役军人花名册"), (2, 1, 2, 2, "所在地")]), "xlsx",
        {"甲一": {"village": "V1", "eldest_birth_year": 1951, "plaque_hung": True},
         "乙二": {"village": "V2", "eldest_birth_year": 1951, "plaque_hung": False}}),
    "the village merged over its rows": OfficeList("households", _book(
        [["乡镇", "村", "姓名", "电话"], ["", "", "甲一", "13800138000"], ["", "", "乙二", "138 0013 8001"], ["", "西村", "丙三", ""]],
        [(1, 0, 2, 0, "甲镇"), (1, 1, 2, 1, "东村")]), "xlsx",
        {"甲一": {"village": "V1"}, "乙二": {"village": "V1", "phone": "13800138001"}, "丙三": {"village": "V2"}}),
    "the village written once and left empty below": OfficeList("households", _lines(
        [["村", "姓名"], ["东村", "甲一"], ["", "乙二"], ["西村", "丙三"]]), "csv",
        {"甲一": {"village": "V1"}, "丙三": {"village": "V2"}}, refused={3: "unplaced"}),
    "ids with a small x, ages and telephones with remarks": OfficeList("households", _lines([
        ["姓名", "公民身份证号码", "村居", "年龄", "手机号"], ["甲一", CHECKED[0].lower(), "东村村委会", "78岁", "13800138000（儿子）"],
        ["乙二", CHECKED[1] + " ", "西村村民委员会", "80", "无电话"]], "utf-8-sig"), "csv",
        {"甲一": {"village": "V1", "identity_no": CHECKED[0], "phone": "13800138000"}, "乙二": {"village": "V2", "phone": None}}),
    "village and group in one column": OfficeList("households", _lines([
        ["户主姓名", "所属村组"], ["甲一", "东村三组"], ["乙二", "乙乡西村第二村民小组"], ["丙三", "甲镇东村五组"]], "utf-8"), "csv",
        {"甲一": {"village": "V1", "group_name": "三组"}, "乙二": {"village": "V2"}, "丙三": {"village": "V1", "group_name": "五组"}}),
    "traditional characters": OfficeList("households", _lines([
        [_TRADITIONAL(text) for text in row]
        for row in [["姓名", "鄉鎮", "村名", "对象类别"], ["甲一", "甲镇", "东村", "退役军人"], ["乙二", "乙乡", "西村", "烈属"]]], "big5"),
        "csv", {"甲一": {"village": "V1"}, "乙二": {"village": "V2", "categories": ("martyr_kin",)}}),
    "codes that a spreadsheet made numbers": OfficeList("villages", _lines([
        ["统计用区划代码", "名称", "所属乡镇"], ["990001001007.0", "南村", "甲镇"]]), "csv",
        {"南村": {"code": "990001001007", "township": "990001001"}}),
    "a year with a day of the old calendar": OfficeList("households", _lines(
        [["姓名", "村", "出生日期"], ["甲一", "东村", "1948年腊月"], ["乙二", "东村", "48.3.5"]]), "csv",
        {"甲一": {"eldest_birth_year": 1948}}, refused={3: "type"}),
    "both coordinates in one cell": OfficeList("memorials", _lines([
        ["设施名称", "类别", "保护级别", "村", "位置坐标"],
        ["东村烈士墓", "烈士墓", "县级保护", "东村", f"北纬{_LAT[0]}°{_LAT[1]}′{_LAT[2]:.3f}″ 东经{_LON[0]}°{_LON[1]}′{_LON[2]:.3f}″"]]),
        "csv", {"东村烈士墓": {"level": "county"}}, {"东村烈士墓": _PLACE}),
    "degrees and minutes in words": OfficeList("memorials", _lines([
        ["名称", "类型", "级别", "行政村", "经度", "纬度"],
        ["东村烈士墓", "烈士墓", "县级", "东村", f"{_LON[0]}度{_PLACE.x % 1 * 60:.5f}分", f"{_LAT[0]}度{_LAT[1]}分{_LAT[2]:.2f}秒"]]),
        "csv", {}, {"东村烈士墓": _PLACE}),
    "full width digits, stray spaces, latitude first": OfficeList("memorials", _lines([
        ["名称", "类型", "级别", "村", "经度", "纬度"],
        ["东村烈士墓", "烈士墓", "零散", "东村", _wide(f"{_PLACE.y:.6f}"), f"  {_PLACE.x:.6f} "]]), "csv", {}, {"东村烈士墓": _PLACE}),
    "telephones that were floats, traditional headings, offices for villages": OfficeList("households", _book([
        ["鄉鎮", "村（社區）", "戶主姓名", "聯繫電話"], ["甲鎮", "東村村民委員會", "甲一", 13800138000.0],
        ["乙乡", "西村社区居委会", "乙二", "13800138001.0"], ["甲镇人民政府", "东村村委会三组", "丙三", "+86 138-0013-8002"],
        ["小计", "", "2户", ""], ["甲镇", "东  村", "丁四", "1.38E+10"], ["合  计", "", "4", ""], ["注：1. 本表一式两份。"]]), "xlsx",
        {"甲一": {"village": "V1", "phone": "13800138000"}, "乙二": {"village": "V2", "phone": "13800138001"},
         "丙三": {"village": "V1", "group_name": "三组", "phone": "13800138002"}}, refused={6: "telephone"}),
    "stations by name and address only": OfficeList("stations", _lines([
        ["单位名称", "地  址", "工作人员数", "经纬度（GPS）"],
        ["甲镇退役军人服务站", "镇政府院内", "3名", f"{_PLACE.x:.6f}，{_PLACE.y:.6f}"],
        ["西村退役军人服务站", "西村村部", "１人", f"{at(5000, 100).x:.6f}，{at(5000, 100).y:.6f}"]]), "csv",
        {"甲镇退役军人服务站": {"unit": "990001001", "level": "township", "staff": 3},
         "西村退役军人服务站": {"unit": "V2", "level": "village", "staff": 1}}),
}

MONEY = _lines([
    ["纪念设施", "项目类别", "投资（万元）", "完成投资(元)", "上报时间", "进展"],
    ["M1", "修缮", "12.5", "3,000", "2025.3", "已完工"], ["M1", "维护", "2万", "0", "2025.4", "已完工"],
])
"""Works whose money is in a unit of the heading."""
