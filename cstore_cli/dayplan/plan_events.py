"""What a plan says of each parcel, as events for the ledger."""

import datetime as dt

import polars as pl

from cstore_cli.tables.events import Contacts, as_events


def order_events(orders: pl.DataFrame) -> pl.DataFrame:
    """
    Each order as the event that created its parcel, under `ParcelEvents`.

    Told again on another day, it is the same event: its id is the order's.
    """
    volume = pl.col("length_cm") * pl.col("width_cm") * pl.col("height_cm") / 1000
    return as_events(
        orders.select(
            ("order/" + pl.col("order_id")).alias("source_event_id"),
            pl.col("order_id").alias("parcel_id"),
            pl.lit("created").alias("code"),
            pl.col("placed_at").alias("event_time"),
            pl.lit("scan").alias("evidence"),
            "platform",
            "goods_class",
            volume.alias("litres"),
            "weight_kg",
            "cod_twd",
        )
    )


def plan_events(parcels: pl.DataFrame, plan: str, now: dt.datetime) -> pl.DataFrame:
    """
    What a plan decided, under `ParcelEvents`: planned, or left with the reason.

    Parameters
    ----------
    parcels
        The plan's table of parcels; those already planned before are left out.
    plan
        Name of the plan: part of the events' ids, so that each plan has its own.
    now
        Instant of the plan.
    """
    decided = parcels.filter(pl.col("status") != "already_planned")
    is_planned = pl.col("status") == "planned"
    where = pl.format("{}, {}", pl.col("task"), pl.col("route_id").fill_null("no van"))
    return as_events(
        decided.select(
            pl.format("{}/{}/{}", pl.lit(plan), "task", "order_id").alias(
                "source_event_id"
            ),
            pl.col("order_id").alias("parcel_id"),
            pl.when(is_planned)
            .then(pl.lit("planned"))
            .otherwise(pl.lit("unplanned"))
            .alias("code"),
            pl.lit(now.astimezone(dt.UTC)).alias("event_time"),
            pl.lit("inference").alias("evidence"),
            pl.when(is_planned).then("store_id").alias("location_id"),
            "channel",
            pl.when(is_planned)
            .then(where)
            .otherwise(
                pl.format("{}: {}", "status", pl.col("reason_code").fill_null(""))
            )
            .alias("reason"),
        )
    )


def contacts(orders: pl.DataFrame) -> pl.DataFrame:
    """Names and phones of the orders that have them, under `Contacts`."""
    named = pl.col("recipient").is_not_null() | pl.col("phone").is_not_null()
    return Contacts.cast(
        orders.filter(named).select(
            pl.col("order_id").alias("parcel_id"), "recipient", "phone"
        )
    )
