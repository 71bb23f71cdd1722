"""A field of a layer as a control of a form: what fits its kind, empty where nothing is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app.messages import NONE, Words
from layers.fields import Field, Kind

_FIRST_DAY, _LAST_DAY = dt.date(1800, 1, 1), dt.date(2200, 12, 31)


def control(spec: Field, value: Any, names: Mapping[str, str], words: Words, *, key: str, disabled: bool = False) -> Any:
    """Draw the control of one field and read it.

    Parameters
    ----------
    spec
        The field.
    value
        What the store holds, in the field's own type; None where nothing is known.
    names
        Id to name of what the field may refer to; empty for a field that refers to nothing.
    key
        Of the control in the session; a new object needs a new one.

    Returns
    -------
    object
        The value in a type that the field's column takes; None for nothing.
    """
    label = words.pick(spec.label) + (" *" if spec.required else "") + (f"（{spec.unit}）" if spec.unit else "")
    given: dict[str, Any] = {"key": key, "help": words.pick(spec.note) or None, "disabled": disabled}

    def one_of(codes: list[Any]) -> Any:
        options = list(dict.fromkeys([*codes, *([] if value is None else [value])]))
        return st.selectbox(
            label, options, index=None if value is None else options.index(value), placeholder=NONE,
            format_func=lambda code: shown(spec, code, names, words), **given,
        )  # fmt: skip

    def some_of(codes: list[str]) -> tuple[str, ...]:
        known = list(value or ())
        return tuple(st.multiselect(
            label, list(dict.fromkeys([*codes, *known])), default=known, placeholder=NONE,
            format_func=lambda code: shown(spec, (code,), names, words), **given,
        ))  # fmt: skip

    def day() -> dt.date | None:
        known = None if value is None else pd.Timestamp(value).date()
        found: dt.date | None = st.date_input(
            label, known, min_value=_FIRST_DAY, max_value=_LAST_DAY, format="YYYY-MM-DD", **given
        )
        return found

    terms = [] if spec.vocabulary is None else [*spec.vocabulary]
    drawn: Mapping[Kind, Callable[[], Any]] = {
        Kind.TEXT: lambda: st.text_input(label, value or "", **given) or None,
        Kind.INTEGER: lambda: st.number_input(label, value=None if value is None else int(value), step=1, **given),
        Kind.NUMBER: lambda: st.number_input(label, value=None if value is None else float(value), **given),
        Kind.BOOLEAN: lambda: one_of([True, False]),
        Kind.DATE: day,
        Kind.CHOICE: lambda: one_of(terms),
        Kind.CHOICES: lambda: some_of(terms),
    }
    return one_of([*names]) if spec.references and names else drawn[spec.kind]()


def shown(spec: Field, value: Any, names: Mapping[str, str], words: Words) -> str:
    """A value of the field as people read it."""
    if value is None or (isinstance(value, tuple) and not value):  # a number of numpy must not meet a tuple
        return NONE
    if spec.references:
        return names.get(value, str(value))
    if spec.kind in (Kind.CHOICE, Kind.CHOICES) and spec.vocabulary is not None:
        codes = value if spec.kind is Kind.CHOICES else (value,)
        return "、".join(words.pick(spec.vocabulary.label(code)) for code in codes)
    if spec.kind is Kind.BOOLEAN:
        return words("edit.yes" if value else "edit.no")
    return f"{pd.Timestamp(value):%Y-%m-%d}" if spec.kind is Kind.DATE else str(value)


def differs(spec: Field, known: Any, said: Any) -> bool:
    """True where ``said`` is another value than ``known``, either in a type that the field's column takes."""
    if spec.kind is Kind.DATE and known is not None and said is not None:
        return bool(pd.Timestamp(known) != pd.Timestamp(said))
    if spec.kind is Kind.CHOICES:
        return set(known or ()) != set(said or ())
    return bool(known != said)
