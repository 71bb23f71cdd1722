"""What is done with a whole plan: kept beside another one, and saved as a scenario."""

from __future__ import annotations

import streamlit as st

from app.messages import Words, signed_count
from app.roles import Viewer
from app.services.scenarios.saved import save
from app.services.siting.plan import as_scenario, differences
from app.web.kit.parts import error_text, subtitle
from app.web.views.scenarios import draft as scenarios
from app.web.views.siting.solving import Plan
from geo.errors import RongtuError
from layers.store import Store

_FIRST = "siting_first"
_SAVED = "siting_saved"


def buttons(viewer: Viewer, store: Store, plan: Plan, words: Words) -> None:
    """Keep the plan to compare it, or save it."""
    st.button(words("siting.keep_first"), key="siting_keep_first", icon=":material/bookmark:",
              on_click=lambda: st.session_state.update({_FIRST: plan}))  # fmt: skip
    with st.popover(words("siting.as_scenario"), icon=":material/alt_route:"):
        _save(viewer, store, plan, words)
    name = st.session_state.get(_SAVED)
    if name is not None:
        st.page_link(
            st.Page(_elsewhere, url_path="scenarios", title=words("scenario.nav")),
            label=words("siting.open_scenario", name=name), icon=":material/alt_route:", query_params={"scenario": name},
        )  # fmt: skip


def _elsewhere() -> None:
    """Stands for the page of scenarios, which its address names."""


def _save(viewer: Viewer, store: Store, plan: Plan, words: Words) -> None:
    usual = words("siting.scenario_usual", date=words.date(plan.report.about.as_of))
    name = st.text_input(words("siting.scenario_name"), usual, max_chars=80, key=f"siting_name_{words.language}").strip()
    if st.button(words("siting.save"), key="siting_save", type="primary", disabled=not name):
        try:
            save(viewer, store, as_scenario(plan.report, name, staff=plan.asked.get("staff")))
        except RongtuError as error:
            st.error(error_text(error, words), icon=":material/error:")
            return
        st.session_state[_SAVED] = name
        scenarios.choose(name)
        st.toast(words("siting.saved", name=name), icon=":material/check:")
        st.rerun()


def comparison(plan: Plan, words: Words) -> None:
    """The plan that was kept held against this one."""
    first: Plan | None = st.session_state.get(_FIRST)
    if first is None:
        return
    with st.container(border=True, key="siting_comparison"):
        with st.container(horizontal=True, vertical_alignment="center", key="siting_comparison_heading"):
            subtitle(words("siting.compare"))
            st.button(words("siting.drop_first"), key="siting_drop_first", icon=":material/close:", type="tertiary",
                      on_click=lambda: st.session_state.update({_FIRST: None}))  # fmt: skip
        apart = differences(first.report, plan.report)
        if not apart.only_first and not apart.only_second and not apart.by_township and not apart.persons:
            st.markdown(words("siting.same_plan"))
            return
        between = "、" if words.chinese else ", "
        for key, sites in (("siting.only_first", apart.only_first), ("siting.only_second", apart.only_second),
                           ("siting.in_both", apart.both)):  # fmt: skip
            if sites:
                st.markdown(words(key, names=between.join(name for _, name in sites)))
        st.markdown(words("siting.apart", n=words("siting.few") if apart.persons is None else signed_count(apart.persons)))
        if apart.by_township:
            said = between.join(f"{name} {signed_count(persons)}" for _, name, persons in apart.by_township)
            st.markdown(words("siting.apart_towns", listed=said))
