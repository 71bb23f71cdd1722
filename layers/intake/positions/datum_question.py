"""Which datum a file is in: declared by the file, chosen by a person, or asked about with the evidence."""

from __future__ import annotations

import datetime as dt

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import ParameterError
from layers.fields import Label
from layers.intake.examination.columns import ColumnMapping, Match
from layers.intake.examination.resolving import resolve_village
from layers.intake.examination.rows import Holdings, Rows, read_rows
from layers.intake.files.header import Table
from layers.intake.folding import fold
from layers.intake.places.county import County, county_of
from layers.intake.positions.datum import BD09, GCJ02, WGS84, Datum, candidates, find_datum
from layers.intake.positions.datum_evidence import Evidence, likeliest
from layers.intake.positions.locating import coordinates
from layers.schema import Layer

_WORDS = {"高德": GCJ02, "gcj": GCJ02, "腾讯": GCJ02, "火星": GCJ02, "百度": BD09, "bd09": BD09}
_PLACE = frozenset({"lon", "lat", "lonlat", "wkt", "village", "village_name", "village_code", "township_name", "group_name", "address"})


class DatumQuestionError(ParameterError):
    """A file's coordinates are likely in another datum than it would be taken for: a person has to decide."""

    def __init__(self, message: str, evidence: Evidence | None) -> None:
        super().__init__(message)
        self.evidence = evidence


def declared(table: Table) -> Datum | None:
    """The datum that the file itself declares.

    Raises
    ------
    DatumQuestionError
        When it declares one that has no number: a person has to say which it is.
    """
    if table.crs is None or table.shapes is None:
        return None
    try:
        number = CRS.from_user_input(table.crs).to_epsg(min_confidence=20)
        if number is not None:
            return find_datum(f"EPSG:{number}")
    except (CRSError, ParameterError):
        pass
    msg = "文件自带的坐标系无法识别，请用 --datum 指明 (the file's own coordinate system is not known; say it with --datum)"
    raise DatumQuestionError(msg, None)


def evidence(layer: Layer, table: Table, mapping: ColumnMapping, holdings: Holdings, day: dt.date) -> Evidence | None:
    """How many of the file's points fall in the village or township that they name, under each datum; None without points."""
    if not layer.spatial or layer.name == "townships":
        return None
    # Only what says where a row is; nothing is noted of it here.
    columns = tuple(m if m.target in _PLACE else Match(m.heading, None, 1.0, m.why) for m in mapping.columns)
    rows = read_rows(layer, table, ColumnMapping(mapping.layer, columns), {})
    x, y = _numbers(rows, table)
    if np.isnan(x).all():
        return None
    county = county_of(holdings, day)
    villages, townships = _named(rows, county)
    around = county.around
    middle = None if around is None else (around.west + around.east) / 2
    return likeliest(x, y, villages, townships, county.villages, county.townships, candidates(x, y, longitude=middle),
                     around=around)


def _named(rows: Rows, county: County) -> tuple[list[str | None], list[str | None]]:
    """Ids of the village and of the township that each row names."""
    if rows.layer.name == "villages":  # they name themselves, and only their township is to be trusted
        villages: list[str | None] = [None] * len(rows)
    else:
        placements = resolve_village(rows, county.gazetteer, county.village_names)
        villages = [None if placement is None else placement.village for placement in placements]
    named = {text: county.township_names.find(str(text)) for text in set(rows.text("township_name").tolist())}
    townships = [next(iter(named[text])) if len(named[text]) == 1 else None for text in rows.text("township_name")]
    return villages, townships


def _numbers(rows: Rows, table: Table) -> tuple[np.ndarray, np.ndarray]:
    if table.shapes is not None:
        middles = shapely.centroid(np.asarray(table.shapes, dtype=object))
        middles[shapely.is_empty(middles)] = None  # of a shape with a vertex at NaN
        return shapely.get_x(middles), shapely.get_y(middles)
    read = coordinates(rows)
    nothing = np.full(len(rows), np.nan)
    return (nothing, nothing) if read is None else (read[0].x, read[0].y)


