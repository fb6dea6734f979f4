"""Each status comes with the columns it needs and without those it excludes."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import STOP, PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault

_OF_A_VAN = ("store_id", "dc_id", "region_id", "batch", *STOP)


def a_van_parcel_names_its_stop(day: PlanDay) -> Iterator[Fault]:
    """Planned on a van: store, DC, region, batch and stop; for a delivery, ready_by."""
    by_van = day.parcels.filter("by_van")
    for column in (*_OF_A_VAN, "ready_by"):
        needing = by_van.filter("delivery") if column == "ready_by" else by_van
        yield from faulty(
            "parcels.csv",
            needing.filter(pl.col(column).is_null()),
            column,
            f"{{order_id}} is planned to {{task}} by van and has no {column}",
            "fill it in, or set the row unserved with a reason",
        )


def a_planned_order_has_a_channel(day: PlanDay) -> Iterator[Fault]:
    """Planned to be delivered: through some channel, at some store if it needs one."""
    planned = day.parcels.filter("planned", "delivery")
    yield from faulty(
        "parcels.csv",
        planned.filter(pl.col("channel").is_null()),
        "channel",
        "{order_id} is planned and has no channel",
    )
    yield from faulty(
        "parcels.csv",
        planned.filter("at_store", ~pl.col("by_van"), pl.col("store_id").is_null()),
        "store_id",
        "{order_id} is planned as {channel}, brought by its seller, and has no store",
    )


def only_van_parcels_have_a_stop(day: PlanDay) -> Iterator[Fault]:
    """Handed over, brought by the seller, deferred or unserved: on no route."""
    others = day.parcels.filter(
        ~pl.col("by_van"),
        (pl.col("status") != "already_planned").fill_null(value=True),
    )
    for column in STOP:
        yield from faulty(
            "parcels.csv",
            others.filter(pl.col(column).is_not_null()),
            column,
            f"{{order_id}} is {{status}} as {{channel}}, inbound {{inbound}}, on no "
            f"van, but has {column} {{{column}}}",
            "empty the cell",
        )


def what_waits_says_why(day: PlanDay) -> Iterator[Fault]:
    """Deferred and unserved rows have a reason, and so has a redirected one."""
    waiting = day.parcels.filter(pl.col("status").is_in(["deferred", "unserved"]))
    for column in ("reason_code", "reason"):
        yield from faulty(
            "parcels.csv",
            waiting.filter(pl.col(column).is_null()),
            column,
            f"{{order_id}} is {{status}} without {column}",
            "say why",
        )
    yield from faulty(
        "parcels.csv",
        day.parcels.filter(
            "planned", "delivery", "redirected", pl.col("reason").is_null()
        ),
        "reason",
        "{order_id} is redirected from {chosen_store} to {store_id} without reason",
        "say why",
    )
