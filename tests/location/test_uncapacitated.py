"""Tests of siting without capacities."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_siting import brute_force, tiny

from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location import uncapacitated
from cstore_cli.location.siting import NOBODY, SitingProblem
from cstore_cli.location.uncapacitated import site_uncapacitated
from cstore_cli.milp import Limits


def is_open(problem, siting):
    opened = np.zeros(problem.num_sites, dtype=bool)
    opened[siting.open_sites] = True
    return opened


def median(distance, p):
    """The p-median of a dense matrix: every point is a site, too."""
    n, m = distance.shape
    order = np.argsort(distance, axis=1, kind="stable")
    return SitingProblem(
        start=np.arange(n + 1) * m,
        site=order.ravel(),
        cost=np.take_along_axis(distance, order, axis=1).ravel(),
        unserved_cost=np.full(n, np.inf),
        fixed_cost=np.zeros(m),
        demand=np.ones(n),
        capacity=np.full(m, np.inf),
        must_open=np.zeros(m, dtype=bool),
        may_open=np.ones(m, dtype=bool),
        num_open=p,
        spend=np.zeros(m),
        budget=np.inf,
        too_near=np.zeros((0, 2), dtype=np.int64),
    )


def scattered(num, p, seed=0, whole=False):
    x = np.random.default_rng(seed).random((num, 2)) * 1000
    distance = np.hypot(*(x[:, None] - x).transpose(2, 0, 1))
    return median(np.round(distance) if whole else distance, p)


@pytest.fixture(params=["model", "divided"])
def way(request, monkeypatch):
    """Small cases go to PuLP as they are; without it they are divided to the end."""
    if request.param == "divided":
        monkeypatch.setattr(uncapacitated, "SMALL", 0)
        monkeypatch.setattr(uncapacitated, "SMALL_PER_POINT", (0, 0))


def test_matches_trying_every_plan(way):
    """500 problems with every rule: the least cost, or a refusal where none is."""
    refused = 0
    for seed in range(500):
        problem = tiny(seed, capacitated=False)
        best = brute_force(problem)
        if best is None:
            refused += 1
            with pytest.raises(InfeasibleError):
                site_uncapacitated(problem, Limits())
            continue
        siting = site_uncapacitated(problem, Limits())
        assert siting.cost == pytest.approx(best, abs=1e-6), seed
        assert siting.proven, seed
        assert siting.bound <= best + 1e-6, seed
        again = problem.cost_of(is_open(problem, siting), siting.site_of)
        assert again == pytest.approx(siting.cost, abs=1e-9), seed
    assert 50 < refused < 400


def test_larger_ones_match_too(way):
    """9 sites and 12 points leave something to divide."""
    for seed in range(40):
        problem = tiny(seed, num_points=12, num_sites=9, capacitated=False)
        best = least_over_openings(problem)
        if best is None:
            with pytest.raises(InfeasibleError):
                site_uncapacitated(problem, Limits())
        else:
            siting = site_uncapacitated(problem, Limits())
            assert siting.cost == pytest.approx(best, abs=1e-6), seed
            assert siting.proven


def least_over_openings(problem):
    """Without capacities the best assignment is each point's own cheapest."""
    best = None
    for bits in range(2**problem.num_sites):
        opened = (bits >> np.arange(problem.num_sites)) & 1 == 1
        if not problem.allows(opened):
            continue
        cost = problem.fixed_cost[opened].sum()
        served = problem.unserved_cost.copy()
        take = opened[problem.site]
        np.minimum.at(served, problem.point[take], problem.cost[take])
        cost += served.sum()
        if np.isfinite(cost) and (best is None or cost < best):
            best = cost
    return best


@pytest.mark.parametrize("whole", [True, False])
def test_three_medians_of_forty_points_by_trying_all(whole):
    problem = scattered(40, 3, whole=whole)
    distance = np.empty((40, 40))
    distance[problem.point, problem.site] = problem.cost
    best = min(
        distance[:, [a, b, c]].min(axis=1).sum()
        for a in range(40)
        for b in range(a)
        for c in range(b)
    )

    siting = site_uncapacitated(problem, Limits())

    assert siting.cost == pytest.approx(best)
    assert siting.proven


def test_the_bound_holds_when_stopped_early():
    problem = scattered(120, 5, seed=3)
    whole = site_uncapacitated(problem, Limits())

    stopped = site_uncapacitated(problem, Limits(nodes=1))

    assert stopped.bound <= whole.cost + 1e-6
    assert stopped.cost >= whole.cost - 1e-6


def test_a_gap_allowed_is_kept_and_told():
    problem = scattered(200, 6, seed=5)
    whole = site_uncapacitated(problem, Limits())

    loose = site_uncapacitated(problem, Limits(gap=0.05))

    assert loose.proven
    assert loose.cost <= whole.cost * 1.05 + 1e-6
    assert whole.cost * 0.95 - 1e-6 <= loose.bound <= whole.cost + 1e-6


def test_the_answer_to_one_number_starts_the_next():
    five, six = scattered(150, 5, seed=7), scattered(150, 6, seed=7)
    before = site_uncapacitated(five, Limits())

    started = site_uncapacitated(six, Limits(), before)

    assert started.proven
    assert started.cost == pytest.approx(site_uncapacitated(six, Limits()).cost)


def test_no_time_is_no_plan_or_one_with_a_bound_that_holds():
    problem = scattered(60, 4)
    best = site_uncapacitated(problem, Limits()).cost
    late = Limits(deadline=Deadline.after(0))
    try:
        siting = site_uncapacitated(problem, late)
    except NoPlanError:
        return
    assert siting.bound <= best + 1e-6
    assert not siting.proven


def test_the_same_problem_twice_is_the_same_answer():
    first, second = (site_uncapacitated(scattered(150, 7), Limits()) for _ in range(2))
    assert first.open_sites.tolist() == second.open_sites.tolist()
    assert first.bound == second.bound


def test_covering_counts_what_is_missed():
    """
    Sites 0 and 1 cover points 0-1 and 2; one may open. Missing point 2 costs 3, points
    0 and 1 together 4: site 0 opens.
    """
    problem = replace(
        median(np.zeros((3, 2)), 1),
        start=np.array([0, 1, 2, 3]),
        site=np.array([0, 0, 1]),
        cost=np.zeros(3),
        unserved_cost=np.array([2.0, 2.0, 3.0]),
    )

    siting = site_uncapacitated(problem, Limits())

    assert siting.open_sites.tolist() == [0]
    assert siting.site_of.tolist() == [0, 0, NOBODY]
    assert (siting.cost, siting.bound) == (3, 3)
