"""Scenarios: what they would do to reach, and the saved ones.

Nothing here changes what is counted.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.api.bodies import JSON_ONLY
from app.api.dependencies import TheStore, TheViewer
from app.api.facility_query import FacilityQuery
from app.api.health import RegionInfo
from app.api.layers import Label
from app.api.problems import documented
from app.services.answers.written import once_each
from app.services.county.units import By
from app.services.scenarios import saved as saved_scenarios
from app.services.scenarios.definition import Scenario, ScenarioError, as_scenario
from app.services.scenarios.report import Difference, Figures, LoadChange, Tally
from app.services.scenarios.saved import Kept
from app.services.scenarios.service import whatif as service
from geo.coverage import MAX_LIMIT_S
from geo.speeds import Mode


async def _once_each(request: Request) -> None:
    """Reading a body into a dict drops what stands twice in it; so it is looked at before."""
    try:
        json.loads(await request.body() or "{}", object_pairs_hook=once_each)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(400) from None


router = APIRouter(tags=["scenarios"])
Name = Annotated[str, Path(description="方案名称 Name of the scenario", max_length=80)]
Given = Annotated[
    dict[str, Any],
    Body(
        description="方案，格式见文档 The scenario; the manual describes its parts",
        examples=[{"name": "新站", "changes": [{"change": "add_station", "name": "新站", "at": [122.95, 28.31]}]}],
    ),
]
ONCE_EACH = [*JSON_ONLY, Depends(_once_each)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SavedScenario(_Strict):
    """保存的方案 A scenario as it is kept."""

    name: str
    version: int = Field(description="第几版，改动时须给出 To be named by whoever changes it")
    saved_by: str
    saved_at: dt.datetime
    stale: bool = Field(description="此后数据已重新装入 The county has been loaded again since")
    problem: str | None = Field(description="为什么读不出 Why it cannot be read")
    scenario: dict[str, Any] | None = Field(description="读不出时为 null Null where it cannot be read")


class ScenarioList(_Strict):
    """保存的方案 Saved scenarios."""

    scenarios: list[SavedScenario]


class WhatIfQuery(FacilityQuery):
    """What is asked; without mode and minutes the scenario says them."""

    mode: Mode | None = Field(None, description="出行方式，默认按方案 Mode; default: the scenario's")  # type: ignore[assignment]
    minutes: float | None = Field(
        None, gt=0, le=MAX_LIMIT_S / 60, allow_inf_nan=False, description="时限（分钟，含），默认按方案 Limit, included"
    )
    by: By = Field("township", description="分区级别 Level of the areas")


class ChangeOutcome(_Strict):
    """一项改动 What became of one change."""

    number: int
    kind: str
    label: Label
    applied: bool
    remark: Label | None


class AreaDifference(_Strict):
    """一个分区前后对比 One area before and after; null where too few households differ."""

    code: str
    name: str
    level: str
    township: str
    before: Figures
    after: Figures | None
    difference: Difference | None
    newly_reached: Tally | None
    newly_lost: Tally | None
    withheld: bool


class WhatIf(_Strict):
    """方案与现状对比 The answer, with its rule and the date of the data."""

    rule: Label
    as_of: dt.date
    region: RegionInfo
    notes: list[Label]
    scenario: str
    mode: Mode
    minutes: float
    by: By
    stations_before: int
    stations_after: int
    changes: list[ChangeOutcome]
    total: AreaDifference
    by_area: list[AreaDifference]
    stations: list[LoadChange]


@router.get("/scenarios", operation_id="listScenarios", summary="保存的方案 Saved scenarios", responses=documented(400, 503))
def list_scenarios(store: TheStore, viewer: TheViewer) -> ScenarioList:
    """库中保存的方案，按名称排序。 Saved scenarios, by name."""
    return ScenarioList(scenarios=[_saved(kept) for kept in saved_scenarios.kept_scenarios(viewer, store)])


@router.get(
    "/scenarios/{name}", operation_id="getScenario", summary="一个方案 One scenario", responses=documented(400, 404, 422, 503)
)
def get_scenario(store: TheStore, viewer: TheViewer, name: Name) -> SavedScenario:
    """一个方案和它的版本。 One scenario with its version."""
    kept = saved_scenarios.kept_scenario(viewer, store, name)
    return SavedScenario.model_validate({**kept.to_dict(), "scenario": kept.scenario.to_dict()})


@router.put(
    "/scenarios/{name}", operation_id="putScenario", summary="保存方案 Save a scenario", dependencies=ONCE_EACH,
    responses=documented(400, 403, 404, 409, 413, 415, 422, 503),
)
def put_scenario(
    store: TheStore,
    viewer: TheViewer,
    name: Name,
    scenario: Given,
    version: Annotated[int, Query(ge=0, le=2**31 - 2, description="所改的是第几版，新方案为 0 Version that was changed; 0: new")] = 0,
) -> SavedScenario:
    """按名称保存；别人已改过则拒绝。 Kept under its name; refused when somebody else changed it meanwhile."""
    given = _given(scenario)
    if given.name != name.strip():
        msg = f"地址中的名称“{name}”与方案的名称“{given.name}”不同 (the name in the address is not the scenario's)"
        raise ScenarioError(msg)
    return _saved(saved_scenarios.save(viewer, store, given, version=version))


@router.delete(
    "/scenarios/{name}", operation_id="deleteScenario", summary="删除方案 Forget a scenario", status_code=204,
    responses=documented(400, 403, 404, 409, 422, 503),
)
def delete_scenario(
    store: TheStore,
    viewer: TheViewer,
    name: Name,
    version: Annotated[int, Query(ge=1, le=2**31 - 2, description="所读的是第几版 Version that was read")],
) -> None:
    """删除；别人已改过则拒绝。 Forgotten; refused when somebody else changed it meanwhile."""
    saved_scenarios.delete(viewer, store, name, version=version)


@router.post(
    "/whatif", operation_id="whatIf", summary="试算方案 Try a scenario", dependencies=ONCE_EACH,
    responses=documented(400, 403, 404, 409, 413, 415, 422, 503),
)
def whatif(
    store: TheStore, viewer: TheViewer, scenario: Given, query: Annotated[WhatIfQuery, Query()]
) -> WhatIf:
    """方案实施后的可达率与现状对比；只计算，不保存。 Reach before and after; computed, not kept."""
    given = _given(scenario)
    report = service(viewer, store, given, mode=query.mode, minutes=query.minutes, by=query.by, choice=query.choice())
    return WhatIf.model_validate(report.to_dict())


def _given(scenario: dict[str, Any]) -> Scenario:
    """The scenario of a body. It names no file and no other store: those would be the server's own."""
    people = scenario.get("people")
    if people is not None and not (isinstance(people, dict) and set(people) == {"as_of"}):
        msg = (
            "people 在此只能写 as_of（本库某日的家庭）；文件或另一个库只能在命令行用：rongtu whatif 方案.json "
            "(people may only say as_of here; those of a file or another store are for the command line, rongtu whatif FILE)"
        )
        raise ScenarioError(msg)
    return as_scenario(scenario)


def _saved(kept: Kept) -> SavedScenario:
    return SavedScenario.model_validate(kept.to_dict())
