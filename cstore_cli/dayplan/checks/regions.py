"""Each store is in one region, each region of one DC, with a hub of its own."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_ROUNDING = 0.011
"""Litres told with two decimals, as a difference of two such."""


def stores_are_in_one_region(day: PlanDay) -> Iterator[Fault]:
    """assignment.csv has the stores of the stores table, once each."""
    rows, stores = day.plan.assignment, day.inputs.stores
    yield from faulty(
        "assignment.csv",
        stores.join(rows, on="store_id", how="anti").with_columns(
            pl.lit(None).alias(LINE)
        ),
        "store_id",
        "{store_id} is in the stores table and in no region",
    )
    yield from faulty(
        "assignment.csv",
        rows.join(stores, on="store_id", how="anti"),
        "store_id",
        "{store_id} is in region {region_id}, but not in the stores table",
    )
    yield from faulty(
        "assignment.csv",
        rows.with_columns(
            pl.col("region_id").first().over("store_id").alias("first")
        ).filter(~pl.col("store_id").is_first_distinct()),
        "store_id",
        "{store_id} is in region {region_id} and in {first} already",
    )


def regions_are_those_assigned(day: PlanDay) -> Iterator[Fault]:
    """regions.csv has each region of assignment.csv once, and no other."""
    rows, used = day.plan.regions, day.plan.assignment
    yield from faulty(
        "assignment.csv",
        used.join(rows, on="region_id", how="anti").unique(
            "region_id", keep="first", maintain_order=True
        ),
        "region_id",
        "{store_id} is in region {region_id}, which is not in regions.csv",
    )
    yield from faulty(
        "regions.csv",
        rows.join(used, on="region_id", how="anti"),
        "region_id",
        "{region_id} has no store in assignment.csv",
    )
    yield from faulty(
        "regions.csv",
        rows.filter(~pl.col("region_id").is_first_distinct()),
        "region_id",
        "{region_id} has more than one row",
    )


def hubs_are_in_their_region(day: PlanDay) -> Iterator[Fault]:
    """The hub is one of the region's stores."""
    hubs = day.stores.select(
        pl.col("store_id").alias("hub"), pl.col("store_region").alias("hub_region")
    )
    yield from faulty(
        "regions.csv",
        day.plan.regions.join(hubs, on="hub", how="left", maintain_order="left").filter(
            pl.col("region_id").ne_missing(pl.col("hub_region"))
        ),
        "hub",
        "{region_id} has hub {hub}, which is in region {hub_region}",
    )


def regions_are_of_one_dc(day: PlanDay) -> Iterator[Fault]:
    """All stores of a region belong to the region's DC, and so do its routes."""
    regions = day.plan.regions.select(
        "region_id", pl.col("dc_id").alias("region_dc")
    ).unique("region_id")
    lines = day.plan.assignment.select("store_id", "region_id", LINE)
    stores = (
        lines.join(day.stores, on="store_id", maintain_order="left")
        .join(regions, on="region_id", maintain_order="left")
        .filter(pl.col("store_dc") != pl.col("region_dc"))
    )
    yield from faulty(
        "assignment.csv",
        stores,
        "region_id",
        "{store_id} is of {store_dc}, but its region {region_id} is of {region_dc}",
    )
    routes = day.plan.routes.filter(pl.col("region_id").is_not_null()).join(
        regions, on="region_id", how="left", maintain_order="left"
    )
    yield from faulty(
        "routes.csv",
        routes.filter(pl.col("region_dc").ne_missing(pl.col("dc_id"))),
        "region_id",
        "{route_id} is of {dc_id} and of region {region_id}, which is of {region_dc}",
    )


def regions_count_their_parcels(day: PlanDay) -> Iterator[Fault]:
    """Stores, parcels that come to them and door parcels among those."""
    sums = day.shelves.group_by("store_region").agg(
        pl.len().cast(pl.Int64).alias("own_stores"),
        (pl.col("num_pickup") + pl.col("num_door")).sum().alias("own_parcels"),
        pl.col("num_door").sum().alias("own_door_parcels"),
    )
    rows = day.plan.regions.join(
        sums,
        left_on="region_id",
        right_on="store_region",
        how="left",
        maintain_order="left",
    )
    for column in ("stores", "parcels", "door_parcels"):
        yield from faulty(
            "regions.csv",
            rows.filter(pl.col(column) != pl.col(f"own_{column}").fill_null(0)),
            column,
            f"{{region_id}}: {column} is {{{column}}}, counted {{own_{column}}}",
        )


def hubs_do_what_is_told(day: PlanDay) -> Iterator[Fault]:
    """Door parcels that go out from the hub and room on its shelf, where told."""
    arrivals = day.plan.store_arrivals.unique("store_id").select(
        pl.col("store_id").alias("hub"),
        (pl.col("shelf_litres") - pl.col("shelf_after_litres"))
        .clip(lower_bound=0)
        .round(2)
        .alias("own_hub_room_litres"),
    )
    doors = day.shelves.select(
        pl.col("store_id").alias("hub"),
        pl.col("num_door").alias("own_hub_door_parcels"),
    )
    rows = day.plan.regions.join(
        arrivals, on="hub", how="left", maintain_order="left"
    ).join(doors, on="hub", how="left", maintain_order="left")
    for column in ("hub_door_parcels", "hub_room_litres"):
        yield from faulty(
            "regions.csv",
            rows.filter((pl.col(column) - pl.col(f"own_{column}")).abs() > _ROUNDING),
            column,
            f"{{region_id}}: {column} is {{{column}}}, counted {{own_{column}}}",
        )


def nearer_hubs_are_hubs(day: PlanDay) -> Iterator[Fault]:
    """What assignment.csv calls a nearer hub is a hub, and a reason goes with it."""
    rows = day.plan.assignment.filter(pl.col("nearer_hub").is_not_null())
    hubs = day.plan.regions.select(pl.col("hub").alias("nearer_hub"))
    yield from faulty(
        "assignment.csv",
        rows.join(hubs, on="nearer_hub", how="anti"),
        "nearer_hub",
        "{nearer_hub} is told as a nearer hub of {store_id}, but is no hub",
    )
    yield from faulty(
        "assignment.csv",
        rows.filter(pl.col("reason").is_null()),
        "reason",
        "{store_id} is nearer to hub {nearer_hub}, and no reason is told",
    )


def frozen_regions_are_kept(day: PlanDay) -> Iterator[Fault]:
    """Where regions are kept from an earlier day, stores and hubs are as they were."""
    frozen = day.inputs.frozen_regions
    if frozen is None:
        return
    was = frozen.select("store_id", pl.col("region_id").alias("was")).unique("store_id")
    yield from faulty(
        "assignment.csv",
        day.plan.assignment.join(was, on="store_id", maintain_order="left").filter(
            pl.col("region_id") != pl.col("was")
        ),
        "region_id",
        "{store_id} is in region {region_id}, but frozen in {was}",
    )
    hubs = frozen.select("region_id", pl.col("hub").alias("was")).unique("region_id")
    yield from faulty(
        "regions.csv",
        day.plan.regions.join(hubs, on="region_id", maintain_order="left").filter(
            pl.col("hub") != pl.col("was")
        ),
        "hub",
        "{region_id} has hub {hub}, but was frozen with {was}",
    )
