"""What the siting service answers with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About
from layers.schema import Label


@dataclass(frozen=True, slots=True)
class People:
    """Households and their persons; None where fewer than five households would be told of who may see counts only."""

    households: int | None
    persons: int | None


@dataclass(frozen=True, slots=True)
class PlaceTally:
    """A village whose people a station newly reaches, or a station that it relieves."""

    id: str
    name: str
    households: int | None
    persons: int | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The next best place for one station while the others stay, and by how much the objective would be worse."""

    id: str
    name: str
    worse_by: float


@dataclass(frozen=True, slots=True)
class Near:
    """Support points of one kind near a place."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class ChosenSite:
    """A new station of the plan.

    Attributes
    ----------
    letter
        What it is called on the map and in the table.
    newly
        People that no station reached before and that are nearest to this one now.
    served
        Everybody whose station this one is now, within the limit.
    villages
        Where the newly reached live, most persons first.
    relieves
        Stations whose people are nearer to this one, most persons first.
    alternative
        None where there is no other place, or where the stations' capacities count.
    by_mode
        Persons within the limit of this station alone, by mode.
    near, road
        Support points within 500 m; the road that the place is on, and how many metres from it.
    must
        Opened because the question says so.
    cost
        Where costs matter.
    capacity
        How many persons it serves at most, where that matters; ``served`` are no more.
    """

    letter: str
    id: str
    name: str
    kind: str
    lon: float
    lat: float
    village: str
    township: str
    newly: People
    served: People
    villages: tuple[PlaceTally, ...]
    relieves: tuple[PlaceTally, ...]
    alternative: Alternative | None
    by_mode: dict[str, int | None]
    near: tuple[Near, ...]
    road: Label | None
    road_m: float | None
    must: bool
    cost: float | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class TownshipChange:
    """Reach of the people asked about in one township, before and after; None where it is withheld.

    ``code`` is empty for those in none.
    """

    code: str
    name: str
    households: int
    persons: int
    persons_before: int | None
    persons_after: int | None

    @property
    def rates(self) -> tuple[float | None, float | None]:
        """Shares of persons, before and after."""
        if not self.persons or self.persons_before is None or self.persons_after is None:
            return None, None
        return self.persons_before / self.persons, self.persons_after / self.persons


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The best that so many new stations attain: weight within the limit, its share, and what the last one adds."""

    added: int
    objective: float
    bound: float
    share: float
    gain: float
    status: str


@dataclass(frozen=True, slots=True)
class TradeOffPoint:
    """The most that can be reached in all while no township falls below a share.

    Attributes
    ----------
    worst
        The share of the township that is worst off, and which that is.
    objective, bound, share
        Weight within the limit in all, what no plan with that share can better, and its share of everybody.
    """

    worst: float
    township: str
    objective: float
    bound: float
    share: float
    status: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What makes the question unanswerable, by how much, and where."""

    what: str
    township: str
    needed: float
    possible: float
    text: Label


@dataclass(frozen=True, slots=True)
class SitingReport:
    """The answer.

    Attributes
    ----------
    problem
        What was asked: code of :data:`app.services.siting.question.OBJECTIVE`.
    status
        ``optimal``, ``feasible`` (with a bound), ``time_limit`` (stopped; the best so far) or ``infeasible``.
    objective, bound, gap
        What the plan attains, what no plan can better, and the difference relative to the first; None without a plan.
    unit
        What the objective is counted in.
    before, after, everybody
        Persons and households within the limit, and all that the question is about.
    unreachable
        People that no station nor candidate reaches within the limit (for travel: at all).
    closed
        Stations that the plan gives up.
    trade_off
        Of ``fair``: from the most in all to the most for the township that is worst off; nobody sees it to whom a
        township is withheld.
    cost, budget
        What the new stations cost together, and what there is to spend; None where costs do not matter.
    capacity
        How many persons all stations serve at most, before and after; None where that does not matter.
    """

    about: About
    problem: str
    mode: str
    minutes: float
    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    unit: Label
    candidates: int
    stations: int
    everybody: People
    before: People
    after: People
    unreachable: People
    minutes_mean: tuple[float | None, float | None]
    minutes_worst: tuple[float | None, float | None]
    chosen: tuple[ChosenSite, ...]
    closed: tuple[PlaceTally, ...]
    townships: tuple[TownshipChange, ...]
    obstacles: tuple[Obstacle, ...]
    curve: tuple[CurvePoint, ...] = ()
    trade_off: tuple[TradeOffPoint, ...] = ()
    cost: float | None = None
    budget: float | None = None
    capacity: tuple[int, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = asdict(self)
        plain.pop("about")
        plain["unit"] = self.unit._asdict()
        plain["chosen"] = [
            {**site, "road": None if one.road is None else one.road._asdict()}
            for site, one in zip(plain["chosen"], self.chosen, strict=True)
        ]
        plain["obstacles"] = [
            {**row, "text": one.text._asdict()} for row, one in zip(plain["obstacles"], self.obstacles, strict=True)
        ]
        lists = ("chosen", "closed", "townships", "obstacles", "curve")
        return {**self.about.to_dict(), **plain, **{name: list(plain[name]) for name in lists}}
