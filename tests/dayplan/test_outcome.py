"""What becomes of each order, with a code and a sentence."""

import pytest
from days import (
    at,
    by_id,
    day,
    door,
    hhmm,
    leg,
    order,
    planned,
    settings,
    store,
    van,
)

from cstore_cli.dayplan.outcome import lost_doors
from cstore_cli.dayplan.outcome import planned as all_planned
from cstore_cli.dayplan.round_search import StoreRounds
from cstore_cli.errors import InfeasibleError
from cstore_cli.settings.plan_day import CourierSettings

SAFE = order("safe", 5.0, store_id="S9")
"""One order that can be planned, so that there is a plan to read."""
STORES = [store("S1", chilled=True), store("S9", 5.0)]


def fate(lost, stores=STORES, chosen=None, **tables):
    """Code and sentence of the one unserved order."""
    orders = [SAFE, lost]
    plan, _ = planned(day(orders, stores, **tables), chosen)
    rows = plan.unserved.select("order_id", "reason_code", "reason").rows()
    assert [row[0] for row in rows] == [lost["order_id"]]
    assert plan.unserved["store_id"].to_list() == [None]
    assert plan.unserved["route_id"].to_list() == [None]
    return rows[0][1:]


def test_chilled_goods_without_a_cold_van_say_so():
    assert fate(order("A", goods_class="chilled")) == (
        "no_chilled_van",
        "No van of DC can carry chilled goods.",
    )


def test_a_parcel_larger_than_any_van_says_so():
    vans = [van(capacity_litres=10.0)]
    assert fate(order("A", height_cm=30.0), vans=vans) == (
        "no_van_large_enough",
        "No van of DC can hold what goes to S1.",
    )


def test_a_window_that_no_van_keeps_is_named():
    stores = [store("S1", receive_from=0, receive_by=hhmm("06:00")), STORES[1]]
    assert fate(order("A"), stores) == (
        "window_missed",
        "No van of DC can be at S1 while it takes goods today, 00:00 to 06:00.",
    )


def test_goods_for_which_no_van_is_left_say_so():
    orders = [order("A"), order("B", 5.0, priority=9.0)]
    vans = [van(count=1, capacity_litres=4.0)]
    plan, _ = planned(day(orders, STORES, vans=vans))
    assert by_id(plan.unserved, "reason_code", "reason") == {
        "A": ("no_van_left", "The vans of DC have no room or time left for S1.")
    }


def test_a_store_without_a_way_back_is_no_store_near():
    chosen = settings(travel={"source": "matrix"})
    both = [leg("DC", "S9", 5), leg("S9", "DC", 5)]
    found = fate(order("A"), chosen=chosen, matrix=[*both, leg("DC", "S1", 5)])
    assert found[0] == "no_store_near"


def test_a_store_without_couriers_sends_nobody():
    inbound = door("A", store_id="S1", inbound="store")
    stores = [store("S1"), store("S9", 5.0, door_couriers=1)]
    assert fate(inbound, stores) == (
        "no_courier",
        "No open store with couriers can bring it.",
    )


def test_a_door_too_far_for_a_courier_says_so():
    stores = [store("S1", door_couriers=1), STORES[1]]
    chosen = settings(courier={"max_round_min": 30})
    assert fate(door("A", -20.0), stores, chosen) == (
        "too_far_for_courier",
        "Farther from S1 than a round of 30 minutes reaches.",
    )


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("too_large", "too_large_for_courier"),
        ("too_far", "too_far_for_courier"),
        ("no_time", "no_courier_time"),
    ],
)
def test_doors_without_a_round_say_why(field, code):
    parts = {"too_large": (), "too_far": (), "no_time": ()} | {field: (1,)}
    rounds = StoreRounds("S1", (), 0.0, **parts)
    inputs = day([door("A"), door("B"), door("C")])
    orders = inputs.orders.with_columns(
        status=None, reason_code=None, reason=None
    ).cast(dict.fromkeys(("status", "reason_code", "reason"), str))
    marked = lost_doors(orders, [rounds], CourierSettings())
    assert marked["order_id"].to_list() == ["A", "B", "C"]
    assert marked["status"].to_list() == [None, "unserved", None]
    assert marked["reason_code"].to_list() == [None, code, None]
    assert marked["reason"][1]
    assert all_planned(marked)["status"].to_list() == ["planned", "unserved", "planned"]


def test_couriers_busy_all_day_say_their_hours():
    stores = [store("S1", door_couriers=1), STORES[1]]
    chosen = settings(courier={"works_from": "09:00", "works_to": "10:00"})
    assert fate(door("A"), stores, chosen) == (
        "no_courier_time",
        "The couriers of S1 are busy from 09:00 to 10:00.",
    )


def test_when_nothing_can_be_planned_the_causes_are_counted():
    orders = [order("A", 90.0), order("B", 90.0), order("C", store_id="S1")]
    inputs = day(orders, [store("S1")], vans=[])
    with pytest.raises(InfeasibleError, match=r"2 x no_store_near, 1 x no_"):
        planned(inputs)


@pytest.mark.parametrize("rules", [["door"], ["any"]])
def test_orders_without_any_channel_are_work_that_cannot_be_planned(rules):
    rule = {"name": "other", "channel": "store_door", "service": rules}
    with pytest.raises(InfeasibleError, match="1 x no_channel"):
        planned(day([order("A")]), settings(channel_rules=[rule]))


def test_a_day_without_work_is_no_failure():
    late = order("late", placed_at=at("09:01"))
    plan, _ = planned(day([late, order("old")], already_planned=["old"]))
    assert by_id(plan.tables.parcels, "status") == {
        "late": "deferred",
        "old": "already_planned",
    }


def test_one_parcel_planned_is_a_plan():
    orders = [order("A", 90.0), order("B", 90.0, needs_installation=True)]
    plan, _ = planned(day(orders, vans=[]))
    assert by_id(plan.tables.parcels, "status") == {"A": "unserved", "B": "planned"}
