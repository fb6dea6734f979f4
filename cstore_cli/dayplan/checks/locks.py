"""Parcels of a locked store go on the van, the route or the batch it is locked to."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault


def locks_are_kept(day: PlanDay) -> Iterator[Fault]:
    """For every van parcel of the store, delivered or collected."""
    vans = day.plan.routes.select(
        "route_id", pl.col("vehicle_no").cast(pl.String)
    ).unique("route_id")
    locks = day.inputs.locks.select(
        "store_id",
        pl.col("vehicle_no", "route_id", "batch").name.prefix("locked_"),
    )
    parcels = (
        day.parcels.filter("by_van")
        .join(vans, on="route_id", how="left", maintain_order="left")
        .join(locks, on="store_id", maintain_order="left")
    )
    for column in ("vehicle_no", "route_id", "batch"):
        yield from faulty(
            "parcels.csv",
            parcels.filter(
                pl.col(f"locked_{column}").is_not_null(),
                pl.col(column).ne_missing(pl.col(f"locked_{column}")),
            ),
            "batch" if column == "batch" else "route_id",
            f"{{order_id}} of {{store_id}} has {column} {{{column}}}, but the store is "
            f"locked to {{locked_{column}}}",
        )
