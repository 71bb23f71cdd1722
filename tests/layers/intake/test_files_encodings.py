"""Texts in the encodings of Chinese offices, and what is no text in any of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import IntakeError
from layers.intake.formats.cell_text import number_text
from layers.intake.formats.delimited import read_delimited, separator
from layers.intake.formats.encodings import decode

TEXT = "序号,姓名,所在村,联系电话\r\n1,钱一,东风村,13900000000\r\n2,孙二,红旗社区,0712-1234567\r\n"


@pytest.mark.parametrize("encoding", [
    "utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_text_is_found_in_its_encoding(encoding: str) -> None:
    found = decode(TEXT.encode(encoding), "a.csv")
    assert found.text == TEXT
    assert not found.doubtful


def test_traditional_text_in_big5() -> None:
    text = opencc.OpenCC("s2t").convert(TEXT)
    found = decode(text.encode("big5"), "a.csv")
    assert (found.text, found.encoding) == (text, "big5")


def test_real_names_in_every_encoding_and_of_any_length(shared_data: Path) -> None:
    text = (shared_data / "codes" / "villages_12counties.csv").read_text("utf-8-sig")
    names = [row["village"] for row in csv.DictReader(io.StringIO(text))]
    traditional = opencc.OpenCC("s2t")
    wrong = {"gb18030": 0, "big5": 0}
    tried = {"gb18030": 0, "big5": 0}
    for k in range(0, len(names) - 10, 10):
        few = "村名\n" + "\n".join(names[k : k + 10])
        for encoding, sample in (("gb18030", few), ("big5", traditional.convert(few))):
            try:
                content = sample.encode(encoding)
            except UnicodeEncodeError:  # a character that Big5 does not have
                continue
            tried[encoding] += 1
            wrong[encoding] += decode(content, "a.csv").text != sample
    assert min(tried.values()) > 100
    assert wrong == {"gb18030": 0, "big5": 0}


def test_a_given_encoding_is_kept_to() -> None:
    content = "村,錢".encode("big5")
    assert decode(content, "a.csv", "big5").text == "村,錢"
    with pytest.raises(IntakeError, match="line 1"):
        decode(content, "a.csv", "utf-8")


def test_utf8_with_a_damaged_byte_is_never_read_as_another_encoding() -> None:
    content = (TEXT * 5).encode()
    for at in range(8, 400):
        broken = content[:at] + b"\xff" + content[at + 1 :]
        with pytest.raises(IntakeError, match=r"line \d"):
            decode(broken, "a.csv")


@settings(max_examples=100)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
                         min_size=3, max_size=3), min_size=3, max_size=12),
       st.sampled_from([",", "\t", ";", "|"]), st.sampled_from(["utf-8-sig", "utf-16"]))
def test_what_a_csv_writer_wrote_is_read_again(rows: list[list[str]], mark: str, encoding: str) -> None:
    content = io.StringIO()
    csv.writer(content, delimiter=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    text = decode(content.getvalue().encode(encoding), "a.csv").text
    assert text == content.getvalue().removeprefix("\ufeff")
    if separator(text) == mark:  # a cell may hold more of another mark than there are cells
        assert list(read_delimited(text, "a.csv")) == rows


@pytest.mark.parametrize(("text", "mark"), [
    ("姓名,地址\n钱一,三组；东边\n孙二,一组\n", ","), ("姓名\t地址\n钱一\t三组,东边\n", "\t"), ("姓名；村\n钱一；东风村\n", "；"),
    ("姓名，村\n钱一，东风村\n", "，"), ("村名\n东风村\n", ","), ("a|b|c\n1|2,5|3\n1|2,7|3\n", "|"),
    ('姓名,说明\n钱一,"a;b;c"\n孙二,"d;e;f"\n', ","),
])
def test_the_separator_is_the_one_that_makes_columns(text: str, mark: str) -> None:
    assert separator(text) == mark


@given(st.integers(-(10**20), 10**20))
def test_whole_numbers_have_no_exponent_and_mean_the_same(number: int) -> None:
    text = number_text(float(number))
    assert "e" not in text
    assert "." not in text
    assert float(text) == float(number)


@given(st.floats(-1e20, 1e20, allow_nan=False))
def test_numbers_keep_every_digit(number: float) -> None:
    text = number_text(number)
    assert float(text) == number
    assert "e" not in text
