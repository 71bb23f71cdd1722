"""What is printed with every answer: its rule, the date of the data, the region, and what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from app.services.county.data_date import data_date
from app.services.county.state import StoreState
from layers.schema import Label

UNNAMED = Label("未命名地区", "Unnamed region")


@dataclass(frozen=True, slots=True)
class About:
    """Rule, data date and region of an answer; ``notes`` name what is missing and what to do about it."""

    rule: Label
    as_of: dt.date
    region: Label
    fictional: bool
    notes: tuple[Label, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": self.rule._asdict(),
            "as_of": self.as_of.isoformat(),
            "region": {"name": self.region.zh, "name_en": self.region.en, "fictional": self.fictional},
            "notes": [note._asdict() for note in self.notes],
        }


def about(state: StoreState, rule: Label, notes: tuple[Label, ...] = ()) -> About:
    """What is to be said of an answer that follows ``rule``.

    Raises
    ------
    NoDataError
        When nothing has been loaded.
    """
    known = state.store.region()
    return About(
        rule=rule,
        as_of=data_date(state.store),
        region=Label(known.name_zh, known.name_en) if known else UNNAMED,
        fictional=bool(known and known.fictional),
        notes=notes,
    )
