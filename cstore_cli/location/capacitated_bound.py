"""
A bound on sites with capacities by Lagrangian relaxation.

With prices u_i on "one site, or none, for each point" and w_r on the rows r that bind
sites to one another, sum_j g_rj y_j <= h_r (budget, sites too near each other), the
problem falls apart into a knapsack per site (``knapsacks``) and a choice of sites:

    L(u, w) = sum_i u_i - sum_r w_r h_r                                          (1)
              + min sum_j (f_j + sum_r w_r g_rj + v_j(u)) y_j                    (2)
              s.t. what ``site_choice`` says

for u_i at most the cost of going without and w at least 0. u and w climb by
subgradients, averaged with those before. Only sites that a relaxed knapsack would open
are filled exactly.

References
----------
Pirkul (1987), doi:10.1016/0305-0548(87)90031-2; Holmberg, Rönnqvist and Yuan (1999),
doi:10.1016/S0377-2217(98)00008-3; steps: Held, Wolfe and Crowder (1974),
doi:10.1007/BF01580223.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from cstore_cli.deadline import Deadline
from cstore_cli.location.groups import groups_of, near_of
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.prices import Prices
from cstore_cli.location.site_choice import SiteChoice
from cstore_cli.location.siting import Bools, Floats, Ints, SitingProblem, slack

DIGITS = 1e-13
"""What the sums of (1) may be off, as a share of the prices."""
LAST_STEP = 2e-3
"""Step, as a share of the distance to the plan's cost, below which we stop."""
MEMORY = 0.6
"""Weight of the steps before in the direction."""
SHORTEST = 1e-6
"""Squared length of a direction below which every point is served about once."""
SHARE_MEMORY = 0.9
"""Weight of the steps before in how often a site opens."""
PATIENCE = 15
"""Steps without a better bound before they are shortened."""
SHORTENING = 0.6


@dataclass(frozen=True, eq=False)
class Relaxed:
    """
    (1) at some prices: ``value``; which sites it opens and which options it takes.

    ``site_value`` (m,) are the terms of (2), never too high; ``open_share`` (m,) how
    often each site opened on the way here, the last steps counting most.
    """

    value: float
    prices: Prices
    site_value: Floats
    is_open: Bools
    taken: Ints
    open_share: Floats


class Relaxation:
    """The relaxation of one problem, over the options it keeps."""

    def __init__(self, problem: SitingProblem, knapsacks: Knapsacks) -> None:
        self.problem = problem
        self.knapsacks = knapsacks
        self.choice = SiteChoice(problem)
        self.rows, self.most = site_rows(problem)
        self._usual: Bools = problem.must_open  # likely to open the next time

    def at(self, prices: Prices) -> Relaxed:
        """Solve (1) and (2)."""
        problem, knapsacks = self.problem, self.knapsacks
        filled, earns, gain = knapsacks.fill(prices.point)
        own = problem.fixed_cost + self.rows.T @ prices.row
        value = own + filled.value
        exact = filled.ratio <= 0
        taken = [filled.taken[exact[knapsacks.site[filled.taken]]]]
        usual: Bools = problem.must_open.copy()
        while True:
            is_open = self.choice.best(value)
            usual |= is_open
            wanted = np.flatnonzero((is_open | self._usual) & ~exact)
            if not np.any(is_open[wanted]):
                break
            better, options = knapsacks.exact(wanted, earns, gain)
            value[wanted] = np.maximum(value[wanted], own[wanted] + better)
            exact[wanted] = True
            taken.append(options)
        self._usual = usual
        options = np.concatenate(taken)
        options = options[is_open[knapsacks.site[options]]]
        total = float(
            prices.point.sum() - prices.row @ self.most + value[is_open].sum()
        )
        total -= DIGITS * float(np.abs(prices.point).sum())
        return Relaxed(total, prices, value, is_open, options, is_open.astype(float))

    def climb(
        self,
        prices: Prices,
        goal: Callable[[Relaxed, bool], float],
        steps: int,
        step: float,
        deadline: Deadline,
    ) -> Relaxed:
        """
        Climb to the best bound of ``steps``.

        The first is ``step`` of the way to the goal, if the way were straight.
        ``goal`` is told each relaxation and whether it is the best so far, and returns
        the cost to aim at.
        """
        highest = self.problem.unserved_cost
        best: Relaxed | None = None
        waited = 0
        open_share = np.zeros(self.problem.num_sites)
        direction = Prices(np.zeros(len(prices.point)), np.zeros(len(prices.row)))
        for _ in range(steps):
            now = self.at(prices)
            open_share = SHARE_MEMORY * open_share + (1 - SHARE_MEMORY) * now.is_open
            waited += 1
            if best is None or now.value > best.value:
                if best is None or now.value > best.value + 1e-5 * abs(best.value):
                    waited = 0
                best = now
            target = goal(now, now is best)
            if step < LAST_STEP or deadline.left_s() == 0:
                break
            if waited >= PATIENCE:
                step, waited, prices = step * SHORTENING, 0, best.prices
            served = np.bincount(
                self.knapsacks.point[now.taken], minlength=len(prices.point)
            )
            direction = Prices(
                MEMORY * direction.point + (1 - MEMORY) * (1 - served),
                MEMORY * direction.row
                + (1 - MEMORY) * (self.rows @ now.is_open - self.most),
            )
            length = direction.point @ direction.point + direction.row @ direction.row
            if length < SHORTEST or target <= now.value:
                break
            length = step * (target - now.value) / length
            prices = Prices(
                np.minimum(prices.point + length * direction.point, highest),
                np.maximum(prices.row + length * direction.row, 0),
            )
        if best is None:
            raise ValueError("No step to climb.")
        return replace(best, open_share=open_share)


def site_rows(problem: SitingProblem) -> tuple[csr_array, Floats]:
    """
    Return rows and right sides that bind sites: the budget, sites near each other.

    Pairs are gathered to groups: one at most of each opens.
    """
    rows: list[Ints] = []
    values: list[Floats] = []
    most: list[float] = []
    if math.isfinite(problem.budget):
        size = float(problem.spend.max(initial=0.0)) or 1.0
        rows.append(np.arange(problem.num_sites))
        values.append(problem.spend / size)
        most.append(float(problem.budget + slack(problem.budget)) / size)
    groups = groups_of(near_of(problem.too_near, problem.num_sites))
    for start, end in pairwise(groups.indptr.tolist()):
        rows.append(groups.indices[start:end].astype(np.int64))
        values.append(np.ones(end - start))
        most.append(1.0)
    sizes = np.array([0, *(len(row) for row in rows)])
    matrix = csr_array(
        (
            np.concatenate([np.zeros(0), *values]),
            np.concatenate([np.zeros(0, dtype=np.int64), *rows]),
            np.cumsum(sizes),
        ),
        shape=(len(rows), problem.num_sites),
    )
    return matrix, np.array(most)
