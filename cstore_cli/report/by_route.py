"""The routes: which van, when, and what it carries."""

import polars as pl
from rich.console import Console

from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.tables.write import clock_text


def print_routes(console: Console, routes: pl.DataFrame, currency: str) -> None:
    """Print a row per route, in the plan's order."""
    clocks = routes.with_columns(clock_text(pl.col("departs", "returns")))
    print_grid(
        console,
        "Routes",
        (
            *words("route", "van"),
            *figures("departs", "returns", "trips", "stops", "parcels"),
            *figures("litres", "kg", "km", f"cost\n{currency}"),
        ),
        (
            (
                row["route_id"],
                f"{row['vehicle_type']} {row['vehicle_no']}",
                row["departs"],
                row["returns"],
                whole(row["trips"]),
                whole(row["stops"]),
                whole(row["parcels"]),
                whole(row["litres"]),
                whole(row["kg"]),
                tenths(row["km"]),
                whole(row["cost"]),
            )
            for row in clocks.iter_rows(named=True)
        ),
    )
