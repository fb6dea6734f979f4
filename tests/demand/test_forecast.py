"""Tests of forecasts of small panels, odd ones too."""

import datetime as dt
import re
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
from made_city import made_city
from panels import forecast_of, made_grid, made_history, plain_features

from cstore_cli.demand.drivers_of_course import drivers_of_course
from cstore_cli.demand.outlook import CANDIDATES, outlook_at
from cstore_cli.errors import InputError
from cstore_cli.settings.analyze_demand import BacktestSettings

NAN = float("nan")
TWO = BacktestSettings(origins=2)
QUANTILES = ["p10", "p50", "p90"]


def noise(size=4, past=20, mean=20, seed=0):
    return np.random.default_rng(seed).poisson(mean, (size, past)).astype(float)


def without(area, until):
    """Area has no figure before ``until``."""
    orders = noise()
    orders[area, :until] = NAN
    return orders


ODD = {
    "plain": noise(),
    "one area": noise(1),
    "one area of three days": noise(1, 3),
    "one figure": noise(1, 1),
    "three days": noise(past=3),
    "two days": noise(past=2),
    "zeros": noise() * 0,
    "zeros until the last week": noise() * (np.arange(20) > 13),
    "constant": noise() * 0 + 7,
    "an area without history": without(2, 20),
    "only one area with history": np.vstack([noise(1), np.full((3, 20), NAN)]),
    "an area since two days": without(2, 18),
    "all areas late": np.where(np.arange(20) < 17, NAN, noise()),
    "a day nobody knows": np.where(np.arange(20) == 9, NAN, noise()),
    "large": noise() * 1e7,
    "one order ever": np.eye(4, 20),
}


def sums_of(table):
    areas = table.filter(pl.col("area_id") != "*")
    return areas.group_by("date", maintain_order=True).agg(pl.col("mean").sum())


def assert_is_whole(found, history):
    """Every area and date once, totals that add up, quantiles that rise, no gap."""
    table, days = found.table, list(history.dates[history.num_past :])
    keys = table.select("area_id", "date").rows()
    assert keys == [(area, d) for area in (*history.area_ids, "*") for d in days]
    figures = table.select("mean", *QUANTILES).to_numpy()
    assert np.isfinite(figures).all()
    assert (figures >= 0).all()
    assert (np.diff(figures[:, 1:], axis=1) >= 0).all()
    total = table.filter(area_id="*")["mean"].round(3)
    assert total.to_list() == sums_of(table)["mean"].round(3).to_list()
    assert table.null_count().sum_horizontal().item() == 0
    assert set(table["model"].unique()) <= {*CANDIDATES, "sum"}


@pytest.mark.parametrize("days", [1, 7])
@pytest.mark.parametrize("name", ODD)
def test_whatever_the_history_the_forecast_is_whole(name, days):
    history = made_history(ODD[name], 3, days=days)

    found = forecast_of(history, backtest=TWO)

    assert_is_whole(found, history)


def of(found, area):
    return found.table.filter(area_id=area)


def test_constant_series_is_forecast_as_it_is():
    found = forecast_of(made_history(ODD["constant"], 3), backtest=TWO)

    assert of(found, "A01")["mean"].to_list() == pytest.approx([7] * 3)
    assert of(found, "*")["mean"].to_list() == pytest.approx([28] * 3)
    assert of(found, "A01")["p90"].to_list() == pytest.approx([7] * 3, rel=0.1)


def test_zeros_are_forecast_as_next_to_nothing():
    found = forecast_of(made_history(ODD["zeros"], 3), backtest=TWO)

    assert found.table["mean"].max() < 0.2


def test_area_without_history_is_told_by_the_mean_per_person():
    """Of few areas: 1 order per 100 people in each of the others."""
    people = np.array([1000.0, 2000, 3000, 500])
    orders = np.tile(people[:, None] / 100, (1, 20))
    orders[3] = NAN

    found = forecast_of(
        made_history(orders, 3), plain_features(4, people=people), backtest=TWO
    )

    assert of(found, "A03")["mean"].to_list() == pytest.approx([5] * 3, rel=0.01)
    assert of(found, "A03")["model"].unique().to_list() == ["cross_section"]
    assert of(found, "A03")["history_days"].unique().to_list() == [0]
    assert of(found, "A00")["history_days"].unique().to_list() == [20]


