"""Tests of siting with capacities."""

import time
from dataclasses import replace

import numpy as np
import pytest
from plain_siting import by_plain_model
from tiny_siting import brute_force, tiny

from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location import capacitated as module
from cstore_cli.location import capacitated_refutation as refutation
from cstore_cli.location.capacitated import site_capacitated
from cstore_cli.location.capacitated_bound import Relaxation
from cstore_cli.location.capacitated_columns import columns
from cstore_cli.location.capacitated_fixing import tightened
from cstore_cli.location.capacitated_search import plan_of
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.prices import Prices
from cstore_cli.location.siting import NOBODY, SitingProblem
from cstore_cli.milp import Limits

EXACT = Limits()


def opened(problem, siting):
    is_open = np.zeros(problem.num_sites, dtype=bool)
    is_open[siting.open_sites] = True
    return is_open


def check(problem, siting, best):
    """What must hold of every answer to an exact question."""
    cost = problem.cost_of(opened(problem, siting), siting.site_of)
    assert siting.cost == pytest.approx(cost)
    assert siting.cost == pytest.approx(best, abs=1e-6)
    assert siting.bound <= best + 1e-6
    assert siting.proven


@pytest.fixture
def large(monkeypatch):
    """Treat every problem as a large one, the last MILP put off as long as can be."""
    monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(module, "LITTLE", 0)
    monkeypatch.setattr(module, "FIRST_STEPS", 40)
    monkeypatch.setattr(module, "MORE_STEPS", 20)
    monkeypatch.setattr(refutation, "STEPS", 20)


@pytest.mark.parametrize("seed", range(40))
def test_small_problem_has_the_best_plan_of_all(seed):
    problem = tiny(seed)
    best = brute_force(problem)
    if best is None:
        with pytest.raises(InfeasibleError):
            site_capacitated(problem, EXACT)
    else:
        check(problem, site_capacitated(problem, EXACT), best)


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_large_way_finds_the_best_plan_of_tiny_problems(large, first):
    for seed in range(first, first + 20):
        problem = tiny(1_000 + seed)
        best = brute_force(problem)
        if best is None:
            with pytest.raises((InfeasibleError, NoPlanError)):
                site_capacitated(problem, EXACT)
        else:
            check(problem, site_capacitated(problem, EXACT), best)


@pytest.mark.parametrize("first", range(0, 200, 20))
def test_ever_higher_ceilings_by_count_and_site_prove_the_best_plan(
    large, monkeypatch, first
):
    monkeypatch.setattr(module, "STAGES", ())
    monkeypatch.setattr(module, "POINTS", 0)
    monkeypatch.setattr(refutation, "COLUMNS", 1)
    monkeypatch.setattr(refutation, "STEPS", 5)
    for seed in range(first, first + 20):
        problem = replace(tiny(2_000 + seed), num_open=None)
        best = brute_force(problem)
        if best is not None:
            check(problem, site_capacitated(problem, EXACT), best)


@pytest.mark.parametrize("most", [(3,), (40,), (10_000,)])
def test_few_columns_or_many_the_answer_is_that_of_a_plain_model(
    large, monkeypatch, most
):
    monkeypatch.setattr(module, "STAGES", most)
    monkeypatch.setattr(module, "MORE_STAGES", most)
    for seed in range(6):
        problem = tiny(seed, num_points=14, num_sites=7)
        best = by_plain_model(problem)
        if best is None:
            with pytest.raises((InfeasibleError, NoPlanError)):
                site_capacitated(problem, EXACT)
        else:
            check(problem, site_capacitated(problem, EXACT), best)


