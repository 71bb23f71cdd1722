"""``rongtu isochrone`` and ``rongtu catchments``: what is reached, and what every facility is the nearest to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.common import (
    commands,
    common_options,
    facility_options,
    heading,
    lon_lat,
    mode_option,
    opened_store,
    out_option,
    say,
    table_text,
    write_out,
)
from app.roles import LOCAL_STEWARD
from geo.errors import ParameterError

if TYPE_CHECKING:
    from app.services.catchments.report import CatchmentReport
    from app.services.county.facilities import FacilityChoice
    from app.services.isochrones.report import IsochroneReport


@commands.command()
@click.option("--at", multiple=True, metavar="LON,LAT", help="此处，可重复 (around this point; may be repeated).")
@click.option("--station", "ids", multiple=True, metavar="ID",
              help="此编号的服务站或服务点，可重复 (around this station or support point).")  # fmt: skip
@mode_option
@click.option("--minutes", default="5,10,15", show_default=True, metavar="MIN[,MIN…]", help="各级时限，含 (limits, inclusive).")
@click.option("--from", "outward", is_flag=True, help="从这里出发；默认是到这里来 (travel from there, not to it).")
@click.option("--merged", is_flag=True, help="各处合并为一个图形 (one polygon around all of them).")
@click.option("--bands", is_flag=True, help="各级不重叠 (bands without overlap).")
@click.option("--min-area", "min_area_m2", default=None, type=float, metavar="M2",
              help="小于此面积（平方米）的孤岛和空洞不画，默认 2500 (leave out smaller islands and holes).")  # fmt: skip
@facility_options
@out_option("另存图形，如 .gpkg、.geojson、.xlsx (also write the polygons).")
@common_options
def isochrone(
    at: tuple[str, ...],
    ids: tuple[str, ...],
    mode: str,
    minutes: str,
    outward: bool,
    merged: bool,
    bands: bool,
    min_area_m2: float | None,
    choice: FacilityChoice,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """画等时圈：几分钟内能到的范围 (polygons of what is reached within minutes)."""
    from app.services.isochrones.service import isochrones
    from app.services.isochrones.tables import isochrone_tables

    points, limits = [lon_lat(text) for text in at], _limits(minutes)
    with opened_store(store, existing=True) as opened:
        report = isochrones(
            LOCAL_STEWARD, opened, mode=mode, minutes=limits, at=points, ids=ids, choice=choice, outward=outward,
            merged=merged, bands=bands, min_area_m2=min_area_m2,
        )  # fmt: skip
    write_out(out, lambda: isochrone_tables(report), report.about)
    say(report.to_dict(), as_json=as_json, words=lambda: _isochrone_words(report))


@commands.command()
@mode_option
@click.option("--minutes", default=None, type=float, help="只归入此时限内（含）的户；默认不限 (only households within).")
@facility_options
@out_option("另存表格和图形，如 .gpkg、.xlsx、.geojson (also write tables and polygons).")
@common_options
def catchments(
    mode: str,
    minutes: float | None,
    choice: FacilityChoice,
    out: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """每户归最近的设施：各设施的负担与范围 (every household to its nearest facility)."""
    from app.services.catchments.tables import catchment_tables

    with opened_store(store, existing=True) as opened:
        report, tables = catchment_tables(LOCAL_STEWARD, opened, mode=mode, minutes=minutes, choice=choice)
    write_out(out, lambda: tables, report.about)
    say(report.to_dict(), as_json=as_json, words=lambda: _catchment_words(report))


def _limits(text: str) -> list[float]:
    try:
        return [float(part) for part in text.replace("，", ",").split(",")]
    except ValueError:
        msg = f"“{text}”不是时限；请写成分钟数，逗号分开，如 5,10,15 (not limits; write minutes with commas between)"
        raise ParameterError(msg) from None


def _isochrone_words(report: IsochroneReport) -> str:
    import pandas as pd

    rows = [
        {
            "": ring.name,
            "分钟": f"{ring.from_minutes:g}–{ring.minutes:g}" if report.bands else f"{ring.minutes:g}",
            "户": ring.households,
            "人": ring.persons,
            "道路公里": ring.road_km,
            "平方公里": ring.area_km2,
        }
        for ring in report.rings
    ]
    return "\n".join([*heading(report.about), *(["", table_text(pd.DataFrame(rows))] if rows else [])])


def _catchment_words(report: CatchmentReport) -> str:
    import pandas as pd

    rows = [
        {
            "": load.name,
            "户": load.households,
            "人": load.persons,
            "老年户": load.elders,
            "中位分钟": load.minutes_median,
            "最长分钟": load.minutes_max,
            "平方公里": load.area_km2,
            "村": "、".join(village.name for village in load.villages[:3]) + ("…" if len(load.villages) > 3 else ""),
        }
        for load in report.loads
    ]
    none = report.unserved
    beyond = f"超过时限 {none.beyond} 户  " if report.minutes is not None else ""
    told = (
        f"归入 {report.served} 户 {report.persons_served} 人；未归入：{beyond}路网外 {none.off_network} 户  "
        f"无路可达 {none.unreachable} 户  定位不准 {none.imprecise} 户"
    )
    return "\n".join([*heading(report.about), told, *(["", table_text(pd.DataFrame(rows))] if rows else [])])
