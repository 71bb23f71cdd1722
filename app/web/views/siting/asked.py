"""The question that the page of siting puts: its controls on one line, what is usual, and the page's address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st

from app.messages import Words
from app.services.siting.question import MAX_ADDED, MAX_SECONDS, PEOPLE_ALL
from app.web.kit import asked as travel
from app.web.kit import parts
from app.web.views.siting.edits import Edits, as_asked
from layers.schema import Label
from layers.vocabulary import SUPPORT_KIND

_ASKED = "siting_asked"
_USUAL: Mapping[str, Any] = {
    "objective": "coverage", "add": 5, "weight": "persons", "people": PEOPLE_ALL, "kinds": ("villages",), "support": None,
    "share": 90.0, "by_township": False, "close": 0, "seconds": 30.0,
}  # fmt: skip
_IN_ADDRESS = ("objective", "add", "weight", "people", "share", "by_township", "close")
_KINDS = {"villages": "siting.kind_villages", "planned": "siting.kind_planned", "support_points": "siting.kind_support"}
_OBJECTIVES = {
    "coverage": "siting.coverage", "backup": "siting.backup", "set-cover": "siting.set_cover", "p-median": "siting.p_median",
    "p-center": "siting.p_center", "fair": "siting.fair",
}  # fmt: skip
_WEIGHTS = {"persons": "siting.persons", "households": "siting.households"}
SHARED, MOVABLE = ("set-cover", "fair"), ("coverage", "backup", "p-median")


def chosen() -> dict[str, Any]:
    """What the controls say; the address at the first look."""
    state = st.session_state
    if _ASKED not in state:
        state[_ASKED] = {**_USUAL, **_from_address()}
    found: dict[str, Any] = state[_ASKED]
    return found


def question(said: Mapping[str, Any], edits: Edits, mode: str, minutes: float) -> dict[str, Any]:
    """The question in plain values, without what is of no meaning for it."""
    goal, found = said["objective"], {**as_asked(edits), "mode": mode, "minutes": minutes}
    names = ["objective", "weight", "people", "seconds", "support_kind", "candidates"]
    given = {**said, "support_kind": said["support"], "candidates": list(said["kinds"]), "share": round(said["share"] / 100, 6)}
    if goal != "set-cover":
        names.append("add")
    if goal in SHARED:
        names.append("share")
    if goal == "set-cover":
        names.append("by_township")
    if goal in MOVABLE:
        names.append("close")
    return {**found, **{name: given[name] for name in names}}


def change(**values: Any) -> None:
    """Set controls to other values: what a remedy does."""
    chosen().update(values)
    for key in [key for key in st.session_state if str(key).startswith("siting_control_")]:
        del st.session_state[key]


def ask(people: Mapping[str, Label], words: Words) -> None:
    """Draw the controls and read them; the address keeps what differs from the usual."""
    travel.travel_from_address()
    said = chosen()
    if said["people"] not in people:
        said["people"] = PEOPLE_ALL
    with parts.controls(" · ".join((words(_OBJECTIVES[said["objective"]]), *travel.travel_words(words)))):
        _pick("objective", "siting.objective", {code: words(_OBJECTIVES[code]) for code in _OBJECTIVES}, words, width=176)
        if said["objective"] in SHARED:
            _number("share", "siting.share", words, 0.1, 100.0, 5.0)
        if said["objective"] != "set-cover":
            _number("add", "siting.add", words, 0, MAX_ADDED, 1)
        travel.travel_controls(words)
        _pick("people", "siting.people", {code: words.pick(label) for code, label in people.items()}, words, width=112)
        kinds = f"siting_control_kinds_{words.language}"
        st.session_state.setdefault(kinds, list(said["kinds"]))
        said["kinds"] = tuple(st.multiselect(
            words("siting.candidates"), list(_KINDS), key=kinds, width=176, placeholder=words("siting.only_own"),
            format_func=lambda kind: words(_KINDS[kind]),
        ))
        with st.popover(words("siting.more"), icon=":material/tune:"):
            _more(said, words)
    _to_address(said, words)


def _more(said: dict[str, Any], words: Words) -> None:
    """What is asked more seldom."""
    _pick("weight", "siting.weight", {code: words(key) for code, key in _WEIGHTS.items()}, words)
    if "support_points" in said["kinds"]:
        kinds: dict[str | None, str] = {None: words("siting.any_kind")}
        kinds |= {kind: words.pick(SUPPORT_KIND.label(kind)) for kind in SUPPORT_KIND}
        _pick("support", "siting.support_kind", kinds, words)
    if said["objective"] == "set-cover":
        said["by_township"] = st.toggle(
            words("siting.by_township"), value=said["by_township"], key="siting_control_by_township"
        )
    if said["objective"] in MOVABLE:
        _number("close", "siting.close", words, 0, MAX_ADDED, 1)
    _number("seconds", "siting.seconds", words, 1.0, MAX_SECONDS, 10.0)


def _pick(name: str, label: str, options: Mapping[Any, str], words: Words, *, width: int | Literal["stretch"] = "stretch") -> None:
    """A choice; every language has a control of its own, for it keeps its old label otherwise."""
    said, key = chosen(), f"siting_control_{name}_{words.language}"
    st.session_state[key] = said[name] if said[name] in options else next(iter(options))

    def picked() -> None:
        said[name] = st.session_state[key]

    st.selectbox(
        words(label), list(options), key=key, width=width, on_change=picked, format_func=lambda code: options[code]
    )


def _number(name: str, label: str, words: Words, least: float, most: float, step: float) -> None:
    said, key = chosen(), f"siting_control_{name}"
    st.session_state.setdefault(key, said[name])
    said[name] = st.number_input(
        words(label), min_value=least, max_value=most, step=step, key=key, width=124
    )


def _from_address() -> dict[str, Any]:
    """What the address says, as far as it makes sense."""
    given = st.query_params.to_dict()
    found: dict[str, Any] = {}
    if given.get("objective") in _OBJECTIVES:
        found["objective"] = given["objective"]
    if given.get("weight") in _WEIGHTS:
        found["weight"] = given["weight"]
    if "people" in given:
        found["people"] = given["people"]
    for name, most in (("add", MAX_ADDED), ("close", MAX_ADDED)):
        text = given.get(name, "")
        if text.isascii() and text.isdigit() and int(text) <= most:
            found[name] = int(text)
    try:
        share = float(given.get("share", ""))
    except ValueError:
        share = 0.0
    if 0.1 <= share <= 100:
        found["share"] = share
    if given.get("by_township") == "True":
        found["by_township"] = True
    kinds = tuple(kind for kind in given.get("candidates", "").split(",") if kind in _KINDS)
    return {**found, "kinds": kinds} if kinds else found


def _to_address(said: Mapping[str, Any], words: Words) -> None:
    usual = {name: str(_USUAL[name]) for name in _IN_ADDRESS}
    chosen_now = {name: str(said[name]) for name in _IN_ADDRESS}
    travel.to_address(
        {**chosen_now, "candidates": ",".join(said["kinds"]), "mode": st.session_state["mode"],
         "minutes": words.minutes(travel.minutes())},
        {**usual, "candidates": "villages", "mode": "walk", "minutes": "15"},
    )  # fmt: skip
