"""Headline figures as reports state them: some agree with the layers, some with each other, some with neither."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from data.demo.frames import layer_frame
from data.demo.names import COUNTY


class Claim(NamedTuple):
    """What somebody stated."""

    indicator: str
    value: float
    unit: str
    as_of: dt.date
    statement: str
    stated_in: str


def make_claims(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Claims about a county: counted at other dates, by other rules, or rounded up."""
    rows = [*_about_stations(frames), *_about_people(frames), *_about_memorials(frames)]
    return layer_frame("claims", pd.DataFrame(rows).assign(id=[f"claim-{k:02d}" for k in range(1, len(rows) + 1)]))


_BULLETIN = "2026年上半年工作通报（虚构）"
_YEARBOOK = "2025年工作总结（虚构）"
_NEWS = "部门网站专题报道（虚构）"
_MID_YEAR, _YEAR_END, _AUTUMN = dt.date(2026, 6, 30), dt.date(2025, 12, 31), dt.date(2026, 9, 30)


def _about_stations(frames: Mapping[str, pd.DataFrame]) -> list[Claim]:
    """Of village stations: all ever named, then those not closed; the layer counts the open ones."""
    stations = frames["stations"]
    village = stations[stations["level"] == "village"]
    townships, every = int((stations["level"] == "township").sum()), len(village)
    standing = int((village["status"] != "closed").sum())
    model = max(1, townships - 2)
    return [
        Claim("village_stations", every, "个", _YEAR_END,
              f"全县{every}个村（社区）全部建立退役军人服务站，有站率100%", _YEARBOOK),
        Claim("village_stations", standing, "个", _MID_YEAR,
              f"村（社区）退役军人服务站{standing}个", _BULLETIN),
        Claim("township_stations", townships, "个", _MID_YEAR, f"乡镇（街道）退役军人服务站{townships}个", _BULLETIN),
        Claim("township_model_stations", model, "个", _MID_YEAR,
              f"{townships}个乡镇站中{model}个为示范型", _BULLETIN),
        Claim("township_model_stations", townships, "个", _AUTUMN,
              f"{townships}个乡镇（街道）服务站全部创成示范型", _NEWS),
        Claim("random_checks", 26, "次", _AUTUMN, "半年来随机抽查服务站26次", _NEWS),
    ]


def _about_people(frames: Mapping[str, pd.DataFrame]) -> list[Claim]:
    households = frames["households"]
    persons = int(households["persons"].sum())
    counts = {name: int(households["categories"].map(lambda held, n=name: n in held).sum())
              for name in ("active_family", "empty_nest")}
    listed = int((households["adaptation"] != "none").sum())
    points = len(frames["support_points"])  # counted as if all of them were merchants
    return [
        Claim("persons", persons, "人", _AUTUMN, f"为{persons}名服务对象建档立卡，做到一人一档", _NEWS),
        Claim("persons", round(persons * 1.007), "人", _YEAR_END,
              f"采集退役军人和其他优抚对象信息{round(persons * 1.007)}条", _YEARBOOK),
        Claim("active_families", counts["active_family"], "户", _AUTUMN,
              f"全县现役军人家庭{counts['active_family']}户", _NEWS),
        Claim("empty_nest_files", round(counts["empty_nest"], -2), "户", _MID_YEAR,
              f"为{round(counts['empty_nest'], -2)}名空巢老兵建立关爱档案", _BULLETIN),
        Claim("adaptation_homes", listed, "户", _MID_YEAR, f"{listed}户列入宜居改造，每户不少于3000元", _BULLETIN),
        Claim("plaques", round(float(households["plaque_hung"].mean()) * len(households), -2), "块", _YEAR_END,
              "光荣牌悬挂做到应挂尽挂", _YEARBOOK),
        Claim("merchants", points, "家", _AUTUMN, f"“15分钟拥军服务圈”吸纳拥军商户{points}家", _NEWS),
        Claim("circle_reach_rate", 100, "%", _AUTUMN, "全县建成15分钟拥军服务圈，实现全覆盖", _NEWS),
    ]


def _about_memorials(frames: Mapping[str, pd.DataFrame]) -> list[Claim]:
    memorials, works, agreements = frames["memorials"], frames["works"], frames["agreements"]
    count, townships = len(memorials), len(frames["townships"])
    spent = float(works["spent_yuan"].sum())
    return [
        Claim("memorials", count, "处", _YEAR_END, f"全县烈士纪念设施{count}处", _YEARBOOK),
        Claim("memorials_repaired", int(count * 0.9), "处", _MID_YEAR,
              f"迁移修缮零散烈士纪念设施{int(count * 0.9)}处，投入200余万元", _BULLETIN),
        Claim("memorial_spending", round(spent / 10_000, 1), "万元", _AUTUMN,
              f"已支付{COUNTY}纪念设施修缮资金{spent / 10_000:.1f}万元", "资金拨付台账（虚构）"),
        Claim("agreement_townships", townships, "个", _MID_YEAR,
              f"与{townships}个乡镇（街道）全部签订管护协议", _BULLETIN),
        Claim("agreements", len(agreements), "份", _AUTUMN, f"签订管护协议{len(agreements)}份", "协议台账（虚构）"),
    ]
