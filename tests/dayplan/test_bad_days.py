"""
A dispatcher's bad days: rain, a closed bridge, a closed store, no vans, full shelves.

Vans drive 30 km an hour, 2 minutes a kilometre, from a DC at kilometre 0 of the line.
"""

from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from days import (
    LON,
    at,
    by_id,
    closure,
    collection,
    day,
    dc,
    door,
    held,
    hhmm,
    legal,
    north,
    order,
    settings,
    store,
    van,
)
from duties import weather

STRAIGHT = {"circuity": 1.0, "speed_kmh": 30}
RAIN = weather("10:00", "23:00", 0.5, 1.5)


def batch(earliest, latest):
    return [{"name": "only", "earliest": earliest, "latest": latest}]


def stops(plan):
    """Place and hour of every stop of a plan: when it is reached and left."""
    rows = plan.tables.stops.filter(pl.col("kind") != "depart")
    return [
        (row["location_id"], clock(row["arrives"]), clock(row["leaves"]))
        for row in rows.iter_rows(named=True)
    ]


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def departures(plan):
    return [clock(minute) for minute in plan.tables.routes["departs"]]


def statuses(plan):
    return by_id(plan.tables.parcels, "status")


def far_store(*conditions):
    """A store 28 km away that receives from 10:30 on."""
    return legal(
        day(
            [order("A", 28.0)],
            [store("S1", 28.0, receive_from=hhmm("10:30"))],
            conditions=conditions,
        ),
        settings(travel=STRAIGHT, batches=batch("09:00", "12:00")),
    )


def test_in_fair_weather_the_van_leaves_to_be_there_when_the_store_opens():
    plan = far_store()
    assert departures(plan) == ["09:34"]
    assert stops(plan) == [("S1", "10:30", "10:36"), ("DC", "11:32", "11:32")]


def test_in_rain_the_van_leaves_earlier_to_be_there_at_the_same_time():
    """
    41 of the 56 minutes are driven by 10:00, the other 15 take 30. Service takes 9
    minutes, the way home 112.
    """
    plan = far_store(RAIN)
    assert departures(plan) == ["09:19"]
    assert stops(plan) == [("S1", "10:30", "10:39"), ("DC", "12:31", "12:31")]


def both_ways(*conditions, vans=3):
    """Two stores, 5 km on either side of the DC, that receive until 10:15."""
    hours = {"receive_from": hhmm("09:00"), "receive_by": hhmm("10:15")}
    return legal(
        day(
            [order("north", 5.0), order("south", -5.0)],
            [
                store("N", 5.0, service_min=10.0, **hours),
                store("S", -5.0, service_min=10.0, **hours),
            ],
            vans=[van(count=vans)],
            conditions=conditions,
        ),
        settings(travel=STRAIGHT),
    )


def test_in_rain_one_more_van_goes():
    """
    From 09:30 one van is at the first store at 09:40 and leaves it at 09:50. The 20
    minutes to the other end at 10:10; in rain 10 of them take 20: 10:20, too late.
    """
    assert [stop[1] for stop in stops(both_ways())] == ["09:40", "10:10", "10:30"]
    wet = both_ways(RAIN)
    assert len(wet.tables.routes) == 2
    assert set(statuses(wet).values()) == {"planned"}
    assert [stop[1] for stop in stops(wet)] == ["09:40", "10:00"] * 2


def test_in_rain_without_one_more_van_a_store_is_left_with_its_reason():
    assert len(both_ways(vans=1).tables.routes) == 1
    plan = both_ways(RAIN, vans=1)
    assert sorted(statuses(plan).values()) == ["planned", "unserved"]
    lost = plan.unserved.row(0, named=True)
    side = lost["order_id"][0].upper()
    assert lost["reason_code"] == "no_van_left"
    assert f" {side}" in lost["reason"]


BRIDGE = {("near", "far"), ("far", "near")}
CLOSED = hhmm("11:00"), hhmm("14:00")
AROUND_KM = 30.0


