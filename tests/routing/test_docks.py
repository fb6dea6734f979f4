"""Tests of who may leave a dock when."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.columns import Columns
from cstore_cli.routing.docks import overfull, seats, slots, trips_at, within
from cstore_cli.routing.fleet import departs_of
from cstore_cli.routing.problem import Client, Dock, Problem, VehicleKind

LAST = 12

intervals_drawn = st.lists(
    st.tuples(st.integers(0, LAST), st.integers(-2, LAST)), max_size=14
)


def most(doors, intervals):
    """How many can leave: a matching of trips and places at doors."""
    if not intervals:
        return 0
    fits = [
        [first <= slot <= last for slot in range(LAST + 1) for _ in range(doors)]
        for first, last in intervals
    ]
    graph = csr_array(np.array(fits, dtype=np.int8))
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


def at_dock(doors, intervals):
    """A problem with a dock of slots of 1, and columns of a trip per interval."""
    leaves = np.array(intervals, dtype=np.int64).reshape(-1, 1, 2)
    leg = np.zeros((2, 2), dtype=np.int64)
    clients = tuple(Client(1, ()) for _ in intervals)
    kind = VehicleKind(99, ())
    problem = Problem(clients, (kind,), (leg,), (leg,), docks=(Dock(0, doors, 1, 0),))
    columns = Columns.of([(0, (i,)) for i in range(len(intervals))], [0] * len(leaves))
    return problem, replace(columns, leaves=leaves)


@settings(max_examples=400, deadline=None)
@given(st.integers(1, 3), intervals_drawn)
def test_as_many_have_a_slot_as_a_matching_gives(doors, intervals):
    found = seats(doors, intervals)

    assert sum(slot is not None for slot in found) == most(doors, intervals)
    for slot, (first, last) in zip(found, intervals, strict=True):
        assert slot is None or first <= slot <= last
    taken = Counter(slot for slot in found if slot is not None)
    assert max(taken.values(), default=0) <= doors


@settings(max_examples=400, deadline=None)
@given(
    st.integers(1, 3),
    intervals_drawn.map(lambda all_: [(a, b) for a, b in all_ if a <= b]),
)
def test_nothing_is_overfull_just_when_all_can_leave(doors, intervals):
    problem, columns = at_dock(doors, intervals)
    found = list(overfull(problem, columns))

    assert (found == []) == (most(doors, intervals) == len(intervals))
    for interval in found:
        _, first, last = interval
        room = doors * (last - first + 1)
        inside = [first <= a and b <= last for a, b in intervals]
        assert within(problem, interval, columns).tolist() == inside
        assert sum(inside) > room


def test_an_interval_without_a_slot_is_overfull():
    """From 11 to 19 there is no slot of 10."""
    problem, columns = at_dock(1, [(11, 19)])
    problem = replace(problem, docks=(Dock(0, 1, 10, 0),))
    ((number, first, last),) = overfull(problem, columns)

    assert first > last
    assert within(problem, (number, first, last), columns).tolist() == [1]


def test_slots_begin_at_the_first_time():
    """Slots at 5, 15, 25, ...: from 6 to 25 are the second and third."""
    dock = Dock(0, 1, 10, 5)
    leaves = np.array([[6, 25], [5, 5], [0, 4], [0, 14]])
    assert slots(dock, leaves).tolist() == [[1, 2], [0, 0], [0, -1], [0, 0]]


def test_only_trips_from_the_dock_count():
    problem, columns = at_dock(1, [(0, 3), (1, 4)])
    elsewhere = replace(problem.kinds[0], start_depot=1)
    problem = replace(problem, kinds=(problem.kinds[0], elsewhere))
    columns = replace(columns, kinds=np.array([0, 1]))
    found, owner = trips_at(problem, 0, columns)

    assert (found.tolist(), owner.tolist()) == ([[0, 3]], [0])


def test_shifts_without_end_have_slots_too():
    """Three vans with all the time there is, one door."""
    problem, _ = at_dock(1, [(0, 0)] * 3)
    found = assemble(problem, [(0, (0,)), (0, (1,)), (0, (2,))])
    assert found.unserved == ()


@pytest.mark.parametrize("change", [{"doors": 0}, {"loading_duration": 0}])
def test_a_dock_has_doors_and_takes_time(change):
    problem, _ = at_dock(1, [(0, 0)])
    with pytest.raises(ValueError, match="dock at 0"):
        replace(problem, docks=(replace(problem.docks[0], **change),))


def test_only_those_in_the_way_give_way():
    """
    Client 0, cheap to leave out, leaves at 0. Clients 1 and 2 must both leave at 5:
    the cheaper of them goes, not client 0.
    """
    problem, _ = at_dock(1, [(0, 0)] * 3)
    at = [(0, 1), (5, 30), (5, 20)]
    clients = tuple(
        Client(1, (), release_time=t, leave_late=t, penalty=penalty)
        for t, penalty in at
    )
    found = assemble(
        replace(problem, clients=clients), [(0, (0,)), (0, (1,)), (0, (2,))]
    )
    assert found.unserved == (2,)


def test_slots_are_in_order_of_need():
    """The one that must leave first goes first, whatever the order given."""
    found = seats(1, [(0, 9), (0, 1), (0, 0)])
    assert all(a > b for a, b in pairwise(found))


def test_a_route_that_breaks_a_rule_has_no_slot():
    """Goods that come at 500 for a vehicle that leaves by 100: a search may stop so."""
    legs = np.full((2, 2), 10, dtype=np.int64)
    kind = VehicleKind(1, (), start_late=100)
    dock = Dock(0, 1, 10, 0)
    clients = [Client(1, (), release_time=release) for release in (500, 50)]
    late, sound = (
        Problem((client,), (kind,), (legs,), (legs,), docks=(dock,))
        for client in clients
    )
    assert departs_of(late, [(0, (0,))]) == {}
    assert departs_of(sound, [(0, (0,))]) == {(0, (0,)): 50}
