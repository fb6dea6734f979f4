"""A parcel's store, DC, region and batch are those of its stop and its route."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault


def parcels_are_left_at_their_store(day: PlanDay) -> Iterator[Fault]:
    """The van stops where the parcel is to go, or to be fetched from."""
    yield from faulty(
        "parcels.csv",
        day.carried.filter(pl.col("store_id") != pl.col("stop_place")),
        "store_id",
        "{order_id} is of {store_id}, but stop {stop_sequence} of {route_id} is at "
        "{stop_place}",
    )
    yield from faulty(
        "parcels.csv",
        day.carried.filter(
            ~pl.col("delivery"), pl.col("store_id") != pl.col("chosen_store")
        ),
        "store_id",
        "{order_id} waits at {chosen_store}, but is collected at {store_id}",
    )


def parcels_are_in_the_batch_of_their_trip(day: PlanDay) -> Iterator[Fault]:
    """The batch of a parcel is that of its stop."""
    yield from faulty(
        "parcels.csv",
        day.carried.filter(pl.col("batch") != pl.col("stop_batch")),
        "batch",
        "{order_id} is in batch {batch}, but stop {stop_sequence} of {route_id} is in "
        "{stop_batch}",
    )


def parcels_are_of_their_stores_dc_and_region(day: PlanDay) -> Iterator[Fault]:
    """DC and region are those of the store; the route is of that DC."""
    placed = day.parcels.filter("planned", pl.col("store_dc").is_not_null())
    yield from faulty(
        "parcels.csv",
        placed.filter(pl.col("dc_id") != pl.col("store_dc")),
        "dc_id",
        "{order_id} is of {dc_id}, but its store {store_id} is of {store_dc}",
    )
    yield from faulty(
        "parcels.csv",
        placed.filter(pl.col("region_id").ne_missing(pl.col("store_region"))).filter(
            pl.col("region_id").is_not_null()
        ),
        "region_id",
        "{order_id} is of region {region_id}, but its store {store_id} is of "
        "{store_region}",
    )


def routes_serve_stores_of_their_dc(day: PlanDay) -> Iterator[Fault]:
    """Every store on a route is known and belongs to the route's DC."""
    stops = (
        day.plan.stops.filter(pl.col("kind").is_in(["deliver", "collect"]))
        .join(
            day.stores.select(pl.col("store_id").alias("location_id"), "store_dc"),
            on="location_id",
            how="left",
            maintain_order="left",
        )
        .join(
            day.plan.routes.select("route_id", "dc_id").unique("route_id"),
            on="route_id",
            how="left",
            maintain_order="left",
        )
    )
    yield from faulty(
        "stops.csv",
        stops.filter(pl.col("store_dc").is_null()),
        "location_id",
        "{route_id} stop {sequence} is at {location_id}, which is not in the stores "
        "table",
    )
    yield from faulty(
        "stops.csv",
        stops.filter(pl.col("store_dc") != pl.col("dc_id")),
        "location_id",
        "{route_id} of {dc_id} stops at {location_id}, a store of {store_dc}",
    )
