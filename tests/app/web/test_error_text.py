"""Every bilingual message of the program falls into its two halves."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from app.messages import Words
from app.services.county.facilities import FacilityChoice
from app.web.kit.parts import error_text
from geo.errors import RongtuError

ZH, EN = Words("zh"), Words("en")


@pytest.mark.parametrize(
    ("message", "zh", "en"),
    [
        ("没有路 (no road)", "没有路", "no road"),
        ("已被改动（现为第 3 版）；请重开 (changed (now version 3); open it again)",
         "已被改动（现为第 3 版）；请重开", "changed (now version 3); open it again"),
        ("写得不对：第 1 项：没有闭合 (not closed) (there is more)", "写得不对：第 1 项：没有闭合", "not closed) (there is more"),
        ("只有中文（没有英文）", "只有中文（没有英文）", "只有中文（没有英文）"),
        ("English only (really)", "English only", "really"),
    ],
)  # fmt: skip
def test_halves(message, zh, en):
    assert error_text(RongtuError(message), ZH) == zh
    assert error_text(RongtuError(message), EN) == en


def test_a_real_message_is_in_one_language():
    with pytest.raises(RongtuError) as raised:
        FacilityChoice(grade="none")
    assert not re.search(r"[A-Za-z]{6,} [a-z]+ ", error_text(raised.value, ZH))
    assert not re.search(r"[一-鿿]", error_text(raised.value, EN))


def test_a_part_that_runs_by_itself_tells_its_own_errors():
    def page():
        from app.web.kit.parts import fragment
        from geo.errors import ParameterError

        @fragment
        def part():
            msg = "太远 (too far)"
            raise ParameterError(msg)

        part()

    test = AppTest.from_function(page, default_timeout=30).run()
    assert [error.value for error in test.error] == ["太远"]
    assert not test.exception
