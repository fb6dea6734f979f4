"""
Sites with the points they serve, all that a better plan may contain.

At prices (u, w) with bound L (``capacitated_bound``), a plan that opens j for the
points S, a column, costs at least

    L + f_j + sum_r w_r g_rj + sum_{i in S} (c_ij - u_i) - base_j                 (1)

where base_j is what L without j, but with one site more to open, is less than L: what
j contributes if L opens it, else what opening it saves elsewhere. Every column where
(1) is within a margin of L is listed, and no other: loads are filled up option by
option, and a part is given up when the best that a knapsack could add falls short.
Plans then consist of these columns, or cost more than L plus the margin.

References
----------
Baldacci, Hadjiconstantinou, Maniezzo and Mingozzi (2002), A new method for solving
capacitated location problems based on a set partitioning approach,
doi:10.1016/S0305-0548(00)00072-1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from cstore_cli.deadline import Deadline
from cstore_cli.location.capacitated_bound import Relaxation, Relaxed
from cstore_cli.location.fillings import Items, fillings
from cstore_cli.location.siting import Floats, Ints

ROUNDING = 1e-9
"""What sums may be off, as a share of the bound."""
SHRINKING, SHRINKS = 0.7, 16
"""A margin is shrunk to this share, so often, until its columns are few enough."""


@dataclass(frozen=True, eq=False)
class Columns:
    """``site`` (c,), ``serves`` (c, n), the ``cost`` (c,) of opening and serving."""

    site: Ints
    serves: csr_array
    cost: Floats


def columns(
    relaxation: Relaxation,
    relaxed: Relaxed,
    margin: float,
    most: int,
    deadline: Deadline,
) -> Columns | None:
    """List the columns within ``margin``; None if they are more than ``most``."""
    problem, knapsacks = relaxation.problem, relaxation.knapsacks
    prices = relaxed.prices
    own = problem.fixed_cost + relaxation.rows.T @ prices.row
    least = own - bases(relaxation, relaxed) - margin
    least -= ROUNDING * max(1.0, abs(relaxed.value))
    gain = prices.point[knapsacks.point] - knapsacks.cost
    filled, _, _ = knapsacks.fill(prices.point)
    first = np.searchsorted(knapsacks.site, np.arange(problem.num_sites + 1))
    sites: list[Ints] = []
    members: list[Ints] = []
    options: list[Ints] = []
    count = 0
    for j in np.flatnonzero(problem.may_open & (-filled.value >= least)):
        span = slice(first[j], first[j + 1])
        point = knapsacks.point[span]
        chosen = fillings(
            Items(gain[span], knapsacks.demand[point], knapsacks.units[point]),
            int(knapsacks.room[j]),
            float(knapsacks.capacity[j]),
            float(least[j]),
            most - count,
        )
        if chosen is None or deadline.left_s() == 0:
            return None
        row, item = np.nonzero(chosen)
        sites.append(np.full(len(chosen), j))
        members.append(row + count)
        options.append(item + first[j])
        count += len(chosen)
    site = np.concatenate([np.zeros(0, dtype=np.int64), *sites])
    member = np.concatenate([np.zeros(0, dtype=np.int64), *members])
    option = np.concatenate([np.zeros(0, dtype=np.int64), *options])
    serves = csr_array(
        (np.ones(len(option)), (member, knapsacks.point[option])),
        shape=(count, problem.num_points),
    )
    cost = problem.fixed_cost[site] + np.bincount(
        member, knapsacks.cost[option], minlength=count
    )
    return Columns(site, serves, cost)


def likeliest(
    relaxation: Relaxation,
    relaxed: Relaxed,
    margin: float,
    most: int,
    deadline: Deadline,
) -> tuple[Columns | None, float]:
    """Return the columns within the margin, or one that leaves few enough; and it."""
    for _ in range(SHRINKS):
        found = columns(relaxation, relaxed, margin, most, deadline)
        if found is not None:
            return found, margin
        margin *= SHRINKING
    return None, margin


def bases(relaxation: Relaxation, relaxed: Relaxed) -> Floats:
    """Return base_j of (1), minus infinity where no more site may open."""
    value = relaxed.site_value
    others = relaxation.choice.forced(value).others
    base: Floats = value[relaxed.is_open].sum() - others
    return base
