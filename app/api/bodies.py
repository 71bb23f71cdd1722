"""What a request that stores something must be like, so that no page elsewhere can make a browser send it.

A form with a file in it may be sent by any page without asking; one that a browser sends on behalf of
another place is refused. A body of JSON cannot be sent by a page elsewhere without asking the browser
first, and the server allows no other origin; so a body must say that it is JSON.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from app.roles import NotPermittedError


def _from_here(request: Request) -> None:
    """Only pages of this server, and programs that are no browser."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower():
        msg = "只能从本系统的页面装入文件 (files are loaded from this server's own pages only)"
        raise NotPermittedError(msg)


def _json_only(request: Request) -> None:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)


OWN_FORMS = [Depends(_from_here)]
JSON_ONLY = [Depends(_json_only)]
