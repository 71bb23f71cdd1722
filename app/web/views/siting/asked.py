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
    "objective": "coverage", "add": 5, "weight": "persons", "people": PEOPLE_ALL, "kinds": ("villages",), "support": "",
    "share": 90.0, "by_township": False, "close": 0, "seconds": 30.0, "budget": None, "cost": 1.0,
    "persons_per_staff": None, "staff": 1, "need": "", "times": 2.0,
}  # fmt: skip
_IN_ADDRESS = (
    "objective", "add", "weight", "people", "share", "by_township", "close", "budget", "cost", "persons_per_staff", "staff",
)  # fmt: skip
_RANGES: Mapping[str, tuple[float, float]] = {
    "add": (0, MAX_ADDED), "close": (0, MAX_ADDED), "share": (0.1, 100.0), "budget": (0.0, 1e12), "cost": (0.0, 1e9),
    "persons_per_staff": (1.0, 1e6), "staff": (1, 500),
}  # fmt: skip
_WHOLE = ("add", "close", "staff")
_KINDS = {"villages": "siting.kind_villages", "planned": "siting.kind_planned", "support_points": "siting.kind_support"}
_OBJECTIVES = {
    "coverage": "siting.coverage", "backup": "siting.backup", "set-cover": "siting.set_cover", "p-median": "siting.p_median",
    "p-center": "siting.p_center", "fair": "siting.fair",
}  # fmt: skip
_WEIGHTS = {"persons": "siting.persons", "households": "siting.households"}
SHARED, MOVABLE = ("set-cover", "fair"), ("coverage", "backup", "p-median")
PRICED = ("coverage", "backup", "set-cover", "p-median")


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
    names = ["objective", "weight", "people", "need", "seconds", "support_kind", "candidates"]
    given = {
        **said, "support_kind": said["support"] or None, "candidates": list(said["kinds"]), "share": round(said["share"] / 100, 6),
        "need": {said["need"]: said["times"]} if said["need"] else {},
    }
    if goal in SHARED:
        names.append("share")
    if goal == "set-cover":
        names.append("by_township")
    elif not budgeted(said):
        names.append("add")
    if movable(said):
        names.append("close")
    if goal in PRICED:
        names += ["budget", "cost"]
    else:
        found["costs"] = {}
    if roomy(said):  # capacities count persons, each as one
        names += ["persons_per_staff", "staff"]
        given |= {"weight": "persons", "need": {}}
    return {**found, **{name: given[name] for name in names}}


def budgeted(said: Mapping[str, Any]) -> bool:
    """Whether a budget says how many stations there are to be."""
    return said["objective"] in PRICED and said["budget"] is not None


def roomy(said: Mapping[str, Any]) -> bool:
    """Whether a station serves so many only."""
    return said["objective"] == "coverage" and said["persons_per_staff"] is not None


def movable(said: Mapping[str, Any]) -> bool:
    """Whether stations that there are may move."""
    return said["objective"] in MOVABLE and not budgeted(said) and not roomy(said)


def change(**values: Any) -> None:
    """Set controls to other values: what a remedy does."""
    chosen().update(values)


def ask(people: Mapping[str, Label], words: Words) -> None:
    """Draw the controls and read them; the address keeps what differs from the usual."""
    travel.travel_from_address()
    said = chosen()
    if said["people"] not in people:
        said["people"] = PEOPLE_ALL
    if said["need"] not in people:
        said["need"] = ""
    with parts.controls(" · ".join((words(_OBJECTIVES[said["objective"]]), *travel.travel_words(words)))):
        _pick("objective", "siting.objective", {code: words(_OBJECTIVES[code]) for code in _OBJECTIVES}, words, width=176)
        if said["objective"] in SHARED:
            _number("share", "siting.share", words, 0.1, 100.0, 5.0)
        if budgeted(said):
            _amount("budget", "siting.budget", words, 124)
        elif said["objective"] != "set-cover":
            _number("add", "siting.add", words, 0, MAX_ADDED, 1)
        travel.travel_controls(words)
        _pick("people", "siting.people", {code: words.pick(label) for code, label in people.items()}, words, width=112)
        key = _control("kinds", words.language)
        st.multiselect(
            words("siting.candidates"), list(_KINDS), key=key, width=176, placeholder=words("siting.only_own"),
            format_func=lambda kind: words(_KINDS[kind]), on_change=_take, args=("kinds", key),
        )
        with st.popover(words("siting.more"), icon=":material/tune:"):
            _more(said, people, words)
    _to_address(said, words)


