"""Solves that run beside the page: started, looked at, stopped; one of a person's at a time."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import streamlit as st

from app.roles import Viewer
from app.services.siting.question import as_question
from app.services.siting.report import SitingReport
from app.services.siting.service import site
from app.web.kit.answers import kept
from app.web.views.siting.edits import Edits
from layers.store import Store

_SOLVE = "siting_solve"
_SHOWN = "siting_shown"
_AGAIN = "siting_again"


@dataclass
class Shelf:
    """Room for the answer of one question; whoever has searched to the end puts it there."""

    report: SitingReport | None = None


@dataclass(frozen=True)
class Plan:
    """An answer with its question, the edits that the question was made of, and the state of the store."""

    report: SitingReport
    asked: dict[str, Any]
    edits: Edits
    stamp: str

    @property
    def text(self) -> str:
        """The question as it is told apart from others."""
        return written(self.asked)


@dataclass
class Solve:
    """One search. ``fault`` is what ended it, if anything did."""

    asked: dict[str, Any]
    edits: Edits
    stamp: str
    began: float = field(default_factory=time.monotonic)
    stopping: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)
    report: SitingReport | None = None
    fault: Exception | None = None

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self.began


def written(asked: dict[str, Any]) -> str:
    """A question as text: the same for the same question."""
    return json.dumps(asked, sort_keys=True, ensure_ascii=False)


@kept(32)
def shelf(viewer: Viewer, store: Store, question: str) -> Shelf:  # noqa: ARG001 - they are the key
    """Where the answer of a question is kept, for this viewer and this state of the store."""
    return Shelf()


def start(viewer: Viewer, store: Store, asked: dict[str, Any], edits: Edits) -> Solve:
    """Search beside the page; a search that is running is stopped and forgotten.

    Raises
    ------
    SitingError
        For what is no question.
    """
    question, room = as_question(asked), shelf(viewer, store, written(asked))
    if (running := current()) is not None:
        running.stopping.set()
    solve = Solve(asked, edits, store.stamp())
    st.session_state[_SOLVE] = solve
    if room.report is not None:
        solve.report = room.report
        solve.done.set()
        return solve

    def search() -> None:
        try:
            solve.report = site(viewer, store, question, stop=solve.stopping.is_set)
            if solve.report.status != "time_limit" and not solve.stopping.is_set():
                room.report = solve.report
        except Exception as fault:  # noqa: BLE001 - the page that waits for it raises it
            solve.fault = fault
        finally:
            solve.done.set()

    Thread(target=search, name="siting", daemon=True).start()
    return solve


def current() -> Solve | None:
    """The search that runs, or has ended and was not looked at."""
    found: Solve | None = st.session_state.get(_SOLVE)
    return found


def take() -> None:
    """Show what the search that has ended found.

    Raises
    ------
    Exception
        What ended it.
    """
    solve = st.session_state.pop(_SOLVE)
    if solve.fault is not None:
        raise solve.fault
    if solve.report is not None:
        show(Plan(solve.report, solve.asked, solve.edits, solve.stamp))


def show(plan: Plan | None) -> None:
    """Have a plan on the page."""
    st.session_state[_SHOWN] = plan


def shown(store: Store) -> Plan | None:
    """The plan on the page, as long as the county is as it was."""
    found: Plan | None = st.session_state.get(_SHOWN)
    return found if found is not None and found.stamp == store.stamp() else None


def again() -> None:
    """Solve when the page runs next."""
    st.session_state[_AGAIN] = True


def wanted() -> bool:
    """True once where a solve was asked for."""
    return bool(st.session_state.pop(_AGAIN, False))


def waits() -> bool:
    """True where the page is to run as a whole, for a solve that was asked for in a part of it."""
    return bool(st.session_state.get(_AGAIN))
