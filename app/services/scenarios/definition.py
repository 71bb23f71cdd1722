"""What a scenario is: changes to stations, roads, speeds and people that are tried out and never stored as data.

Written as JSON; every part has a name, and a part that is not known is refused where it stands.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import shapely
from annotated_types import Ge, Le, Len
from pydantic import ConfigDict, Field, TypeAdapter

from app.services.answers.written import as_written, read_json
from geo.errors import ParameterError
from geo.speeds import Mode
from layers.schema import Label

FORMAT: Literal[1] = 1
"""Version of the format; a later program reads earlier ones."""

MAX_VERTICES = 20_000
"""Of all that is drawn in one scenario."""

_STRICT = ConfigDict(extra="forbid")
Id = Annotated[str, Len(1, 200)]
Position = tuple[Annotated[float, Ge(-180), Le(180)], Annotated[float, Ge(-90), Le(90)]]
"""Longitude and latitude, WGS 84."""
Level = Literal["village", "township", "county"]


class ScenarioError(ParameterError):
    """A scenario cannot be meant as it is written; the message names the place."""


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line, as GeoJSON has it; it closes the roads that it crosses."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    type: Literal["LineString"]
    coordinates: Annotated[tuple[Position, ...], Len(2, 10_000)]


@dataclass(frozen=True, slots=True)
class Polygon:
    """A drawn area, as GeoJSON has it: the outline, then its holes; it closes the roads that it touches."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    type: Literal["Polygon"]
    coordinates: Annotated[tuple[Annotated[tuple[Position, ...], Len(4, 10_000)], ...], Len(1, 100)]

    def __post_init__(self) -> None:
        for ring in self.coordinates:
            if ring[0] != ring[-1]:
                msg = "多边形没有闭合：首尾两点须相同 (the ring is not closed: its first and last point must be the same)"
                raise ScenarioError(msg)
        drawn = shapely.Polygon(self.coordinates[0], self.coordinates[1:])
        if not shapely.is_valid(drawn):
            said = shapely.is_valid_reason(drawn)
            where = said[said.find("[") + 1 : said.rfind("]")] if "[" in said else "?"
            msg = (
                f"多边形与自己相交，在经纬度 {where} 处；请重画，使边线不交叉 "
                f"(the polygon crosses itself at {where}; draw it again without crossing)"
            )
            raise ScenarioError(msg)


@dataclass(frozen=True, slots=True)
class AddStation:
    """A station more; it serves the unit that it lies in."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    change: Literal["add_station"]
    name: Annotated[str, Len(1, 100)]
    at: Position
    level: Level = "village"
    staff: Annotated[int, Ge(0), Le(500)] | None = None


@dataclass(frozen=True, slots=True)
class MoveStation:
    """A station elsewhere; it goes on serving the unit that it is there for."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    change: Literal["move_station"]
    station: Id
    at: Position


@dataclass(frozen=True, slots=True)
class CloseStation:
    """A station less."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    change: Literal["close_station"]
    station: Id


@dataclass(frozen=True, slots=True)
class CloseRoads:
    """Roads that nobody passes: named, or what a drawn line crosses or a drawn area touches."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    change: Literal["close_roads"]
    roads: Annotated[tuple[Id, ...], Len(0, 100_000)] = ()
    shape: Annotated[Line | Polygon, Field(discriminator="type")] | None = None

    def __post_init__(self) -> None:
        if bool(self.roads) == (self.shape is not None):
            msg = "封路须写 roads（道路编号）或 shape（画出的线、面）之一 (give either roads or shape)"
            raise ScenarioError(msg)


@dataclass(frozen=True, slots=True)
class Speeds:
    """Another speed for one mode, on roads of some classes (none given: of all) that it may use already."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    change: Literal["speeds"]
    mode: Mode
    classes: tuple[Id, ...] = ()
    factor: Annotated[float, Ge(0.05), Le(5)] | None = None
    kph: Annotated[float, Ge(0.5), Le(130)] | None = None

    def __post_init__(self) -> None:
        if (self.factor is None) == (self.kph is None):
            msg = "车速须写 factor（倍数）或 kph（公里/小时）之一 (give either factor or kph)"
            raise ScenarioError(msg)


Change = Annotated[
    AddStation | MoveStation | CloseStation | CloseRoads | Speeds, Field(discriminator="change")
]


@dataclass(frozen=True, slots=True)
class People:
    """People as of another load.

    The store's own as they stood on a day, those in a file that ``rongtu export`` wrote, or those in another store.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    file: Annotated[str, Len(1, 4096)] | None = None
    store: Annotated[str, Len(1, 4096)] | None = None
    as_of: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.file, self.store, self.as_of).count(None) != 2:
            msg = "people 须写 as_of（日期）、file（文件）、store（另一个库）之一 (give one of as_of, file and store)"
            raise ScenarioError(msg)
        if "@" in (self.store or "") and ":" in str(self.store).split("://", 1)[-1].split("@", 1)[0]:
            msg = "方案里不能写数据库密码；请用 PGPASSFILE (no password in a scenario; use PGPASSFILE)"
            raise ScenarioError(msg)

    @property
    def label(self) -> Label:
        """Where they come from, in words."""
        if self.as_of is not None:
            return Label(f"本库截至 {self.as_of} 的数据", f"this store as of {self.as_of}")
        return Label(str(self.file or self.store), str(self.file or self.store))


