"""Orders to come, what drives them and what was odd, on the analyst's terminal."""

import datetime as dt
from collections.abc import Sequence

import polars as pl
from rich.console import Console

from cstore_cli.demand.history import Anomaly
from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_NONE = "-"
_TOTAL = "*"
_MOST_LISTED = 10
_WEEK_DAYS = 7
TOLD_BY = {
    "seasonal_naive": "the seasonal naive",
    "mean": "their recent mean",
    "cross_section": "what areas are like",
    "global": "trees over all areas",
    "global_quantiles": "trees of quantiles",
}


def print_anomalies(console: Console, anomalies: Sequence[Anomaly]) -> None:
    """Print what was odd in the tables, how often, where, and how it was treated."""
    if not anomalies:
        console.print()
        print_sentence(console, "Nothing odd was found in the tables.")
        return
    rows = [
        (anomaly.what, whole(anomaly.count), anomaly.where, anomaly.treated)
        for anomaly in anomalies
    ]
    columns = (*words("what"), *figures("number"), *words("where", "what was done"))
    print_grid(console, "Odd in the tables", columns, rows)


def print_forecast(console: Console, table: pl.DataFrame, period_days: int) -> None:
    """
    Print the total by week, single days with their range, and the areas with most.

    ``table`` is that of a forecast: area_id, date, mean, p10, p50, p90, model,
    history_days, a row per area and period of ``period_days`` and those of the total.
    """
    total = table.filter(pl.col("area_id") == _TOTAL).sort("date")
    areas = table.filter(pl.col("area_id") != _TOTAL)
    unit = "day" if period_days == 1 else "week"
    first, orders = total.row(0, named=True), float(total["mean"].sum())
    last = total["date"][-1] + dt.timedelta(days=period_days - 1)
    console.print()
    num_areas = areas["area_id"].n_unique()
    print_sentence(
        console,
        f"{whole(orders)} orders expected from {first['date']} to {last}: "
        f"{whole(orders / len(total))} a {unit}, in {whole(num_areas)} areas",
        "bold",
    )
    most = total.sort("mean", "date", descending=[True, False]).row(0, named=True)
    print_sentence(console, one_period(f"First {unit}", first, period_days))
    print_sentence(console, one_period(f"Busiest {unit}", most, period_days))
    if period_days == 1:
        _print_by_week(console, total)
    else:
        _print_weeks(console, total)
    _print_areas(console, areas, unit)
    print_sentence(console, told_by(areas, orders))
    print_sentence(console, without_history(areas, orders))


def one_period(name: str, row: dict[str, object], period_days: int) -> str:
    """Return orders of one period and the range that holds them 8 times in 10."""
    date, mean, low, high = (row[key] for key in ("date", "mean", "p10", "p90"))
    day = f"{date:%a} {date}" if period_days == 1 else f"from {date}"
    return (
        f"{name}, {day}: {mean:,.0f} orders; 8 times in 10 it is {low:,.0f} to "
        f"{high:,.0f}"
    )


def _print_by_week(console: Console, total: pl.DataFrame) -> None:
    """Print sums of seven days; quantiles of days do not add up, so none is shown."""
    number = pl.int_range(pl.len()) // _WEEK_DAYS
    weeks = total.group_by(number.alias("week"), maintain_order=True).agg(
        pl.col("date").first(),
        pl.len().alias("days"),
        pl.col("mean").sum(),
        pl.col("date").sort_by("mean", descending=True).first().alias("busiest"),
    )
    shown = weeks.head(_MOST_LISTED)
    rows = [
        (
            str(row["date"]),
            whole(row["days"]),
            whole(row["mean"]),
            whole(row["mean"] / row["days"]),
            f"{row['busiest']:%a} {row['busiest']}",
        )
        for row in shown.iter_rows(named=True)
    ]
    columns = (*figures("from", "days", "orders", "a day"), *words("busiest day"))
    print_grid(console, f"Orders by week{_of(shown, weeks)}", columns, rows)


