"""Tiny siting problems with every rule, and their best plans by trying all."""

from itertools import combinations, product

import numpy as np

from cstore_cli.location.siting import NOBODY, SitingProblem


def tiny(seed, *, num_points=None, num_sites=None, capacitated=None):
    """
    Return a random problem: any of the rules may be there, and it may be infeasible.

    Figures are small whole numbers, or tenths in some; some costs are negative.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6)) if num_points is None else num_points
    m = int(rng.integers(1, 6)) if num_sites is None else num_sites
    unit = rng.choice([1.0, 0.1, 1 / 3])

    def flip(chance=0.5):
        return bool(rng.random() < chance)

    cost = rng.integers(-1 if flip(0.2) else 0, 20, (n, m)) * unit
    reached = rng.random((n, m)) < (0.7 if flip() else 1.0)
    order = np.argsort(cost, axis=1, kind="stable")
    kept = np.take_along_axis(reached, order, axis=1)
    unserved = np.full(n, np.inf)
    if flip(0.4):
        missable = rng.random(n) < 0.7
        unserved[missable] = rng.integers(0, 30, int(missable.sum())) * unit
    demand = rng.integers(0 if flip(0.3) else 1, 9, n) * unit
    capacity = np.full(m, np.inf)
    if flip(0.8) if capacitated is None else capacitated:
        capacity = rng.integers(3, 20, m) * unit
        capacity[rng.random(m) < 0.15] = np.inf
    must = rng.random(m) < (0.25 if flip(0.4) else 0.0)
    may = must | (rng.random(m) < (0.8 if flip(0.4) else 1.0))
    pairs = [pair for pair in combinations(range(m), 2) if flip(0.2)]
    too_near = np.array(pairs if flip(0.4) else [], dtype=np.int64).reshape(-1, 2)
    spend = rng.integers(0, 6, m) * unit
    return SitingProblem(
        start=np.concatenate(([0], np.cumsum(kept.sum(axis=1)))),
        site=order[kept],
        cost=np.take_along_axis(cost, order, axis=1)[kept],
        unserved_cost=unserved,
        fixed_cost=rng.integers(-2 if flip(0.2) else 0, 15, m) * unit * flip(0.8),
        demand=demand,
        capacity=capacity,
        must_open=must,
        may_open=may,
        num_open=int(rng.integers(0, m + 1)) if flip() else None,
        spend=spend,
        budget=float(spend.sum() * rng.uniform(0.3, 1)) if flip(0.4) else np.inf,
        too_near=too_near,
    )


def brute_force(problem):
    """Return the least cost of all plans, None where there is none."""
    choices = []
    for i in range(problem.num_points):
        span = slice(problem.start[i], problem.start[i + 1])
        options = list(
            zip(problem.site[span].tolist(), problem.cost[span].tolist(), strict=True)
        )
        if np.isfinite(problem.unserved_cost[i]):
            options.append((NOBODY, float(problem.unserved_cost[i])))
        choices.append(options)
    best = None
    for opened in product([False, True], repeat=problem.num_sites):
        is_open = np.array(opened)
        if not problem.allows(is_open):
            continue
        cost = float(problem.fixed_cost[is_open].sum())
        room = [
            float(q) * (1 + 1e-9) if is_open[j] else -1.0
            for j, q in enumerate(problem.capacity)
        ]
        rest = _assign(choices, problem.demand.tolist(), room, 0)
        if rest is not None and (best is None or cost + rest < best):
            best = cost + rest
    return best


def _assign(choices, demand, room, i):
    if i == len(choices):
        return 0.0
    best = None
    for site, cost in choices[i]:
        if site != NOBODY:
            if room[site] < demand[i] or room[site] < 0:
                continue
            room[site] -= demand[i]
        rest = _assign(choices, demand, room, i + 1)
        if site != NOBODY:
            room[site] += demand[i]
        if rest is not None and (best is None or cost + rest < best):
            best = cost + rest
    return best
