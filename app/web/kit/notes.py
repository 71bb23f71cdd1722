"""The rule, the data date and what is not known, printed beside every figure."""

from __future__ import annotations

from html import escape

import streamlit as st

from app.messages import Words
from app.services.coverage.service import CoverageReport


def notes(report: CoverageReport, words: Words) -> None:
    """What was counted and how, on which data, and which households have no exact answer."""
    rule = report.rule.text_zh if words.chinese else report.rule.text_en
    estimate = f'<span class="rt-estimate">{words("coverage.estimate")}</span>' if report.rule.estimate else ""
    why = f" {escape(words('empty.no_roads'))}" if report.rule.estimate else ""
    st.html(
        f'<div class="rt-note rt-rule"><p><b>{words("coverage.rule")}</b><br>{estimate}{escape(rule)}{why}</p>'
        f'<p><b>{words("coverage.unknown")}</b><br>{escape(_unknown(report, words))}</p>'
        f'<p>{escape(words("app.as_of", date=words.date(report.as_of)))}</p></div>'
    )


def _unknown(report: CoverageReport, words: Words) -> str:
    unknown, between = report.unknown, "；" if words.chinese else "; "
    if report.notes:  # nobody to count, or nothing to reach: nothing is known of anybody
        return between.join(words.pick(note) for note in report.notes)
    said = [
        words(key, n=words.count(number))
        for key, number in (
            ("coverage.off_network", unknown.off_network),
            ("coverage.unreachable", unknown.unreachable),
            ("coverage.disconnected", unknown.disconnected),
            ("coverage.imprecise", unknown.imprecise),
        )
        if number
    ]
    return between.join(said) if said else words("coverage.all_known")
