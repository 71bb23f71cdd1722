"""Circles as tables: by township and village, by household for those who may see them, and around a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.answers.columns import CODE, TOO_FEW, TOWNSHIP_NAME, count, flag, number, share
from app.services.answers.places import area_shapes
from app.services.answers.tables import Table
from app.services.circles.recipe import CircleRecipe
from app.services.circles.report import AreaCircle, CircleReport, Item, Service
from app.services.circles.service import circles, household_circles
from app.services.county.units import By
from geo.speeds import Mode
from layers.schema import WGS84, Field, Kind, Label, Layer, Vocabulary
from layers.store import Store
from layers.vocabulary import identifier, name

_LEVEL_LABELS = {"township": Label("分乡镇服务圈", "Circles by township"), "village": Label("分村服务圈", "Circles by village")}
_COUNTS = (
    ("households", "户数", "Households"),
    ("persons", "人数", "Persons"),
    ("households_imprecise", "定位不准（户）", "Imprecise (households)"),
    ("households_complete", "服务圈完整（户）", "Full circle (households)"),
    ("persons_complete", "服务圈完整（人）", "Full circle (persons)"),
    ("persons_incomplete", "服务圈不完整（人）", "Circle not full (persons)"),
)
_RATES = (
    ("score", "平均得分", "Mean score"),
    ("score_low", "平均得分下限", "Mean score, low"),
    ("score_high", "平均得分上限", "Mean score, high"),
    ("complete_rate", "完整率（户）", "Full circle rate (households)"),
    ("complete_rate_low", "完整率下限", "Full circle rate, low"),
    ("complete_rate_high", "完整率上限", "Full circle rate, high"),
    ("persons_complete_rate", "完整率（人）", "Full circle rate (persons)"),
)


def circle_tables(
    viewer: Viewer,
    store: Store,
    *,
    mode: Mode | str = Mode.WALK,
    minutes: float = 15.0,
    recipe: CircleRecipe | None = None,
    by: By = "township",
) -> tuple[CircleReport, tuple[Table, ...]]:
    """The report by one level, and its tables: that level, the other one, and households for those who may see them.

    Raises
    ------
    ParameterError, NoDataError
        As :func:`app.services.circles.service.circles`.
    """
    asked: dict[str, Any] = {"mode": mode, "minutes": minutes, "recipe": recipe}
    other: By = "village" if by == "township" else "township"
    first, second = (circles(viewer, store, by=level, **asked) for level in (by, other))
    tables = [area_table(report, area_shapes(store, report.about, report.by)) for report in (first, second)]
    if viewer.points:
        tables.append(_household_table(household_circles(viewer, store, **asked), first))
    return first, tuple(tables)


def area_table(report: CircleReport, shapes: gpd.GeoSeries) -> Table:
    """The areas of a report with their shapes (by code); one without households has empty figures."""
    known = shapes.to_dict()
    rows = [_area_row(area) for area in report.by_area]
    layer = Layer(
        name=f"circles_by_{report.by}",
        label=_LEVEL_LABELS[report.by],
        geometry=("Polygon", "MultiPolygon", "Point"),
        geometry_required=False,
        fields=_area_fields(report),
    )
    return Table(layer, gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=layer.columns),
        geometry=gpd.GeoSeries([known.get(area.code) for area in report.by_area], crs=WGS84),
    ))


def item_column(item: Item) -> str:
    """Name of the column that says how many lack an item."""
    return f"missing_{item.code.replace('|', '_or_')}"


def _lacking(recipe: Sequence[Item]) -> Vocabulary:
    return Vocabulary("circle_item", {item.code: Label(item.zh, item.en) for item in recipe})


def _area_fields(report: CircleReport) -> tuple[Field, ...]:
    fields = [
        CODE,
        name(),
        TOWNSHIP_NAME,
        *(count(*column) for column in _COUNTS),
        *(share(*column) for column in _RATES),
        *(
            share(item_column(item), f"缺{item.zh}", f"Lack {item.en.lower()}")
            for item in report.recipe
        ),
        *(
            share(f"within_{kind.code}", f"有{kind.zh}", f"Have {kind.en.lower()}")
            for kind in report.services
        ),
    ]
    if report.by == "village":
        fields += [
            share("centre_score", "村中心得分", "Score at the village's middle"),
            Field(name="centre_missing", label=Label("村中心缺", "Missing at the village's middle"), kind=Kind.CHOICES,
                  vocabulary=_lacking(report.recipe)),
        ]
    fields.append(TOO_FEW)
    return tuple(fields)


def _area_row(area: AreaCircle) -> dict[str, Any]:
    return {
        **{key: getattr(area, key) for key, _, _ in (*_COUNTS, *_RATES)},
        **{key: getattr(area, key) for key in ("code", "name", "township_name", "centre_score", "too_few")},
        "centre_missing": list(area.centre_missing or ()),
        **{f"missing_{code.replace('|', '_or_')}": share for code, share in area.missing.items()},
        **{f"within_{code}": share for code, share in area.within.items()},
    }


def _household_table(told: pd.DataFrame, report: CircleReport) -> Table:
    def minutes(kind: Service) -> Field:
        return number(kind.code, f"到{kind.zh}", f"To {kind.en.lower()}", "分钟")

    layer = Layer(
        name="household_circles",
        label=Label("各户服务圈", "Circle of every household"),
        sensitive=True,
        fields=(
            identifier(),
            share("score", "得分", "Score"),
            flag("complete", "完整", "Full"),
            Field(name="missing", label=Label("缺", "Missing"), kind=Kind.CHOICES, vocabulary=_lacking(report.recipe)),
            flag("imprecise", "定位不准", "Imprecise"),
            *(minutes(kind) for kind in report.services),
        ),
    )
    return Table(layer, told)
