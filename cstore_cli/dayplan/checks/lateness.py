"""A parcel is ready when its van leaves, and late by so much."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault

_ROUNDING = 0.006


def parcels_are_ready_when_the_van_leaves(day: PlanDay) -> Iterator[Fault]:
    """``ready_by`` is the leaving of the stop, cut to the minute."""
    yield from faulty(
        "parcels.csv",
        day.carried.filter(
            "delivery",
            pl.col("ready_by") != pl.col("stop_leaves"),
            pl.col("ready_by") != pl.col("stop_leave").floor(),
        ),
        "ready_by",
        "{order_id} is ready by {ready_by:clock}, but {route_id} leaves {stop_place} "
        "at {stop_leave:clock}",
    )


def late_minutes_are_told(day: PlanDay) -> Iterator[Fault]:
    """Past ``pickup_from`` for pick-up parcels that have one; else none."""
    late = (
        pl.when(pl.col("channel") == "store_pickup")
        .then(pl.col("ready_by") - pl.col("pickup_from"))
        .fill_null(0)
        .clip(lower_bound=0)
    )
    yield from faulty(
        "parcels.csv",
        day.parcels.filter("planned", "delivery", "known")
        .with_columns(late.alias("own"))
        .filter((pl.col("late_min").fill_null(0) - pl.col("own")).abs() > _ROUNDING),
        "late_min",
        "{order_id} ({channel}, to fetch from {pickup_from:clock}, ready by "
        "{ready_by:clock}) is {own} min late, not {late_min}",
    )
