"""
A small day with a legal plan, worked out here in the plainest way.

One DC, six stores in two regions, two vans: A makes a trip in each of two batches and
fetches a return; B is chilled and brings door parcels to the hub S4, whose courier
makes one round; nobody comes to S6. It is planned at 01:00. It rains until 13:00 (speed
0.85, service 1.1).
"""

import datetime as dt
from math import asin, cos, radians, sin, sqrt
from statistics import NormalDist
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.checks.day import plan_day_of
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
from cstore_cli.tables.plan import CONTRACTS, PlanTables
from cstore_cli.travel.of_day import DayTravel

ZONE = ZoneInfo("Asia/Taipei")
DATE = dt.date(2026, 11, 23)
STORES = {
    "S1": (25.02, 121.50),
    "S2": (25.025, 121.505),
    "S3": (25.04, 121.52),
    "S4": (25.00, 121.53),
    "S5": (25.01, 121.54),
    "S6": (25.02, 121.56),
}
DC = (25.00, 121.50)
REGION = {"S1": "R1", "S2": "R1", "S3": "R1", "S4": "R2", "S5": "R2", "S6": "R2"}
HUBS = {"R1": "S1", "R2": "S4"}
LOADING_MIN = 15
KEYS = {
    "parcels": ("order_id",),
    "routes": ("route_id",),
    "stops": ("route_id", "sequence"),
    "rounds": ("order_id",),
    "regions": ("region_id",),
    "assignment": ("store_id",),
    "store_arrivals": ("store_id",),
    "orders": ("order_id",),
    "stores": ("store_id",),
    "distribution_centers": ("dc_id",),
    "vehicles": ("vehicle_type",),
    "collections": ("parcel_id",),
}
"""By which columns a test names the rows of a table."""
INPUTS = {
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
}


def hhmm(text):
    """Minutes after midnight."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def instant(text):
    """UTC instant of a local time, today's unless it has a date."""
    local = dt.datetime.fromisoformat(text if "T" in text else f"{DATE}T{text}")
    return local.replace(tzinfo=ZONE).astimezone(dt.UTC)


