"""Tests of the choice among columns, its coupling rows and what they are worth."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import all_routes, can_leave, problems, share_what_there_is

from cstore_cli.errors import InfeasibleError
from cstore_cli.milp import Limits
from cstore_cli.routing import master
from cstore_cli.routing.columns import Columns, places, together
from cstore_cli.routing.docks import overfull, seats, trips_at, within
from cstore_cli.routing.fleet import Share
from cstore_cli.routing.master import choose
from cstore_cli.routing.prices import prices_of
from cstore_cli.routing.problem import Client, Dock, Lock, Problem, Room, VehicleKind
from cstore_cli.routing.timetable import timetable

MOST = 9


def columns_of(problem, orders, costs):
    columns = Columns.of(orders, costs)
    return replace(columns, leaves=timetable(problem, columns).leaves)


def keeps(problem, columns, chosen):
    """Whether columns go together, doors by seating every trip."""
    some = columns.take(np.array(chosen, dtype=np.int64))
    orders = [some.order(j) for j in range(len(some))]
    clients, _ = some.served()
    counts = [
        sum(kind in kinds for kind, _ in orders) <= count
        for count, kinds in problem.vehicle_rows()
    ]
    one_lock = [
        sum(bool(set(v) & set(lock.clients)) for _, v in orders) <= 1
        for lock in problem.locks
    ]
    rooms = replace(problem, locks=())
    doors = []
    for number, dock in enumerate(problem.docks):
        intervals, _ = trips_at(problem, number, some)
        doors.append(None not in seats(dock.doors, intervals.tolist()))
    return (
        len(set(clients.tolist())) == len(clients)
        and all(counts)
        and all(one_lock)
        and (not orders or share_what_there_is(rooms, orders))
        and all(doors)
    )


def best_choice(problem, columns):
    """By trying every set of columns; infinite where none serves who must be."""
    best = np.inf
    for size in range(len(columns) + 1):
        for chosen in combinations(range(len(columns)), size):
            some = columns.take(np.array(chosen, dtype=np.int64))
            left = set(range(len(problem.clients))) - set(some.served()[0].tolist())
            penalties = [problem.clients[i].penalty for i in left]
            if None not in penalties and keeps(problem, columns, chosen):
                best = min(best, int(some.costs.sum()) + sum(penalties))
    return best


def some_columns(problem, data):
    routes = all_routes(problem)
    if not routes:
        return None
    orders = data.draw(
        st.lists(st.sampled_from(list(routes)), min_size=1, max_size=MOST, unique=True)
    )
    return columns_of(problem, orders, [routes[order] for order in orders])


coupled = st.one_of(
    problems(reloads=True, rooms=True, locks=True, docks=True),
    problems(max_clients=3, penalties=False, rooms=True, locks=True, docks=True),
)


@settings(max_examples=60, deadline=None)
@given(coupled, st.data())
def test_chooses_as_trying_every_set_does(problem, data):
    columns = some_columns(problem, data)
    if columns is None:
        return
    served = range(len(problem.clients))
    best = best_choice(problem, columns)
    if best == np.inf:
        with pytest.raises(InfeasibleError):
            choose(problem, columns, served, Limits(), None)
        return
    choice = choose(problem, columns, served, Limits(), None)
    some = columns.take(choice.chosen)
    left = sorted(set(served) - set(some.served()[0].tolist()))

    assert int(some.costs.sum()) + problem.unserved_cost(left) == best
    assert choice.bound <= best + 1e-6
    assert keeps(problem, columns, choice.chosen.tolist())


def test_a_trip_that_no_slot_lets_out_serves_nobody():
    """Slots at 0 and 10; the van must leave at 1 to be there at 1."""
    leg = np.zeros((2, 2), dtype=np.int64)
    client = Client(1, (1,), tw_early=1, tw_late=1)
    van = VehicleKind(1, (1,), tw_early=1)
    problem = Problem((client,), (van,), (leg,), (leg,), docks=(Dock(0, 1, 10, 0),))

    with pytest.raises(InfeasibleError):
        choose(problem, columns_of(problem, [(0, (0,))], [0]), (0,), Limits(), None)


def bound_day():
    """Three clients, each alone at 10 or left out at 100; one van would take all."""
    leg = np.zeros((2, 2), dtype=np.int64)
    client = Client(1, (1,), penalty=100)
    van = VehicleKind(3, (3,), start_late=0)
    problem = Problem((client,) * 3, (van,), (leg,), (leg,))
    return problem, columns_of(problem, [(0, (i,)) for i in range(3)], [10] * 3)


COUPLINGS = {
    "_docks": {"docks": (Dock(0, 2, 10, 0),)},
    "_rooms": {"rooms": (Room(2, ((0, 1), (1, 1), (2, 1))),)},
    "_locks": {"locks": (Lock((0, 1)),)},
    "vehicles": {"kinds": (VehicleKind(2, (3,), start_late=0),)},
}


def without_rows(monkeypatch, name):
    """A master without the rows of one coupling."""
    parts = master._parts

    def fewer(*args):
        names = ["once", "vehicles", "_rooms", "_locks", "_docks"]
        return [
            replace(part, upper=part.upper + 99) if row == name else part
            for row, part in zip(names, parts(*args), strict=True)
        ]

    monkeypatch.setattr(master, "_parts", fewer)


@pytest.mark.parametrize("name", COUPLINGS)
def test_each_coupling_leaves_one_client_out(name):
    problem, columns = bound_day()
    problem = replace(problem, **COUPLINGS[name])
    choice = choose(problem, columns, range(3), Limits(), None)

    assert len(choice.chosen) == 2
    assert keeps(problem, columns, choice.chosen.tolist())


@pytest.mark.parametrize("name", COUPLINGS)
def test_a_choice_without_the_rows_of_a_coupling_breaks_it(monkeypatch, name):
    problem, columns = bound_day()
    problem = replace(problem, **COUPLINGS[name])
    without_rows(monkeypatch, name)
    choice = choose(problem, columns, range(3), Limits(), None)

    assert len(choice.chosen) == 3
    assert not keeps(problem, columns, choice.chosen.tolist())


def test_duals_keep_step_with_the_intervals():
    problem, columns = bound_day()
    problem = replace(problem, **COUPLINGS["_docks"])
    choice = choose(problem, columns, range(3), Limits(), None)

    assert choice.intervals == ((0, 0, 0),)
    assert len(choice.duals.docks) == 1


def test_choosing_is_sound_for_the_drive_too():
    """What the rows allow can be driven, slot by slot."""
    problem, columns = bound_day()
    problem = replace(problem, **COUPLINGS["_docks"])
    choice = choose(problem, columns, range(3), Limits(), None)
    assert can_leave(problem, [columns.order(j) for j in choice.chosen])
    assert not can_leave(problem, [columns.order(j) for j in range(3)])


def test_routes_alike_but_for_their_departures_are_both_kept():
    """At other slots of a dock, the dearer may be the one that can leave."""
    columns = Columns.of([(0, (0, 1)), (0, (1, 0)), (0, (1, 0))], [5, 6, 7])
    leaves = np.array([[[0, 10]], [[0, 20]], [[0, 20]]])
    kept = together([replace(columns, leaves=leaves)])

    assert kept.costs.tolist() == [5, 6]
    assert places(replace(columns, leaves=leaves), kept).tolist() == [0, 1, 1]
    assert together([columns]).costs.tolist() == [5]


def test_a_column_is_found_among_those_of_more_trips():
    """Departures that are not there do not count."""
    one = Columns.of([(0, (0,))], [1])
    one = replace(one, leaves=np.array([[[0, 9]]]))
    two = Columns.of([(0, (1, -1, 2))], [1])
    two = replace(two, leaves=np.array([[[0, 9], [20, 30]]]))
    assert places(one, together([two, one])).tolist() == [1]


def test_reloads_tell_columns_apart():
    columns = Columns.of([(0, (0, 1)), (0, (0, -1, 1)), (0, (1, -1, 0))], [3, 2, 1])
    kept = together([columns])
    assert [kept.order(j)[1] for j in range(len(kept))] == [(0, 1), (1, -1, 0)]
    assert columns.served()[0].tolist() == [0, 1, 0, 1, 1, 0]
    assert columns.renumbered([7, 9]).order(1) == (0, (7, -1, 9))


@settings(max_examples=60, deadline=None)
@given(problems(reloads=True, rooms=True, docks=True), st.data())
def test_prices_are_upper_bounds_on_what_a_first_trip_pays(problem, data):
    """
    With the price of a slot in its interval a route of one trip costs at least its
    reduced cost, less the rounding of each client's worth and what worths below 0
    would add.
    """
    columns = some_columns(problem, data)
    if columns is None:
        return
    served = tuple(range(len(problem.clients)))
    choice = choose(problem, columns, served, Limits(), None)
    duals = choice.duals
    if duals is None:
        return
    prices = prices_of(problem, served, duals, choice.intervals)
    needs = [dict(room.needs) for room in problem.rooms]
    limits = problem.vehicle_rows()
    for j in range(len(columns)):
        kind, visits = columns.order(j)
        if -1 in visits:
            continue
        mine = columns.take(np.array([j]))
        worth = [
            duals.clients[i]
            + sum(d * n.get(i, 0) for d, n in zip(duals.rooms, needs, strict=True))
            for i in visits
        ]
        assert all(prices.clients[i] >= w for i, w in zip(visits, worth, strict=True))
        (limit,) = [v for v, (_, kinds) in enumerate(limits) if kind in kinds]
        pays = -duals.vehicles[limit] - sum(
            dual * within(problem, interval, mine)[0]
            for interval, dual in zip(choice.intervals, duals.docks, strict=True)
        )
        first, last = mine.leaves[0, 0].tolist()
        depot = problem.kinds[kind].start_depot
        times = [
            dock.first_time + slot * dock.loading_duration
            for dock in problem.docks
            if dock.depot == depot
            for slot in range(20)
        ] or [first]
        for time in times:
            if first <= time <= last:
                assert prices.of(Share(kind, 1, time)) >= pays - 1e-6


def test_a_busy_slot_is_dear_and_a_free_one_is_not():
    """Three vans want slot 0, which has two doors: 90 is what a third door saves."""
    problem, columns = bound_day()
    problem = replace(problem, **COUPLINGS["_docks"])
    choice = choose(problem, columns, range(3), Limits(), None)
    prices = prices_of(problem, range(3), choice.duals, choice.intervals)

    assert list(overfull(problem, columns)) == [(0, 0, 0)]
    assert prices.of(Share(0, 1, 0)) == 90
    assert prices.of(Share(0, 1, 10)) == 0
    assert prices.clients == (100, 100, 100)
