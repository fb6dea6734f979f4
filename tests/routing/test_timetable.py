"""Tests of many routes' departures at once."""

from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import all_routes, drives, problems, ways

from cstore_cli.routing.columns import Columns
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import FOREVER, Client, Problem, VehicleKind
from cstore_cli.routing.timetable import timetable
from cstore_cli.routing.trips import trips

SAMPLES = 12


def columns_of(orders):
    return Columns.of(orders, [0] * len(orders))


def one(clients, kind, visits):
    """Place 0 is the depot, place i is i away; the departures of one route."""
    size = len(clients) + 1
    legs = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) * 10
    legs = legs.astype(np.int64)
    problem = Problem(tuple(clients), (kind,), (legs,), (legs,))
    times = timetable(problem, columns_of([(0, visits)]))
    assert times.possible.all()
    return times.leaves[0].tolist()


def test_one_trip_leaves_until_its_first_client_closes():
    client = Client(1, (), tw_early=100, tw_late=130, release_time=40)
    assert one([client], VehicleKind(1, ()), (0,)) == [[40, 120]]


def test_one_trip_does_not_leave_so_early_that_its_shift_is_too_long():
    """Open from 100, back at 110: with 30 minutes not before 80."""
    client = Client(1, (), tw_early=100, tw_late=130)
    assert one([client], VehicleKind(1, (), max_duration=30), (0,)) == [[80, 120]]


def test_two_trips_share_the_slack():
    """
    20 each, the second leaves from 20 to 80: 60 of slack, the first gets half of it
    and leaves until 30, so that the second can leave from 50.
    """
    kind = VehicleKind(1, (), tw_late=100, max_trips=2)
    clients = [Client(1, ()), Client(1, ())]
    assert one(clients, kind, (0, -1, 1)) == [[0, 30], [50, 80]]


def test_two_trips_keep_the_longest_shift_too():
    """40 of driving within 60: the slack is 20, not 60."""
    kind = VehicleKind(1, (), tw_late=100, max_trips=2, max_duration=60)
    (first, last), (second, end) = one([Client(1, ()), Client(1, ())], kind, (0, -1, 1))
    assert first <= last
    assert last + 20 <= second <= end
    assert end + 20 - first <= 60


def rule_keeping(problem, orders):
    """Those that keep loads, skills and the number of trips."""
    kept = []
    for kind, visits in orders:
        vehicle = problem.kinds[kind]
        parts = [[problem.clients[i] for i in trip] for trip in trips(visits)]
        fits = all(
            sum(c.load[d] for c in part) <= vehicle.capacity[d]
            and all(c.skills <= vehicle.skills for c in part)
            for part in parts
            for d in range(2)
        )
        if fits and len(parts) <= vehicle.max_trips:
            kept.append((kind, visits))
    return kept


def every_order(problem, data):
    n = len(problem.clients)
    order = data.draw(st.permutations(range(n)))
    kinds = range(len(problem.kinds))
    orders = [
        (kind, visits)
        for size in range(1, n + 1)
        for visits in ways(tuple(order[:size]))
        for kind in kinds
    ]
    return rule_keeping(problem, orders)


@settings(max_examples=300, deadline=None)
@given(problems(reloads=True), st.data())
def test_possible_and_cost_are_those_of_evaluate(problem, data):
    orders = every_order(problem, data)
    times = timetable(problem, columns_of(orders))
    routes = [evaluate(problem, kind, visits) for kind, visits in orders]

    assert times.possible.tolist() == [route is not None for route in routes]
    for route, cost in zip(routes, times.costs.tolist(), strict=True):
        assert route is None or route.cost == cost


@settings(max_examples=300, deadline=None)
@given(problems(reloads=True), st.randoms(use_true_random=False))
def test_any_departures_within_the_intervals_keep_every_rule(problem, random):
    orders = list(all_routes(problem))
    random.shuffle(orders)
    orders = orders[:SAMPLES]
    if not orders:
        return
    for order, leaves in zip(
        orders, timetable(problem, columns_of(orders)).leaves.tolist(), strict=True
    ):
        num = len(trips(order[1]))
        assert all(first <= last for first, last in leaves[:num])
        assert all(first > last for first, last in leaves[num:])
        ends = [(first, min(last, first + 500)) for first, last in leaves[:num]]
        inside = [tuple(random.randint(*end) for end in ends) for _ in range(3)]
        for departures in [*product(*ends), *inside]:
            assert drives(problem, *order, departures)


@settings(max_examples=200, deadline=None)
@given(problems(reloads=True), st.randoms(use_true_random=False))
def test_the_interval_of_one_trip_is_the_largest(problem, random):
    orders = [order for order in all_routes(problem) if -1 not in order[1]]
    random.shuffle(orders)
    orders = orders[:SAMPLES]
    if not orders:
        return
    for order, leaves in zip(
        orders, timetable(problem, columns_of(orders)).leaves.tolist(), strict=True
    ):
        first, last = leaves[0]
        assert not drives(problem, *order, (first - 1,))
        if last < FOREVER // 16:
            assert not drives(problem, *order, (last + 1,))


@settings(max_examples=100, deadline=None)
@given(problems(reloads=True), st.data())
def test_a_route_has_the_same_departures_among_others(problem, data):
    orders = every_order(problem, data)
    if not orders:
        return
    whole = timetable(problem, columns_of(orders))
    for number, order in enumerate(orders):
        by_itself = timetable(problem, columns_of([order]))
        assert by_itself.costs[0] == whole.costs[number]
        if by_itself.possible[0]:
            mine = whole.leaves[number][: by_itself.leaves.shape[1]]
            assert mine.tolist() == by_itself.leaves[0].tolist()


def test_trips_leave_one_after_the_other():
    """Their intervals never overlap by more than a trip takes."""
    kind = VehicleKind(1, (), tw_late=300, max_trips=3, reload_duration=5)
    found = one([Client(1, ()) for _ in range(3)], kind, (0, -1, 1, -1, 2))
    for (_, last), (first, _) in pairwise(found):
        assert last + 25 <= first
