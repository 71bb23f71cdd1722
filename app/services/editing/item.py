"""One object as it is read, and what is to be different about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from app.services.answers.plain import plain
from layers.schema import Layer


@dataclass(frozen=True, slots=True)
class Item:
    """One object as the store holds it; protected fields are left out.

    Attributes
    ----------
    fields
        Field to value in the field's own type, None for nothing.
    shape
        In WGS 84; None where there is none.
    version
        To be named by whoever changes it.
    source
        Id of the load or edit that the version came with.
    """

    layer: Layer
    id: str
    fields: Mapping[str, Any]
    shape: BaseGeometry | None
    version: int
    source: int
    updated_at: dt.datetime

    @property
    def name(self) -> str:
        """What people call it; its id where it has no name."""
        return str(self.fields.get("name") or self.id)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "layer": self.layer.name, "id": self.id, "version": self.version, "load": self.source,
            "updated_at": self.updated_at.isoformat(), "geometry": None if self.shape is None else plain(self.shape),
            "fields": {name: plain(value) for name, value in self.fields.items() if name != "id"},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different: fields with their new values, a new place, and why."""

    fields: Mapping[str, Any]
    shape: BaseGeometry | None
    reason: str
