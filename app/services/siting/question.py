"""A question about siting: what is wanted, for whom, and where stations may go. Written as JSON, or option by option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le, Len
from pydantic import ConfigDict, Field, TypeAdapter

from app.services.answers.written import as_written, read_json
from app.services.county.facilities import FacilityChoice
from app.services.scenarios.definition import Id, Polygon, Position
from geo.errors import ParameterError
from geo.speeds import Mode
from layers.schema import Label, Vocabulary

Objective = Literal["coverage", "backup", "set-cover", "p-median", "p-center", "fair"]
CandidateKind = Literal["villages", "planned", "support_points"]
Weight = Literal["persons", "households"]

MAX_ADDED = 200
MAX_PLACES = 5_000
MAX_SECONDS = 600.0

OBJECTIVE = Vocabulary("objective", {
    "coverage": Label("覆盖最多的人", "Most people within the limit"),
    "backup": Label("覆盖最多的人，并计第二个站", "Most people within the limit, a second station counted too"),
    "set-cover": Label("用最少的站覆盖", "Fewest stations that cover the share"),
    "p-median": Label("总用时最少", "Least travel for everybody"),
    "p-center": Label("最远的一户最近", "The farthest household as near as can be"),
    "fair": Label("先保各乡镇，再求总数", "A share in every township first, then the total"),
})

CANDIDATE_KIND = Vocabulary("candidate_kind", {
    "village": Label("村（社区）", "Village"),
    "station": Label("规划站", "Planned station"),
    "support": Label("服务点", "Support point"),
    "place": Label("自选位置", "Chosen place"),
})

PEOPLE_ALL = "all"


class SitingError(ParameterError):
    """What is asked cannot be meant, or has no answer; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the planner's own."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    at: Position
    name: Annotated[str, Len(0, 100)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitingQuestion:
    """One question about siting.

    Attributes
    ----------
    objective
        Code of :data:`OBJECTIVE`.
    add
        New stations; for ``set-cover`` the answer, and so of no meaning here.
    mode, minutes
        How people travel; the limit, included. Of no meaning for ``p-median`` and ``p-center``, save for
        what is told of reach.
    weight, people
        What is counted of each household (its persons or itself), and of which: ``all``, or a kind of
        household as fairness names them (``elder``, ``elder_alone``, a category, a difficulty).
    need
        How many times a household of such a kind counts; of several kinds the highest holds.
    candidates, support_kind, business, places
        Where a station may go.
    must, banned
        Candidates that every plan opens, and that none may open.
    forbidden
        Areas in which none may be opened, outlines included.
    share, by_township
        Of ``set-cover``: which share is to be covered, of everybody or in each township. Of ``fair``:
        the share that each township is to have first.
    close
        So many of the stations that there are may be given up, for as many new ones more.
    cost, costs, budget
        What a new station costs, by candidate where it differs; what there is to spend in place of ``add``.
    staff, persons_per_staff
        Staff of a new station, and how many persons one of them serves: a station serves no more.
    seconds, seed
        How long to search at the most; what random choices begin from.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    objective: Objective = "coverage"
    add: Annotated[int, Ge(0), Le(MAX_ADDED)] = 5
    mode: Mode = Mode.DRIVE
    minutes: Annotated[float, Field(gt=0, le=24 * 60, allow_inf_nan=False)] = 15.0
    weight: Weight = "persons"
    people: Annotated[str, Len(1, 60)] = PEOPLE_ALL
    need: Mapping[str, Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]] = field(default_factory=dict)
    levels: Annotated[tuple[str, ...], Len(0, 3)] = ()
    grade: str | None = None
    candidates: Annotated[tuple[CandidateKind, ...], Len(0, 3)] = ("villages",)
    support_kind: str | None = None
    business: str | None = None
    places: Annotated[tuple[Place, ...], Len(0, MAX_PLACES)] = ()
    must: Annotated[tuple[Id, ...], Len(0, MAX_ADDED)] = ()
    banned: Annotated[tuple[Id, ...], Len(0, MAX_PLACES)] = ()
    forbidden: Annotated[tuple[Polygon, ...], Len(0, 100)] = ()
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1.0
    by_township: bool = False
    close: Annotated[int, Ge(0), Le(MAX_ADDED)] = 0
    cost: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] = 1.0
    costs: Mapping[str, Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]] = field(default_factory=dict)
    budget: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)] | None = None
    staff: Annotated[int, Ge(1), Le(500)] = 1
    persons_per_staff: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] | None = None
    seconds: Annotated[float, Field(gt=0, le=MAX_SECONDS, allow_inf_nan=False)] = 30.0
    seed: Annotated[int, Ge(0), Le(2**31 - 1)] = 0

    def __post_init__(self) -> None:
        if not self.candidates and not self.places:
            msg = "没有候选点：请选一类，或点出位置 (no candidates: choose a kind of them, or places)"
            raise SitingError(msg)
        both = sorted({*self.must} & {*self.banned})
        if both:
            msg = f"候选点 {both[0]} 既必选又排除，请只留一个 ({both[0]} is both a must and banned; keep one)"
            raise SitingError(msg)
        if self.close and (self.budget is not None or self.persons_per_staff is not None or self.objective not in _MOVABLE):
            msg = (
                "迁站（close）目前只与 coverage、backup、p-median 同用，且不与预算、容量同用 "
                "(close goes with coverage, backup and p-median, without budget and capacity)"
            )
            raise SitingError(msg)

    @property
    def existing(self) -> FacilityChoice:
        """The stations that there are."""
        return FacilityChoice(levels=self.levels, grade=self.grade)

    @property
    def priced(self) -> bool:
        """Whether what stations cost matters."""
        return self.budget is not None or bool(self.costs) or self.cost != 1

    @property
    def nearest_only(self) -> bool:
        """Whether nothing but the nearest station of each household matters: all stay, and there is room for all.

        Covering tells whether a candidate reaches anybody, nearer stations or not.
        """
        return not self.close and self.persons_per_staff is None and self.objective not in {"coverage", "backup", "fair"}

    @property
    def limit_s(self) -> float:
        """The limit in seconds."""
        return self.minutes * 60


_MOVABLE = ("coverage", "backup", "p-median")


_ADAPTER = TypeAdapter(SitingQuestion)
CALLED = Label("选址问题", "the siting question")
"""What a question is called where it is refused."""


def read_question(text: str | bytes) -> SitingQuestion:
    """The question that ``text`` writes in JSON.

    Raises
    ------
    SitingError
        Names the place, what is wrong with it, and what is allowed.
    """
    return as_question(read_json(text, called=CALLED, error=SitingError))


def as_question(given: Any) -> SitingQuestion:
    """The question that plain values write; raises what :func:`read_question` raises."""
    return as_written(_ADAPTER, given, called=CALLED, error=SitingError, kinds=("Polygon",))
