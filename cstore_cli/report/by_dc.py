"""The vans' work by DC, and how far from the best it may be."""

from collections.abc import Sequence

import polars as pl
from rich.console import Console

from cstore_cli.dayplan.day_plan import DcSearch
from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_SUMS = ("parcels", "stops", "routes", "km", "minutes", "cost")


def print_by_dc(
    console: Console,
    routes: pl.DataFrame,
    searches: Sequence[DcSearch],
    given: Sequence[str],
    currency: str,
) -> None:
    """
    Print a row per DC that had routes to find, and the total.

    ``given`` is what a gap to all routes takes as given.
    """
    work = {str(row["dc_id"]): row for row in _sums(routes, pl.col("dc_id")).to_dicts()}
    nothing = dict.fromkeys(_SUMS, 0)
    rows = [
        (
            search.dc_id,
            *_figures(work.get(search.dc_id, nothing)),
            percent(search.gap_columns),
            percent(search.gap_all_routes),
        )
        for search in searches
    ]
    total = _sums(routes, pl.lit("total")).to_dicts() or [nothing]
    print_grid(
        console,
        "Vans by DC",
        (
            *words("dc"),
            *figures("parcels", "stops", "routes", "km", "hours", f"cost\n{currency}"),
            *figures("gap to best of\nroutes found", "gap to all\nroutes"),
        ),
        rows,
        ("total", *_figures(total[0]), "", ""),
    )
    if any(search.gap_all_routes is not None for search in searches):
        told = f"The gap to all routes takes as given: {', '.join(given)}."
        print_sentence(console, told)


def _sums(routes: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    return routes.group_by(key).agg(
        pl.col("parcels", "stops", "km", "minutes", "cost").sum(),
        pl.len().alias("routes"),
    )


def _figures(work: dict[str, float]) -> tuple[str, ...]:
    return (
        whole(work["parcels"]),
        whole(work["stops"]),
        whole(work["routes"]),
        tenths(work["km"]),
        tenths(work["minutes"] / 60),
        whole(work["cost"]),
    )
