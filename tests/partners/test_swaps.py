"""Tests of the weights at which another partner comes first, and of rank reversals."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cstore_cli.partners.rank.order import METHODS, best_first, reversals
from cstore_cli.partners.rank.swaps import first_swap, weights_with

SHIFT = 1e-6


def array(*cells):
    return np.array(cells, float)


def first_at(method, values, weights, signs, k, t):
    return best_first(METHODS[method](values, weights_with(weights, k, t), signs))[0]


def test_others_keep_their_proportions():
    """3 to 1 of what is left beside 0.6."""
    found = weights_with(array(0.2, 0.6, 0.2), 0, 0.6)

    assert found == pytest.approx([0.6, 0.3, 0.1])


def test_others_share_alike_where_they_weighed_nothing():
    assert weights_with(array(1, 0, 0), 0, 0.4) == pytest.approx([0.4, 0.3, 0.3])


@pytest.mark.parametrize("method", METHODS)
def test_all_the_weight_cannot_rise(method):
    """Nor is there a warning of infinities, which would be an error here."""
    values = array([7, 3], [9, 1], [6, 8])

    assert first_swap(method, values, array(0, 1), array(-1, -1), 1, 1) is None


def test_sum_swaps_where_two_lines_cross():
    """
    Two partners, best in one criterion each, weights 0.7 and 0.3.

    Scores are t and 1 - t: level at 1/2.
    """
    values, weights, signs = array([1, 0], [0, 1]), array(0.7, 0.3), array(1, 1)

    down = first_swap("weighted_sum", values, weights, signs, 0, -1)
    up = first_swap("weighted_sum", values, weights, signs, 1, 1)

    assert (down.weight, down.becomes) == (pytest.approx(0.5), 1)
    assert (up.weight, up.becomes) == (pytest.approx(0.5), 1)
    assert first_swap("weighted_sum", values, weights, signs, 0, 1) is None


def test_topsis_swaps_by_symmetry_at_a_half():
    """The same two: whoever has the heavier criterion is nearer to the ideal."""
    values, weights, signs = array([2, 1], [1, 2]), array(0.7, 0.3), array(1, 1)

    down = first_swap("topsis", values, weights, signs, 0, -1)

    assert (down.weight, down.becomes) == (pytest.approx(0.5), 1)
    assert first_swap("topsis", values, weights, signs, 0, 1) is None


def test_nearest_of_two_swaps_is_told():
    """
    Third by the second criterion alone: 0.9 of the first, 0.5 of the second.

    Scores t, 1 - t and 0.5 + 0.4 t: the third passes the first at 0.5 / 0.6.
    """
    values = array([1, 0], [0, 1], [0.9, 0.5])

    down = first_swap("weighted_sum", values, array(0.9, 0.1), array(1, 1), 0, -1)

    assert (down.weight, down.becomes) == (pytest.approx(5 / 6), 2)


@pytest.mark.parametrize("method", METHODS)
def test_criterion_that_weighs_nothing_may_rise(method):
    """From 0 to a half, where the two weigh alike."""
    values, weights, signs = array([2, 1], [1, 2]), array(1, 0), array(1, 1)

    up = first_swap(method, values, weights, signs, 1, 1)

    assert (up.weight, up.becomes) == (pytest.approx(0.5), 1)
    assert first_swap(method, values, weights, signs, 1, -1) is None


@pytest.mark.parametrize("method", METHODS)
def test_twins_never_pass_each_other(method):
    """Whoever is named first stays first."""
    values, signs = array([3, 1], [3, 1], [1, 1]), array(1, 1)

    for sign in (-1, 1):
        assert first_swap(method, values, array(0.5, 0.5), signs, 0, sign) is None


@pytest.mark.parametrize("method", METHODS)
def test_tie_of_today_is_broken_at_once(method):
    """Each is best in one of two criteria that weigh alike."""
    values, weights, signs = array([2, 1], [1, 2]), array(0.5, 0.5), array(1, 1)

    found = first_swap(method, values, weights, signs, 0, -1)

    assert (found.weight, found.becomes) == (pytest.approx(0.5), 1)


@pytest.mark.parametrize("method", METHODS)
def test_only_criterion_that_weighs_gives_way_to_the_others_alike(method):
    """All on the first; then the other two, in which the second is best, share."""
    values, weights, signs = array([2, 1, 1], [1, 2, 2]), array(1, 0, 0), array(1, 1, 1)

    found = first_swap(method, values, weights, signs, 0, -1)

    assert found.becomes == 1
    for shift, first in ((SHIFT, 0), (-SHIFT, 1)):
        t = found.weight + shift
        assert first_at(method, values, weights, signs, 0, t) == first


@pytest.mark.parametrize("method", METHODS)
def test_one_partner_or_one_criterion_has_nothing_to_swap(method):
    assert first_swap(method, array([1, 2]), array(0.5, 0.5), array(1, 1), 0, 1) is None
    assert first_swap(method, array([1], [2]), array(1), array(1), 0, -1) is None


@st.composite
def problems(draw):
    n, k = draw(st.integers(2, 5)), draw(st.integers(2, 4))
    row = st.lists(st.integers(1, 20), min_size=k, max_size=k)
    values = array(*draw(st.lists(row, min_size=n, max_size=n)))
    weights = array(*draw(st.lists(st.integers(1, 5), min_size=k, max_size=k)))
    signs = array(*draw(st.lists(st.sampled_from([-1, 1]), min_size=k, max_size=k)))
    return values, weights / weights.sum(), signs, draw(st.integers(0, k - 1))


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=40, deadline=None)
@given(problem=problems(), sign=st.sampled_from([-1, 1]))
def test_ranking_again_around_the_swap_agrees(method, problem, sign):
    """Just before it the first is first still, just beyond it the one foretold."""
    values, weights, signs, k = problem
    now = float(weights[k])
    score = METHODS[method](values, weights, signs)
    ahead = np.sort(score)[::-1]
    assume(ahead[0] - ahead[1] > 1e-6)  # a tie is any change's to break
    first = best_first(score)[0]

    found = first_swap(method, values, weights, signs, k, sign)

    if found is None:
        ends = np.linspace(now, 1 - 1e-6 if sign > 0 else 1e-6, 60)
        assert {first_at(method, values, weights, signs, k, t) for t in ends} == {first}
        return
    before, beyond = found.weight - sign * SHIFT, found.weight + sign * SHIFT
    assume(0 < before < 1 and 0 < beyond < 1 and sign * (before - now) > 0)
    on_the_way = np.linspace(now, before, 20)
    assert {first_at(method, values, weights, signs, k, t) for t in on_the_way} == {
        first
    }
    new = first_at(method, values, weights, signs, k, beyond)
    beyond_scores = METHODS[method](values, weights_with(weights, k, beyond), signs)
    assert beyond_scores[new] - beyond_scores[found.becomes] < 1e-5
    assert new != first


def test_removing_who_makes_the_extreme_turns_others_round():
    """
    Weights 0.45 and 0.55 of a (10, 2), b (0, 4) and c (0, 10).

    With c the second criterion spans 2 to 10: a has 0.45, b 0.55 / 4. Without it b is
    the best there and has 0.55.
    """
    values = array([10, 2], [0, 4], [0, 10])

    found = reversals("weighted_sum", values, array(0.45, 0.55), array(1, 1))

    assert [(one.removed, one.before, one.after) for one in found] == [
        (2, (0, 1), (1, 0))
    ]


def test_order_without_reversals_says_none():
    """One is better in all: whoever goes, the rest stands as it stood."""
    values = array([3, 3], [2, 2], [1, 1])

    assert reversals("weighted_sum", values, array(1, 1), array(1, 1)) == []
    assert reversals("topsis", values, array(1, 1), array(1, 1)) == []


def test_one_left_alone_has_no_order_to_turn():
    assert reversals("topsis", array([1, 2], [2, 1]), array(1, 1), array(1, 1)) == []