def relaxed_at_random(problem, seed):
    rng = np.random.default_rng(seed)
    relaxation = Relaxation(problem, Knapsacks(problem))
    point = np.minimum(rng.uniform(0, 20, problem.num_points), problem.unserved_cost)
    row = rng.uniform(0, 5, len(relaxation.most)) * (rng.random() < 0.5)
    return relaxation, relaxation.at(Prices(point, row))


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_bound_at_any_prices_is_never_above_the_best_plan(first):
    for seed in range(first, first + 50):
        problem = tiny(5_000 + seed)
        best = brute_force(problem)
        if best is not None:
            _, relaxed = relaxed_at_random(problem, seed)
            assert relaxed.value <= best + 1e-9


@pytest.mark.parametrize("first", range(0, 150, 50))
def test_fixing_and_columns_keep_the_best_plan(first):
    for seed in range(first, first + 50):
        problem = tiny(7_000 + seed, num_points=4, num_sites=4)
        best = brute_force(problem)
        if best is None:
            continue
        found = site_capacitated(problem, EXACT)
        plan = plan_of(problem, opened(problem, found), found.site_of)
        relaxation, relaxed = relaxed_at_random(problem, seed)
        # A poor plan, so that what is kept is kept by the rule, not for the plan.
        poor = replace(plan, site_of=np.full(4, NOBODY), is_open=problem.may_open)
        less = tightened(relaxation, relaxed, best, poor)
        assert brute_force(less) == pytest.approx(best)
        listed = columns(relaxation, relaxed, best - relaxed.value, 10_000, Deadline())
        sets = {
            (int(j), tuple(serves.nonzero()[-1].tolist()))
            for j, serves in zip(listed.site, listed.serves.toarray(), strict=True)
        }
        for j in found.open_sites:
            members = tuple(np.flatnonzero(found.site_of == j).tolist())
            assert (int(j), members) in sets


def line(**changes):
    """Two sites at 0 and 10, four points at 0, 1, 2, 10 of one parcel each."""
    cost = np.abs(np.array([0.0, 1.0, 2.0, 10.0])[:, None] - np.array([0.0, 10.0]))
    order = np.argsort(cost, axis=1)
    figures = {
        "start": np.arange(5) * 2,
        "site": order.ravel(),
        "cost": np.take_along_axis(cost, order, axis=1).ravel(),
        "unserved_cost": np.full(4, np.inf),
        "fixed_cost": np.array([5.0, 5.0]),
        "demand": np.ones(4),
        "capacity": np.array([2.0, 2.0]),
        "must_open": np.zeros(2, dtype=bool),
        "may_open": np.ones(2, dtype=bool),
        "num_open": None,
        "spend": np.ones(2),
        "budget": np.inf,
        "too_near": np.zeros((0, 2), dtype=np.int64),
    }
    return SitingProblem(**(figures | changes))


def test_full_site_sends_the_point_that_loses_least_elsewhere():
    siting = site_capacitated(line(), EXACT)
    assert siting.site_of.tolist() == [0, 0, 1, 1]
    assert siting.cost == 5 + 5 + 0 + 1 + 8 + 0


def test_point_goes_without_where_that_is_cheaper():
    siting = site_capacitated(line(unserved_cost=np.full(4, 3.0)), EXACT)
    assert siting.cost == 3 * 4
    assert siting.site_of.tolist() == [NOBODY] * 4
    assert len(siting.open_sites) == 0


def test_a_start_is_the_answer_when_there_is_no_time(large):
    start = (np.array([True, True]), np.array([1, 0, 0, 1]))
    limits = Limits(deadline=Deadline.after(0))
    siting = site_capacitated(line(), limits, start)
    assert siting.cost == 5 + 5 + 10 + 1 + 2 + 0
    assert not siting.proven
    assert siting.bound <= 19


def test_no_time_and_no_start_is_no_plan(large):
    with pytest.raises(NoPlanError):
        site_capacitated(line(), Limits(deadline=Deadline.after(0)))


def test_sites_that_must_and_must_not_open_are_refused():
    problem = line(must_open=np.ones(2, dtype=bool), may_open=np.zeros(2, dtype=bool))
    with pytest.raises(InfeasibleError, match="2 sites must open and must not"):
        site_capacitated(problem, EXACT)


