"""Whole days planned: the checker finds nothing, every order is in the plan once."""

import datetime as dt
import random
from collections import Counter

import pytest
from days import (
    LON,
    Inline,
    at,
    by_id,
    closure,
    day,
    dc,
    door,
    held,
    hhmm,
    leg,
    legal,
    north,
    order,
    planned,
    settings,
    store,
    van,
)

from cstore_cli.dayplan.day_plan import Watcher
from cstore_cli.dayplan.dc_search import Search
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import InfeasibleError
from cstore_cli.tables.plan import CONTRACTS
from cstore_cli.travel.of_day import DayTravel

STORES = [
    store("S1", 1.0, chilled=True, door_couriers=1),
    store("S2", 2.0),
    store("S3", -1.5, chilled=True),
]
ORDERS = [
    order("wish", 1.1, store_id="S1"),
    order("near", 2.2),
    order("cold", -1.2, goods_class="chilled"),
    order("any", 1.9, service="any"),
    door("door", 2.5),
    order("bulky", -1.0, weight_kg=12.0),
    order("fridge", needs_installation=True),
    order("late", placed_at=at("09:00:01")),
]
COLD = [van(), van("cold", chilled=True, count=1)]


def statuses(plan):
    """How many orders of each status."""
    return dict(Counter(plan.tables.parcels["status"]))


def test_an_ordinary_day_is_planned_whole():
    plan = legal(day(ORDERS, STORES, vans=COLD))
    assert statuses(plan) == {"planned": 7, "deferred": 1}
    assert plan.levels.unserved_weight == 0
    assert plan.levels.money == pytest.approx(plan.tables.routes["cost"].sum())


def test_a_day_without_orders_is_planned():
    plan = legal(day(stores=STORES))
    assert len(plan.tables.parcels) == len(plan.tables.routes) == 0
    assert plan.tables.assignment["store_id"].to_list() == ["S1", "S2", "S3"]


def test_with_full_shelves_doors_and_sellers_still_deliver():
    full = [held(f"H{s}", s, 200.0) for s in ("S1", "S2", "S3")]
    plan = legal(day(ORDERS, STORES, vans=COLD, held_parcels=full))
    found = by_id(plan.tables.parcels, "status", "channel", "reason_code")
    assert found["wish"] == ("unserved", "store_pickup", "no_shelf_room")
    assert found["any"] == ("planned", "store_door", None)
    assert found["door"][0] == found["bulky"][0] == found["fridge"][0] == "planned"


def test_without_vehicles_only_what_needs_none_is_planned():
    brought = order("brought", store_id="S1", inbound="store")
    plan = legal(day([*ORDERS, brought], STORES, vans=[]))
    rows = plan.tables.parcels.filter(status="planned")
    assert rows["order_id"].to_list() == ["fridge", "brought"]
    assert set(plan.unserved["reason_code"]) <= {"no_van_left", "no_vans"}


def test_a_dc_without_vehicles_leaves_the_other_its_day():
    stores = [store("S1"), store("S2", 5.0, dc_id="D2")]
    orders = [order("A"), order("B", 5.0)]
    dcs = [dc(), dc("D2", lat=north(6.0)), dc("D3", lat=north(9.0))]
    vans = [van(dc_id="D2"), van("none", count=0)]
    plan = legal(day(orders, stores, dcs=dcs, vans=vans))
    assert by_id(plan.tables.parcels, "status") == {"A": "unserved", "B": "planned"}
    assert plan.tables.routes["dc_id"].to_list() == ["D2"]


def test_a_store_without_dc_is_served_from_the_nearest():
    stores = [store("S1", 1.0, dc_id=None), store("S2", 5.5, dc_id=None)]
    dcs = [dc(), dc("D2", lat=north(6.0))]
    vans = [van(), van(dc_id="D2")]
    orders = [order("A"), order("B", 5.5)]
    plan = legal(day(orders, stores, dcs=dcs, vans=vans))
    assert by_id(plan.tables.parcels, "dc_id") == {"A": "DC", "B": "D2"}


def test_without_couriers_of_their_own_the_hubs_bring_everything():
    stores = [store(f"S{i}", float(i)) for i in range(4)]
    orders = [door(f"O{i}", i / 2) for i in range(8)]
    plan = legal(day(orders, stores))
    assert statuses(plan) == {"planned": 8}
    hubs = set(plan.tables.regions["hub"])
    assert set(plan.tables.rounds["store_id"]) <= hubs


def test_a_chilled_day_uses_chilled_vans_and_stores():
    orders = [row | {"goods_class": "chilled"} for row in ORDERS]
    plan = legal(day(orders, STORES, vans=COLD))
    assert set(plan.tables.routes["vehicle_type"]) == {"cold"}
    pickups = plan.tables.parcels.filter(channel="store_pickup", status="planned")
    assert set(pickups["store_id"]) <= {"S1", "S3"}


