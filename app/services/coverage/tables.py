"""Coverage as tables with their places: townships, villages, and the gaps with their reasons."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd

from app.services.access.tables import AREA_GEOMETRY, area_shapes, placed
from app.services.answers.about import About
from app.services.answers.tables import Table
from app.services.coverage.report import CoverageReport, Gap
from layers.schema import Field, Kind, Label, Layer
from layers.store import Store
from layers.vocabulary import identifier, name

_CODE = Field(name="code", label=Label("代码", "Code"))


def _number(key: str, zh: str, en: str, kind: Kind = Kind.INTEGER, unit: str = "") -> Field:
    return Field(name=key, label=Label(zh, en), kind=kind, unit=unit)


def _areas(by: str, zh: str, en: str) -> Layer:
    return Layer(
        name=f"coverage_{by}s",
        label=Label(zh, en),
        geometry=AREA_GEOMETRY,
        geometry_required=False,
        fields=(
            _CODE,
            name(),
            Field(name="township", label=Label("乡镇代码", "Township code")),
            _number("households", "户数", "Households"),
            _number("persons", "人数", "Persons"),
            _number("households_reached", "可达户数", "Households reached"),
            _number("persons_reached", "可达人数", "Persons reached"),
            _number("households_imprecise", "定位不准的户", "Imprecise households"),
            _number("reach_rate", "可达率（户）", "Reach rate (households)", Kind.NUMBER, "%"),
            _number("reach_rate_low", "可达率下限", "Reach rate, low", Kind.NUMBER, "%"),
            _number("reach_rate_high", "可达率上限", "Reach rate, high", Kind.NUMBER, "%"),
            _number("persons_reach_rate", "可达率（人）", "Reach rate (persons)", Kind.NUMBER, "%"),
            _number("units_with_station", "有站单位", "Units with a station"),
        ),
    )


_TOWNSHIPS = _areas("township", "分乡镇可达率", "Reach by township")
_VILLAGES = _areas("village", "分村可达率", "Reach by village")
_GAPS = Layer(
    name="coverage_gaps",
    label=Label("缺口", "Gaps"),
    geometry=AREA_GEOMETRY,
    geometry_required=False,
    fields=(
        identifier(),
        _CODE,
        name(),
        Field(name="township_name", label=Label("乡镇", "Township")),
        _number("persons", "到不了的人", "Persons out of reach"),
        _number("households", "到不了的户", "Households out of reach"),
        _number("off_network", "离路网太远的户", "Households off the network"),
        _number("unreachable", "无路可达的户", "Households without a way"),
        _number("nearest_minutes_median", "到站中位分钟", "Median minutes to the nearest", Kind.NUMBER),
        Field(name="nearest", label=Label("最近的设施", "Nearest facility")),
        _number("walk_m", "从家到路（米）", "Door to road, m", Kind.NUMBER),
        _number("way_m", "路程（米）", "Way, m", Kind.NUMBER),
        _number("detour", "路程与直线之比", "Way over straight line", Kind.NUMBER),
        _number("by_station", "就地设站可达的户", "Households that a station there would reach"),
        Field(name="why_zh", label=Label("原因与对策", "Why, in Chinese")),
        Field(name="why_en", label=Label("原因与对策（英文）", "Why, and what would help")),
    ),
)


def coverage_about(report: CoverageReport) -> About:
    """Rule, date and region of the report, as other answers have them."""
    rule = Label(report.rule.text_zh, report.rule.text_en)
    return About(rule, report.as_of, report.region, report.fictional, report.notes)


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
    shapes = gpd.array.from_shapely([places.get(code) for code in rows["code"]], crs="EPSG:4326")
    return [
        placed(_TOWNSHIPS, townships.by_area, "code", by_town),
        placed(_VILLAGES, villages.by_area, "code", by_village),
        Table(_GAPS, gpd.GeoDataFrame(rows, geometry=shapes)),
    ]


def _flat(rank: int, gap: Gap) -> dict[str, Any]:
    why = {} if gap.why is None else asdict(gap.why)
    return {
        "id": f"{rank:05d}", **asdict(gap), **why, "why_zh": why.get("text_zh"), "why_en": why.get("text_en"),
    }