@dataclass(frozen=True, slots=True)
class MadeFor:
    """The county that a scenario was made for: its name, the state of the store and the data date then."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    region: str
    stamp: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """Changes to try out, under a name. Without ``mode`` and ``minutes`` the question says them.

    ``made_for`` is written by the program when a scenario is saved.

    Raises
    ------
    ScenarioError
        For a name that cannot be one, see :func:`known_name`, or more than :data:`MAX_VERTICES` drawn vertices.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: Annotated[str, Len(1, 80)]
    note: Annotated[str, Len(0, 2000)] = ""
    mode: Mode | None = None
    minutes: Annotated[float, Field(gt=0, le=24 * 60, allow_inf_nan=False)] | None = None
    changes: Annotated[tuple[Change, ...], Len(0, 500)] = ()
    people: People | None = None
    made_for: MadeFor | None = None
    version: Literal[1] = FORMAT

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", known_name(self.name))
        drawn = sum(_vertices(change.shape) for change in self.changes if isinstance(change, CloseRoads))
        if drawn > MAX_VERTICES:
            msg = (
                f"方案中画出的线、面共有 {drawn:,} 个点，最多 {MAX_VERTICES:,} 个；请简化图形 "
                f"(what is drawn has {drawn:,} vertices, at most {MAX_VERTICES:,} are taken; simplify it)"
            )
            raise ScenarioError(msg)

    def to_json(self) -> str:
        """The scenario as JSON, the same text for the same scenario."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without what is not given."""
        plain: dict[str, Any] = _ADAPTER.dump_python(self, mode="json", exclude_none=True)
        return plain


def _vertices(shape: Line | Polygon | None) -> int:
    if shape is None:
        return 0
    return len(shape.coordinates) if isinstance(shape, Line) else sum(len(ring) for ring in shape.coordinates)


_ADAPTER = TypeAdapter(Scenario)
_CALLED = Label("方案", "the scenario")
_KINDS = ("add_station", "move_station", "close_station", "close_roads", "speeds", "LineString", "Polygon")


def known_name(name: str) -> str:
    """A scenario's name without blanks around it. It stands in addresses and lists.

    Raises
    ------
    ScenarioError
        When it is blank, "." or "..", or has a slash, a line break or another control character in it.
    """
    known = check_letters(name).strip()
    if not known or known in {".", ".."} or "/" in known:
        msg = f"方案名称“{known}”不能用：不能为空，不能是 . 或 ..，不能含 / (a name must not be blank, . or .., nor contain /)"
        raise ScenarioError(msg)
    return known


def check_letters(name: str) -> str:
    """``name`` as it is.

    Raises
    ------
    ScenarioError
        When there are control characters in it: no store keeps them all.
    """
    if any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in name):
        msg = "方案名称不能含换行等控制字符 (a name must not contain line breaks or other control characters)"
        raise ScenarioError(msg)
    return name


def read_scenario(text: str | bytes) -> Scenario:
    """The scenario that ``text`` writes in JSON.

    Raises
    ------
    ScenarioError
        Names the place, what is wrong with it, and what is allowed.
    """
    return as_scenario(read_json(text, called=_CALLED, error=ScenarioError))


def as_scenario(given: Any) -> Scenario:
    """The scenario that plain values write; raises what :func:`read_scenario` raises."""
    if isinstance(given, dict) and given.get("version", FORMAT) != FORMAT:
        msg = (
            f"方案的格式版本是 {given.get('version')!r}，本程序只认 {FORMAT}；请升级程序 "
            f"(the scenario's format is not {FORMAT}; update the program)"
        )
        raise ScenarioError(msg)
    return as_written(_ADAPTER, given, called=_CALLED, error=ScenarioError, kinds=_KINDS)
