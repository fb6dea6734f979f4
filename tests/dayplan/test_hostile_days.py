"""Days that once broke the planner: small, odd and legal."""

from days import by_id, day, legal, order, settings, store, van


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
