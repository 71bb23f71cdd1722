"""What claims are held against: the layers of one state of the store, each read when it is first counted."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import pandas as pd

from app.roles import Viewer
from app.services.county.areas import there_on
from app.services.county.facilities import IN_FORCE, agreement_state
from layers.store import Store


class Material:
    """The layers as of ``day``, without geometry and without personal data; ``viewer`` is who asks."""

    def __init__(self, viewer: Viewer, store: Store, day: dt.date) -> None:
        self.viewer = viewer
        self.store = store
        self.day = day

    @cached_property
    def townships(self) -> pd.DataFrame:
        """Townships in force."""
        return self._units("townships", [])

    @cached_property
    def villages(self) -> pd.DataFrame:
        """Villages in force, with their ``township``."""
        return self._units("villages", ["township"])

    @cached_property
    def stations(self) -> pd.DataFrame:
        """Every station, whatever its status."""
        return self.store.read("stations", columns=["id", "name", "level", "status", "unit"])

    @cached_property
    def grades(self) -> pd.DataFrame:
        """Every grade awarded by ``day``, with ``in_force``."""
        grades = self.store.read("station_grades", columns=["id", "station", "grade", "awarded", "valid_to"])
        grades = grades[grades["awarded"] <= str(self.day)]
        return grades.assign(in_force=grades["valid_to"].isna() | (grades["valid_to"] >= str(self.day)))

    @cached_property
    def checks(self) -> pd.DataFrame:
        """Checks of stations."""
        return self.store.read("station_checks", columns=["id", "station", "date", "kind"])

    @cached_property
    def households(self) -> pd.DataFrame:
        """Households; an id stands for a name, which is personal data."""
        columns = ["id", "categories", "persons", "plaque_hung", "adaptation"]
        return self.store.read("households", columns=columns)

    @cached_property
    def support_points(self) -> pd.DataFrame:
        """Support points, with ``in_force`` for their agreement."""
        points = self.store.read("support_points", columns=["id", "name", "kind", "agreement_from", "agreement_to"])
        return points.assign(in_force=agreement_state(points, self.day) == IN_FORCE)

    @cached_property
    def memorials(self) -> pd.DataFrame:
        """Memorials, with the ``township`` of their village."""
        found = self.store.read("memorials", columns=["id", "name", "village", "condition"])
        township = self.villages.set_index("id")["township"]
        return found.assign(township=found["village"].map(township))

    @cached_property
    def agreements(self) -> pd.DataFrame:
        """Agreements about memorials, with ``in_force``."""
        found = self.store.read("agreements", columns=["id", "memorial", "party", "valid_from", "valid_to"])
        begun, ended = found["valid_from"] <= str(self.day), found["valid_to"] < str(self.day)
        return found.assign(in_force=begun & ~ended)

    @cached_property
    def works(self) -> pd.DataFrame:
        """Works on memorials."""
        return self.store.read("works", columns=["id", "memorial", "kind", "state", "budget_yuan", "spent_yuan"])

    def _units(self, layer: str, more: list[str]) -> pd.DataFrame:
        units = self.store.read(layer, columns=["id", "name", "valid_from", "valid_to", *more])
        there: pd.DataFrame = there_on(self.day, units)
        return there
