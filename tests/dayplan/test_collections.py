"""Returns and hand-ins on the vans' trips: what is fetched, and that nothing gives."""

import random
from dataclasses import replace

import pytest
from days import (
    Inline,
    at,
    at_stores,
    by_id,
    closure,
    collection,
    day,
    dc,
    hhmm,
    legal,
    order,
    planned,
    settings,
    store,
    table,
    van,
)
from test_whole_days import random_day

from cstore_cli.dayplan.ability import windows
from cstore_cli.dayplan.clients import collection_clients, store_clients
from cstore_cli.dayplan.collect_routes import add_collections
from cstore_cli.dayplan.collections import to_collect
from cstore_cli.dayplan.files import plan_files, with_clocks
from cstore_cli.dayplan.routes import dc_problem
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.errors import InfeasibleError
from cstore_cli.routing.result import Stop
from cstore_cli.travel.of_day import DayTravel

STORES = [store("S1"), store("S2", 2.0)]
BOTH = [order("A", store_id="S1"), order("B", 2.0, store_id="S2")]


def clients(collections, stores=STORES, **tables):
    """The clients to collect from."""
    inputs = day(stores=stores, collections=collections, **tables)
    chosen = settings()
    dc_of = {row["store_id"]: row["dc_id"] for row in stores}
    wanted = to_collect(inputs, chosen)
    return collection_clients(wanted, dc_of, windows(inputs), inputs)


def fate(plan):
    """Id of each collection: status and reason code."""
    rows = plan.tables.parcels.filter(plan.tables.parcels["task"] != "deliver")
    return by_id(rows, "status", "reason_code")


def visits(plan):
    """Kind, store and parcels of each stop, route after route."""
    stops = plan.tables.stops.filter(
        ~plan.tables.stops["kind"].is_in(["depart", "end"])
    )
    return stops.select(
        "kind", "location_id", "dropped_parcels", "collected_parcels"
    ).rows()


# What is asked for


def test_what_nobody_weighed_weighs_by_its_litres():
    parcels = [collection("C1", "S1", 8.0, weight_kg=None), collection("C2", "S1")]
    found = to_collect(day(collections=parcels), settings(return_kg_per_litre=0.5))
    assert found["weight_kg"].to_list() == [4.0, 1.0]


def test_what_is_ready_too_late_for_its_store_is_deferred():
    """S1 receives until 16:00; yesterday is ready, too."""
    parcels = [
        collection("C1", "S1", ready_at=at("16:00")),
        collection("C2", "S1", ready_at=at("16:00:01")),
        collection("C3", "S1"),
    ]
    found = to_collect(day(collections=parcels), settings())
    assert found["status"].to_list() == [None, "deferred", None]
    assert found["reason"][1] == (
        "Ready at S1 2026-11-23 16:00, after the last van it takes (16:00)."
    )


def test_stores_of_other_chains_are_not_visited():
    parcels = [collection("C1", "S1")]
    found = to_collect(day(collections=parcels), settings(own_chains=["OK"]))
    assert found.select("status", "reason_code", "reason").rows() == [
        ("unserved", "other_chain", "S1 is of 7-ELEVEN, not ours.")
    ]


# Clients


def test_what_is_ready_when_the_store_opens_is_one_client():
    found = clients(
        [
            collection("C1", "S2"),
            collection("C2", "S1", ready_at=at("09:59")),
            collection("C3", "S1", ready_at=at("11:00")),
            collection("C4", "S1"),
            collection("C5", "S1", ready_at=at("11:00")),
        ]
    )
    assert [(c.store_id, c.parcels, c.collect_in.start_min) for c in found] == [
        ("S1", (1, 3), hhmm("10:00")),
        ("S1", (2, 4), hhmm("11:00")),
        ("S2", (0,), hhmm("10:00")),
    ]
    assert {c.collect_in.end_min for c in found} == {hhmm("16:00")}