def test_area_that_began_lately_is_drawn_to_its_likeness():
    """20 to be expected by its people, as others have; 30 in its first two days."""
    people = np.full(6, 2000.0)
    orders = noise(6, past=16)
    orders[5] = NAN
    orders[5, -2:] = 30

    found = forecast_of(
        made_history(orders, 3), plain_features(6, people=people), backtest=TWO
    )

    assert 21 < of(found, "A05")["mean"][0] < 28
    assert 17 < of(found, "A04")["mean"][0] < 23


def test_unknown_country_ends_before_any_work():
    with pytest.raises(InputError, match="'XX' is not known"):
        forecast_of(made_history(noise()), holidays="XX")


def test_season_may_be_asked_for():
    """A rhythm of 3 days, without noise: the naive of 3 days is right."""
    orders = np.tile([5.0, 50, 500], (2, 7))

    found = forecast_of(made_history(orders, 3), season=3, backtest=TWO)

    assert of(found, "A00")["mean"].to_list() == [5, 50, 500]


@pytest.fixture(scope="module")
def city():
    """24 areas, 70 days and 4 to come: weekdays, and a promotion of 60 % more."""
    dice = np.random.default_rng(5)
    features, level = made_city(24, seed=5)
    level = level / level.mean() * 30
    promotion = (dice.random((24, 74)) < 0.15).astype(float)
    week = np.array([0.8, 0.9, 1, 1, 1.1, 1.3, 0.9])[np.arange(74) % 7]
    truth = level[:, None] * (1 + 0.6 * promotion) * week
    return features, dice.poisson(truth).astype(float), promotion, truth


@pytest.fixture(scope="module")
def promoted(city):
    features, orders, promotion, _ = city
    history = made_history(orders[:, :70], 4, promotion=promotion)
    return history, forecast_of(history, features, backtest=TWO)


def test_panel_with_trees_is_forecast_whole(promoted):
    history, found = promoted

    assert_is_whole(found, history)
    assert found.method.chosen == ("global",)


def test_forecast_is_that_of_the_city_with_and_without_a_promotion(promoted, city):
    """Within 10 % of the truth; were it not seen, those with one were 32 % below."""
    _, found = promoted
    _, _, promotion, truth = city
    on = promotion[:, 70:] == 1

    for days in (on, ~on):
        told = found.mean[days].sum() / truth[:, 70:][days].sum()
        assert told == pytest.approx(1, abs=0.1)


def test_forecast_is_nearer_to_the_truth_than_the_naive(promoted, city):
    _, found = promoted
    _, orders, _, _ = city
    new, naive = orders[:, 70:], orders[:, 63:67]

    assert np.abs(found.mean - new).sum() < 0.75 * np.abs(naive - new).sum()


def test_promotion_is_a_driver_and_raises_no_warning(promoted):
    _, found = promoted

    table, warnings = drivers_of_course(found, 1)

    assert warnings == ()
    [driver] = table.filter(driver="promotion").to_dicts()
    assert driver["direction"] == "more"
    assert driver["size_pct"] == pytest.approx(60, abs=15)


def test_weekday_is_told_by_those_of_most_and_least_orders(promoted):
    """The newest outlook has four days of it to be held out: Monday to Thursday."""
    _, found = promoted

    table, _ = drivers_of_course(found, 1)

    [weekday] = table.filter(driver="weekday").to_dicts()
    assert weekday["in_words"].startswith("most orders on Saturday, least on Monday")


def test_tomorrows_orders_known_ahead_are_suspicious(city):
    """Written down when orders are: the warning names it and both errors."""
    features, orders, _, _ = city
    history = made_history(orders[:, :70], 4, visits=np.rint(orders * 1.1))
    grid = made_grid(history, features)
    last = outlook_at(grid, 28, 66, seed=1)

    _, warnings = drivers_of_course(
        SimpleNamespace(grid=grid, last=last, now=last, level_periods=28), 1
    )

    [warning] = warnings
    assert re.match(
        r"visits is suspicious: with it the error is \d.\d %, without it 1\d.\d %",
        warning,
    )


def test_first_date_to_forecast_follows_the_newest():
    history = made_history(noise(), 3, first=dt.date(2026, 1, 5))

    found = forecast_of(history, backtest=TWO)

    assert of(found, "*")["date"].to_list() == [
        dt.date(2026, 1, 25) + dt.timedelta(k) for k in range(3)
    ]
