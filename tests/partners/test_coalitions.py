"""Tests of coalitions' costs as intervals."""

import pytest
from cost_games import cost_games
from hypothesis import given, settings

from cstore_cli.errors import InputError
from cstore_cli.partners.share.coalitions import Known, game_of

A, B, C = 1, 2, 4
ABC = ("ant", "bee", "cat")


def exact(costs):
    return {mask: Known(cost, cost) for mask, cost in costs.items()}


def game(costs, **more):
    return game_of(ABC, costs, **more)


def partitions(mask):
    """Every way to part a coalition."""
    if not mask:
        yield ()
        return
    first = mask & -mask
    rest = mask - first
    part = rest
    while True:
        for others in partitions(rest - part):
            yield (first | part, *others)
        if not part:
            return
        part = (part - 1) & rest


def test_a_plan_dearer_than_its_parts_is_replaced_by_them():
    """Ant and bee pay 30 and 20 alone, 60 together: they stay apart, for 50."""
    found = game(exact({A: 30, B: 20, C: 10, A + B: 60, A + B + C: 55}))

    assert found.high[A + B] == found.low[A + B] == 50
    assert [found.names(mask) for mask in found.parts(A + B)] == ["ant", "bee"]
    assert found.parts(A + B + C) == [A + B + C]


def test_a_plan_as_dear_as_its_parts_is_its_own():
    found = game(exact({A: 30, B: 20, C: 10, A + B: 50, A + B + C: 55}))

    assert found.parts(A + B) == [A + B]


def test_merged_plans_name_all_their_parts():
    """All three are cheapest as ant with cat, and bee."""
    found = game(exact({A: 30, B: 20, C: 10, A + C: 35, A + B + C: 90}))

    names = {found.names(mask) for mask in found.parts(A + B + C)}
    assert names == {"ant+cat", "bee"}
    assert found.high[A + B + C] == 55


def test_bounds_stay_where_they_are_below_the_cost():
    found = game(
        {**exact({A: 30, B: 20, C: 10}), A + B: Known(41, 44), 7: Known(45, 50)}
    )

    assert (found.low[A + B], found.high[A + B]) == (41, 44)
    assert (found.low[7], found.high[7]) == (45, 50)
    assert found.saving == 10


def test_where_apart_is_cheaper_only_the_parts_are_bounded():
    """Bound 100 of a joint plan says nothing of A + B within [40, 50] and C apart."""
    apart = exact({A: 30, B: 30, C: 30, A + C: 60, B + C: 60})
    found = game({**apart, A + B: Known(40, 50), 7: Known(100, 120)})

    assert (found.low[7], found.high[7]) == (70, 80)


def test_where_a_part_stays_apart_so_may_the_whole():
    """
    Ant and bee are dearer together: their plans are none of a joint one, and the bound
    50 of all three says nothing of 15 + 15 + 10 apart.
    """
    apart = {A: Known(15, 20), B: Known(15, 20), C: Known(10, 20)}
    found = game({**apart, **exact({A + B: 60, A + C: 40, B + C: 40, 7: 50})})

    assert (found.low[A + B], found.high[A + B]) == (30, 40)
    assert (found.low[7], found.high[7]) == (40, 50)
    assert (found.low[A + C], found.high[A + C]) == (40, 40)


def test_a_coalition_nobody_knows_is_bounded_by_nothing():
    found = game(exact({A: 30, B: 20, C: 10, 7: 45}))

    assert (found.low[A + B], found.high[A + B]) == (0, 50)


def test_where_plans_grow_with_members_a_part_is_a_bound():
    found = game(exact({A: 30, B: 20, C: 10, 7: 45}), monotone=True)

    assert found.low[A + B] == 30
    assert found.low[B + C] == 20


def test_costs_that_fall_with_a_member_refuse_monotone():
    """The pair pays less than ant alone."""
    known = exact({A: 300_000, B: 200_000, C: 0, A + B: 250_000, 7: 450_000})
    with pytest.raises(
        InputError, match=r"ant\+bee costs 25\.00, less than ant .*30\.0"
    ):
        game(known, monotone=True)


@settings(max_examples=60, deadline=None)
@given(cost_games(most=4))
def test_upper_ends_are_the_cheapest_partitions(cost):
    n = len(cost).bit_length() - 1
    known = exact({mask: int(cost[mask]) for mask in range(1, 1 << n)})
    found = game_of([f"m{i}" for i in range(n)], known)

    for mask in range(1, 1 << n):
        cheapest = min(sum(cost[p] for p in parts) for parts in partitions(mask))
        assert found.high[mask] == found.low[mask] == cheapest
        assert sum(cost[p] for p in found.parts(mask)) == cheapest
