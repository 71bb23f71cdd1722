"""Kinds of households that fairness is told by, and which of them are too few to tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.services.county.data_date import data_date
from app.services.county.homes import ELDER_AGE, Homes, homes
from app.services.county.small_cells import SMALL_CELL, withheld
from app.services.county.state import StoreState, kept
from geo.network import Bools
from layers.schema import Label
from layers.vocabulary import CATEGORY, DIFFICULTY


@dataclass(frozen=True)
class Groups:
    """Kinds of households, one row each, the first of them all households.

    Attributes
    ----------
    kind, code, label
        Where the code is from, the code, and what it is called.
    member : ndarray of bool, shape (n_groups, n_households)
    """

    kind: tuple[str, ...]
    code: tuple[str, ...]
    label: tuple[Label, ...]
    member: Bools


@kept(2)
def county_groups(state: StoreState) -> Groups:
    """The kinds of households as they are at the data's date."""
    return groups(homes(state), data_date(state.store).year)


def groups(living: Homes, year: int) -> Groups:
    """All households, the elders, and every category and difficulty that any household has.

    Parameters
    ----------
    living
        The households.
    year
        The year in which ages are counted.
    """
    traits = living.traits
    elders = living.elders(year)
    alone = traits["lives_alone"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    rows = [
        ("all", "all", Label("全部", "All"), np.ones(len(living), dtype=bool)),
        ("group", "elder", Label(f"{ELDER_AGE} 岁及以上", f"{ELDER_AGE} or older"), elders),
        ("group", "elder_alone", Label(f"{ELDER_AGE} 岁及以上独居", f"{ELDER_AGE} or older, alone"), elders & alone),
    ]
    held = [frozenset(codes) if isinstance(codes, list | tuple | np.ndarray) else frozenset()
            for codes in traits["categories"]]  # fmt: skip
    rows += [
        ("category", code, CATEGORY.label(code), np.fromiter((code in codes for codes in held), bool, len(held)))
        for code in CATEGORY
    ]
    difficulty = traits["difficulty"].astype(object)
    for code, (zh, en) in DIFFICULTY.terms.items():
        said = Label(f"困难情况：{zh}", f"Difficulty: {en.lower()}")
        rows.append(("difficulty", code, said, (difficulty == code).to_numpy(dtype=bool)))
    there = [row for row in rows if row[0] == "all" or row[3].any()]
    kind, code, label, member = zip(*there, strict=True)
    return Groups(kind, code, label, np.array(member, dtype=bool).reshape(len(there), len(living)))


def untellable(found: Groups, counted: Bools) -> Bools:
    """Groups to withhold so that no figure of fewer than five households can be had from those that are shown.

    Not a small group itself; not a group that is all but a few of another, which would give the few
    away; and not one of a few difficulties whose sum is known.

    Parameters
    ----------
    found
        The groups.
    counted
        Households that the figures are of, shape (n_households,).

    Returns
    -------
    ndarray of bool, shape (n_groups,)
    """
    member = found.member & counted
    size = member.sum(axis=1)
    common = member.astype(np.float32) @ member.T.astype(np.float32)
    rest = size[None, :] - size[:, None]
    all_but_few = (common == size[:, None]) & (rest > 0) & (rest < SMALL_CELL)
    hidden: Bools = ((size > 0) & (size < SMALL_CELL)) | all_but_few.any(axis=1)
    kinds = np.array(found.kind, dtype=object)
    difficulties = np.flatnonzero(kinds == "difficulty")
    unstated = int(counted.sum() - size[difficulties].sum())
    parts = withheld(np.append(size[difficulties], unstated), np.zeros(len(difficulties) + 1, dtype=object))
    hidden[difficulties] |= parts[:-1]
    return hidden
