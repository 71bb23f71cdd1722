"""What people write in JSON (scenarios, questions about siting), read with the place of every fault."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.services.answers.refusals import refusal
from geo.errors import ParameterError
from layers.fields import NO_LABEL
from layers.schema import Label

_Written = TypeVar("_Written")
_TEXT = Label("内容", "the text")
_Refused = Callable[[str], ParameterError]


def read_json(text: str | bytes, *, called: Label, error: _Refused = ParameterError) -> Any:
    """Plain values of a text in JSON.

    Parameters
    ----------
    called
        What the text is, in words.
    error
        Which error it is.

    Raises
    ------
    ParameterError
        When it is not JSON, and where; or a key stands twice in one place: JSON readers differ in which they take.
    """
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: once_each(pairs, called=called, error=error))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as fault:
        where = _where(fault)
        msg = f"{called.zh}不是有效的 JSON{where.zh} ({called.en} is not JSON{where.en})"
        raise error(msg) from None


def as_written(
    adapter: TypeAdapter[_Written], given: Any, *, called: Label, error: _Refused = ParameterError, kinds: Collection[str] = ()
) -> _Written:
    """What plain values write.

    Parameters
    ----------
    adapter
        Knows what may be written.
    kinds
        Names that pydantic puts into the places of faults and nobody wrote.

    Raises
    ------
    ParameterError
        Names the first places, what is wrong with each, and what is allowed.
    """
    try:
        return adapter.validate_json(json.dumps(given), strict=False)
    except ValidationError as refused:
        raise error(_explained(refused, called, kinds)) from None


def once_each(
    pairs: list[tuple[str, Any]], *, called: Label = _TEXT, error: _Refused = ParameterError
) -> dict[str, Any]:
    """One object of JSON, for ``json.loads``; raises as :func:`read_json` for a key that stands twice in it."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            shown = json.dumps(key[:80], ensure_ascii=False)
            msg = (
                f"{called.zh}中同一处写了两个 {shown}；请只留一个 "
                f"(in {called.en} the key {shown} stands twice in one place; keep one of them)"
            )
            raise error(msg)
        found[key] = value
    return found


def _where(fault: Exception) -> Label:
    """Where a text stops being JSON, if that is known."""
    if isinstance(fault, json.JSONDecodeError):
        return Label(f"（第 {fault.lineno} 行第 {fault.colno} 个字符处）", f" at line {fault.lineno}, character {fault.colno}")
    return NO_LABEL


def _explained(refused: ValidationError, called: Label, kinds: Collection[str]) -> str:
    """The first few problems, each with its place."""
    problems = refused.errors(include_url=False)
    zh, en = [], []
    for problem in problems[:3]:
        where, own = _place(problem["loc"], kinds), (problem.get("ctx") or {}).get("error")
        said = _halves(str(own)) if isinstance(own, ParameterError) else refusal(problem)
        zh.append(f"{where}{' ' if own is None else '：'}{said.zh}" if where else said.zh)
        en.append(f"{where}: {said.en}" if where else said.en)
    more = Label(f"，另有 {len(problems) - 3} 处", f"; {len(problems) - 3} more") if len(problems) > 3 else NO_LABEL
    return f"{called.zh}格式有误：{'；'.join(zh)}{more.zh} ({called.en}: {'; '.join(en)}{more.en})"


def _halves(said: str) -> Label:
    """The two languages of a message written as ``中文 (English)``."""
    halves = re.fullmatch(r"(?s)(.*?) \(([^\u2e80-\uffef]*)\)", said)
    return Label(halves[1], halves[2]) if halves else Label(said, said)


def _place(location: tuple[int | str, ...], kinds: Collection[str]) -> str:
    """``changes[2].at``."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part not in kinds:
            text += f".{part}" if text else part
    return text
