"""Tests of routes of several trips: evaluate, the drive, and PyVRP's opinion."""

from dataclasses import replace

import numpy as np
import pytest
import pyvrp
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import drives, problems, ways

from cstore_cli.routing.check import faults
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import FOREVER, RELOAD, Client, Problem, VehicleKind
from cstore_cli.routing.pyvrp_data import translate
from cstore_cli.routing.route import Solution
from cstore_cli.routing.trips import clients_of, joined, trips, without

TWO_TRIPS = (0, RELOAD, 1)


def line(clients, **kind):
    """Places 0, 1, 2 on a line, 10 apart, a minute per metre; van of 5, two trips."""
    legs = (np.abs(np.subtract.outer(np.arange(3), np.arange(3))) * 10).astype(np.int64)
    van = VehicleKind(1, (5,), **{"max_trips": 2, "reload_duration": 7} | kind)
    return Problem(tuple(clients), (van,), (legs,), (legs,))


def two(**second):
    return [Client(1, (5,)), Client(2, (5,), **second)]


def drawn(data, problem):
    """A kind and visits with reloads."""
    n = len(problem.clients)
    order = data.draw(st.permutations(range(n)))[: data.draw(st.integers(1, n))]
    kind = data.draw(st.integers(0, len(problem.kinds) - 1))
    return kind, data.draw(st.sampled_from(list(ways(order))))


def alone(problem, route):
    others = set(range(len(problem.clients))) - set(route.visits)
    left = tuple(sorted(others))
    return Solution((route,), left, route.cost + problem.unserved_cost(left))


def test_second_trip_leaves_when_reloaded():
    """To 1 and back 20, reload 7, to 2 and back 40."""
    route = evaluate(line(two()), 0, TWO_TRIPS)

    assert (route.distance, route.duration, route.end_time) == (60, 67, 67)
    assert route.service_times == (10, 20, 47)


def test_release_binds_its_own_trip_only():
    """The second trip leaves at 100 at the earliest; the first at 73, without wait."""
    route = evaluate(line(two(release_time=100)), 0, TWO_TRIPS)

    assert (route.start_time, route.end_time, route.duration) == (73, 140, 67)
    assert route.service_times == (83, 93, 120)


def test_trip_window_is_when_the_trip_leaves():
    """Reloaded at 27, it leaves in the window from 50: starts to reload at 43."""
    route = evaluate(line(two(), trip_windows=((0, 26), (50, 60))), 0, TWO_TRIPS)

    assert route.service_times[1] == 43
    assert (route.start_time, route.latest_start) == (23, 33)


@pytest.mark.parametrize(
    ("kind", "second"),
    [
        ({"max_trips": 1}, {}),
        ({"trip_windows": ((0, 26),)}, {}),
        ({"trip_windows": ((50, 60),)}, {"release_time": 61}),
        ({"trip_windows": ((50, 60),)}, {"leave_late": 49}),
        ({}, {"leave_late": 26}),
        ({}, {"tw_late": 46}),
        ({"tw_late": 66}, {}),
        ({"max_duration": 66}, {}),
    ],
)
def test_each_rule_of_trips_refuses(kind, second):
    assert evaluate(line(two(), trip_windows=((27, 60),)), 0, TWO_TRIPS)
    assert evaluate(line(two(**second), **kind), 0, TWO_TRIPS) is None


def test_load_counts_per_trip():
    problem = line(two())
    assert evaluate(problem, 0, TWO_TRIPS)
    assert evaluate(problem, 0, (0, 1)) is None


def test_visits_are_cut_and_joined_at_reloads():
    visits = (3, 1, RELOAD, 2, RELOAD, 0)
    assert trips(visits) == ((3, 1), (2,), (0,))
    assert clients_of(visits) == (3, 1, 2, 0)
    assert joined(trips(visits)) == visits
    assert without(visits, {2, 3}) == (1, RELOAD, 0)


def unambiguous(problem):
    """
    PyVRP knows when the first window opens, not that any closes.

    It loads only once the goods are there; here they may come until the trip leaves.
    """
    loads = any(kind.reload_duration for kind in problem.kinds)
    clients = tuple(
        replace(c, leave_late=FOREVER, release_time=0 if loads else c.release_time)
        for c in problem.clients
    )
    kinds = tuple(
        replace(
            k, trip_windows=tuple((opens, FOREVER) for opens, _ in k.trip_windows[:1])
        )
        for k in problem.kinds
    )
    return replace(problem, clients=clients, kinds=kinds)


