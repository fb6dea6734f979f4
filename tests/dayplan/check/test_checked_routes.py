"""What routes.csv may not say."""

import pytest
from breakages import add, assert_found, broken, cut, facts, put


def raised(by):
    return lambda written: written + by


CASES = [
    broken(
        "a route with two rows",
        "routes_and_stops_belong_together",
        "routes:route_id",
        "A has more than one row",
        add("routes", "A"),
    ),
    broken(
        "a route without stops",
        "routes_and_stops_belong_together",
        "routes:route_id",
        "Z has no row in stops.csv",
        add("routes", "A", route_id="Z", vehicle_no=2),
    ),
    broken(
        "stops without route",
        "routes_and_stops_belong_together",
        "stops:route_id",
        "B stops at DC and has no row in routes.csv",
        cut("routes", "B"),
    ),
    broken(
        "a type the DC does not have",
        "vans_exist",
        "routes:vehicle_type",
        "A is driven by lorry, which DC does not have",
        put("routes", "A", vehicle_type="lorry"),
    ),
    broken(
        "a number the DC does not have",
        "vans_exist",
        "routes:vehicle_no",
        "A is driven by van number 4; DC has 3 of them",
        put("routes", "A", vehicle_no=4),
    ),
    broken(
        "a van on two routes",
        "a_van_drives_one_route",
        "routes:vehicle_no",
        "Z is driven by van number 1 of DC, which drives A already",
        add("routes", "A", route_id="Z"),
    ),
    broken(
        "another departure",
        "routes_tell_their_times",
        "routes:departs",
        "A: departs is 09:41, in stops.csv it is 09:40",
        put("routes", "A", departs=raised(1)),
    ),
    broken(
        "another return",
        "routes_tell_their_times",
        "routes:returns",
        "A: returns is 13:|in stops.csv it is 13:",
        put("routes", "A", returns=raised(-1)),
    ),
    *(
        broken(
            f"{column} miscounted",
            "routes_count_their_stops",
            f"routes:{column}",
            f"A: {column} is {own + 1}, stops.csv has {own}",
            put("routes", "A", **{column: raised(1)}),
        )
        for column, own in (("trips", 2), ("stops", 3))
    ),
    *(
        broken(
            f"{column} that do not add up",
            "routes_tell_what_they_deliver",
            f"routes:{column}",
            f"A: {column} is {own + 1:.2f}, its parcels add up to {own:.2f}",
            put("routes", "A", **{column: raised(1)}),
        )
        for column, own in (("parcels", 5), ("litres", 20), ("kg", 5), ("cod_twd", 750))
    ),
    broken(
        "kilometres that do not add up",
        "routes_tell_how_far_they_go",
        "routes:km",
        "A: km is 2|recomputed 2",
        put("routes", "A", km=raised(0.1)),
    ),
    broken(
        "minutes that do not add up",
        "routes_tell_how_far_they_go",
        "routes:minutes",
        "A: minutes is 23|recomputed 23",
        put("routes", "A", minutes=raised(1.2)),
    ),
    broken(
        "another cost",
        "routes_cost_what_they_cost",
        "routes:cost",
        "A: cost is 20|min of van cost 20",
        put("routes", "A", cost=raised(3)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=facts(CASES))
def test_is_found(day, case):
    assert_found(day, case)
