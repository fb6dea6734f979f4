"""Tests of TOPSIS and the weighted sum: published figures, and what must not matter."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cstore_cli.partners.rank.order import METHODS, best_first, ranks_of
from cstore_cli.partners.rank.topsis import closeness
from cstore_cli.partners.rank.weighted_sum import between_extremes, weighted_sum

FIGHTERS = np.array(
    [
        [2.0, 1500, 20000, 5.5, 5, 9],
        [2.5, 2700, 18000, 6.5, 3, 5],
        [1.8, 2000, 21000, 4.5, 7, 7],
        [2.2, 1800, 20000, 5.0, 5, 5],
    ]
)
"""Fighter aircraft: speed, range, payload, cost (less is better), reliability,
manoeuvrability. Hwang and Yoon (1981), p. 135."""
FIGHTER_WEIGHTS = np.array([0.2, 0.1, 0.1, 0.1, 0.2, 0.3])
FIGHTER_SIGNS = np.array([1.0, 1, 1, -1, 1, 1])


def array(*cells):
    return np.array(cells, float)


def test_hwang_and_yoon_s_fighters_have_their_closeness():
    """They print .643, .268, .613 and .312, from figures rounded to four places."""
    found = closeness(FIGHTERS, FIGHTER_WEIGHTS, FIGHTER_SIGNS)

    assert found == pytest.approx([0.643, 0.268, 0.613, 0.312], abs=6e-4)


def test_closeness_by_hand():
    """
    Prices 3 and 4 (less is better) and levels 4 and 3, each of length 5.

    Divided and weighed by 3/4 and 1/4: (.45, .20) and (.60, .15); the ideal is the
    first's price with its level: distance 0, so closeness 1, and 0 of the other.
    """
    found = closeness(array([3, 4], [4, 3]), array(3, 1), array(-1, 1))

    assert found.tolist() == [1, 0]


def test_closeness_between_by_hand():
    """
    (3, 3) and (4, 4), more is better of the first, less of the second, weights 3 to 1.

    .45 and .60 of the first, .15 and .20 of the second: one is .15 from the ideal and
    .05 from the worst, so .25; the other the reverse.
    """
    found = closeness(array([3, 3], [4, 4]), array(3, 1), array(1, -1))

    assert found == pytest.approx([0.25, 0.75])


def test_weighted_sum_by_hand():
    """Prices 40, 50, 45 are 1, 0, 1/2; levels .9, 1, .9 are 0, 1, 0; weights 3 to 1."""
    found = weighted_sum(
        array([40, 0.9], [50, 1.0], [45, 0.9]), array(3, 1), array(-1, 1)
    )

    assert found == pytest.approx([0.75, 0.25, 0.375])


def test_best_and_worst_are_1_and_0():
    points = between_extremes(array([5, 5], [7, 7], [6, 6]), array(1, -1))

    assert points.tolist() == [[0, 1], [1, 0], [0.5, 0.5]]


@pytest.mark.parametrize("method", METHODS)
def test_criterion_in_which_all_are_alike_moves_nobody(method):
    """Whatever it weighs."""
    values = array([40, 3, 7], [50, 3, 9], [45, 3, 8.5])
    with_it = METHODS[method](values, array(3, 5, 1), array(-1, 1, 1))
    without = METHODS[method](values[:, [0, 2]], array(3, 1), array(-1, 1))

    assert best_first(with_it) == best_first(without)


@pytest.mark.parametrize("method", METHODS)
def test_partners_alike_in_everything_are_alike(method):
    found = METHODS[method](array([40, 0], [40, 0]), array(1, 1), array(-1, 1))

    assert found[0] == found[1]
    assert ranks_of(found) == (1, 1)


def test_those_alike_share_the_better_rank():
    assert ranks_of(array(0.2, 0.9, 0.9, 0.1)) == (3, 1, 1, 4)


def test_of_those_alike_the_first_named_comes_first():
    assert best_first(array(0.2, 0.9, 0.9 + 1e-15)) == (1, 2, 0)


@st.composite
def problems(draw):
    n, k = draw(st.integers(2, 6)), draw(st.integers(1, 5))
    cell = st.integers(-50, 50)
    values = draw(
        st.lists(st.lists(cell, min_size=k, max_size=k), min_size=n, max_size=n)
    )
    weights = draw(st.lists(st.integers(0, 5), min_size=k, max_size=k))
    assume(any(weights))
    signs = draw(st.lists(st.sampled_from([-1, 1]), min_size=k, max_size=k))
    return array(*values), array(*weights), array(*signs)


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None)
@given(problem=problems(), unit=st.sampled_from([1e-6, 0.01, 7.0, 1000.0, 1e9]))
def test_unit_of_a_criterion_changes_nothing(method, problem, unit):
    """Hours or seconds, TWD or cents."""
    values, weights, signs = problem
    scaled = values.copy()
    scaled[:, 0] *= unit

    before = METHODS[method](values, weights, signs)
    after = METHODS[method](scaled, weights, signs)

    assert after == pytest.approx(before, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@settings(deadline=None)
@given(problem=problems())
def test_score_is_between_0_and_1_and_the_better_in_all_is_ahead(method, problem):
    values, weights, signs = problem
    score = METHODS[method](values, weights, signs)

    assert ((score >= -1e-12) & (score <= 1 + 1e-12)).all()
    better = values * signs
    for i in range(len(values)):
        for j in range(len(values)):
            if (better[i] >= better[j]).all():
                assert score[i] >= score[j] - 1e-12
