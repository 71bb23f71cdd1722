"""What the numbers of a file mean on the ground: the datum and projection that a load declares, to WGS 84."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.china_datum import bd09_to_wgs84, gcj02_to_wgs84
from geo.crs import Bounds
from geo.errors import ParameterError
from layers.fields import NO_LABEL, Label

Floats = NDArray[np.float64]
LonLat = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Datum:
    """A declared datum and projection; ``code`` is how it is written, ``note`` what to beware of."""

    code: str
    label: Label
    note: Label = NO_LABEL

    @property
    def epsg(self) -> int | None:
        """Number of a declared EPSG code; None for the datums that have a name."""
        return int(self.code.removeprefix("EPSG:")) if self.code.startswith("EPSG:") else None


WGS84 = Datum("wgs84", Label("WGS 84（GPS）", "WGS 84 (GPS)"))
CGCS2000 = Datum("cgcs2000", Label("国家大地 2000（经纬度，或 3 度带平面坐标）",
                                   "CGCS2000 (degrees, or metres of 3-degree zones)"))
GCJ02 = Datum("gcj02", Label("GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)"))
BD09 = Datum("bd09", Label("BD-09（百度）", "BD-09 (Baidu)"))
NAMED = (WGS84, CGCS2000, GCJ02, BD09)

WEB_MERCATOR = 3857
_ZONED = range(4513, 4534)  # CGCS2000 / 3-degree Gauss-Kruger, easting led by the number of the zone
_PLAIN = range(4534, 4555)  # the same without
_WIDE = range(4491, 4502)  # 6-degree zones 13 to 23, led by the number
_FIRST_ZONE = 25  # of 4513: central meridian 75°
_FIRST_WIDE = 13
_EASTING_M = 500_000.0
_HALF_ZONE_M = 400_000.0  # beyond any use of a zone, short of its neighbours' numbers

_ALSO = {
    "wgs84": "wgs84", "wgs1984": "wgs84", "gps": "wgs84", "epsg4326": "wgs84",
    "cgcs2000": "cgcs2000", "国家2000": "cgcs2000", "大地2000": "cgcs2000", "epsg4490": "cgcs2000",
    "gcj02": "gcj02", "gcj": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "火星坐标": "gcj02",
    "bd09": "bd09", "bd09ll": "bd09", "百度": "bd09",
}  # fmt: skip


def find_datum(text: str) -> Datum:
    """The datum called ``text``: one of :data:`NAMED`, or ``EPSG:number`` of any coordinate system.

    Raises
    ------
    ParameterError
        When there is none of that name or number.
    """
    key = re.sub(r"[\s_:\-]", "", text).casefold()
    if key.isascii() and key.isdigit():
        key = f"epsg{key}"
    if key in _ALSO:
        return next(datum for datum in NAMED if datum.code == _ALSO[key])
    number = re.fullmatch(r"epsg(\d{4,6})", key, re.ASCII)
    if number is not None:
        try:
            return _of_epsg(int(number[1]))
        except CRSError:
            pass
    msg = (
        f"不认识坐标系“{text[:40]}”；可用 wgs84、gcj02、bd09、cgcs2000 或 EPSG:编号 "
        "(unknown datum; use wgs84, gcj02, bd09, cgcs2000 or EPSG:number)"
    )
    raise ParameterError(msg)


def gauss_kruger(longitude: float) -> Datum:
    """The 3-degree zone without a number whose central meridian is nearest to ``longitude`` (75° to 135°)."""
    zone = int(np.clip(round(longitude / 3), _FIRST_ZONE, _FIRST_ZONE + len(_PLAIN) - 1))
    return _of_epsg(_PLAIN[zone - _FIRST_ZONE])


def to_wgs84(x: ArrayLike, y: ArrayLike, datum: Datum, *, longitude: float | None = None) -> LonLat:
    """Numbers of a file to degrees of WGS 84.

    Parameters
    ----------
    x, y
        Longitude and latitude in degrees, or easting and northing in metres, as the datum has it; shape (n,).
    datum
        What they are. CGCS2000 takes all its forms side by side: degrees, metres with the number of a
        3-degree (or 6-degree) zone before the easting, and metres without.
    longitude
        A longitude of the region: metres of CGCS2000 without a zone need it to choose the central meridian.

    Returns
    -------
    tuple of ndarray
        NaN where the numbers cannot be meant in that datum.

    Notes
    -----
    CGCS2000 and WGS 84 are taken as one: they differ by centimetres to decimetres.
    """
    x, y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if datum == CGCS2000:
        return _any_cgcs2000(x, y, longitude)
    if (number := datum.epsg) is not None:
        return _projected(x, y, number)
    x, y = _in_degrees(x, y)
    if datum == GCJ02:
        return gcj02_to_wgs84(x, y)
    return bd09_to_wgs84(x, y) if datum == BD09 else (x, y)


@dataclass(frozen=True, slots=True)
class Located:
    """Places of WGS 84, row by row.

    Attributes
    ----------
    lon, lat : ndarray of float
        NaN where the numbers cannot be meant.
    swapped : ndarray of bool
        Rows whose two values stood in each other's place.
    """

    lon: Floats
    lat: Floats
    swapped: NDArray[np.bool_]


NOT_IN_DATUM = Label("数值不在“{zh}”的范围内，请检查坐标系或单位", "the numbers cannot be {en}; check the datum and the unit")
_WINDOW_DEG = 0.5  # about a county's width: a place just over the border is not swapped


def locate(
    x: ArrayLike, y: ArrayLike, datum: Datum, *, around: Bounds | None = None, told: NDArray[np.bool_] | None = None
) -> Located:
    """As :func:`to_wgs84`, mending rows whose two values are swapped (northing first, latitude first).

    A row counts as swapped when the numbers mean nothing as they stand, or a place far from the region, and
    a place in the region the other way round.

    Parameters
    ----------
    x, y, datum
        As in :func:`to_wgs84`.
    around
        Bounds of the region, in degrees.
    told
        Rows whose writing says which is the longitude: they are taken as they stand.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    middle = None if around is None else (around.west + around.east) / 2
    lon, lat = to_wgs84(x, y, datum, longitude=middle)
    wrong = np.isnan(lon) if around is None else ~_within(lon, lat, around)
    wrong &= ~(np.isnan(x) | np.isnan(y))
    if told is not None:
        wrong &= ~told
    swapped = np.zeros(len(x), dtype=bool)
    if wrong.any():
        rows = np.flatnonzero(wrong)
        other_lon, other_lat = to_wgs84(y[rows], x[rows], datum, longitude=middle)
        better = ~np.isnan(other_lon) if around is None else _within(other_lon, other_lat, around)
        # What means nothing as it stands but something swapped is swapped, in the region or not.
        better |= np.isnan(lon[rows]) & ~np.isnan(other_lon)
        swapped[rows[better]] = True
        lon[rows[better]], lat[rows[better]] = other_lon[better], other_lat[better]
    return Located(lon, lat, swapped)


