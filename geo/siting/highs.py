"""Mixed-integer models, solved by HiGHS on one thread: stoppable, started from a known plan, with the bound.

HiGHS (Huangfu & Hall 2018, Mathematical Programming Computation 10:119-142) is called through its own binding, because
the one inside SciPy takes no start and cannot be stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array

from geo.network import Bools, Floats
from geo.siting.problem import Stop, never
from geo.siting.result import Status


@dataclass(frozen=True)
class Model:
    """Most or least of ``worth @ x`` with ``row_lower <= rows @ x <= row_upper`` and ``0 <= x <= upper``.

    Attributes
    ----------
    worth, upper : ndarray, shape (n,)
    integer : ndarray of bool, shape (n,)
    rows : csr_array, shape (m, n)
    row_lower, row_upper : ndarray, shape (m,)
    maximise : bool
    """

    worth: Floats
    upper: Floats
    integer: Bools
    rows: csr_array
    row_lower: Floats
    row_upper: Floats
    maximise: bool = False


@dataclass(frozen=True)
class Solved:
    """What came of it: ``x`` is None without a plan, and then ``objective`` is NaN; ``bound`` holds in any case."""

    status: Status
    x: Floats | None
    objective: float
    bound: float


def solve(
    model: Model, *, start: Floats | None = None, stop: Stop = never, seed: int = 0, nodes: int | None = None
) -> Solved:
    """Solve a model to proven optimality, unless stopped.

    Parameters
    ----------
    model
        The model.
    start
        A plan to begin with, shape (n,); it may be incomplete in nothing.
    stop
        Asked during the solve.
    seed
        Of the solver's random choices.
    nodes
        How many to branch on at most.
    """
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", seed),
        ("mip_rel_gap", 1e-9), ("mip_abs_gap", 1e-7),
    ):  # fmt: skip
        highs.setOptionValue(option, value)
    if nodes is not None:
        highs.setOptionValue("mip_max_nodes", nodes)
    highs.passModel(_as_highs(model))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    if stop is not never:
        for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            callback.subscribe(lambda event: event.interrupt() if stop() else None)
    highs.run()
    return _outcome(highs, model)


def _as_highs(model: Model) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = model.rows.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.worth, np.zeros(len(model.worth)), model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.sense_ = highspy.ObjSense.kMaximize if model.maximise else highspy.ObjSense.kMinimize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        model.rows.indptr, model.rows.indices, model.rows.data.astype(np.float64),
    )  # fmt: skip
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[whole] for whole in model.integer.astype(int).tolist()]
    return lp


def _outcome(highs: highspy.Highs, model: Model) -> Solved:
    ended, info = highs.getModelStatus(), highs.getInfo()
    worst = np.inf if model.maximise else -np.inf
    if ended in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return Solved(Status.INFEASIBLE, None, np.nan, worst)
    optimal = ended in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty}
    bound = info.objective_function_value if optimal and not model.integer.any() else info.mip_dual_bound
    status = Status.OPTIMAL if optimal else Status.TIME_LIMIT
    if not optimal and info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solved(status, None, np.nan, bound if np.isfinite(bound) else worst)
    x = np.array(highs.getSolution().col_value)
    x = np.where(model.integer, np.rint(x), x)
    return Solved(status, x, float(model.worth @ x), bound if model.integer.any() and np.isfinite(bound) else worst)
