"""Published sets as tables, and the published figures of the simple forecasts."""

import datetime as dt
import subprocess
from pathlib import Path

import demand_models
import numpy as np
import polars as pl
import pytest
from demand import measured
from demand_cstore import cstore
from demand_gbm import gbm
from demand_grid import filled, grid_of, quantiles
from demand_rounds import hidden, m4, oj, rolling
from demand_scores import mase, scores, with_truth
from demand_tables import M4_LAST, OJ_AHEAD, dominicks, m4_weekly, most_decimals, write
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.config_file import read_config

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "demand"
OJ, M4 = DATA / "dominicks_oj", DATA / "m4"
needs_oj = pytest.mark.skipif(not OJ.exists(), reason=f"{OJ} is not there")
needs_m4 = pytest.mark.skipif(not M4.exists(), reason=f"{M4} is not there")
WEEK = dt.timedelta(weeks=1)
MONDAY = dt.date(2024, 1, 1)


@pytest.fixture(scope="module")
def juice():
    return dominicks(OJ)


@pytest.fixture(scope="module")
def series():
    return m4_weekly(M4)


def told(model, rounds, asked):
    forecasts = [model(None, one.history, *asked) for one in rounds]
    pairs = zip(forecasts, rounds, strict=True)
    return pl.concat(with_truth(forecast, one.truth) for forecast, one in pairs)


def weekly(orders, area_id="a"):
    """A table of an area, a figure a week; None is a week without a row."""
    rows = [(MONDAY + k * WEEK, area_id, n) for k, n in enumerate(orders)]
    rows = [row for row in rows if row[2] is not None]
    return pl.DataFrame(rows, ["date", "area_id", "orders"], orient="row")


@needs_oj
def test_dominicks_has_a_row_for_each_of_the_source(juice):
    """106,139 rows of 913 series; the first is 2-1, week 40, exp(9.0186954877)."""
    rows = juice.transactions
    assert (len(rows), rows["area_id"].n_unique()) == (106_139, 913)
    assert rows.row(0)[1:5] == ("2-1", 8256, 0.06046875, 0.06046875)
    assert rows["date"].max() - rows["date"].min() == 120 * WEEK
    assert rows["date"].dt.weekday().unique().to_list() == [1]


@needs_oj
def test_dominicks_areas_have_the_people_of_the_store(juice):
    """Eleven columns of the store; store and brand are texts, so categories."""
    first = juice.areas.row(0, named=True)
    assert len(juice.areas) == 913
    assert len(juice.areas.columns) == 3 + 11
    assert (first["area_id"], first["store"], first["brand"]) == ("2-1", "s2", "b1")
    assert first["INCOME"] == pytest.approx(10.5532, abs=1e-4)


@needs_oj
def test_own_price_is_that_of_the_brand(juice):
    """In store 2, week 40, brand 1 costs 0.0605 and the 11 brands 0.0426 on average."""
    row = juice.transactions.row(0, named=True)
    prices = [row[f"price{brand}"] for brand in range(1, 12)]
    assert row["price_ratio"] == pytest.approx(row["price1"] / np.mean(prices))
    own = juice.transactions.filter(pl.col("area_id").str.ends_with("-7"))
    assert (own["price"] == own["price7"]).all()


@needs_oj
def test_profit_is_not_known_ahead(juice):
    """It is known when the week is over; rows to come do not show it."""
    assert "profit" in juice.transactions.columns
    for one in oj(juice.transactions, OJ_AHEAD, 2):
        assert "profit" not in one.history.columns


@needs_oj
@pytest.mark.parametrize(
    ("model", "mape"),
    [
        (demand_models.naive, 109.673),
        (demand_models.seasonal_naive, 165.062),
        (demand_models.geometric_mean, 70.738),
    ],
)
def test_twelve_rounds_give_the_published_mape(juice, model, mape):
    """21,054 rows with sales; 109.67, 165.06 and 70.74 on TSPerf's board."""
    rows = told(model, oj(juice.transactions, (), 12), (3, (), 52, "W"))
    assert len(rows) == 21_054
    assert scores(rows, whole=True)["MAPE"] == pytest.approx(mape, abs=5e-4)


