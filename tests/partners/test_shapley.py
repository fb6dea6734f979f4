"""Tests of the Shapley value."""

from fractions import Fraction
from itertools import permutations

from cost_games import TVA, airport, cost_games
from hypothesis import given, settings

from cstore_cli.partners.share.shapley import shapley


def over_all_orders(cost):
    """Reference answer, by letting members come in every order."""
    n = len(cost).bit_length() - 1
    orders = list(permutations(range(n)))
    paid = [0] * n
    for order in orders:
        there = 0
        for i in order:
            paid[i] += int(cost[there | 1 << i] - cost[there])
            there |= 1 << i
    return [Fraction(total, len(orders)) for total in paid]


def test_airport_shares_each_piece_of_the_strip_among_those_who_need_it():
    """Littlechild and Owen (1973): 12/3 = 4; then 16/2 = 8 more; then 32 more."""
    assert shapley(airport([12, 28, 60])) == [4, 12, 44]


def test_tennessee_valley():
    """The published split of the dams' costs."""
    assert shapley(TVA) == [117829, Fraction("100756.5"), Fraction("193998.5")]


@settings(max_examples=100, deadline=None)
@given(cost_games())
def test_matches_every_order(cost):
    assert shapley(cost) == over_all_orders(cost)


@settings(max_examples=50, deadline=None)
@given(cost_games(most=6))
def test_shares_add_up_to_the_cost_of_all(cost):
    assert sum(shapley(cost)) == cost[-1]


@settings(max_examples=50, deadline=None)
@given(cost_games(most=6))
def test_the_share_of_a_sum_of_games_is_the_sum_of_shares(cost):
    again = cost[::-1].copy()
    again[0] = 0
    both = [a + b for a, b in zip(shapley(cost), shapley(again), strict=True)]

    assert shapley(cost + again) == both


def test_costs_of_twelve_members_are_split_without_rounding():
    """An additive game gives each its own cost, to the unit, in the millions."""
    own = [10**10 + 7 * i for i in range(12)]
    cost = airport([0] * 12)
    for mask in range(1 << 12):
        cost[mask] = sum(own[i] for i in range(12) if mask >> i & 1)

    assert shapley(cost) == own
