"""The store whose couriers bring each door parcel."""

import pytest
from days import (
    at,
    at_stores,
    by_id,
    closure,
    day,
    door,
    hhmm,
    leg,
    legal,
    settings,
    store,
    van,
)

from cstore_cli.dayplan.ability import ability, windows
from cstore_cli.dayplan.doors import choose_door_stores, earliest_goods
from cstore_cli.dayplan.regions import Region, Regions
from cstore_cli.travel.of_day import DayTravel

STORES = [store("hub", 1.0), store("plain", 2.0), store("own", 3.0, door_couriers=1)]


def region(*stores, hub="hub"):
    """One region of the DC."""
    return Regions((Region("R1", "DC", hub, stores, 1.0),))


def sent(orders, stores=STORES, regions=None, chosen=None, **tables):
    """The orders with the stores that bring them."""
    inputs = day(orders, stores, **tables)
    chosen = chosen or settings()
    able = ability(inputs, chosen, DayTravel(inputs, chosen), windows(inputs))
    ids = [row["store_id"] for row in stores]
    return choose_door_stores(
        at_stores(inputs, chosen), able, regions or region(*ids), inputs
    )


def test_the_nearest_store_brings_it_where_it_has_couriers():
    assert by_id(sent([door("A", 2.9)]), "at_store") == {"A": "own"}


def test_the_hub_brings_it_for_a_store_without_couriers():
    assert by_id(sent([door("A", 2.1)]), "at_store") == {"A": "hub"}


def test_distance_is_no_reason_to_refuse_here():
    assert by_id(sent([door("A", 300.0)]), "at_store") == {"A": "own"}


def test_a_closed_store_sends_nobody():
    shut = [closure("own", "00:00", "23:00")]
    assert by_id(sent([door("A", 3.0)], closures=shut), "at_store") == {"A": "hub"}


def test_with_a_closed_hub_nobody_can_bring_it():
    shut = [closure("hub", "00:00", "23:00")]
    found = sent([door("A", 2.0), door("B", 3.0)], closures=shut)
    assert by_id(found, "at_store", "status", "reason_code") == {
        "A": (None, "unserved", "no_courier"),
        "B": ("own", None, None),
    }


def test_without_any_usable_store_nobody_can_bring_it():
    found = sent([door("A")], chosen=settings(own_chains=["OK"]))
    assert found["reason_code"].to_list() == ["no_courier"]


@pytest.mark.parametrize(
    ("wish", "at", "code"),
    [
        ("own", "own", None),
        ("hub", "hub", None),
        ("plain", None, "no_courier"),
        (None, None, "no_courier"),
    ],
)
def test_what_the_seller_brings_goes_out_from_there_or_not_at_all(wish, at, code):
    found = sent([door("A", 1.0, inbound="store", store_id=wish)])
    assert by_id(found, "at_store", "reason_code") == {"A": (at, code)}


def test_a_closed_hub_brings_nothing_of_its_sellers_either():
    shut = [closure("hub", "00:00", "23:00")]
    found = sent([door("A", inbound="store", store_id="hub")], closures=shut)
    assert found["status"].to_list() == ["unserved"]


def goods_from(orders, stores, vans=None, conditions=(), **more):
    """When the goods of each store's doors can be there."""
    matrix = [leg("DC", "S1", 20), leg("S1", "DC", 20)]
    inputs = day(orders, stores, vans=vans, matrix=matrix, conditions=conditions)
    chosen = settings(travel={"source": "matrix"}, **more)
    orders = sent(orders, stores, region("S1", hub="S1"), chosen, matrix=matrix)
    travel = DayTravel(inputs, chosen)
    return earliest_goods(orders, windows(inputs), inputs, chosen, travel)


def test_goods_are_there_after_the_way_and_the_service():
    """Leaving at 09:30, 20 minutes of way, opening at 10:00, 6 minutes of service."""
    assert goods_from([door("A")], [store("S1")]) == {"S1": 606}
    early = [store("S1", receive_from=hhmm("08:00"))]
    assert goods_from([door("A")], early) == {"S1": 596}


def test_goods_wait_for_the_van_and_the_van_for_them():
    stores = [store("S1", receive_from=0)]
    noon = [door("A"), door("B", at_dc_from=at("11:00"))]
    assert goods_from(noon, stores) == {"S1": 686}
    seconds = [door("A", at_dc_from=at("11:00:30"))]
    assert goods_from(seconds, stores) == {"S1": 687}
    assert goods_from([door("A")], stores, [van(shift_from=hhmm("10:00"))]) == {
        "S1": 626
    }


def test_goods_that_no_van_brings_are_there_when_the_store_can_take_them():
    assert goods_from([door("A")], [store("S1")], vans=[]) == {"S1": 606}
    inbound = [door("A", inbound="store", store_id="S1")]
    assert goods_from(inbound, [store("S1")]) == {}


def test_goods_come_later_when_it_rains_on_the_way():
    """
    Off at 09:30, 10 minutes of road until 09:40, the other 10 at half the speed: there
    at 10:00, the service of 6 minutes then takes 9. Leaving later is no better.
    """
    rain = {
        "from": at("09:40"),
        "to": at("12:00"),
        "area": "*",
        "weather": "rain",
        "speed_factor": 0.5,
        "service_factor": 1.5,
    }
    early = [store("S1", receive_from=0)]
    assert goods_from([door("A")], early, conditions=[rain]) == {"S1": 609}
    assert goods_from([door("A")], early, vans=[], conditions=[rain]) == {"S1": 6}


def test_doors_of_a_frozen_hub_that_is_closed_today_are_told():
    """Stores' own couriers still go; the other doors wait, and a note says so."""
    frozen = [
        {"store_id": row["store_id"], "region_id": "R1", "hub": "hub"} for row in STORES
    ]
    plan = legal(
        day(
            [door("A", 2.1), door("B", 2.9)],
            STORES,
            regions=frozen,
            closures=[closure("hub", "00:00", "23:00")],
        )
    )
    parcels = by_id(plan.tables.parcels, "status", "store_id", "reason_code")
    assert parcels == {
        "A": ("unserved", None, "no_courier"),
        "B": ("planned", "own", None),
    }
    assert any("R1: its frozen hub hub takes no delivery" in n for n in plan.notes)
