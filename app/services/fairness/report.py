"""What the fairness service answers with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from app.services.answers.about import About


@dataclass(frozen=True, slots=True)
class GroupReach:
    """Reach of one kind of household; a household may be of many kinds.

    Everything but the label is None where ``too_few``: the figures would be those of single
    households, or those of single households could be had from them.

    Attributes
    ----------
    kind
        ``all``, ``group``, ``category`` or ``difficulty``: where ``code`` is from.
    rate, rate_low, rate_high
        Of households; imprecise ones are left out, taken as not reached, taken as reached.
    minutes_median
        Of the households that have a way.
    """

    kind: str
    code: str
    zh: str
    en: str
    too_few: bool
    households: int | None = None
    persons: int | None = None
    households_imprecise: int | None = None
    households_reached: int | None = None
    persons_reached: int | None = None
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    persons_rate: float | None = None
    minutes_median: float | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly minutes are spread over some persons; None where that cannot be told.

    Attributes
    ----------
    rate
        Share of households within the limit.
    minutes_mean, gini, worst_tenth_minutes
        Over persons who have a way at all, every person counting the same.
    without
        Share of persons of known place who have no way at all.
    """

    households: int
    persons: int
    households_imprecise: int
    rate: float | None
    minutes_mean: float | None
    minutes_median: float | None
    gini: float | None
    worst_tenth_minutes: float | None
    without: float | None


@dataclass(frozen=True, slots=True)
class TownshipSpread(Spread):
    """The spread in one township; empty ``code`` for households that lie in none."""

    code: str
    name: str
    too_few: bool


@dataclass(frozen=True, slots=True)
class TownshipGap:
    """Distance between the townships of the highest and the lowest reach rate."""

    best_code: str
    best_name: str
    best_rate: float
    worst_code: str
    worst_name: str
    worst_rate: float

    @property
    def difference(self) -> float:
        """How much higher the best rate is, 0 to 1."""
        return self.best_rate - self.worst_rate


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """The answer.

    ``gap`` is None where fewer than two townships can be told. ``lorenz`` is the share of all
    minutes that the quickest 0, 10, … 100 % of persons take, empty where there are too few.
    """

    about: About
    mode: str
    minutes: float
    elder_pace: bool
    estimate: bool
    facilities_counted: int
    total: Spread
    groups: tuple[GroupReach, ...]
    by_township: tuple[TownshipSpread, ...]
    gap: TownshipGap | None
    lorenz: tuple[float, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        plain = {name: value for name, value in asdict(self).items() if name != "about"}
        if self.gap is not None:
            plain["gap"]["difference"] = self.gap.difference
        lists = {name: list(plain[name]) for name in ("groups", "by_township", "lorenz")}
        return {**self.about.to_dict(), **plain, **lists}
