"""The plan's tables, made from what was found."""

import polars as pl
import pytest
from days import (
    at,
    by_id,
    day,
    door,
    held,
    hhmm,
    leg,
    legal,
    order,
    settings,
    store,
    van,
)

from cstore_cli.dayplan.plan_tables import own_columns
from cstore_cli.tables.plan import CONTRACTS

MATRIX = [
    leg("DC", "S1", 35.5, 8.0),
    leg("S1", "DC", 21, 9.0),
    leg("DC", "S2", 300, 12.0),
    leg("S2", "DC", 31, 12.5),
    leg("S1", "S2", 7.25, 3.0),
    leg("S2", "S1", 800, 3.5),
]
"""So that S1 comes before S2."""


def small_plan(**more):
    """A pick-up at S1, one at S2, and a door parcel from S2, on one van."""
    stores = [store("S1"), store("S2", 1.4, door_couriers=1)]
    orders = [
        order("A", 1.1, store_id="S1", cod_twd=120.0, pickup_from=hhmm("10:05")),
        order("B", 1.2, store_id="S2", height_cm=12.345),
        door("C", 1.6, weight_kg=2.5, cod_twd=80.0),
    ]
    chosen = settings(travel={"source": "matrix"})
    inputs = day(orders, stores, vans=[van(count=1)], matrix=MATRIX, **more)
    return legal(inputs, chosen).tables


def one_column(*names):
    """The names that own columns get."""
    return own_columns(pl.DataFrame({name: ["x"] for name in names})).columns


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("0912345678", "09****78"),
        ("+886-912-345-678", "+8****78"),
        ("123456", "12****56"),
        ("12345", "****"),
        ("1", "****"),
        ("", None),
        (None, None),
        ("電話0912345678", "電話****78"),
    ],
)
def test_phones_are_masked(phone, shown):
    raw = pl.DataFrame({"phone": [phone]}, schema={"phone": pl.String})
    raw = raw.with_columns(pl.lit("O1").alias("order_id"))
    assert own_columns(raw)["phone"].to_list() == [shown]


def test_an_own_column_that_the_plan_has_gets_a_prefix():
    assert one_column("order_id", "store_id", "status", "note", "recipient") == [
        "order_store_id",
        "order_status",
        "note",
        "recipient",
    ]


def test_an_own_column_with_the_prefix_already_makes_way():
    """Whatever comes: the store asked for is order_store_id, and nothing is lost."""
    found = one_column("order_store_id", "order_order_store_id", "order_id", "store_id")
    assert found[2] == "order_store_id"
    assert len(set(found)) == 3


def test_the_tables_keep_their_contracts():
    tables = small_plan()
    for name, contract in CONTRACTS.items():
        frame = getattr(tables, name)
        columns = contract.column_names()
        assert frame.columns[: len(columns)] == columns
        contract.validate(frame.select(columns), cast=False)


def test_stops_are_the_van_s_day_minute_by_minute():
    """Off at 09:30 for 10:05.5, until 10:11.5; at S2 10:18.75 to 10:24.75."""
    stops = small_plan().stops
    times = ("kind", "location_id", "arrives", "starts", "leaves")
    assert stops.select(times).rows() == [
        ("depart", "DC", 570, 570, 570),
        ("deliver", "S1", 605, 605, 611),
        ("deliver", "S2", 618, 618, 624),
        ("end", "DC", 655, 655, 655),
    ]
    figures = ("sequence", "dropped_parcels", "litres", "kg", "cod_twd", "leg_km")
    assert stops.select(figures).rows() == [
        (0, 0, 0, 0, 0, 0),
        (1, 1, 4, 1, 120, 8),
        (2, 2, 8.94, 3.5, 80, 3),
        (3, 0, 0, 0, 0, 12.5),
    ]


