"""Sites with capacities as one MILP over the options that are left."""

import math
from dataclasses import replace

import numpy as np
import pulp

from cstore_cli.location.capacitated_bound import site_rows
from cstore_cli.location.capacitated_search import Plan, plan_of
from cstore_cli.location.siting import NOBODY, Bools, SitingProblem, slack
from cstore_cli.milp import TOLERANCE, Limits, solve

DEAREST = 1e8
"""
What going without costs at most in the solver's unit, where the largest other cost is
near 10,000: the bound holds all the same.
"""
HALF = 0.5
Variables = dict[int, pulp.LpVariable]


def solve_model(
    problem: SitingProblem,
    limits: Limits,
    start: Plan | None,
    ceiling: float = math.inf,
) -> tuple[Plan | None, float]:
    """
    Return the best plan and a bound on all; ``problem`` states the formulation.

    Budget and spacing stand in it as rows over cliques of sites. Plans that cost more
    than ``ceiling`` are not looked for, unless ``start`` does. The plan is None where
    the solver's tolerance let it break a rule.

    Raises
    ------
    InfeasibleError
        When no plan meets every rule and the ceiling.
    NoPlanError
        When time ran out before the first plan.
    """
    scale = _scale(problem)
    model = pulp.LpProblem("capacitated_siting", pulp.LpMinimize)
    usable = problem.may_open[problem.site] & (
        problem.demand[problem.point]
        <= (problem.capacity + slack(problem.capacity))[problem.site]
    )
    x = {
        k: model.add_variable(f"x_{k}", cat=pulp.LpBinary)
        for k in np.flatnonzero(usable).tolist()
    }
    y = {
        j: model.add_variable(f"y_{j}", cat=pulp.LpBinary)
        for j in np.flatnonzero(problem.may_open).tolist()
    }
    without = {
        i: model.add_variable(f"without_{i}", cat=pulp.LpBinary)
        for i in np.flatnonzero(np.isfinite(problem.unserved_cost)).tolist()
    }
    cost = {x[k]: float(problem.cost[k]) * scale for k in x}
    cost |= {y[j]: float(problem.fixed_cost[j]) * scale for j in y}
    for i, variable in without.items():
        cost[variable] = min(float(problem.unserved_cost[i]) * scale, DEAREST)
    model.setObjective(pulp.LpAffineExpression(cost))  # (1)
    _serve(model, problem, x, y, without)
    _open(model, problem, y)
    if start is None and math.isfinite(ceiling):
        most = ceiling * scale + TOLERANCE * max(1.0, abs(ceiling * scale))
        model.addConstraint(pulp.LpAffineExpression(cost) <= most, "cost_below")
    values = None
    if start is not None:
        values = _values(problem, start, x, y, without)
    gap_abs = max(TOLERANCE, limits.gap_abs * scale)
    answer = solve(model, replace(limits, gap_abs=gap_abs), values)
    # The solver may stop so far from the best, and tell a bound that close.
    return _plan(problem, x, y), (answer.bound - gap_abs) / scale


def _serve(
    model: pulp.LpProblem,
    problem: SitingProblem,
    x: Variables,
    y: Variables,
    without: Variables,
) -> None:
    """Add (2) to (4)."""
    of_point: list[Variables] = [{} for _ in range(problem.num_points)]
    of_site: list[Variables] = [{} for _ in range(problem.num_sites)]
    point = problem.point
    for k, variable in x.items():
        of_point[point[k]][k] = variable
        of_site[problem.site[k]][k] = variable
    for i, mine in enumerate(of_point):
        terms = dict.fromkeys(mine.values(), 1)
        if i in without:
            terms[without[i]] = 1
        model.addConstraint(pulp.LpAffineExpression(terms) == 1, f"one_site_{i}")  # (2)
    for j, mine in enumerate(of_site):
        for k, variable in mine.items():
            only = pulp.LpAffineExpression({variable: 1, y[j]: -1})
            model.addConstraint(only <= 0, f"only_open_{k}")  # (3)
        load = {mine[k]: float(problem.demand[point[k]]) for k in mine}
        if mine and sum(load.values()) > problem.capacity[j]:
            # In shares of the capacity: the solver's tolerance is absolute.
            room = float(problem.capacity[j]) or 1.0
            share = {variable: amount / room for variable, amount in load.items()}
            share[y[j]] = -float(problem.capacity[j]) / room
            fits = pulp.LpAffineExpression(share)
            model.addConstraint(fits <= 0, f"load_fits_{j}")  # (4)


def _open(model: pulp.LpProblem, problem: SitingProblem, y: Variables) -> None:
    """Add (5) to (8)."""
    if problem.num_open is not None:
        count = pulp.LpAffineExpression(dict.fromkeys(y.values(), 1))
        model.addConstraint(count == problem.num_open, "open_p")  # (5)
    rows, most = site_rows(problem)
    for r in range(len(most)):
        span = slice(rows.indptr[r], rows.indptr[r + 1])
        entries = zip(rows.indices[span].tolist(), rows.data[span], strict=True)
        terms = {y[j]: float(value) for j, value in entries if j in y}
        if terms:
            sums = pulp.LpAffineExpression(terms)
            model.addConstraint(sums <= float(most[r]), f"together_{r}")  # (6), (7)
    for j in np.flatnonzero(problem.must_open).tolist():
        y[j].lowBound = 1  # (8)


def _values(
    problem: SitingProblem,
    start: Plan,
    x: Variables,
    y: Variables,
    without: Variables,
) -> dict[pulp.LpVariable, float]:
    serves = problem.site == start.site_of[problem.point]
    return (
        {variable: float(serves[k]) for k, variable in x.items()}
        | {variable: float(start.is_open[j]) for j, variable in y.items()}
        | {v: float(start.site_of[i] == NOBODY) for i, v in without.items()}
    )


def _plan(problem: SitingProblem, x: Variables, y: Variables) -> Plan | None:
    is_open: Bools = np.zeros(problem.num_sites, dtype=bool)
    is_open[[j for j, variable in y.items() if variable.value() > HALF]] = True
    site_of = np.full(problem.num_points, NOBODY)
    chosen = np.array([k for k, v in x.items() if v.value() > HALF], dtype=np.int64)
    site_of[problem.point[chosen]] = problem.site[chosen]
    return plan_of(problem, is_open, site_of)


def _scale(problem: SitingProblem) -> float:
    """
    Return a power of two that brings the largest cost near 10,000.

    Going without does not count: it may cost so much that others would be rounding.
    """
    parts = (problem.cost, problem.fixed_cost)
    largest = max(float(np.abs(part).max(initial=0.0)) for part in parts)
    if largest == 0:
        without = problem.unserved_cost[np.isfinite(problem.unserved_cost)]
        largest = float(np.abs(without).max(initial=0.0))
    return 2.0 ** round(math.log2(1e4 / largest)) if largest > 0 else 1.0