def straight(a, b):
    """Great-circle kilometres."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, p)) for p in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2
    h += cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(h))


def order(order_id, store, **more):
    """An order of 4 litres and 1 kg, its customer 300 m north of the store."""
    lat, lon = STORES[more.pop("near", store)]
    return {
        "order_id": order_id,
        "platform": "shopee",
        "placed_at": instant("2026-11-22T20:00:00"),
        "customer_lat": lat + 0.0027,
        "customer_lon": lon,
        "service": "pickup",
        "store_id": store,
        "pickup_from": None,
        "weight_kg": 1.0,
        "length_cm": 20.0,
        "width_cm": 20.0,
        "height_cm": 10.0,
        "goods_class": "ambient",
        "needs_installation": False,
        "value_twd": 100.0,
        "cod_twd": 0.0,
        "at_dc_from": None,
        "inbound": "dc",
    } | more


def given():
    """The input tables, as lists of rows."""
    big = {"length_cm": 50.0, "width_cm": 40.0, "height_cm": 40.0, "weight_kg": 12.0}
    return {
        "orders": [
            order("O1", "S1", pickup_from=hhmm("10:00"), cod_twd=500.0),
            order("O2", "S1", at_dc_from=instant("09:30")),
            order("O3", "S2", pickup_from=hhmm("17:00")),
            order("O4", "S1", near="S2", platform="slow", cod_twd=250.0),
            order("O5", None, near="S3", service="any"),
            order("O6", None, near="S4", service="door", **big),
            order("O7", None, near="S5", service="door", cod_twd=99.0),
            order("O8", "S4"),
            order("O9", "S5", goods_class="chilled"),
            order("O10", "S1", placed_at=instant("09:00:01")),
            order("O11", None, near="S2", needs_installation=True),
            order("O12", "S1", inbound="store"),
            order("O13", "S2"),
            order("O14", "S3"),
        ],
        "stores": [
            {
                "store_id": store,
                "dc_id": None if store == "S5" else "DC",
                "chain": "7-ELEVEN",
                "name": None,
                "lat": lat,
                "lon": lon,
                "opening_hours": "24/7",
                "receive_from": hhmm("10:00"),
                "receive_by": hhmm("16:00"),
                "shelf_litres": 40.0,
                "chilled": store in ("S1", "S5"),
                "door_couriers": int(store == "S1"),
                "service_min": 6.0,
            }
            for store, (lat, lon) in STORES.items()
        ],
        "distribution_centers": [
            {
                "dc_id": "DC",
                "name": "Wugu",
                "lat": DC[0],
                "lon": DC[1],
                "opens": hhmm("09:15"),
                "closes": hhmm("22:00"),
                "dock_doors": 1,
            }
        ],
        "vehicles": [
            {
                "vehicle_type": name,
                "dc_id": "DC",
                "count": count,
                "capacity_litres": litres,
                "capacity_kg": 40.0,
                "chilled": name == "cold",
                "shift_from": hhmm("09:30"),
                "shift_to": hhmm("20:30"),
                "max_route_min": 540.0,
                "fixed_cost_twd": 900.0,
                "cost_per_km_twd": 8.5,
                "cost_per_hour_twd": 240.0,
                "max_trips": 2,
                "break_min": 30.0,
                "break_after_min": 120.0,
            }
            for name, count, litres in (("van", 3, 20.0), ("cold", 1, 120.0))
        ],
        "held_parcels": [
            {"parcel_id": "H1", "store_id": "S1", "litres": 20.0, **_ready(1, "08:00")},
            {"parcel_id": "H2", "store_id": "S1", "litres": 5.0, **_ready(3, "12:00")},
            {"parcel_id": "H3", "store_id": "S2", "litres": 30.0, **_ready(9, "08:00")},
            {"parcel_id": "H4", "store_id": "S6", "litres": 50.0, **_ready(2, "08:00")},
            *(
                {"parcel_id": f"I{i}", "store_id": "S4", "litres": 1.25}
                | _ready(1, "20:00")
                for i in range(30)
            ),
        ],
        "collections": [
            {
                "parcel_id": "C1",
                "location_id": "S1",
                "kind": "return",
                "litres": 7.0,
                "weight_kg": 2.0,
                "ready_at": instant("08:00"),
                "reason": "expired",
            }
        ],
        "conditions": [
            {
                "from": instant("07:00"),
                "to": instant("13:00"),
                "area": "*",
                "weather": "rain",
                "speed_factor": 0.85,
                "service_factor": 1.1,
                "note": None,
            }
        ],
        "closures": [],
        "locks": [],
    }


def _ready(days_ago, clock):
    return {
        "ready_at": instant(f"{DATE - dt.timedelta(days=days_ago)}T{clock}"),
        "cod_twd": 0.0,
        "extension_days": 0,
    }


def chosen():
    """The settings, as in YAML."""
    return {
        "network": {
            "time_zone": "Asia/Taipei",
            "currency": "TWD",
            "own_chains": ["7-ELEVEN"],
        },
        "lead_time_min": {"slow": 13 * 60.0},
        "goods_classes": {"ambient": {}, "chilled": {"chilled": True}},
        "channel_rules": [
            {
                "name": "installed",
                "channel": "seller_direct",
                "needs_installation": True,
            },
            {"name": "too big", "channel": "express_station", "fits": ["neither"]},
            {"name": "bulky", "channel": "store_door", "fits": ["courier"]},
            {"name": "to the door", "channel": "store_door", "service": ["door"]},
            {"name": "our choice", "channel": "any", "service": ["any"]},
            {"name": "as wished", "channel": "store_pickup"},
        ],
        "batches": [
            {"name": "early", "earliest": "09:30", "latest": "12:00"},
            {"name": "late", "earliest": "13:00", "latest": "16:00"},
        ],
        "loading_min": LOADING_MIN,
    }


ROUTES = {
    "A": ("van", 1, "R1", "09:40", [["early", "S1", "S2"], ["late", "S3"]]),
    "B": ("cold", 1, "R2", "09:55", [["early", "S4", "S5"]]),
}
"""Type, number, region, departure and trips; vans leave for the second at 13:00."""
BROUGHT = {
    "S1": ["O1", "O2"],
    "S2": ["O3", "O4"],
    "S3": ["O5"],
    "S4": ["O6", "O7", "O8"],
    "S5": ["O9"],
    "S6": [],
}
RULE = {"O5": "our choice", "O6": "bulky", "O7": "to the door", "O11": "installed"}
CHANNEL = {"O6": "store_door", "O7": "store_door", "O11": "seller_direct"}


def planned(tables, later_min=0):
    """A legal plan of ``tables``, as lists of rows; the first trips leave later."""
    orders = {row["order_id"]: row for row in tables["orders"]}
    stops, routes, at = [], [], {}
    for route_id, (kind, number, region, departs, trips) in ROUTES.items():
        rows = _drive(route_id, hhmm(departs) + later_min, trips, orders)
        stops += rows
        routes.append(_route(route_id, kind, number, region, rows))
        at |= {(r["location_id"], r["kind"]): r for r in rows}
    for row in stops:
        for name in ("_leave", "_arrive"):
            row[name[1:]] = row.pop(name)
    parcels = [_parcel(row, at) for row in tables["orders"]]
    parcels.append(
        _row(
            "parcels", order_id="C1", task="return", status="planned", redirected=False
        )
        | {"store_id": "S1", "dc_id": "DC", "region_id": "R1", "batch": "early"}
        | {"route_id": "A", "trip": 1, "stop_sequence": 2}
    )
    return {
        "parcels": parcels,
        "routes": routes,
        "stops": stops,
        "rounds": _walk(at["S4", "deliver"]["leave"], [orders["O6"], orders["O7"]]),
        "regions": [
            {"region_id": region, "dc_id": "DC", "hub": hub, "work_h": 2.0}
            | {"stores": 3, "parcels": parcels, "door_parcels": doors}
            for (region, hub), parcels, doors in zip(
                HUBS.items(), (6, 4), (0, 2), strict=True
            )
        ],
        "assignment": [{"store_id": s, "region_id": r} for s, r in REGION.items()],
        "store_arrivals": [_arrivals(s, at, tables) for s in STORES],
    }


def _row(table, **cells):
    return dict.fromkeys(CONTRACTS[table].column_names()) | cells


def litres(order_):
    """Of the box."""
    sides = order_["length_cm"], order_["width_cm"], order_["height_cm"]
    return sides[0] * sides[1] * sides[2] / 1000


def _drive(route_id, departs, trips, orders):
    rows, here, t, km = [], DC, float(departs), 0.0

    def stop(trip, batch, kind, place, minutes, service, opens, idle_to, ids=()):
        arrive = t + minutes
        start = max(arrive, opens)
        leave = max(start + service, idle_to)
        figures = dict.fromkeys(("litres", "kg", "cod_twd"), 0.0)
        if kind == "collect":
            figures |= {"litres": 7.0, "kg": 2.0}
        for order_id in ids:
            figures["litres"] += litres(orders[order_id])
            figures["kg"] += orders[order_id]["weight_kg"]
            figures["cod_twd"] += orders[order_id]["cod_twd"]
        rows.append(
            {"route_id": route_id, "trip": trip, "sequence": len(rows), "batch": batch}
            | {"kind": kind, "location_id": place}
            | {"arrives": int(arrive), "starts": int(start), "leaves": int(leave)}
            | {"dropped_parcels": len(ids), "collected_parcels": int(kind == "collect")}
            | figures
            | {"leg_km": round(km, 2), "leg_min": round(minutes, 2)}
            | {"_leave": leave, "_arrive": arrive, "_km": km}
        )
        return leave

    for number, (batch, *places) in enumerate(trips, start=1):
        speed, slow = (28 * 0.85, 1.1) if batch == "early" else (28, 1.0)
        if number == 1:
            stop(1, batch, "depart", "DC", 0, 0, 0, 0)
        for place in places:
            km = 1.35 * straight(here, STORES[place])
            here = STORES[place]
            t = stop(
                number,
                batch,
                "deliver",
                place,
                km / speed * 60,
                6 * slow,
                hhmm("10:00"),
                0,
                BROUGHT[place],
            )
            if place == "S1":
                km = 0.0
                t = stop(number, batch, "collect", place, 0, 0, 0, 0)
        km, here = 1.35 * straight(here, DC), DC
        minutes = km / speed * 60
        if number < len(trips):
            after = trips[number][0]
            t = stop(
                number + 1,
                after,
                "reload",
                "DC",
                minutes,
                LOADING_MIN,
                0,
                hhmm("13:00"),
            )
        else:
            stop(number, batch, "end", "DC", minutes, 0, 0, 0)
    return rows


def _route(route_id, kind, number, region, rows):
    km = sum(row.pop("_km") for row in rows)
    minutes = rows[-1]["_arrive"] - rows[0]["_leave"]
    delivered = [row for row in rows if row["kind"] == "deliver"]
    return {
        "route_id": route_id,
        "dc_id": "DC",
        "vehicle_type": kind,
        "vehicle_no": number,
        "region_id": region,
        "departs": rows[0]["leaves"],
        "returns": rows[-1]["arrives"],
        "trips": rows[-1]["trip"],
        "stops": len(delivered),
        "parcels": sum(row["dropped_parcels"] for row in rows),
        **{
            name: sum(row[name] for row in delivered)
            for name in ("litres", "kg", "cod_twd")
        },
        "km": round(km, 2),
        "minutes": round(minutes, 1),
        "cost": round(900 + 8.5 * km + 240 * minutes / 60, 2),
    }


def _parcel(order_, at):
    order_id = order_["order_id"]
    row = _row(
        "parcels",
        order_id=order_id,
        task="deliver",
        status="planned",
        channel=CHANNEL.get(order_id, "store_pickup"),
        channel_rule=RULE.get(order_id, "as wished"),
        redirected=False,
    )
    waiting = {
        "O10": ("deferred", "after_cut_off", "placed at 09:00, cut-off 09:00"),
        "O13": ("already_planned", None, None),
        "O14": ("unserved", "no_time", "no van has 10 minutes left"),
    }
    if order_id in waiting:
        status, code, reason = waiting[order_id]
        return row | {"status": status, "reason_code": code, "reason": reason}
    if order_id == "O11":
        return row
    store = next((s for s, ids in BROUGHT.items() if order_id in ids), "S1")
    row |= {"store_id": store, "dc_id": "DC", "region_id": REGION[store]}
    if row["channel"] == "store_pickup":
        home = order_["customer_lat"], order_["customer_lon"]
        row["walk_m"] = round(1000 * straight(home, STORES[store]))
    if order_id == "O4":
        row |= {"redirected": True, "reason_code": "no_room", "reason": "S1 is full"}
    if order_id == "O12":
        return row
    stop = at[store, "deliver"]
    due = order_["pickup_from"]
    late = 0 if due is None else max(0, stop["leaves"] - due)
    return row | {
        "batch": stop["batch"],
        "route_id": stop["route_id"],
        "trip": stop["trip"],
        "stop_sequence": stop["sequence"],
        "ready_by": stop["leaves"],
        "late_min": late,
    }


def _walk(brought, orders):
    """One round of the courier of S4, setting out when the van has left."""
    t, here, rows = brought, STORES["S4"], []
    for number, order_ in enumerate(orders, start=1):
        home = order_["customer_lat"], order_["customer_lon"]
        t, here = t + 1.3 * straight(here, home) / 18 * 60, home
        rows.append(
            {"round_id": "D1", "store_id": "S4", "courier_no": 1}
            | {"departs": int(brought), "sequence": number, "arrives": int(t)}
            | {"order_id": order_["order_id"], "litres": litres(order_)}
            | {"kg": order_["weight_kg"], "cod_twd": order_["cod_twd"]}
        )
        t += 3
    back = t + 1.3 * straight(here, STORES["S4"]) / 18 * 60
    return [row | {"returns": int(back)} for row in rows]


def _arrivals(store, at, tables):
    held = [row for row in tables["held_parcels"] if row["store_id"] == store]
    on_shelf = sum(row["litres"] for row in held)
    gone = round(fetched(held), 2)
    pickup = [i for i in BROUGHT[store] if i not in CHANNEL] + ["O12"] * (store == "S1")
    arriving = 4.0 * len(pickup)
    risk = "possible" if on_shelf + arriving > 40 else "no"
    return {
        "store_id": store,
        "dc_id": "DC",
        "arrives": at[store, "deliver"]["arrives"] if BROUGHT[store] else None,
        "pickup_parcels": len(pickup),
        "door_parcels": 2 * (store == "S4"),
        "shelf_litres": 40.0,
        "held_litres": on_shelf,
        "fetched_litres": gone,
        "shelf_before_litres": on_shelf - gone,
        "arriving_litres": arriving,
        "shelf_after_litres": on_shelf - gone + arriving,
        "overflow_risk": "over_before" if on_shelf > 40 else risk,
    }


def fetched(held):
    """Litres surely fetched from 01:00 to 10:00: their 10 % quantile, never below 0."""
    share = [0.0, 0.38, 0.60, 0.74, 0.83, 0.89, 0.93, 0.96]

    def within(days):
        low = min(int(days), 7)
        high = min(low + 1, 7)
        return share[low] + (days - low) * (share[high] - share[low])

    mean = variance = 0.0
    for row in held:
        age = (instant("01:00") - row["ready_at"]) / dt.timedelta(days=1)
        p = (within(age + 9 / 24) - within(age)) / (1 - within(age))
        mean += p * row["litres"]
        variance += p * (1 - p) * row["litres"] ** 2
    return max(0.0, mean + NormalDist().inv_cdf(0.10) * sqrt(variance))


class Day:
    """Rows of the plan and of the inputs, and the settings; tests edit them."""

    def __init__(self):
        self.inputs = given()
        self.plan = planned(self.inputs)
        self.settings = chosen()
        self.already_planned = frozenset({"O13"})
        self.travel_legs = []

    def rows(self, table):
        """The rows of a plan table or, with ``given:`` before it, of an input."""
        name = table.removeprefix("given:")
        return (self.inputs if name != table else self.plan)[name]

    def row(self, table, *key):
        """The row with that key."""
        columns = KEYS[table.removeprefix("given:")]
        return next(r for r in self.rows(table) if tuple(r[c] for c in columns) == key)

    def tables(self):
        """The plan under its contracts, with the lines of its files."""
        return PlanTables(
            **{
                name: _frame(rows, CONTRACTS[name]).with_row_index(LINE, 2)
                for name, rows in self.plan.items()
            }
        )

    def made(self):
        """Plan, inputs, settings and travel."""
        frames = {
            name: _frame(rows, INPUTS[name]) for name, rows in self.inputs.items()
        }
        inputs = DayInputs(
            date=DATE,
            now=dt.datetime.combine(DATE, dt.time(1), tzinfo=ZONE),
            time_zone="Asia/Taipei",
            orders_raw=pl.DataFrame(),
            already_planned=self.already_planned,
            travel_matrix=_frame(self.travel_legs, TravelLegs),
            **frames,
        )
        settings = PlanDaySettings.model_validate(self.settings)
        return self.tables(), inputs, settings, DayTravel(inputs, settings)

    def faults(self):
        """What `check` finds."""
        return check(*self.made())

    def made_rounds(self):
        """The rounds on their exact clock."""
        return plan_day_of(*self.made()).rounds

    def faults_of(self, rule):
        """What one rule finds."""
        return set(rule(plan_day_of(*self.made())))


def _frame(rows, contract):
    columns = contract.columns()
    return pl.DataFrame(
        [{name: row.get(name) for name in columns} for row in rows],
        schema={name: column.dtype for name, column in columns.items()},
    )
