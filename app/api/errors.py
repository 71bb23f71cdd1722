"""The one table from what can go wrong to what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.api.problems import Conflict, Fault, ProblemResponse, problem
from app.roles import NotPermittedError
from app.services.answers.plain import plain
from app.services.answers.refusals import refusal
from app.services.errors import NoDataError
from geo.errors import ExtentError, NetworkError, ParameterError, RongtuError
from layers.errors import (
    IntakeError,
    InvalidDataError,
    LostUpdateError,
    ReaderError,
    StaleCheckError,
    StoreError,
    UndoError,
    UnknownFieldError,
    UnknownItemError,
    UnknownLayerError,
    UnknownLoadError,
    UnknownScenarioError,
)
from layers.intake.positions.datum_question import DatumQuestionError
from layers.schema import Label
from layers.unit_changes.application import UnconfirmedError

MOST_FAULTS = 100
"""Of the problems of data that are told one by one."""


class Answer(NamedTuple):
    """How a class of errors is answered."""

    status: int
    kind: str
    title: str


ANSWERS: Mapping[type[RongtuError], Answer] = {
    NotPermittedError: Answer(403, "not-permitted", "不提供 Not permitted"),
    UnknownScenarioError: Answer(404, "unknown-scenario", "没有此方案 No such scenario"),
    UnknownItemError: Answer(404, "unknown-item", "没有此对象 No such item"),
    UnknownLoadError: Answer(404, "unknown-load", "没有此次装入 No such load"),
    StaleCheckError: Answer(409, "stale-check", "检查后数据有变动 Changed since it was checked"),
    LostUpdateError: Answer(409, "lost-update", "已被别人改动 Changed by somebody else"),
    InvalidDataError: Answer(422, "invalid-data", "数据有问题 Data with problems"),
    IntakeError: Answer(422, "file", "文件不可用 File not usable"),
    DatumQuestionError: Answer(422, "datum", "坐标系待定 The datum has to be decided"),
    UnknownFieldError: Answer(422, "unknown-field", "没有此字段 No such field"),
    UndoError: Answer(409, "undo", "不能撤销 Cannot be undone"),
    UnconfirmedError: Answer(422, "unconfirmed", "还有未定的 Not decided yet"),
    UnknownLayerError: Answer(404, "unknown-layer", "没有此图层 No such layer"),
    NoDataError: Answer(404, "no-data", "没有数据 No data"),
    ParameterError: Answer(422, "parameter", "参数不对 Parameter not usable"),
    NetworkError: Answer(409, "network", "路网不可用 Roads not usable"),
    ExtentError: Answer(409, "extent", "范围不可用 Extent not usable"),
    ReaderError: Answer(503, "reader", "暂时无法读文件 Files cannot be read now"),
    StoreError: Answer(503, "store", "数据库不可用 Store not available"),
}
"""An error of a subclass is answered like its nearest class here. One that is not in the table is a
fault of the program and stays one: status 500, in the log, nothing of it on the wire."""


def install(api: FastAPI) -> None:
    """Make ``api`` answer with problem details."""
    for kind in ANSWERS:
        api.add_exception_handler(kind, _known)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)


async def _known(_request: Request, error: Exception) -> ProblemResponse:
    answer = next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)
    faults, conflict = None, None
    if isinstance(error, InvalidDataError):
        issues = dict.fromkeys((issue.column, issue.hint) for issue in error.report.issues)
        faults = [Fault(parameter=column, detail=f"{hint.zh} ({hint.en})") for column, hint in list(issues)[:MOST_FAULTS]]
    elif isinstance(error, LostUpdateError) and (error.yours or error.theirs):
        yours, theirs = ({name: plain(value) for name, value in values.items()} for values in (error.yours, error.theirs))
        conflict = Conflict(version=error.version, yours=yours, theirs=theirs)
    return problem(answer.status, answer.kind, answer.title, str(error), faults, conflict)


async def _invalid(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - by registration
    faults = [_fault(fault) for fault in error.errors()]
    detail = "参数不对，见 errors (see errors for the parameters that cannot be used)"
    return problem(422, "parameter", ANSWERS[ParameterError].title, detail, faults)


_HTTP = {
    400: "请求内容读不出；请发送 UTF-8 编码、层次不太深的 JSON (the body cannot be read; send JSON in UTF-8, not nested too deep)",
    404: "没有此地址 No such address",
    405: "方法不对 Method not allowed here",
    415: (
        "请求内容须为 JSON；请把 Content-Type 写成 application/json "
        "(the body must be JSON; send it with Content-Type: application/json)"
    ),
}


async def _http(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - by registration
    title = HTTPStatus(error.status_code).phrase
    response = problem(error.status_code, "http", title, _HTTP.get(error.status_code, title))
    response.headers.update(error.headers or {})
    return response


def _fault(fault: Mapping[str, Any]) -> Fault:
    """What is wrong with one parameter; of a body that is not JSON the place is where in its text."""
    said, place = refusal(fault), fault["loc"]
    at = Label("", "")
    if fault["type"] == "json_invalid":
        place, at = place[:1], Label(f"第 {place[-1] + 1} 个字符处", f"at character {place[-1] + 1}: ")
    return Fault(
        parameter=".".join(str(part) for part in place[1:]) or str(place[0]), detail=f"{at.zh}{said.zh} ({at.en}{said.en})"
    )
