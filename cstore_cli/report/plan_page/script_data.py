"""What the page's script knows: columns of numbers, ids once."""

from typing import Any
from urllib.parse import quote

import polars as pl

from cstore_cli.report.plan_page.held import Held
from cstore_cli.report.plan_page.places import Places, numbers
from cstore_cli.report.plan_page.unserved import Unserved
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.file_name import file_names

KINDS = ("depart", "deliver", "collect", "reload", "end")
_SHELF = (
    "shelf_litres",
    "shelf_before_litres",
    "arriving_litres",
    "shelf_after_litres",
)


def script_data(
    shown: ShownPlan, held: Held, places: Places, unserved: Unserved
) -> dict[str, Any]:
    """
    The plan's routes, stops, stores and unserved, each column a list.

    Places, DCs, regions, batches and vehicle types are told by number; -1 is none.
    """
    batches = [batch.name for batch in shown.settings.batches]
    return {
        "places": {
            "name": places.names,
            "x": places.at[:, 0].tolist(),
            "y": places.at[:, 1].tolist(),
        },
        "routes": _routes(held, places, batches) | _room(held, shown),
        "stops": _stops(held, places),
        "stores": _stores(places),
        "regions": list(places.regions["region_id"]),
        "unserved": {
            "group": unserved.parcels["group"].to_list(),
            "dc": numbers(unserved.parcels["dc_id"], places.dc_number),
            "region": numbers(unserved.parcels["region_id"], places.region_number),
        },
    }


def vehicles(routes: pl.DataFrame) -> list[str]:
    """The vans that drive, by name, each once."""
    return list(_van_names(routes).unique().sort())


def types(routes: pl.DataFrame) -> list[str]:
    """The types of the vans that drive."""
    return list(routes["vehicle_type"].unique().sort())


def _van_names(routes: pl.DataFrame) -> pl.Series:
    return routes.select(
        pl.format("{} {} {}", "dc_id", "vehicle_type", "vehicle_no")
    ).to_series()


def _routes(held: Held, places: Places, batches: list[str]) -> dict[str, Any]:
    routes, stores = held.routes, held.stores
    visits = held.visits.join(
        stores.select(pl.col("store_id").alias("location_id"), "region_id"),
        on="location_id",
        how="left",
    )
    lists = routes.select("route_id").join(
        visits.group_by("route_id", maintain_order=True).agg(
            pl.col("batch", "region_id", "location_id").unique(maintain_order=True)
        ),
        on="route_id",
        how="left",
        maintain_order="left",
    )
    batch_number = {name: k for k, name in enumerate(batches)}
    vans = {name: k for k, name in enumerate(vehicles(routes))}
    kinds = {name: k for k, name in enumerate(types(routes))}

    def told(column: str, number: dict[str, int]) -> list[list[int]]:
        return [
            [number.get(name, -1) for name in names or ()]
            for names in lists[column].to_list()
        ]

    return {
        "name": list(routes["route_id"]),
        "sheet": _sheets(routes),
        "dc": numbers(routes["dc_id"], places.dc_number),
        "type": numbers(routes["vehicle_type"], kinds),
        "vehicle": numbers(_van_names(routes), vans),
        "batches": told("batch", batch_number),
        "regions": told("region_id", places.region_number),
        "visits": told("location_id", places.number),
        "routes": routes["routes"].to_list()
        if "routes" in routes.columns
        else [1] * len(routes),
        **{
            column: routes[column].to_list()
            for column in (
                *("trips", "stops", "parcels", "litres", "kg"),
                *("cod_twd", "km", "minutes", "cost", "departs", "returns"),
            )
        },
    }


def _sheets(routes: pl.DataFrame) -> list[str | None]:
    """Where each driver's sheet is from the page; none for sums of routes."""
    if "routes" in routes.columns:
        return [None] * len(routes)
    names = file_names(routes["route_id"])
    return [f"drivers/{quote(names[route])}.html" for route in routes["route_id"]]


def _room(held: Held, shown: ShownPlan) -> dict[str, Any]:
    """What a trip of each route's van holds; null for sums of routes."""
    van = ["dc_id", "vehicle_type"]
    room = held.routes.select(van).join(
        shown.inputs.vehicles.unique(van, keep="first"),
        on=van,
        how="left",
        maintain_order="left",
    )
    columns = ("capacity_litres", "capacity_kg")
    return {column: room[column].to_list() for column in columns}


def _stops(held: Held, places: Places) -> dict[str, Any]:
    """Rows of stops.csv, those of a route together, in the order of the routes."""
    order = {route: k for k, route in enumerate(held.routes["route_id"])}
    stops = held.stops.with_columns(
        pl.Series("route", numbers(held.stops["route_id"], order), pl.Int64)
    ).sort("route", maintain_order=True)
    kind = {name: k for k, name in enumerate(KINDS)}
    return {
        "route": stops["route"].to_list(),
        "kind": numbers(stops["kind"], kind),
        "place": numbers(stops["location_id"], places.number),
        **{
            column: stops[column].to_list()
            for column in (
                *("trip", "sequence", "batch", "arrives", "starts", "leaves"),
                *("dropped_parcels", "collected_parcels", "litres", "kg"),
                *("cod_twd", "leg_km", "leg_min"),
            )
        },
    }


def _stores(places: Places) -> dict[str, Any]:
    stores = places.stores
    return {
        "dc": numbers(stores["dc_id"], places.dc_number),
        "region": numbers(stores["region_id"], places.region_number),
        "risk": stores["overflow_risk"].to_list(),
        "arrives": stores["arrives"].to_list(),
        "of": stores["stores"].to_list(),
        **{column: stores[column].round(2).to_list() for column in _SHELF},
    }
