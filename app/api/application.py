"""The API's composition: its resources, its errors, its description."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import (
    access,
    checks,
    circles,
    claims,
    coverage,
    editing,
    errors,
    exports,
    fairness,
    health,
    household_points,
    imports,
    isochrones,
    layers,
    ledger,
    scenarios,
    siting,
    units,
)
from app.api.body_limit import install as limit_bodies
from app.api.problems import Problem
from app.roles import Viewer
from layers.store import Store

_DESCRIPTION = """\
退役军人服务覆盖的接口：图层、覆盖率、情景、选址、装入文件、修改与撤销、区划变更、运行状况。坐标为 WGS 84；服务对象家庭只提供汇总数；
以 --points 启动时另有不含身份的点位。
出错时按 RFC 9457 返回 application/problem+json。

Access to layers, coverage, what-if scenarios, siting, loading of files, edits and undoing, changes of units, and health.
Coordinates are WGS 84; errors are RFC 9457 problem details; households come out as
aggregates, and as points without a word of who lives there where the server was started with --points.
"""


def create_api(store: Store, viewer: Viewer) -> FastAPI:
    """The application to mount at ``/api``; everybody who asks it is ``viewer``."""
    api = FastAPI(
        title="荣图 Rongtu",
        version=version("rongtu"),
        description=_DESCRIPTION,
        servers=[{"url": "/api"}],
        root_path_in_servers=False,
        # The usual documentation pages load their scripts from a public address.
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    api.state.store, api.state.viewer = store, viewer
    errors.install(api)
    limit_bodies(api)
    for resource in (
        health, layers, coverage, household_points, isochrones, access, fairness, circles, scenarios, siting, imports,
        ledger, claims, editing, exports, units, checks,
    ):  # fmt: skip
        api.include_router(resource.router)
    _describe_problems(api)
    return api


def _describe_problems(api: FastAPI) -> None:
    """Put the problem's schema in the description, in place of FastAPI's own for invalid parameters."""

    def openapi() -> dict[str, Any]:
        if api.openapi_schema is None:
            described = get_openapi(
                title=api.title, version=api.version, description=api.description, routes=api.routes,
                servers=api.servers,
            )
            schemas = described["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs", {})
            schemas["Problem"] = problem
            api.openapi_schema = described
        return api.openapi_schema

    api.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the description