def not_in(datum: Datum) -> Label:
    """Why a row has no place although its numbers could be read."""
    return Label(NOT_IN_DATUM.zh.format(zh=datum.label.zh), NOT_IN_DATUM.en.format(en=datum.label.en))


def candidates(x: ArrayLike, y: ArrayLike, *, longitude: float | None = None) -> Sequence[Datum]:
    """The datums that numbers of this size can be of, to be held against the ground.

    WGS 84 stands for CGCS2000 in degrees too; metres without the number of a zone are tried in the zone of the region
    and its neighbours (a 6-degree zone has the meridian of one of them), metres with a number in the zone that it names.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = ~(np.isnan(x) | np.isnan(y))
    if not known.any():
        return ()
    if not is_metres(x, y):
        return (WGS84, GCJ02, BD09)
    mercator = _of_epsg(WEB_MERCATOR)
    largest = np.maximum(np.abs(x[known]), np.abs(y[known]))
    if np.median(largest) >= 13e6:
        zones = dict.fromkeys((largest // 1e6).astype(int).tolist())
        led = [_ZONED[zone - _FIRST_ZONE] for zone in zones if 0 <= zone - _FIRST_ZONE < len(_ZONED)]
        led += [_WIDE[zone - _FIRST_WIDE] for zone in zones if 0 <= zone - _FIRST_WIDE < len(_WIDE)]
        return (*(_of_epsg(number) for number in led[:_MOST_ZONES]), *([CGCS2000] if len(led) != 1 else []), mercator)
    if longitude is None:
        return (CGCS2000, mercator)
    return tuple(dict.fromkeys((*(gauss_kruger(longitude + step) for step in (0.0, -3.0, 3.0)), mercator)))


_MOST_ZONES = 3


def is_metres(x: ArrayLike, y: ArrayLike) -> bool:
    """Whether most numbers are too large for degrees."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = ~(np.isnan(x) | np.isnan(y))
    return bool(known.any() and np.median(np.maximum(np.abs(x[known]), np.abs(y[known]))) > 180)


