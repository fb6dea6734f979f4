"""Orders placed after the cut-off wait for tomorrow; only they wait for that reason."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock, faulty
from cstore_cli.errors import Fault

AFTER_CUT_OFF = "after_cut_off"


def late_orders_wait(day: PlanDay) -> Iterator[Fault]:
    """Placed after the cut-off if and only if deferred for it, or planned before."""
    cut_off = clock(day.settings.cut_off)
    at = day.inputs.instant(day.settings.cut_off)
    late = pl.col("placed_at") > pl.lit(at.astimezone(dt.UTC))
    waits = (
        (pl.col("status") == "deferred") & (pl.col("reason_code") == AFTER_CUT_OFF)
    ).fill_null(value=False)
    before = (pl.col("status") == "already_planned").fill_null(value=False)
    local = pl.col("placed_at").dt.convert_time_zone(day.inputs.time_zone)
    orders = day.parcels.filter("delivery", "known").with_columns(
        local.dt.to_string("%Y-%m-%d %H:%M:%S").alias("placed")
    )
    yield from faulty(
        "parcels.csv",
        orders.filter(late, ~waits, ~before),
        "status",
        f"{{order_id}} was placed at {{placed}}, after the cut-off {cut_off}, but "
        "is {status} ({reason_code})",
        f"defer it with reason_code {AFTER_CUT_OFF}",
    )
    yield from faulty(
        "parcels.csv",
        orders.filter(~late, waits),
        "reason_code",
        f"{{order_id}} is deferred as {AFTER_CUT_OFF}, but was placed at "
        f"{{placed}}, in time for the cut-off {cut_off}",
    )