@needs_oj
def test_a_week_is_left_out_between_known_and_scored(juice):
    """Round 1 knows up to week 135 and is scored on weeks 137 and 138."""
    one = oj(juice.transactions, OJ_AHEAD, 12)[0]
    first = juice.transactions["date"].min()
    known = one.history.filter(pl.col("orders").is_not_null())
    assert known["date"].max() == first + (135 - 40) * WEEK
    scored = one.truth["date"].unique().sort().to_list()
    assert scored == [first + (week - 40) * WEEK for week in (137, 138)]
    coming = one.history.filter(pl.col("orders").is_null())
    assert coming["date"].unique().len() == 3
    assert coming["price"].null_count() == 0


@needs_m4
def test_m4_is_whole_numbers_by_one_factor(series):
    """W1 begins with 1089.2; seven decimals occur at most, so ten million times."""
    assert most_decimals([["1089.2", "7"], ["0.1234567"]]) == 7
    one = series.transactions.filter(pl.col("area_id") == "W1")
    assert one["orders"][0] == 10_892_000_000
    assert series.transactions["area_id"].n_unique() == 359


@needs_m4
def test_m4_ends_in_one_week_and_truth_follows(series):
    """13 weeks of each series, from the week after."""
    last = series.transactions.group_by("area_id").agg(pl.col("date").max())
    assert last["date"].unique().to_list() == [M4_LAST]
    assert (len(series.truth), series.truth["date"].min()) == (
        359 * 13,
        M4_LAST + WEEK,
    )


@needs_m4
def test_m4_naive_gives_the_published_errors(series):
    """Those of the competition: sMAPE 9.161, MASE 2.777."""
    rounds = m4(series.transactions, series.truth)
    rows = told(demand_models.naive, rounds, (13, (), 1, "W"))
    assert scores(rows)["sMAPE"] == pytest.approx(9.161, abs=5e-4)
    assert mase(rows, rounds[0].history) == pytest.approx(2.777, abs=5e-4)


def test_unknown_weeks_stand_as_they_stood_before():
    """Then as they will: nan 3 nan 5 is 3 3 3 5."""
    cells = np.array([[np.nan, 3, np.nan, 5]])
    assert filled(cells).tolist() == [[3, 3, 3, 5]]


@given(
    st.lists(st.floats(0, 1e6) | st.just(float("nan")), min_size=1, max_size=9),
    st.floats(0, 1),
)
def test_quantiles_are_those_of_numpy_over_what_is_known(row, level):
    """Nan where nothing is."""
    known = [cell for cell in row if not np.isnan(cell)]
    expected = np.quantile(known, level) if known else np.nan
    (found,) = quantiles(np.array([row]), level)
    assert found[0] == pytest.approx(expected, nan_ok=True, abs=1e-6)


def test_grid_has_a_column_for_a_week_nobody_wrote_down():
    grid = grid_of(weekly([4, None, 6]), 2, (), "W")
    assert np.array_equal(grid.orders, [[4, np.nan, 6]], equal_nan=True)
    assert grid.dates[-1] == MONDAY + 4 * WEEK


def test_weeks_of_two_weekdays_are_refused():
    rows = weekly([4, 5]).with_columns(date=pl.col("date").dt.offset_by("1d"))
    with pytest.raises(ValueError, match="same weekday"):
        grid_of(pl.concat([rows, weekly([1], "b")]), 1, (), "W")


def test_seasonal_naive_goes_back_whole_seasons():
    """Season 2, three weeks ahead of 1 2 3 4: 3, 4, 3."""
    history = weekly([1, 2, 3, 4])
    forecast = demand_models.seasonal_naive(None, history, 3, (), 2, "W")
    assert forecast["mean"].to_list() == [3, 4, 3]


