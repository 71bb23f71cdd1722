"""How much of everybody, or of each township, is to be served."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.errors import ParameterError
from geo.network import Bools, Floats, Ints
from geo.siting.problem import Problem
from geo.siting.result import ROUNDING, Shortfall


@dataclass(frozen=True)
class Need:
    """How much weight of each group must be covered.

    Attributes
    ----------
    weight : ndarray, shape (n_demands,)
    group : ndarray, shape (n_demands,)
    least : ndarray, shape (n_groups,)
    of_all : bool
        Whether there is but one group, that of all.
    """

    weight: Floats
    group: Ints
    least: Floats
    of_all: bool

    @classmethod
    def of(cls, problem: Problem, share: float, groups: ArrayLike | None) -> Need:
        """The same share of every group, or of all when there are none.

        Raises
        ------
        ParameterError
            When the share is not above 0 and at most 1, or a demand has no group.
        """
        if not 0 < share <= 1:
            msg = f"比例须大于 0 且不超过 1，得到 {share:g} (the share must be above 0 and at most 1)"
            raise ParameterError(msg)
        group = group_numbers(problem, groups)
        total = np.bincount(group, problem.weight).astype(np.float64)
        return cls(problem.weight, group, share * total * (1 - ROUNDING), groups is None)

    def covered(self, within: Bools) -> Floats:
        """Weight of each group among some demands."""
        return np.bincount(self.group[within], self.weight[within], len(self.least)).astype(np.float64)

    def shortfalls(self, within: Bools) -> tuple[Shortfall, ...]:
        """Groups that those demands are not enough for."""
        possible = self.covered(within)
        return tuple(
            Shortfall("share", -1 if self.of_all else int(g), float(self.least[g] / (1 - ROUNDING)), float(possible[g]))
            for g in np.flatnonzero(possible < self.least)
        )


def group_numbers(problem: Problem, groups: ArrayLike | None) -> Ints:
    """The group of each demand, 0 for all where there are none.

    Raises
    ------
    ParameterError
        When there is not one number from 0 for each demand.
    """
    if groups is None:
        return np.zeros(len(problem.weight), np.int64)
    group = np.asarray(groups)
    if group.shape != problem.weight.shape or not np.issubdtype(group.dtype, np.integer) or (group < 0).any():
        msg = "每个需求点须有一个从 0 起的分组编号 (every demand needs the number of its group, from 0)"
        raise ParameterError(msg)
    return group.astype(np.int64)
