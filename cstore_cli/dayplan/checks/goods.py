"""What the orders and collections say of each parcel, in the units of the plan."""

import datetime as dt

import numpy as np
import polars as pl

from cstore_cli.settings.plan_day import ParcelLimits, PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.arrays import Bools, Floats

CM3_PER_LITRE = 1000
SIDES = ("length_cm", "width_cm", "height_cm")
_US_PER_MIN = 60_000_000


def goods(inputs: DayInputs, settings: PlanDaySettings) -> pl.DataFrame:
    """
    A row per order (``delivery`` true) and per collection (false), by ``order_id``.

    ``at_dc_min`` and ``ready_min`` are local minutes after the day's midnight.
    """
    return pl.concat(
        [_delivered(inputs, settings), _collected(inputs, settings)], how="diagonal"
    ).unique(["order_id", "delivery"], keep="first", maintain_order=True)


def _delivered(inputs: DayInputs, settings: PlanDaySettings) -> pl.DataFrame:
    lead = pl.col("platform").replace_strict(
        settings.lead_time_min, default=0.0, return_dtype=pl.Float64
    )
    at_dc = _minutes("at_dc_from", inputs)
    chilled = [name for name, kind in settings.goods_classes.items() if kind.chilled]
    longest, middle, shortest = np.sort(inputs.orders.select(SIDES).to_numpy()).T[::-1]
    sides = pl.DataFrame(
        {
            "fits_store": _within(
                settings.store_limits, longest, middle, shortest, inputs.orders
            ),
            "fits_courier": _within(
                settings.courier.limits, longest, middle, shortest, inputs.orders
            ),
        }
    )
    return pl.concat([inputs.orders, sides], how="horizontal").select(
        "order_id",
        pl.lit(value=True).alias("delivery"),
        pl.lit("deliver").alias("asked_task"),
        (pl.col("length_cm") * pl.col("width_cm") * pl.col("height_cm"))
        .truediv(CM3_PER_LITRE)
        .alias("litres"),
        pl.col("weight_kg").alias("kg"),
        pl.col("cod_twd"),
        pl.col("goods_class").is_in(chilled).alias("needs_cooling"),
        pl.col("store_id").alias("chosen_store"),
        "pickup_from",
        pl.col("inbound").fill_null("dc"),
        "customer_lat",
        "customer_lon",
        "service",
        "goods_class",
        "platform",
        "needs_installation",
        "placed_at",
        pl.coalesce(at_dc, _minutes("placed_at", inputs) + lead).alias("at_dc_min"),
        "fits_store",
        "fits_courier",
    )


def _collected(inputs: DayInputs, settings: PlanDaySettings) -> pl.DataFrame:
    unweighed = pl.col("litres") * settings.return_kg_per_litre
    return inputs.collections.select(
        pl.col("parcel_id").alias("order_id"),
        pl.lit(value=False).alias("delivery"),
        pl.col("kind").alias("asked_task"),
        "litres",
        pl.col("weight_kg").fill_null(unweighed).alias("kg"),
        pl.lit(0.0).alias("cod_twd"),
        pl.lit(value=False).alias("needs_cooling"),
        pl.col("location_id").alias("chosen_store"),
        _minutes("ready_at", inputs).alias("ready_min"),
    )


def _minutes(instant: str, inputs: DayInputs) -> pl.Expr:
    midnight = dt.datetime.combine(inputs.date, dt.time())
    local = pl.col(instant).dt.convert_time_zone(inputs.time_zone)
    since = local.dt.replace_time_zone(None) - pl.lit(midnight)
    return since.dt.total_microseconds() / _US_PER_MIN


def _within(
    limits: ParcelLimits,
    longest: Floats,
    middle: Floats,
    shortest: Floats,
    orders: pl.DataFrame,
) -> Bools:
    """Whether the parcel keeps the limits in one of its orientations."""
    low, mid, high = sorted((limits.length_cm, limits.width_cm, limits.height_cm))
    light: Bools = orders["weight_kg"].to_numpy() <= limits.weight_kg
    return (longest <= high) & (middle <= mid) & (shortest <= low) & light
