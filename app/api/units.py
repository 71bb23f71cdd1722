"""Changes of villages and townships over the wire: what a new list changes, and bringing it in."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from app.api.bodies import OWN_FORMS
from app.api.dependencies import TheStore, TheViewer
from app.api.problems import documented
from app.services.unit_changes import service
from app.services.unit_changes.report import Units
from geo.errors import ParameterError
from layers.intake.positions.datum import find_datum
from layers.unit_changes.changes import ChangeKind

router = APIRouter(prefix="/units", tags=["units"], dependencies=OWN_FORMS)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UnitChange(_Strict):
    """一条变更 What became of one or several units."""

    kind: ChangeKind
    old: list[str] = Field(description="现有单位编号 Ids of present units")
    new: list[str] = Field(description="新名单代码 Codes of the new list")
    old_names: list[str]
    new_names: list[str]
    confidence: float
    evidence: list[str]
    evidence_en: list[str]
    question: str | None = Field(description="要定的问题 What has to be decided")
    question_en: str | None
    candidates: list[str] = Field(description="可能并入的代码 Codes that it may have become")
    candidate_names: list[str]
    assign: dict[str, dict[str, str | None]] = Field(description="拆分时各记录的归属：图层、编号、代码 Where rows of a split unit go")
    rest: str | None = Field(description="没有写明的记录归哪个代码 The code that has the rest of the rows")
    confirmed: bool


class UnitProposal(_Strict):
    """对照结果，改好后交回 The mapping: corrected, confirmed and given back."""

    units: Units
    file: str
    day: dt.date = Field(description="启用日期 First day of the new list")
    counts: dict[ChangeKind, int]
    questions: int
    changes: list[UnitChange]


class UnitLoad(_Strict):
    """一个图层 What was stored of one layer."""

    rows_in: int
    stored: int
    unchanged: int
    rejected: int


class UnitsConfirmed(_Strict):
    """执行结果 What came of it."""

    load_id: int = Field(description="台账编号 Entry in the ledger, which can be undone")
    day: dt.date
    moved: dict[str, int] = Field(description="随单位调整的记录数 Rows that went to another unit, by layer")
    layers: dict[str, UnitLoad]


TheList = Annotated[UploadFile, File(description="新名单 The file with the new list")]
Listed = Annotated[Units, Form(description="名单列的是村还是乡镇 What is listed")]
Datum = Annotated[str, Form(description="名单中坐标的坐标系 Datum of its coordinates, if it has any")]
Sheet = Annotated[str | None, Form(description="工作表 Name of the sheet")]
_PROBLEMS = documented(400, 403, 413, 422, 503)


@router.post("/propose", operation_id="proposeUnits", summary="对照新名单 Compare a new list", responses=_PROBLEMS)
def propose(
    store: TheStore, viewer: TheViewer, file: TheList, day: Annotated[dt.date, Form(description="启用日期 In force from")],
    units: Listed = "villages", datum: Datum = "wgs84", sheet: Sheet = None,
) -> UnitProposal:
    """合并、拆分、更名、新设、撤销及依据，拿不准的列为问题；什么也不保存。 Mergers, splits, renamings; nothing is stored."""
    found = service.propose_changes(
        viewer, store, file.file.read(), name=file.filename or "list", units=units, day=day, datum=find_datum(datum),
        sheet=sheet or None,
    )  # fmt: skip
    return UnitProposal.model_validate(found.to_dict())


@router.post(
    "/confirm", operation_id="confirmUnits", summary="执行变更 Bring a new list in", responses=_PROBLEMS | documented(409)
)
def confirm(
    store: TheStore, viewer: TheViewer, file: TheList,
    mapping: Annotated[str, Form(description="改好的对照结果 JSON The corrected mapping, as /units/propose answers it")],
    datum: Datum = "wgs84", sheet: Sheet = None,
) -> UnitsConfirmed:
    """整件事是台账里的一条，可以撤销。 All of it in one entry of the ledger, which can be undone."""
    done = service.confirm_changes(
        viewer, store, file.file.read(), _read(mapping), name=file.filename or "list", datum=find_datum(datum), sheet=sheet or None
    )
    return UnitsConfirmed.model_validate(done.to_dict())


def _read(mapping: str) -> Any:
    try:
        return json.loads(mapping)
    except (json.JSONDecodeError, RecursionError):
        msg = "mapping 应为 /units/propose 给出的 JSON (mapping should be the JSON that /units/propose answers)"
        raise ParameterError(msg) from None
