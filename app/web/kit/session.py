"""What every page needs to know: the store, who looks, in which language, on how wide a screen."""

from __future__ import annotations

import logging

import streamlit as st

from app.bootstrap import open_store
from app.config import Settings
from app.messages import Language, Words
from app.roles import SERVER, Viewer
from layers.store import Store

_served: list[tuple[Store, Viewer]] = []


def serve_store(store: Store, viewer: Viewer) -> None:
    """Show this store to this viewer from now on; the server calls it once before it starts."""
    _served[:] = [(store, viewer)]


def current_store() -> Store:
    """The served store; without a server (``streamlit run``, tests) the one in the settings."""
    return _served[0][0] if _served else _configured_store(Settings().store)


@st.cache_resource(show_spinner=False, max_entries=1)
def _configured_store(url: str) -> Store:
    return open_store(Settings(store=url))


def tell_fault(fault: Exception) -> bool:
    """Log a fault of the program and say so in the page's language; True: Streamlit need not."""
    logging.getLogger(__name__).error("a page failed", exc_info=fault)
    st.error(words()("error.page"), icon=":material/error:")
    return True


def viewer() -> Viewer:
    """Who looks. Until there are accounts: whoever sits at this machine."""
    return _served[0][1] if _served else SERVER


def language() -> Language:
    """The language in the page's address; Chinese unless it, or the page before, says English."""
    given = st.query_params.get("lang")
    if given is None and st.session_state.get("lang") == "en":  # links from page to page drop the address's parameters
        st.query_params["lang"] = given = "en"
    found: Language = "en" if given == "en" else "zh"
    st.session_state["lang"] = found
    return found


def words() -> Words:
    """The catalogue in the page's language."""
    return Words(language())


def on_phone() -> bool:
    """True for a phone's browser, by its own account; the style sheet does not depend on it."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def switch_language() -> None:
    """Turn the page's address to the other language."""
    if language() == "zh":
        st.query_params["lang"] = "en"
    else:
        st.session_state["lang"] = "zh"
        del st.query_params["lang"]
