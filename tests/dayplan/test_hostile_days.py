"""Days that once broke the planner: small, odd and legal."""

import pytest
from days import (
    LON,
    at,
    by_id,
    collection,
    day,
    dc,
    legal,
    order,
    settings,
    store,
    van,
)
from duties import weather

from cstore_cli.errors import InputError

OPEN = {"receive_from": 0, "receive_by": 1300}


def statuses(inputs, chosen=None, iterations=20):
    """The status of each parcel of a legal plan."""
    return by_id(legal(inputs, chosen, iterations).tables.parcels, "status")


def test_cbc_divides_a_dc_whose_one_store_is_its_hub():
    inputs = day([order("A", 1.0, store_id="S1")])
    assert statuses(inputs, settings(solver="cbc")) == {"A": "planned"}


def test_a_van_whose_break_is_longer_than_its_route_stays_at_home():
    unfit = van("small", max_route_min=30.0, break_min=45.0, break_after_min=0.0)
    inputs = day([order("A", 1.0, store_id="S1")], vans=[unfit, van("large")])
    plan = legal(inputs)
    assert plan.tables.routes["vehicle_type"].to_list() == ["large"]


def test_a_route_that_ends_before_the_break_is_due_needs_no_time_for_it():
    """There and back is 2 x 30 min at 30 km/h; the break is due after 70."""
    rest = {"max_route_min": 75.0, "break_min": 45.0, "break_after_min": 73.0}
    inputs = day(
        [order("A", 9.0, store_id="S1")], [store("S1", 9.0)], vans=[van(**rest)]
    )
    assert statuses(inputs) == {"A": "planned"}


@pytest.mark.parametrize("route", ["R", "D2-01"])
def test_a_route_is_not_locked_for_two_dcs(route):
    """D2-01 is what D2 calls its own first route."""
    stores = [store("S1"), store("S2", dc_id="D2")]
    locks = [{"store_id": "S1", "route_id": route}]
    if route == "R":
        locks.append({"store_id": "S2", "route_id": route})
    inputs = day(
        [order("A", store_id="S1"), order("B", store_id="S2")],
        stores,
        [dc(), dc("D2")],
        [van(), van(dc_id="D2")],
        locks=locks,
    )
    with pytest.raises(InputError, match=r"a route of D"):
        legal(inputs)


def test_a_parcel_that_another_dcs_van_takes_is_planned_once():
    """The nearest store's DC has no vans; D2's brings A to the next one, with B."""
    stores = [store("S1"), store("S2", 1.1, dc_id="D2")]
    inputs = day(
        [order("A", store_id=None), order("B", 1.1, store_id="S2")],
        stores,
        [dc(), dc("D2")],
        [van(count=0), van(dc_id="D2")],
    )
    assert statuses(inputs) == {"A": "planned", "B": "planned"}


def test_a_chilled_parcel_locked_to_a_number_no_cooled_van_has_is_told_so():
    """There are two vans without cooling and one with it; B goes on one of them."""
    inputs = day(
        [
            order("A", store_id="S1", goods_class="chilled"),
            order("B", 2.0, store_id="S2"),
        ],
        [store("S1", chilled=True), store("S2", 2.0)],
        vans=[van("warm", count=2), van("cool", count=1, chilled=True)],
        locks=[{"store_id": "S1", "vehicle_no": "2"}],
    )
    chosen = settings(goods_classes={"ambient": {}, "chilled": {"chilled": True}})
    parcels = legal(inputs, chosen).tables.parcels
    code, reason = by_id(parcels, "reason_code", "reason")["A"]
    assert code == "no_vans"
    assert reason.startswith("DC has no van for S1 with the number it is locked to.")


def wet_noon(collections):
    """One van, whose two trips the exact clock allows and the hour's speeds do not."""
    stores = [
        store("S0", 4.0, lon=LON + 0.02, service_min=0.0, **OPEN),
        store("S1", -3.0, lon=LON - 0.03, receive_from=630, receive_by=720),
        store("S2", 0.52, lon=LON - 0.03, service_min=0.0, **OPEN),
        store("S4", -2.96, service_min=0.5, **OPEN),
    ]
    wishes = [
        *(("S0", 10.0, None, None), ("S0", 2.0, None, 700)),
        ("S1", 2.0, None, None),
        *(("S2", 0.5, "11:40", None), ("S2", 1.0, None, None)),
        *(("S2", 10.0, None, 1000), ("S4", 0.5, None, 620)),
    ]
    place = {row["store_id"]: row for row in stores}
    orders = [
        order(
            f"O{n}",
            customer_lat=place[where]["lat"],
            customer_lon=place[where]["lon"],
            store_id=where,
            priority=priority,
            at_dc_from=at(ready) if ready else None,
            pickup_from=due,
        )
        for n, (where, priority, ready, due) in enumerate(wishes)
    ]
    one = van(
        count=1,
        capacity_kg=20.0,
        shift_from=600,
        shift_to=780,
        max_route_min=150.5,
        fixed_cost_twd=0.0,
        max_trips=2,
        break_min=20.0,
        break_after_min=45.0,
    )
    inputs = day(
        orders,
        stores,
        [dc(opens=660, closes=1000, dock_doors=2)],
        [one],
        conditions=[weather("10:50", "12:00", 1.3, 4.0)],
        locks=[{"store_id": "S2", "batch": "b0"}],
        collections=collections,
    )
    batches = [{"name": "b0", "earliest": "09:30", "latest": "12:00"}]
    lead = {"shopee": 150.0}
    return inputs, settings(loading_min=10, batches=batches, lead_time_min=lead)


def test_collections_cost_no_delivery_that_only_the_exact_clock_allows():
    fetched = [collection("C0", "S4", 0.0, ready_at=at("15:00"))]
    fetched.append(collection("C1", "S2", 8.0))
    without, with_them = (
        legal(*wet_noon(each), iterations=40).levels.unserved_weight
        for each in ([], fetched)
    )
    assert with_them == without


def test_a_van_that_only_the_exact_clock_lets_out_goes_on_through_the_day():
    """
    The search keeps 33 min for its break, which half an hour on the road never needs.

    The rain later makes the day be searched twice.
    """
    stores = [store("S1", service_min=1.0), store("S2", 1.5, service_min=1.0)]
    rest = {"break_min": 33.0, "break_after_min": 100.0}
    inputs = day(
        [order("A", store_id="S1"), order("B", 1.5, store_id="S2")],
        stores,
        [dc(opens=660)],
        [
            van("small", count=1, capacity_litres=4.0),
            van("early", count=1, shift_to=690, **rest),
        ],
        conditions=[weather("13:00", "14:00", 0.5)],
    )
    assert set(statuses(inputs).values()) == {"planned"}
