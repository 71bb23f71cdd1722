"""The one table from what can go wrong to what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.api.problems import Fault, ProblemResponse, problem
from app.roles import NotPermittedError
from app.services.errors import NoDataError
from geo.errors import ExtentError, NetworkError, ParameterError, RongtuError
from layers.errors import InvalidDataError, LostUpdateError, StoreError, UnknownLayerError, UnknownScenarioError


class Answer(NamedTuple):
    """How a class of errors is answered."""

    status: int
    kind: str
    title: str


ANSWERS: Mapping[type[RongtuError], Answer] = {
    NotPermittedError: Answer(403, "not-permitted", "不提供 Not permitted"),
    UnknownScenarioError: Answer(404, "unknown-scenario", "没有此方案 No such scenario"),
    LostUpdateError: Answer(409, "lost-update", "已被别人改动 Changed by somebody else"),
    InvalidDataError: Answer(422, "invalid-data", "数据有问题 Data with problems"),
    UnknownLayerError: Answer(404, "unknown-layer", "没有此图层 No such layer"),
    NoDataError: Answer(404, "no-data", "没有数据 No data"),
    ParameterError: Answer(422, "parameter", "参数不对 Parameter not usable"),
    NetworkError: Answer(409, "network", "路网不可用 Roads not usable"),
    ExtentError: Answer(409, "extent", "范围不可用 Extent not usable"),
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
    return problem(answer.status, answer.kind, answer.title, str(error))


async def _invalid(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - by registration
    faults = [Fault(parameter=_parameter(e["loc"]), detail=str(e["msg"])) for e in error.errors()]
    detail = "参数不对，见 errors (see errors for the parameters that cannot be used)"
    return problem(422, "parameter", ANSWERS[ParameterError].title, detail, faults)


async def _http(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - by registration
    said = {404: "没有此地址 No such address", 405: "方法不对 Method not allowed here"}
    title = HTTPStatus(error.status_code).phrase
    response = problem(error.status_code, "http", title, said.get(error.status_code, title))
    response.headers.update(error.headers or {})
    return response


def _parameter(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])