def test_far_orders_are_unserved_or_brought_if_a_courier_reaches_them():
    orders = [
        order("pickup", 40.0),
        order("any", 40.0, service="any"),
        door("near door", 8.0),
        order("near"),
    ]
    plan = legal(day(orders, STORES, vans=COLD))
    assert by_id(plan.tables.parcels, "status", "reason_code") == {
        "pickup": ("unserved", "no_store_near"),
        "any": ("unserved", "too_far_for_courier"),
        "near door": ("planned", None),
        "near": ("planned", None),
    }


def test_a_parcel_larger_than_any_van_does_not_take_others_with_it():
    orders = [order("A"), order("huge", height_cm=30.0), order("B")]
    plan = legal(day(orders, vans=[van(capacity_litres=11.0)]))
    assert by_id(plan.tables.parcels, "status", "reason_code") == {
        "A": ("planned", None),
        "huge": ("unserved", "no_van_large_enough"),
        "B": ("planned", None),
    }


def test_stores_that_cannot_be_reached_lose_their_parcels_to_those_that_can():
    stores = [store("S1", 1.0), store("S2", 1.5), store("S3", 5.0)]
    legs = [leg("DC", "S2", 10), leg("S2", "DC", 10), leg("DC", "S3", 10)]
    orders = [order("A", 1.1, store_id="S1"), order("B", 5.0), door("C", 5.0)]
    chosen = settings(travel={"source": "matrix"})
    plan = legal(day(orders, stores, matrix=legs), chosen)
    assert by_id(plan.tables.parcels, "status", "store_id", "redirected") == {
        "A": ("planned", "S2", True),
        "B": ("unserved", None, False),
        "C": ("planned", "S2", False),
    }
    assert plan.notes == ("DC: 2 stores cannot be reached: S1, S3.",)


def test_stores_linked_only_by_the_dc_get_a_van_each():
    stores = [store("S1"), store("S2", 3.0), store("S3", 6.0)]
    legs = [
        leg(*pair, 9)
        for name in ("S1", "S2", "S3")
        for pair in (("DC", name), (name, "DC"))
    ]
    orders = [order("A"), order("B", 3.0), order("C", 6.0)]
    chosen = settings(travel={"source": "matrix"}, regions={"region_work_h": 0.1})
    plan = legal(day(orders, stores, matrix=legs), chosen)
    assert statuses(plan) == {"planned": 3}
    assert len(plan.tables.routes) == 3


def test_too_many_doors_do_not_cost_the_hub_its_pick_ups():
    """Couriers have hours for some doors only; the van comes in time for those."""
    stores = [store("S1", 5.0, door_couriers=1)]
    orders = [order("pickup", 5.0), *(door(f"D{i}", 8.0 + i / 10) for i in range(40))]
    chosen = settings(courier={"round_parcels": 1, "hub_couriers": 1})
    plan = legal(day(orders, stores), chosen)
    found = by_id(plan.tables.parcels, "status")
    assert found["pickup"] == "planned"
    assert 16 < Counter(found.values())["planned"] < 20
    assert set(plan.unserved["reason_code"]) == {"no_courier_time"}


def test_stores_with_too_many_doors_can_share_a_van():
    """Each leaves the van time to see the other first."""
    stores = [store(f"S{i}", 5.0 + i, door_couriers=1) for i in range(2)]
    orders = [
        *(order(f"P{i}", 5.0 + i) for i in range(2)),
        *(door(f"D{i}", 5.0 + i % 2, customer_lon=LON + 0.003) for i in range(50)),
    ]
    short = {"round_parcels": 1, "hub_couriers": 1, "works_to": "12:00"}
    chosen = settings(courier=short)
    plan = legal(day(orders, stores, vans=[van(count=1)]), chosen)
    assert set(plan.unserved["reason_code"]) == {"no_courier_time"}


def test_doors_that_nobody_can_bring_do_not_cost_the_store_its_pick_ups():
    orders = [order("pickup"), door("door")]
    chosen = settings(courier={"works_from": "09:00", "works_to": "09:40"})
    plan = legal(day(orders, [store("S1", door_couriers=1)]), chosen)
    assert by_id(plan.tables.parcels, "reason_code") == {
        "pickup": None,
        "door": "no_courier_time",
    }


