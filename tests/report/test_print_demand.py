"""Tests of orders to come and how past forecasts came out, as an analyst reads it."""

import datetime as dt
import io
import re
import subprocess
import sys

import polars as pl
import pytest
from rich.console import Console

from cstore_cli.demand.history import Anomaly
from cstore_cli.demand.outlook import CANDIDATES
from cstore_cli.demand.results import Backtest
from cstore_cli.report.demand import print_anomalies, print_drivers, print_forecast
from cstore_cli.report.demand_backtest import print_backtest

MONDAY = dt.date(2026, 11, 23)


def shown(printer, *result, width=80):
    file = io.StringIO()
    printer(Console(file=file, width=width), *result)
    return file.getvalue()


def part(text, title):
    """Rows of a table, their cells."""
    body = text.split(f"\n{title}")[1].split("\n\n")[0]
    lines = body.split("─\n", 1)[1].splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in lines if line.strip()]


def test_anomaly_is_told_with_number_place_and_treatment():
    odd = Anomaly("area code changed", 1234, "X1 is A1 now", "given to A1")

    assert part(shown(print_anomalies, [odd], width=100), "Odd in the tables") == [
        ["area code changed", "1,234", "X1 is A1 now", "given to A1"]
    ]


def test_nothing_odd_is_said():
    assert "Nothing odd was found" in shown(print_anomalies, [])


def forecast(means, step=1, history=None):
    """Means by area and period; the total's p10 and p90 are 10 % below and above."""
    history = history or {}
    total = [sum(column) for column in zip(*means.values(), strict=True)]
    lines = [
        {
            "area_id": area,
            "date": MONDAY + dt.timedelta(days=step * k),
            "mean": float(mean),
            "p10": mean * 0.9,
            "p50": float(mean),
            "p90": mean * 1.1,
            "model": "sum" if area == "*" else models(history.get(area, 56)),
            "history_days": history.get(area, 56),
        }
        for area, row in {**means, "*": total}.items()
        for k, mean in enumerate(row)
    ]
    return pl.DataFrame(lines)


def models(days):
    return "global" if days else "cross_section"


def test_total_is_told_in_one_sentence_by_hand():
    """Two areas of 60 and 40 a day for nine days: 900 orders, 100 a day."""
    table = forecast({"A": [60] * 9, "B": [40] * 9})

    assert shown(print_forecast, table, 1).splitlines()[1] == (
        "900 orders expected from 2026-11-23 to 2026-12-01: 100 a day, in 2 areas"
    )


def test_weeks_add_up_and_say_how_many_days_they_have():
    """Seven days of 100, then 200 and 150."""
    table = forecast({"A": [100] * 7 + [200, 150]})

    assert part(shown(print_forecast, table, 1), "Orders by week") == [
        ["2026-11-23", "7", "700", "100", "Mon 2026-11-23"],
        ["2026-11-30", "2", "350", "175", "Mon 2026-11-30"],
    ]


def test_range_is_told_of_single_days_only():
    text = shown(print_forecast, forecast({"A": [100] * 8 + [200]}), 1)

    assert (
        "First day, Mon 2026-11-23: 100 orders; 8 times in 10 it is 90 to 110" in text
    )
    assert "Busiest day, Tue 2026-12-01: 200 orders; 8 times in 10 it is 180" in text
    assert text.count("8 times in 10") == 2


def test_periods_of_a_week_each_have_their_range():
    """The last of two weeks ends on the 13th day after the first day."""
    text = shown(print_forecast, forecast({"A": [100, 200]}, step=7), 7)

    assert "to 2026-12-06: 150 a week" in text
    assert part(text, "Orders by week") == [
        ["2026-11-23", "100", "90", "110"],
        ["2026-11-30", "200", "180", "220"],
    ]


def test_long_forecast_is_cut_and_says_so():
    text = shown(print_forecast, forecast({"A": [1] * 12}, step=7), 7)

    assert len(part(text, "Orders by week, 10 of 12")) == 10


def test_areas_with_most_come_first_and_ten_at_most():
    means = {f"A{k:02}": [k, k] for k in range(12)}

    text = shown(print_forecast, forecast(means, history={"A11": 0}), 1)

    rows = part(text, "Areas with most orders, 10 of 12")
    assert rows[0] == ["A11", "22", "11.0", "none"]
    assert rows[1] == ["A10", "20", "10.0", "56"]
    assert "A01" not in [row[0] for row in rows]


