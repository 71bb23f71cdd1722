"""Who asks. Every service takes a :class:`Viewer`; reach and masking are applied there only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from geo.errors import RongtuError
from layers.schema import Label


class Role(StrEnum):
    """What a person does in the bureau."""

    PLANNER = "planner"
    CREW = "crew"
    VISITOR = "visitor"
    LEADER = "leader"
    STEWARD = "steward"


ROLE_LABELS: Mapping[Role, Label] = MappingProxyType({
    Role.PLANNER: Label("规划人员", "Planner"),
    Role.CREW: Label("管护人员", "Crew"),
    Role.VISITOR: Label("走访人员", "Visitor"),
    Role.LEADER: Label("领导", "Leader"),
    Role.STEWARD: Label("数据管理员", "Steward"),
})


def called(who: str) -> Label:
    """What is shown for whoever did something: a role in words, anybody else by name."""
    return ROLE_LABELS[Role(who)] if who in {role.value for role in Role} else Label(who, who)


class NotPermittedError(RongtuError, PermissionError):
    """The viewer may not see or do this."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and what may be seen.

    ``townships`` is the reach (None: the whole county); ``points`` says whether single households
    may be seen, or only counts of them.
    """

    role: Role
    townships: frozenset[str] | None = None
    points: bool = False

    def reaches(self, township: str | None) -> bool:
        """True when the viewer's reach takes in ``township``."""
        return self.townships is None or township in self.townships

    def need_points(self) -> None:
        """Go on only where single households may be seen.

        Raises
        ------
        NotPermittedError
            When the viewer may only see counts.
        """
        if not self.points:
            msg = "没有查看单户结果的权限，只能查看汇总数 (single households are not shown to this viewer; only counts are)"
            raise NotPermittedError(msg)


LOCAL_STEWARD = Viewer(Role.STEWARD, points=True)
"""Whoever runs the command line on this machine and can read the store's file anyway."""

SERVER = Viewer(Role.STEWARD, points=False)
"""Whoever opens a page on this machine; until accounts exist, counts only unless the settings say otherwise."""
