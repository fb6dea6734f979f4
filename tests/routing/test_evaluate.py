"""Tests of the exact schedule of one route."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
import pyvrp
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import problems

from cstore_cli.routing.check import faults
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind
from cstore_cli.routing.pyvrp_data import translate
from cstore_cli.routing.route import Solution


def line(clients, kind, size=3):
    """Places 0, 1, 2 on a line, 10 apart, a minute per metre."""
    legs = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) * 10
    matrix = legs.astype(np.int64)
    return Problem(tuple(clients), (kind,), (matrix,), (matrix,))


def test_leaves_late_enough_not_to_wait():
    """Opens at 100, 10 away: leaves at 90, not at 0; serves 5, is back at 115."""
    client = Client(location=1, load=(), tw_early=100, service_duration=5)
    route = evaluate(line([client], VehicleKind(1, ())), 0, (0,))

    assert (route.start_time, route.end_time, route.duration) == (90, 115, 25)
    assert route.service_times == (100,)


def test_waits_where_leaving_later_would_be_late():
    """Client 0 closes at 20, client 1 opens at 100: leaves at 10, waits at 1."""
    clients = [
        Client(location=1, load=(), tw_late=20),
        Client(location=2, load=(), tw_early=100),
    ]
    route = evaluate(line(clients, VehicleKind(1, ())), 0, (0, 1))

    assert (route.start_time, route.latest_start) == (10, 10)
    assert route.service_times == (20, 100)
    assert route.duration == 110


def test_departure_interval_is_free_of_cost():
    """Open 100 to 130: any departure from 90 to 120 takes 20 in all."""
    client = Client(location=1, load=(), tw_early=100, tw_late=130)
    route = evaluate(line([client], VehicleKind(1, ())), 0, (0,))

    assert (route.start_time, route.latest_start) == (90, 120)


@pytest.mark.parametrize(
    "change",
    [
        {"tw_late": 9},
        {"tw_early": 95},
        {"load": (6,)},
        {"skills": frozenset({1})},
        {"release_time": 85},
        {"service_duration": 81},
    ],
)
def test_each_rule_refuses(change):
    """Shift 0 to 100, capacity 5; the client is 10 away."""
    kind = VehicleKind(1, (5,), tw_late=100)
    assert evaluate(line([Client(1, (5,), service_duration=80)], kind), 0, (0,))
    client = replace(Client(1, (5,), service_duration=0), **change)
    assert evaluate(line([client], kind), 0, (0,)) is None


@pytest.mark.parametrize("change", [{"max_duration": 19}, {"start_late": -1}])
def test_each_rule_of_the_vehicle_refuses(change):
    kind = replace(VehicleKind(1, (5,), max_duration=20), **change)
    assert evaluate(line([Client(1, (5,))], kind), 0, (0,)) is None


def test_pair_that_cannot_be_travelled_refuses():
    """Whichever matrix says so."""
    for which in ("distance", "duration"):
        problem = line([Client(1, ())], VehicleKind(1, ()))
        closed = problem.distance[0].copy()
        closed[1, 0] = UNREACHABLE
        assert evaluate(replace(problem, **{which: (closed,)}), 0, (0,)) is None


def test_what_is_collected_takes_the_room_of_what_was_dropped():
    """5 dropped, then 5 collected: the vehicle of 5 is full all along."""
    clients = [Client(1, (5,)), Client(2, (0,), pickup=(5,))]
    problem = line(clients, VehicleKind(1, (5,)))
    assert evaluate(problem, 0, (0, 1))
    assert evaluate(problem, 0, (1, 0)) is None


def test_at_one_client_the_load_goes_off_first():
    problem = line([Client(1, (5,), pickup=(5,))], VehicleKind(1, (5,)))
    assert evaluate(problem, 0, (0,))


def test_all_that_is_collected_is_on_board_at_the_end():
    clients = [Client(1, (0,), pickup=(3,)), Client(2, (0,), pickup=(3,))]
    assert evaluate(line(clients, VehicleKind(1, (5,))), 0, (0, 1)) is None
    assert evaluate(line(clients, VehicleKind(1, (6,))), 0, (0, 1))


@settings(max_examples=200, deadline=None)
@given(st.one_of(problems(), problems(pickups=True)), st.data())
def test_agrees_with_pyvrp(problem, data):
    """Feasible exactly when PyVRP says so, with its distance, duration and cost."""
    n = len(problem.clients)
    order = data.draw(st.permutations(range(n)))
    visits = order[: data.draw(st.integers(1, n))]
    translation = translate(problem)
    for vehicle_type in range(len(translation.share_of)):
        kind = translation.kind(vehicle_type)
        theirs = pyvrp.Route(translation.data, visits, vehicle_type)
        ours = evaluate(problem, kind, visits)

        assert (ours is not None) == theirs.is_feasible()
        if ours is not None:
            assert ours.distance == theirs.distance()
            assert ours.duration == theirs.duration()
            cost = theirs.distance_cost() + theirs.duration_cost()
            assert ours.cost == cost + theirs.fixed_vehicle_cost()


@settings(max_examples=150, deadline=None)
@given(problems(max_clients=3, pickups=True))
def test_every_route_drives_as_said(problem):
    """The independent drive finds no fault, leaving first or last."""
    n = len(problem.clients)
    for visits in permutations(range(n), max(1, n - 1)):
        for kind in range(len(problem.kinds)):
            route = evaluate(problem, kind, visits)
            if route is None:
                continue
            others = tuple(i for i in range(n) if i not in visits)
            cost = route.cost + problem.unserved_cost(others)
            assert faults(problem, Solution((route,), others, cost)) == []
            shift = route.latest_start - route.start_time
            if 0 < shift < 1_000:
                later = _drive(problem, route, route.latest_start)
                assert later - route.latest_start == route.duration


@settings(max_examples=150, deadline=None)
@given(problems(max_clients=3, pickups=True))
def test_the_drive_finds_a_fault_just_where_the_load_does_not_fit(problem):
    """Routes refused with the pickups and not without them carry too much."""
    without = replace(
        problem, clients=tuple(replace(c, pickup=()) for c in problem.clients)
    )
    visits = tuple(range(len(problem.clients)))
    for kind in range(len(problem.kinds)):
        route = evaluate(without, kind, visits)
        if route is None:
            continue
        found = faults(problem, Solution((route,), (), route.cost))
        fits = evaluate(problem, kind, visits) is not None
        assert fits == (found == [])
        assert all("carries" in fault for fault in found)


def _drive(problem, route, time):
    kind = problem.kinds[route.kind]
    place = kind.start_depot
    for i in route.visits:
        client = problem.clients[i]
        time += int(problem.duration[kind.profile][place, client.location])
        time = max(time, client.tw_early)
        assert time <= client.tw_late
        time += client.service_duration
        place = client.location
    return time + int(problem.duration[kind.profile][place, kind.end_depot])
