"""Routes are driven by vans that the DC has, each by its own."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault

_VAN = ["dc_id", "vehicle_type", "vehicle_no"]


def routes_and_stops_belong_together(day: PlanDay) -> Iterator[Fault]:
    """Each route has one row and its stops; each stop has its route."""
    yield from faulty(
        "routes.csv",
        day.plan.routes.filter(~pl.col("route_id").is_first_distinct()),
        "route_id",
        "{route_id} has more than one row",
    )
    yield from faulty(
        "routes.csv",
        day.plan.routes.join(day.plan.stops, on="route_id", how="anti"),
        "route_id",
        "{route_id} has no row in stops.csv",
    )
    yield from faulty(
        "stops.csv",
        day.plan.stops.join(day.plan.routes, on="route_id", how="anti").unique(
            "route_id", keep="first", maintain_order=True
        ),
        "route_id",
        "{route_id} stops at {location_id} and has no row in routes.csv",
    )


def vans_exist(day: PlanDay) -> Iterator[Fault]:
    """The DC has that type, and that many of it."""
    types = day.inputs.vehicles.select("dc_id", "vehicle_type", "count").unique(
        ["dc_id", "vehicle_type"], keep="last"
    )
    rows = day.plan.routes.join(
        types, on=["dc_id", "vehicle_type"], how="left", maintain_order="left"
    )
    yield from faulty(
        "routes.csv",
        rows.filter(pl.col("count").is_null()),
        "vehicle_type",
        "{route_id} is driven by {vehicle_type}, which {dc_id} does not have",
    )
    yield from faulty(
        "routes.csv",
        rows.filter(~pl.col("vehicle_no").is_between(1, pl.col("count"))),
        "vehicle_no",
        "{route_id} is driven by {vehicle_type} number {vehicle_no}; {dc_id} has "
        "{count} of them, numbered from 1",
    )


def a_van_drives_one_route(day: PlanDay) -> Iterator[Fault]:
    """A second route of the day would be a second trip of the first."""
    rows = day.plan.routes.with_columns(
        pl.col("route_id").first().over(_VAN).alias("first")
    )
    yield from faulty(
        "routes.csv",
        rows.filter(~pl.struct(_VAN).is_first_distinct()),
        "vehicle_no",
        "{route_id} is driven by {vehicle_type} number {vehicle_no} of {dc_id}, which "
        "drives {first} already",
        "give it a free number",
    )
