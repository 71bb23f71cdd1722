"""The plan that covers most, and the proof: search, bound, settle, and hand what is left to a model.

Merging demands of the same cover set, Lagrangian bound, reduced-cost fixing and a small residual model in turn make
problems of thousands of sites by tens of thousands of demands solvable; each is known by itself (Church & ReVelle 1974;
Galvao & ReVelle 1996; Pereira, Lorena & Senne 2007, Computers & Operations Research 34:2950-2962).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array

from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.cover import Cover
from geo.siting.cover_dual import least_bound
from geo.siting.exchange import Exchange, search
from geo.siting.problem import Stop
from geo.siting.result import ROUNDING, Status
from geo.siting.rule import Rule
from geo.siting.volume import Dual

_SHAKES = 3
_ITERATIONS = 1_000
_ROUNDS = 12
_CORE = 4
"""So many times as many sites as a plan opens are the core, in which a model looks for a better plan."""
_CORE_NODES = 200
_SMALL = 3_000
"""What is left is given to a model at once when its table has no more entries."""
_MODEL = 20_000
"""What is left after all rounds is given to a model when its table has no more entries, and branched on otherwise."""
_NODES, _AT_A_NODE = 1_000, 150
_WORTH_A_ROUND = 0.95
"""Another round of bounding pays while it leaves at most this share of the sites."""


@dataclass(frozen=True)
class Covering:
    """A plan over the sites of a table, what it covers, and what none can better."""

    is_open: Bools
    value: float
    bound: float
    status: Status
    prices: Floats
    """Of the rows of the table, under which the bound was found; a start for a question that is much the same."""


def most_covered(
    cover: Cover,
    rule: Rule,
    *,
    grain: float,
    rng: np.random.Generator,
    stop: Stop,
    start: Bools | None = None,
    prices: Floats | None = None,
    nodes: int = _NODES,
) -> Covering:
    """Solve to proven optimality, unless stopped.

    Parameters
    ----------
    cover, rule
        What is covered, and which plans are allowed.
    grain
        Two plans differ by at least so much, or not at all; 0 when unknown.
    rng
        For the search.
    stop
        Ends the solve.
    start
        A plan to begin with besides the one that the search finds.
    prices
        Prices of the rows to begin with.
    nodes
        How many times to branch where bounds leave a question open; with less than usual the answer may be but near.
    """
    return _Solve(cover, rule, grain, rng, stop, nodes).run(start, prices)


@dataclass(frozen=True)
class _Node:
    """Some sites taken and some left out, with the prices and the mean choice of its bound; some are undecided."""

    taken: Bools
    left: Bools
    prices: Floats
    mean: Floats
    bound: float


class _Solve:
    """The best plan so far over all sites, and the part of the sites that is still open to question."""

    def __init__(self, cover: Cover, rule: Rule, grain: float, rng: np.random.Generator, stop: Stop, nodes: int) -> None:
        n = cover.rows.shape[1]
        self._whole, self._grain, self._rng, self._stop, self._nodes = cover, grain, rng, stop, nodes
        self._best, self._value, self._bound = np.zeros(n, bool), -np.inf, np.inf
        self._cover, self._rule, self._whole_rule = cover, rule, rule
        self._sites: Ints = np.arange(n)
        self._taken: Ints = np.zeros(0, np.int64)
        self._closed = False
        self._prices: Floats | None = None

    def run(self, start: Bools | None, prices: Floats | None) -> Covering:
        """Search, then bound and settle in rounds, then solve what is left."""
        self._offer(search(self._cover, self._rule, shakes=_SHAKES, rng=self._rng, stop=self._stop)[0])
        if start is not None:
            state = Exchange(self._cover, self._rule, start)
            state.improve(self._stop)
            self._offer(state.is_open)
        for round_ in range(_ROUNDS):
            dual = least_bound(
                self._cover, self._rule, better=self._improved, iterations=_ITERATIONS, stop=self._stop, prices=prices
            )
            self._bound = min(self._bound, max(dual.bound, self._value))
            self._prices = dual.prices if self._prices is None else self._prices
            if dual.bound < self._better:
                self._closed = True
            if self._closed or self._stop():
                break
            if not round_:
                self._search_core(dual)
            if dual.bound < self._better:
                self._closed = True
                break
            before = len(self._sites)
            prices = self._settle(dual)
            if prices is None or len(self._sites) > _WORTH_A_ROUND * before or self._cover.rows.nnz <= _SMALL:
                break
        small = self._cover.rows.nnz <= _MODEL
        if not self._closed and not small:
            self._branch(self._nodes, prices)
        if not self._closed and not self._stop() and (small or self._nodes >= _NODES):
            self._solve_rest()
        return self._end()

    def _branch(self, nodes: int, prices: Floats | None) -> None:
        """Take a site or leave it, the bound of what is left telling which plans need not be looked at.

        Ends with the question closed, or with the bound of the nodes that were not looked at.
        """
        n = len(self._sites)
        dual = least_bound(
            self._cover, self._rule, better=self._improved, iterations=_ITERATIONS, stop=self._stop, prices=prices
        )
        self._prices = dual.prices if self._prices is None else self._prices
        open_nodes = [_Node(np.zeros(n, bool), np.zeros(n, bool), dual.prices, dual.mean, dual.bound)]
        while open_nodes:
            if nodes <= 0 or self._stop():
                self._bound = min(self._bound, max(self._value, *(node.bound for node in open_nodes)))
                return
            node = open_nodes.pop(max(range(len(open_nodes)), key=lambda k: open_nodes[k].bound))
            nodes -= 1
            if node.bound < self._better:
                continue
            undecided = ~(node.taken | node.left)
            site = int(np.where(undecided, -np.abs(node.mean - 0.5), -np.inf).argmax())
            children = []
            for takes in (False, True):
                taken, left = node.taken.copy(), node.left.copy()
                (taken if takes else left)[site] = True
                child = self._bounded(taken, left, node.prices)
                if child is not None:
                    children.append(child)
            open_nodes += children
        self._closed = True

    def _bounded(self, taken: Bools, left: Bools, prices: Floats) -> _Node | None:
        """A node with what its bound settles, or None when no better plan can be in it."""
        while True:
            kept = ~(taken | left)
            rule = self._rule.within(kept, taken)
            if rule is None:
                return None
            cover, where = self._cover.within(kept, taken)
            stays = where >= 0
            begin = np.bincount(where[stays], prices[stays], cover.rows.shape[0]).astype(np.float64)
            dual = least_bound(
                cover, rule, better=lambda _: self._better, iterations=_AT_A_NODE, stop=self._stop, prices=begin
            )
            self._offer_within(kept, taken, dual.share == 1)
            if dual.bound < self._better or (dual.out & dual.in_).any():
                return None
            inside = np.flatnonzero(kept)
            prices = prices.copy()
            prices[stays] = self._cover.first[stays] * _ratio(dual.prices, cover.first)[where[stays]]
            mean = np.zeros(len(kept))
            mean[inside] = dual.mean
            if not (dual.out | dual.in_).any():
                return _Node(taken, left, prices, mean, dual.bound) if len(inside) else None
            taken, left = taken.copy(), left.copy()
            taken[inside[dual.in_]], left[inside[dual.out]] = True, True

    def _offer_within(self, kept: Bools, taken: Bools, chosen: Bools) -> None:
        plan = taken.copy()
        plan[np.flatnonzero(kept)[chosen]] = True
        self._offer(plan)

    @property
    def _better(self) -> float:
        """The least that a better plan than the best so far covers."""
        slack = ROUNDING * max(abs(self._value), 1.0)
        return self._value + max(self._grain - slack, slack)

    def _offer(self, is_open: Bools) -> None:
        """Take a plan over the sites in question if it is better, or as good and no better one is known."""
        whole = np.zeros(len(self._best), bool)
        whole[self._taken] = True
        whole[self._sites[is_open]] = True
        value = self._whole.value(whole)
        if value > self._value:
            self._best, self._value = whole, value

    def _improved(self, mean: Floats | None) -> float:
        """What a better plan covers, after a search that starts from the sites that are chosen most."""
        if mean is not None:
            self._descend(self._rule.choose(mean)[0] == 1)
        return self._better

    def _descend(self, chosen: Bools) -> None:
        state = Exchange(self._cover, self._rule, chosen)
        state.improve(self._stop)
        self._offer(state.is_open)

    def _search_core(self, dual: Dual) -> None:
        """Look for a better plan among the few sites that matter most (Rosing & ReVelle 1997)."""
        self._descend(dual.share == 1)
        n = len(self._sites)
        worth = dual.mean - self._rule.regret(self._cover.columns @ dual.prices, dual.share) / max(self._bound, 1.0)
        size = _CORE * int(np.ceil(dual.share.sum())) + 10
        if size >= n:
            return
        core = np.zeros(n, bool)
        core[np.argsort(np.where(dual.share > 0, -2.0, -worth), kind="stable")[:size]] = True
        core |= self._best[self._sites]
        none = np.zeros(n, bool)
        rule = self._rule.within(core, none)
        if rule is None:
            return
        table = self._cover.within(core, none)[0]
        begin = self._best[self._sites][core]
        solved = highs.solve(
            cover_model(table, rule), start=_start(table, begin), stop=self._stop, seed=int(self._rng.integers(2**31 - 1)),
            nodes=_CORE_NODES,
        )  # fmt: skip
        if solved.x is not None:
            plan = np.zeros(n, bool)
            plan[core] = solved.x[: int(core.sum())] > 0.5
            self._offer(plan)

    def _settle(self, dual: Dual) -> Floats | None:
        """Take out of question what is settled; return the prices of the rows left, None if no better plan is left."""
        kept = ~(dual.out | dual.in_)
        rule = None if (dual.out & dual.in_).any() else self._rule.within(kept, dual.in_)
        if rule is None:
            self._closed = True
            return None
        self._taken = np.concatenate([self._taken, self._sites[dual.in_]])
        self._sites, self._rule = self._sites[kept], rule
        self._cover, where = self._cover.within(kept, dual.in_)
        stays = where >= 0
        return np.bincount(where[stays], dual.prices[stays], self._cover.rows.shape[0]).astype(np.float64)

    def _solve_rest(self) -> None:
        """Let HiGHS solve what is in question."""
        cover = self._cover
        if not cover.rows.shape[0]:
            self._offer(np.zeros(len(self._sites), bool))
            self._closed = True
            return
        begin = search(cover, self._rule, shakes=_SHAKES, rng=self._rng, stop=self._stop)[0]
        self._offer(begin)
        solved = highs.solve(
            cover_model(cover, self._rule), start=_start(cover, begin), stop=self._stop,
            seed=int(self._rng.integers(2**31 - 1)),
        )  # fmt: skip
        if solved.x is not None:
            self._offer(solved.x[: len(self._sites)] > 0.5)
        self._bound = min(self._bound, max(self._value, cover.base + solved.bound))
        self._closed = solved.status in {Status.OPTIMAL, Status.INFEASIBLE}

    def _end(self) -> Covering:
        state = Exchange(self._whole, self._whole_rule, self._best)
        state.prefer_lower()
        self._best = state.is_open
        prices = np.zeros(0) if self._prices is None else self._prices
        if self._closed or self._bound < self._better:
            return Covering(self._best, self._value, self._value, Status.OPTIMAL, prices)
        if self._grain:  # no plan lies between two multiples of the grain
            steps = np.floor((self._bound - self._value) / self._grain + ROUNDING)
            self._bound = self._value + self._grain * float(steps)
        status = Status.TIME_LIMIT if self._stop() else Status.FEASIBLE
        return Covering(self._best, self._value, self._bound, status, prices)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def cover_model(cover: Cover, rule: Rule) -> highs.Model:
    """Sites, then rows covered once, then rows covered twice."""
    m, n = cover.rows.shape
    twice = np.flatnonzero(cover.second > 0)
    limits, least, most = rule.rows()
    unit = eye_array(m, format="csr")
    again = unit[:, twice]
    pairs = len(twice)
    rows = block_array(
        [
            [cover.rows, -unit, -again if pairs else None],
            [limits, None, None],
            *([[None, again.T, -eye_array(pairs)]] if pairs else []),
        ],
        format="csr",
    )
    return highs.Model(
        worth=np.concatenate([np.zeros(n), cover.first, cover.second[twice]]),
        upper=np.ones(n + m + pairs),
        integer=np.concatenate([np.ones(n, bool), np.zeros(m, bool), (cover.second > cover.first)[twice]]),
        rows=csr_array(rows),
        row_lower=np.concatenate([np.zeros(m), least, np.zeros(pairs)]),
        row_upper=np.concatenate([np.full(m, np.inf), most, np.full(pairs, np.inf)]),
        maximise=True,
    )


def _start(cover: Cover, is_open: Bools) -> Floats:
    count = cover.count(is_open)
    twice = np.flatnonzero(cover.second > 0)
    return np.concatenate([is_open.astype(np.float64), np.minimum(count, 1), (count[twice] >= 2).astype(np.float64)])
