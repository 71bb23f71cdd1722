"""What every operation gets: the store and who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from app.roles import Viewer
from layers.store import Store


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _viewer(request: Request) -> Viewer:
    viewer: Viewer = request.app.state.viewer
    return viewer


TheStore = Annotated[Store, Depends(_store)]
TheViewer = Annotated[Viewer, Depends(_viewer)]
