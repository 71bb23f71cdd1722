"""What is around a point as tables: the places of its circle, and the nearest of every kind of service."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import pandas as pd

from app.services.answers.tables import Table
from app.services.circles.around_report import Around, Near
from app.services.circles.recipe import SERVICE_KIND
from app.services.county.facilities import EXPIRED, IN_FORCE, NOT_BEGUN
from layers.schema import WGS84, Field, Kind, Label, Layer, Vocabulary
from layers.vocabulary import STATION_LEVEL, identifier, name

AGREEMENT = Vocabulary("agreement_state", {
    IN_FORCE: Label("在用", "In force"),
    EXPIRED: Label("协议已过期", "Agreement expired"),
    NOT_BEGUN: Label("协议未开始", "Agreement not begun"),
})


def around_tables(report: Around) -> tuple[Table, Table]:
    """Every place within the limit, what has run out among them; and the nearest of every kind of service."""
    places = Layer(
        name="circle_places",
        label=Label("服务圈内的地点", "Places of the circle"),
        geometry=("Point",),
        fields=(
            identifier(),
            name(),
            Field(name="group", label=Label("服务", "Service"), kind=Kind.CHOICE, vocabulary=SERVICE_KIND),
            Field(name="minutes", label=Label("分钟", "Minutes"), kind=Kind.NUMBER),
            Field(name="offer", label=Label("优惠内容", "Offer")),
            Field(name="agreement_to", label=Label("协议止", "Agreement to"), kind=Kind.DATE),
            Field(name="state", label=Label("状态", "State"), kind=Kind.CHOICE, vocabulary=AGREEMENT),
            Field(name="level", label=Label("站级", "Level"), kind=Kind.CHOICE, vocabulary=STATION_LEVEL),
        ),
    )
    every = [*report.places, *report.lapsed]
    rows = pd.DataFrame([asdict(place) for place in every], columns=[*places.columns, "lon", "lat"])
    points = gpd.GeoSeries.from_xy(rows["lon"].astype(float), rows["lat"].astype(float), crs=WGS84)
    told = Vocabulary("service", {near.code: Label(near.zh, near.en) for near in (*report.items, *report.services)})
    kinds = Layer(
        name="circle_services",
        label=Label("各类服务的最近一处", "Nearest of every service"),
        fields=(
            identifier(),
            Field(name="service", label=Label("服务", "Service"), kind=Kind.CHOICE, vocabulary=told),
            Field(name="needed", label=Label("配方所需", "In the recipe"), kind=Kind.BOOLEAN),
            Field(name="places", label=Label("时限内处数", "Places within the limit"), kind=Kind.INTEGER),
            Field(name="nearest", label=Label("最近一处", "Nearest")),
            Field(name="minutes", label=Label("到最近一处（分钟）", "Minutes to the nearest"), kind=Kind.NUMBER),
        ),
    )
    codes = {item.code for item in report.items}
    near = [_near_row(found, needed=True) for found in report.items]
    near += [_near_row(found, needed=False) for found in report.services if found.code not in codes]
    return (
        Table(places, gpd.GeoDataFrame(rows, geometry=points)),
        Table(kinds, pd.DataFrame(near, columns=kinds.columns)),
    )


def _near_row(found: Near, *, needed: bool) -> dict[str, Any]:
    return {
        "id": found.code,
        "service": found.code,
        "needed": needed,
        "places": found.places,
        "nearest": found.nearest.name if found.nearest else None,
        "minutes": found.nearest.minutes if found.nearest else None,
    }
