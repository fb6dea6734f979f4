"""Tests of the whole engine where routes are coupled: trips, rooms, locks, docks."""

from concurrent.futures import Executor, Future
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from tiny import can_leave, cheapest, problems

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.routing.check import faults
from cstore_cli.routing.problem import (
    Client,
    Dock,
    Lock,
    Problem,
    Room,
    VehicleKind,
)
from cstore_cli.routing.route import Solution
from cstore_cli.routing.search import Stop, solve


class Inline(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def run(problem, iterations=240, **more):
    result = solve(problem, Stop(iterations=iterations), (1, 2), Inline(), **more)
    found = Solution(result.routes, result.unserved, result.cost)
    assert faults(problem, found) == []
    assert can_leave(problem, [(r.kind, r.visits) for r in result.routes])
    return result


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(reloads=True))
def test_trips_are_never_beaten_by_trying_every_plan(problem):
    """
    Nor always matched: a reload and an optional client behind it come by two moves,
    and PyVRP keeps the first only where that client pays for too much load.
    """
    assert run(problem).cost >= cheapest(problem)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(rooms=True))
def test_rooms_match_trying_every_plan(problem):
    assert run(problem).cost == cheapest(problem)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(locks=True))
def test_locks_match_trying_every_plan(problem):
    assert run(problem).cost == cheapest(problem)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(reloads=True, rooms=True, locks=True))
def test_all_but_docks_are_never_beaten_by_trying_every_plan(problem):
    assert run(problem).cost >= cheapest(problem)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(max_clients=3, reloads=True, docks=True))
def test_docks_are_never_beaten_by_trying_every_plan(problem):
    assert run(problem).cost >= cheapest(problem)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    problems(
        max_clients=3, penalties=False, reloads=True, rooms=True, locks=True, docks=True
    )
)
def test_required_clients_are_served_or_it_is_refused(problem):
    best = cheapest(problem)
    try:
        result = run(problem)
    except (InfeasibleError, NoPlanError):
        return
    assert best is not None
    assert result.cost >= best


def square(num=8, **kind):
    """Clients of load 1 and penalty 500 round a depot; legs of 10 to 40."""
    places = np.arange(num + 1)
    legs = (10 + np.abs(np.subtract.outer(places, places)) % 4 * 10).astype(np.int64)
    np.fill_diagonal(legs, 0)
    clients = tuple(Client(i + 1, (1,), penalty=500) for i in range(num))
    van = replace(VehicleKind(2, (2,)), **kind)
    return Problem(clients, (van,), (legs,), (legs,))


def test_a_dock_without_slot_serves_nobody():
    """All leave by 100, the first slot is at 200."""
    problem = replace(square(start_late=100), docks=(Dock(0, 1, 10, 200),))
    assert run(problem).routes == ()


def test_one_door_lets_one_trip_leave():
    """All leave by 15: slots at 0 and 10 for three vans."""
    problem = replace(square(start_late=15, count=3), docks=(Dock(0, 1, 10, 0),))
    result = run(problem)
    assert (len(result.routes), len(result.unserved)) == (2, 4)


def test_second_trips_use_doors_too():
    """A slot each 100: two vans of two trips have four by 350, not eight."""
    kind = {"max_trips": 2, "count": 2, "tw_late": 390}
    problem = replace(square(**kind), docks=(Dock(0, 1, 100, 0),))
    result = run(problem)
    assert len(result.unserved) < len(run(square(count=2)).unserved) + 1
    assert result.unserved == ()


def test_what_one_vehicle_cannot_hold_of_a_lock_stays():
    problem = replace(square(count=5), locks=(Lock((0, 1, 2)),))
    result = run(problem)
    assert len(set(result.unserved) & {0, 1, 2}) == 1


def test_a_lock_goes_to_the_kind_that_can_carry_it():
    """The last kind cannot carry anything."""
    problem = square()
    none = replace(problem.kinds[0], capacity=(0,))
    kinds = (problem.kinds[0], none)
    result = run(
        replace(
            problem, kinds=kinds, locks=(Lock((0, 1)),), clients=problem.clients[:4]
        )
    )
    assert result.unserved == ()


def test_a_room_of_nothing_is_not_filled():
    problem = replace(square(count=4), rooms=(Room(0, ((0, 1), (1, 1))),))
    assert run(problem).unserved == (0, 1)


def test_rooms_that_cannot_hold_who_must_be_served_refuse():
    problem = square(4)
    clients = tuple(replace(c, penalty=None) for c in problem.clients)
    problem = replace(problem, clients=clients, rooms=(Room(1, ((0, 1), (1, 1))),))
    with pytest.raises(NoPlanError):
        run(problem)


def test_two_trips_need_no_windows():
    """One van of 2 serves 4 clients in two trips."""
    result = run(square(4, count=1, max_trips=2))
    assert [route.visits.count(-1) for route in result.routes] == [1]
    assert result.unserved == ()


def test_a_window_that_closes_before_the_goods_come_ends_the_search():
    """Half the goods come at 300, reloads are over at 200: PyVRP went in circles."""
    problem = square(12, count=1, capacity=(3,), max_trips=3, trip_windows=((0, 200),))
    clients = tuple(
        replace(c, release_time=300 * (i % 2), tw_late=5_000)
        for i, c in enumerate(problem.clients)
    )
    result = run(replace(problem, clients=clients))
    assert len(result.routes) == 1


def test_a_trip_that_must_leave_early_is_not_taken_late():
    """PyVRP does not know the bound; a route that breaks it gives way."""
    problem = square(6, count=3)
    clients = tuple(
        replace(c, leave_late=50, tw_early=30 * i)
        for i, c in enumerate(problem.clients)
    )
    result = run(replace(problem, clients=clients))
    assert all(route.start_time <= 50 for route in result.routes)
    assert result.unserved == ()


def test_vans_of_two_depots_have_docks_of_their_own():
    """Each depot lets one trip leave by 15."""
    problem = square(8, start_late=15)
    docks = (Dock(0, 1, 20, 0), Dock(1, 1, 20, 0))
    other = replace(problem.kinds[0], start_depot=1)
    result = run(replace(problem, kinds=(problem.kinds[0], other), docks=docks))
    assert sorted(route.kind for route in result.routes) == [0, 1]


def test_coupled_searches_give_the_same_each_time():
    problem = replace(
        square(12, count=4, max_trips=2, tw_late=390),
        docks=(Dock(0, 1, 50, 0),),
        rooms=(Room(3, ((0, 2), (1, 2))),),
        locks=(Lock((3, 4)), Lock((5, 6))),
    )
    first, second = (repr(replace(run(problem), seconds=0)) for _ in range(2))
    assert first == second
