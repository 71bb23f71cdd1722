"""What is wrong with the data that the store holds."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.api.dependencies import TheStore, TheViewer
from app.api.problems import documented
from app.services.checking import check_store

router = APIRouter(tags=["checks"])

MOST_ISSUES = 10_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CheckIssue(_Strict):
    """一处问题 One problem of one cell."""

    layer: str
    id: str
    column: str
    rule: str
    value: str = Field(description="内容，个人信息为 *** The value; *** where it is personal")
    hint: str
    hint_en: str


class Checks(_Strict):
    """检查结果 Problems of the layers that may be seen."""

    ok: bool
    number_matched: int = Field(description="问题总数 How many problems there are")
    issues: list[CheckIssue] = Field(description=f"最多 {MOST_ISSUES:,} 处 At most so many of them")
    left_out: list[str] = Field(description="没有检查的图层 Layers that are not looked into, as single rows of them are not shown")


@router.get("/checks", operation_id="getChecks", summary="检查库中的数据 Check the data", responses=documented(400, 403, 503))
def checks(store: TheStore, viewer: TheViewer) -> Checks:
    """库中每个图层的全部问题，和找不到的引用。 Every problem of every layer, and references that lead nowhere."""
    report, left_out = check_store(viewer, store)
    return Checks(
        ok=report.ok, number_matched=len(report.issues), left_out=list(left_out),
        issues=[
            CheckIssue(layer=i.layer, id=i.id, column=i.column, rule=i.rule, value=i.value, hint=i.hint.zh, hint_en=i.hint.en)
            for i in report.issues[:MOST_ISSUES]
        ],
    )  # fmt: skip
