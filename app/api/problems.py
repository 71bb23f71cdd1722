"""Errors on the wire: RFC 9457 problem details."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One parameter that cannot be used."""

    model_config = ConfigDict(extra="forbid")

    parameter: str = Field(description="参数名 Name of the parameter")
    detail: str = Field(description="问题 What is wrong with it")


class Conflict(BaseModel):
    """What two people wanted; personal data is hidden."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(description="库中现为第几版，0 为已删除 Version that is stored now; 0: it is gone")
    yours: dict[str, Any] = Field(description="没有保存的值 Values that were not saved")
    theirs: dict[str, Any] = Field(description="库中的值 Values that are stored")


class Problem(BaseModel):
    """出错说明 What went wrong, as RFC 9457 has it."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="问题种类 Kind of problem, a URI reference", examples=["/api/problems/no-data"])
    title: str = Field(description="种类名称 Name of the kind")
    status: int = Field(description="HTTP 状态码 HTTP status")
    detail: str = Field(description="出了什么事、该怎么办 What happened and what to do")
    errors: list[Fault] | None = Field(default=None, description="有问题的参数 The parameters at fault")
    conflict: Conflict | None = Field(default=None, description="两边的值 Both values, where somebody else saved first")


class ProblemResponse(JSONResponse):
    """A problem as a response."""

    media_type = MEDIA_TYPE


def problem(
    status: int, kind: str, title: str, detail: str, errors: list[Fault] | None = None, conflict: Conflict | None = None
) -> ProblemResponse:
    """The response for one problem; ``kind`` is the last part of its type."""
    body = Problem(type=f"/api/problems/{kind}", title=title, status=status, detail=detail, errors=errors, conflict=conflict)
    return ProblemResponse(body.model_dump(exclude_none=True), status_code=status)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation that may answer with these problems."""
    return {
        status: {"description": _DESCRIPTIONS[status], "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
        for status in statuses
    }


_SCHEMA = {"$ref": "#/components/schemas/Problem"}
_DESCRIPTIONS = {
    400: "主机名不对，或请求内容读不出 The Host header names another machine, or the body cannot be read",
    403: "不提供 Not permitted: single households come out as aggregates only",
    404: "没有 Not found, or no data to answer with",
    405: "方法不对 Method not allowed",
    409: "数据算不出来，或已被别人改动 The data does not allow an answer, or somebody else changed it",
    413: "内容太大 The body is too long",
    415: "须为 JSON The body must be application/json",
    422: "参数不对 A parameter is missing, unknown or out of range",
    503: "数据库暂不可用 The store cannot be reached",
}
