"""Stated figures beside counted ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.services.answers.about import About
from layers.schema import Label

MOST_NAMED = 50
"""Objects of one explanation that are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Named:
    """One object."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Objects that may explain a difference; ``objects`` names the first of ``count``, none of them single households."""

    label: Label
    layer: str
    count: int
    objects: tuple[Named, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "label": self.label._asdict(),
            "layer": self.layer,
            "count": self.count,
            "objects": [{"id": one.id, "name": one.name} for one in self.objects],
        }


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another definition, what it counts, and whether that is what was stated."""

    definition: Label
    counted: float
    agrees: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"definition": self.definition._asdict(), "counted": self.counted, "agrees": self.agrees}


@dataclass(frozen=True, slots=True)
class HeldClaim:
    """One stated figure beside what is counted.

    Attributes
    ----------
    indicator
        Code in the registry; None when the claim's is not in it: nothing is counted then.
    label
        The indicator in words, or what the claim says.
    counted
        In the claim's own unit; None where nothing is counted or the count is withheld.
    agrees
        The count, rounded as the claim is, is what was stated; None where there is no count.
    withheld
        The count would tell of too few households.
    others
        Other readings of the same figure.
    explained_by
        Objects behind a difference; empty where the claim agrees.
    """

    id: str
    indicator: str | None
    label: Label
    stated: float
    unit: str
    as_of: dt.date
    statement: str
    stated_in: str
    definition: Label | None = None
    counted: float | None = None
    agrees: bool | None = None
    withheld: bool = False
    others: tuple[OtherReading, ...] = ()
    explained_by: tuple[Explanation, ...] = ()

    @property
    def difference(self) -> float | None:
        """Counted minus stated."""
        return None if self.counted is None else round(self.counted - self.stated, 6)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "id": self.id,
            "indicator": self.indicator,
            "label": self.label._asdict(),
            "stated": self.stated,
            "unit": self.unit,
            "as_of": self.as_of.isoformat(),
            "statement": self.statement,
            "stated_in": self.stated_in,
            "definition": None if self.definition is None else self.definition._asdict(),
            "counted": self.counted,
            "difference": self.difference,
            "agrees": self.agrees,
            "withheld": self.withheld,
            "others": [other.to_dict() for other in self.others],
            "explained_by": [one.to_dict() for one in self.explained_by],
        }


@dataclass(frozen=True, slots=True)
class ClaimsReport:
    """Every claim, those about one indicator together, in the order of their dates."""

    about: About
    claims: tuple[HeldClaim, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return self.about.to_dict() | {"claims": [claim.to_dict() for claim in self.claims]}
