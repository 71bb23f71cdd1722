"""The claims' side: what the bureau stated beside what is counted, and what explains a difference."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.messages import NONE, Words
from app.roles import Viewer
from app.services.claims import service
from app.services.claims.report import ClaimsReport, Explanation, HeldClaim
from app.services.claims.tables import claim_tables
from app.web.kit import empty
from app.web.kit.answer_files import downloads, rule_note
from app.web.kit.answers import kept
from app.web.kit.parts import Kpi, kpis, paper_table, subtitle, table_height
from layers import registry
from layers.store import Store

_ROW, _MOST = 35, 520
_ask = kept(4)(service.claims)


def draw(viewer: Viewer, store: Store, words: Words) -> None:
    """Key figures, the table, and the disagreements one by one."""
    if store.is_empty():
        empty.no_data(words)
        return
    report = _ask(viewer, store)
    layer = words.pick(registry.get("claims").label)
    subtitle(words("claims.title"), words("claims.title_says"))
    if not report.claims:
        empty.notice(words("claims.none", layer=layer))
        rule_note(report.about, words)
        return
    claims = sorted(report.claims, key=lambda claim: _RANK[claim.agrees])
    _figures(report, words)
    _table(claims, words)
    differing = [claim for claim in claims if claim.agrees is False]
    if differing:
        subtitle(words("claims.why"), words("claims.why_says"))
    for claim in differing:
        _why(claim, words)
    st.caption(words("claims.add", layer=layer))
    downloads(lambda: claim_tables(report), report.about, words("claims.title"), words, formats=[".xlsx"])
    rule_note(report.about, words)


_RANK = {False: 0, None: 1, True: 2}


def _figures(report: ClaimsReport, words: Words) -> None:
    numbers = {verdict: sum(claim.agrees is verdict for claim in report.claims) for verdict in (False, None, True)}
    kpis([
        Kpi(words("claims.all"), words.count(len(report.claims))),
        Kpi(words("claims.differ"), words.count(numbers[False]), warns=numbers[False] > 0),
        Kpi(words("claims.agree"), words.count(numbers[True])),
        Kpi(words("claims.not_counted"), words.count(numbers[None])),
    ])


def _table(claims: list[HeldClaim], words: Words) -> None:
    head = [words(key) for key in (
        "claims.indicator", "claims.stated", "claims.counted", "claims.difference", "claims.unit", "claims.verdict",
        "claims.definition", "claims.day", "claims.stated_in",
    )]  # fmt: skip
    rows = [
        (
            words.pick(claim.label), _number(claim.stated), _number(claim.counted), _signed(claim.difference), claim.unit,
            _verdict(claim, words), NONE if claim.definition is None else words.pick(claim.definition), words.date(claim.as_of),
            claim.stated_in or NONE,
        )
        for claim in claims
    ]  # fmt: skip
    st.dataframe(
        pd.DataFrame(rows, columns=head), hide_index=True, key=f"claims_{words.language}",
        height=table_height(len(rows), _ROW, _MOST),
        column_config={head[k]: st.column_config.TextColumn(alignment="right") for k in (1, 2, 3)},
    )  # fmt: skip
    paper_table(head, rows, words("claims.title"))


def _why(claim: HeldClaim, words: Words) -> None:
    """One that does not agree: what was said, how else it may have been counted, and the objects."""
    title = words("claims.heading", label=words.pick(claim.label), stated=f"{_number(claim.stated)} {claim.unit}".strip(),
                  counted=f"{_number(claim.counted)} {claim.unit}".strip())  # fmt: skip
    with st.expander(title, icon=":material/compare_arrows:", key=f"claim_{claim.id}"):
        where = " · ".join(part for part in (claim.stated_in, words.date(claim.as_of)) if part)
        st.text(words("claims.statement", text=f"{claim.statement}（{where}）" if words.chinese else f"{claim.statement} ({where})"))
        if claim.definition is not None:
            st.text(words("claims.counted_as", definition=words.pick(claim.definition)))
        for other in claim.others:
            key = "claims.same_as" if other.agrees else "claims.other"
            values = {} if other.agrees else {"n": _number(other.counted)}
            st.text(words(key, definition=words.pick(other.definition), **values))
        for one in claim.explained_by:
            _objects(one, words)
        if not claim.explained_by:
            st.caption(words("claims.no_objects"))


def _objects(one: Explanation, words: Words) -> None:
    # As plain text: names come from files, and marks in them are no marks of the page.
    st.text(words("claims.objects", label=words.pick(one.label), n=words.count(one.count)))
    if not one.objects:
        return
    names = ("、" if words.chinese else ", ").join(each.name for each in one.objects)
    st.caption(_plain(names + (" " + words("claims.and_more") if one.count > len(one.objects) else "")))


def _plain(text: str) -> str:
    """Text with every mark of Markdown escaped."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()<>#+-!|~$:" else letter for letter in text)


def _verdict(claim: HeldClaim, words: Words) -> str:
    if claim.agrees is None:
        if claim.withheld:
            return words("claims.withheld")
        return words("claims.no_definition" if claim.indicator is None else "claims.not_counted")
    return words("claims.agree" if claim.agrees else "claims.differ")


def _number(value: float | None) -> str:
    return NONE if value is None else f"{round(value, 6):,.15g}"


def _signed(value: float | None) -> str:
    return NONE if value is None else f"{'+' if value > 0 else '−' if value < 0 else ''}{_number(abs(value))}"
