"""A plan as tables: the new stations with their places, the villages they reach, the townships, and the curve."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from app.services.answers.columns import CODE, HOUSEHOLDS, PERSONS, count, number, share, text
from app.services.answers.tables import Table
from app.services.siting.question import CANDIDATE_KIND
from app.services.siting.report import ChosenSite, SitingReport
from app.services.siting.sentences import sentence
from geo.speeds import Mode
from layers.schema import WGS84, Field, Kind, Label, Layer
from layers.vocabulary import identifier, name

_MODES = {Mode.WALK: ("步行", "on foot"), Mode.ELDER_WALK: ("老人步行", "at an elder's pace"),
          Mode.EBIKE: ("电动自行车", "by e-bike"), Mode.DRIVE: ("驾车", "by car")}  # fmt: skip


SITES = Layer(
    name="chosen_sites",
    label=Label("建议新站", "Chosen sites"),
    geometry=("Point",),
    fields=(
        text("letter", "代号", "Letter"),
        identifier(),
        name(),
        Field(name="kind", label=Label("类别", "Kind"), kind=Kind.CHOICE, vocabulary=CANDIDATE_KIND),
        text("township", "乡镇", "Township"),
        text("village", "村", "Village"),
        count("newly_persons", "新覆盖人数", "Persons newly reached"),
        count("newly_households", "新覆盖户数", "Households newly reached"),
        count("served_persons", "服务人数", "Persons served"),
        count("capacity", "服务能力", "Room for persons"),
        number("cost", "费用", "Cost"),
        text("alternative", "次优位置", "Next best place"),
        number("alternative_worse_by", "换成次优的损失", "Worse by with it"),
        *(count(f"persons_{mode.value}", f"{zh}可达人数", f"Persons within the limit {en}") for mode, (zh, en) in _MODES.items()),
        text("road", "所在道路", "Road"),
        text("why_zh", "说明", "Why, in Chinese"),
        text("why_en", "说明（英文）", "Why"),
    ),
)
VILLAGES = Layer(
    name="villages_reached",
    label=Label("新覆盖的村", "Villages newly reached"),
    fields=(text("letter", "代号", "Letter"), name(), HOUSEHOLDS, PERSONS),
)
RELIEVED = Layer(
    name="stations_relieved",
    label=Label("分担的站", "Stations relieved"),
    fields=(text("letter", "代号", "Letter"), name(), HOUSEHOLDS, PERSONS),
)
TOWNSHIPS = Layer(
    name="siting_townships",
    label=Label("各乡镇前后", "Townships before and after"),
    fields=(
        CODE,
        name(),
        HOUSEHOLDS,
        PERSONS,
        count("persons_before", "现在可达人数", "Persons reached now"),
        count("persons_after", "规划后可达人数", "Persons reached then"),
    ),
)
CURVE = Layer(
    name="siting_curve",
    label=Label("新增站数与覆盖", "Share by number of stations"),
    fields=(
        count("added", "新增站数", "Stations added"),
        number("objective", "可达", "Within the limit"),
        number("bound", "上界", "Bound"),
        share("share", "份额", "Share"),
        number("gain", "边际增量", "Gain of the last"),
        text("status", "结果", "Status"),
    ),
)

TRADE_OFF = Layer(
    name="siting_trade_off",
    label=Label("公平与总数", "Fairness against the total"),
    fields=(
        share("worst", "最差乡镇的份额", "Share of the township worst off"),
        text("township", "最差的乡镇", "Township worst off"),
        number("objective", "可达", "Within the limit"),
        number("bound", "上界", "Bound"),
        share("share", "总份额", "Share of everybody"),
        text("status", "结果", "Status"),
    ),
)


def siting_tables(report: SitingReport) -> list[Table]:
    """The plan's tables, the new stations first."""
    sites = pd.DataFrame([_site(site, report) for site in report.chosen], columns=SITES.columns)
    places = [shapely.Point(site.lon, site.lat) for site in report.chosen]
    villages = [{"letter": site.letter, **asdict(one)} for site in report.chosen for one in site.villages]
    relieved = [{"letter": site.letter, **asdict(one)} for site in report.chosen for one in site.relieves]
    return [
        Table(SITES, gpd.GeoDataFrame(sites, geometry=gpd.array.from_shapely(places, crs=WGS84))),
        Table(VILLAGES, pd.DataFrame(villages, columns=VILLAGES.columns)),
        Table(RELIEVED, pd.DataFrame(relieved, columns=RELIEVED.columns)),
        Table(TOWNSHIPS, pd.DataFrame([asdict(row) for row in report.townships], columns=TOWNSHIPS.columns)),
        Table(CURVE, pd.DataFrame([asdict(point) for point in report.curve], columns=CURVE.columns)),
        Table(TRADE_OFF, pd.DataFrame([asdict(point) for point in report.trade_off], columns=TRADE_OFF.columns)),
    ]


def _site(site: ChosenSite, report: SitingReport) -> dict[str, Any]:
    why, other = sentence(site, report), site.alternative
    return {
        "letter": site.letter, "id": site.id, "name": site.name, "kind": site.kind,
        "township": site.township, "village": site.village,
        "newly_persons": site.newly.persons, "newly_households": site.newly.households,
        "served_persons": site.served.persons,
        "capacity": site.capacity, "cost": site.cost,
        "alternative": None if other is None else other.name,
        "alternative_worse_by": None if other is None else other.worse_by,
        **{f"persons_{mode}": persons for mode, persons in site.by_mode.items()},
        "road": None if site.road is None else site.road.zh,
        "why_zh": why.zh, "why_en": why.en,
    }  # fmt: skip
