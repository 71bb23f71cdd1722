"""Answers that pages keep: for one viewer and one state of the store, for as long as neither changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from app.roles import Viewer
from layers.store import Store

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")
_Service = Callable[Concatenate[Viewer, Store, _Asked], _Answer]


def kept(entries: int) -> Callable[[_Service[_Asked, _Answer]], _Service[_Asked, _Answer]]:
    """Keep the latest ``entries`` answers of a function of viewer, store and what can be hashed.

    What one viewer may see is not kept for another. Answers are shared: nobody may change them.
    """

    def decorate(compute: _Service[_Asked, _Answer]) -> _Service[_Asked, _Answer]:
        # Streamlit leaves arguments that begin with an underscore out of the key.
        def answer(
            whose: str, stamp: str, asked: tuple[Any, ...], named: dict[str, Any], _viewer: Viewer, _store: Store  # noqa: ARG001
        ) -> _Answer:
            return compute(_viewer, _store, *asked, **named)

        # A cache is known by its function's name and text; without this all of them would be one.
        answer.__module__, answer.__qualname__ = compute.__module__, compute.__qualname__
        cached = st.cache_resource(show_spinner=False, max_entries=entries)(answer)

        @wraps(compute)
        def ask(viewer: Viewer, store: Store, /, *asked: _Asked.args, **named: _Asked.kwargs) -> _Answer:
            found: _Answer = cached(f"{viewer} {store.address}", store.stamp(), asked, named, viewer, store)
            return found

        return ask

    return decorate