def test_areas_without_history_are_counted_with_their_orders():
    """One of two areas, 25 of 100 orders a day."""
    table = forecast({"A": [75, 75], "B": [25, 25]}, history={"B": 0})

    text = shown(print_forecast, table, 1)

    assert "what they are like: 1, with 50 orders (25.00 % of all)" in text
    assert "trees over all areas 75.00 %, what areas are like 25.00 %" in text


def test_no_orders_at_all_are_no_fault():
    text = shown(print_forecast, forecast({"A": [0, 0]}, history={"A": 0}), 1)

    assert text.splitlines()[1].startswith("0 orders expected")
    assert "1, with 0 orders\n" in text


FIGURES = ["level", "part", "model", "wape_pct", "to_seasonal_naive_pct"]


def backtest(*more, chosen=-20.0, total=-50.0):
    """Rows of level, part, model, WAPE and how much more that is than the naive's."""
    told = [
        ("areas", "all", "chosen", 16.0, chosen),
        ("areas", "all", "seasonal_naive", 20.0, 0.0),
        ("areas", "all", "global", 16.5, -17.5),
        ("areas", "days 1-7", "chosen", 15.0, -25.0),
        ("areas", "days 1-7", "seasonal_naive", 20.0, 0.0),
        ("areas", "days 1-7", "global", 14.04, -29.8),
        ("areas_without_history", "all", "chosen", 25.0, None),
        ("areas_without_history", "all", "per_person", 30.0, None),
        ("total", "all", "chosen", 5.0, total),
        ("total", "all", "seasonal_naive", 10.0, 0.0),
        *more,
    ]
    others = {
        "periods": pl.lit(40),
        "mape_pct": pl.col("wape_pct") + 1,
        "bias_pct": pl.lit(-1.25),
        "coverage_80_pct": pl.when(pl.col("model") == "chosen").then(79.0),
    }
    origins = [MONDAY - dt.timedelta(days=28 * k) for k in (4, 3, 2, 1)]
    schema = dict.fromkeys(FIGURES[:3], pl.String) | dict.fromkeys(
        FIGURES[3:], pl.Float64
    )
    table = pl.DataFrame(told, schema=schema, orient="row").with_columns(**others)
    return Backtest(table, tuple(origins), tuple(origins[2:]))


def came_out(result, season=7, period_days=1, width=80):
    return shown(print_backtest, result, season, period_days, width=width)


def test_errors_of_each_candidate_are_shown():
    text = came_out(backtest())

    assert text.splitlines()[1] == (
        "Past forecasts missed an area by 16.0 %, an area without history by 25.0 %, "
        "the total by 5.0 % of its orders"
    )
    assert part(text, "Areas: how far off") == [
        ["chosen", "16.0", "-20.0", "17.0", "-1.2", "79.0"],
        ["as 7 days before (naive)", "20.0", "+0.0", "21.0", "-1.2", "-"],
        ["trees over all areas", "16.5", "-17.5", "17.5", "-1.2", "-"],
    ]
    assert part(text, "Total of all areas: how far off")[0][1:3] == ["5.0", "-50.0"]


@pytest.mark.parametrize("model", CANDIDATES)
def test_every_candidate_has_a_name(model):
    """In the backtest and as the one who told a forecast."""
    came_out(backtest(("areas", "all", model, 17.0, -15.0)))

    table = forecast({"A": [1]}).with_columns(
        model=pl.when(pl.col("area_id") == "A").then(pl.lit(model)).otherwise("model")
    )
    assert "100.00 %" in shown(print_forecast, table, 1)


def test_areas_without_history_are_against_the_mean_per_person():
    rows = part(came_out(backtest()), "Areas as if they had no history")

    assert rows == [
        ["what the area is like", "25.0", "-", "26.0", "-1.2", "79.0"],
        ["city's mean per person", "30.0", "-", "31.0", "-1.2", "-"],
    ]


@pytest.mark.parametrize(
    ("like", "words"),
    [
        (29.9, "better than"),
        (29.96, "as well as"),
        (30.0, "as well as"),
        (30.1, "no better than"),
    ],
)
def test_likeness_is_said_to_be_better_only_where_it_is(like, words):
    found = backtest()
    cell = (pl.col("level") == "areas_without_history") & (pl.col("model") == "chosen")
    table = found.table.with_columns(
        wape_pct=pl.when(cell).then(like).otherwise("wape_pct")
    )

    text = came_out(Backtest(table, found.origins, found.scored))

    assert f"tells {words} the city's mean per person: error {like:.1f} %" in text


def test_best_candidate_of_each_part_is_named():
    """In days 1-7 it is the trees, though another was chosen."""
    rows = part(came_out(backtest()), "Areas by days ahead")

    assert rows == [
        ["all of it", "16.0", "20.0", "16.5", "trees over all areas", "79.0"],
        ["days 1-7", "15.0", "20.0", "14.0", "trees over all areas", "79.0"],
    ]