def bridge_day(batches, far=None, *, around=True):
    """
    Stores N before the bridge, at km 5, and F behind it, at km 10.

    It takes 10 minutes to N and 10 over the bridge, which is closed from 11:00 to
    14:00; the way around to F is 30 km and 80 minutes.
    """
    roads = [("dc", "near", 5.0, 10.0), ("near", "far", 5.0, 10.0)]
    roads += [("dc", "far", AROUND_KM, 80.0)] * around
    both = [*roads, *((b, a, km, minutes) for a, b, km, minutes in roads)]
    ids = ["from_node", "to_node"]
    links = pl.DataFrame(both, [*ids, "length_km", "freeflow_min"], orient="row")
    free = pl.col("freeflow_min")
    shut = [
        dict(zip(ids, link, strict=True)) | {"from": at("11:00"), "to": at("14:00")}
        for link in sorted(BRIDGE)
    ]
    inputs = day(
        [order("near", 5.0), order("far", 10.0)],
        [store("N", 5.0), store("F", 10.0, **(far or {}))],
        closures=shut,
    )
    inputs = replace(
        inputs,
        road_nodes=pl.DataFrame(
            {
                "node": ["dc", "near", "far"],
                "lon": [LON] * 3,
                "lat": [north(km) for km in (0.0, 5.0, 10.0)],
            }
        ),
        road_links=links.with_columns(am_time_min=free, pm_time_min=free),
    )
    return legal(inputs, settings(travel={"source": "roads"}, batches=batches))


def crossings(plan):
    """From, to and minutes on the bridge, of every leg that is short enough for it."""
    found = []
    for rows in plan.tables.stops.partition_by("route_id", maintain_order=True):
        places = rows.rows(named=True)
        for before, here in pairwise(places):
            sides = {before["location_id"], here["location_id"]}
            if "F" in sides and len(sides) == 2 and here["leg_km"] < AROUND_KM:
                found.append((before["leaves"], here["arrives"]))
    return found


def driven_while_open(crossing):
    """Minutes of a leg over the bridge outside its closure."""
    leaves, arrives = crossing
    closed = max(0, min(arrives, CLOSED[1]) - max(leaves, CLOSED[0]))
    return arrives - leaves - closed


def test_a_van_is_over_the_bridge_and_back_before_it_closes():
    plan = bridge_day(batch("09:30", "12:00"))
    assert statuses(plan) == {"near": "planned", "far": "planned"}
    assert plan.tables.routes["km"].to_list() == [20.0]
    assert len(crossings(plan)) == 2
    assert all(arrives <= CLOSED[0] for _, arrives in crossings(plan))


def test_while_the_bridge_is_closed_vans_drive_around():
    """
    At the DC at 11:30 the van sees N and goes around to F: N at 11:40 to 11:46, and
    back through the DC to F in 90 minutes.
    """
    plan = bridge_day(batch("11:30", "11:30"), {"receive_by": hhmm("13:30")})
    assert statuses(plan) == {"near": "planned", "far": "planned"}
    assert crossings(plan) == []
    assert stops(plan)[0] == ("N", "11:40", "11:46")
    assert stops(plan)[1] == ("F", "13:16", "13:22")


def test_a_store_behind_the_bridge_that_opens_while_it_is_closed_is_served():
    """The way home from F, at 11:36, is that around: 80 minutes."""
    hours = {"receive_from": hhmm("11:30"), "receive_by": hhmm("13:00")}
    plan = bridge_day(batch("10:00", "12:00"), hours)
    assert statuses(plan) == {"near": "planned", "far": "planned"}
    assert stops(plan)[1:] == [("F", "11:27", "11:36"), ("DC", "12:56", "12:56")]


def test_where_there_is_no_other_way_a_van_waits_for_the_bridge():
    """F receives from 14:10: the van drives there for 20 minutes while it is open."""
    plan = bridge_day(
        batch("09:30", "12:00"), {"receive_from": hhmm("14:10")}, around=False
    )
    assert statuses(plan) == {"near": "planned", "far": "planned"}
    assert all(driven_while_open(leg) >= 10 for leg in crossings(plan))
    assert ("F", "14:10", "14:16") in stops(plan)


SOUTH = [
    store("far", 10.0, service_min=10.0),
    store("shut", -10.0, service_min=10.0),
    store("on", -12.0, service_min=10.0),
]
THREE = [order("A", 10.0), order("B", -10.0), order("C", -12.0)]


def closed_day(start, end):
    return legal(
        day(THREE, SOUTH, closures=[closure("shut", start, end)]),
        settings(travel=STRAIGHT, batches=batch("11:00", "12:00")),
    )


def test_a_store_closed_at_noon_is_served_before():
    """Leaving at 11:00 the van is there at 11:20, or at 11:28 by the store behind."""
    plan = closed_day("12:00", "23:59")
    assert statuses(plan) == dict.fromkeys("ABC", "planned")
    assert len(plan.tables.routes) == 1
    arrives, leaves = next(stop[1:] for stop in stops(plan) if stop[0] == "shut")
    assert (arrives, leaves) in {("11:20", "11:30"), ("11:38", "11:48")}


