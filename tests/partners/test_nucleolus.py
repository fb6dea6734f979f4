"""Tests of the nucleolus."""

import time
from fractions import Fraction
from itertools import chain, combinations, product

import numpy as np
import pytest
from cost_games import TVA, airport, bankruptcy, by_mask, cost_games
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.partners.share.nucleolus import least_excess, nucleolus, shares


def excesses(cost, split):
    """Every coalition's, the most dissatisfied first."""
    return sorted((shares(split) - cost)[1:-1], reverse=True)


def littlechild(costs):
    """
    The nucleolus of an airport, costs rising.

    Littlechild (1974), A simple expression for the nucleolus in a special case.
    """
    paid, reached, each, strip = [], 0, Fraction(0), 0
    while reached < len(costs) - 1:
        each, reached_now = min(
            (Fraction(costs[k - 1] - strip + each) / (k - reached + 1), -k)
            for k in range(reached + 1, len(costs))
        )
        paid += [each] * (-reached_now - reached)
        reached, strip = -reached_now, costs[-reached_now - 1]
    return [*paid, costs[-1] - sum(paid)]


@pytest.mark.parametrize(
    ("estate", "awards"),
    [
        (100, [Fraction(100, 3)] * 3),
        (200, [50, 75, 75]),
        (300, [50, 100, 150]),
    ],
)
def test_talmud(estate, awards):
    """Claims of 100, 200 and 300 (Aumann and Maschler 1985)."""
    found = nucleolus(bankruptcy(estate, (100, 200, 300)))

    assert [-share for share in found.split] == awards
    assert found.exact


def test_tennessee_valley():
    """The published split of the dams' costs (Straffin and Heaney 1981)."""
    assert list(nucleolus(TVA).split) == [116234, 93540, 202810]


def test_four_members():
    """The example of CoopGame's manual, worths as negative costs: 3.5 4.5 5.5 7.5."""
    worth = dict(
        zip(
            chain.from_iterable(combinations(range(4), k) for k in (2, 3, 4)),
            [5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21],
            strict=True,
        )
    )
    cost = by_mask(lambda inside: -worth.get(inside, 0), 4)

    awards = [Fraction("3.5"), Fraction("4.5"), Fraction("5.5"), Fraction("7.5")]
    assert [-share for share in nucleolus(cost).split] == awards


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=6).map(sorted))
def test_airport_matches_littlechild(costs):
    assert list(nucleolus(airport(costs)).split) == littlechild(costs)


def test_two_members_halve_the_saving():
    """8 and 6 alone, 10 together: the saving of 4 in halves."""
    assert list(nucleolus(np.array([0, 8, 6, 10])).split) == [6, 4]


def test_a_coalition_tight_in_one_solution_alone_is_not_fixed():
    """
    Fixing all that is tight would stop at the first program's corner.

    Only {1, 2} and {3} settle the first excess; how 1 and 2 share is the next stage's.
    """
    cost = np.array([0, 6, 6, 8, 2, 9, 9, 9])
    found = nucleolus(cost)

    assert found.split[0] == found.split[1]
    assert found.largest_excess == Fraction(-1, 2)


@settings(max_examples=60, deadline=None)
@given(cost_games(most=3))
def test_no_split_on_a_grid_is_better(cost):
    """Lexicographically, among all splits in halves within 6 of the nucleolus."""
    found = nucleolus(cost).split
    best = excesses(cost, found)
    grid = [Fraction(k, 2) for k in range(-12, 13)]
    for steps in product(grid, repeat=len(found) - 1):
        near = [share + step for share, step in zip(found, steps, strict=False)]
        split = [*near, int(cost[-1]) - sum(near)]
        assert best <= excesses(cost, split)


@settings(max_examples=60, deadline=None)
@given(cost_games(most=5, subadditive=True))
def test_in_the_core_whenever_there_is_one(cost):
    found = nucleolus(cost)

    assert found.exact
    assert found.largest_excess == max(excesses(cost, found.split))
    assert found.largest_excess == least_excess(cost)


@settings(max_examples=60, deadline=None)
@given(cost_games(most=5))
def test_shares_add_up_to_the_cost_of_all(cost):
    assert sum(nucleolus(cost).split) == cost[-1]


@settings(max_examples=40, deadline=None)
@given(cost_games(most=4), st.permutations(range(4)))
def test_names_do_not_matter(cost, order):
    """Members in another order pay the same."""
    n = len(cost).bit_length() - 1
    order = [i for i in order if i < n]
    turned = by_mask(lambda inside: cost[sum(1 << order[i] for i in inside)], n)
    found, other = nucleolus(cost).split, nucleolus(turned).split

    assert [found[order[i]] for i in range(n)] == list(other)


def test_of_cents_and_millions_the_cents_are_exact():
    """10,000,000.0001 and 0.0003 alone, 10,000,000 together."""
    found = nucleolus(np.array([0, 100_000_000_001, 3, 100_000_000_000]))

    assert list(found.split) == [99_999_999_999, 1]


def test_a_saving_of_hundredths_of_cents_beside_millions_is_split():
    """Three of 10,000,000 each; each pair saves 2 units, all three 3: one each."""
    alone = 10**11
    cost = by_mask(lambda inside: len(inside) * alone - (0, 2, 3)[len(inside) - 1], 3)
    found = nucleolus(cost)

    assert found.exact
    assert list(found.split) == [alone - 1] * 3


def test_twelve_members_take_seconds():
    """4,095 coalitions; a strip with landing fees of their own."""
    costs = sorted((37 * i * i) % 501 + 20 * i for i in range(12))
    started = time.monotonic()
    found = nucleolus(airport(costs))

    assert time.monotonic() - started < 20
    assert list(found.split) == littlechild(costs)
