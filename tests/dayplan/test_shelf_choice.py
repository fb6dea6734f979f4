"""Parcels to stores where shelves are short, against trying everything."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.dayplan.shelf_choice import OUTSIDE, Options, choose_with_room
from cstore_cli.milp import Limits


def options_of(costs, outside):
    """Every store for every parcel, where the cost is not None, and the way out."""
    rows = [
        (i, s, cost)
        for i, of_parcel in enumerate(costs)
        for s, cost in enumerate(of_parcel)
        if cost is not None
    ]
    rows += [(i, OUTSIDE, cost) for i, cost in enumerate(outside)]
    parcel, store, cost = zip(*rows, strict=True)
    return Options(np.array(parcel), np.array(store), np.array(cost, dtype=float))


def cheapest(options, litres, room):
    """The least cost of all choices with room."""
    numbers = np.arange(len(options.parcel))
    ways = [numbers[options.parcel == i] for i in range(len(litres))]
    costs = []
    for choice in product(*ways):
        load = np.zeros(len(room))
        for o in choice:
            if options.store[o] != OUTSIDE:
                load[options.store[o]] += litres[options.parcel[o]]
        if (load <= room).all():
            costs.append(options.cost[list(choice)].sum())
    return min(costs)


@st.composite
def instances(draw):
    """Small whole numbers, so that sums are exact."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    cost = st.one_of(st.none(), st.integers(0, 9))
    costs = [[draw(cost) for _ in range(m)] for _ in range(n)]
    outside = [draw(st.integers(0, 30)) for _ in range(n)]
    litres = [draw(st.integers(1, 6)) for _ in range(n)]
    return (
        options_of(costs, outside),
        litres,
        [draw(st.integers(0, 9)) for _ in range(m)],
    )


@settings(max_examples=300, deadline=None)
@given(instances())
def test_matches_trying_everything(instance):
    options, litres, room = instance
    choice = choose_with_room(*instance, Limits())
    parcels, stores = options.parcel[choice.option], options.store[choice.option]
    assert parcels.tolist() == list(range(len(litres)))
    inside = stores != OUTSIDE
    load = np.bincount(stores[inside], np.array(litres)[inside], len(room))
    assert (load <= np.array(room) + 1e-6).all()
    assert choice.proven
    cost = options.cost[choice.option].sum()
    assert cost == pytest.approx(cheapest(*instance))


def test_the_parcel_that_loses_least_makes_room():
    """Both want store 0; going to store 1 costs parcel 0 five more, parcel 1 two."""
    options = options_of([[1, 6], [2, 4]], [50, 50])
    choice = choose_with_room(options, [3, 3], [5, 5], Limits())
    assert options.store[choice.option].tolist() == [0, 1]
    assert choice.contended == (0,)


def test_a_shelf_that_overflows_only_by_those_who_left_another_is_seen():
    """Two of three leave store 0 for store 1, which one of its own must then leave."""
    options = options_of(
        [[0, 1, None], [0, 1, None], [0, 9, None], [None, 0, 1]], [90] * 4
    )
    choice = choose_with_room(options, [1, 1, 1, 1], [1, 2, 1], Limits())
    assert options.store[choice.option].tolist() == [1, 1, 0, 2]
    assert choice.contended == (0, 1)


def test_where_nothing_is_short_each_takes_the_nearest():
    options = options_of([[3, 1], [2, 5]], [9, 9])
    choice = choose_with_room(options, [1, 1], [1, 1], Limits())
    assert options.store[choice.option].tolist() == [1, 0]
    assert choice.contended == ()


def test_a_parcel_larger_than_any_room_goes_outside():
    options = options_of([[1, 1]], [9])
    choice = choose_with_room(options, [6], [5, 5], Limits())
    assert options.store[choice.option].tolist() == [OUTSIDE]


def test_nothing_to_place_is_an_answer():
    empty = Options(np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    choice = choose_with_room(empty, [], [4.0], Limits())
    assert choice.option.tolist() == []
