"""Returns and hand-ins: nothing of a delivery is said of them, and none waits early."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault

NOT_READY = "not_ready"


def collections_have_nothing_of_a_delivery(day: PlanDay) -> Iterator[Fault]:
    """No channel, no walk, no shelf to be ready on, no lateness, no redirection."""
    collected = day.parcels.filter("known", ~pl.col("delivery"))
    for column in ("channel", "channel_rule", "walk_m", "ready_by", "late_min"):
        yield from faulty(
            "parcels.csv",
            collected.filter(pl.col(column).is_not_null()),
            column,
            f"{{order_id}}, to {{task}}, has {column} {{{column}}}; that is for orders",
            "empty the cell",
        )
    yield from faulty(
        "parcels.csv",
        collected.filter("redirected"),
        "redirected",
        "{order_id}, to {task}, is redirected; it waits at {chosen_store}",
        "set it to false",
    )


def only_what_is_not_ready_waits_for_that(day: PlanDay) -> Iterator[Fault]:
    """Deferred as not ready: ready only when its store receives no van any more."""
    closes = day.stores.select(
        pl.col("store_id").alias("chosen_store"), pl.col("receive_by").alias("closes")
    )
    waits = (pl.col("status") == "deferred") & (pl.col("reason_code") == NOT_READY)
    yield from faulty(
        "parcels.csv",
        day.parcels.filter(waits, ~pl.col("delivery"))
        .join(closes, on="chosen_store", maintain_order="left")
        .filter(pl.col("ready_min") <= pl.col("closes")),
        "reason_code",
        f"{{order_id}} is deferred as {NOT_READY}, but is ready at "
        "{ready_min:clock}; {chosen_store} receives until {closes:clock}",
    )
