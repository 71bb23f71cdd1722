"""Coverage as tables with their places: townships, villages, and the gaps with their reasons."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd

from app.services.answers.about import About
from app.services.answers.columns import (
    CODE,
    HOUSEHOLDS,
    HOUSEHOLDS_IMPRECISE,
    PERSONS,
    TOWNSHIP,
    TOWNSHIP_NAME,
    count,
    number,
    share,
    text,
)
from app.services.answers.places import AREA_GEOMETRY, area_shapes, placed
from app.services.answers.tables import Table
from app.services.coverage.report import CoverageReport, Gap, Unknown
from layers.schema import WGS84, Field, Label, Layer
from layers.store import Store
from layers.vocabulary import identifier, name

_REACHED = (
    HOUSEHOLDS,
    PERSONS,
    count("households_reached", "可达户数", "Households reached"),
    count("persons_reached", "可达人数", "Persons reached"),
    count("households_unreached", "到不了的户", "Households out of reach"),
    count("persons_unreached", "到不了的人", "Persons out of reach"),
    HOUSEHOLDS_IMPRECISE,
    share("reach_rate", "可达率（户）", "Reach rate (households)"),
    share("reach_rate_low", "可达率下限", "Reach rate, low"),
    share("reach_rate_high", "可达率上限", "Reach rate, high"),
    share("persons_reach_rate", "可达率（人）", "Reach rate (persons)"),
    count("units_with_station", "有站单位", "Units with a station"),
)


def _areas(by: str, label: Label, *fields: Field) -> Layer:
    return Layer(
        name=f"coverage_{by}s", label=label, geometry=AREA_GEOMETRY, geometry_required=False, fields=(name(), CODE, *fields)
    )


_TOWNSHIPS = _areas(
    "township", Label("分乡镇可达率", "Reach by township"), *_REACHED,
    count("villages", "村", "Villages"), count("villages_with_station", "有站村", "Villages with a station"),
)  # fmt: skip
_VILLAGES = _areas("village", Label("分村可达率", "Reach by village"), TOWNSHIP, TOWNSHIP_NAME, *_REACHED)
_GAPS = Layer(
    name="coverage_gaps",
    label=Label("缺口", "Gaps"),
    geometry=AREA_GEOMETRY,
    geometry_required=False,
    fields=(
        identifier(),
        name(),
        CODE,
        TOWNSHIP_NAME,
        count("persons", "到不了的人", "Persons out of reach"),
        count("households", "到不了的户", "Households out of reach"),
        count("off_network", "离路网太远的户", "Households off the network"),
        count("unreachable", "无路可达的户", "Households without a way"),
        number("nearest_minutes_median", "到站中位分钟", "Median minutes to the nearest"),
        text("nearest", "最近的设施", "Nearest facility"),
        number("walk_m", "从家到路（米）", "Door to road, m"),
        number("way_m", "路程（米）", "Way, m"),
        number("detour", "路程与直线之比", "Way over straight line"),
        count("by_station", "就地设站可达的户", "Households that a station there would reach"),
        text("why_zh", "原因与对策", "Why, in Chinese"),
        text("why_en", "原因与对策（英文）", "Why, and what would help"),
    ),
)
_UNKNOWN = {
    "off_network": Label("离路网太远 {n} 户", "{n} households off the network"),
    "unreachable": Label("无路可达 {n} 户", "{n} without a way"),
    "disconnected": Label("其中孤立路段上 {n} 户", "{n} of them on roads joined to no facility's"),
    "imprecise": Label("定位不准 {n} 户", "{n} of imprecise place"),
}


def coverage_about(report: CoverageReport) -> About:
    """Rule, date and region of the report, as other answers have them; the notes end with who has no exact answer."""
    rule = Label(report.rule.text_zh, report.rule.text_en)
    return About(rule, report.as_of, report.region, report.fictional, (*report.notes, *_unknown(report.unknown)))


def coverage_tables(store: Store, townships: CoverageReport, villages: CoverageReport) -> list[Table]:
    """The rows of one question's two reports with their places, then the gaps.

    Parameters
    ----------
    townships, villages
        From :func:`app.services.coverage.service.coverage`; what they withhold is withheld here.
    """
    about = coverage_about(townships)
    by_town, by_village = area_shapes(store, about, "township"), area_shapes(store, about, "village")
    places = gpd.GeoSeries(pd.concat([by_town[~by_town.index.isin(by_village.index)], by_village]))
    rows = pd.DataFrame([_flat(k, gap) for k, gap in enumerate(townships.gaps, start=1)], columns=_GAPS.columns)
    shapes = gpd.array.from_shapely([places.get(code) for code in rows["code"]], crs=WGS84)
    names = {area.code: area.name for area in townships.by_area}
    towns = [names.get(area.township) for area in villages.by_area]
    return [
        placed(_TOWNSHIPS, townships.by_area, "code", by_town, total=townships.total),
        placed(_VILLAGES, villages.by_area, "code", by_village, total=villages.total, more={"township_name": towns}),
        Table(_GAPS, gpd.GeoDataFrame(rows, geometry=shapes)),
    ]


def _flat(rank: int, gap: Gap) -> dict[str, Any]:
    why = {} if gap.why is None else asdict(gap.why)
    return {
        "id": f"{rank:05d}", **asdict(gap), **why, "why_zh": why.get("text_zh"), "why_en": why.get("text_en"),
    }


def _unknown(unknown: Unknown) -> list[Label]:
    counted = {key: value for key, value in asdict(unknown).items() if value}
    said = [Label(*(words.format(n=counted[key]) for words in label)) for key, label in _UNKNOWN.items() if key in counted]
    return [Label("；".join(one.zh for one in said), "; ".join(one.en for one in said))] if said else []
