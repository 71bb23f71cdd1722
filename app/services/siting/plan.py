"""What a plan becomes: a scenario to try it by, and the differences between two plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.services.scenarios.definition import AddStation, Change, CloseStation, Scenario
from app.services.siting.report import ChosenSite, SitingReport
from geo.speeds import Mode


def as_scenario(report: SitingReport, name: str, *, staff: int | None = None) -> Scenario:
    """The plan as a scenario, to be compared, edited and kept like any other.

    Raises
    ------
    ScenarioError
        For a name that cannot be one.
    """
    changes: list[Change] = [CloseStation("close_station", station.id) for station in report.closed]
    changes += [
        AddStation("add_station", f"{site.letter} {site.name}"[:100], (site.lon, site.lat), "village", staff)
        for site in report.chosen
    ]
    return Scenario(name, note=report.about.rule.zh[:2000], mode=Mode(report.mode), minutes=report.minutes, changes=tuple(changes))


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What sets two plans apart.

    Attributes
    ----------
    both, only_first, only_second
        Sites by id and name.
    persons
        Persons within the limit under the second less the first; None where either is withheld.
    by_township
        Township code, name, and the same difference, where there is one.
    """

    both: tuple[tuple[str, str], ...]
    only_first: tuple[tuple[str, str], ...]
    only_second: tuple[tuple[str, str], ...]
    persons: int | None
    by_township: tuple[tuple[str, str, int], ...]


def differences(first: SitingReport, second: SitingReport) -> PlanDifference:
    """The second plan held against the first."""
    one, two = ({site.id: site for site in report.chosen} for report in (first, second))
    before = {area.code: area.persons_after for area in first.townships}
    apart = [
        (area.code, area.name, area.persons_after - was)
        for area in second.townships
        if area.persons_after is not None and (was := before.get(area.code)) is not None and area.persons_after != was
    ]
    return PlanDifference(
        both=_names(site for key, site in one.items() if key in two),
        only_first=_names(site for key, site in one.items() if key not in two),
        only_second=_names(site for key, site in two.items() if key not in one),
        persons=None
        if first.after.persons is None or second.after.persons is None
        else second.after.persons - first.after.persons,
        by_township=tuple(sorted(apart, key=lambda row: (-abs(row[2]), row[0]))),
    )


def _names(sites: Iterable[ChosenSite]) -> tuple[tuple[str, str], ...]:
    return tuple((site.id, site.name) for site in sites)
