"""Trips depart within their batch, with goods that are at the DC by then."""

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import clock, faulty
from cstore_cli.dayplan.checks.timing import EXACT
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE


def trips_depart_in_their_batch(day: PlanDay) -> Iterator[Fault]:
    """Not before its earliest nor after its latest departure."""
    batches = {batch.name: batch for batch in day.settings.batches}
    for route_id, visits in day.driven.items():
        for visit, after in pairwise(visits):
            if visit.kind not in ("depart", "reload") or after.kind == "end":
                continue
            batch = batches.get(after.batch)
            if batch and not (
                batch.earliest - EXACT <= visit.leave <= batch.latest + EXACT
            ):
                yield Fault(
                    "stops.csv",
                    visit.row[LINE],
                    "leaves",
                    f"{route_id} trip {visit.tour} departs at {clock(visit.leave)}; "
                    f"batch {batch.name} departs from {clock(batch.earliest)} to "
                    f"{clock(batch.latest)}",
                )


def batches_are_known(day: PlanDay) -> Iterator[Fault]:
    """Batches are those of the settings."""
    names = [batch.name for batch in day.settings.batches]
    yield from faulty(
        "stops.csv",
        day.plan.stops.filter(~pl.col("batch").is_in(names)),
        "batch",
        "{route_id} stop {sequence} is in batch {batch}; the settings have "
        + ", ".join(names),
    )


def goods_are_at_the_dc_in_time(day: PlanDay) -> Iterator[Fault]:
    """A trip departs no sooner than its last parcel has come."""
    yield from faulty(
        "parcels.csv",
        day.carried.filter(
            "delivery", pl.col("at_dc_min") > pl.col("trip_departs_at_most") + EXACT
        ),
        "route_id",
        "{order_id} is at the DC from {at_dc_min:clock}; {route_id} trip {trip} "
        "departs at {trip_departs:clock}",
    )


def collections_are_ready(day: PlanDay) -> Iterator[Fault]:
    """A parcel is collected no sooner than it is ready: the van leaves after that."""
    yield from faulty(
        "parcels.csv",
        day.carried.filter(
            ~pl.col("delivery"),
            pl.col("ready_min") > pl.col("stop_leaves_at_most") + EXACT,
        ),
        "stop_sequence",
        "{order_id} is ready at {ready_min:clock}; {route_id} leaves {stop_place} at "
        "{stop_leave:clock}",
    )
