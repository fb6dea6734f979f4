"""Tests of the trees over all areas, on panels whose truth is known."""

import numpy as np
import pytest
from panels import made_grid, made_history, plain_features

from cstore_cli.demand.global_model import Learned, fit_mean, fit_quantile, learn
from cstore_cli.demand.levels import Levels
from cstore_cli.demand.outlook import GLOBAL, MEAN, outlook_at
from cstore_cli.demand.told import rows_from, told

WEEK = np.array([0.6, 0.8, 1.0, 1.0, 1.2, 1.4, 1.0])
"""Times the usual, Monday to Sunday; 1 on average."""
SIZE, PAST = 40, 98


@pytest.fixture(scope="module")
def weekly():
    """(levels, grid, learned) of areas of 20 to 100 a day times `WEEK`, Poisson."""
    dice = np.random.default_rng(0)
    level = np.linspace(20, 100, SIZE)
    orders = dice.poisson(level[:, None] * np.tile(WEEK, 16)[:PAST])
    grid = made_grid(made_history(orders), plain_features(SIZE))
    levels = Levels(grid, 56, np.full(SIZE, np.nan), np.zeros(SIZE))
    return level, grid, levels, learn(grid, levels, PAST, 1)


def test_weekdays_are_recovered(weekly):
    """Within 5 % of their true factor, over all areas; the last day was a Sunday."""
    level, grid, levels, learned = weekly
    columns, own = told(grid, levels, rows_from(PAST, SIZE, 7))

    mean = (fit_mean(learned, 1).predict(columns) * own).reshape(SIZE, 7)

    assert mean.sum(axis=0) / level.sum() == pytest.approx(WEEK, rel=0.05)


def test_only_periods_before_the_origin_are_learned():
    """What comes after may be anything."""
    dice = np.random.default_rng(1)
    orders = dice.poisson(9, (3, 60))
    other = orders.copy()
    other[:, 40:] = 99
    found = []
    for table in (orders, other):
        grid = made_grid(made_history(table))
        levels = Levels(grid, 14, np.full(3, np.nan), np.zeros(3))
        found.append(learn(grid, levels, 40, 1))

    one, two = found
    assert one.orders.max() < 99
    np.testing.assert_array_equal(one.told, two.told)
    np.testing.assert_array_equal(one.orders, two.orders)


def test_every_area_period_and_step_is_learned_once():
    """3 areas, of 10 periods those with history before: sum of steps 1 to 4 back."""
    orders = np.arange(30.0).reshape(3, 10)
    grid = made_grid(made_history(orders, 4))

    learned = learn(grid, Levels(grid, 7, np.full(3, np.nan), np.zeros(3)), 10, 1)

    pairs = sorted(zip(learned.orders, learned.told[:, 0], strict=True))
    assert pairs == sorted(
        (orders[area, target], step)
        for area in range(3)
        for target in range(1, 10)
        for step in range(1, 5)
        if target - step + 1 >= 1
    )


def test_quantiles_hold_about_their_share_of_new_periods(weekly):
    level, grid, levels, learned = weekly
    columns, own = told(grid, levels, rows_from(PAST, SIZE, 7))
    new = (
        np.random.default_rng(9)
        .poisson(level[:, None] * WEEK, (200, SIZE, 7))
        .reshape(200, -1)
    )

    for quantile in (0.1, 0.5, 0.9):
        told_quantile = fit_quantile(learned, quantile, 1).predict(columns) * own
        assert np.mean(new <= told_quantile) == pytest.approx(quantile, abs=0.09)


def test_large_areas_count_for_more():
    """
    Of level 100 once what is usual, of level 1 three times.

    They weigh 100 / 1.1 and 1 / 1.001, so that the mean multiple is 1.022, not 2.
    """
    level = np.tile([1.0, 100], 4000)
    nothing = np.random.default_rng(0).permutation(8000)[:, None] % 2.0
    learned = Learned(nothing, level, level * np.tile([3, 1], 4000), np.array([False]))

    found = fit_mean(learned, 1).predict(np.array([[0.0], [1]]))

    assert found == pytest.approx([1.022] * 2, abs=0.01)


def test_columns_left_out_are_not_seen(weekly):
    _, grid, levels, learned = weekly
    columns, _ = told(grid, levels, rows_from(PAST, SIZE, 7))
    every = np.arange(1, columns.shape[1])
    other = columns.copy()
    other[:, every] = 3

    trees = fit_mean(learned, 1, without=every)

    np.testing.assert_array_equal(trees.predict(columns), trees.predict(other))


def test_same_seed_makes_the_same_outlook():
    dice = np.random.default_rng(2)
    grid = made_grid(made_history(dice.poisson(9, (3, 60)), 3))

    one, again = (outlook_at(grid, 14, 60, seed=3) for _ in range(2))

    for name, means in one.means.items():
        assert means.tobytes() == again.means[name].tobytes(), name
    assert one.quantiles.tobytes() == again.quantiles.tobytes()


def test_few_rows_make_no_trees():
    """4 areas, 10 days and 7 steps make fewer than 300 rows."""
    orders = np.random.default_rng(3).poisson(9, (4, 10))

    found = outlook_at(made_grid(made_history(orders)), 7, 10, seed=1)

    assert found.trees is None
    assert found.quantiles is None
    assert GLOBAL not in found.means


@pytest.mark.parametrize("orders_at", [[], [(0, 20)]])
def test_areas_of_no_orders_are_expected_to_have_next_to_none(orders_at):
    """All zeros, and one order in 200 figures, which chance may miss."""
    orders = np.zeros((4, 50))
    for place in orders_at:
        orders[place] = 1

    for seed in range(3):
        found = outlook_at(made_grid(made_history(orders, 3)), 7, 50, seed)
        for name, means in found.means.items():
            assert (means >= 0).all(), name
            assert means.max() < 0.2, name


def test_outlook_of_nothing_tells_nothing():
    """No area has a figure before the origin."""
    orders = np.full((4, 50), np.nan)
    orders[:, 30:] = 9

    found = outlook_at(made_grid(made_history(orders, 3)), 7, 20, seed=1)

    assert np.isnan(found.means[MEAN]).all()
    assert np.isnan(found.per_person).all()
