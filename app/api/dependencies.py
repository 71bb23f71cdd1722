"""What every operation gets: the store and who asks."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from app.roles import Viewer
from layers.store import Store


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _viewer(request: Request) -> Viewer:
    viewer: Viewer = request.app.state.viewer
    return viewer


class AsOfQuery(BaseModel):
    """The day that is asked about; a parameter that is not listed is refused."""

    model_config = ConfigDict(extra="forbid")

    as_of: dt.date | None = Field(None, description="按此日的数据，默认现行数据 With the data as of that day; default: as it is")

    def of(self, store: Store) -> Store:
        """The store as it is, or as it stood on that day."""
        return store if self.as_of is None else store.at(self.as_of)


TheStore = Annotated[Store, Depends(_store)]
TheViewer = Annotated[Viewer, Depends(_viewer)]