def test_rolling_rounds_end_with_the_last_week():
    """Weeks 1..6, horizon 2, twice: weeks 3 4 from 1 2, weeks 5 6 from 1..4."""
    rounds = rolling(weekly([1, 2, 3, 4, 5, 6]), (), 2, "W", 2)
    assert [one.truth["orders"].to_list() for one in rounds] == [[3, 4], [5, 6]]
    assert [one.history["orders"].max() for one in rounds] == [2, 4]


def test_rows_to_come_show_what_is_known_ahead_and_no_orders():
    rows = weekly([1, 2, 3, 4]).with_columns(price=pl.col("orders") * 10)
    history = rolling(rows, ("price",), 2, "W", 1)[0].history
    assert history["orders"].to_list() == [1, 2, None, None]
    assert history["price"].to_list() == [10, 20, 30, 40]


def test_hidden_area_keeps_its_truth_and_loses_its_past():
    rows = pl.concat([weekly([1, 2, 3, 4]), weekly([5, 6, 7, 8], "b")])
    one = hidden(rolling(rows, (), 2, "W", 1)[0], ["b"])
    assert one.history["area_id"].unique().to_list() == ["a"]
    assert one.truth["orders"].to_list() == [7, 8]
    dear = rows.with_columns(price=pl.col("orders"))
    one = hidden(rolling(dear, ("price",), 2, "W", 1)[0], ["b"])
    of_b = one.history.filter(pl.col("area_id") == "b")
    assert of_b["price"].to_list() == [7, 8]


def test_area_without_history_is_told_by_head():
    """100 orders of 10 people: 3 people have 30."""
    areas = pl.DataFrame({"area_id": ["a", "b"], "population": [10, 3]})
    forecast = demand_models.mean(areas, weekly([100, 100]), 1, (), 52, "W")
    every = demand_models.for_all_areas(forecast, areas)
    assert dict(every.select("area_id", "mean").rows()) == {"a": 100, "b": 30}


def test_gbm_follows_a_promotion_known_ahead():
    """
    20 areas, 100 orders a week, 300 when on deal, at random: within a tenth of both in
    two weeks to come, which the last value cannot foresee.
    """
    rng = np.random.default_rng(1)
    areas = pl.DataFrame({"area_id": [f"a{i:02}" for i in range(20)]})
    rows = []
    for area_id in areas["area_id"]:
        deal = rng.integers(0, 2, 42)
        one = weekly((100 + 200 * deal).tolist(), area_id)
        rows.append(one.with_columns(deal=pl.Series(deal)))
    (one,) = rolling(pl.concat(rows), ("deal",), 2, "W", 1)
    forecast = gbm(areas, one.history, 2, ("deal",), 52, "W")
    assert scores(with_truth(forecast, one.truth))["WAPE"] < 10
    assert (forecast["p10"] <= forecast["p90"]).all()


