"""Tests that forecasts of the past are honest, and of the table of their errors."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from panels import forecast_of, made_grid, made_history

from cstore_cli.demand import backtest
from cstore_cli.demand.backtest import backtest_of
from cstore_cli.demand.outlook import CANDIDATES, CROSS_SECTION, Outlook
from cstore_cli.settings.analyze_demand import BacktestSettings

NAIVE, MEAN, CROSS, GLOBAL, QUANTILES = CANDIDATES
NAN = float("nan")


def outlook(origin, level=1.0, **means):
    """Every candidate expects one figure everywhere; 2 areas, 2 steps."""
    tables = {name: np.full((2, 2), float(told)) for name, told in means.items()}
    return Outlook(
        origin=origin,
        means=tables,
        quantiles=None,
        per_person=np.full((2, 2), 5.0),
        level=np.full(2, level),
        likeness=np.ones(2),
        credible=np.ones(2),
        pace=None,
        special=np.zeros(2, dtype=bool),
        trees=None,
    )


def grid_of_days(orders):
    return made_grid(made_history(orders, 2))


def seen(monkeypatch):
    """What each scored origin was chosen and corrected from: (origin, expected)."""
    kept = []
    plain = backtest._expected

    def spy(before, rows, *rest):
        scored = plain(before, rows, *rest)
        kept.append((before, scored))
        return scored

    monkeypatch.setattr(backtest, "_expected", spy)
    return kept


def test_orders_from_a_scored_origin_on_change_nothing_expected_there(monkeypatch):
    """Neither the choice nor intervals nor those of the total; errors do change."""
    kept = seen(monkeypatch)
    dice = np.random.default_rng(0)
    orders = dice.poisson(10, (2, 40)).astype(float)
    other = orders.copy()
    other[:, 24:] = 500
    outlooks = [
        outlook(k, seasonal_naive=9, mean=10 + k % 3, cross_section=8)
        for k in (18, 20, 22, 24)
    ]

    tables = [
        backtest_of(grid_of_days(table), outlooks).table for table in (orders, other)
    ]

    assert len(kept) == 4
    for (_, one), (_, two) in zip(kept[:2], kept[2:], strict=True):
        for figures in ("mean", "quantiles", "unserved", "totals"):
            np.testing.assert_array_equal(getattr(one, figures), getattr(two, figures))
    assert not tables[0].equals(tables[1])


def test_windows_that_overlap_show_only_what_was_known(monkeypatch):
    """From origin 21 the second day of the outlook of 20 was not over."""
    kept = seen(monkeypatch)
    orders = np.arange(80.0).reshape(2, 40)

    backtest_of(
        grid_of_days(orders),
        [outlook(20, seasonal_naive=1, mean=2), outlook(21, seasonal_naive=1, mean=2)],
    )

    [(before, _)] = kept
    assert before.orders.tolist() == [20, 60]


def test_later_half_of_the_origins_is_scored():
    orders = np.full((2, 40), 7.0)
    outlooks = [outlook(k, seasonal_naive=7, mean=8) for k in (20, 22, 24, 26, 28)]
    grid = grid_of_days(orders)

    found = backtest_of(grid, outlooks)

    assert found.origins == tuple(grid.history.dates[k] for k in (20, 22, 24, 26, 28))
    assert found.scored == tuple(grid.history.dates[k] for k in (24, 26, 28))
    whole = found.table.filter(level="areas", part="all", model=NAIVE)
    assert whole["periods"].to_list() == [3 * 2 * 2]


def test_first_origin_is_never_scored():
    """Nothing came before it to choose from."""
    found = backtest_of(
        grid_of_days(np.full((2, 40), 7.0)), [outlook(20, seasonal_naive=7, mean=8)]
    )

    assert found.table.is_empty()
    assert found.scored == ()


def test_errors_are_those_by_hand():
    """
    10 orders everywhere: the mean 12 errs by 20 %, the naive 5 by 50 %, in all parts.

    So the mean is chosen, 60 % less than naive; the total has 20 orders a day.
    """
    outlooks = [
        outlook(k, seasonal_naive=5, mean=12, cross_section=16) for k in (20, 22)
    ]

    table = backtest_of(grid_of_days(np.full((2, 40), 10.0)), outlooks).table

    def of(level, model):
        [row] = table.filter(level=level, part="all", model=model).to_dicts()
        return row

    for level in ("areas", "total"):
        assert of(level, "chosen")["wape_pct"] == pytest.approx(20)
        assert of(level, NAIVE)["wape_pct"] == pytest.approx(50)
        assert of(level, "chosen")["to_seasonal_naive_pct"] == pytest.approx(-60)
        assert of(level, "chosen")["bias_pct"] == pytest.approx(20)
    assert of("areas", "chosen")["periods"] == 4
    assert of("total", "chosen")["periods"] == 2
    unserved = "areas_without_history"
    assert of(unserved, "chosen")["wape_pct"] == pytest.approx(60)
    assert of(unserved, "per_person")["wape_pct"] == pytest.approx(50)


def test_area_that_begins_does_not_take_the_naive_out_of_the_total():
    """Area 1 has no history at the origins: naive and mean tell nothing of it."""
    outlooks = []
    for origin in (20, 22):
        plain = outlook(origin, seasonal_naive=5, mean=12, cross_section=9)
        means = {name: table.copy() for name, table in plain.means.items()}
        means[NAIVE][1] = means[MEAN][1] = NAN
        outlooks.append(replace(plain, means=means, level=np.array([1, NAN])))

    table = backtest_of(grid_of_days(np.full((2, 40), 10.0)), outlooks).table

    total = table.filter(level="total")
    assert total["model"].to_list() == ["chosen", NAIVE, MEAN, CROSS_SECTION]
    naive = total.filter(model=NAIVE)["wape_pct"].item()
    assert naive == pytest.approx(100 * (20 - 5 - 9) / 20)


@pytest.fixture(scope="module")
def seasonal():
    """Weeks that repeat themselves exactly, each area in a rhythm of its own."""
    dice = np.random.default_rng(4)
    orders = np.tile(dice.permuted(np.tile(np.arange(5, 40, 5), (5, 1)), axis=1), 9)
    return forecast_of(
        made_history(orders[:, :60], 7), backtest=BacktestSettings(origins=2)
    )


def test_seasonal_naive_is_taken_where_it_is_best(seasonal):
    assert seasonal.method.chosen == (NAIVE,)
    last_week = seasonal.grid.history.orders[:, -7:]
    np.testing.assert_array_equal(seasonal.mean, last_week)


def test_its_errors_are_then_those_of_the_chosen(seasonal):
    """None at all here; others err."""
    table = seasonal.backtest.table.filter(level="areas")
    errors = {
        name: table.filter(model=name)["wape_pct"].to_list()
        for name in ("chosen", NAIVE, MEAN)
    }

    assert errors["chosen"] == errors[NAIVE]
    assert set(errors[NAIVE]) == {0}
    assert min(errors[MEAN]) > 10


def test_seasonal_naive_stands_in_every_part(seasonal):
    table = seasonal.backtest.table.filter(pl.col("level") != "areas_without_history")
    for (level, part), rows in table.group_by("level", "part"):
        assert NAIVE in rows["model"].to_list(), (level, part)
