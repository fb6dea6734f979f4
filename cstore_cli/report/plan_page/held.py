"""
What one page holds: past it, sums stand in place of rows, and the page says so.

A day of 20,000 orders is far within; ten times as many still make a page that opens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.report.figures import whole
from cstore_cli.report.plan_page.lines import Points
from cstore_cli.report.shown_plan import ShownPlan

RISKS = ("no", "possible", "over_before")


@dataclass(frozen=True)
class Limits:
    """The most of each that a page holds."""

    routes: int = 600
    stops: int = 12_000
    stores: int = 6_000
    way_points: int = 150_000


@dataclass(frozen=True, eq=False)
class Held:
    """
    What is on the page.

    ``routes`` are rows of routes.csv, or their sums by region; ``stops`` rows of
    stops.csv, or none; ``visits`` say where each route stops and in which batch (also
    where ``stops`` are none). ``stores`` have store_id, dc_id, region_id, lat, lon,
    the figures of store_arrivals.csv and ``stores`` (how many a row sums). ``said`` are
    sentences on what is not shown.
    """

    routes: pl.DataFrame
    stops: pl.DataFrame
    visits: pl.DataFrame
    stores: pl.DataFrame
    ways: Mapping[str, Sequence[Points]]
    said: tuple[str, ...]


def held(shown: ShownPlan, limits: Limits) -> Held:
    """The plan's rows, or their sums where there are more than ``limits``."""
    said = []
    routes, stops = shown.tables.routes, shown.tables.stops
    visits = stops.filter(pl.col("kind").is_in(["deliver", "collect"])).select(
        "route_id", "batch", "location_id"
    )
    stores, ways = _stores(shown), shown.ways
    if len(routes) > limits.routes:
        said.append(
            f"The {whole(len(routes))} routes are summed by region (a page shows "
            f"{whole(limits.routes)} at most): see routes.csv and stops.csv."
        )
        routes, visits = _by_region(routes, visits)
        stops, ways = stops.clear(), {}
    elif len(stops) > limits.stops:
        said.append(
            f"The {whole(len(stops))} rows of stops are left out (a page shows "
            f"{whole(limits.stops)} at most): see stops.csv."
        )
        stops = stops.clear()
    if len(stores) > limits.stores:
        said.append(
            f"The {whole(len(stores))} stores are summed by region, each at its hub (a "
            f"page shows {whole(limits.stores)} at most): see store_arrivals.csv."
        )
        visits = visits.join(
            stores.select("store_id", "region_id"),
            left_on="location_id",
            right_on="store_id",
        ).select("route_id", "batch", pl.col("region_id").alias("location_id"))
        stops, stores = stops.clear(), _stores_by_region(stores, shown)
    points = sum(len(leg) for legs in ways.values() for leg in legs)
    if points > limits.way_points:
        said.append(
            f"Ways are drawn straight from stop to stop: they have {whole(points)} "
            f"points (a page shows {whole(limits.way_points)} at most)."
        )
        ways = {
            route: tuple(np.asarray(leg)[[0, -1]] for leg in legs)
            for route, legs in ways.items()
        }
    return Held(routes, stops, visits, stores, ways, tuple(said))


def _stores(shown: ShownPlan) -> pl.DataFrame:
    where = shown.inputs.stores.select("store_id", "lat", "lon", "chain", "name")
    return (
        shown.tables.store_arrivals.join(where, on="store_id", how="inner")
        .join(
            shown.tables.assignment.select("store_id", "region_id"),
            on="store_id",
            how="left",
        )
        .with_columns(pl.lit(1).alias("stores"))
        .sort("store_id")
    )


def _by_region(
    routes: pl.DataFrame, visits: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Routes summed by DC and region, each told by the region's name; their visits."""
    named = routes.with_columns(
        pl.coalesce("region_id", "dc_id").alias("sum"),
    )
    summed = named.group_by("dc_id", "sum", maintain_order=True).agg(
        pl.lit("several").alias("vehicle_type"),
        pl.len().cast(pl.Int64).alias("vehicle_no"),
        pl.col("region_id").first(),
        pl.col("departs").min(),
        pl.col("returns").max(),
        pl.col("trips", "stops", "parcels", "litres", "kg", "cod_twd").sum(),
        pl.col("km", "minutes", "cost").sum(),
        pl.len().alias("routes"),
    )
    return (
        summed.rename({"sum": "route_id"}),
        visits.join(named.select("route_id", "sum"), on="route_id").select(
            pl.col("sum").alias("route_id"), "batch", "location_id"
        ),
    )


def _stores_by_region(stores: pl.DataFrame, shown: ShownPlan) -> pl.DataFrame:
    hubs = shown.tables.regions.select("region_id", "hub").join(
        stores.select(pl.col("store_id").alias("hub"), "lat", "lon"), on="hub"
    )
    risk = pl.col("overflow_risk").replace_strict(
        RISKS, range(len(RISKS)), return_dtype=pl.Int64
    )
    return (
        stores.group_by("region_id")
        .agg(
            pl.col("dc_id").first(),
            pl.col("arrives").min(),
            pl.col("pickup_parcels", "door_parcels", "^.*_litres$", "stores").sum(),
            risk.max().alias("overflow_risk"),
        )
        .with_columns(
            pl.col("overflow_risk").replace_strict(range(len(RISKS)), RISKS),
            pl.lit(None, pl.String).alias("chain"),
            pl.lit(None, pl.String).alias("name"),
        )
        .join(hubs, on="region_id")
        .with_columns(pl.col("region_id").alias("store_id"))
        .sort("store_id")
    )