def test_command_gets_settings_it_can_read(monkeypatch):
    """Horizon, season and columns ahead as asked for; the rest is the config's."""
    seen = {}

    def run(command, cwd, **_):
        options = dict(zip(command[5::2], command[6::2], strict=True))
        seen["date"] = options["--date"]
        seen["settings"] = read_config(cwd / options["--config"], AnalyzeDemandSettings)
        seen["rows"] = pl.read_csv(cwd / options["--transactions"])
        out = cwd / options["--out"]
        out.mkdir()
        (out / "forecast.csv").write_text(
            "area_id,date,mean,p10,p50,p90\na,2024-01-15,3,1,2,5\n"
        )
        return subprocess.CompletedProcess(command, 6, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    rows = weekly([1, 2, 3]).with_columns(deal=pl.col("orders"))
    (one,) = rolling(rows, ("deal",), 1, "W", 1)
    areas = pl.DataFrame({"area_id": ["a"]})
    config = {"network": "elsewhere.yaml", "backtest": {"origins": 3}, "horizon": 9}
    told = cstore(areas, one.history, 1, ("deal",), 52, "W", settings=config)
    found = seen["settings"]
    assert (found.horizon, found.season, found.backtest.origins) == (1, 52, 3)
    assert found.transactions.known_ahead == ["deal"]
    assert seen["date"] == "2024-01-15"
    assert seen["rows"]["orders"].to_list() == [1, 2, None]
    assert told.row(0)[2:] == (3, 1, 2, 5)


def test_refused_command_is_a_row_that_says_why(monkeypatch):
    """Exit 3 and what stood on stderr."""
    answer = subprocess.CompletedProcess([], 3, "", "areas.csv:1: empty")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    rounds = rolling(weekly([1, 2, 3]), (), 1, "W", 1)
    areas = pl.DataFrame({"area_id": ["a"]})
    row = measured(cstore, areas, rounds, (1, (), 52, "W"))
    assert row == {"failed": "exit 3: areas.csv:1: empty"}


def test_scores_of_a_case_worked_by_hand():
    """
    Orders 10, 0 and mean 8, 1: WAPE 3/10, MAPE 2/10 of the row with sales, sMAPE
    (200 * 2/18 + 200) / 2. p10 = 5, p50 = 10, p90 = 12 and 1, 1, 1: pinball
    (0.5 + 0 + 0.2 + 0.9 + 0.5 + 0.1) / 6; the second row lies outside.
    """
    day = [MONDAY, MONDAY + WEEK]
    truth = pl.DataFrame({"date": day, "area_id": ["a", "a"], "orders": [10, 0]})
    figures = {"mean": [8.0, 1], "p10": [5.0, 1], "p50": [10.0, 1], "p90": [12.0, 1]}
    forecast = pl.DataFrame({"date": day, "area_id": ["a", "a"]} | figures)
    found = scores(with_truth(forecast, truth))
    assert found["WAPE"] == pytest.approx(30)
    assert found["WAPE_p50"] == pytest.approx(10)
    assert found["MAPE"] == pytest.approx(20)
    assert found["MAPE_p50"] == pytest.approx(0)
    assert found["sMAPE"] == pytest.approx((200 * 2 / 18 + 200) / 2)
    assert found["pinball"] == pytest.approx(2.2 / 6)
    assert found["coverage_80"] == pytest.approx(0.5)


def test_best_point_by_mape_of_a_lognormal():
    """
    Of exp(N(mu, s^2)), the point of least mean |y - f| / y is exp(mu - s^2): no other
    point does better on 200,000 draws.
    """
    mu, s = 4.0, 0.6
    y = np.exp(np.random.default_rng(0).normal(mu, s, 200_000))
    tried = np.linspace(20, 70, 501)
    best = tried[np.argmin([np.mean(np.abs(y - f) / y) for f in tried])]
    z = 1.2816
    truth = pl.DataFrame({"date": [MONDAY], "area_id": ["a"], "orders": [100]})
    figures = {
        "mean": [1.0],
        "p10": [np.exp(mu - z * s)],
        "p50": [np.exp(mu)],
        "p90": [np.exp(mu + z * s)],
    }
    forecast = pl.DataFrame({"date": [MONDAY], "area_id": ["a"]} | figures)
    found = scores(with_truth(forecast, truth), distribution=True)
    assert 100 - found["MAPE"] == pytest.approx(np.exp(mu - s**2), rel=1e-3)
    assert best == pytest.approx(np.exp(mu - s**2), rel=0.01)


def test_forecast_that_lacks_rows_is_refused():
    truth = weekly([1, 2])
    forecast = demand_models.mean(None, weekly([1]), 1, (), 52, "W")
    with pytest.raises(ValueError, match="no forecast for 1 of 2 rows"):
        with_truth(forecast, truth)


@needs_oj
def test_written_tables_read_as_the_command_reads_them(juice, tmp_path):
    """The settings stand beside the tables and are settings of analyze-demand."""
    write(juice, tmp_path)
    found = read_config(tmp_path / "analyze_demand.yaml", AnalyzeDemandSettings)
    assert found.transactions.known_ahead == list(OJ_AHEAD)
    assert found.transactions.period == "week"
    assert (tmp_path / "areas.csv").exists()