def test_a_store_closed_over_noon_is_served_before_or_after():
    plan = closed_day("11:35", "13:00")
    assert statuses(plan) == dict.fromkeys("ABC", "planned")
    for place, arrives, leaves in stops(plan):
        if place == "shut":
            assert leaves <= "11:35" or arrives >= "13:00"


def test_a_store_that_closes_before_any_van_can_be_there_loses_its_parcels_alone():
    plan = closed_day("11:29", "23:59")
    assert by_id(plan.tables.parcels, "status", "reason_code") == {
        "A": ("planned", None),
        "B": ("unserved", "window_missed"),
        "C": ("planned", None),
    }
    (reason,) = plan.unserved["reason"]
    assert reason.endswith("takes goods today, 10:00 to 11:19.")


TWO_DCS = [dc(), dc("D2", lat=north(19.0))]
FOUR = [
    store("A1", 1.0),
    store("A2", 2.0),
    store("B1", 20.0, dc_id="D2", door_couriers=1),
    store("B2", 21.0, dc_id="D2"),
]


@pytest.mark.parametrize("vans", [[], [van(count=0)]])
def test_a_dc_without_vans_loses_what_needs_a_van_and_no_other_dc_does(vans):
    """Goods that the seller brings or installs himself need none."""
    orders = [
        order("a1", 1.0),
        order("a2", 2.0),
        door("a door", 1.0),
        order("b1", 20.0),
        order("b2", 21.0),
        door("b door", 20.0),
        order("installed", 1.0, needs_installation=True),
        order("brought", 1.0, store_id="A1", inbound="store"),
    ]
    returns = [collection("a return", "A1"), collection("b return", "B1")]
    plan = legal(
        day(orders, FOUR, TWO_DCS, [*vans, van(dc_id="D2")], collections=returns),
        settings(travel=STRAIGHT),
    )
    lost = {"a1", "a2", "a door", "a return"}
    assert set(plan.unserved["order_id"]) == lost
    assert set(plan.unserved["reason_code"]) == {"no_vans"}
    assert all("DC has no vans" in reason for reason in plan.unserved["reason"])
    assert set(statuses(plan).values()) == {"planned", "unserved"}
    assert plan.tables.routes["dc_id"].to_list() == ["D2"]

    alone = legal(
        day(orders, FOUR, TWO_DCS, [van(), van(dc_id="D2")], collections=returns),
        settings(travel=STRAIGHT),
    )
    for name in ("routes", "rounds", "stops"):
        rows = [
            getattr(p.tables, name).filter(
                pl.col(key).str.starts_with("D2") | pl.col(key).str.starts_with("B")
            )
            for p in (plan, alone)
            for key in ("store_id" if name == "rounds" else "route_id",)
        ]
        assert rows[0].equals(rows[1])


def test_with_all_shelves_full_doors_go_and_pick_ups_stay_with_the_reason():
    """
    130 litres wait on each shelf of 100. `any` parcels go to their customers' doors,
    also where a store was named; who must fetch the parcel waits, as do no doors.
    """
    full = [held(f"H{row['store_id']}", row["store_id"], 130.0) for row in FOUR]
    orders = [
        order("asked", 1.0, store_id="A1"),
        order("near", 2.0),
        order("any", 1.0, service="any"),
        order("any at", 20.1, service="any", store_id="B1"),
        door("door", 20.2),
        order("bulky", 1.2, weight_kg=12.0),
    ]
    plan = legal(
        day(orders, FOUR, TWO_DCS, [van(), van(dc_id="D2")], held_parcels=full),
        settings(travel=STRAIGHT),
    )
    assert by_id(plan.tables.parcels, "status", "channel", "reason_code") == {
        "asked": ("unserved", "store_pickup", "no_shelf_room"),
        "near": ("unserved", "store_pickup", "no_shelf_room"),
        "any": ("planned", "store_door", None),
        "any at": ("planned", "store_door", None),
        "door": ("planned", "store_door", None),
        "bulky": ("planned", "store_door", None),
    }
    for lost, nearest in (("asked", "A1"), ("near", "A2")):
        reason = by_id(plan.unserved, "reason")[lost]
        assert "room for its 4 litres" in reason
        assert f"the most left is 0 of 100 litres, at {nearest}" in reason
    assert sorted(plan.tables.rounds["order_id"]) == ["any", "any at", "bulky", "door"]
    shelf = plan.tables.store_arrivals
    assert shelf["pickup_parcels"].sum() == 0
    assert set(shelf["overflow_risk"]) == {"over_before"}
