"""What is said of a value that cannot be used, by the kind of error that pydantic has for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from layers.schema import Label

NOT_A_NUMBER = Label("不是有效的数", "not a number")
_MISSING = Label("缺少这一项", "this part is missing")
_UNKNOWN = Label("没有这一项", "there is no such part")
_NUMBER = Label("须是一个数", "must be a number")
_WHOLE = Label("须是整数", "must be a whole number")
_YES_NO = Label("须是 true 或 false", "must be true or false")
_OBJECT = Label("应是一个对象", "should be an object")
_LIST = Label("应是一个列表", "should be a list")
_DATE = Label("须是日期，如 2025-10-31", "must be a date such as 2025-10-31")
_CHOICE = Label("不在允许的取值中：{expected}", "not one of the allowed values: {expected}")
_SAID = {
    "missing": _MISSING,
    "missing_argument": _MISSING,
    "extra_forbidden": _UNKNOWN,
    "unexpected_keyword_argument": _UNKNOWN,
    "less_than": Label("须小于 {lt}", "must be below {lt}"),
    "less_than_equal": Label("须不大于 {le}", "must be at most {le}"),
    "greater_than_equal": Label("须不小于 {ge}", "must be at least {ge}"),
    "greater_than": Label("须大于 {gt}", "must be above {gt}"),
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "date_from_datetime_inexact": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
    "bool_parsing": _YES_NO,
    "bool_type": _YES_NO,
    "finite_number": NOT_A_NUMBER,
    "string_type": Label("须是文字", "must be text"),
    "string_too_short": Label("不能为空", "must not be empty"),
    "string_too_long": Label("最多 {max_length} 个字", "at most {max_length} characters"),
    "dataclass_type": _OBJECT,
    "dict_type": _OBJECT,
    "union_tag_invalid": Label("没有这一种", "there is no such kind"),
    "union_tag_not_found": Label("没有说明是哪一种", "its kind is not given"),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "too_short": Label("太少，至少 {min_length} 个", "too few, at least {min_length}"),
    "too_long": Label("太多，最多 {max_length} 个", "too many, at most {max_length}"),
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "json_invalid": Label(
        "不是有效的 JSON；请检查括号、引号和逗号", "not JSON: {error}; look at brackets, quotes and commas"
    ),
}  # fmt: skip


def refusal(problem: Mapping[str, Any]) -> Label:
    """What is wrong with one value, of an error as ``ValidationError.errors()`` has it.

    A kind without words of its own is told in pydantic's, in English.
    """
    given = problem.get("input")
    if isinstance(given, float) and not math.isfinite(given):
        return NOT_A_NUMBER  # no limit is kept or broken by what is none
    said = _SAID.get(str(problem["type"]))
    if said is None:
        return Label("不能用", str(problem["msg"]))
    limits = {name: f"{value:g}" if isinstance(value, float) else str(value)
              for name, value in (problem.get("ctx") or {}).items()}  # fmt: skip
    chinese = limits | {"expected": limits.get("expected", "").replace(" or ", "、").replace(", ", "、")}
    return Label(said.zh.format(**chinese), said.en.format(**limits))
