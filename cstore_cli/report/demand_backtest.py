"""How past forecasts came out, on the analyst's terminal."""

import polars as pl
from rich.console import Console

from cstore_cli.demand.results import (
    AREAS,
    CHOSEN,
    PER_PERSON,
    TOTAL,
    UNSERVED,
    Backtest,
)
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_NONE = "-"
_ALL = "all"
_NAIVE = "seasonal_naive"
_TITLES = {
    AREAS: "Areas",
    UNSERVED: "Areas as if they had no history",
    TOTAL: "Total of all areas",
}
_MODELS = {
    CHOSEN: "chosen",
    _NAIVE: "as a season before (naive)",
    "mean": "recent mean",
    "cross_section": "what the area is like",
    "global": "trees over all areas",
    PER_PERSON: "city's mean per person",
}


def print_backtest(console: Console, backtest: Backtest) -> None:
    """Print errors of all candidates and where, and where the chosen one is worse."""
    console.print()
    table = backtest.table
    if table.is_empty():
        print_sentence(
            console,
            "Unproven: history is too short to forecast any of it as if it were to "
            "come, so nobody can say how far off these figures are.",
            "bold",
        )
        return
    print_sentence(console, _headline(table), "bold")
    print_sentence(console, _origins(backtest))
    for level in _TITLES:
        _print_candidates(console, table.filter(pl.col("level") == level), level)
    _print_parts(console, table.filter(pl.col("level") == AREAS))
    print_sentence(console, _worse(table))


def _headline(table: pl.DataFrame) -> str:
    errors = dict(
        table.filter((pl.col("part") == _ALL) & (pl.col("model") == CHOSEN))
        .select("level", "wape_pct")
        .rows()
    )
    names = {
        AREAS: "an area",
        UNSERVED: "an area without history",
        TOTAL: "the total",
    }
    told = [
        f"{name} by {_tenths(errors[level])} %"
        for level, name in names.items()
        if errors.get(level) is not None
    ]
    what = ", ".join(told) if told else "not known by how much (no orders to miss)"
    return f"Past forecasts missed {what} of its orders" if told else f"Missed: {what}"


def _origins(backtest: Backtest) -> str:
    scored, origins = backtest.scored, backtest.origins
    return (
        f"Forecasts were made again as of {whole(len(origins))} past dates "
        f"({origins[0]} to {origins[-1]}), each from what was known before it. Scored "
        f"are the {whole(len(scored))} from {scored[0]} on; earlier ones only choose "
        "who forecasts and set how wide ranges are."
    )


def _print_candidates(console: Console, rows: pl.DataFrame, level: str) -> None:
    """Print a row per candidate over all that was scored."""
    every = rows.filter(pl.col("part") == _ALL)
    cells = [
        (
            _MODELS[row["model"]]
            if (level, row["model"]) != (UNSERVED, CHOSEN)
            else _MODELS["cross_section"],
            _tenths(row["wape_pct"]),
            _signed(row["to_seasonal_naive_pct"]),
            _tenths(row["mape_pct"]),
            _signed(row["bias_pct"]),
            _tenths(row["coverage_80_pct"]),
        )
        for row in every.iter_rows(named=True)
    ]
    columns = figures(
        "error %\n(WAPE)",
        "more than\nnaive %",
        "mean error\n% (MAPE)",
        "too high\n% (bias)",
        "in 80 %\nrange %",
    )
    title = f"{_TITLES[level]}: how far off forecasts were"
    print_grid(console, title, (*words("forecast by"), *columns), cells)


def _print_parts(console: Console, rows: pl.DataFrame) -> None:
    """Print a row per group of steps and third of volume, with who was best there."""
    cells = []
    for part in rows["part"].unique(maintain_order=True):
        of_part = rows.filter(pl.col("part") == part)
        chosen = of_part.filter(pl.col("model") == CHOSEN).row(0, named=True)
        naive = of_part.filter(pl.col("model") == _NAIVE)["wape_pct"].to_list()
        best = of_part.filter(pl.col("model") != CHOSEN).drop_nulls("wape_pct")
        winner = best.sort("wape_pct", maintain_order=True)["model"].to_list()
        cells.append(
            (
                part.replace("volume ", "orders: "),
                _tenths(chosen["wape_pct"]),
                _tenths(naive[0] if naive else None),
                _tenths(best["wape_pct"].min() if len(best) else None),
                _MODELS[winner[0]] if winner else _NONE,
                _tenths(chosen["coverage_80_pct"]),
            )
        )
    columns = (
        *words("part"),
        *figures("chosen\nerror %", "naive\nerror %", "least\nerror %"),
        *words("least by"),
        *figures("in 80 %\nrange %"),
    )
    title = "Areas by days ahead and by number of orders (thirds)"
    if rows["part"].str.starts_with("week").any():
        title = title.replace("days", "weeks")
    print_grid(console, title, columns, cells)


def _worse(table: pl.DataFrame) -> str:
    """Return where the chosen forecast was worse than the seasonal naive at all."""
    told = table.filter(
        (pl.col("model") == CHOSEN) & pl.col("to_seasonal_naive_pct").is_not_null()
    )
    if told.is_empty():
        return "There was no seasonal naive forecast to compare with."
    worse = told.filter(pl.col("to_seasonal_naive_pct") > 0)
    if worse.is_empty():
        return "Nowhere was the chosen forecast worse than the seasonal naive."
    places = [
        f"{_TITLES[level].lower()}, {part.replace('volume ', 'orders: ')} "
        f"({_signed(beyond)} %)"
        for level, part, beyond in worse.select(
            "level", "part", "to_seasonal_naive_pct"
        ).rows()
    ]
    return f"Worse than the seasonal naive: {'; '.join(places)}"


def _tenths(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.1f}"


def _signed(value: float | None) -> str:
    """+0.5; what is too small for a tenth is not shown as none."""
    if value is None:
        return _NONE
    if value and abs(value) < 0.05:  # noqa: PLR2004
        return f"{value:+.0e}" if abs(value) < 0.001 else f"{value:+.3f}"  # noqa: PLR2004
    return f"{value:+,.1f}" if value else "0.0"
