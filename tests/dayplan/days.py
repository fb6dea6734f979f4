"""
Small days for the tests of plan-day: rows with defaults, typed tables, whole plans.

The stores of a day stand on a line that runs north from the DC, ``NORTH_KM`` says how
far; customers live at their store unless told otherwise.
"""

import datetime as dt
import math
from concurrent.futures import Executor, Future
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.dayplan.ability import ability, windows
from cstore_cli.dayplan.channel import choose_channels
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import Watcher
from cstore_cli.dayplan.dc_search import Search
from cstore_cli.dayplan.intake import intake
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.shelf import shelves
from cstore_cli.dayplan.stores import choose_stores
from cstore_cli.deadline import Deadline
from cstore_cli.milp import Limits
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.day import (
    Closures,
    Collections,
    Conditions,
    HeldParcels,
    Locks,
)
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.network import (
    DistributionCenters,
    FrozenRegions,
    Stores,
    TravelLegs,
    Vehicles,
)
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.plan import PlanTables
from cstore_cli.travel.of_day import DayTravel

ZONE = "Asia/Taipei"
DATE = dt.date(2026, 11, 23)
KM_PER_DEGREE = 111.19508
LAT, LON = 25.0, 121.5
CONTRACTS = {
    "orders": Orders,
    "stores": Stores,
    "distribution_centers": DistributionCenters,
    "vehicles": Vehicles,
    "held_parcels": HeldParcels,
    "collections": Collections,
    "conditions": Conditions,
    "closures": Closures,
    "locks": Locks,
    "frozen_regions": FrozenRegions,
    "travel_matrix": TravelLegs,
}
RULES = [
    {"name": "installed", "channel": "seller_direct", "needs_installation": True},
    {"name": "too big", "channel": "express_station", "fits": ["neither"]},
    {"name": "bulky", "channel": "store_door", "fits": ["courier"]},
    {"name": "to the door", "channel": "store_door", "service": ["door"]},
    {"name": "our choice", "channel": "any", "service": ["any"]},
    {"name": "as wished", "channel": "store_pickup"},
]


