"""What a dispatcher does to a plan in a spreadsheet."""

from breakages import new, put
from legal_day import instant, planned


def said(day):
    """The faults, by file and column."""
    what = {}
    for fault in day.faults():
        what.setdefault((fault.file, fault.column), []).append(fault.what)
    return {place: "; ".join(whats) for place, whats in what.items()}


def test_a_stop_moved_to_another_route_is_named(day):
    """S2 from A to B, after S4: gaps, other legs, and its parcels' stop is gone."""
    put("stops", "A", 3, route_id="B")(day)

    faults = said(day)

    assert "A, trip 1, stop 3, which is not" in faults["parcels.csv", "stop_sequence"]
    assert ("stops.csv", "sequence") in faults
    assert ("stops.csv", "leg_km") in faults
    assert ("routes.csv", "stops") in faults


def test_a_load_raised_is_named(day):
    put("stops", "A", 3, litres=19.5)(day)

    faults = said(day)

    assert list(faults) == [("stops.csv", "litres")]
    assert (
        "litres is 19.50, its parcels add up to 8.00" in faults["stops.csv", "litres"]
    )


def test_a_time_shifted_is_named(day):
    """Leaving S1 half an hour later makes the next arrival impossible."""
    put("stops", "A", 2, leaves=lambda written: written + 30)(day)

    assert "leaving S1 at 10:36 and driving" in said(day)["stops.csv", "arrives"]


def test_a_row_deleted_is_named(day):
    day.plan["parcels"].pop(2)

    faults = said(day)

    assert "O3 is in the orders table" in faults["parcels.csv", "order_id"]
    assert "dropped_parcels is 2" in faults["stops.csv", "dropped_parcels"]


def test_a_store_overfilled_is_named(day):
    """O9, brought to S4 instead of S5, comes on top of 4 litres; room is 5.13."""
    put("parcels", "O9", store_id="S4", stop_sequence=1)(day)

    what = said(day)["store_arrivals.csv", "arriving_litres"]

    assert "S4 gets 8.00 litres and has room for 5.13: shelf 40.00, held 37.50" in what


def test_a_free_van_may_drive_instead(day):
    put("routes", "A", vehicle_no=2)(day)

    assert day.faults() == ()


def test_leaving_ten_minutes_later_with_all_that_follows_is_legal(day):
    """Loading 15 min with one door, A from 09:35 and B from 09:50 do not meet."""
    day.plan = planned(day.inputs, later_min=10)

    assert day.faults() == ()


def test_standing_idle_is_legal(day):
    """B waits at its last store; it returns five minutes later."""
    put("stops", "B", 2, leaves=lambda written: written + 5)(day)
    put("stops", "B", 3, arrives=lambda written: written + 5)(day)
    put("routes", "B", returns=lambda written: written + 5)(day)
    put("routes", "B", minutes=lambda had: had + 5, cost=lambda had: had + 20)(day)
    put("parcels", "O9", ready_by=lambda written: written + 5)(day)

    assert day.faults() == ()


def test_rows_may_be_sorted_otherwise(day):
    for rows in day.plan.values():
        rows.reverse()

    assert day.faults() == ()


def test_faults_come_sorted_and_once(day):
    put("stops", "A", 3, litres=19.5)(day)
    put("stops", "A", 1, litres=19.5)(day)
    put("parcels", "O3", walk_m=0.0)(day)

    faults = [(fault.file, fault.line) for fault in day.faults()]

    assert faults == [("parcels.csv", 4), ("stops.csv", 3), ("stops.csv", 5)]


def test_a_plan_timed_at_the_speed_of_another_hour_is_named(day):
    """
    From 09:45 the road of route A is four times as slow as when it left at 09:40.

    To S1 it drives 7.57 min: 5 of them by then, the others four times as long.
    """
    new(
        "given:conditions",
        **{"from": instant("09:45"), "to": instant("13:00"), "area": "*"},
        weather="typhoon",
        speed_factor=0.25,
        service_factor=1.0,
    )(day)

    faults = said(day)

    minutes = faults["stops.csv", "leg_min"]
    assert "A from DC to S1: leg_min is 7.57, leaving at 09:40 it is 15.27" in minutes
    arrives = faults["stops.csv", "arrives"]
    assert "leaving DC at 09:40 and driving 15.3 min it is there at 09:55:16" in arrives
    assert ("routes.csv", "minutes") in faults
