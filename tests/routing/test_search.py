"""Tests of the whole engine: searches, columns, master."""

import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from tiny import cheapest, problems

from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.routing.check import faults
from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind
from cstore_cli.routing.route import Solution
from cstore_cli.routing.search import Stop, solve

X_INSTANCE = Path(__file__).parents[3] / "shared/data/routing/cvrp_x/X-n101-k25.vrp"


class Inline(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def town(num_clients=40, count=6, seed=1, **client):
    """Clients at random places around a depot in the middle, load 1 each."""
    points = np.random.default_rng(seed).integers(0, 1000, (num_clients + 1, 2))
    points[0] = 500
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    legs = np.rint(apart).astype(np.int64)
    clients = [Client(i + 1, (1,), **client) for i in range(num_clients)]
    kind = VehicleKind(count, (num_clients // 4,))
    return Problem(tuple(clients), (kind,), (legs,), (legs,))


def run(problem, iterations=400, seeds=(1, 2), pool=None, **more):
    return solve(problem, Stop(iterations=iterations), seeds, pool or Inline(), **more)


def solution(result):
    return Solution(result.routes, result.unserved, result.cost)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems())
def test_matches_trying_every_plan(problem):
    """All at once: windows, pools, skills, depots, release times, penalties."""
    result = run(problem, iterations=160)

    assert result.cost == cheapest(problem)
    assert faults(problem, solution(result)) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(pickups=True))
def test_pickups_match_trying_every_plan(problem):
    result = run(problem, iterations=160)

    assert result.cost == cheapest(problem)
    assert faults(problem, solution(result)) == []


@settings(max_examples=25, deadline=None)
@given(problems(max_clients=3, penalties=False))
def test_required_clients_are_served_or_it_is_refused(problem):
    best = cheapest(problem)
    if best is None:
        with pytest.raises((InfeasibleError, NoPlanError)):
            run(problem, iterations=160)
    else:
        assert run(problem, iterations=160).cost == best


def test_pool_is_not_used_twice():
    """Two waves of the same two vans: two routes, though four would serve all."""
    problem = town(20, penalty=10_000)
    van = replace(problem.kinds[0], count=2, capacity=(5,), pool=3)
    problem = replace(problem, kinds=(van, replace(van, tw_early=50)))

    result = run(problem)

    assert len(result.routes) == 2
    assert len(result.unserved) == 10
    assert faults(problem, solution(result)) == []


def test_causes_are_named_before_any_search():
    """One client for each cause, and one that can be served."""
    problem = town(5, penalty=1_000)
    skilled, large, far, late, _ = problem.clients
    legs = problem.distance[0].copy()
    legs[far.location, :] = UNREACHABLE
    problem = replace(
        problem,
        clients=(
            replace(skilled, skills=frozenset({1})),
            replace(large, load=(2,)),
            far,
            replace(late, tw_late=1),
            problem.clients[4],
        ),
        kinds=(replace(problem.kinds[0], capacity=(1,)),),
        distance=(legs,),
    )

    result = run(problem)

    assert result.causes == {
        0: "no_skill",
        1: "too_large",
        2: "unreachable",
        3: "window",
    }
    assert result.unserved == (0, 1, 2, 3)
    assert result.cost == 4_000 + result.routes[0].cost


def test_a_pickup_larger_than_any_vehicle_is_named():
    problem = town(4, penalty=1_000)
    large = replace(problem.clients[0], load=(0,), pickup=(99,))
    result = run(replace(problem, clients=(large, *problem.clients[1:])))
    assert result.causes == {0: "too_large"}


def test_client_that_must_be_served_and_cannot_is_refused():
    problem = town(4)
    large = replace(problem.clients[1], load=(99,))
    problem = replace(problem, clients=(problem.clients[0], large))
    with pytest.raises(InfeasibleError, match="client 1: the load exceeds"):
        run(problem)


def test_nothing_to_serve_is_an_empty_plan():
    problem = town(3)
    result = run(replace(problem, clients=()))
    assert (result.routes, result.cost, result.gap_columns) == ((), 0, 0)


def test_start_is_kept_when_there_is_no_time():
    problem = town()
    start = solution(run(problem))

    result = solve(problem, Stop(Deadline.after(0)), [1], Inline(), start=start)

    assert result.routes == start.routes


def test_a_search_can_go_on_from_the_start():
    """Two clients more, and all others must be kept; an iteration a round."""
    problem = town(60, count=30, penalty=10**6)
    first = run(replace(problem, clients=problem.clients[:58]))
    kept = tuple(replace(c, penalty=None) for c in problem.clients[:58])
    more = replace(problem, clients=(*kept, *problem.clients[58:]))
    start = Solution(first.routes, (58, 59), first.cost + 2 * 10**6)

    result = run(more, 8, start=start, resume=True)

    assert result.unserved == ()
    assert faults(more, solution(result)) == []


def test_no_time_is_no_plan():
    with pytest.raises(NoPlanError):
        solve(town(), Stop(Deadline.after(0)), [1], Inline())


def test_parts_give_a_plan_of_the_whole():
    problem = town(60)
    told = []

    result = run(problem, parts=[range(30), range(30, 60)], on_progress=told.append)

    assert faults(problem, solution(result)) == []
    assert result.unserved == ()
    costs = [progress.cost for progress in told]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == result.cost


def test_iterations_give_the_same_whatever_the_cores():
    """A thread, two threads, and none; groups of routes and their masters included."""
    problem = town(150, count=20, penalty=5_000)
    problem = replace(problem, kinds=(replace(problem.kinds[0], capacity=(12,)),))
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        answers = [run(problem, 240, pool=pool) for pool in (one, two, Inline())]

    first, *others = [repr(replace(answer, seconds=0)) for answer in answers]
    assert others == [first, first]


def test_ends_at_the_deadline():
    problem = town(120, count=30)
    with executor(2) as pool:
        began = time.monotonic()
        result = solve(problem, Stop(Deadline.after(3)), [1, 2], pool)
        took = time.monotonic() - began

    assert took < 3.5
    assert faults(problem, solution(result)) == []


def test_costs_in_tiny_units_are_served_in_time():
    """850 a metre, prizes of 1e11: no window may be broken for a prize."""
    problem = town(60, penalty=10**11, service_duration=20)
    clients = [
        replace(c, tw_early=(i % 4) * 1_000, tw_late=(i % 4 + 1) * 1_000)
        for i, c in enumerate(problem.clients)
    ]
    kind = replace(
        problem.kinds[0],
        count=8,
        fixed_cost=9 * 10**7,
        unit_distance_cost=850,
        unit_duration_cost=6_667,
        tw_late=6_000,
    )
    problem = replace(problem, clients=tuple(clients), kinds=(kind,))

    result = run(problem, 800)

    assert result.unserved == ()
    assert faults(problem, solution(result)) == []


def test_published_optimum():
    """X-n101-k25: 27,591 is proven optimal (Uchoa et al. 2017)."""
    if not X_INSTANCE.exists():
        pytest.skip(f"{X_INSTANCE} is not there")
    words = [line.split() for line in X_INSTANCE.read_text().splitlines()]
    numbers = [
        [int(w) for w in ws] for ws in words if ws and ws[0].lstrip("-").isdigit()
    ]
    points = np.array([ws[1:] for ws in numbers if len(ws) == 3])
    loads = [ws[1] for ws in numbers if len(ws) == 2][: len(points)]
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    legs = np.floor(apart + 0.5).astype(np.int64)
    clients = tuple(Client(i, (loads[i],)) for i in range(1, len(points)))
    problem = Problem(clients, (VehicleKind(100, (206,)),), (legs,), (0 * legs,))

    with executor(2) as pool:
        result = run(problem, 1_600, pool=pool)

    assert faults(problem, solution(result)) == []
    assert 27_591 <= result.cost <= 27_591 * 1.02
    assert result.bound_columns <= result.cost