def test_too_few_sites_that_may_open_are_told():
    with pytest.raises(InfeasibleError, match="3 sites are to open; 0 must and 2 may"):
        site_capacitated(line(num_open=3), EXACT)


def medium(seed):
    """60 points and 40 sites in a square, capacities for some 12 open ones."""
    rng = np.random.default_rng(seed)
    points, sites = rng.uniform(0, 10, (60, 2)), rng.uniform(0, 10, (40, 2))
    demand = rng.uniform(1, 9, 60)
    cost = demand[:, None] * np.hypot(*(points[:, None] - sites).transpose(2, 0, 1))
    order = np.argsort(cost, axis=1, kind="stable")
    return SitingProblem(
        start=np.arange(61) * 40,
        site=order.ravel(),
        cost=np.take_along_axis(cost, order, axis=1).ravel(),
        unserved_cost=np.full(60, np.inf),
        fixed_cost=rng.uniform(10, 30, 40),
        demand=demand,
        capacity=rng.uniform(20, 35, 40),
        must_open=np.arange(40) < 3,
        may_open=np.ones(40, dtype=bool),
        num_open=None,
        spend=np.ones(40),
        budget=14.0,
        too_near=np.array([[5, 6], [6, 7], [5, 7]]),
    )


def test_same_problem_has_the_same_answer_twice():
    first, second = (site_capacitated(medium(0), EXACT) for _ in range(2))
    assert first.proven
    assert first.site_of.tolist() == second.site_of.tolist()
    assert (first.cost, first.bound) == (second.cost, second.bound)


def test_deadline_is_kept_and_the_bound_holds():
    limits = Limits(deadline=Deadline.after(0.5))
    began = time.monotonic()
    siting = site_capacitated(medium(0), limits)
    assert time.monotonic() - began < 3
    assert siting.bound <= site_capacitated(medium(0), EXACT).cost + 1e-6


def test_never_as_a_figure_is_as_good_as_never():
    """Going without at 1e12 is not done, and does not drown the other costs."""
    for seed in range(60):
        problem = tiny(11_000 + seed, capacitated=True)
        never = np.isinf(problem.unserved_cost)
        if not never.any() or brute_force(problem) is None:
            continue
        dear = np.where(never, 1e12, problem.unserved_cost)

        siting = site_capacitated(replace(problem, unserved_cost=dear), Limits())

        assert siting.cost == pytest.approx(brute_force(problem), abs=1e-6), seed
        assert siting.bound <= siting.cost


def test_loads_in_small_units_fit():
    """Demand and capacity in 1/100,000: the solver's tolerance is no room."""
    for seed in range(11_080, 11_100):
        problem = tiny(seed, capacitated=True)
        small = replace(
            problem, demand=problem.demand * 1e-5, capacity=problem.capacity * 1e-5
        )
        best = brute_force(problem)
        if best is not None:
            assert site_capacitated(small, Limits()).cost == pytest.approx(best), seed


def test_large_whole_costs_are_proven():
    """Two points, two sites that hold one each, 7,000,000 a point."""
    problem = tiny(0, num_points=2, num_sites=2, capacitated=True)
    problem = replace(
        problem,
        start=np.array([0, 2, 4]),
        site=np.array([0, 1, 0, 1]),
        cost=np.full(4, 7e6),
        unserved_cost=np.full(2, np.inf),
        fixed_cost=np.zeros(2),
        demand=np.ones(2),
        capacity=np.ones(2),
        must_open=np.zeros(2, dtype=bool),
        may_open=np.ones(2, dtype=bool),
        num_open=None,
        budget=np.inf,
        too_near=np.zeros((0, 2), dtype=np.int64),
    )

    siting = site_capacitated(problem, Limits())

    assert siting.cost == 14e6
    assert siting.proven
