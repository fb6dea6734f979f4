"""How past forecasts came out, on the analyst's terminal."""

from collections.abc import Mapping

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
TITLES = {
    AREAS: "Areas",
    UNSERVED: "Areas as if they had no history",
    TOTAL: "Total of all areas",
}
_MODELS = {
    CHOSEN: "chosen",
    "mean": "its recent mean",
    "cross_section": "what the area is like",
    "global": "trees over all areas",
    "global_quantiles": "trees of quantiles",
    PER_PERSON: "city's mean per person",
}


def print_backtest(
    console: Console, backtest: Backtest, season: int, period_days: int
) -> None:
    """
    Print errors of all candidates and where, and where the chosen one is worse.

    ``season`` is how many periods, of ``period_days`` each, the naive one goes back.
    """
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
    print_sentence(console, headline(table), "bold")
    print_sentence(console, origins_told(backtest))
    unit = "day" if period_days == 1 else "week"
    named = models_named(season, period_days)
    for level in TITLES:
        _print_candidates(console, table.filter(pl.col("level") == level), level, named)
    _print_parts(console, table.filter(pl.col("level") == AREAS), unit, named)
    console.print()
    print_sentence(console, worse(table))
    print_sentence(console, worse_than_per_person(table))


def models_named(season: int, period_days: int) -> dict[str, str]:
    """Return each model in words."""
    unit = "day" if period_days == 1 else "week"
    return {**_MODELS, _NAIVE: f"as {season} {unit}s before (naive)"}


def headline(table: pl.DataFrame) -> str:
    """Return by how much past forecasts missed."""
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
    if not told:
        return "Past forecasts: there were no orders that they could have missed."
    return f"Past forecasts missed {', '.join(told)} of its orders"


def origins_told(backtest: Backtest) -> str:
    """Return as of when forecasts were made again, and which are scored."""
    scored, origins = backtest.scored, backtest.origins
    return (
        f"Forecasts were made again as of {whole(len(origins))} past dates "
        f"({origins[0]} to {origins[-1]}), each from what was known before it. Scored "
        f"are the {whole(len(scored))} from {scored[0]} on; earlier ones only choose "
        "who forecasts and set how wide ranges are."
    )


def _print_candidates(
    console: Console, rows: pl.DataFrame, level: str, named: Mapping[str, str]
) -> None:
    """Print a row per candidate over all that was scored."""
    cells = candidate_cells(rows, level, named)
    columns = figures(
        "error %\n(WAPE)",
        "against\nnaive %",
        "mean error\n% (MAPE)",
        "bias %:\n+ too high",
        "in 80 %\nrange %",
    )
    title = f"{TITLES[level]}: how far off forecasts were"
    print_grid(console, title, (*words("forecast by"), *columns), cells)


def candidate_cells(
    rows: pl.DataFrame, level: str, named: Mapping[str, str]
) -> list[tuple[str, ...]]:
    """
    Return a row per candidate over all that was scored, the chosen one first.

    Cells are its name, WAPE, WAPE against the naive one, MAPE, bias, and the share
    of periods in the 80 % range, in %.
    """
    if level == UNSERVED:
        named = {**named, CHOSEN: _MODELS["cross_section"]}
    every = rows.filter(pl.col("part") == _ALL)
    return [
        (
            named[row["model"]],
            _tenths(row["wape_pct"]),
            _signed(row["to_seasonal_naive_pct"]),
            _tenths(row["mape_pct"]),
            _signed(row["bias_pct"]),
            _tenths(row["coverage_80_pct"]),
        )
        for row in every.iter_rows(named=True)
    ]


def _print_parts(
    console: Console, rows: pl.DataFrame, unit: str, named: Mapping[str, str]
) -> None:
    """Print a row per group of steps and third of volume, with who was best there."""
    columns = (
        *words("part"),
        *figures("chosen\nerror %", "naive\nerror %", "least\nerror %"),
        *words("least by"),
        *figures("in 80 %\nrange %"),
    )
    title = f"Areas by {unit}s ahead and by number of orders (thirds)"
    print_grid(console, title, columns, part_cells(rows, named))


def part_cells(rows: pl.DataFrame, named: Mapping[str, str]) -> list[tuple[str, ...]]:
    """
    Return a row per group of steps and third of volume.

    Cells are the part, the WAPE of the chosen forecast, of the naive one and of the
    best, who that was, and the share of periods in the 80 % range, in %.
    """
    cells: list[tuple[str, ...]] = []
    for part in rows["part"].unique(maintain_order=True):
        of_part = rows.filter(pl.col("part") == part)
        chosen = of_part.filter(pl.col("model") == CHOSEN).row(0, named=True)
        candidates = of_part.filter(pl.col("model") != CHOSEN).drop_nulls("wape_pct")
        errors: dict[str, float] = dict(candidates.select("model", "wape_pct").rows())
        best = min(errors, key=errors.__getitem__, default=None)
        cells.append(
            (
                part_told(part),
                _tenths(chosen["wape_pct"]),
                _tenths(errors.get(_NAIVE)),
                _NONE if best is None else _tenths(errors[best]),
                _NONE if best is None else named[best],
                _tenths(chosen["coverage_80_pct"]),
            )
        )
    return cells


def worse(table: pl.DataFrame) -> str:
    """Return where the chosen forecast was worse than the seasonal naive at all."""
    told = table.filter(
        (pl.col("model") == CHOSEN) & pl.col("to_seasonal_naive_pct").is_not_null()
    )
    if told.is_empty():
        return "There was no seasonal naive forecast to compare with."
    worse = told.filter(pl.col("to_seasonal_naive_pct") > 0).sort(
        "to_seasonal_naive_pct", descending=True, maintain_order=True
    )
    if worse.is_empty():
        return "Nowhere was the chosen forecast worse than the seasonal naive."
    places = [
        f"{TITLES[level].lower()}, {part_told(part)} ({_signed(beyond)} %)"
        for level, part, beyond in worse.select(
            "level", "part", "to_seasonal_naive_pct"
        ).rows()
    ]
    return (
        f"Worse than the seasonal naive in {len(worse)} of {len(told)} parts: "
        f"{'; '.join(places)}"
    )


def worse_than_per_person(table: pl.DataFrame) -> str:
    """Return whether what areas are like tells those without history better."""
    whole_of_it = (pl.col("level") == UNSERVED) & (pl.col("part") == _ALL)
    errors = dict(table.filter(whole_of_it).select("model", "wape_pct").rows())
    like, per_person = errors.get(CHOSEN), errors.get(PER_PERSON)
    if like is None or per_person is None:
        return "There was no area to try the forecast without history on."
    errors_told = _tenths(like), _tenths(per_person)
    if errors_told[0] == errors_told[1]:
        than = "as well as"
    else:
        than = "better than" if like < per_person else "no better than"
    return (
        f"Without history, what an area is like tells {than} the city's mean per "
        f"person: error {errors_told[0]} % against {errors_told[1]} %."
    )


def part_told(name: str) -> str:
    """Return a part of what was scored in words."""
    return "all of it" if name == _ALL else name.replace("volume ", "orders: ")


def _tenths(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.1f}"


def _signed(value: float | None) -> str:
    """+0.5; what is above nought but too small for a tenth is not shown as none."""
    if value is None:
        return _NONE
    return "< +0.1" if 0 < value < 0.05 else f"{value:+,.1f}"  # noqa: PLR2004