class _Known(threading.local):
    """Each thread's own transformers: making one takes milliseconds, and they are not to be shared."""

    def __init__(self) -> None:
        self.of = lru_cache(16)(lambda number: Transformer.from_crs(number, 4326, always_xy=True))


_known = _Known()


@lru_cache(maxsize=64)
def _of_epsg(number: int) -> Datum:
    code = f"EPSG:{number}"
    if number in _ZONED or number in _PLAIN:
        zone = _zone(number)
        zh, en = ("带带号", "with") if number in _ZONED else ("不带带号", "without")
        return Datum(code, Label(f"国家大地 2000，3 度带第 {zone} 带（中央经线 {3 * zone}°），{zh}",
                                 f"CGCS2000, 3-degree zone {zone} (central meridian {3 * zone}°), {en} zone number"))
    system = CRS.from_epsg(number)
    if number == WEB_MERCATOR:
        return Datum(code, Label("Web 墨卡托", "Web Mercator"))
    ground = str((system.geodetic_crs or system).name)
    exact = any(word in ground for word in ("WGS 84", "China Geodetic Coordinate System 2000", "ETRS89"))
    note = NO_LABEL if exact else Label(
        f"{ground} 到 WGS 84 没有公开的精确参数，位置可能偏差数十至上百米",
        f"no exact way from {ground} to WGS 84 is public; places may be off by tens of metres or more",
    )
    return Datum(code, Label(str(system.name), str(system.name)), note)


def _zone(number: int) -> int:
    return _FIRST_ZONE + (number - _ZONED.start) % len(_ZONED)


def _within(lon: Floats, lat: Floats, around: Bounds) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (
        (lon >= around.west - _WINDOW_DEG) & (lon <= around.east + _WINDOW_DEG)
        & (lat >= around.south - _WINDOW_DEG) & (lat <= around.north + _WINDOW_DEG)
    )
    return inside


def _in_degrees(x: Floats, y: Floats) -> LonLat:
    fine = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    return np.where(fine, x, np.nan), np.where(fine, y, np.nan)


def _any_cgcs2000(x: Floats, y: Floats, longitude: float | None) -> LonLat:
    lon, lat = _in_degrees(x, y)
    with np.errstate(invalid="ignore"):
        zone = np.where(np.isfinite(x), x // 1e6, 0)
    for number in (*_ZONED, *_WIDE):
        led_by = _zone(number) if number in _ZONED else _FIRST_WIDE + number - _WIDE.start
        rows = zone == led_by
        if rows.any():
            lon[rows], lat[rows] = _projected(x[rows], y[rows], number)
    rows = (zone == 0) & (np.abs(x) > 180)
    if rows.any() and longitude is not None:
        lon[rows], lat[rows] = _projected(x[rows], y[rows], gauss_kruger(longitude).epsg or 0)
    return lon, lat


def _projected(x: Floats, y: Floats, number: int) -> LonLat:
    """By PROJ; of Gauss-Krüger metres with or without the number, whichever the declared system has."""
    system = CRS.from_epsg(number)
    if number in _ZONED or number in _PLAIN:
        led = x >= 1e6
        foreign = led & (x // 1e6 != _zone(number))
        x = np.where(led, x % 1e6, x)
        number = _PLAIN[_zone(number) - _FIRST_ZONE]
        x = np.where(foreign, np.nan, x)
    if number in _PLAIN or number in _WIDE:
        off = np.abs(x % 1e6 - _EASTING_M) if number in _WIDE else np.abs(x - _EASTING_M)
        fine = (off <= _HALF_ZONE_M) & (y >= 0) & (y <= 1e7)
    elif system.is_geographic:
        fine = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    else:
        fine = np.isfinite(x) & np.isfinite(y)
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    if fine.any():
        lon[fine], lat[fine] = _known.of(number).transform(x[fine], y[fine])
    lon, lat = _in_degrees(lon, lat)
    area = system.area_of_use
    if number not in _PLAIN and number not in _WIDE and area is not None and area.west <= area.east:
        used = _within(lon, lat, Bounds(area.west - 2, area.south - 2, area.east + 2, area.north + 2))
        lon, lat = np.where(used, lon, np.nan), np.where(used, lat, np.nan)
    return lon, lat
