"""The tables of a plan; the checker and a dispatcher's spreadsheet read them too."""

from collections.abc import Iterable
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from cstore_cli.tables import columns as c

TASKS = ("deliver", "return", "hand_in")
STATUSES = ("planned", "deferred", "unserved", "already_planned")
CHANNELS = ("store_pickup", "store_door", "seller_direct", "express_station")


class PlanParcels(dy.Schema):
    """parcels.csv: what becomes of each order; its own columns follow."""

    order_id = c.identity()
    task = c.code(*TASKS)
    status = c.code(*STATUSES)
    channel = c.code(*CHANNELS, nullable=True)
    channel_rule = c.text(nullable=True)
    store_id = c.text(nullable=True)
    redirected = c.flag()
    walk_m = c.number(nullable=True, min=0)
    dc_id = c.text(nullable=True)
    region_id = c.text(nullable=True)
    batch = c.text(nullable=True)
    route_id = c.text(nullable=True)
    trip = c.count(nullable=True, min=1)
    stop_sequence = c.count(nullable=True, min=0)
    ready_by = c.clock(nullable=True)
    late_min = c.number(nullable=True, min=0)
    reason_code = c.text(nullable=True)
    reason = c.text(nullable=True)


class PlanRoutes(dy.Schema):
    """routes.csv: one vehicle's day each."""

    route_id = c.identity()
    dc_id = c.identity()
    vehicle_type = c.identity()
    vehicle_no = c.count(min=1)
    region_id = c.text(nullable=True)
    departs = c.clock()
    returns = c.clock()
    trips = c.count(min=1)
    stops = c.count(min=0)
    parcels = c.count(min=0)
    litres = c.number(min=0)
    kg = c.number(min=0)
    cod_twd = c.number(min=0)
    km = c.number(min=0)
    minutes = c.number(min=0)
    cost = c.number(min=0)


class PlanStops(dy.Schema):
    """stops.csv: what each vehicle does, in order; litres and kg are the row's own."""

    route_id = c.identity()
    trip = c.count(min=1)
    sequence = c.count(min=0)
    batch = c.identity()
    kind = c.code("depart", "deliver", "collect", "reload", "end")
    location_id = c.identity()
    arrives = c.clock()
    starts = c.clock()
    leaves = c.clock()
    dropped_parcels = c.count(min=0)
    collected_parcels = c.count(min=0)
    litres = c.number(min=0)
    kg = c.number(min=0)
    cod_twd = c.number(min=0)
    leg_km = c.number(min=0)
    leg_min = c.number(min=0)


class PlanRounds(dy.Schema):
    """rounds.csv: couriers' rounds, a row per door, in order."""

    round_id = c.identity()
    store_id = c.identity()
    courier_no = c.count(min=1)
    departs = c.clock()
    returns = c.clock()
    sequence = c.count(min=1)
    order_id = c.identity()
    arrives = c.clock()
    litres = c.number(min=0)
    kg = c.number(min=0)
    cod_twd = c.number(min=0)


class PlanRegions(dy.Schema):
    """
    regions.csv: regions with their hub.

    ``couriers`` are at the hub, ``hub_door_parcels`` go out from it, and
    ``hub_room_litres`` are left on its shelf for what other shelves cannot keep.
    """

    region_id = c.identity()
    dc_id = c.identity()
    hub = c.identity()
    stores = c.count(min=1)
    work_h = c.number(min=0)
    parcels = c.count(min=0)
    door_parcels = c.count(min=0)
    couriers = c.count(optional=True, min=0)
    hub_door_parcels = c.count(optional=True, min=0)
    hub_room_litres = c.number(optional=True, min=0)


class PlanAssignment(dy.Schema):
    """
    assignment.csv: the region of every store, and why not that of a nearer hub.

    ``hub_km`` is the way to the region's hub, empty where there is none.
    """

    store_id = c.identity()
    region_id = c.identity()
    hub_km = c.number(optional=True, min=0)
    nearer_hub = c.text(optional=True)
    reason = c.text(optional=True)


class StoreArrivals(dy.Schema):
    """store_arrivals.csv: what comes to each store and what its shelf makes of it."""

    store_id = c.identity()
    dc_id = c.identity()
    arrives = c.clock(nullable=True)
    pickup_parcels = c.count(min=0)
    door_parcels = c.count(min=0)
    shelf_litres = c.number(min=0)
    held_litres = c.number(min=0)
    fetched_litres = c.number(min=0)
    shelf_before_litres = c.number(min=0)
    arriving_litres = c.number(min=0)
    shelf_after_litres = c.number(min=0)
    overflow_risk = c.code("no", "possible", "over_before")


@dataclass(frozen=True, eq=False)
class PlanTables:
    """The tables of a plan, each under its contract above."""

    parcels: pl.DataFrame
    routes: pl.DataFrame
    stops: pl.DataFrame
    rounds: pl.DataFrame
    regions: pl.DataFrame
    assignment: pl.DataFrame
    store_arrivals: pl.DataFrame


CONTRACTS: dict[str, type[dy.Schema]] = {
    "parcels": PlanParcels,
    "routes": PlanRoutes,
    "stops": PlanStops,
    "rounds": PlanRounds,
    "regions": PlanRegions,
    "assignment": PlanAssignment,
    "store_arrivals": StoreArrivals,
}
"""PlanTables field: the contract of its CSV of the same name."""


def table_of(name: str, rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:
    """A plan's table of these rows, whose cells are in the order of its contract."""
    columns = CONTRACTS[name].columns()
    schema = {column: kind.dtype for column, kind in columns.items()}
    return pl.DataFrame(list(rows), schema=schema, orient="row")