def _more(said: dict[str, Any], people: Mapping[str, Label], words: Words) -> None:
    """What is asked more seldom."""
    if not roomy(said):
        _pick("weight", "siting.weight", {code: words(key) for code, key in _WEIGHTS.items()}, words)
        some = {code: words.pick(label) for code, label in people.items() if code != PEOPLE_ALL}
        if some:
            _pick("need", "siting.need", {"": words("siting.nobody"), **some}, words)
        if said["need"]:
            _number("times", "siting.times", words, 0.0, 100.0, 0.5)
    if "support_points" in said["kinds"]:
        kinds = {kind: words.pick(SUPPORT_KIND.label(kind)) for kind in SUPPORT_KIND}
        _pick("support", "siting.support_kind", {"": words("siting.any_kind"), **kinds}, words)
    if said["objective"] == "set-cover":
        key = _control("by_township", "")
        st.toggle(words("siting.by_township"), key=key, on_change=_take, args=("by_township", key))
    if movable(said):
        _number("close", "siting.close", words, 0, MAX_ADDED, 1)
    if said["objective"] in PRICED:
        if not budgeted(said):
            _amount("budget", "siting.budget", words, "stretch")
        _number("cost", "siting.cost", words, 0.0, 1e9, 1.0)
    if said["objective"] == "coverage":
        _amount("persons_per_staff", "siting.persons_per_staff", words, "stretch")
        if roomy(said):
            _number("staff", "siting.staff", words, 1, 500, 1)
    _number("seconds", "siting.seconds", words, 1.0, MAX_SECONDS, 10.0)


def _control(name: str, kind: str) -> str:
    """The key of a control, which is set anew in every run: one that is folded away would begin with its least value."""
    said, key = chosen(), f"siting_control_{name}_{kind}"
    st.session_state[key] = list(said[name]) if isinstance(said[name], tuple) else said[name]
    return key


def _take(name: str, key: str) -> None:
    """Take over what a control was set to."""
    value = st.session_state[key]
    chosen()[name] = tuple(value) if isinstance(value, list) else value


def _pick(name: str, label: str, options: Mapping[Any, str], words: Words, *, width: int | Literal["stretch"] = "stretch") -> None:
    """A choice; every language has a control of its own, for it keeps its old label otherwise."""
    if chosen()[name] not in options:
        chosen()[name] = next(iter(options))
    key = _control(name, words.language)
    st.selectbox(
        words(label), list(options), key=key, width=width, on_change=_take, args=(name, key),
        format_func=lambda code: options[code],
    )  # fmt: skip


def _number(name: str, label: str, words: Words, least: float, most: float, step: float) -> None:
    key = _control(name, "")
    st.number_input(
        words(label), min_value=least, max_value=most, step=step, format=None if isinstance(step, int) else "%.6g", key=key,
        width=124, on_change=_take_number, args=(name, key),
    )  # fmt: skip


def _take_number(name: str, key: str) -> None:
    if st.session_state[key] is not None:
        _take(name, key)


def _amount(name: str, label: str, words: Words, width: int | Literal["stretch"]) -> None:
    """A number that may be left empty; it may stand in one place or another, so its control is told by that."""
    key, (least, most) = _control(name, str(width)), _RANGES[name]
    st.number_input(
        words(label), min_value=least, max_value=most, value=None, step=1.0, format="%.6g", key=key, width=width,
        placeholder=words("siting.unlimited"), on_change=_take, args=(name, key),
    )  # fmt: skip


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
    for name, (least, most) in _RANGES.items():
        try:
            number = int(given.get(name, "")) if name in _WHOLE else float(given.get(name, ""))
        except ValueError:
            continue
        if least <= number <= most:
            found[name] = number
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
