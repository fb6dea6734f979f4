"""Tests of drivers, in cities whose truth is known."""

import numpy as np
import polars as pl
import pytest
from made_city import made_city, made_features

from cstore_cli.demand.cross_section import CrossSection, HeldOut, hold_out
from cstore_cli.demand.drivers import REPEATS, SCHEMA, drivers_of_level
from cstore_cli.demand.permutation import permutation_importance_of


def drivers(features, level):
    return drivers_of_level(features, hold_out(features, level), level)


def row(told, driver):
    return told.row(by_predicate=pl.col("driver") == driver, named=True)


@pytest.fixture(scope="module")
def city():
    """Drivers of the city of made_city, income^0.8 and three bands."""
    features, level = made_city()
    return features, drivers(features, level)


def test_income_is_told_with_its_size(city):
    """From q10 to q90 demand grows by the ratio of incomes to the power 0.8."""
    features, told = city
    low, high = np.quantile(features.values[:, 3], [0.1, 0.9])

    income = row(told, "income")

    assert (income["low"], income["high"]) == pytest.approx((low, high))
    assert income["direction"] == "more"
    assert income["size_pct"] == pytest.approx(100 * ((high / low) ** 0.8 - 1), rel=0.2)
    assert income["in_words"].startswith(
        f"more per person where income is higher: {income['size_pct']:+.0f} % "
        f"from {low:.0f} to {high:.0f}"
    )


def test_bands_are_told_in_order(city):
    """
    The young buy 1.0, adults 0.6, the old 0.1: where one share grows and the others
    give way, demand rises, hardly moves, falls.
    """
    _, told = city

    size = [
        row(told, f"{band} share")["size_pct"] for band in ("young", "adult", "old")
    ]

    assert size[0] > 10
    assert size[2] < -10
    assert size[0] > size[1] > size[2]
    assert abs(size[1]) < 10


def test_luck_is_no_driver(city):
    _, told = city

    assert row(told, "luck")["importance"] == pytest.approx(0, abs=0.3)
    assert told["driver"][0] == "income"
    assert row(told, "income")["importance"] > 5


def test_two_copies_are_not_told_apart():
    """Each alone matters less than both together, and each names the other."""
    features, level = made_city()
    income = features.values[:, 3]
    features = made_features(features.people, income=income, copy=-2 * income)

    told = drivers(features, level)

    for name, other in (("income", "copy"), ("copy", "income")):
        one = row(told, name)
        assert one["confused_with"] == other
        assert one["joint_importance"] > one["importance"]
        assert f"not to be told apart from {other}" in one["in_words"]
    assert row(told, "copy")["direction"] == "less"


def test_unlike_features_are_not_confused(city):
    _, told = city

    assert row(told, "income")["confused_with"] == ""
    assert row(told, "income")["joint_importance"] is None


def test_kinds_are_told_by_name():
    """Kind b buys twice as much as kind a."""
    kind = np.tile([0.0, 1.0], 20)
    features = made_features(np.full(40, 1000.0), kinds={"kind": kind})

    told = row(drivers(features, np.where(kind == 1, 20.0, 10.0)), "kind")

    assert told["in_words"].startswith("most per person where kind is b, least ")
    assert told["size_pct"] == pytest.approx(100, rel=0.1)
    assert (told["direction"], told["low"], told["high"]) == ("", None, None)


def test_logarithms_are_told_as_what_they_are_of():
    """Two kinds of area, of 10 and 1,000."""
    density = np.tile(np.log([10.0, 1000.0]), 20)
    features = made_features(np.full(40, 100.0), logged=["density"], density=density)

    told = row(drivers(features, np.where(density > 3, 20.0, 10.0)), "density")

    assert (told["low"], told["high"]) == pytest.approx((10, 1000))
    assert "from 10 to 1,000" in told["in_words"]


def test_nothing_held_out_tells_no_driver():
    features = made_features([10.0], income=[1.0])

    told = drivers(features, np.array([3.0]))

    assert told.is_empty()
    assert told.schema == pl.Schema(SCHEMA)


def test_mean_alone_has_drivers_of_no_importance():
    """A model that looks at nothing loses nothing; one value everywhere says so."""
    features = made_features([10.0, 10.0], income=[1.0, 2.0], same=[1.0, 1.0])
    mean = CrossSection("mean", 0.5, None)
    held = HeldOut(((np.array([0, 1]), mean),))

    told = drivers_of_level(features, held, np.array([4.0, 6.0]))

    assert told["importance"].to_list() == [0, 0]
    assert told["importance_sd"].to_list() == [0, 0]
    assert row(told, "income")["in_words"] == (
        "income makes no difference that can be seen"
    )
    assert row(told, "same")["in_words"] == "same is the same everywhere or unknown"


def test_spread_is_by_how_much_importance_differs_from_seed_to_seed():
    """A mean of 5 shuffles differs by the spread of one over the root of 5."""
    features, level = made_city(size=60)
    held = hold_out(features, level)

    told = [
        row(drivers_of_level(features, held, level, seed), "income")
        for seed in range(12)
    ]

    found = np.std([one["importance"] for one in told], ddof=1) * REPEATS**0.5
    spread = np.sqrt(np.mean([one["importance_sd"] ** 2 for one in told]))
    assert spread == pytest.approx(found, rel=0.5)


def test_same_seed_same_rows():
    features, level = made_city(size=60)
    held = hold_out(features, level)

    first, second = (drivers_of_level(features, held, level, seed=2) for _ in range(2))

    assert first.equals(second)


def test_shuffling_costs_what_the_column_told():
    """
    With y = 3 a each shuffle moves the absolute error to the mean of
    3 |a - a'| over all pairs, a third of the range 3 for a evenly on 0 to 1: 1.
    """
    a = np.linspace(0, 1, 2000)
    X = np.column_stack([a, a[::-1]])

    rises = permutation_importance_of(
        lambda rows: 3 * rows[:, 0],
        X,
        3 * a,
        {"a": [0], "b": [1]},
        lambda y, told: float(np.abs(y - told).mean()),
        repeats=5,
        seed=1,
    )

    assert rises["a"] == pytest.approx([1] * 5, rel=0.05)
    assert rises["b"].tolist() == [0] * 5


def test_columns_of_a_group_are_shuffled_as_one():
    """The model sees the difference of two copies, 0 in whatever order they stand."""
    X = np.column_stack([np.arange(50.0)] * 2)

    rises = permutation_importance_of(
        lambda rows: rows[:, 0] - rows[:, 1],
        X,
        np.zeros(50),
        {"one": [0], "both": [0, 1]},
        lambda y, told: float(np.abs(y - told).mean()),
        repeats=3,
        seed=1,
    )

    assert (rises["one"] > 1).all()
    assert rises["both"].tolist() == [0, 0, 0]
    assert X[:, 0].tolist() == list(range(50))