def choose(said: str, table: Table, mapping: ColumnMapping, found: Evidence | None) -> Datum:
    """The datum to take a file in.

    Parameters
    ----------
    said
        ``auto`` or the name of a datum.
    found
        From :func:`evidence`.

    Raises
    ------
    DatumQuestionError
        When ``auto`` would take it in another than the evidence speaks for.
        Or when the numbers are metres and nothing says of which projection.
    ParameterError
        When there is no such datum.
    """
    if said != "auto":
        return find_datum(said)
    own = declared(table) or WGS84
    if found is not None and found.metres and _degrees(own):
        raise DatumQuestionError(_zone_question(found), found)
    named = next((datum for heading in _headings(mapping) for word, datum in _WORDS.items() if word in fold(heading)), None)
    best = found.likeliest if found is not None else None
    other = best if best is not None else named
    if other is not None and other != own and not _same_ground(other, own):
        raise DatumQuestionError(_question(own, other, found), found)
    return own


def _headings(mapping: ColumnMapping) -> list[str]:
    return [heading for target, heading in mapping.headings.items() if target in ("lon", "lat", "lonlat")]


_GEOGRAPHIC = frozenset({"wgs84", "cgcs2000", "EPSG:4326", "EPSG:4490"})


def _degrees(datum: Datum) -> bool:
    return datum.code in _GEOGRAPHIC


def _same_ground(one: Datum, other: Datum) -> bool:
    """WGS 84 and CGCS2000 in degrees are taken as one."""
    return one.code in _GEOGRAPHIC and other.code in _GEOGRAPHIC


def _zone_question(found: Evidence) -> str:
    """The numbers are metres: of which projection, with how many points each puts where they should be."""
    lines = [line for line in found.lines if line.inside] or list(found.lines)
    if not lines:
        return (
            "坐标是以米为单位的平面坐标，文件没有说明投影；请用 --datum 指明，如 EPSG:4547（国家大地 2000，3 度带，中央经线 114°） "
            "(the coordinates are metres and nothing says of which projection; say it with --datum, such as EPSG:4547)"
        )
    zh = "；".join(f"按 {line.datum.label.zh} 有 {line.inside}/{line.tested} 个点落在{found.ground.zh}内（--datum {line.datum.code}）"
                  for line in lines)
    en = "; ".join(f"as {line.datum.label.en} {line.inside} of {line.tested} points fall in {found.ground.en} (--datum {line.datum.code})"
                   for line in lines)
    return (
        f"坐标是以米为单位的平面坐标，文件没有说明投影：{zh}；请确认后指明 "
        f"(the coordinates are metres and nothing says of which projection: {en}; say which)"
    )


def _question(own: Datum, other: Datum, found: Evidence | None) -> str:
    counts = {line.datum.code: line for line in found.lines} if found is not None else {}
    zh, en = [], []
    for datum in (other, own):
        if (line := counts.get(datum.code)) is not None:
            zh.append(f"按 {datum.label.zh} 有 {line.inside}/{line.tested} 个点落在所写的村或乡镇内")
            en.append(f"{line.inside} of {line.tested} points fall in the unit that they name under {datum.code}")
    if not zh:
        zh, en = [f"表头写明是 {other.label.zh}"], [f"the heading says {other.code}"]
    return (
        f"坐标很可能是 {other.label.zh}：{'，'.join(zh)}；确认后请加 --datum {other.code}，若确为 {own.label.zh} 请加 --datum {own.code} "
        f"(the coordinates are likely {other.code}: {', '.join(en)}; say --datum {other.code}, or --datum {own.code} if they are that)"
    )


def assumed(datum: Datum, table: Table, found: Evidence | None) -> Label | None:
    """What to tell where ``auto`` took a datum that the points neither confirm nor contradict; None where they confirm it.

    Parameters
    ----------
    found
        From :func:`evidence`; None where a person named the datum or there are no coordinates.
    """
    if found is None or found.likeliest is not None:
        return None
    by_file = declared(table) is not None
    zh = f"按文件所述的 {datum.label.zh} 计" if by_file else f"文件没有说明，按 {datum.label.zh} 计"
    en = f"taken as {datum.label.en}, as the file says" if by_file else f"taken as {datum.label.en}, as nothing says otherwise"
    return Label(f"坐标系无法由点位判断（{found.reason.zh}）；{zh}。若是高德、腾讯、百度等的坐标，请选定坐标系（命令行用 --datum）后再装入",
                 f"the datum cannot be told from the points ({found.reason.en}); {en}. If they come from Amap, Tencent or Baidu, "
                 "say so with --datum and load again")
