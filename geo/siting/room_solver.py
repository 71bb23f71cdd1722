"""The plan that serves most where sites have room for so many only, and the proof: search, bound, settle, then a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import block_array, csr_array

from geo.network import Bools, Floats, Ints
from geo.siting import highs
from geo.siting.problem import Stop
from geo.siting.result import ROUNDING, Status
from geo.siting.room_dual import least_room_bound
from geo.siting.room_search import RoomSearch
from geo.siting.rooms import Rooms
from geo.siting.rule import Rule

_ITERATIONS = 2_000
_SHAKES, _MORE_SHAKES = 10, 40
_ROUNDS = 6
_MODEL = 20_000
"""A model of more pairs of rows and sites is not tried: HiGHS neither solves it in minutes nor stops when it is told to."""
_WORTH_A_ROUND = 0.9
"""Another round of bounding pays while it leaves at most this share of the sites."""


@dataclass(frozen=True)
class Serving:
    """A plan over the free sites, what it serves with those taken, and what none can better."""

    is_open: Bools
    value: int
    bound: float
    status: Status


def most_served(rooms: Rooms, rule: Rule, taken: Bools, free: Bools, *, seed: int, stop: Stop) -> Serving:
    """Solve to proven optimality, unless stopped.

    Parameters
    ----------
    rooms
        What may be served by all sites.
    rule
        Which plans of the free sites are allowed.
    taken, free : ndarray of bool, shape (n_sites,)
        Sites that are open, and those to be chosen from.
    seed
        Of the model's random choices.
    stop
        Ends the solve.
    """
    return _Solve(rooms, rule, taken, free, seed, stop).run()


class _Solve:
    """The best plan so far over all free sites, and the part of them that is still open to question."""

    def __init__(self, rooms: Rooms, rule: Rule, taken: Bools, free: Bools, seed: int, stop: Stop) -> None:
        whole = np.flatnonzero(taken | free)
        self._rooms = rooms.within(free, taken)[0]
        self._grain = int(np.gcd.reduce(np.concatenate([self._rooms.weight, self._rooms.room, [0]])))
        self._rng, self._stop = np.random.default_rng(seed), stop
        self._free: Ints = np.flatnonzero(free[whole])  # sites of the table in question
        self._site: Ints = np.arange(len(self._free))  # what they are called in plans
        self._rule, self._all = rule, RoomSearch(self._rooms, rule, self._free, stop)
        self._taken: Ints = np.zeros(0, np.int64)
        self._best, self._value, self._bound = np.zeros(len(self._free), bool), -1, np.inf
        self._closed = False

    def run(self) -> Serving:
        """Search, then bound and settle in rounds, then solve what is left."""
        start = self._search().search(np.zeros(len(self._site), bool), shakes=_SHAKES, rng=self._rng)
        self._offer(start)
        prices = self._all.cut_prices(start)
        for _ in range(_ROUNDS):
            dual = least_room_bound(
                self._rooms, self._rule, self._free, better=self._better, iterations=_ITERATIONS, stop=self._stop,
                prices=prices,
            )  # fmt: skip
            self._bound = min(self._bound, max(dual.bound, self._value))
            self._closed = dual.bound < self._better
            if self._closed or self._stop():
                break
            self._offer(self._search().improve(dual.share == 1))
            before = len(self._site)
            settled = self._settle(dual.prices, dual.out, dual.in_)
            if settled is None or len(self._site) > _WORTH_A_ROUND * before:
                break
            prices = settled
        if not self._closed and not self._stop():
            self._solve_rest()
        return self._end()

    @property
    def _better(self) -> float:
        """The least that a better plan than the best so far serves, less what rounding may take."""
        return self._value + self._grain - ROUNDING * max(self._value, 1)

    def _search(self) -> RoomSearch:
        return RoomSearch(self._rooms, self._rule, self._free, self._stop)

    def _offer(self, is_open: Bools) -> None:
        """Take a plan over the sites in question if it is better."""
        whole = np.zeros(len(self._best), bool)
        whole[self._taken] = True
        whole[self._site[is_open]] = True
        value = self._all.value(whole)
        if value > self._value:
            self._best, self._value = whole, value

    def _settle(self, prices: Floats, out: Bools, in_: Bools) -> Floats | None:
        """Take out of question what is settled; return the prices of the rows left, None if no better plan is left."""
        kept = ~(out | in_)
        rule = None if (out & in_).any() else self._rule.within(kept, in_)
        if rule is None:
            self._closed = True
            return None
        n = self._rooms.rows.shape[1]
        free, taken = np.zeros(n, bool), np.ones(n, bool)
        free[self._free[kept]] = True
        taken[self._free[~in_]] = False
        self._taken = np.concatenate([self._taken, self._site[in_]])
        self._site, self._rule = self._site[kept], rule
        self._rooms, where = self._rooms.within(free, taken)
        self._free = np.flatnonzero(free[free | taken])
        stays = where >= 0
        return np.bincount(where[stays], prices[stays], len(self._rooms.weight)).astype(np.float64)

    def _solve_rest(self) -> None:
        """Let HiGHS solve what is in question."""
        rooms, search = self._rooms, self._search()
        large = rooms.rows.nnz > _MODEL
        begin = search.search(np.zeros(len(self._site), bool), shakes=_MORE_SHAKES if large else _SHAKES, rng=self._rng)
        self._offer(begin)
        if not len(rooms.weight) or not len(self._site):
            self._closed = True
            return
        if large:
            return
        model, start = room_model(rooms, self._rule, self._free, begin)
        solved = highs.solve(model, start=start, stop=self._stop, seed=int(self._rng.integers(2**31 - 1)))
        if solved.x is not None:
            self._offer(solved.x[: len(self._site)] > 0.5)
        if np.isfinite(solved.bound):
            self._bound = min(self._bound, max(self._value, rooms.base + solved.bound))
        self._closed = solved.status is Status.INFEASIBLE or rooms.base + solved.bound < self._better

    def _end(self) -> Serving:
        best = self._all.without_idle(self._best)
        steps = np.floor((self._bound - self._value) / self._grain + 1e-6) if self._grain else 0.0
        if self._closed or steps <= 0:
            return Serving(best, self._value, self._value, Status.OPTIMAL)
        status = Status.TIME_LIMIT if self._stop() else Status.FEASIBLE
        return Serving(best, self._value, self._value + self._grain * float(steps), status)


def room_model(rooms: Rooms, rule: Rule, free: Ints, is_open: Bools) -> tuple[highs.Model, Floats]:
    """Sites, then how much of each row goes to each site that may serve it; and a plan to begin with.

    A row sends no more than it has, a site that is open serves no more than it has room for, and a closed one nobody of
    any row.
    """
    m, n = rooms.rows.shape
    pair_site, pair_row = rooms.rows.indices.astype(np.int64), np.repeat(np.arange(m), np.diff(rooms.rows.indptr))
    pairs, q = len(pair_site), len(free)
    most = np.minimum(rooms.weight[pair_row], rooms.room[pair_site]).astype(np.float64)
    place = np.full(n, -1)
    place[free] = np.arange(q)
    each = np.arange(pairs)
    linked = np.flatnonzero((place[pair_site] >= 0) & (most < rooms.room[pair_site]))
    of_row = csr_array((np.ones(pairs), (pair_row, each)), shape=(m, pairs))
    of_site = csr_array((np.ones(pairs), (pair_site, each)), shape=(n, pairs))
    opens = csr_array((-rooms.room[free].astype(np.float64), (free, np.arange(q))), shape=(n, q))
    one = csr_array((np.ones(len(linked)), (np.arange(len(linked)), linked)), shape=(len(linked), pairs))
    link = csr_array((-most[linked], (np.arange(len(linked)), place[pair_site[linked]])), shape=(len(linked), q))
    limits, least, limit = rule.rows()
    room = rooms.room.astype(np.float64)
    room[free] = 0.0
    none = -np.inf
    model = highs.Model(
        worth=np.concatenate([np.zeros(q), np.ones(pairs)]),
        upper=np.concatenate([np.ones(q), most]),
        integer=np.arange(q + pairs) < q,
        rows=csr_array(block_array([[None, of_row], [opens, of_site], [link, one], [limits, None]], format="csr")),
        row_lower=np.concatenate([np.full(m + n + len(linked), none), least]),
        row_upper=np.concatenate([rooms.weight.astype(np.float64), room, np.zeros(len(linked)), limit]),
        maximise=True,
    )
    taken = np.ones(n, bool)
    taken[free] = is_open
    return model, np.concatenate([is_open.astype(np.float64), rooms.flow(taken).by_pair()])
