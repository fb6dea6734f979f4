"""What `cstore plan-day` writes: the plan's tables, and what people look at."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import polars as pl

from cstore_cli.dayplan.explained import Group, unserved_rows
from cstore_cli.dayplan.files import plan_files
from cstore_cli.dayplan.moved import Moved
from cstore_cli.deadline import Deadline
from cstore_cli.report.plan_page.page import plan_page
from cstore_cli.report.sheets.driver import driver_sheets
from cstore_cli.report.sheets.pdf import Printed, printing
from cstore_cli.report.sheets.round import round_sheets
from cstore_cli.report.sheets.store import store_sheets
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.report.tracks.geojson import geojson
from cstore_cli.report.tracks.gpx import gpx
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.plan import PlanTables
from cstore_cli.tables.read_day import DayRead
from cstore_cli.travel.of_day import DayTravel
from cstore_cli.travel.ways import ways_of

# Printing the drivers' sheets takes as long as is left, and never longer than this.
_PRINT_S = 60.0


Late = Callable[[], Printed]
"""Waits for drivers.pdf, which comes after all other files."""


@contextmanager
def files_of(
    tables: PlanTables,
    parcels: pl.DataFrame,
    read: DayRead,
    settings: PlanDaySettings,
    travel: DayTravel,
    summary: Mapping[str, Any],
    moved: Moved | None,
    groups: tuple[Group, ...],
    deadline: Deadline,
) -> Iterator[tuple[dict[str, bytes], Late]]:
    """
    Every file of a plan but run_log.json and drivers.pdf, and what waits for that.

    ``parcels`` are those shown, clock times as HH:MM. Chromium prints while the rest is
    made, and goes on while the block stages and checks it, to the deadline at most.
    """
    files = plan_files(tables, parcels, read.rejected, summary, moved, groups)
    shown = ShownPlan(
        tables=tables,
        parcels=parcels,
        unserved=unserved_rows(parcels, groups),
        summary=summary,
        moved=moved,
        ways=ways_of(tables.stops, travel),
        inputs=read.inputs,
        settings=settings,
    )
    drivers = driver_sheets(shown)
    with printing(drivers) as wait:
        files |= drivers | store_sheets(shown) | round_sheets(shown)
        files |= {"plan.html": plan_page(shown), "routes.geojson": geojson(shown)}
        files |= gpx(shown)
        yield files, lambda: wait(min(_PRINT_S, deadline.left_s()))
