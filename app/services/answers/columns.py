"""Columns that many answers have."""

from __future__ import annotations

from app.services.answers.workbook import SHARE
from layers.schema import Field, Kind, Label

CODE = Field(name="code", label=Label("代码", "Code"))
TOWNSHIP = Field(name="township", label=Label("乡镇代码", "Township code"))
TOWNSHIP_NAME = Field(name="township_name", label=Label("乡镇", "Township"))
TOO_FEW = Field(name="too_few", label=Label("户数太少，不列出", "Withheld: too few households"), kind=Kind.BOOLEAN)


def text(key: str, zh: str, en: str) -> Field:
    """Words."""
    return Field(name=key, label=Label(zh, en))


def count(key: str, zh: str, en: str) -> Field:
    """A whole number of something."""
    return Field(name=key, label=Label(zh, en), kind=Kind.INTEGER)


def number(key: str, zh: str, en: str, unit: str = "") -> Field:
    """Any number, in ``unit``."""
    return Field(name=key, label=Label(zh, en), kind=Kind.NUMBER, unit=unit)


def share(key: str, zh: str, en: str) -> Field:
    """A share of 0 to 1."""
    return number(key, zh, en, SHARE)


def flag(key: str, zh: str, en: str) -> Field:
    """True or false."""
    return Field(name=key, label=Label(zh, en), kind=Kind.BOOLEAN)


HOUSEHOLDS = count("households", "户数", "Households")
PERSONS = count("persons", "人数", "Persons")
HOUSEHOLDS_IMPRECISE = count("households_imprecise", "定位不准的户", "Imprecise households")
