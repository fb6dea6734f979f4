"""What is legal stays without fault."""

from breakages import choose, put, put_all
from legal_day import planned


def test_a_legal_plan_has_no_fault(day):
    assert day.faults() == ()


def test_a_day_without_orders_needs_stores_and_regions_only(day):
    for table in ("orders", "collections", "held_parcels"):
        day.inputs[table].clear()
    for table in ("parcels", "routes", "stops", "rounds"):
        day.plan[table].clear()
    none = {"pickup_parcels": 0, "door_parcels": 0, "arriving_litres": 0.0}
    empty = {"held_litres": 0.0, "fetched_litres": 0.0, "overflow_risk": "no"}
    shelf = {"shelf_before_litres": 0.0, "shelf_after_litres": 0.0, "arrives": None}
    put_all("store_arrivals", **none, **empty, **shelf)(day)
    put_all("regions", parcels=0, door_parcels=0)(day)

    assert day.faults() == ()


def test_without_lead_time_goods_are_at_the_dc_when_placed(day):
    choose(lead_time_min=[])(day)
    day.settings["lead_time_min"] = {}

    assert day.faults() == ()


def test_without_loading_no_door_is_taken(day):
    """Both vans may then leave at once."""
    choose(loading_min=0)(day)
    put("given:distribution_centers", "DC", opens=580)(day)

    assert day.faults() == ()


def test_any_departure_of_the_batch_is_legal(day):
    """Cut minutes never add up to a plan that is refused."""
    for later in range(0, 61, 7):
        day.plan = planned(day.inputs, later)

        assert day.faults() == ()