def test_doors_of_a_closed_hub_go_out_from_another():
    """Only S2 has couriers of its own, and it is closed."""
    stores = [store("S1"), store("S2", 1.2, door_couriers=3), store("S3", 2.0)]
    shut = [closure("S2", "00:00", "23:59")]
    plan = legal(day([door("A", 1.2)], stores, closures=shut))
    assert by_id(plan.tables.parcels, "status")["A"] == "planned"


def test_waves_of_goods_go_on_different_batches():
    batches = [
        {"name": "late", "earliest": "12:00", "latest": "13:30"},
        {"name": "early", "earliest": "09:30", "latest": "11:00"},
    ]
    orders = [
        order("early", pickup_from=hhmm("11:00")),
        order("noon", at_dc_from=at("11:30")),
        order("last", at_dc_from=at("13:30")),
        order("missed", at_dc_from=at("13:31")),
    ]
    plan = legal(day(orders), settings(batches=batches))
    assert by_id(plan.tables.parcels, "batch", "reason_code", "late_min") == {
        "early": ("early", None, 0),
        "noon": ("late", None, 0),
        "last": ("late", None, 0),
        "missed": (None, "not_at_dc", None),
    }


def test_a_spring_day_keeps_the_clock_of_the_wall():
    """Goods at the DC at 11:30 in Berlin, as clocks went from 02:00 to 03:00."""
    date, zone = dt.date(2026, 3, 29), "Europe/Berlin"
    night = at("00:10", date, zone)
    orders = [
        order("A", placed_at=night, at_dc_from=at("11:30", date, zone)),
        order("B", placed_at=night, at_dc_from=at("12:00", date, zone)),
    ]
    plan = legal(day(orders, date=date, zone=zone), settings(time_zone=zone))
    assert plan.tables.routes["departs"].to_list() == [720]


def test_an_order_with_no_vehicle_anywhere_is_infeasible_not_a_crash():
    with pytest.raises(InfeasibleError, match="None of the parcels can be planned"):
        planned(day([order("A"), door("B")], vans=[]))


def random_day(dice):
    """A day of up to seven stores and 25 orders, awkward in most ways there are."""
    dcs = [dc(), dc("D2", lat=north(6.0))][: dice.randint(1, 2)]
    dc_ids = [row["dc_id"] for row in dcs]
    stores = [
        store(
            f"S{i}",
            dice.uniform(0, 9),
            lon=LON + dice.uniform(-0.04, 0.04),
            dc_id=dice.choice([None, *dc_ids]),
            chain=dice.choice(["7-ELEVEN"] * 4 + ["OK"]),
            chilled=dice.random() < 0.4,
            door_couriers=dice.choice([0, 0, 1, 2]),
            shelf_litres=dice.choice([0.0, 4.0, 8.0, 12.0, 40.0, 100.0]),
            receive_from=dice.choice([0, 480, 600, 720]),
            receive_by=dice.choice([720, 800, 960, 1320]),
            service_min=dice.choice([0.0, 4.0, 6.0, 7.5]),
        )
        for i in range(dice.randint(1, 7))
    ]
    vans = [
        van(
            name,
            dc_id=dc_id,
            chilled=name == "cold",
            count=dice.randint(0, 2),
            capacity_litres=dice.choice([10.0, 40.0, 300.0]),
            capacity_kg=dice.choice([5.0, 30.0, 300.0]),
            shift_to=dice.choice([780, 1100, 1260]),
            max_route_min=dice.choice([60.0, 200.0, 540.0]),
        )
        for name in ("small", "cold")
        for dc_id in dc_ids
    ]
    orders = [random_order(dice, i, stores) for i in range(dice.randint(1, 25))]
    shut = [
        closure(
            dice.choice(stores)["store_id"],
            dice.choice(["00:00", "10:30", "12:00"]),
            dice.choice(["12:30", "13:00", "23:00"]),
        )
        for _ in range(dice.choice([0, 0, 1, 2]))
    ]
    rain = {
        "from": at("07:00"),
        "to": at("13:00"),
        "area": "*",
        "weather": "rain",
        "speed_factor": dice.choice([0.5, 0.85, 1.2]),
        "service_factor": dice.choice([0.9, 1.0, 1.3]),
    }
    waiting = [
        held(
            f"H{i}",
            dice.choice(stores)["store_id"],
            dice.choice([1.0, 3.0, 8.5, 30.0]),
            dice.randint(0, 9),
        )
        for i in range(dice.randint(0, 12))
    ]
    inputs = day(
        orders,
        stores,
        dcs,
        vans,
        held_parcels=waiting,
        closures=shut,
        conditions=[rain][: dice.choice([0, 0, 1])],
        now=dice.choice(["01:00", "09:00", "14:00"]),
    )
    return inputs, random_settings(dice)


