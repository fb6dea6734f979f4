"""Locks: who goes together, what nobody can keep, and whole days that keep them."""

import random

import pytest
from days import (
    LON,
    by_id,
    collection,
    day,
    dc,
    hhmm,
    legal,
    north,
    order,
    planned,
    settings,
    store,
    van,
)
from duties import weather

from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.locks import check_locks, locked_batches, promises
from cstore_cli.errors import InputError
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.plan import PlanTables
from cstore_cli.travel.of_day import DayTravel

STORES = [store(f"S{n}", float(n)) for n in range(1, 6)]
DC_OF = {row["store_id"]: "DC" for row in STORES}
BATCHES = [
    {"name": "early", "earliest": "09:30", "latest": "11:00"},
    {"name": "late", "earliest": "12:00", "latest": "13:30"},
]


def client(store_id, dc_id="DC"):
    """Goods for a store."""
    return StoreClient(store_id, dc_id, False, (0,), 1.0, 1.0, 1.0, 0.0, float("inf"))


def lock(store_id, **fixed):
    return {"store_id": store_id, "reason": "promised"} | fixed


def made(locks, stores=("S1", "S2", "S3"), dc_of=DC_OF):
    """The promises to a client of each store: clients, number, route."""
    clients = [client(name) for name in stores]
    inputs = day(stores=STORES, locks=locks)
    found = promises(clients, inputs, dc_of)
    return sorted((p.clients, p.vehicle_no, p.route_id) for p in found)


def test_stores_of_a_number_or_of_a_route_go_together():
    locks = [lock("S1", vehicle_no="2"), lock("S3", vehicle_no="2")]
    assert made(locks) == [((0, 2), 2, None)]
    assert made([lock("S1", route_id="R"), lock("S3", route_id="R")]) == [
        ((0, 2), None, "R")
    ]


def test_all_clients_of_a_store_are_promised():
    assert made([lock("S1", route_id="R")], ("S1", "S1", "S2")) == [((0, 1), None, "R")]


def test_a_batch_alone_promises_no_van():
    assert made([lock("S1", batch="early")]) == []


def test_locks_hang_together_through_others():
    """S1 is on route R, S2 on R by van 2, S3 in van 2; S4 is alone."""
    locks = [
        lock("S1", route_id="R"),
        lock("S2", route_id="R", vehicle_no="2"),
        lock("S3", vehicle_no="2"),
        lock("S4", vehicle_no="1"),
    ]
    assert made(locks, ("S4", "S3", "S2", "S1")) == [
        ((0,), 1, None),
        ((1, 2, 3), 2, "R"),
    ]


def test_van_one_of_two_dcs_are_two_vans():
    locks = [lock("S1", vehicle_no="1"), lock("S2", vehicle_no="1")]
    dc_of = DC_OF | {"S2": "D2"}
    assert made(locks, ("S1",), dc_of) == [((0,), 1, None)]
    assert made(locks, ("S2",), dc_of) == [((0,), 1, None)]
    assert made(locks, ("S1", "S2"), dc_of) == [((0,), 1, None), ((1,), 1, None)]


def test_promises_to_nobody_today_are_none():
    assert made([lock("S4", vehicle_no="1")]) == []


def test_a_store_is_locked_to_its_batch():
    chosen = settings(batches=BATCHES)
    inputs = day(stores=STORES, locks=[lock("S1", batch="late")])
    assert locked_batches(inputs, chosen.batches).get("S1") == chosen.batches[1]
    assert locked_batches(inputs, chosen.batches).get("S2") is None


# What nobody can keep


@pytest.mark.parametrize(
    ("locks", "said"),
    [
        ([lock("S9", vehicle_no="1")], "'S9' is not in stores"),
        ([lock("S1", batch="noon")], "'noon' is not one of early"),
        (
            [lock("S1", vehicle_no="4")],
            "'4' is not a vehicle number from 1 to 3",
        ),
        ([lock("S1", vehicle_no="0")], "'0' is not a vehicle number from 1 to 3"),
        ([lock("S1", vehicle_no="one")], "'one' is not a vehicle number"),
        ([lock("S1")], "the lock of 'S1' names no van, route or batch"),
        (
            [lock("S1", vehicle_no="1"), lock("S1", vehicle_no="2")],
            "S1 go together, but are locked to vehicles 1 and 2",
        ),
        (
            [
                lock("S1", vehicle_no="1", route_id="R"),
                lock("S2", vehicle_no="1", route_id="Q"),
            ],
            "S1, S2 go together, but are locked to routes Q and R",
        ),
        (
            [lock("S1", batch="early"), lock("S1", batch="late")],
            "'S1' is locked to batches early and late",
        ),
        (
            [lock("S1", vehicle_no="01")],
            "'01' is not a vehicle number",
        ),
    ],
)
def test_locks_that_cannot_be_kept_are_refused(locks, said):
    inputs = day(stores=STORES, locks=locks)
    chosen = settings(batches=BATCHES if "late" in said else BATCHES[:1])
    with pytest.raises(InputError) as refused:
        check_locks(inputs, chosen, DC_OF)
    assert said in str(refused.value) + " ".join(
        fault.what for fault in refused.value.faults
    )


