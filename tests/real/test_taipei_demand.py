"""Demand of a real city: in time, its ranges hold, and likeness beats the mean."""

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT.parent / "shared/data/taipei_day"
DAY, EARLIER = dt.date(2026, 11, 23), dt.date(2026, 10, 26)
HORIZON, AREAS, NEW = 28, 456, 23
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CITY.is_dir(), reason="../shared/data/taipei_day is absent"),
]


def analyzed(day, out, *more):
    """Run the command; its seconds."""
    began = time.monotonic()
    config = ROOT / "tests/real/taipei_demand.yaml"
    words = ["analyze-demand", "--config", config, "--date", day, "--out", out, "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "cstore_cli", *map(str, words), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Folder and seconds of a forecast from the day on."""
    out = tmp_path_factory.mktemp("demand")
    return out, analyzed(DAY, out)


@pytest.fixture(scope="module")
def backtest(run):
    return pl.read_csv(run[0] / "backtest.csv")


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """Rows forecast from a day four weeks earlier, with what came since."""
    out = tmp_path_factory.mktemp("past")
    analyzed(EARLIER, out)
    forecast = pl.read_csv(out / "forecast.csv", try_parse_dates=True)
    came = pl.read_csv(CITY / "transactions.csv.gz", try_parse_dates=True)
    return forecast.join(came, on=["area_id", "date"])


def test_forecast_is_there_within_two_minutes(run):
    out, seconds = run
    forecast = pl.read_csv(out / "forecast.csv")
    assert seconds <= 120
    areas = forecast.filter(pl.col("area_id") != "*")
    assert len(areas) == HORIZON * AREAS
    assert (areas["history_days"] == 0).sum() == HORIZON * NEW
    assert forecast.null_count().sum_horizontal().item() == 0


def test_ranges_hold_four_in_five(backtest):
    """Pooled 77 to 83 %, each week ahead and third of volume 72 to 88 %."""
    held = backtest.filter((pl.col("level") == "areas") & (pl.col("model") == "chosen"))
    by_part = dict(held.select("part", "coverage_80_pct").rows())
    assert len(by_part) == 1 + 4 + 3
    assert 77 <= by_part.pop("all") <= 83
    assert all(72 <= share <= 88 for share in by_part.values()), by_part


def test_ranges_hold_for_days_the_run_never_saw(past):
    """Counted here, from the forecast and the orders that came."""
    held = past.select(pl.col("orders").is_between("p10", "p90").mean()).item()
    assert 0.77 <= held <= 0.83


def test_new_areas_are_told_better_than_by_their_people(backtest):
    whole = backtest.filter(
        (pl.col("level") == "areas_without_history") & (pl.col("part") == "all")
    )
    error = dict(whole.select("model", "wape_pct").rows())
    assert error["chosen"] < error["per_person"]


def test_nowhere_worse_than_the_seasonal_naive(backtest):
    chosen = backtest.filter(pl.col("model") == "chosen")
    assert chosen["to_seasonal_naive_pct"].max() <= 1


def test_days_never_seen_are_told_better_than_by_the_week_before(past):
    """Error of the mean and of the orders of 28 days before."""
    came = pl.read_csv(CITY / "transactions.csv.gz", try_parse_dates=True)
    before = came.with_columns(pl.col("date").dt.offset_by("28d"), naive="orders")
    both = past.join(before.select("area_id", "date", "naive"), on=["area_id", "date"])
    error = both.select(
        (pl.col("mean") - pl.col("orders")).abs().sum(),
        (pl.col("naive") - pl.col("orders")).abs().sum().alias("naive"),
    ).row(0)
    assert error[0] < 0.8 * error[1]