class Inline(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        future.set_result(function(*args, **kwargs))
        return future


def hhmm(text):
    """Minutes after midnight."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def at(clock, date=DATE, zone=ZONE):
    """The UTC instant of a local time such as 09:00 or 09:00:30."""
    local = dt.datetime.combine(date, dt.time.fromisoformat(clock))
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def north(km, lat=LAT):
    """The latitude so many kilometres north of the DC."""
    return lat + km / KM_PER_DEGREE


def order(order_id, km=1.0, **more):
    """An order of 4 litres and 1 kg; its customer lives ``km`` north of the DC."""
    return {
        "order_id": order_id,
        "platform": "shopee",
        "placed_at": at("08:00"),
        "customer_lat": north(km),
        "customer_lon": LON,
        "service": "pickup",
        "weight_kg": 1.0,
        "length_cm": 20.0,
        "width_cm": 20.0,
        "height_cm": 10.0,
        "goods_class": "ambient",
        "needs_installation": False,
        "value_twd": 100.0,
        "cod_twd": 0.0,
        "priority": 1.0,
    } | more


def door(order_id, km=1.0, **more):
    """An order to be brought to the door."""
    return order(order_id, km, service="door", **more)


def store(store_id, km=1.0, **more):
    """A store ``km`` north of the DC, open from 10:00 to 16:00, 6 minutes a visit."""
    return {
        "store_id": store_id,
        "dc_id": "DC",
        "chain": "7-ELEVEN",
        "lat": north(km),
        "lon": LON,
        "receive_from": hhmm("10:00"),
        "receive_by": hhmm("16:00"),
        "shelf_litres": 100.0,
        "chilled": False,
        "door_couriers": 0,
        "service_min": 6.0,
    } | more


def dc(dc_id="DC", **more):
    """A DC open from 09:00 to 22:00."""
    return {
        "dc_id": dc_id,
        "lat": LAT,
        "lon": LON,
        "opens": hhmm("09:00"),
        "closes": hhmm("22:00"),
        "dock_doors": 4,
    } | more


def van(vehicle_type="van", **more):
    """Three vans of 1000 litres and 500 kg, without cooling."""
    return {
        "vehicle_type": vehicle_type,
        "dc_id": "DC",
        "count": 3,
        "capacity_litres": 1000.0,
        "capacity_kg": 500.0,
        "chilled": False,
        "shift_from": hhmm("09:00"),
        "shift_to": hhmm("21:00"),
        "max_route_min": 540.0,
        "fixed_cost_twd": 900.0,
        "cost_per_km_twd": 8.0,
        "cost_per_hour_twd": 240.0,
        "max_trips": 1,
    } | more


def held(parcel_id, store_id, litres, days_ago=0, clock="09:00"):
    """A parcel that became ready at a store so many days ago."""
    return {
        "parcel_id": parcel_id,
        "store_id": store_id,
        "ready_at": at(clock, DATE - dt.timedelta(days=days_ago)),
        "litres": litres,
        "cod_twd": 0.0,
        "extension_days": 0,
    }


def collection(parcel_id, store_id, litres=2.0, **more):
    """A return of a kg that may be fetched since yesterday."""
    return {
        "parcel_id": parcel_id,
        "location_id": store_id,
        "kind": "return",
        "litres": litres,
        "weight_kg": 1.0,
        "ready_at": at("18:00", DATE - dt.timedelta(days=1)),
    } | more


def closure(store_id, start, end):
    """A store closed from one local time to another."""
    return {"location_id": store_id, "from": at(start), "to": at(end)}


def leg(start, end, minutes, km=None):
    """A row of a given travel matrix, at 60 km an hour unless km are told."""
    distance = minutes if km is None else km
    return {
        "from_id": start,
        "to_id": end,
        "distance_km": float(distance),
        "duration_min": float(minutes),
    }


def settings(**more):
    """The rules above, chilled goods, one batch from 09:30 to 12:00."""
    zone = more.pop("time_zone", ZONE)
    network = {
        "time_zone": zone,
        "currency": "TWD",
        "own_chains": more.pop("own_chains", []),
    }
    return PlanDaySettings.model_validate(
        {
            "network": network,
            "goods_classes": {"ambient": {}, "chilled": {"chilled": True}},
            "channel_rules": RULES,
            "batches": [{"name": "early", "earliest": "09:30", "latest": "12:00"}],
            "seeds": 1,
        }
        | more
    )


def table(name, rows):
    """Rows as a typed table, columns not given null."""
    columns = CONTRACTS[name].columns()
    schema = {column: kind.dtype for column, kind in columns.items()}
    return pl.DataFrame(
        [{column: row.get(column) for column in schema} for row in rows],
        schema=schema,
    )


def day(
    orders=(),
    stores=None,
    dcs=None,
    vans=None,
    *,
    date=DATE,
    zone=ZONE,
    now="09:00",
    already_planned=(),
    own_columns=("store_id", "recipient", "phone"),
    regions=None,
    matrix=None,
    **tables,
):
    """The inputs of a day; without stores, DCs or vans the usual one of each."""
    rows = {
        "stores": [store("S1")] if stores is None else stores,
        "distribution_centers": [dc()] if dcs is None else dcs,
        "vehicles": [van()] if vans is None else vans,
        **{
            name: tables.get(name, [])
            for name in (
                "held_parcels",
                "collections",
                "conditions",
                "closures",
                "locks",
            )
        },
    }
    raw = [
        {"order_id": row["order_id"]} | {name: row.get(name) for name in own_columns}
        for row in orders
    ]
    raw_schema = dict.fromkeys(("order_id", *own_columns), pl.String)
    return DayInputs(
        date=date,
        now=at(now, date, zone),
        time_zone=zone,
        orders=table("orders", orders).with_columns(
            pl.lit(value=False).alias("carried")
        ),
        orders_raw=pl.DataFrame(raw, schema=raw_schema),
        already_planned=frozenset(already_planned),
        frozen_regions=None if regions is None else table("frozen_regions", regions),
        travel_matrix=None if matrix is None else table("travel_matrix", matrix),
        **{
            name: table(name, part).insert_column(
                0, pl.Series(LINE, range(2, len(part) + 2), pl.Int64)
            )
            for name, part in rows.items()
        },
    )


def taken_in(inputs, chosen=None):
    """The orders after intake and channel."""
    chosen = chosen or settings()
    return choose_channels(intake(inputs, chosen), chosen)


def at_stores(inputs, chosen=None):
    """The orders after their stores are chosen."""
    chosen = chosen or settings()
    able = ability(inputs, chosen, DayTravel(inputs, chosen), windows(inputs))
    rooms = shelves(inputs, chosen.dwell)
    orders, proven = choose_stores(
        taken_in(inputs, chosen), rooms, able, inputs, chosen, Limits()
    )
    assert proven
    return orders


def planned(inputs, chosen=None, iterations=20, seconds=math.inf):
    """The day planned in this process, and its travel."""
    chosen = chosen or settings()
    travel = DayTravel(inputs, chosen)
    quiet = Watcher(stage=lambda _: None, search=lambda _: None)
    search = Search(Deadline.after(seconds), iterations, seed=1)
    return plan_day(inputs, chosen, travel, Inline(), search, quiet), travel


def legal(inputs, chosen=None, iterations=20, seconds=math.inf):
    """The day's plan, once the checker has nothing against it."""
    chosen = chosen or settings()
    plan, travel = planned(inputs, chosen, iterations, seconds)
    # With the lines of its files, as the checker reads them.
    tables = PlanTables(
        **{
            name: getattr(plan.tables, name).with_row_index(LINE, 2)
            for name in PlanTables.__dataclass_fields__
        }
    )
    assert check(tables, inputs, chosen, travel) == ()
    parcels = plan.tables.parcels
    asked = [*inputs.orders["order_id"], *inputs.collections["parcel_id"]]
    assert parcels["order_id"].to_list() == asked
    assert parcels["status"].null_count() == 0
    return plan


def by_id(frame, *columns):
    """Order id: the values of the columns, or the one value."""
    rows = frame.select("order_id", *columns).rows()
    return {row[0]: row[1] if len(columns) == 1 else row[1:] for row in rows}
