"""The question that the controls of the page of circles put: mode, limit, and what makes a full circle."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.bootstrap import circle_recipe
from app.messages import Words
from app.services.circles.recipe import SHOWN_KINDS, CircleRecipe, RecipeItem
from app.web.kit import asked, empty, parts
from geo.errors import ParameterError


@dataclass(frozen=True, slots=True)
class CircleAsked:
    """One question; ``recipe`` as :meth:`app.services.circles.recipe.CircleRecipe.parse` reads it."""

    mode: str
    minutes: float
    recipe: str


def ask(words: Words) -> CircleAsked:
    """Draw the controls and read them; the page's address keeps what differs from the usual.

    Raises
    ------
    ParameterError
        When the settings' recipe names what there is not.
    """
    usual, state = circle_recipe(), st.session_state
    given = _given(usual)
    items = _offered(usual, given)
    asked.travel_from_address()
    if "recipe" not in state:
        state["recipe"] = [item.code for item in given.items]
    state["recipe"] = [code for code in state["recipe"] if code in items]
    summary = " · ".join((*asked.travel_words(words), words("circle.recipe_n", n=len(state["recipe"]) or len(usual.items))))
    with parts.controls(summary):
        asked.travel_controls(words)
        key = f"recipe_{words.language}"  # labels of a language of their own: see asked.py
        state.setdefault(key, state["recipe"])
        st.multiselect(
            words("circle.recipe"), list(items), key=key, placeholder=words("circle.choose"), width="stretch",
            format_func=lambda code: words.pick(items[code].label),
        )
        state["recipe"] = list(state[key])
    if not state["recipe"]:
        empty.notice(words("circle.recipe_empty"))
    chosen = CircleRecipe(tuple(items[code] for code in items if code in state["recipe"])) if state["recipe"] else usual
    found = CircleAsked(state["mode"], asked.minutes(), chosen.text)
    asked.to_address(
        {"mode": found.mode, "minutes": words.minutes(found.minutes), "recipe": found.recipe},
        {"mode": "walk", "minutes": "15", "recipe": usual.text},
    )
    return found


def _offered(usual: CircleRecipe, given: CircleRecipe) -> dict[str, RecipeItem]:
    """What may be chosen: the usual items first, then those of the address, then every other kind of service."""
    rest = {kind: RecipeItem((kind,)) for kind in SHOWN_KINDS}
    stated = {item.code: item for item in (*usual.items, *given.items)}  # with their weights; the address wins
    return stated | {kind: item for kind, item in rest.items() if kind not in stated}


def _given(usual: CircleRecipe) -> CircleRecipe:
    """What the address says, as far as it makes sense."""
    try:
        return CircleRecipe.parse(st.query_params.get("recipe", usual.text))
    except ParameterError:
        return usual