def test_origins_are_told():
    text = came_out(backtest())

    assert "as of 4 past dates (2026-08-03 to 2026-10-26)" in text
    assert "the 2 from 2026-09-28 on; earlier ones only choose" in text


def test_nowhere_worse_is_said():
    assert "Nowhere was the chosen forecast worse" in came_out(backtest())


def test_worse_than_naive_is_said_the_worst_first():
    """A candidate's own row does not count, nor does one as good."""
    more = [
        ("areas", "volume low", "chosen", 30.0, 0.0),
        ("areas", "volume low", "mean", 60.0, 100.0),
        ("areas", "volume high", "chosen", 30.0, 1.0),
    ]

    text = came_out(backtest(*more, chosen=0.01, total=12.345))

    assert (
        "Worse than the seasonal naive in 3 of 5 parts: total of all areas, all of it "
        "(+12.3 %); areas, orders: high (+1.0 %); areas, all of it (< +0.1 %)\n"
    ) in text


def test_no_naive_to_compare_with_is_said():
    found = backtest()
    table = found.table.filter(pl.col("model") != "seasonal_naive").with_columns(
        to_seasonal_naive_pct=pl.lit(None, dtype=pl.Float64)
    )

    text = came_out(Backtest(table, found.origins, found.scored))

    assert "no seasonal naive forecast to compare with" in text
    assert "Nowhere" not in text


def test_no_orders_to_miss_are_no_fault():
    found = backtest()
    nothing = pl.lit(None, dtype=pl.Float64)
    table = found.table.with_columns(wape_pct=nothing, to_seasonal_naive_pct=nothing)

    text = came_out(Backtest(table, found.origins, found.scored))

    assert "no orders that they could have missed" in text


def test_weeks_are_called_weeks():
    text = came_out(backtest(), season=52, period_days=7)

    assert "as 52 weeks before (naive)" in text
    assert "Areas by weeks ahead" in text


def test_no_backtest_is_unproven():
    found = backtest()

    text = came_out(Backtest(found.table.clear(), (), ()))

    assert text.strip().startswith("Unproven: history is too short")


@pytest.mark.parametrize("width", [80, 140])
def test_nothing_runs_past_the_terminal(width):
    """Sentences are whole in a file; tables keep within its width."""
    more = [("areas", "volume middle", "chosen", 111.1, -11.1)]
    text = came_out(backtest(*more), width=width)
    text += shown(print_forecast, forecast({"A": [123456] * 9}), 1, width=width)

    rules = [line for line in text.splitlines() if set(line) == {"─"}]
    assert len(rules) == 6
    assert max(map(len, rules)) <= width


def drivers(*rows):
    names = ["driver", "of", "importance", "joint_importance", "in_words"]
    floats = {"importance": pl.Float64, "joint_importance": pl.Float64}
    return pl.DataFrame(rows, schema=names, orient="row", schema_overrides=floats)


def test_drivers_are_in_words_by_what_they_are_of():
    """What matters together with others comes by that; what does not is only named."""
    found = drivers(
        ("income", "level", 2.04, None, "more where income is higher"),
        ("age share", "level", -0.1, 5.0, "not to be told apart"),
        ("kids share", "level", -0.2, None, "no difference"),
        ("weekday", "course", 1.0, None, "most on Sunday"),
    )

    text = shown(print_drivers, found)

    assert part(text, "What makes one area ask for more") == [
        ["0.0", "not to be told apart"],
        ["2.0", "more where income is higher"],
        ["Points: the error, in % of orders, is so much larger without the driver"],
        ["No difference to be seen: kids share"],
    ]
    assert part(text, "What makes orders rise and fall")[0] == ["1.0", "most on Sunday"]


def test_no_driver_that_can_be_seen_is_said():
    text = shown(print_drivers, drivers(("income", "level", 0.01, None, "nothing")))

    assert "per person: nothing that can be seen." in text
    assert "No difference to be seen: income" in text
    assert "rise and fall over time: not known, too few data." in text


def test_drivers_are_ten_at_most():
    found = drivers(*((f"d{k:02}", "level", k, None, f"w{k}") for k in range(1, 13)))

    rows = part(shown(print_drivers, found), "What makes one area ask for more")

    assert rows[0] == ["12.0", "w12"]
    assert rows[9] == ["3.0", "w3"]
    assert rows[10][0].startswith("Points")


def test_showing_results_loads_no_models():
    code = (
        "import sys, cstore_cli.report.demand, cstore_cli.report.demand_backtest;"
        "sys.exit('sklearn' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
