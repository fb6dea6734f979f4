"""Figures that are hard on floating-point numbers, and rules that bind."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from plain_siting import by_plain_model
from siting_instances import median
from tiny_siting import brute_force, tiny

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location import uncapacitated
from cstore_cli.location.siting import SitingProblem
from cstore_cli.location.solve_siting import solve_siting
from cstore_cli.milp import Limits


@pytest.fixture(params=["model", "divided"])
def way(request, monkeypatch):
    """Small cases go to PuLP as they are; without it they are divided to the end."""
    if request.param == "divided":
        monkeypatch.setattr(uncapacitated, "SMALL", 0)
        monkeypatch.setattr(uncapacitated, "SMALL_PER_POINT", (0, 0))


def check(problem, best, gap_abs=1e-6, rel=1e-7):
    """What must hold of every answer, at the size of its figures."""
    siting = solve_siting(problem, Limits(gap_abs=gap_abs))
    is_open = np.zeros(problem.num_sites, dtype=bool)
    is_open[siting.open_sites] = True
    size = rel * max(abs(best), np.abs(problem.cost).max(initial=0.0))
    again = problem.cost_of(is_open, siting.site_of)
    assert siting.cost == pytest.approx(again, abs=size)
    assert siting.cost == pytest.approx(best, abs=size)
    assert best - 3 * size - 1.1 * gap_abs <= siting.bound <= best + size
    assert siting.proven


def scaled(problem, unit):
    return replace(
        problem,
        cost=problem.cost * unit,
        unserved_cost=problem.unserved_cost * unit,
        fixed_cost=problem.fixed_cost * unit,
    )


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1e6, 1e9, 7e10])
def test_unit_of_costs_does_not_matter(way, unit):
    for seed in range(60):
        problem = scaled(tiny(seed, num_points=6, capacitated=False), unit)
        best = brute_force(problem)
        if best is None:
            with pytest.raises(InfeasibleError):
                solve_siting(problem, Limits())
        else:
            check(problem, best, gap_abs=0.0)


@pytest.mark.parametrize("unit", [1e-7, 1e-3, 1 / 3, 1e5 / 3, 1e9 / 3])
def test_unit_of_money_does_not_matter(way, unit):
    """Budgets that just allow some choice, to the last digit."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        problem = tiny(seed, num_points=5, num_sites=5, capacitated=False)
        spend = rng.integers(0, 6, 5) * unit
        some = rng.permutation(5)[: rng.integers(1, 5)]
        budget = 0.0
        for j in some.tolist():
            budget += spend[j]
        problem = replace(problem, spend=spend, budget=float(budget))
        best = brute_force(problem)
        if best is None:
            with pytest.raises(InfeasibleError):
                solve_siting(problem, Limits())
        else:
            check(problem, best)


def scattered(n, m, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.random((n, 2)) * 100, rng.random((m, 2)) * 100
    return np.hypot(*(x[:, None] - y).transpose(2, 0, 1)), y, rng


@pytest.mark.parametrize("fixed", [1e4, 1e6])
def test_a_site_that_costs_far_more_than_it_saves_opens_all_the_same(fixed):
    cost, _, rng = scattered(60, 40, 1)
    near = cost <= np.maximum(25, cost.min(axis=1))[:, None]
    point, site = np.nonzero(near)
    order = np.lexsort((cost[near], point))
    problem = SitingProblem(
        start=np.concatenate(([0], np.cumsum(near.sum(axis=1)))),
        site=site[order],
        cost=cost[near][order],
        unserved_cost=np.full(60, np.inf),
        fixed_cost=fixed * rng.uniform(0.9, 1.1, 40),
        demand=np.ones(60),
        capacity=np.full(40, np.inf),
        must_open=np.zeros(40, dtype=bool),
        may_open=np.ones(40, dtype=bool),
        num_open=None,
        spend=np.zeros(40),
        budget=np.inf,
        too_near=np.zeros((0, 2), dtype=np.int64),
    )
    check(problem, by_plain_model(problem), rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_budget_and_spacing_that_bind_are_those_of_a_plain_model(seed):
    cost, y, rng = scattered(40, 60, seed)
    apart = np.hypot(*(y[:, None] - y).transpose(2, 0, 1))
    spend = rng.uniform(1, 9, 60)
    pairs = [(j, k) for j, k in combinations(range(60), 2) if apart[j, k] < 22]
    problem = replace(
        median("", cost, 7).problem(),
        spend=spend,
        budget=float(np.sort(spend)[:7].sum() * 1.6),
        too_near=np.array(pairs),
    )
    check(problem, by_plain_model(problem))


def test_many_equal_costs_are_told_apart(way):
    """All costs are 0, 1 or 2, so that a great many plans cost the same."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        problem = median("", rng.integers(0, 3, (30, 20)).astype(float), 3).problem()
        check(problem, by_plain_model(problem))


def test_costs_below_zero_are_gains(way):
    for seed in range(4):
        cost, _, rng = scattered(30, 20, seed)
        problem = median("", cost - 60, None).problem()
        problem.fixed_cost[:] = rng.uniform(-50, 400, 20)
        check(problem, by_plain_model(problem))


def test_bound_holds_wherever_it_was_stopped(way):
    for seed in range(80):
        problem = tiny(seed, num_points=5, num_sites=6, capacitated=False)
        best = brute_force(problem)
        for nodes in (0, 1, 3):
            try:
                siting = solve_siting(problem, Limits(nodes=nodes))
            except (InfeasibleError, NoPlanError):
                continue
            assert siting.bound <= best + 1e-6
            assert siting.cost >= best - 1e-6
            assert not siting.proven or siting.cost <= best + 3e-6
