"""Dates, numbers, identity numbers, telephones, yes and no, and coded words in whatever spelling."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.intake.values.cells import read_cells
from layers.intake.values.dates import NoDay, read_day
from layers.intake.values.identity import Fault, check_digit, read_identity
from layers.intake.values.numerals import read_chinese, read_number
from layers.intake.values.telephones import read_telephone
from layers.registry import LAYERS
from layers.schema import Label

FULL_WIDTH = str.maketrans("0123456789.-/,", "０１２３４５６７８９．－／，")
DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2119, 12, 31))
DIGITS = "〇一二三四五六七八九"

SPELLINGS = [
    lambda d: d.isoformat(),
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}/{d.month:02d}/{d.day:02d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f" {d.year} 年 {d.month} 月 {d.day} 号 ",
    lambda d: f"{d.year:04d}{d.month:02d}{d.day:02d}",
    lambda d: f"{d.isoformat()} 00:00:00",
    lambda d: f"{d.isoformat()}T08:30:00Z",
    lambda d: f"{d.year}-{d.month}-{d.day}".translate(FULL_WIDTH),
    lambda d: f"{d.day} {d:%b} {d.year}",
    lambda d: f"{''.join(DIGITS[int(c)] for c in str(d.year))}年{chinese(d.month)}月{chinese(d.day)}日",
]


def chinese(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return (("" if tens == 1 else DIGITS[tens]) + "十" if tens else "") + (DIGITS[ones] if ones else "")


def read(layer: str, field: str, *texts: str) -> list[object]:
    """Values of a column; of what is wrong the name of the rule."""
    cells = read_cells(LAYERS[layer][field], pd.Series(list(texts), dtype=object))
    return [value if wrong is None else wrong.rule for value, wrong in zip(cells.taken, cells.wrong, strict=True)]


@given(DAYS, st.sampled_from(SPELLINGS))
def test_a_day_is_read_in_every_spelling(day, spelling) -> None:
    assert read_day(spelling(day)) == day


@given(st.dates(dt.date(1928, 1, 1), dt.date(2100, 1, 1)), st.sampled_from(["", ".5", ".0"]))
def test_a_workbook_s_count_of_days_is_the_day_that_it_shows(day, time) -> None:
    # pandas counts from the same origin.
    serial = (pd.Timestamp(day) - pd.Timestamp("1899-12-30")).days
    assert read_day(f"{serial}{time}") == day


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_month_stands_for_its_first_day(year, month) -> None:
    for text in (f"{year}年{month}月", f"{year}.{month:02d}", f"{year}-{month:02d}", f"{year}{month:02d}"):
        assert read_day(text) == dt.date(year, month, 1)
    assert read_day(f"{year}年") == dt.date(year, 1, 1)


@given(st.integers(1900, 2100), st.integers(0, 99), st.integers(0, 99))
def test_a_day_that_is_in_no_calendar_is_never_another_day(year, month, day) -> None:
    try:
        expected: object = dt.date(year, month, day)
    except ValueError:
        expected = NoDay.NO_SUCH_DAY
    assert read_day(f"{year}-{month}-{day}") == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("2024-02-31", NoDay.NO_SUCH_DAY), ("31/02/2024", NoDay.NO_SUCH_DAY), ("24.3.5", NoDay.SHORT_YEAR),
    ("3/5/2024", NoDay.AMBIGUOUS), ("25/12/2024", dt.date(2024, 12, 25)), ("12/25/2024", dt.date(2024, 12, 25)),
    ("民国三十年", NoDay.UNREADABLE), ("2024.3.5-2025.3.5", NoDay.UNREADABLE), ("1e400", NoDay.UNREADABLE),
    ("9999999", NoDay.UNREADABLE), ("长期", None), ("", None),
])  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_said_to_be(text, expected) -> None:
    assert read_day(text) == expected


@given(st.decimals(-10**9, 10**9, places=3, allow_nan=False, allow_infinity=False))
def test_a_number_is_read_with_thousands_full_width_and_unit(number) -> None:
    for text in (f"{number}", f"{number:,}", f" {number} 元", f"{number:,}".translate(FULL_WIDTH), f"￥{number}"):
        assert read_number(text, "元") == float(number)


@given(st.decimals(0, 10**5, places=4, allow_nan=False, allow_infinity=False))
def test_ten_thousands_count_exactly(number) -> None:
    assert read_number(f"{number}万元") == float(number * Decimal(10_000))


@given(st.integers(1, 99))
def test_chinese_numerals_are_read(number) -> None:
    assert read_chinese(chinese(number)) == number


def test_larger_chinese_numerals_are_read() -> None:
    said = {"一百零五": 105, "两千三百": 2300, "一万二千": 12_000, "十二万": 120_000, "二〇二四": 2024, "一一二十": None, "十百": None,
            "人": None}
    assert {text: read_chinese(text) for text in said} == said


@pytest.mark.parametrize("text", ["1e400", "NaN", "inf", "-Infinity", "约3", "1,23", "0x10", "1_000", "", "三个半", "--1", "."])
def test_what_is_no_finite_number_is_none(text) -> None:
    assert read_number(text) is None


@given(st.text(max_size=30))
def test_any_text_is_a_value_of_its_kind_or_is_told_to_be_none(text) -> None:
    day, number, identity, telephone = read_day(text), read_number(text), read_identity(text), read_telephone(text)
    assert day is None or isinstance(day, dt.date | NoDay)
    assert number is None or math.isfinite(number)
    assert isinstance(identity, Fault) or re.fullmatch(r"[0-9]{17}[0-9X]", identity)
    assert isinstance(telephone, Label) or re.fullmatch(r"[0-9+/-]+", telephone)
    for layer in ("households", "works", "stations"):
        for spec in LAYERS[layer].fields:
            cells = read_cells(spec, pd.Series([text], dtype=object))
            outcomes = (cells.taken[0] is not None, cells.wrong[0] is not None, bool(cells.clear[0]))
            assert sum(outcomes) <= 1, spec.name
            # Words may say that there is nothing ("无", "null", "长期"); figures never do.
            assert any(outcomes) or not any(map(str.isdecimal, text)), spec.name


BODIES = st.builds(
    lambda region, day, order: f"{region}{day:%Y%m%d}{order:03d}",
    st.sampled_from(["110105", "430522", "510802", "654301"]), st.dates(dt.date(1910, 1, 1), dt.date(2015, 1, 1)), st.integers(0, 999),
)


def oracle_check_digit(body: str) -> str:
    """The digit that makes the sum of digit times 2 to the power of its place 1 modulo 11 (ISO 7064)."""
    for value, sign in enumerate("0123456789X"):
        digits = [*map(int, body), value]
        if sum(digit * 2**place for place, digit in enumerate(reversed(digits))) % 11 == 1:
            return sign
    raise AssertionError


@given(BODIES)
def test_the_check_digit_is_that_of_the_standard(body) -> None:
    assert check_digit(body) == oracle_check_digit(body)
    number = body + oracle_check_digit(body)
    assert read_identity(number) == number
    assert read_identity(f" '{number[:6]} {number[6:14]} {number[14:].lower()}".translate(FULL_WIDTH)) == number


@given(BODIES, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body, place, off) -> None:
    number = body + oracle_check_digit(body)
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    assert isinstance(read_identity(wrong), Fault)


@given(BODIES)
def test_a_number_that_a_spreadsheet_cut_to_15_digits_is_damaged_or_whole_by_chance(body) -> None:
    damaged = f"{body[:15]}000"
    found = read_identity(damaged)
    if oracle_check_digit(damaged[:17]) == "0":
        assert found == damaged
    else:
        assert isinstance(found, Fault)
        assert found.rule == "identity_damaged"


def test_other_faults_of_identity_numbers_have_names() -> None:
    body = "11010519490231002"  # 31 February
    faults = {
        "4.30522E+17": "identity_damaged", "1101051949": "identity_length", "110105********002X": "identity_masked",
        body + oracle_check_digit(body): "identity_birthday",
        "99010519491231002" + oracle_check_digit("99010519491231002"): "identity_region",
    }
    assert {text: read_identity(text).rule for text in faults} == faults


def test_numbers_of_15_digits_become_those_of_18() -> None:
    assert read_identity("110105491231002") == "11010519491231002" + oracle_check_digit("11010519491231002")


@pytest.mark.parametrize(("text", "number"), [
    ("+86 138 0013 8000", "13800138000"), ("8613800138000", "13800138000"), ("１３８ ００１３ ８０００", "13800138000"),
    ("138-0013-8000", "13800138000"), ("(0735)2234567", "0735-2234567"), ("0735 2234567", "07352234567"), ("2234567", "2234567"),
    ("13800138000、0735-2234567", "13800138000/0735-2234567"), ("\u202d13800138000\u202c", "13800138000"), ("12345", "12345"),
    ("400-810-1234", "400-810-1234"), ("13800138000.0", "13800138000"), ("+86 138-0013-8000", "13800138000"),
])  # fmt: skip
def test_telephones_are_written_one_way(text, number) -> None:
    assert read_telephone(text) == number


@pytest.mark.parametrize("text", ["1.38E+10", "138****8000", "1380013", "138001380001", "13800138000.5", "无号", "+", ","])
def test_what_is_no_telephone_is_said_to_be(text) -> None:
    found = read_telephone(text)
    assert isinstance(found, Label) or (text == "1380013" and found == text)  # seven digits are a local number


def test_yes_and_no_in_their_signs_and_words() -> None:
    yes = ["是", "√", "✓", "有", "1", "1.0", "TRUE", "已悬挂", "Y", "☑", "光荣牌已挂", "已"]
    no = ["否", "×", "无", "0", "false", "未悬挂", "未", "N", "☐", "不符合", "非"]
    assert read("households", "plaque_hung", *yes) == [True] * len(yes)
    assert read("households", "plaque_hung", *no) == [False] * len(no)
    assert read("households", "plaque_hung", "", "/", "不详", "明天再说") == [None, None, None, "type"]


def test_coded_values_by_code_label_in_either_language_and_other_words() -> None:
    assert read("memorials", "type", "grave", "烈士墓", "Martyr's grave", "零散烈士墓", "烈士墓（散葬）", "紀念碑") == [
        "grave", "grave", "grave", "grave", "grave", "monument"]
    assert read("memorials", "level", "零散", "未定级", "县级", "无", "", "宇宙级") == [
        "ungraded", "ungraded", "county", "ungraded", None, "vocabulary"]


@pytest.mark.parametrize("sign", [";", "；", "、", ",", "，", "/", "|", "\n", " ", "　"])
def test_several_codes_with_any_sign_between(sign) -> None:
    assert read("households", "categories", f"烈属{sign}退伍军人{sign}combat") == [("martyr_kin", "veteran", "combat")]


def test_a_word_that_no_list_knows_spoils_the_whole_cell() -> None:
    assert read("households", "categories", "烈属、火星人") == ["vocabulary"]


def test_a_year_is_taken_from_a_day_of_birth() -> None:
    texts = ["1948", "1948.3", "1948年3月5日", "19480305", "1948-03-05", "17604", "1951.0", "不详", "解放前"]
    assert read("households", "eldest_birth_year", *texts) == [1948, 1948, 1948, 1948, 1948, 1948, 1951, None, "type"]


def test_numbers_keep_to_their_kind() -> None:
    assert read("households", "persons", "3", "３人", "三", "3.0", "3.5", "1e400", "NaN") == [3, 3, 3, 3, "type", "type", None]
    assert read("works", "budget_yuan", "1.2万", "12,000元", "￥12000") == [12_000.0] * 3


def test_what_no_database_takes_is_refused() -> None:
    assert read("stations", "name", "a\0b", "a\ud800b", "=1+1") == ["type", "type", "=1+1"]


def test_every_other_word_for_a_code_leads_to_it() -> None:
    from layers.intake.aliases.terms import code_of, codes
    from layers.intake.aliases.words import WORDS

    for name, by_code in WORDS.items():
        for code, words in by_code.items():
            assert {code_of(name, word) for word in words.split()} == {code}, (name, code)
        assert set(codes(name).values()) >= set(by_code)
