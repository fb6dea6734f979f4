"""Tests of the weights at which the best become others."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cstore_cli.siting.swaps import first_swap, weighted

SHIFT = 1e-7


def best_first(values, weights):
    """Order by the weighted sum; of two alike the first."""
    return np.argsort(-weighted(values, weights), kind="stable")


def swap(values, weights, top, k, sign):
    values, weights = np.array(values, float), np.array(weights, float)
    order = best_first(values, weights)
    return first_swap(values, weights, order, top, k, sign)


def test_threshold_is_where_two_lines_cross():
    """
    Flow and rent of three sites at weights 2 and 1: 2.0, 1.9, 1.2.

    By the weight r of rent they score 2 + 0 r, 1.6 + 0.3 r and 0.2 + r: the second
    passes the first at r = 4/3, the third not before r = 1.8.
    """
    values = [[1, 0], [0.8, 0.3], [0.1, 1]]

    up = swap(values, [2, 1], 1, 1, 1)

    assert up.weight == pytest.approx(4 / 3)
    assert (up.leaves, up.enters) == ((0,), (1,))


def test_falling_weight_stops_at_none():
    """They would cross at -0.1: 1.8 + r against 1.7."""
    assert swap([[0.9, 1], [0.85, 0]], [2, 1], 1, 1, -1) is None


def test_order_among_the_best_does_not_matter():
    """Sites 0 and 1 change places, but both stay in."""
    assert swap([[1, 0], [0.9, 1], [0, 0]], [1, 0], 2, 1, 1) is None


def test_sites_that_tie_go_together():
    """Two sites alike overtake two: which of the twins comes in first matters not."""
    values = [[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.5]]

    up = swap(values, [1, 0], 2, 1, 1)

    assert (up.weight, up.leaves, up.enters) == (1, (0, 1), (2, 3))


def test_all_sites_among_the_best_have_nothing_to_swap():
    assert swap([[1, 0], [0, 1]], [1, 1], 2, 0, 1) is None


CELLS = st.integers(0, 20).map(lambda k: k / 20)


@st.composite
def rankings(draw):
    n, k = draw(st.integers(2, 7)), draw(st.integers(1, 3))
    row = st.lists(CELLS, min_size=k, max_size=k)
    values = draw(st.lists(row, min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(0, 5), min_size=k, max_size=k))
    return values, weights, draw(st.integers(1, n - 1)), draw(st.integers(0, k - 1))


@given(rankings(), st.sampled_from([1, -1]))
def test_rescoring_around_the_threshold_agrees(ranking, sign):
    """Just before it the best are the same; just after they are those foretold."""
    values, weights, top, k = ranking
    values, weights = np.array(values), np.array(weights, float)
    total = weighted(values, weights)
    order = best_first(values, weights)
    # A tie at the edge is any change's to break.
    assume(total[order[top - 1]] - total[order[top]] > 1e-6)
    found = first_swap(values, weights, order, top, k, sign)

    def best_at(weight):
        moved = weights.copy()
        moved[k] = weight
        return set(best_first(values, moved)[:top].tolist())

    now = set(order[:top].tolist())
    if found is None:
        ends = [0.0] if sign < 0 else [weights[k] + 10.0**e for e in range(-2, 6)]
        between = np.linspace(weights[k], ends[-1], 50)[:-1]
        assert all(best_at(weight) == now for weight in between)
        return
    assert found.weight >= 0
    assert best_at(found.weight - sign * SHIFT) == now
    after = now - set(found.leaves) | set(found.enters)
    assert set(found.leaves) <= now
    assert not set(found.enters) & now
    assert len(after) == top
    # Twins beyond the edge may stand for each other.
    moved = weights.copy()
    moved[k] = found.weight + sign * SHIFT
    beyond = weighted(values, moved)
    assert sorted(beyond[list(after)]) == pytest.approx(
        sorted(beyond)[-top:], abs=1e-12
    )