@settings(max_examples=300, deadline=None)
@given(problems(reloads=True, windows=1, pickups=True), st.data())
def test_reloads_agree_with_pyvrp(problem, data):
    """Feasible exactly when PyVRP says so, with its distance, duration and cost."""
    problem = unambiguous(problem)
    kind, visits = drawn(data, problem)
    translation = translate(problem)
    if kind not in translation.share_of:
        return
    vehicle_type = translation.share_of.index(kind)
    depots = translation.data.vehicle_type(vehicle_type).reload_depots
    if visits.count(RELOAD) >= problem.kinds[kind].max_trips or (
        RELOAD in visits and not depots
    ):
        assert evaluate(problem, kind, visits) is None
        return
    activities = [
        pyvrp.Activity(pyvrp.ActivityType.DEPOT, depots[0])
        if i == RELOAD
        else pyvrp.Activity(pyvrp.ActivityType.CLIENT, i)
        for i in visits
    ]
    theirs = pyvrp.Route(translation.data, activities, vehicle_type)
    ours = evaluate(problem, kind, visits)

    assert (ours is not None) == theirs.is_feasible()
    if ours is not None:
        assert ours.distance == theirs.distance()
        assert ours.duration == theirs.duration()
        cost = theirs.distance_cost() + theirs.duration_cost()
        assert ours.cost == cost + theirs.fixed_vehicle_cost()


def departures(problem, route, start):
    """When each trip leaves as said, the first at ``start``."""
    reload = problem.kinds[route.kind].reload_duration
    times = zip(route.visits, route.service_times, strict=True)
    return [start, *(time + reload for i, time in times if i == RELOAD)]


@settings(max_examples=300, deadline=None)
@given(problems(reloads=True, pickups=True), st.data())
def test_every_route_of_trips_drives_as_said(problem, data):
    kind, visits = drawn(data, problem)
    route = evaluate(problem, kind, visits)
    if route is not None:
        assert faults(problem, alone(problem, route)) == []
        leaves = departures(problem, route, route.start_time)
        assert drives(problem, kind, visits, leaves)


@settings(max_examples=200, deadline=None)
@given(problems(max_clients=3, reloads=True, windows=1), st.data())
def test_no_departures_do_what_evaluate_refuses(problem, data):
    """With at most one window: a route refused for time has no whole departures."""
    kind, visits = drawn(data, problem)
    loose = replace(problem.kinds[kind], capacity=(99, 99), max_trips=9)
    loose = replace(loose, skills=frozenset({7}))
    kinds = list(problem.kinds)
    kinds[kind] = loose
    problem = replace(problem, kinds=tuple(kinds))
    legs = [*problem.distance, *problem.duration]
    if any((m >= 10**9).any() for m in legs):
        return
    if evaluate(problem, kind, visits) is None:
        num = len(trips(visits))
        leaves = data.draw(
            st.lists(st.integers(0, 150), min_size=num, max_size=num).map(sorted)
        )
        assert not drives(problem, kind, visits, leaves)


def planted(change):
    problem = line(two())
    route = evaluate(problem, 0, TWO_TRIPS)
    return faults(problem, alone(problem, replace(route, **change)))


def test_the_drive_finds_a_reload_too_early():
    found = planted({"service_times": (10, 19, 47)})
    assert any("is at 0 at 20, said to be 19" in fault for fault in found)


def test_the_drive_finds_a_trip_too_heavy():
    found = planted({"visits": (0, 1), "service_times": (10, 20)})
    assert any("carries [10] on leg 0" in fault for fault in found)


def other(change, **kind):
    """Faults of a route sound for one van, driven by a lesser one."""
    problem = line(two())
    route = evaluate(problem, 0, TWO_TRIPS)
    return faults(line(two(**change), **kind), alone(problem, route))


def test_the_drive_finds_a_trip_out_of_its_windows():
    (found,) = other({}, trip_windows=((0, 26), (28, 90)))
    assert "leaves at 27, out of every window" in found


def test_the_drive_finds_one_trip_too_many():
    (found,) = other({}, max_trips=1)
    assert "more than 1 trips" in found


def test_the_drive_finds_goods_that_are_not_there_yet():
    (found,) = other({"release_time": 28})
    assert "leaves at 27, when client 1 may not" in found


def test_the_drive_finds_a_reload_at_midnight():
    """At the depot's own place and time 0: in no window all the same."""
    problem = line([Client(0, (5,)), Client(0, (5,))], reload_duration=0)
    route = evaluate(problem, 0, TWO_TRIPS)
    kind = replace(problem.kinds[0], trip_windows=((5, 9),))
    assert route.service_times == (0, 0, 0)
    (found,) = faults(replace(problem, kinds=(kind,)), alone(problem, route))
    assert "leaves at 0, out of every window" in found
