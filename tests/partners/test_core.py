"""Tests of the core where costs are intervals."""

from fractions import Fraction

import numpy as np
import pytest
from cost_games import airport, cost_games
from hypothesis import assume, given, settings

from cstore_cli.partners.share.coalitions import Known, game_of
from cstore_cli.partners.share.core import core_known, core_test
from cstore_cli.partners.share.share import share


def game(low, high):
    """Of costs by mask, the empty coalition first."""
    n = len(high).bit_length() - 1
    ends = {m: Known(int(low[m]), int(high[m])) for m in range(1, 1 << n)}
    return game_of([f"m{i}" for i in range(n)], ends)


WIDE = game([0, 10, 10, 14, 10, 17, 17, 21], [0, 10, 10, 16, 10, 18, 18, 24])
"""Three pay 10 each alone; pairs and all three are known within an interval."""


def test_below_all_lower_ends_is_in_for_certain():
    """Pairs pay 14, 17 and 17, what they cost at least."""
    test = core_test(WIDE, [Fraction(7), Fraction(7), Fraction(10)])

    assert (test.verdict, test.coalition) == ("in", 0)


def test_above_an_upper_end_somebody_leaves():
    """m0 and m2 pay 19 and need not pay more than 18."""
    test = core_test(WIDE, [Fraction(9), Fraction(5), Fraction(10)])

    assert test.verdict == "out"
    assert WIDE.names(test.coalition) == "m0+m2"
    assert test.amount == 1


def test_between_the_ends_is_undecided():
    """8 each: m0 and m1 pay 16, and cost 14 to 16."""
    test = core_test(WIDE, [Fraction(8)] * 3)

    assert test.verdict == "undecided"
    assert WIDE.names(test.coalition) == "m0+m1"
    assert test.amount == 2


@pytest.mark.parametrize(
    ("pair", "verdict"),
    [((16, 16), "not_empty"), ((15, 15), "empty"), ((15, 16), "undecided")],
)
def test_the_core_of_three_needs_pairs_dear_enough(pair, verdict):
    """All pay 24: each pair must cost two thirds of it, 16, or some pair leaves."""
    low, high = [[0, 10, 10, p, 10, p, p, 24] for p in pair]

    assert core_known(game(low, high)).verdict == verdict


def test_what_is_paid_is_the_plan_in_hand_not_its_bound():
    """Pairs of 15 could pay for 22 together, but 24 is what the plan costs."""
    low, high = [[0, 10, 10, 15, 10, 15, 15, all_] for all_ in (22, 24)]

    assert core_known(game(low, high)).verdict == "empty"
    assert core_known(game(low, low)).verdict == "not_empty"


def test_an_empty_core_says_what_keeps_it_so():
    """Pairs of 15 at 24 in all: by the fairest split each pair pays 1 too much."""
    cost = [0, 10, 10, 15, 10, 15, 15, 24]

    assert core_known(game(cost, cost)).excess_high == 1


@settings(max_examples=100, deadline=None)
@given(cost_games(most=3, subadditive=True))
def test_empty_exactly_by_balanced_collections(cost):
    """Bondareva 1963 and Shapley 1967; of three: the partitions and the three pairs."""
    assume(len(cost) == 8)
    pairs = int(cost[3] + cost[5] + cost[6])
    verdict = "not_empty" if 2 * cost[7] <= pairs else "empty"

    assert core_known(game(cost, cost)).verdict == verdict


@settings(max_examples=60, deadline=None)
@given(cost_games(most=4, subadditive=True))
def test_the_nucleolus_is_in_the_core_if_anything_is(cost):
    found = share(game(cost, cost))
    split = next(split for split in found.splits if split.rule == "nucleolus")

    assert (split.core.verdict == "in") == (found.core.verdict == "not_empty")


@settings(max_examples=60, deadline=None)
@given(cost_games(most=4, subadditive=True))
def test_every_rule_splits_the_whole_cost(cost):
    for split in share(game(cost, cost)).splits:
        assert sum(split.shares) == cost[-1]


def test_a_core_that_floats_cannot_tell_from_none_is_not_certain():
    """
    Alone 1e9, three 1.9e9, all 2.4e9, and pairs 1.2e9 but for a bound 2 units lower:
    at the bounds that pair and the other pay 2 too much, whatever the split.
    """
    high = [
        (0, 1_000_000_000, 1_200_000_000, 1_900_000_000, 2_400_000_000)[m.bit_count()]
        for m in range(16)
    ]
    low = [*high]
    low[3] -= 2

    found = core_known(game(low, high))

    assert found.verdict == "undecided"
    assert found.excess_low >= 1


def test_proportional_and_equal():
    """10, 30 and 60 alone, 80 together: saving 20."""
    cost = airport([10, 30, 60])
    for mask in range(1, 8):
        cost[mask] = sum(c for i, c in enumerate((10, 30, 60)) if mask >> i & 1)
    cost[7] = 80
    by_rule = {split.rule: split.shares for split in share(game(cost, cost)).splits}

    assert list(by_rule["proportional"]) == [8, 24, 48]
    assert list(by_rule["equal"]) == [
        Fraction(10, 3),
        Fraction(70, 3),
        Fraction(160, 3),
    ]


def test_members_that_cost_nothing_pay_nothing():
    nothing = np.zeros(8, dtype=int)

    for split in share(game(nothing, nothing)).splits:
        assert list(split.shares) == [0, 0, 0]
        assert split.core.verdict == "in"
