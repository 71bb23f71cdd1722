"""The question that the controls of the coverage page put: mode, limit, and what counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from app.messages import LEVEL_SHORT, MODE, Words
from app.services.county.facilities import FacilityChoice
from app.services.county.limits import COUNTS_MINUTES
from app.web.kit import parts
from layers.vocabulary import GRADE, SUPPORT_KIND

LIMITS = (5, 10, 15, 20, 30)
LONGER = tuple(limit for limit in COUNTS_MINUTES if limit not in LIMITS)
"""Minutes, the same for everybody; who may see single households can ask the command line for any."""
OTHER = "other"

EVERYTHING = "all"
_DECIMALS = 4
_DEFAULTS = {"mode": "walk", "minutes": "15", "count": EVERYTHING}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. ``facility`` is ``all``, or a kind and a code: ``level:village``, ``grade:star5``."""

    mode: str = "walk"
    minutes: float = 15.0
    facility: str = EVERYTHING

    @property
    def choice(self) -> FacilityChoice:
        """What the service is to count."""
        kind, _, code = self.facility.partition(":")
        if kind == "level":
            return FacilityChoice(levels=(code,))
        if kind == "grade":
            return FacilityChoice(grade=code)
        if kind == "kind":
            return FacilityChoice(support_kind=code)
        return FacilityChoice()

    @property
    def parameters(self) -> dict[str, str]:
        """The same choice as a request to the API puts it."""
        kind, _, code = self.facility.partition(":")
        return {kind: code} if code else {}


def keep() -> None:
    """Carry the question from page to page: Streamlit forgets a control that a page does not draw."""
    for name in ("mode", "limit", "other_minutes", "facility", "side", "recipe"):
        if name in st.session_state:
            st.session_state[name] = st.session_state[name]


def facility_label(option: str, words: Words) -> str:
    """An option of "what counts" in words."""
    kind, _, code = option.partition(":")
    if kind == "level":
        return words("coverage.only_level", level=words.pick(LEVEL_SHORT.label(code)))
    if kind == "grade":
        return words("coverage.only_grade", grade=words.pick(GRADE.label(code)))
    if kind == "kind":
        return words("coverage.only_kind", kind=words.pick(SUPPORT_KIND.label(code)))
    return words("coverage.all_stations")


def ask(options: Sequence[str], words: Words) -> Asked:
    """Draw the controls and read them; the page's address keeps what differs from the usual.

    Parameters
    ----------
    options
        What may count, in order; the first is the usual one.
    """
    _from_address(options)
    state = st.session_state
    summary = " · ".join((
        *travel_words(words),
        facility_label(state["facility"], words),
    ))
    with parts.controls(summary):
        travel_controls(words)
        # A selectbox keeps its old label when only the words change, so each language has its own.
        key = f"facility_{words.language}"
        state.setdefault(key, state["facility"])
        st.selectbox(
            words("coverage.facilities"), list(options), key=key, width=240,
            format_func=lambda option: facility_label(option, words),
        )
        state["facility"] = state[key]
    asked = Asked(state["mode"], minutes(), state["facility"])
    _to_address(asked, words)
    return asked


def travel_words(words: Words) -> tuple[str, str]:
    """Mode and limit as they are chosen."""
    mode: str = st.session_state["mode"]
    return words.pick(MODE.label(mode)), words("coverage.minutes", n=words.minutes(minutes()))


def travel_controls(words: Words) -> None:
    """Draw the controls of mode and limit, the same on every page that asks for them."""
    state = st.session_state
    st.segmented_control(
        words("coverage.mode"), list(MODE), key="mode", required=True,
        format_func=lambda mode: words.pick(MODE.label(mode)),
    )
    st.segmented_control(
        words("coverage.limit"), [*LIMITS, OTHER], key="limit", required=True,
        format_func=lambda n: words("coverage.custom") if n == OTHER else words("coverage.minutes", n=n),
    )
    if state["limit"] == OTHER:
        state.setdefault("other_minutes", LONGER[0])
        st.segmented_control(
            words("coverage.custom_minutes"), LONGER, key="other_minutes", required=True,
            format_func=lambda n: words("coverage.minutes", n=n),
        )


def minutes() -> float:
    """The limit that is chosen."""
    state = st.session_state
    return float(state.get("other_minutes", LONGER[0]) if state["limit"] == OTHER else state["limit"])


def _from_address(options: Sequence[str]) -> None:
    """First look at the page: what the address says, as far as it makes sense."""
    travel_from_address()
    if st.session_state.setdefault("facility", st.query_params.get("count", EVERYTHING)) not in options:
        st.session_state["facility"] = options[0]


def travel_from_address() -> None:
    """First look at a page: mode and limit as the address says, as far as it makes sense."""
    state, given = st.session_state, {**_DEFAULTS, **st.query_params.to_dict()}
    if "mode" not in state:
        state["mode"] = given["mode"] if given["mode"] in MODE else _DEFAULTS["mode"]
    if "limit" not in state:
        limit = int(given["minutes"]) if given["minutes"].isascii() and given["minutes"].isdigit() else 15
        limit = next((usual for usual in COUNTS_MINUTES if usual >= limit), COUNTS_MINUTES[-1])
        state["limit"] = limit if limit in LIMITS else OTHER
        if limit in LONGER:
            state["other_minutes"] = limit


def _to_address(asked: Asked, words: Words) -> None:
    to_address({"mode": asked.mode, "minutes": words.minutes(asked.minutes), "count": asked.facility})


def to_address(chosen: Mapping[str, str], usual: Mapping[str, str] = _DEFAULTS) -> None:
    """Keep in the page's address what differs from the usual."""
    for name, value in chosen.items():
        if value == usual[name]:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def point(text: str) -> tuple[float, float] | None:
    """Longitude and latitude as :func:`point_text` writes them; None for what is no place."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None


def point_text(lon: float, lat: float) -> str:
    """A place picked on the map, for the page's address: to ten metres, so that it names no door."""
    return f"{lon:.{_DECIMALS}f},{lat:.{_DECIMALS}f}"
