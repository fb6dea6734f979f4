"""A plan edited by hand: `cstore plan-day --check-only` and `--publish`."""

import sys
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.commands.plan_day_asked import Asked
from cstore_cli.commands.plan_day_files import files_of
from cstore_cli.commands.plan_day_publish import (
    publish_staged,
)
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.moved import Moved, moved_between
from cstore_cli.dayplan.summary import summary_of_edited
from cstore_cli.deadline import Deadline
from cstore_cli.errors import (
    DONE,
    InputError,
)
from cstore_cli.ledger.database import Ledger
from cstore_cli.report.faults import as_json
from cstore_cli.report.live import watching
from cstore_cli.report.moved import print_moved
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.own_columns import with_phone_masked
from cstore_cli.tables.plan import PlanTables
from cstore_cli.tables.plan_folder import (
    read_plan,
    shown_parcels,
    staged,
)
from cstore_cli.tables.read_day import DayRead
from cstore_cli.tables.write import json_bytes
from cstore_cli.travel.of_day import DayTravel

Previous = tuple[str, PlanTables]
"""A plan by its name."""


def check_edited(
    folder: Path,
    asked: Asked,
    read: DayRead,
    settings: PlanDaySettings,
    travel: DayTravel,
    ledger: Ledger | None,
    previous: Previous | None,
    end: Deadline,
) -> int:
    """Check a plan that may have been edited by hand; publish it if asked to."""
    tables = read_plan(folder)
    faults = check(tables, read.inputs, settings, travel)
    if faults:
        found = InputError(f"{folder}: {len(faults)} fault(s) in the plan:", faults)
        if asked.as_json:
            told = {"plan": str(folder), **as_json(found)}
            sys.stdout.write(json_bytes(told).decode())
        raise found
    moved = previous and moved_between(*previous, tables)
    shown = with_phone_masked(shown_parcels(folder))
    summary = _summary_of_edited(tables, shown, read, moved)
    said = f"{folder}: the plan keeps every rule."
    if asked.publish and asked.out and not asked.dry_run:
        with (
            watching(Console(stderr=True), asked.quiet) as watcher,
            files_of(
                tables, shown, read, settings, travel, summary, moved, (), end
            ) as (files, late),
            staged(asked.out, read.inputs.date, files) as plan,
        ):
            watcher.stage("files")
            published, no_pdf = publish_staged(plan, read.inputs, tables, ledger, late)
        said += f" Published as {published}."
        said += f" No drivers.pdf. {no_pdf}" if no_pdf else ""
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif moved and not asked.quiet:
        print_moved(Terminal(), moved, settings.network.currency)
    if not asked.quiet:
        print_sentence(Console(stderr=True), said)
    return DONE


def _summary_of_edited(
    tables: PlanTables, shown: pl.DataFrame, read: DayRead, moved: Moved | None
) -> dict[str, Any]:
    orders = read.inputs.orders.select("order_id", "priority")
    priority = (
        shown.filter(pl.col("task") == "deliver")
        .select("order_id")
        .join(orders, on="order_id", maintain_order="left")
    )
    return summary_of_edited(tables, priority["priority"], read.counts(), moved)
