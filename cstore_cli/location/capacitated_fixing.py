"""
Options and sites that no better plan uses, by reduced costs.

At prices with bound L, a plan that serves i from j costs at least (1) of
``capacitated_columns`` with the best S that contains i. Beyond the ceiling, the option
goes; so does a site all of whose columns are beyond it. A site without which L rises
beyond the ceiling must open.
"""

from dataclasses import replace

import numpy as np

from cstore_cli.location.capacitated_bound import Relaxation, Relaxed
from cstore_cli.location.capacitated_columns import ROUNDING, bases
from cstore_cli.location.capacitated_search import Plan
from cstore_cli.location.siting import Floats, Ints, SitingProblem


def tightened(
    relaxation: Relaxation, relaxed: Relaxed, ceiling: float, plan: Plan | None = None
) -> SitingProblem:
    """Return the problem without what plans up to ``ceiling``, and ``plan``, lack."""
    problem, knapsacks = relaxation.problem, relaxation.knapsacks
    margin = ceiling - relaxed.value + ROUNDING * max(1.0, abs(relaxed.value))
    own = problem.fixed_cost + relaxation.rows.T @ relaxed.prices.row
    least = own - bases(relaxation, relaxed) - margin
    gain = relaxed.prices.point[knapsacks.point] - knapsacks.cost
    filled, _, _ = knapsacks.fill(relaxed.prices.point)
    first = np.searchsorted(knapsacks.site, np.arange(problem.num_sites + 1))
    keep = np.zeros(len(problem.site), dtype=bool)
    may_open = np.zeros(problem.num_sites, dtype=bool)
    for j in np.flatnonzero(problem.may_open & (-filled.value >= least)):
        span = slice(first[j], first[j + 1])
        units = knapsacks.units[knapsacks.point[span]]
        most, with_option = _most(gain[span], units, int(knapsacks.room[j]))
        may_open[j] |= most >= least[j]
        keep[knapsacks.option[span]] = with_option >= least[j]
    without = relaxation.choice.forced(relaxed.site_value).without
    rises = without - relaxed.site_value[relaxed.is_open].sum()
    must_open = problem.may_open & (rises > margin)
    if plan is not None:
        may_open |= plan.is_open
        must_open &= plan.is_open
        keep |= problem.site == plan.site_of[problem.point]
    count = np.bincount(problem.point[keep], minlength=problem.num_points)
    return replace(
        problem,
        start=np.concatenate(([0], np.cumsum(count))),
        site=problem.site[keep],
        cost=problem.cost[keep],
        must_open=problem.must_open | must_open,
        may_open=may_open & problem.may_open,
    )


def _most(gain: Floats, units: Ints, room: int) -> tuple[float, Floats]:
    """Return the most a site can earn, and the most with each option (k,) in it."""
    with_option = np.full(len(gain), -np.inf)
    earning = np.flatnonzero((gain > 0) & (units <= room))
    before = np.zeros((len(earning) + 1, room + 1))
    after = np.zeros((len(earning) + 1, room + 1))
    for k, option in enumerate(earning):
        _add(before[k], gain[option], units[option], before[k + 1])
    for k in range(len(earning) - 1, -1, -1):
        _add(after[k + 1], gain[earning[k]], units[earning[k]], after[k])
    for k, option in enumerate(earning):
        left = room + 1 - int(units[option])
        rest = before[k, :left] + after[k + 1, :left][::-1]
        with_option[option] = gain[option] + rest.max()
    others = np.flatnonzero((gain <= 0) & (units <= room))
    with_option[others] = gain[others] + after[0, room - units[others]]
    return float(after[0, room]), with_option


def _add(table: Floats, gain: float, units: int, out: Floats) -> None:
    """Fill the table of one option more."""
    out[:] = table
    np.maximum(out[units:], table[: len(table) - units] + gain, out=out[units:])
