"""Entries of the ledger and the history of an object, as every door shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.roles import called
from app.services.answers.plain import plain
from layers.schema import Label, Layer
from layers.store import Load, LoadKind

KINDS: Mapping[LoadKind, Label] = {
    LoadKind.FILE: Label("文件", "File"),
    LoadKind.OSM: Label("开放地图", "OpenStreetMap"),
    LoadKind.DEMO: Label("演示县", "Demonstration"),
    LoadKind.EDIT: Label("修改", "Edit"),
    LoadKind.UNITS: Label("区划调整", "Change of units"),
    LoadKind.UNDO: Label("撤销", "Undoing"),
}

HIDDEN = "***"
"""What stands for personal data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One load; ``source`` and ``reason`` say no more than the viewer may know."""

    load: Load
    source: str
    reason: str

    @property
    def kind(self) -> Label:
        """What kind of load it is, in words."""
        return KINDS[self.load.kind]

    @property
    def who(self) -> Label:
        """Who loaded it, in words."""
        return called(self.load.loaded_by)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        load = self.load
        return {
            "id": load.id,
            "kind": load.kind.value,
            "kind_label": self.kind._asdict(),
            "source": self.source,
            "sha256": load.sha256,
            "loaded_by": load.loaded_by,
            "loaded_by_label": self.who._asdict(),
            "loaded_at": load.loaded_at.isoformat(),
            "as_of": load.as_of.isoformat(),
            "reason": self.reason,
            "undone_by": load.undone_by,
            "layers": [{"layer": name, **asdict(done)} for name, done in load.layers.items()],
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One version of an object: its content without personal data, and what differs from the one before."""

    version: int
    updated_at: dt.datetime
    content: Mapping[str, Any]
    changed: tuple[str, ...]
    load: Entry
    ended_by: Entry | None
    removed: bool

    def to_dict(self, layer: Layer) -> dict[str, Any]:
        """Plain values for JSON."""
        content = {name: plain(value) for name, value in self.content.items()}
        return {
            "version": self.version,
            "updated_at": self.updated_at.isoformat(),
            "content": content | {spec.name: HIDDEN for spec in layer.protected},
            "changed": list(self.changed),
            "load": self.load.to_dict(),
            "ended_by": None if self.ended_by is None else self.ended_by.to_dict(),
            "removed": self.removed,
        }


@dataclass(frozen=True, slots=True)
class History:
    """All that one object ever was, the oldest first."""

    layer: Layer
    id: str
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"layer": self.layer.name, "id": self.id, "versions": [step.to_dict(self.layer) for step in self.steps]}