def test_all_faults_come_at_once():
    locks = [lock("S9", vehicle_no="1"), lock("S1", batch="noon"), lock("S2")]
    with pytest.raises(InputError) as refused:
        check_locks(day(stores=STORES, locks=locks), settings(), DC_OF)
    assert len(refused.value.faults) == 3


def test_a_van_number_is_counted_at_the_dc_of_the_store():
    """The other DC has five vans; this one has three."""
    vans = [van(count=3), van(dc_id="D2", count=5)]
    inputs = day(stores=STORES, vans=vans, locks=[lock("S1", vehicle_no="4")])
    with pytest.raises(InputError) as refused:
        check_locks(inputs, settings(), DC_OF)
    assert [fault.what for fault in refused.value.faults] == [
        "of 'S1': '4' is not a vehicle number from 1 to 3 of DC"
    ]


def test_what_a_locked_store_lacks_is_told_with_its_lock():
    orders = [order("big", height_cm=30.0), order("small", store_id="S2")]
    locks = [lock("S1", vehicle_no="2"), lock("S2", vehicle_no="2")]
    vans = [van(count=2, capacity_litres=10.0)]
    plan, _ = planned(day(orders, STORES, vans=vans, locks=locks))
    assert plan.unserved["reason"].to_list() == [
        (
            "No van of DC can hold what goes to S1. "
            "All its goods are locked to van 2 together with S2."
        )
    ]


def test_the_same_lock_twice_is_no_contradiction():
    locks = [lock("S1", vehicle_no="1"), lock("S1", vehicle_no="1", batch="early")]
    check_locks(day(stores=STORES, locks=locks), settings(), DC_OF)


# Whole days

ORDERS = [order(f"O{n}", float(n), store_id=f"S{n}") for n in range(1, 6)]


def carried(plan):
    """Order id: its route, vehicle number and batch."""
    vans = plan.tables.routes.select("route_id", "vehicle_no")
    rows = plan.tables.parcels.join(vans, on="route_id", how="left")
    return by_id(rows, "route_id", "vehicle_no", "batch")


def test_a_day_without_locks_is_one_route():
    """So that what follows is by the locks."""
    plan = legal(day(ORDERS, STORES))
    assert set(carried(plan).values()) == {("DC-01", 1, "early")}


def test_a_store_goes_on_the_van_it_is_locked_to():
    plan = legal(day(ORDERS, STORES, locks=[lock("S3", vehicle_no="3")]))
    assert carried(plan)["O3"][1] == 3


def test_stores_of_different_vans_go_apart():
    locks = [lock(f"S{n}", vehicle_no=str(n)) for n in (1, 2, 3)]
    plan = legal(day(ORDERS, STORES, locks=locks))
    assert [carried(plan)[f"O{n}"][1] for n in (1, 2, 3)] == [1, 2, 3]
    assert set(plan.tables.parcels["status"]) == {"planned"}


def test_a_store_goes_on_the_route_it_is_locked_to():
    locks = [lock("S2", route_id="north"), lock("S5", route_id="north")]
    locks.append(lock("S3", route_id="DC-01"))
    plan = legal(day(ORDERS, STORES, locks=locks))
    found = carried(plan)
    assert found["O2"][0] == found["O5"][0] == "north"
    assert found["O3"][0] == "DC-01"
    assert plan.tables.routes["route_id"].n_unique() == len(plan.tables.routes)


def test_a_store_goes_in_the_batch_it_is_locked_to():
    locks = [lock("S2", batch="late"), lock("S3", batch="early")]
    plan = legal(day(ORDERS, STORES, locks=locks), settings(batches=BATCHES))
    found = carried(plan)
    assert (found["O2"][2], found["O3"][2]) == ("late", "early")
    assert set(plan.tables.parcels["status"]) == {"planned"}


def test_where_batches_overlap_a_trip_bears_the_name_of_the_lock():
    """Both may leave at 11:15; S1 receives from 11:20 only."""
    batches = [
        {"name": "early", "earliest": "09:30", "latest": "11:30"},
        {"name": "late", "earliest": "11:00", "latest": "12:30"},
    ]
    stores = [row | {"receive_from": hhmm("11:20")} for row in STORES]
    for name in ("early", "late"):
        locks = [lock("S1", batch=name), lock("S2", batch=name)]
        plan = legal(day(ORDERS, stores, locks=locks), settings(batches=batches))
        found = carried(plan)
        assert found["O1"][2] == found["O2"][2] == name
        assert set(plan.tables.parcels["status"]) == {"planned"}


def test_batches_that_overlap_are_not_mixed_on_one_trip():
    batches = [
        {"name": "early", "earliest": "09:30", "latest": "11:30"},
        {"name": "late", "earliest": "11:00", "latest": "12:30"},
    ]
    locks = [lock(f"S{n}", batch=("early", "late")[n % 2]) for n in range(1, 6)]
    plan = legal(day(ORDERS, STORES, locks=locks), settings(batches=batches))
    assert set(plan.tables.parcels["status"]) == {"planned"}


