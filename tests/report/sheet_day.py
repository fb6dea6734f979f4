"""A small day planned by hand, for the tests of sheets."""

import datetime as dt
from pathlib import Path

import polars as pl
from hand_made_day import frame

from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day import (
    Closures,
    Collections,
    Conditions,
    HeldParcels,
    Locks,
)
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.network import DistributionCenters, Stores, Vehicles
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.plan import PlanTables

CONFIG = Path(__file__).resolve().parents[2] / "configs/plan_day.yaml"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
UNMASKED = "0912345678"
TO_DOOR = "2 Second Street"
TO_SHOP = "9 Ninth Street"


def of(contract, rows):
    """Rows of an input table, each by column name; the rest is null."""
    schema = {name: kind.dtype for name, kind in contract.columns().items()}
    empty = dict.fromkeys(schema)
    return pl.DataFrame([empty | row for row in rows], schema=schema, orient="row")


def clock(text):
    hour, minute = text.split(":")
    return 60 * int(hour) + int(minute)


def store(store_id, **cells):
    return {
        "store_id": store_id,
        "chain": "Amber",
        "name": f"Shop {store_id}",
        "lat": 25.1,
        "lon": 121.5,
        "receive_from": clock("10:00"),
        "receive_by": clock("16:00"),
        **cells,
    }


def stop(sequence, kind, place, times, trip=1, **cells):
    arrives, starts, leaves = map(clock, times.split())
    return {
        "route_id": "R1",
        "trip": trip,
        "sequence": sequence,
        "batch": "morning" if trip == 1 else "midday",
        "kind": kind,
        "location_id": place,
        "arrives": arrives,
        "starts": starts,
        "leaves": leaves,
        "dropped_parcels": 0,
        "collected_parcels": 0,
        "litres": 0.0,
        "kg": 0.0,
        "cod_twd": 0.0,
        "leg_km": 1.0,
        "leg_min": 3.0,
        **cells,
    }


def drops(parcels, litres, cod_twd=0.0):
    return {"dropped_parcels": parcels, "litres": litres, "cod_twd": cod_twd}


def takes(parcels, litres):
    return {"collected_parcels": parcels, "litres": litres}


STOPS = [
    stop(0, "depart", "D1", "09:35 09:35 09:35"),
    stop(1, "deliver", "S1", "09:55 10:00 10:06", **drops(3, 30.25, 1200.0)),
    stop(2, "collect", "S1", "09:55 10:00 10:09", **takes(1, 5.0)),
    stop(3, "collect", "S3", "10:20 10:20 10:25", **takes(1, 4.0)),
    stop(4, "reload", "D1", "10:50 11:40 12:00", trip=2),
    stop(5, "deliver", "S2", "12:20 12:20 12:24", trip=2, **drops(1, 8.0)),
    stop(6, "end", "D1", "12:50 12:50 12:50", trip=2),
]

ROUTE = {
    "route_id": "R1",
    "dc_id": "D1",
    "vehicle_type": "van_cool",
    "vehicle_no": 4,
    "region_id": "D1-R01",
    "departs": clock("09:35"),
    "returns": clock("12:50"),
    "trips": 2,
    "stops": 3,
    "parcels": 4,
    "litres": 38.25,
    "kg": 9.0,
    "cod_twd": 1200.0,
    "km": 41.25,
    "minutes": 195.0,
    "cost": 1000.0,
}


def parcel(order_id, sequence, place="S1", trip=1, **cells):
    return {
        "order_id": order_id,
        "task": "deliver",
        "status": "planned",
        "channel": "store_pickup",
        "store_id": place,
        "redirected": False,
        "dc_id": "D1",
        "route_id": "R1",
        "trip": trip,
        "stop_sequence": sequence,
        "ready_by": clock("10:06" if trip == 1 else "12:24"),
        **cells,
    }


PARCELS = [
    parcel("A1", 1),
    parcel("A2", 1, channel="store_door"),
    parcel("A3", 1, channel="store_door"),
    parcel("A4", 5, "S2", 2, reason="S9 is full; sent to S2."),
    parcel("C1", 2, task="return", channel=None, ready_by=None),
    parcel("C2", 3, "S3", task="hand_in", channel=None, ready_by=None),
]


