"""
A better plan, region by region.

All points but those near one another stay where they are; for these, and the room left
at the sites, the likeliest columns (``capacitated_columns``) are chosen from again. Far
more of them can be listed for a part than for the whole.

References
----------
Large neighbourhoods: Shaw (1998), doi:10.1007/3-540-49481-2_30.
"""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from cstore_cli.errors import NoPlanError
from cstore_cli.location.capacitated_bound import Relaxation
from cstore_cli.location.capacitated_columns import likeliest
from cstore_cli.location.capacitated_partition import best_of
from cstore_cli.location.capacitated_search import Plan, plan_of
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.prices import Prices
from cstore_cli.location.siting import NOBODY, Ints, SitingProblem
from cstore_cli.milp import Limits

POINTS = 160
"""Points of a region."""
CORE = 60
"""Points nearest the middle of a region that are not the middle of another."""
COLUMNS = 8_000
"""Columns of a region at most."""
STEPS, STEP = 40, 0.3
"""Steps of a region's ascent, and its first."""
NODES = 50
"""Nodes of the MILP over a region's columns."""
SHARE = 0.25
"""Of the time left that one region may take."""


def improved(
    problem: SitingProblem, prices: Prices, plan: Plan, limits: Limits
) -> Plan:
    """Choose again in one region after the other until none gets better."""
    near = _nearness(problem)
    regions = _regions(near)
    since, k = 0, 0
    while since < len(regions) and limits.deadline.left_s() > 0:
        better = _chosen_again(problem, prices, plan, regions[k], limits)
        since = since + 1 if better is plan else 1
        plan, k = better, (k + 1) % len(regions)
    return plan


def _nearness(problem: SitingProblem) -> csr_array:
    """Return the share of sites that points (n, n) have in common."""
    each = np.maximum(np.diff(problem.start), 1)
    weight = np.repeat(1 / np.sqrt(each), np.diff(problem.start))
    serves = csr_array(
        (weight, problem.site, problem.start),
        shape=(problem.num_points, problem.num_sites),
    )
    return csr_array(serves @ serves.T)


def _regions(near: csr_array) -> list[Ints]:
    """Return overlapping regions that cover all points, ascending in each."""
    covered = np.zeros(near.shape[0], dtype=bool)
    regions: list[Ints] = []
    for i in range(near.shape[0]):
        if covered[i]:
            continue
        span = slice(near.indptr[i], near.indptr[i + 1])
        order = np.lexsort((near.indices[span], -near.data[span]))
        nearest = near.indices[span][order].astype(np.int64)
        covered[nearest[:CORE]] = True
        covered[i] = True
        regions.append(np.sort(nearest[:POINTS]))
    return [region for region in regions if len(region)]


def _chosen_again(
    problem: SitingProblem, prices: Prices, plan: Plan, points: Ints, limits: Limits
) -> Plan:
    """Return a better plan that differs at these points only, else the plan."""
    part = _part(problem, plan, points)
    today = plan_of(part, plan.is_open, plan.site_of[points])
    if today is None:
        return plan
    relaxation = Relaxation(part, Knapsacks(part))
    relaxed = relaxation.climb(
        Prices(prices.point[points], prices.row),
        lambda _now, _is_best: today.cost,
        STEPS,
        STEP,
        limits.deadline,
    )
    margin = today.cost - relaxed.value
    found, _ = likeliest(relaxation, relaxed, margin, COLUMNS, limits.deadline)
    if found is None:
        return plan
    deadline = limits.deadline.sooner(SHARE * limits.deadline.left_s())
    few = replace(limits, nodes=NODES, deadline=deadline)
    try:
        again, _ = best_of(relaxation, found, today, relaxed, few)
    except NoPlanError:
        return plan
    if again is None or again.cost >= today.cost:
        return plan
    site_of = plan.site_of.copy()
    site_of[points] = again.site_of
    better = plan_of(problem, again.is_open, site_of)
    return plan if better is None or better.cost >= plan.cost else better


def _part(problem: SitingProblem, plan: Plan, points: Ints) -> SitingProblem:
    """Return the problem of these points, where all others stay as planned."""
    stays = plan.site_of != NOBODY
    stays[points] = False
    sites = plan.site_of[stays]
    load = np.bincount(sites, problem.demand[stays], problem.num_sites)
    must_open = problem.must_open.copy()
    must_open[sites] = True
    inside = np.zeros(problem.num_points, dtype=bool)
    inside[points] = True
    keep = inside[problem.point]
    reached = np.zeros(problem.num_sites, dtype=bool)
    reached[problem.site[keep]] = True
    count = np.diff(problem.start)[points]
    return replace(
        problem,
        start=np.concatenate(([0], np.cumsum(count))),
        site=problem.site[keep],
        cost=problem.cost[keep],
        unserved_cost=problem.unserved_cost[points],
        demand=problem.demand[points],
        capacity=np.maximum(problem.capacity - load, 0.0),
        must_open=must_open,
        may_open=(problem.may_open & reached) | must_open | plan.is_open,
    )
