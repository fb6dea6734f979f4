"""A day's plan on the dispatcher's terminal, also without colours and in a pipe."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.dayplan.day_plan import DayPlan
from cstore_cli.dayplan.moved import Moved
from cstore_cli.report.by_cause import print_causes, print_remedies
from cstore_cli.report.by_dc import print_by_dc
from cstore_cli.report.by_region import print_by_channel, print_by_region
from cstore_cli.report.by_route import print_routes
from cstore_cli.report.headline import balance_line, collections_line, headline
from cstore_cli.report.levels import print_levels
from cstore_cli.report.moved import print_moved
from cstore_cli.report.sentence import print_sentence


def print_plan(
    plan: DayPlan,
    summary: Mapping[str, Any],
    where: Path | None,
    currency: str,
    console: Console,
    moved: Moved | None = None,
) -> None:
    """
    Print what the plan does, from the whole day down to each route, then its price.

    ``summary`` is that of summary.json; ``where`` is None when nothing was written.
    """
    tables, balance = plan.tables, summary["balance"]
    parcels = tables.parcels
    print_sentence(console, headline(balance, tables.routes, currency), "bold")
    print_sentence(console, balance_line(balance))
    if "collections" in summary:
        print_sentence(console, collections_line(summary["collections"]))
    print_by_dc(
        console, tables.routes, plan.searches, summary["taken_as_given"], currency
    )
    print_by_channel(console, parcels)
    print_by_region(console, tables.regions, parcels)
    print_routes(console, tables.routes, currency)
    delivers = pl.col("task") == "deliver"
    print_causes(console, "Unserved, by cause", plan.unserved.filter(delivers))
    print_remedies(console, plan.groups, currency)
    deferred = parcels.filter(pl.col("status") == "deferred", delivers)
    print_causes(console, "Deferred, by cause", deferred)
    left = parcels.filter(pl.col("status") != "planned", ~delivers)
    print_causes(console, "Returns and hand-ins not fetched, by cause", left)
    print_levels(console, plan.levels, currency)
    if moved:
        print_moved(console, moved, currency)
    console.print()
    if not plan.stores_proven:
        print_sentence(console, "Note: the choice of stores is not proven the best.")
    for note in plan.notes:
        print_sentence(console, f"Note: {note}")
    written = "No plan was written" if where is None else f"Plan written to {where}"
    print_sentence(console, written, "bold")