def test_a_number_batch_and_route_can_be_locked_together():
    locks = [lock("S2", vehicle_no="2", batch="late", route_id="R7")]
    plan = legal(day(ORDERS, STORES, locks=locks), settings(batches=BATCHES))
    assert carried(plan)["O2"] == ("R7", 2, "late")


def test_what_is_collected_goes_on_the_van_of_its_store_too():
    locks = [lock("S2", vehicle_no="2"), lock("S4", vehicle_no="2")]
    fetched = [collection("C1", "S4"), collection("C2", "S2")]
    plan = legal(day(ORDERS[:3], STORES, locks=locks, collections=fetched))
    found = carried(plan)
    assert found["C1"][1] == found["C2"][1] == found["O2"][1] == 2


def test_two_dcs_have_a_van_of_the_same_number():
    stores = [store("S1", 1.0), store("S2", 19.0, dc_id="D2")]
    orders = [order("O1", 1.0), order("O2", 19.0)]
    dcs = [dc(), dc("D2", lat=north(20.0))]
    locks = [lock("S1", vehicle_no="2"), lock("S2", vehicle_no="2")]
    plan = legal(day(orders, stores, dcs, [van(), van(dc_id="D2")], locks=locks))
    assert {row[1] for row in carried(plan).values()} == {2}


def test_more_than_the_promised_van_holds_is_left_with_a_reason():
    """Three stores of 4 litres each on van 1, which has 8; others stand idle."""
    locks = [lock(f"S{n}", vehicle_no="1") for n in (1, 2, 3)]
    plan = legal(day(ORDERS, STORES, vans=[van(capacity_litres=8.0)], locks=locks))
    statuses = by_id(plan.tables.parcels, "status", "reason_code", "reason")
    lost = {name for name, row in statuses.items() if row[0] == "unserved"}
    assert len(lost) == 1
    assert lost < {"O1", "O2", "O3"}
    assert all(statuses[name][1] and statuses[name][2] for name in lost)


def test_the_checker_sees_a_lock_that_is_not_kept():
    """The plan of the day without locks does not keep them."""
    inputs = day(ORDERS, STORES, locks=[lock("S3", vehicle_no="3")])
    plan, _ = planned(day(ORDERS, STORES))
    tables = PlanTables(
        **{
            name: getattr(plan.tables, name).with_row_index(LINE, 2)
            for name in PlanTables.__dataclass_fields__
        }
    )
    faults = check(tables, inputs, settings(), DayTravel(inputs, settings()))
    assert [fault.what for fault in faults] == [
        "O3 of S3 has vehicle_no 1, but the store is locked to 3"
    ]


@pytest.mark.parametrize("seed", range(6))
def test_days_with_locks_at_random_keep_them(seed):
    """Vans that hold three stores each, weather, doors, two batches."""
    dice = random.Random(seed)
    stores = [
        store(f"S{n}", dice.uniform(-8, 8), lon=LON + dice.uniform(-0.05, 0.05))
        for n in range(8)
    ]
    orders = [
        order(f"O{n}", customer_lat=row["lat"], store_id=row["store_id"])
        for n, row in enumerate(stores)
    ]
    locks = []
    for row in dice.sample(stores, 5):
        fixed = dice.choice(
            [
                {"vehicle_no": "1"},
                {"vehicle_no": "2"},
                {"route_id": "R"},
                {"batch": "late"},
                {"batch": "early", "route_id": "Q"},
            ]
        )
        locks.append(lock(row["store_id"], **fixed))
    vans = [van(capacity_litres=13.0, max_trips=dice.choice([1, 2]))]
    chosen = settings(batches=BATCHES, loading_min=dice.choice([0, 10]))
    rain = [weather("10:00", "13:00", 0.5)][: dice.choice([0, 1])]
    inputs = day(
        orders,
        stores,
        [dc(dock_doors=1)],
        vans,
        locks=locks,
        conditions=rain,
    )
    plan = legal(inputs, chosen)
    unserved = plan.tables.parcels.filter(status="unserved")
    assert unserved["reason_code"].null_count() == 0


def test_a_number_stands_on_a_van_with_cooling_and_one_without():
    """
    S1 is locked to van 1. Its 12 litres of ambient goods and 4 chilled ones are too
    much for the 10 litres of the cool van: van 1 of either kind brings its part.
    """
    vans = [van("warm", capacity_litres=40.0), van("cool", chilled=True)]
    vans[1]["capacity_litres"] = 10.0
    orders = [order(f"A{i}", store_id="S1") for i in range(3)]
    orders += [order("C", store_id="S1", goods_class="chilled")]
    inputs = day(
        orders,
        [store("S1", chilled=True)],
        vans=vans,
        locks=[{"store_id": "S1", "vehicle_no": "1"}],
    )
    chosen = settings(goods_classes={"ambient": {}, "chilled": {"chilled": True}})
    plan = legal(inputs, chosen)
    assert set(plan.tables.parcels["status"]) == {"planned"}
    assert sorted(plan.tables.routes["vehicle_type"]) == ["cool", "warm"]
    assert set(plan.tables.routes["vehicle_no"]) == {1}