def test_more_than_a_van_holds_is_split():
    parcels = [collection(f"C{i}", "S1", 4.0) for i in range(3)]
    found = clients(parcels, vans=[van(capacity_litres=8.0)])
    assert [c.parcels for c in found] == [(0, 1), (2,)]


def test_a_client_to_collect_from_is_a_pickup_in_whole_units():
    parcels = [collection("C1", "S1", 1.001, weight_kg=None, ready_at=at("11:00:00"))]
    inputs = day(stores=STORES, collections=parcels)
    chosen = settings()
    travel = DayTravel(inputs, chosen)
    times = windows(inputs)
    wanted = to_collect(inputs, chosen)
    found = collection_clients(wanted, travel.dc_of, times, inputs)
    task = dc_problem("DC", found, times, inputs, chosen, travel)
    (client,) = task.problem.clients
    assert (client.load, client.pickup) == ((0, 0), (101, 251))
    assert (client.tw_early, client.tw_late) == (hhmm("11:00") * 60, hhmm("15:59") * 60)


# Days


def test_a_store_that_has_both_is_visited_once():
    parcels = [collection("C1", "S1", 3.5, weight_kg=None), collection("C2", "S1")]
    plan = legal(day(BOTH[:1], STORES, collections=parcels))
    stops = plan.tables.stops.filter(location_id="S1")
    figures = ("kind", "sequence", "dropped_parcels", "collected_parcels", "kg")
    assert stops.select(*figures).rows() == [
        ("deliver", 1, 1, 0, 1.0),
        ("collect", 2, 0, 2, 1.875),
    ]
    assert stops["litres"].to_list() == [4.0, 5.5]
    assert stops["leaves"].n_unique() == stops["arrives"].n_unique() == 1
    assert stops["leg_km"][1] == stops["leg_min"][1] == 0
    (route,) = plan.tables.routes.rows(named=True)
    assert (route["stops"], route["parcels"], route["litres"]) == (1, 1, 4.0)


def test_a_store_without_delivery_is_visited_for_its_returns():
    plan = legal(day(BOTH[:1], STORES, collections=[collection("C1", "S2")]))
    assert sorted(visits(plan)) == [("collect", "S2", 0, 1), ("deliver", "S1", 1, 0)]
    row = plan.tables.parcels.filter(order_id="C1").row(0, named=True)
    assert (row["task"], row["store_id"], row["dc_id"]) == ("return", "S2", "DC")
    assert (row["region_id"], row["batch"], row["trip"]) == ("DC-R01", "early", 1)
    assert row["channel"] is row["ready_by"] is row["late_min"] is None


def test_a_day_of_nothing_but_returns_is_planned():
    kinds = [collection("C1", "S1"), collection("C2", "S2", kind="hand_in")]
    plan = legal(day(stores=STORES, collections=kinds))
    assert plan.tables.parcels["task"].to_list() == ["return", "hand_in"]
    assert set(fate(plan).values()) == {("planned", None)}
    (search,) = plan.searches
    assert (search.clients, search.routes) == (2, 1)


def test_a_dc_of_nothing_but_returns_gets_a_route():
    stores = [store("S1"), store("S2", 5.0, dc_id="D2")]
    inputs = day(
        BOTH[:1],
        stores,
        dcs=[dc(), dc("D2")],
        vans=[van(), van(dc_id="D2")],
        collections=[collection("C1", "S2")],
    )
    assert legal(inputs).tables.routes["dc_id"].to_list() == ["DC", "D2"]


def test_returns_that_no_van_can_fetch_are_infeasible_alone():
    with pytest.raises(InfeasibleError, match="1 x no_vans"):
        planned(day(stores=STORES, vans=[], collections=[collection("C1", "S1")]))


