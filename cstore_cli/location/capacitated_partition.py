"""The best plan of given columns: a set partitioning MILP."""

import numpy as np
from scipy.sparse import csc_array, csr_array, eye_array, hstack, vstack

from cstore_cli.errors import InfeasibleError
from cstore_cli.location.capacitated_bound import Relaxation, Relaxed
from cstore_cli.location.capacitated_columns import Columns, bases
from cstore_cli.location.capacitated_search import Plan, plan_of
from cstore_cli.location.siting import NOBODY, Floats, Ints
from cstore_cli.milp import BinaryProgram, Limits, solve_binary

MAX_COLUMNS = 70_000
"""Columns in the PuLP model at most."""


def best_of(
    relaxation: Relaxation,
    columns: Columns,
    plan: Plan | None,
    relaxed: Relaxed,
    limits: Limits,
) -> tuple[Plan | None, float]:
    """
    Choose among columns (j, S) z, and points that go without x; ``plan`` at worst.

        min   sum_jS c_jS z_jS + sum_i u_i x_i                                  (1)
        s.t.  sum_{jS: i in S} z_jS + x_i = 1     one site, or none, for i      (2)
              sum_S z_jS <= 1, = 1 if it must     one column of site j, or none (3)
              sum_jS z_jS = p                     as many as asked for          (4)
              sum_jS g_rj z_jS <= h_r             budget, sites too near        (5)

    Returns the plan and a bound on those of the columns.

    Raises
    ------
    InfeasibleError, NoPlanError
        When there was no plan and none is found.
    """
    problem = relaxation.problem
    site, serves, cost = columns.site, columns.serves, columns.cost
    can_miss = np.flatnonzero(np.isfinite(problem.unserved_cost))
    incumbent: Ints | None = None
    if plan is not None:
        own = _columns_of(relaxation, plan)
        site = np.concatenate((site, own.site))
        serves = csr_array(vstack([serves, own.serves]))
        cost = np.concatenate((cost, own.cost))
        missed = np.flatnonzero(plan.site_of[can_miss] == NOBODY)
        incumbent = np.concatenate(
            (np.arange(len(columns.site), len(site)), len(site) + missed)
        )
    if np.setdiff1d(np.flatnonzero(problem.must_open), site).size:
        raise InfeasibleError("A site that must open has no column.")
    cost = np.concatenate((cost, problem.unserved_cost[can_miss]))
    used, row_of = np.unique(site, return_inverse=True)
    at_site = csr_array(
        (np.ones(len(site)), (row_of, np.arange(len(site)))),
        shape=(len(used), len(site)),
    )
    blocks = [serves.T, at_site]
    must = problem.must_open[used].astype(float)
    lower = [np.ones(problem.num_points), must]
    upper = [np.ones(problem.num_points), np.ones(len(used))]
    names = ["one_site"] * problem.num_points + ["one_column"] * len(used)
    if problem.num_open is not None:
        blocks.append(csr_array(np.ones((1, len(site)))))
        lower.append(np.array([float(problem.num_open)]))
        upper.append(np.array([float(problem.num_open)]))
        names.append("open_p")
    blocks.append(relaxation.rows[:, site])
    lower.append(np.full(len(relaxation.most), -np.inf))
    upper.append(relaxation.most)
    names += ["together"] * len(relaxation.most)
    rows = vstack([csr_array(block) for block in blocks])
    missing = eye_array(problem.num_points, format="csc")[:, can_miss]
    below = csr_array((rows.shape[0] - problem.num_points, len(can_miss)))
    program = BinaryProgram(
        cost=cost,
        rows=csc_array(hstack([rows, vstack([missing, below])])),
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        row_names=names,
    )
    answer = solve_binary(
        program, limits, incumbent, MAX_COLUMNS, _duals(relaxation, relaxed, used)
    )
    found = _plan(relaxation, site, serves, answer.chosen)
    if found is None or (plan is not None and plan.cost <= found.cost):
        found = plan
    return found, answer.bound


def _columns_of(relaxation: Relaxation, plan: Plan) -> Columns:
    """Return a plan's own columns."""
    problem = relaxation.problem
    site = np.flatnonzero(plan.is_open)
    served = np.flatnonzero(plan.site_of != NOBODY)
    column = np.searchsorted(site, plan.site_of[served])
    serves = csr_array(
        (np.ones(len(served)), (column, served)),
        shape=(len(site), problem.num_points),
    )
    used = np.flatnonzero(problem.site == plan.site_of[problem.point])
    of_option = np.searchsorted(site, problem.site[used])
    cost = np.bincount(of_option, problem.cost[used], len(site))
    return Columns(site, serves, problem.fixed_cost[site] + cost)


def _duals(relaxation: Relaxation, relaxed: Relaxed, used: Ints) -> Floats:
    """Return duals of the rows as the relaxation guesses them."""
    problem, prices = relaxation.problem, relaxed.prices
    base = bases(relaxation, relaxed)
    others = base[used[~relaxed.is_open[used]]]
    last = float(others[0]) if problem.num_open is not None and len(others) else 0.0
    last = last if np.isfinite(last) else 0.0
    count = [] if problem.num_open is None else [last]
    at_site = np.where(relaxed.is_open[used], base[used] - last, 0.0)
    return np.concatenate((prices.point, at_site, count, -prices.row))


def _plan(
    relaxation: Relaxation, site: Ints, serves: csr_array, chosen: Ints
) -> Plan | None:
    """Return the plan that columns make."""
    problem = relaxation.problem
    picked = chosen[chosen < len(site)]
    is_open = np.zeros(problem.num_sites, dtype=bool)
    is_open[site[picked]] = True
    site_of = np.full(problem.num_points, NOBODY)
    column, point = serves[picked].nonzero()
    site_of[point] = site[picked][column]
    return plan_of(problem, is_open, site_of)
