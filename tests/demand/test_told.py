"""Tests of what is told of areas and periods: nothing from an origin on."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from made_city import made_features
from panels import made_grid, made_history, plain_features

from cstore_cli.demand.levels import Levels, credible_periods, pace_to
from cstore_cli.demand.simple import own_level, seasonal_naive
from cstore_cli.demand.told import (
    Rows,
    rows_from,
    told,
    told_columns,
    told_groups,
)
from cstore_cli.demand.width import level_width

NAN = float("nan")


def panel(seed, size=3, past=40, gaps=0.2):
    dice = np.random.default_rng(seed)
    orders = dice.poisson(8, (size, past)).astype(float)
    return np.where(dice.random((size, past)) < gaps, np.nan, orders)


def levels_of(grid, width=7, weight=3.0):
    likeness = np.linspace(5, 9, len(grid.history.area_ids))
    return Levels(grid, width, likeness, np.full(len(likeness), weight))


def columns_of(seed, size, past, horizon):
    """One column known ahead of each kind, one lagged."""
    dice = np.random.default_rng(seed + 1)
    return {
        "price": dice.uniform(5, 9, (size, past + horizon)),
        "promotion": dice.integers(0, 2, (size, past + horizon)),
        "kind": dice.integers(0, 3, (size, past + horizon)),
        "visits": dice.uniform(0, 9, (size, past)),
    }


@examples(max_examples=60)
@given(
    st.integers(0, 1000),
    st.integers(1, 39),
    st.sampled_from([(1, 7, 7), (7, 52, 3), (1, 1, 30), (1, 5, 2)]),
)
def test_nothing_from_the_origin_on_is_told(seed, origin, kind):
    """Orders and lagged columns from there, columns known ahead after the period."""
    days, season, horizon = kind
    orders, dice = panel(seed), np.random.default_rng(seed + 2)
    columns = columns_of(seed, *orders.shape, horizon)
    changed = {name: table.copy() for name, table in columns.items()}
    other = orders.copy()
    other[:, origin:] = dice.poisson(50, other[:, origin:].shape)
    changed["visits"][:, origin:] = 100
    end = min(origin + horizon, orders.shape[1] + horizon)
    for name in ("price", "promotion", "kind"):
        changed[name][:, end:] = 1

    found = []
    for table, more in ((orders, columns), (other, changed)):
        history = made_history(table, horizon, days=days, coded=["kind"], **more)
        grid = made_grid(history, season=season, country="TW")
        levels, rows = levels_of(grid), rows_from(origin, len(table), horizon)
        found.append(
            [
                *told(grid, levels, rows),
                seasonal_naive(grid, rows),
                own_level(levels, origin),
                credible_periods(grid, 7, levels.likeness, origin),
                level_width(grid, origin),
            ]
        )

    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("days", "steps"), [(1, (357, 358, 364, 365)), (7, (52, 53))])
def test_last_year_of_far_steps_does_not_reach_beyond_the_origin(days, steps):
    """A week later than a year before step 364 is after the origin."""
    orders = panel(1, past=800, gaps=0)
    other = orders.copy()
    other[:, 500:] *= 7
    origin = np.full(len(steps), 500)
    rows = Rows(np.zeros_like(origin), origin, np.array(steps))
    found = []
    for table in (orders, other):
        grid = made_grid(made_history(table, max(steps), days=days), season=7)
        found.append(told(grid, levels_of(grid), rows)[0])

    np.testing.assert_array_equal(*found)


def test_lagged_column_is_a_whole_horizon_old():
    """Season 2, horizon 3: step 1 from 10 on is told the mean of places 6 and 7."""
    visits = np.arange(12.0)[None]
    grid = made_grid(made_history(np.ones((1, 12)), 3, visits=visits), season=2)

    columns, _ = told(grid, levels_of(grid), rows_from(10, 1, 3))

    [at] = told_groups(grid)["visits"]
    assert columns[:, at].tolist() == [6.5, 7.5, 8.5]


def test_column_known_ahead_is_told_against_its_usual():
    """Price 20 after 10, 10, 10, 10: twice its mean, the day before once."""
    price = np.array([[10.0, 10, 10, 10, 20, 30]])
    grid = made_grid(made_history(np.ones((1, 4)), 2, price=price))

    columns, _ = told(grid, levels_of(grid), rows_from(4, 1, 2))

    at = told_groups(grid)["price"]
    assert columns[:, at].tolist() == [[20, 2, 1], [30, 3, 2]]


@pytest.mark.parametrize("days", [1, 7])
def test_every_column_has_a_kind_and_all_but_those_of_areas_a_driver(days):
    columns = columns_of(0, 3, 40, 7)
    history = made_history(panel(0), days=days, coded=["kind"], **columns)
    features = made_features([1, 2, 3], {"sort": [0, 1, 1]}, rent=[1, 2, 4])
    grid = made_grid(history, features)

    table, _ = told(grid, levels_of(grid), rows_from(20, 3, 7))

    told_of = told_columns(grid)
    assert table.shape == (21, len(told_of))
    coded = [column.driver for column in told_of if column.coded]
    assert coded == ["weekday", None, "kind"]
    of_areas = [k for k, column in enumerate(told_of) if column.driver is None]
    grouped = [k for columns in told_groups(grid).values() for k in columns]
    assert sorted([*grouped, *of_areas]) == list(range(len(told_of)))
    [sort] = [k for k in of_areas if told_of[k].coded]
    assert table[:, sort].tolist() == [0] * 7 + [1] * 14


def test_kind_of_a_lagged_category_is_kept():
    history = made_history(np.ones((1, 8)), 2, shop=np.ones((1, 8)), coded=["shop"])

    assert told_columns(made_grid(history))[-1].coded


def test_column_of_areas_named_as_one_of_the_calendar_is_no_driver():
    features = made_features([1, 2], holiday=[3, 4], weekday=[5, 6])
    grid = made_grid(made_history(np.ones((2, 9)), 2), features)

    coded = [column.driver for column in told_columns(grid) if column.coded]
    assert coded == ["weekday"]
    assert [len(told_groups(grid)[name]) for name in ("holiday", "weekday")] == [1, 1]


def test_likeness_keeps_pace_with_the_city():
    """All had half as much before origin 3: so is what an area like it had then."""
    grid = made_grid(made_history([[5, 5, 5, 10, 10, 10], [1, 1, 1, 2, 2, 2]]))
    pace = pace_to(grid, 3, 6)
    levels = Levels(grid, 3, np.array([20.0, 4]), np.full(2, 3.0), pace)
    both = np.array([0, 0])

    assert pace[[3, 6]].tolist() == [0.5, 1]
    assert levels.like(both, np.array([3, 6])).tolist() == [10, 20]
    assert levels.at(both, np.array([3, 6])).tolist() == [7.5, 15]


@examples(max_examples=40)
@given(st.integers(0, 1000), st.integers(0, 45), st.integers(0, 45))
def test_means_of_windows_are_those_by_brute_force(seed, start, end):
    orders = panel(seed)
    grid = made_grid(made_history(orders, 5), country="TW", special=["01-20"])
    off = (grid.calendar[:40, 1] > 0) | (grid.calendar[:40, 4] > 0)
    usual = np.where(off, np.nan, orders)
    area = np.arange(3)
    start, end = np.full(3, start), np.full(3, max(start, end))

    for table, sums in ((orders, grid.all), (usual, grid.usual)):
        part = table[:, start[0] : end[0]]
        known = (~np.isnan(part)).sum(axis=1)
        plain = [
            row[~np.isnan(row)].mean() if n else NAN
            for row, n in zip(part, known, strict=True)
        ]
        np.testing.assert_allclose(sums.mean(area, start, end), plain, atol=1e-9)
        np.testing.assert_array_equal(sums.known(area, start, end), known)
    spread = [
        row[~np.isnan(row)].std() if (~np.isnan(row)).sum() > 1 else NAN
        for row in usual[:, start[0] : end[0]]
    ]
    np.testing.assert_allclose(grid.deviation(area, start, end), spread, atol=1e-6)


def test_holidays_and_special_days_are_not_usual():
    """2026-01-01 is off in Taiwan, 01-02 special, and so is the week they are in."""
    first = dt.date(2026, 1, 1)
    days = made_history([[90, 80, 10, 20]], first=first)
    weeks = made_history([[90, 80, 10, 20]], first=first, days=7)
    zero, four = np.array([0]), np.array([4])

    for history, expected in ((days, 15), (weeks, pytest.approx(110 / 3))):
        grid = made_grid(history, country="TW", special=["01-02"])
        assert grid.usual.mean(zero, zero, four).tolist() == [expected]
        assert grid.all.mean(zero, zero, four).tolist() == [50]


def level_at(orders, likeness, weight, *, width=4, origin=None):
    history = made_history([orders])
    grid = made_grid(history)
    origin = len(orders) if origin is None else origin
    levels = Levels(grid, width, np.array([likeness]), np.array([weight]))
    return levels.at(np.array([0]), np.array([origin]))[0]


@pytest.mark.parametrize(
    ("orders", "likeness", "weight", "expected"),
    [
        ([99, 10, 10, 12, 8], 20, 4, 15),  # (4 * 10 + 4 * 20) / 8
        ([NAN, NAN, NAN, 6], 20, 4, (6 + 4 * 20) / 5),
        ([10, 10, 12, 8], 20, 0, 10),
        ([10, 10, 12, 8], NAN, 4, 10),
        ([30, 10, NAN, NAN, NAN, NAN], 40, 3, (20 + 3 * 40) / 4),  # all before: one
        ([NAN] * 5, 20, 4, 20),
        ([NAN] * 5, 20, 0, 20),  # nothing of its own
        ([NAN] * 5, NAN, 4, 0.5),
        ([0, 0, 0, 0], NAN, 0, 0.1),  # half an order in a day more
        ([0, 0, 0, 0], 0, 9, 0.1),
    ],
)
def test_level_is_credible_history_and_likeness(orders, likeness, weight, expected):
    assert level_at(orders, likeness, weight) == pytest.approx(expected)


def test_more_history_takes_less_of_likeness():
    found = [level_at([NAN] * (9 - k) + [10] * k, 20, 3, width=9) for k in range(10)]

    assert found == sorted(found, reverse=True)
    assert found[0] == 20
    assert found[9] == pytest.approx((90 + 60) / 12)


@examples(max_examples=60)
@given(
    st.lists(st.one_of(st.just(NAN), st.floats(0, 1e6)), min_size=1, max_size=20),
    st.one_of(st.just(NAN), st.floats(0, 1e6)),
    st.floats(0, 1e6),
    st.integers(1, 30),
)
def test_level_is_above_0_and_finite(orders, likeness, weight, width):
    for origin in range(1, len(orders) + 1):
        found = level_at(orders, likeness, weight, width=width, origin=origin)
        assert 0 < found < np.inf


def test_credible_periods_are_variance_within_over_that_around():
    """
    Within 1 and 1: noise (1/14 + 1/22) / 2 = 0.0584416 of likeness. Apart by
    (4/14)^2 - noise / (4 * 14) and (2/22)^2 - noise / (4 * 22): 0.0440947 on average.
    """
    orders = [[9, 11, 9, 11], [19, 21, 19, 21], [NAN] * 4]
    grid = made_grid(made_history(orders))

    found = credible_periods(grid, 4, np.array([14.0, 22.0, 5.0]), 4)

    expected = 0.0584416 / 0.0440947 / np.array([14, 22, 5])
    assert found == pytest.approx(expected, rel=1e-5)


def test_likeness_that_explains_all_is_taken_to_be_off_by_five_per_cent():
    """Noise 1/10 of it: 0.1 / 0.05^2 / 10 periods."""
    grid = made_grid(made_history([[9, 11, 9, 11]]))

    found = credible_periods(grid, 4, np.array([10.0]), 4)

    assert found == pytest.approx([4])
    assert credible_periods(grid, 4, np.array([NAN]), 4).tolist() == [0]


def told_naive(orders, horizon, season):
    grid = made_grid(made_history([orders], horizon), season=season)
    return seasonal_naive(grid, rows_from(len(orders), 1, horizon)).tolist()


@pytest.mark.parametrize(
    ("orders", "season", "expected"),
    [
        ([1, 2, 3, 4, 5, 6], 3, [4, 5, 6, 4, 5]),
        ([1, 2, 3, NAN, 5, 6], 3, [1, 5, 6, 1, 5]),  # a season earlier
        ([NAN, 2, 3, NAN, 5, 6], 3, [6, 5, 6, 6, 5]),  # the last known at all
        ([1, 2, 7, NAN], 1, [7, 7, 7, 7, 7]),
        ([8, 9], 7, [9, 9, 9, 9, 9]),  # shorter than a season
        ([NAN, NAN], 2, [NAN] * 5),
        ([9, NAN, 9, NAN, 9, NAN, 9, NAN, 9, NAN, 9, 7], 1, [7] * 5),
    ],
)
def test_seasonal_naive_is_the_last_season(orders, season, expected):
    np.testing.assert_array_equal(told_naive(orders, 5, season), expected)


def test_own_level_is_nothing_without_history():
    grid = made_grid(made_history([[4, 6], [NAN, NAN]], 3))
    levels = Levels(grid, 7, np.array([NAN, 8.0]), np.full(2, 2.0))

    np.testing.assert_array_equal(own_level(levels, 2), [5, NAN])


def test_shuffled_noise_has_the_widest_window_and_a_step_the_narrowest():
    """Noise around one level; a level that is another every two weeks."""
    dice = np.random.default_rng(0)
    noise = dice.poisson(9, (20, 140))
    steps = np.repeat(dice.integers(5, 500, (20, 10)), 14, axis=1)

    widths = [
        level_width(made_grid(made_history(orders, 7), plain_features(20)), 140)
        for orders in (noise, steps)
    ]

    assert widths[0] >= 56
    assert widths[1] == 7
