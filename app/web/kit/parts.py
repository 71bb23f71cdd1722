"""Pieces that pages share: the style sheet, the title line, key figures, a table for paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from html import escape
from importlib.resources import files
from typing import Literal, NamedTuple, ParamSpec

import streamlit as st

from app.messages import Words
from app.web.kit import session
from geo.errors import RongtuError

_Given = ParamSpec("_Given")


class Kpi(NamedTuple):
    """One key figure: what it is, the figure, its unit, what stands beside it, and whether that warns."""

    name: str
    value: str
    unit: str = ""
    beside: str = ""
    warns: bool = False


@cache
def _style_sheet() -> str:
    return (files("app.web") / "static" / "pages.css").read_text(encoding="utf-8")


def styles() -> None:
    """The style sheet of every page, and what it cannot know: the page's language."""
    st.html(f"<style>{_style_sheet()}</style>")


def title_line(title: str, facts: Iterable[str], *, fictional: bool, words: Words) -> None:
    """Title, scope and data date in one line with the tags that every page carries."""
    tags = [words("app.fictional")] if fictional else []
    tags.append(words("app.internal_care"))
    chips = "".join(f'<span class="rt-chip">{escape(tag)}</span>' for tag in tags)
    said = _unbroken(" · ".join(fact for fact in facts if fact))
    st.html(
        f'<div class="rt-head" lang="{"zh-CN" if words.chinese else "en"}"><h1>{escape(title)}</h1>'
        f'<span class="rt-facts">{said}</span>{chips}</div>'
    )


def subtitle(text: str, beside: str = "") -> None:
    """Heading of a part of the page, with a remark beside it."""
    st.html(f'<div class="rt-sub"><h2>{escape(text)}</h2><span class="rt-note">{escape(beside)}</span></div>')


def kpis(figures: Sequence[Kpi]) -> None:
    """Key figures in a row, two by two on a phone."""
    cells = "".join(
        f'<div><span class="rt-k">{escape(k.name)}</span>'
        f'<span class="rt-v">{escape(k.value)}<small>{escape(k.unit)}</small></span>'
        f'<span class="rt-d{" warns" if k.warns else ""}">{_unbroken(k.beside)}</span></div>'
        for k in figures
    )
    st.html(f'<div class="rt-kpis">{cells}</div>')


def _unbroken(facts: str) -> str:
    """Facts set apart by middle dots, none of them broken over two lines."""
    return " · ".join(f"<span>{escape(fact)}</span>" for fact in facts.split(" · "))


def paper_table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> None:
    """A table that shows only on paper, where the scrolling one would print the rows in sight."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    st.html(
        f'<table class="rt-paper"><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


@contextmanager
def controls(summary: str) -> Iterator[None]:
    """A line of controls; on a phone a button that says what is chosen and opens them."""
    if session.on_phone():
        with st.popover(summary, width="stretch", icon=":material/tune:"), st.container(key="controls"):
            yield
    else:
        with st.container(horizontal=True, vertical_alignment="bottom", key="controls", gap="small"):
            yield


def error_text(error: RongtuError, words: Words) -> str:
    """The half of a bilingual message that this page's reader wants; all of it when it is not in halves.

    The English half stands last, in plain brackets after a space, and holds no Chinese.
    """
    halves = re.fullmatch(r"(?s)(.*?) \(([^\u2e80-\uffef]*)\)", str(error))
    if halves is None:
        return str(error)
    return halves[1 if words.chinese else 2]


def fragment(draw: Callable[_Given, None]) -> Callable[_Given, None]:
    """A part of a page that runs again by itself, and itself tells an error that a person can act on.

    Streamlit does not pass on to the page what a fragment raises.
    """

    @wraps(draw)
    def telling(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except RongtuError as error:
            st.error(error_text(error, session.words()), icon=":material/error:")

    ran: Callable[_Given, None] = st.fragment(telling)
    return ran


def table_height(rows: int, row_height: int, most: int) -> int | Literal["content"]:
    """As high as the rows need, or ``most`` pixels and a scroll bar."""
    return "content" if (rows + 1) * (row_height + 2) <= most else most