def door(sequence, order_id, arrives, **cells):
    return {
        "round_id": "S1-01",
        "store_id": "S1",
        "courier_no": 2,
        "departs": clock("10:30"),
        "returns": clock("11:00"),
        "sequence": sequence,
        "order_id": order_id,
        "arrives": clock(arrives),
        "litres": 10.25,
        "kg": 2.0,
        "cod_twd": 0.0,
        **cells,
    }


DOORS = [
    door(1, "A3", "10:35", cod_twd=450.5),
    door(2, "A2", "10:45", litres=12.0),
]


def order(order_id, cod_twd=0.0, goods_class="ambient", **cells):
    return {
        "order_id": order_id,
        "customer_lat": 25.12345678,
        "customer_lon": 121.5,
        "length_cm": 20,
        "width_cm": 30,
        "height_cm": 20,
        "cod_twd": cod_twd,
        "goods_class": goods_class,
        "phone": UNMASKED,
        **cells,
    }


ORDERS = [
    order("A1", 749.5),
    order("A2"),
    order("A3", 450.5, "chilled", customer_lat=-0.5, customer_lon=-70.25)
    | {"length_cm": 10, "width_cm": 25, "height_cm": 41},
    order("A4"),
]

COLLECTIONS = [
    {"parcel_id": "C1", "location_id": "S1", "kind": "return", "litres": 5.0}
    | {"ready_at": NOW, "reason": "hold_expired"},
    {"parcel_id": "C2", "location_id": "S3", "kind": "hand_in", "litres": 4.0}
    | {"ready_at": NOW},
]


TOLD = {
    "recipient": ["Ann", "Bo", None, "Di", None, None],
    "phone": ["09****78", "09****78", "09****78", None, None, None],
    "customer_address": [TO_SHOP, TO_DOOR, "3 Third Street", None, None, None],
}
"""What the orders tell beside what they must, a cell per parcel above."""


def small_day(
    stops=STOPS,
    route=ROUTE,
    doors=DOORS,
    orders=ORDERS,
    stores=None,
    own=TOLD,
    parcels=PARCELS,
):
    """A van on two trips to three stores, and a courier's round to two doors."""
    parcels = frame("parcels", parcels)
    shown = parcels.with_columns(
        pl.format(
            "{}:{}",
            (pl.col("ready_by") // 60).cast(pl.String).str.zfill(2),
            (pl.col("ready_by") % 60).cast(pl.String).str.zfill(2),
        ).alias("ready_by"),
        *(pl.Series(name, cells, pl.String) for name, cells in own.items()),
    )
    tables = PlanTables(
        parcels=parcels,
        routes=frame("routes", [route]),
        stops=frame("stops", stops),
        rounds=frame("rounds", doors),
        regions=frame("regions", []),
        assignment=frame("assignment", []),
        store_arrivals=frame("store_arrivals", []),
    )
    inputs = DayInputs(
        date=NOW.date(),
        now=NOW,
        time_zone="Asia/Taipei",
        orders=of(Orders, orders),
        orders_raw=of(Orders, orders),
        already_planned=frozenset(),
        stores=of(
            Stores, stores or [store("S1", address="1 Main"), store("S2"), store("S3")]
        ),
        distribution_centers=of(
            DistributionCenters,
            [{"dc_id": "D1", "name": "Depot", "lat": 25.0, "lon": 121.4}],
        ),
        vehicles=of(Vehicles, []),
        held_parcels=of(HeldParcels, []),
        collections=of(Collections, COLLECTIONS),
        conditions=of(Conditions, []),
        closures=of(Closures, []),
        locks=of(Locks, []),
    )
    return ShownPlan(
        tables=tables,
        parcels=shown,
        unserved=shown.clear(),
        summary={},
        moved=None,
        ways={},
        inputs=inputs,
        settings=read_config(CONFIG, PlanDaySettings),
    )


def long_day(num):
    """The small day with a route of so many stops, all at one store."""
    deliveries = [
        stop(k, "deliver", "S1", "10:00 10:00 10:01", **drops(1, 1.5, 100.0))
        for k in range(1, num + 1)
    ]
    end = stop(num + 1, "end", "D1", "12:50 12:50 12:50")
    return small_day(
        stops=[STOPS[0], *deliveries, end], route=ROUTE | {"stops": num, "trips": 1}
    )
