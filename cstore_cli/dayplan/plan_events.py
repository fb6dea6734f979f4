"""What a plan says of each parcel, as events for the ledger."""

import datetime as dt
from collections.abc import Collection, Sequence

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


def plan_events(
    parcels: pl.DataFrame, superseded: Sequence[str], plan: str, at: dt.datetime
) -> pl.DataFrame:
    """
    What a plan decided of orders, under `ParcelEvents`: planned, or left and why.

    A return or hand-in is no order: its parcel may have one of its own.

    Parameters
    ----------
    parcels
        The plan's table of parcels; those already planned before are left out.
    superseded
        Ids of parcels in the plan that this one takes the place of; those that it does
        not have are planned no more.
    plan
        Name of the plan: part of the events' ids, so that each plan has its own.
    at
        Instant of the plan.
    """
    orders = parcels.filter(pl.col("task") == "deliver")
    decided = orders.filter(pl.col("status") != "already_planned")
    known = set(orders["order_id"])
    gone = pl.DataFrame({"order_id": [key for key in superseded if key not in known]})
    is_planned = pl.col("status") == "planned"
    why = pl.format("{}: {}", "status", pl.col("reason_code").fill_null(""))
    said = decided.select(
        "order_id",
        pl.when(is_planned)
        .then(pl.lit("planned"))
        .otherwise(pl.lit("unplanned"))
        .alias("code"),
        pl.when(is_planned).then("store_id").alias("location_id"),
        "channel",
        pl.when(is_planned).then("route_id").otherwise(why).alias("reason"),
    )
    dropped = gone.select(
        pl.col("order_id").cast(pl.String),
        pl.lit("unplanned").alias("code"),
        pl.lit("not in the plan that took this one's place").alias("reason"),
    )
    return as_events(
        pl.concat([said, dropped], how="diagonal").select(
            pl.format("{}/{}", pl.lit(plan), "order_id").alias("source_event_id"),
            pl.col("order_id").alias("parcel_id"),
            "code",
            pl.lit(at.astimezone(dt.UTC)).alias("event_time"),
            pl.lit("inference").alias("evidence"),
            "location_id",
            "channel",
            "reason",
        )
    )


def contacts(orders: pl.DataFrame, new: Collection[str]) -> pl.DataFrame:
    """
    Names and phones of orders that are told for the first time, under `Contacts`.

    An order that was carried in has its phone masked, and one told before may have had
    its name deleted.
    """
    named = pl.col("recipient").is_not_null() | pl.col("phone").is_not_null()
    told = ~pl.col("carried") & pl.col("order_id").is_in(list(new))
    return Contacts.cast(
        orders.filter(named & told).select(
            pl.col("order_id").alias("parcel_id"), "recipient", "phone"
        )
    )
