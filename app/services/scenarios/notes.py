"""The rule that a what-if follows, and what its reader must know."""

from __future__ import annotations

from app.services.county.data_date import data_date
from app.services.county.facilities import FacilityChoice
from app.services.county.modes import MODE_LABELS, travel_rule
from app.services.county.state import StoreState, kept
from app.services.scenarios.definition import MadeFor, Scenario
from app.services.scenarios.trial import Trial
from geo.speeds import Mode
from layers.schema import Label


@kept(4)
def made_for(state: StoreState) -> MadeFor:
    """The county that ``state`` is of, to be written into a scenario."""
    known = state.store.region()
    return MadeFor(
        region=known.name_zh if known else "", stamp=state.stamp, as_of=data_date(state.store).isoformat()
    )


def rule(mode: Mode, minutes: float, choice: FacilityChoice, made: Trial, scenario: Scenario) -> Label:
    """What was counted, and how."""
    counted, said = choice.label(), MODE_LABELS[mode]
    timed = travel_rule(mode, estimate=made.known.roads is None)
    shut = bool(len(made.tried.closed))
    zh = (
        f"情景“{scenario.name}”与现状对比：{said.zh} {minutes:g} 分钟内（含）到达{counted.zh}，{timed.zh}"
        + ("；封路以路口之间的一段为单位，自家门前的路封闭或只剩不足 500 米的残段时，"
           "改走 500 米内最近的其他道路，且不会因封路而更近" if shut else "")
        + "；新增的站计入所在的村和乡镇，迁移的站仍算原单位的站"
        + "；定位只到村的家庭不计入可达率"
    )
    en = (
        f"Scenario {scenario.name} against the present: {said.en} to {counted.en} in at most {minutes:g} minutes, {timed.en}"
        + ("; roads are closed from junction to junction, and who lives on a closed one, or on a piece under 500 m that is cut off, "
           "takes the nearest other road within 500 m and is never nearer for it" if shut else "")
        + "; a new station counts for the village and township that it lies in, a moved one for those that it served"
        + "; households known only to their village are left out of the rate"
    )
    return Label(zh, en)


def notes(state: StoreState, made: Trial, scenario: Scenario) -> tuple[Label, ...]:
    """What is missing, what was not applied, and whether the county is still the one that the scenario was made for."""
    found = []
    left = sum(not outcome.applied for outcome in made.tried.outcomes)
    if left:
        found.append(Label(
            f"有 {left} 项改动没有生效，原因见改动表", f"{left} changes were not applied; the table of changes says why"
        ))
    if not scenario.changes and scenario.people is None:
        found.append(Label("方案还没有任何改动，与现状相同", "the scenario has no change yet and equals the present"))
    if not len(made.known.homes):
        found.append(Label(
            "没有服务对象家庭，无法计算可达率；请先装入家庭图层",
            "there are no households, so there is no reach rate; load the households layer",
        ))
    if not any(point is not None for point in made.tried.points):
        found.append(Label("方案中没有任何在运行的站", "no station is left in the scenario"))
    if made.known.roads is None:
        found.append(Label(
            "没有道路数据，用时按直线距离估算，封路和车速无从谈起",
            "there are no roads: times are estimates by the straight line, and roads cannot be closed or slowed",
        ))
    if scenario.people is not None:
        found.append(Label(
            f"改动后的家庭取自{scenario.people.label.zh}（{len(made.homes):,} 户，现有 "
            f"{len(made.known.homes):,} 户）；新可达、不再可达只计两边编号相同的户",
            f"households afterwards are those of {scenario.people.label.en} ({len(made.homes):,}; "
            f"now {len(made.known.homes):,}); newly reached and lost count those with the same id on both sides",
        ))
    return (*found, *_reloaded(state, scenario))


def _reloaded(state: StoreState, scenario: Scenario) -> tuple[Label, ...]:
    was, now = scenario.made_for, made_for(state)
    if was is None or was.stamp == now.stamp:
        return ()
    if was.region != now.region:
        return (Label(
            f"本方案是为“{was.region}”做的，现在的数据是“{now.region}”，请逐项核对",
            f"the scenario was made for {was.region}, and this is {now.region}: check every change",
        ),)
    return (Label(
        f"本方案做成后数据已重新装入（当时截至 {was.as_of}，现截至 {now.as_of}），站和道路可能已变，请核对改动表",
        f"the county has been loaded again since the scenario was made (data then to {was.as_of}, now to {now.as_of}); "
        "stations and roads may have changed: check the table of changes",
    ),)
