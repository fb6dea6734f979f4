"""The formulation of ``SitingProblem`` as a plain PuLP model."""

import numpy as np
import pulp

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits, solve


def by_plain_model(problem):
    """The formulation of ``SitingProblem`` word by word; its cost, None if none."""
    model = pulp.LpProblem("plain", pulp.LpMinimize)
    points, sites = range(problem.num_points), range(problem.num_sites)
    options = list(zip(problem.point.tolist(), problem.site.tolist(), strict=True))
    x = {o: model.add_variable(f"x_{o[0]}_{o[1]}", cat="Binary") for o in options}
    y = {j: model.add_variable(f"y_{j}", cat="Binary") for j in sites}
    without = {i: model.add_variable(f"w_{i}", cat="Binary") for i in points}
    cost = dict(zip(options, problem.cost.tolist(), strict=True))
    missable = [i for i in points if np.isfinite(problem.unserved_cost[i])]
    model += (
        pulp.lpSum(problem.fixed_cost[j] * y[j] for j in sites)
        + pulp.lpSum(cost[o] * x[o] for o in options)
        + pulp.lpSum(problem.unserved_cost[i] * without[i] for i in missable)
    )
    for i in points:
        model += pulp.lpSum(x[o] for o in options if o[0] == i) + without[i] == 1
        if i not in missable:
            model += without[i] <= 0
    for o in options:
        model += x[o] <= y[o[1]]
    for j in sites:
        if np.isfinite(problem.capacity[j]):
            load = pulp.lpSum(problem.demand[i] * x[i, k] for i, k in options if k == j)
            model += load <= problem.capacity[j]
        model += y[j] >= int(problem.must_open[j])
        model += y[j] <= int(problem.may_open[j])
    if problem.num_open is not None:
        model += pulp.lpSum(y.values()) == problem.num_open
    if np.isfinite(problem.budget):
        model += pulp.lpSum(problem.spend[j] * y[j] for j in sites) <= problem.budget
    for j, k in problem.too_near.tolist():
        model += y[j] + y[k] <= 1
    try:
        solve(model, Limits())
    except InfeasibleError:
        return None
    return float(pulp.value(model.objective))
