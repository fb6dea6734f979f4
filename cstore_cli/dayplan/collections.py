"""Step 5, collections: which returns and hand-ins the vans may fetch, from when on."""

import datetime as dt

import polars as pl

from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


def to_collect(inputs: DayInputs, settings: PlanDaySettings) -> pl.DataFrame:
    """
    The collections as rows of a plan: ``order_id``, ``task``, ``store_id`` and more.

    ``weight_kg`` is filled in where nobody weighed; ``ready_min`` is the local clock,
    in minutes, from which the parcel may be fetched. ``status`` is null for those to
    fetch today; the others have a reason_code and a reason.
    """
    midnight = dt.datetime.combine(inputs.date, dt.time())
    ready = pl.col("ready_at").dt.convert_time_zone(inputs.time_zone)
    since = (ready.dt.replace_time_zone(None) - midnight).dt.total_microseconds()
    stores = inputs.stores.select("store_id", "chain", "receive_by")
    chains = list(settings.network.own_chains)
    other = ~pl.col("chain").is_in(chains) if chains else pl.lit(value=False)
    # A van may wait at a store, but not longer than the store takes vans.
    misses = pl.col("ready_min") > pl.col("receive_by")
    receives_by = pl.time(pl.col("receive_by") // 60 % 24, pl.col("receive_by") % 60)
    return (
        inputs.collections.select(
            pl.col("parcel_id").alias("order_id"),
            pl.col("kind").alias("task"),
            pl.col("location_id").alias("store_id"),
            "litres",
            pl.col("weight_kg").fill_null(
                pl.col("litres") * settings.return_kg_per_litre
            ),
            (since / 60_000_000).alias("ready_min"),
            ready.dt.strftime("%Y-%m-%d %H:%M").alias("ready"),
        )
        .join(stores, on="store_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(other)
            .then(pl.lit("unserved"))
            .when(misses)
            .then(pl.lit("deferred"))
            .alias("status"),
            pl.when(other)
            .then(pl.lit("other_chain"))
            .when(misses)
            .then(pl.lit("not_ready"))
            .alias("reason_code"),
            pl.when(other)
            .then(pl.format("{} is of {}, not ours.", "store_id", "chain"))
            .when(misses)
            .then(
                pl.format(
                    "Ready at {} {}, after the last van it takes ({}).",
                    pl.col("store_id"),
                    pl.col("ready"),
                    receives_by.dt.strftime("%H:%M"),
                )
            )
            .alias("reason"),
        )
        .drop("chain", "receive_by", "ready")
    )