def test_a_route_adds_up_and_costs_what_it_costs():
    """900 + 8 x 23.5 km + 240 x 85.75 min / 60."""
    (route,) = small_plan().routes.rows(named=True)
    assert route == {
        "route_id": "DC-01",
        "dc_id": "DC",
        "vehicle_type": "van",
        "vehicle_no": 1,
        "region_id": "DC-R01",
        "departs": 570,
        "returns": 655,
        "trips": 1,
        "stops": 2,
        "parcels": 3,
        "litres": 12.94,
        "kg": 4.5,
        "cod_twd": 200.0,
        "km": 23.5,
        "minutes": 85.8,
        "cost": 1431.0,
    }


def test_parcels_say_where_they_are_and_when():
    parcels = small_plan().parcels
    columns = ("store_id", "route_id", "stop_sequence", "ready_by", "late_min")
    assert by_id(parcels, *columns) == {
        "A": ("S1", "DC-01", 1, 611, 6),
        "B": ("S2", "DC-01", 2, 624, 0),
        "C": ("S2", "DC-01", 2, 624, 0),
    }
    assert parcels["walk_m"].to_list() == [
        pytest.approx(100, abs=0.1),
        pytest.approx(200, abs=0.1),
        None,
    ]


def test_rounds_follow_the_van():
    rounds = small_plan().rounds
    row = rounds.row(0, named=True)
    assert (row["round_id"], row["store_id"], row["courier_no"]) == ("S2-01", "S2", 1)
    assert row["departs"] == 625
    assert (row["order_id"], row["kg"], row["cod_twd"]) == ("C", 2.5, 80)


def test_arrivals_tell_the_shelf_before_and_after():
    arrivals = small_plan(held_parcels=[held("H", "S1", 30.0, days_ago=20)])
    rows = arrivals.store_arrivals.rows(named=True)
    first, second = rows
    assert (first["store_id"], first["arrives"]) == ("S1", 605)
    assert first["shelf_before_litres"] == 30
    assert first["arriving_litres"] == 4
    assert first["shelf_after_litres"] == 34
    assert (second["pickup_parcels"], second["door_parcels"]) == (1, 1)
    assert second["arriving_litres"] == 4.94


@pytest.mark.parametrize(
    ("held_litres", "risk"), [(90.0, "no"), (99.0, "possible"), (101.0, "over_before")]
)
def test_the_risk_of_an_overflow_is_told(held_litres, risk):
    """A hundred parcels, half of which will be gone by ten o'clock, make room."""
    parcels = [
        held(f"H{i}", "S1", held_litres / 100, days_ago=1, clock="00:00")
        for i in range(100)
    ]
    dwell = {"collected_share": [0, 0, 1]}
    stores = [store("S1"), store("S2", 1.1, shelf_litres=900.0)]
    orders = [order("A", store_id="S1")]
    inputs = day(orders, stores, held_parcels=parcels, now="00:00")
    plan = legal(inputs, settings(dwell=dwell))
    arrivals = plan.tables.store_arrivals
    assert arrivals.filter(store_id="S1")["overflow_risk"].to_list() == [risk]
    assert plan.tables.parcels["store_id"].to_list() == ["S1"]


def test_regions_count_what_comes_to_them():
    (region,) = small_plan().regions.rows(named=True)
    assert (region["stores"], region["parcels"], region["door_parcels"]) == (2, 3, 1)


def test_what_is_handed_over_is_on_no_route():
    orders = [order("A"), order("B", 50.0, needs_installation=True)]
    parcels = legal(day(orders)).tables.parcels
    assert by_id(parcels, "status", "channel", "store_id", "route_id")["B"] == (
        "planned",
        "seller_direct",
        None,
        None,
    )


def test_what_the_seller_brings_is_at_its_store_and_on_no_route():
    orders = [order("A", store_id="S1", inbound="store", at_dc_from=at("20:00"))]
    tables = legal(day(orders)).tables
    columns = ("store_id", "region_id", "route_id", "ready_by")
    assert by_id(tables.parcels, *columns) == {"A": ("S1", "DC-R01", None, None)}
    assert len(tables.routes) == len(tables.stops) == 0