def random_order(dice, i, stores):
    """Mostly a small pick-up at some store; now and then something else."""
    home = dice.choice(stores)
    row = order(
        f"O{i}",
        customer_lat=home["lat"] + dice.uniform(-0.012, 0.012),
        customer_lon=home["lon"],
        service=dice.choice(["pickup", "pickup", "door", "any"]),
        goods_class=dice.choice(["ambient"] * 4 + ["chilled"]),
        priority=dice.choice([1.0, 1.0, 0.01, 5.0, 1000.0]),
        pickup_from=dice.choice([None, None, 600, 660, 720, 1000]),
    )
    if row["service"] != "door" and dice.random() < 0.6:
        row["store_id"] = dice.choice([home, home, dice.choice(stores)])["store_id"]
    if dice.random() < 0.15:
        row |= {"length_cm": dice.choice([50.0, 55.0, 90.0]), "width_cm": 40.0}
        row |= {"height_cm": 40.0, "weight_kg": dice.choice([3.0, 15.0, 40.0])}
    if dice.random() < 0.3:
        clock = dice.choice(["05:00", "09:45", "12:00", "12:01", "13:20", "16:00"])
        row["at_dc_from"] = at(clock)
    if dice.random() < 0.1:
        row["inbound"] = "store"
    if dice.random() < 0.1:
        row["needs_installation"] = True
    if dice.random() < 0.05:
        row["placed_at"] = at("09:00:01")
    return row


def random_settings(dice):
    """Loose or tight couriers, one or two batches, walks, regions."""
    tight = {
        "round_parcels": dice.choice([1, 2, 5]),
        "round_litres": dice.choice([8.0, 50.0, 100.0]),
        "round_kg": dice.choice([2.0, 10.0, 30.0]),
        "max_round_min": dice.choice([5.0, 20.0, 60.0]),
        "hub_couriers": dice.choice([1, 2]),
        "works_from": dice.choice(["06:00", "12:00"]),
        "works_to": dice.choice(["13:00", "18:00"]),
        "service_min": dice.choice([0.0, 3.0, 20.0]),
    }
    early = dice.choice(["09:30", "12:00"])
    batches = [
        {"name": "early", "earliest": "09:30", "latest": early},
        {"name": "late", "earliest": "12:30", "latest": "14:00"},
    ]
    return settings(
        courier=dice.choice([{}, tight]),
        batches=batches[: dice.choice([1, 2, 2])],
        own_chains=dice.choice([[], ["7-ELEVEN"]]),
        regions={"region_work_h": dice.choice([0.2, 0.5, 9.0])},
        walk_limit_km=dice.choice([0.5, 1.0, 3.0]),
    )


@pytest.mark.parametrize("seed", range(60))
def test_a_random_day_is_legal_or_has_nothing_to_plan(seed):
    inputs, chosen = random_day(random.Random(seed))
    try:
        legal(inputs, chosen, iterations=8)
    except InfeasibleError as refused:
        assert "None of the parcels can be planned" in str(refused)  # noqa: PT017


def test_the_same_day_planned_twice_is_the_same_to_the_byte():
    inputs, chosen = random_day(random.Random(3))
    one, other = (legal(inputs, chosen).tables for _ in range(2))
    for name in CONTRACTS:
        assert getattr(one, name).equals(getattr(other, name))


def test_worker_processes_find_the_same_plan():
    inputs = day(ORDERS, STORES, vans=COLD)
    chosen = settings(seeds=2)
    alone, _ = planned(inputs, chosen)
    with executor(2) as pool:
        together = plan_day(
            inputs,
            chosen,
            DayTravel(inputs, chosen),
            pool,
            Search(Deadline(), 20, seed=1),
            Watcher(stage=lambda _: None, search=lambda _: None),
        )
    for name in CONTRACTS:
        assert getattr(alone.tables, name).equals(getattr(together.tables, name))


def test_a_plan_within_a_deadline_is_legal():
    inputs = day(ORDERS, STORES, vans=COLD)
    plan = legal(inputs, iterations=None, seconds=3.0)
    assert plan.levels.unserved_weight == 0


def test_progress_is_told_stage_by_stage():
    inputs, chosen = day(ORDERS, STORES, vans=COLD), settings()
    stages, states = [], []
    plan_day(
        inputs,
        chosen,
        DayTravel(inputs, chosen),
        Inline(),
        Search(Deadline(), 20, seed=1),
        Watcher(stage=stages.append, search=states.append),
    )
    assert stages == [
        "intake and channels",
        "stores",
        "regions",
        "rounds",
        "routes",
        "tables",
    ]
    assert {state.dc_id for state in states} == {"DC"}
    assert states[-1].unserved_clients == 0
    assert states[-1].seconds_left is None
