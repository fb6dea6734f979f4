"""
Step 1, intake: which of the day's orders are planned today.

Deferred are orders placed after the cut-off and goods that reach the DC after the last
batch has left; orders planned on an earlier day, or loaded, are already planned.
"""

import datetime as dt

import polars as pl

from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


def intake(inputs: DayInputs, settings: PlanDaySettings) -> pl.DataFrame:
    """
    The orders with ``litres``, ``chilled``, ``at_dc_min`` and, if decided, ``status``.

    ``at_dc_min`` is the local clock, in minutes, when the goods are at the DC: as the
    order says, else when placed plus the platform's lead time. ``status`` is null for
    orders to plan; the others have a reason_code and a reason.
    """
    cut_off = inputs.instant(settings.cut_off)
    lead = pl.col("platform").replace_strict(
        settings.lead_time_min, default=0.0, return_dtype=pl.Float64
    )
    chilled = [name for name, kind in settings.goods_classes.items() if kind.chilled]
    midnight = dt.datetime.combine(inputs.date, dt.time())
    last_batch = max(settings.batches, key=lambda batch: batch.latest)
    at_dc = pl.coalesce(
        pl.col("at_dc_from"),
        pl.col("placed_at") + (lead * 60_000_000).cast(pl.Duration("us")),
    )
    orders = inputs.orders.with_columns(
        (pl.col("length_cm") * pl.col("width_cm") * pl.col("height_cm") / 1000).alias(
            "litres"
        ),
        pl.col("goods_class").is_in(chilled).alias("chilled"),
        # The clock of the wall, as batches and windows are, also when clocks change.
        (
            (
                at_dc.dt.convert_time_zone(inputs.time_zone).dt.replace_time_zone(None)
                - midnight
            ).dt.total_microseconds()
            / 60_000_000
        ).alias("at_dc_min"),
    )
    placed = pl.col("placed_at").dt.convert_time_zone(inputs.time_zone)
    late = pl.col("placed_at") > cut_off
    # What the seller brings to the store himself never waits for a van.
    misses = (pl.col("at_dc_min") > last_batch.latest) & (
        pl.col("inbound").fill_null("dc") == "dc"
    )
    known = pl.col("order_id").is_in(list(inputs.already_planned))
    hhmm = f"{settings.cut_off // 60:02d}:{settings.cut_off % 60:02d}"
    leaves = f"{last_batch.latest // 60:02d}:{last_batch.latest % 60:02d}"
    return orders.with_columns(
        pl.when(known)
        .then(pl.lit("already_planned"))
        .when(late | misses)
        .then(pl.lit("deferred"))
        .alias("status"),
        pl.when(known)
        .then(pl.lit("already_planned"))
        .when(late)
        .then(pl.lit("after_cut_off"))
        .when(misses)
        .then(pl.lit("not_at_dc"))
        .alias("reason_code"),
        pl.when(known)
        .then(pl.lit("Planned on an earlier day."))
        .when(late)
        .then(
            pl.format(
                "Placed {}, after the cut-off {}; planned the next day.",
                placed.dt.strftime("%Y-%m-%d %H:%M:%S"),
                pl.lit(hhmm),
            )
        )
        .when(misses)
        .then(
            pl.format(
                "At the DC {}, after the last batch leaves ({}).",
                at_dc.dt.convert_time_zone(inputs.time_zone).dt.strftime(
                    "%Y-%m-%d %H:%M"
                ),
                pl.lit(leaves),
            )
        )
        .alias("reason"),
    )