def test_a_van_waits_for_what_is_ready_later_but_delivers_at_once():
    parcels = [collection("C1", "S1", ready_at=at("13:00"))]
    orders = [order("A", store_id="S1", pickup_from=hhmm("10:30"))]
    plan = legal(day(orders, STORES, vans=[van(count=1)], collections=parcels))
    assert fate(plan) == {"C1": ("planned", None)}
    assert plan.levels.late_min_parcels == 0
    there = plan.tables.stops.filter(location_id="S1")
    assert there["leaves"][0] <= hhmm("10:30")
    assert there["leaves"][1] >= hhmm("13:00")


def test_room_is_what_was_dropped_before():
    """A full van drops 4 litres at each store: 4 more fit at either, 8 at the last."""
    vans = [van(count=1, capacity_litres=8.0)]
    parcels = [collection("C1", "S1", 4.0), collection("C2", "S2", 4.0)]
    plan = legal(day(BOTH, STORES, vans=vans, collections=parcels))
    assert set(fate(plan).values()) == {("planned", None)}
    large = [collection("C1", "S1", 8.0)]
    plan = legal(day(BOTH, STORES, vans=vans, collections=large))
    assert fate(plan) == {"C1": ("planned", None)}
    assert [stop[:2] for stop in visits(plan)] == [
        ("deliver", "S2"),
        ("deliver", "S1"),
        ("collect", "S1"),
    ]


def test_what_finds_no_room_is_left_and_says_so():
    vans = [van(count=1, capacity_litres=8.0)]
    parcels = [collection("C1", "S1", 5.0), collection("C2", "S2", 5.0)]
    plan = legal(day(BOTH, STORES, vans=vans, collections=parcels))
    assert set(fate(plan).values()) == {("planned", None), ("unserved", "no_van_left")}
    assert plan.tables.parcels["status"].to_list()[:2] == ["planned", "planned"]


@pytest.mark.parametrize("count", [1, 30])
def test_a_delivery_is_never_left_for_returns(count):
    """The only van has time for one of two stores: that of the parcel."""
    stores = [store("S1", 20.0), store("S2", -20.0)]
    orders = [order("A", 20.0, store_id="S1", priority=0.01)]
    parcels = [collection(f"C{i}", "S2", 1.0) for i in range(count)]
    vans = [van(count=1, max_route_min=130.0)]
    plan = legal(day(orders, stores, vans=vans, collections=parcels))
    assert visits(plan) == [("deliver", "S1", 1, 0)]
    assert set(fate(plan).values()) == {("unserved", "no_van_left")}
    assert plan.levels.unserved_weight == 0


def test_a_delivery_left_out_so_far_goes_before_all_returns():
    """A van for one of two stores: for one parcel, not for thirty returns."""
    stores = [store("S1", 20.0), store("S2", -20.0)]
    inputs = day(
        [order("A", 20.0, store_id="S1")],
        stores,
        vans=[van(count=1, max_route_min=130.0)],
        collections=[collection(f"C{i}", "S2", 1.0) for i in range(30)],
    )
    chosen = settings()
    travel, times = DayTravel(inputs, chosen), windows(inputs)
    of_stores = [
        *store_clients(at_stores(inputs, chosen), travel.dc_of, inputs, chosen),
        *collection_clients(to_collect(inputs, chosen), travel.dc_of, times, inputs),
    ]
    whole = dc_problem("DC", of_stores, times, inputs, chosen, travel)
    stop = Stop(iterations=20)
    _, result = add_collections(whole, (), times, stop, (1,), Inline())
    assert result.unserved == (1,)


def test_a_delivery_is_never_later_for_returns():
    """S1 is due at 10:12; the van could fetch at S2 before, which takes until then."""
    orders = [order("A", store_id="S1", pickup_from=hhmm("10:12"))]
    stores = [store("S1"), store("S2", -1.0, receive_by=hhmm("10:05"))]
    vans = [van(count=1)]
    parcels = [collection("C1", "S2")]
    plan = legal(day(orders, stores, vans=vans, collections=parcels))
    assert plan.levels.late_min_parcels == 0


