"""Who asks. Every service takes a :class:`Viewer`; reach and masking are applied there only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.errors import RongtuError


class Role(StrEnum):
    """What a person does in the bureau."""

    PLANNER = "planner"
    CREW = "crew"
    VISITOR = "visitor"
    LEADER = "leader"
    STEWARD = "steward"


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
