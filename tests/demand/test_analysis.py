"""Tests of the whole analysis: what it tells of made-up cities, as files and JSON."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from small_tables import line, settings, tables

from cstore_cli.demand.analysis import analyze
from cstore_cli.demand.cleaning.clean import history_of
from cstore_cli.demand.files import FILES, demand_files
from cstore_cli.demand.summary import summary_of
from cstore_cli.settings.analyze_demand import BacktestSettings, PeopleSettings


def analysed(inputs, asked, day):
    history = history_of(inputs, asked, day)
    with ThreadPoolExecutor(1) as threads:
        return analyze(inputs, history, asked, 1, threads)


def city(size, days, seed=0):
    """
    Areas whose young order 1.0 each 100 days, others 0.2, times income / 600.

    "luck" says nothing; the last two areas were never served.
    """
    dice = np.random.default_rng(seed)
    people = dice.integers(2000, 9000, size)
    young = np.rint(people * dice.uniform(0.1, 0.6, size))
    income = dice.uniform(300, 900, size)
    rate = (young + 0.2 * (people - young)) / 100 * income / 600
    orders = dice.poisson(rate[:, None], (size, days))
    ids = [f"A{k:02}" for k in range(size)]
    rows = [
        row for k, one in enumerate(ids[:-2]) for row in line(one, orders[k].tolist())
    ]
    inputs = tables(rows, ids)
    columns = {
        "population": people,
        "age_young": young,
        "age_old": people - young,
        "income": income,
        "luck": dice.normal(size=size),
    }
    areas = inputs.areas.with_columns(
        **{name: pl.Series(cells, dtype=pl.Float64) for name, cells in columns.items()}
    )
    return replace(inputs, areas=areas, numeric=tuple(columns)), rate


@pytest.fixture(scope="module")
def found():
    """40 areas, 12 days: too few for trees, enough for what areas are like."""
    inputs, rate = city(40, 12)
    asked = settings(3).model_copy(
        update={
            "backtest": BacktestSettings(origins=2),
            "people": PeopleSettings(
                online_share={"age_young": 0.9, "age_old": 0.2},
                fetch_share={"age_young": 0.8, "age_old": 0.5},
            ),
        }
    )
    return analysed(inputs, asked, dt.date(2026, 10, 13)), rate, asked


def test_age_and_income_drive_demand_and_luck_does_not(found):
    """Age shares first (one the rest of the other), then income, both to more."""
    analysis, _, _ = found
    level = analysis.drivers.filter(of="level")
    order = level["driver"].to_list()
    direction = dict(level.select("driver", "direction").iter_rows())
    importance = dict(level.select("driver", "importance").iter_rows())

    assert direction["income"] == "more"
    assert direction["age_young share"] == "more"
    assert direction["age_old share"] == "less"
    assert order.index("income") < order.index("luck")
    assert importance["income"] > 10 * max(importance["luck"], 0.1)
    assert importance["age_young share"] + importance["age_old share"] > 5


def test_areas_never_served_are_told_by_what_they_are_like(found):
    """Within 15 %, where the city's mean per person is off by more."""
    analysis, rate, _ = found
    table = analysis.forecast.table

    for area in (38, 39):
        told = table.filter(area_id=f"A{area}")["mean"].mean()
        assert told == pytest.approx(rate[area], rel=0.15)


def test_files_are_those_there_may_be(found):
    analysis, _, _ = found
    files = demand_files(analysis)

    assert list(files) == [n for n in FILES if n in files]
    assert set(files) == {"forecast.csv", "segments.csv", "drivers.csv", "backtest.csv"}
    segments = pl.read_csv(files["segments.csv"])
    assert segments["area_id"].to_list() == list(analysis.history.area_ids)
    assert {"segment", "description", "potential_customers"} <= set(segments.columns)


def test_summary_counts_what_was_read(found):
    analysis, _, asked = found
    told = summary_of(analysis, asked, 1)

    assert told["read"]["areas"] == 40
    assert told["read"]["areas_without_history"] == 2
    assert told["read"]["rows"] == 38 * 12
    total = analysis.forecast.table.filter(area_id="*")["mean"].sum()
    assert told["forecast"]["orders"] == pytest.approx(total, abs=0.001)
    assert told["potential_customers"]["customers"] == pytest.approx(
        (
            analysis.inputs.areas["age_young"] * 0.72
            + analysis.inputs.areas["age_old"] * 0.1
        ).sum()
    )


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("days", [1, 3, 20])
@pytest.mark.parametrize("values", [0, 7])
@pytest.mark.parametrize("with_people", [True, False])
def test_small_cities_are_analysed_whole(size, days, values, with_people):
    """Every figure of forecast and summary is one."""
    ids = "ABC"[:size]
    rows = [row for one in ids for row in line(one, [values] * days)]
    inputs = tables(rows, ids)
    if with_people:
        people = pl.Series("population", [1000.0] * size)
        inputs = replace(
            inputs, areas=inputs.areas.with_columns(people), numeric=("population",)
        )
    asked = settings(3).model_copy(
        update={
            "transactions": settings(period="day").transactions,
            "backtest": BacktestSettings(origins=2),
        }
    )

    analysis = analysed(inputs, asked, dt.date(2026, 10, 1) + dt.timedelta(days))

    json.dumps(summary_of(analysis, asked, 1), allow_nan=False)
    for name, data in demand_files(analysis).items():
        assert b"NaN" not in data, name
    told = analysis.forecast.table.filter(pl.col("area_id") != "*")["mean"]
    assert told.to_list() == pytest.approx([values] * 3 * size, abs=0.3)