def _print_weeks(console: Console, total: pl.DataFrame) -> None:
    shown = total.head(_MOST_LISTED)
    rows = [
        (str(row["date"]), *(whole(row[name]) for name in ("mean", "p10", "p90")))
        for row in shown.iter_rows(named=True)
    ]
    columns = figures("from", "orders", "8 in 10\nfrom", "\nto")
    print_grid(console, f"Orders by week{_of(shown, total)}", columns, rows)


def _print_areas(console: Console, areas: pl.DataFrame, unit: str) -> None:
    sums = (
        areas.group_by("area_id")
        .agg(
            pl.col("mean").sum().alias("orders"),
            pl.len().alias("periods"),
            pl.col("history_days").first(),
        )
        .sort("orders", "area_id", descending=[True, False])
    )
    shown = sums.head(_MOST_LISTED)
    rows = [
        (
            row["area_id"],
            whole(row["orders"]),
            tenths(row["orders"] / row["periods"]),
            whole(row["history_days"]) if row["history_days"] else "none",
        )
        for row in shown.iter_rows(named=True)
    ]
    columns = figures("orders", f"a {unit}", "history\ndays")
    title = f"Areas with most orders{_of(shown, sums)}"
    print_grid(console, title, (*words("area"), *columns), rows)


def _of(shown: pl.DataFrame, all_of_them: pl.DataFrame) -> str:
    more = len(all_of_them) > len(shown)
    return f", {len(shown)} of {len(all_of_them)}" if more else ""


def told_by(areas: pl.DataFrame, orders: float) -> str:
    """Return who told the means, by their part of all orders."""
    sums = areas.group_by("model").agg(pl.col("mean").sum())
    parts = sums.sort("mean", "model", descending=[True, False]).rows()
    told = [
        f"{TOLD_BY[model]} {percent(mean / orders) if orders else _NONE}"
        for model, mean in parts
    ]
    return f"Told by, in parts of the orders: {', '.join(told)}"


def without_history(areas: pl.DataFrame, orders: float) -> str:
    """Return how many areas have no history, and their part of all orders."""
    new = areas.filter(pl.col("history_days") == 0)
    count = new["area_id"].n_unique()
    if not count:
        return "Every area has a history."
    theirs = float(new["mean"].sum())
    part = f" ({percent(theirs / orders)} of all)" if orders else ""
    return (
        f"Areas without a history, told by what they are like: {whole(count)}, with "
        f"{whole(theirs)} orders{part}"
    )


DRIVERS_OF = {
    "level": "What makes one area ask for more than another, per person",
    "course": "What makes orders rise and fall over time",
}


def print_drivers(console: Console, drivers: pl.DataFrame) -> None:
    """
    Print what drives demand, in words: of areas against each other, then over time.

    ``drivers``: driver, of ("level", "course"), importance (points of WAPE),
    joint_importance (with those it is confused with; null: none), in_words.
    """
    for of, title in DRIVERS_OF.items():
        _print_drivers_of(console, drivers.filter(pl.col("of") == of), title)


def _print_drivers_of(console: Console, drivers: pl.DataFrame, title: str) -> None:
    """Print the drivers that matter, alone or together, then name the others."""
    weight = pl.max_horizontal("importance", "joint_importance").round(1)
    untested = drivers.filter(pl.col("importance").is_null())
    drivers = drivers.filter(pl.col("importance").is_not_null())
    ordered = drivers.with_columns(weight=weight).sort(
        "weight", "importance", "driver", descending=[True, True, False]
    )
    some = ordered.filter(pl.col("weight") > 0)
    shown = some.head(_MOST_LISTED)
    rows = [
        (tenths(max(row["importance"], 0.0)), row["in_words"])
        for row in shown.iter_rows(named=True)
    ]
    columns = (*figures("points"), *words("driver"))
    print_grid(console, f"{title}{_of(shown, some)}", columns, rows)
    if rows:
        points = (
            "Points: the error, in % of orders, is so much larger without the driver"
        )
        print_sentence(console, points)
    else:
        why = "nothing that can be seen" if len(drivers) else "not known, too few data"
        console.print()
        print_sentence(console, f"{title}: {why}.")
    for sentence in untested["in_words"]:
        print_sentence(console, sentence)
    others = sorted(ordered.filter(pl.col("weight") <= 0)["driver"])
    if others:
        print_sentence(console, f"No difference to be seen: {', '.join(others)}")