@pytest.mark.parametrize(
    ("parcel", "tables", "code"),
    [
        ({"litres": 2000.0}, {}, "no_van_large_enough"),
        ({"weight_kg": 900.0}, {}, "no_van_large_enough"),
        ({}, {"closures": [closure("S2", "00:00", "23:59")]}, "window_missed"),
        ({"ready_at": at("15:59")}, {"vans": [van(shift_to=900)]}, "window_missed"),
        ({"ready_at": at("17:00")}, {}, "not_ready"),
    ],
)
def test_what_cannot_be_fetched_says_why(parcel, tables, code):
    parcels = [collection("C1", "S1"), collection("C2", "S2") | parcel]
    plan = legal(day(BOTH[:1], STORES, collections=parcels, **tables))
    status = "deferred" if code == "not_ready" else "unserved"
    assert fate(plan) == {"C1": ("planned", None), "C2": (status, code)}
    left = plan.tables.parcels.filter(order_id="C2").row(0, named=True)
    assert (left["store_id"], left["route_id"]) == ("S2", None)
    assert "S2" in left["reason"]


def test_a_return_of_the_name_of_an_order_is_another_parcel():
    plan = legal(day(BOTH, STORES, collections=[collection("A", "S2")]))
    assert plan.tables.parcels.select("order_id", "task").rows() == [
        ("A", "deliver"),
        ("B", "deliver"),
        ("A", "return"),
    ]


def test_the_summary_counts_orders_and_collections_apart():
    parcels = [collection("C1", "S1"), collection("C2", "S1", ready_at=at("17:00"))]
    plan = legal(day(BOTH, STORES, collections=parcels))
    told = summary_of(plan, {"read": 2, "carried_in": 0, "rejected": 0})
    assert told["balance"]["planned"] == 2
    assert told["balance"]["deferred"] == 0
    assert told["collections"] == {
        "planned": 1,
        "deferred": 1,
        "unserved": 0,
        "reasons": {"not_ready": 1},
    }
    none = legal(day(BOTH, STORES))
    assert "collections" not in summary_of(none, {"read": 2})


def test_lists_of_what_a_store_is_brought_name_no_returns():
    plan = legal(day(BOTH, STORES, collections=[collection("C1", "S1")]))
    shown = with_clocks(plan.tables.parcels, "parcels")
    files = plan_files(plan.tables, shown, {}, summary_of(plan, {"read": 2}))
    assert b"C1" not in files["store_lists/S1.csv"]
    assert b"C1,return,planned" in files["parcels.csv"]


def random_collections(dice, stores):
    """Up to twelve parcels, some large, some heavy, some ready late or never today."""
    clocks = ["00:00", "00:00", "10:40", "12:05", "13:30", "23:00"]
    return [
        collection(
            f"C{i}",
            dice.choice(stores),
            dice.choice([0.0, 1.0, 4.0, 9.0, 35.0]),
            kind=dice.choice(["return", "hand_in"]),
            weight_kg=dice.choice([None, 0.3, 4.0]),
            ready_at=at(dice.choice(clocks)),
        )
        for i in range(dice.randint(1, 12))
    ]


@pytest.mark.parametrize("seed", range(40))
def test_on_a_random_day_returns_cost_no_delivery_its_place_or_time(seed):
    dice = random.Random(seed)
    inputs, chosen = random_day(dice)
    parcels = table("collections", random_collections(dice, inputs.stores["store_id"]))
    try:
        before = legal(inputs, chosen, iterations=8).tables.parcels
        fetched = legal(replace(inputs, collections=parcels), chosen, iterations=8)
    except InfeasibleError:
        return
    after = fetched.tables.parcels.head(len(before))
    pairs = zip(before.rows(named=True), after.rows(named=True), strict=True)
    for alone, beside in pairs:
        if alone["status"] == "planned":
            assert beside["status"] == "planned", alone["order_id"]
            # Vans leave on whole minutes.
            assert (beside["late_min"] or 0) <= (alone["late_min"] or 0) + 1
