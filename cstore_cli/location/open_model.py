"""
Siting without capacities as a small PuLP model, by how far each point has to go.

With D_i1 < D_i2 < ... the costs at which point i can be served, its base being the last
of them, and z_ik = 1 when no open site serves it for D_ik,

    min   F + sum_j f_j y_j + sum_i (D_i1 + sum_k (D_i,k+1 - D_ik) z_ik)        (1)
    s.t.  z_ik + sum_{j: c_ij = D_ik} y_j >= z_i,k-1       z_i0 = 1             (2)
          sum_j y_j = p                                                        (3)
          sum_j b_j y_j <= B                                                   (4)
          sum_{j in k} y_j <= 1            of each group too near each other    (5)
          y_j in {0, 1},  z_ik >= 0

which names each option once and not twice, as x_ij would (Elloumi 2010,
doi:10.1007/s10878-008-9140-6). Where the base is infinite, z of the last is left out.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pulp

from cstore_cli.errors import InfeasibleError
from cstore_cli.location.open_core import Core
from cstore_cli.location.siting import Ints
from cstore_cli.milp import Limits, solve

HALF = 0.5
FINE, COARSE = 1.0, 1e6
"""Where the largest cost is outside, costs are counted in another unit."""

Level = tuple[float, float, list[int]]
"""A cost, the next one, and the sites that serve at the first."""


def solve_core(core: Core, limits: Limits) -> tuple[Ints, float]:
    """
    Return the best sites of ``core``, and a bound on the cost of any.

    Raises
    ------
    InfeasibleError
        When no choice serves every point that must be served.
    NoPlanError
        When time ran out before the first plan.
    """
    model = pulp.LpProblem("siting", pulp.LpMinimize)
    y = [model.add_variable(f"y_{j}", cat=pulp.LpBinary) for j in range(core.num_sites)]
    terms = dict(zip(y, core.fixed_cost.tolist(), strict=True))
    constant = core.constant
    for i, levels in _levels(core):
        if not levels:
            constant += float(core.base[i])
            continue
        constant += levels[0][0]
        before = None
        for k, (here, beyond, serving) in enumerate(levels):
            row = {y[j]: 1.0 for j in serving}
            if before is not None:
                row[before] = -1.0
            needed = float(before is None)
            if math.isfinite(beyond):
                before = model.add_variable(f"z_{i}_{k}", 0)
                row[before] = 1.0
                terms[before] = beyond - here
            model.addConstraint(pulp.LpAffineExpression(row) >= needed, f"far_{i}_{k}")
    unit = _unit(terms.values())
    terms = {variable: cost / unit for variable, cost in terms.items()}
    model.setObjective(pulp.LpAffineExpression(terms))  # (1)
    if core.num_open is not None:
        model.addConstraint(pulp.lpSum(y) == core.num_open, "open_p")  # (3)
    if math.isfinite(core.budget):
        largest = float(core.spend.max()) or 1.0
        spend = dict(zip(y, (core.spend / largest).tolist(), strict=True))
        within = pulp.LpAffineExpression(spend) <= core.budget / largest
        model.addConstraint(within, "budget")  # (4)
    for k in range(core.groups.shape[0]):
        group = slice(core.groups.indptr[k], core.groups.indptr[k + 1])
        some = pulp.lpSum(y[j] for j in core.groups.indices[group].tolist())
        if len(some) > 1:
            model.addConstraint(some <= 1, f"apart_{k}")  # (5)
    answer = solve(model, replace(limits, gap_abs=limits.gap_abs / unit))
    sites = np.flatnonzero([v.value() > HALF for v in y])
    return sites, answer.bound * unit + constant


def _unit(costs: Iterable[float]) -> float:
    """Return a power of two to count ``costs`` in, so that tolerances suit them."""
    largest = max(map(abs, costs), default=0.0)
    if largest == 0 or FINE <= largest <= COARSE:
        return 1.0
    return 2.0 ** (math.frexp(largest)[1] - 10)


def _levels(core: Core) -> Iterator[tuple[int, list[Level]]]:
    """Yield each point and its costs from the lowest, the base not being one."""
    order = np.lexsort((core.site, core.cost, core.point))
    site, cost = core.site[order].tolist(), core.cost[order].tolist()
    ends = np.searchsorted(core.point[order], np.arange(len(core.base) + 1)).tolist()
    for i, base in enumerate(core.base.tolist()):
        if ends[i] == ends[i + 1] and math.isinf(base):
            raise InfeasibleError("A point that must be served has no site left.")
        levels: list[Level] = []
        option = ends[i]
        while option < ends[i + 1]:
            here, serving = cost[option], []
            while option < ends[i + 1] and cost[option] == here:
                serving.append(site[option])
                option += 1
            beyond = cost[option] if option < ends[i + 1] else base
            levels.append((here, beyond, serving))
        yield i, levels
