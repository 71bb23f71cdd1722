"""What the coverage service answers with."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from app.services.coverage.explanation import Explanation
from layers.schema import Label


@dataclass(frozen=True, slots=True)
class Share:
    """Establishment beside reach. Rates are 0 to 1, None where there is nothing to divide by.

    What is reached, and the rates, are None too where there are too few households to tell
    (:mod:`app.services.county.small_cells`): how many live there is told, not what is so of them.
    ``units`` are the areas of the chosen level; ``villages`` those within, whatever the level.
    ``reach_rate`` leaves out households whose place is imprecise; ``_low`` takes them as not
    reached, ``_high`` as reached.
    """

    households: int
    persons: int
    households_reached: int | None
    persons_reached: int | None
    households_imprecise: int
    persons_imprecise: int
    reach_rate: float | None
    reach_rate_low: float | None
    reach_rate_high: float | None
    persons_reach_rate: float | None
    persons_reach_rate_low: float | None
    persons_reach_rate_high: float | None
    units: int
    units_with_station: int
    establishment_rate: float | None
    villages: int
    villages_with_station: int

    @property
    def households_unreached(self) -> int | None:
        """Households whose place is known and who are out of reach; None where that is withheld."""
        reached = self.households_reached
        return None if reached is None else self.households - reached - self.households_imprecise

    @property
    def persons_unreached(self) -> int | None:
        """Persons whose place is known and who are out of reach; None where that is withheld."""
        return None if self.persons_reached is None else self.persons - self.persons_reached - self.persons_imprecise


@dataclass(frozen=True, slots=True)
class AreaShare(Share):
    """The share of one township or village; empty ``code`` for households that lie in none.

    ``too_few`` where figures are withheld because they would be those of single households.
    """

    code: str
    name: str
    level: str
    township: str
    too_few: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A village (a township where there are no villages) with households out of reach.

    ``why`` says why, and what would help; None where no facility is counted. The gaps of villages
    with too few households to tell (:mod:`app.services.county.small_cells`) are summed in one, the last,
    whose ``code`` is empty and which is ``too_few``: that one of them is listed would tell of its households.
    ``off_network`` and ``unreachable`` are None where they, or those merely too far, are too few to tell.
    """

    code: str
    name: str
    township: str
    township_name: str
    households: int
    persons: int
    off_network: int | None
    unreachable: int | None
    nearest_minutes_median: float | None
    why: Explanation | None = None
    too_few: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        why = None if self.why is None else {**asdict(self.why), "by_mode": [asdict(m) for m in self.why.by_mode]}
        return {**asdict(self), "why": why}


@dataclass(frozen=True, slots=True)
class Unknown:
    """Households without a time, and those whose time means little; no household is in two of them.

    ``disconnected`` are those of the ``unreachable`` whose roads are joined to no facility's at
    all; the others are kept away by one-way streets. All but the imprecise are None where there are
    too few households to tell.
    """

    off_network: int | None
    unreachable: int | None
    imprecise: int
    disconnected: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What was counted, and how; printed with every figure."""

    mode: str
    minutes: float
    facilities: str
    facilities_en: str
    facilities_counted: int
    by: str
    estimate: bool
    speed_kph: float | None
    access_kph: float
    max_access_m: float
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The answer, with the rule that it follows and the date of the data.

    ``notes`` name what is missing for a fuller answer, and what to do about it.
    """

    rule: Rule
    as_of: dt.date
    region: Label
    fictional: bool
    total: Share
    by_area: tuple[AreaShare, ...]
    gaps: tuple[Gap, ...]
    unknown: Unknown
    notes: tuple[Label, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": asdict(self.rule),
            "as_of": self.as_of.isoformat(),
            "region": {"name": self.region.zh, "name_en": self.region.en, "fictional": self.fictional},
            "total": asdict(self.total),
            "by_area": [asdict(area) for area in self.by_area],
            "gaps": [gap.to_dict() for gap in self.gaps],
            "unknown": asdict(self.unknown),
            "notes": [note._asdict() for note in self.notes],
        }
