"""
Which sites a relaxation opens, each at a value of its own.

    min   sum_j v_j y_j                                                          (1)
    s.t.  sum_j y_j = p                 if p is given                            (2)
          sum_j q_j y_j >= sum_i a_i    if p is free and every point is served   (3)
          y_j = 1, y_j = 0              must and must not open                   (4)

With (2) the p least open. Without, all below 0 do, and of the others those that cover
the demand still missing at least cost, by a table over whole loads: demand is rounded
down to a grid and capacities up, so that (1) is never too high.
"""

import math
from dataclasses import dataclass

import numpy as np

from cstore_cli.location.siting import Bools, Floats, Ints, SitingProblem

CELLS = 2_000
"""Cells of the table at most; whole loads beyond are rounded to a grid."""


@dataclass(frozen=True, eq=False)
class Forced:
    """(1) with each site open, less its own value, and with it closed, (m,) each."""

    others: Floats
    without: Floats


class SiteChoice:
    """(2) to (4) of a problem."""

    def __init__(self, problem: SitingProblem) -> None:
        self.must, self.may = problem.must_open, problem.may_open
        self.num_open = problem.num_open
        self.covers = problem.num_open is None and bool(
            np.isinf(problem.unserved_cost).all()
            and np.isfinite(problem.capacity).all()
        )
        self.size = np.zeros(problem.num_sites, dtype=np.int64)
        self.needed = 0
        if self.covers:
            self.size, self.needed = _grid(problem)

    def best(self, value: Floats) -> Bools:
        """Return the sites that open."""
        is_open = self.must.copy()
        others = self.may & ~self.must
        if self.num_open is not None:
            missing = max(self.num_open - int(is_open.sum()), 0)
            free = np.flatnonzero(others)
            is_open[free[np.argsort(value[free], kind="stable")[:missing]]] = True
            return is_open
        is_open |= others & (value < 0)
        missing = self.needed - int(self.size[is_open].sum())
        if missing <= 0:
            return is_open
        free = self._hopeful(others & ~is_open, value, missing)
        costs = np.full((len(free) + 1, missing + 1), np.inf)  # of covering so much
        costs[:, 0] = 0.0
        for k, j in enumerate(free):
            costs[k + 1] = _with(costs[k], value[j], int(self.size[j]))
        for k in range(len(free), 0, -1):
            if costs[k, missing] < costs[k - 1, missing]:
                is_open[free[k - 1]] = True
                missing = max(missing - int(self.size[free[k - 1]]), 0)
        return is_open

    def forced(self, value: Floats) -> Forced:
        """Return (1) with each site open, and closed."""
        is_open = self.best(value)
        total = float(value[is_open].sum())
        others, without = total - value, np.full(len(value), total)
        others[~is_open] = total
        if self.num_open is not None:
            swap_out = value[is_open & ~self.must].max(initial=-np.inf)
            swap_in = value[self.may & ~is_open].min(initial=np.inf)
            others[~is_open] = total - swap_out
            without[is_open] += swap_in - value[is_open]
        elif not self.covers:
            without[is_open] -= value[is_open]
        else:
            self._forced_to_cover(value, others, without)
        without[self.must] = np.inf
        others[~self.may] = np.inf
        return Forced(others, without)

    def _forced_to_cover(self, value: Floats, others: Floats, without: Floats) -> None:
        """Fill both where (3) may bind."""
        base = self.must | (self.may & (value < 0))
        spent = float(value[base].sum())
        missing = self.needed - int(self.size[base].sum())
        widest = max(missing, 0) + int(self.size[base & ~self.must].max(initial=0))
        free = self._hopeful(self.may & ~base, value, widest)
        before = np.full((len(free) + 1, widest + 1), np.inf)
        before[:, 0] = 0.0
        after = before.copy()
        for k, j in enumerate(free):
            before[k + 1] = _with(before[k], value[j], int(self.size[j]))
        for k in range(len(free) - 1, -1, -1):
            after[k] = _with(after[k + 1], value[free[k]], int(self.size[free[k]]))
        for j in np.flatnonzero(base & ~self.must):
            wanted = max(missing + int(self.size[j]), 0)
            without[j] = spent - value[j] + after[0, wanted]
        for j in np.flatnonzero(self.may & ~base):
            wanted = max(missing - int(self.size[j]), 0)
            others[j] = spent + after[0, wanted]
        for k, j in enumerate(free):
            wanted = max(missing - int(self.size[j]), 0)
            others[j] = spent + _both(before[k], after[k + 1], wanted)
            without[j] = spent + _both(before[k], after[k + 1], max(missing, 0))

    def _hopeful(self, among: Bools, value: Floats, wanted: int) -> Ints:
        """Return sites to cover with: of one size, no more than cover it alone."""
        order = np.flatnonzero(among)
        order = order[np.lexsort((value[order], self.size[order]))]
        size = self.size[order]
        rank = np.arange(len(order)) - np.searchsorted(size, size)
        return order[(size > 0) & ((rank - 1) * size < wanted)]


def _with(costs: Floats, value: float, size: int) -> Floats:
    """Return the least cost of covering, with one more site to cover with."""
    covered = np.maximum(np.arange(len(costs)) - size, 0)
    return np.minimum(costs, costs[covered] + value)


def _both(before: Floats, after: Floats, wanted: int) -> float:
    """Return the least cost of covering with sites of either table."""
    return float((before[: wanted + 1] + after[: wanted + 1][::-1]).min())


def _grid(problem: SitingProblem) -> tuple[Ints, int]:
    """Return capacities rounded up and all demand rounded down."""
    total = float(problem.demand.sum())
    capacity = np.minimum(problem.capacity, total)
    whole = capacity == np.round(capacity)
    unit = 1.0
    if total > CELLS or not whole.all():
        common = (
            math.gcd(*capacity[whole].astype(np.int64).tolist()) if len(capacity) else 1
        )
        fine = whole.all() and common > 0 and total / common <= CELLS
        unit = float(common) if fine else max(total, 1e-300) / CELLS
    size = np.ceil(capacity / unit - 1e-6).astype(np.int64)
    return size, int(np.floor(total / unit - 1e-6))
