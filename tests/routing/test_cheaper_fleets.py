"""Fleets cheaper than a solution's by one vehicle."""

from dataclasses import replace

import numpy as np

from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.cheaper_fleets import cheaper_fleets
from cstore_cli.routing.problem import Client, Problem, VehicleKind

COLD = frozenset({1})
DEAR = VehicleKind(3, (4,), fixed_cost=13, skills=COLD)
PLAIN = VehicleKind(2, (4,), fixed_cost=9)


def solved(orders, kinds=(DEAR, PLAIN), cold=()):
    """Clients of load 1 at one place, on the routes given."""
    num = sum(len(visits) for _, visits in orders)
    leg = np.zeros((2, 2), dtype=np.int64)
    clients = tuple(
        Client(1, (1,), penalty=100, skills=COLD if i in cold else frozenset())
        for i in range(num)
    )
    problem = Problem(clients, kinds, (leg,), (leg,))
    return problem, assemble(problem, orders)


def found(problem, solution):
    fleets = cheaper_fleets(problem, range(len(problem.clients)), solution)
    return [(fleet.counts, set(fleet.orders)) for fleet in fleets]


def test_the_fleet_that_saves_most_comes_first():
    """A dear van less, a plain one less, a plain one for a dear one."""
    assert found(*solved([(0, (0, 1)), (0, (2,)), (1, (3,))])) == [
        ((1, 1), {(0, (0, 1)), (1, (3,))}),
        ((2, 0), {(0, (0, 1)), (0, (2,))}),
        ((1, 2), {(0, (0, 1)), (1, (3,))}),
    ]


def test_a_van_without_which_loads_do_not_fit_stays():
    """Six parcels need two vans of four; only the kind may change."""
    assert [
        counts for counts, _ in found(*solved([(0, (0, 1, 2)), (0, (3, 4, 5))]))
    ] == [(1, 1)]


def test_a_plain_van_takes_over_where_fewest_need_the_dear_one():
    """The longer route has no cold parcel, so it is the one that changes."""
    problem, solution = solved([(0, (0,)), (0, (1, 2, 3, 4))], cold={0})
    assert found(problem, solution)[-1] == ((1, 1), {(0, (0,))})


def test_a_van_changes_only_to_one_that_is_at_home():
    """All plain vans are out; where both kinds are the same vans, one is enough."""
    orders = [(0, (0, 1, 2)), (0, (3, 4, 5)), (1, (6, 7, 8))]
    plain = replace(PLAIN, count=1)
    assert found(*solved(orders, (DEAR, plain))) == []
    pooled = tuple(replace(kind, count=3, pool=1) for kind in (DEAR, PLAIN))
    assert [counts for counts, _ in found(*solved(orders, pooled))] == [(1, 2)]


def test_vans_that_cost_nothing_by_themselves_are_all_right():
    free = (VehicleKind(3, (9,)),)
    assert found(*solved([(0, (0,)), (0, (1,))], free)) == []
