"""Tests of the bound over all routes: never above the best plan there is."""

from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import cheapest, problems

from cstore_cli.deadline import Deadline
from cstore_cli.routing.bound import bound
from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind

ROUTING = Path(__file__).parents[3] / "shared/data/routing"
needs_files = pytest.mark.skipif(
    not ROUTING.is_dir(), reason="../shared/data/routing is absent"
)
NO_HURRY = Deadline()


def line(clients, kind, size=3):
    """Places 0, 1, 2 on a line, 10 apart, a minute per metre."""
    legs = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) * 10
    matrix = legs.astype(np.int64)
    return Problem(tuple(clients), (kind,), (matrix,), (matrix,))


@settings(max_examples=100, deadline=None)
@given(st.one_of(problems(), problems(pickups=True), problems(penalties=False)))
def test_no_plan_is_cheaper(problem):
    """Windows, pools, kinds, profiles, skills, pickups, closed legs: all tried."""
    best, found = cheapest(problem), bound(problem, NO_HURRY)
    if best is not None and found is not None:
        assert found.value <= best


@settings(max_examples=40, deadline=None)
@given(problems(max_clients=3))
def test_there_is_a_bound_when_all_may_be_unserved(problem):
    assert bound(problem, NO_HURRY).value <= problem.unserved_cost(
        range(len(problem.clients))
    )


def cheapest_drive(problem, kind, order, cuts):
    """The least cost of these visits, reloading before those in ``cuts``, by trying."""
    clients = [problem.clients[i] for i in order]
    trips = np.split(np.arange(len(order)), cuts)
    for trip in trips:
        brought = np.array([clients[s].load for s in trip])
        taken = np.array([clients[s].pickup or (0, 0) for s in trip])
        for leg in range(len(trip) + 1):
            on_board = brought[leg:].sum(axis=0) + taken[:leg].sum(axis=0)
            if (on_board > kind.capacity).any():
                return np.inf
    if not all(client.skills <= kind.skills for client in clients):
        return np.inf
    distance, duration = problem.distance[kind.profile], problem.duration[kind.profile]
    best = np.inf
    for start in range(kind.tw_early, min(kind.latest_start, 200) + 1):
        time, travelled = start, 0
        for trip in trips:
            place = kind.start_depot
            ready = max(clients[s].release_time for s in trip)
            if trip[0] == 0 and ready > time:
                travelled = np.inf
            time = max(time, ready)
            stops = [clients[s] for s in trip]
            ends = kind.end_depot if trip is trips[-1] else kind.start_depot
            for a, b in pairwise([place, *(c.location for c in stops), ends]):
                if max(distance[a, b], duration[a, b]) >= UNREACHABLE:
                    travelled = np.inf
                travelled += distance[a, b]
            for stop in stops:
                time = max(time + duration[place, stop.location], stop.tw_early)
                if time > stop.tw_late:
                    travelled = np.inf
                time, place = time + stop.service_duration, stop.location
            time += duration[place, ends]
        took = time - start
        if travelled < np.inf and time <= kind.tw_late and took <= kind.max_duration:
            cost = kind.fixed_cost + kind.unit_distance_cost * int(travelled)
            best = min(best, cost + kind.unit_duration_cost * int(took))
    return best


@settings(max_examples=25, deadline=None)
@given(problems(max_clients=3, pickups=True))
def test_no_plan_with_reloads_is_cheaper(problem):
    """One vehicle of the first kind, twice loaded at most; every plan is tried."""
    kind = replace(problem.kinds[0], count=1, pool=None, max_trips=2)
    problem = replace(problem, kinds=(kind,))
    everyone = range(len(problem.clients))
    best = problem.unserved_cost(everyone)
    for size in range(1, len(everyone) + 1):
        for order in permutations(everyone, size):
            left = [i for i in everyone if i not in order]
            for cuts in ([], *([cut] for cut in range(1, size))):
                cost = cheapest_drive(problem, kind, order, cuts)
                best = min(best, cost + problem.unserved_cost(left))

    assert bound(problem, NO_HURRY).value <= best


def test_one_route_is_bounded_by_its_own_cost():
    """Out to 10 and 20 and home: 40 long, and the vehicle costs 5."""
    clients = [Client(1, (1,)), Client(2, (1,))]
    kind = VehicleKind(1, (2,), fixed_cost=5)
    assert bound(line(clients, kind), NO_HURRY).value == pytest.approx(45)


def test_loads_pay_for_the_vehicles_they_fill():
    """Two clients at one place fill a vehicle each: 2 * (20 + 100)."""
    clients = [Client(1, (5,)), Client(1, (5,))]
    kind = VehicleKind(9, (5,), fixed_cost=100)
    assert bound(line(clients, kind), NO_HURRY).value == pytest.approx(240, rel=0.01)


def test_the_time_of_a_route_pays_for_vehicles():
    """Service of 60 each and 120 of work a vehicle: three clients need 1.5 and more."""
    clients = [Client(1, (), service_duration=60) for _ in range(3)]
    kind = VehicleKind(9, (), fixed_cost=1000, max_duration=120)
    assert bound(line(clients, kind), NO_HURRY).value > 1500


def test_what_no_vehicle_has_time_for_is_unserved():
    """One vehicle of 70: of three clients with service 50, two are left out at 500."""
    clients = [Client(1, (), service_duration=50, penalty=500) for _ in range(3)]
    kind = VehicleKind(1, (), max_duration=70)
    found = bound(line(clients, kind), NO_HURRY).value
    assert 500 < found <= 1020


def test_a_group_far_away_is_joined_to_the_depot():
    """Two clients 1,000 away, 1 apart: the way there and back, not just between."""
    places = np.array([0, 1000, 1001])
    legs = np.abs(np.subtract.outer(places, places)).astype(np.int64)
    clients = (Client(1, ()), Client(2, ()))
    near = Client(0, ())
    kind = VehicleKind(3, ())
    problem = Problem((*clients, near), (kind,), (legs,), (legs,))
    assert 2000 < bound(problem, NO_HURRY).value <= 2002


def test_a_client_nobody_can_serve_has_no_bound_or_its_penalty():
    far = line([Client(1, (9,))], VehicleKind(1, (5,)))
    assert bound(far, NO_HURRY) is None
    far = replace(far, clients=(Client(1, (9,), penalty=70),))
    assert bound(far, NO_HURRY).value == pytest.approx(70)


def test_no_time_is_no_bound():
    problem = line([Client(1, ())], VehicleKind(1, ()))
    assert bound(problem, Deadline.after(0)) is None


@needs_files
@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("vrptw_solomon/C109.txt", 0.75),
        ("vrptw_solomon/R108.txt", 0.68),
        ("cvrp_x/X-n101-k25.vrp", 0.55),
    ],
)
def test_published_optima_are_not_passed(name, share):
    """And the bound is no worse than what was measured, less a little."""
    from instance_files import read
    from instance_problem import problem_of

    instance = read(ROUTING / name)
    optimum = instance.best_known * instance.scale
    found = bound(problem_of(instance), NO_HURRY)
    assert share * optimum < found.value <= optimum
