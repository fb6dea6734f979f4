"""What stops.csv may not say, and what routes may not do."""

import pytest
from breakages import add, assert_found, broken, choose, cut, facts, put
from legal_day import hhmm


def _leave_the_store_alone(day):
    """Give the DC of S2 a name of its own."""
    put("given:stores", "S2", dc_id="DC-2")(day)
    add("given:distribution_centers", "DC", dc_id="DC-2", dock_doors=3)(day)


def _no_way_to_s2(day):
    """Travel by a matrix without ways to S2."""
    places = ["DC", "S1", "S2", "S3", "S4", "S5", "S6"]
    day.travel_legs = [
        {"from_id": a, "to_id": b, "distance_km": 1.0, "duration_min": 2.0}
        for a in places
        for b in places
        if b != "S2" or a == "S2"
    ]
    choose(travel={"source": "matrix"})(day)


def later(minutes):
    return lambda written: written + minutes


CASES = [
    # itinerary
    broken(
        "a gap in the sequence",
        "sequences_are_gapless",
        "stops:sequence",
        "A: reload at DC has sequence 4, the row is number 3",
        put("stops", "A", 3, sequence=8),
    ),
    broken(
        "a stop twice",
        "sequences_are_gapless",
        "stops:sequence",
        "A: deliver at S2 has sequence 3, the row is number 4",
        add("stops", "A", 3),
    ),
    broken(
        "no departure",
        "routes_depart_and_end",
        "stops:kind",
        "B: row 0 of 0..2 is deliver; the first row and no other is depart",
        cut("stops", "B", 0),
    ),
    broken(
        "an end before the last stop",
        "routes_depart_and_end",
        "stops:kind",
        "A: row 4 of 0..6 is end; the last row and no other is end",
        put("stops", "A", 4, kind="end"),
    ),
    broken(
        "a reload away from the DC",
        "vans_start_and_end_at_their_dc",
        "stops:location_id",
        "A: reload is at S4, its DC is DC",
        put("stops", "A", 4, location_id="S4"),
    ),
    broken(
        "a trip without reload",
        "trips_change_at_reloads",
        "stops:trip",
        "B: deliver at S5 has trip 2, by the reloads it is trip 1",
        put("stops", "B", 2, trip=2),
    ),
    broken(
        "a reload without trip",
        "trips_change_at_reloads",
        "stops:trip",
        "A: deliver at S3 has trip 1, by the reloads it is trip 2",
        put("stops", "A", 5, trip=1),
    ),
    broken(
        "too many trips",
        "vans_make_no_more_trips_than_allowed",
        "stops:trip",
        "A makes 2 trips; van makes at most 1",
        put("given:vehicles", "van", max_trips=1),
    ),
    broken(
        "a trip in two batches",
        "a_trip_is_in_one_batch",
        "stops:batch",
        "A: trip 1 is in batch early, but deliver at S2 is in late",
        put("stops", "A", 3, batch="late"),
    ),
    broken(
        "a reload of no trip's batch",
        "a_trip_is_in_one_batch",
        "stops:batch",
        "A: reload is in batch never, the trips before and after it in early and late",
        put("stops", "A", 4, batch="never"),
    ),
    broken(
        "an unknown batch",
        "batches_are_known",
        "stops:batch",
        "B stop 2 is in batch night; the settings have early, late",
        put("stops", "B", 2, batch="night"),
    ),
    broken(
        "an unknown place",
        "routes_serve_stores_of_their_dc",
        "stops:location_id",
        "A stop 3 is at S99, which is not in the stores table",
        put("stops", "A", 3, location_id="S99"),
    ),
    broken(
        "a store of another DC",
        "routes_serve_stores_of_their_dc",
        "stops:location_id",
        "A of DC stops at S2, a store of DC-2",
        _leave_the_store_alone,
    ),
    broken(
        "a stop of no route",
        "routes_and_stops_belong_together",
        "stops:route_id",
        "Z stops at S2 and has no row in routes.csv",
        put("stops", "A", 3, route_id="Z"),
    ),
    # legs
    broken(
        "kilometres the road does not have",
        "legs_are_the_roads",
        "stops:leg_km",
        "A from DC to S1: leg_km is 2.00, leaving at 09:40 it is 3.00",
        put("stops", "A", 1, leg_km=2.0),
    ),
    broken(
        "minutes of another hour",
        "legs_are_the_roads",
        "stops:leg_min",
        "A from DC to S1: leg_min is 6.43, leaving at 09:40 it is 7.57",
        put("stops", "A", 1, leg_min=6.43),
    ),
    broken(
        "no way there",
        "legs_are_the_roads",
        "stops:location_id",
        "A from S1 to S2: there is no way from 10:06:36 on",
        _no_way_to_s2,
    ),
    # timing
    broken(
        "faster than the road allows",
        "vans_drive_no_faster_than_the_road",
        "stops:arrives",
        "A arrives at S1 at 09:46; leaving DC at 09:40 and driving 7.6 min|09:47:34",
        put("stops", "A", 1, arrives=later(-1)),
    ),
    broken(
        "served before the store receives",
        "service_starts_in_the_window",
        "stops:starts",
        "A starts at S1 at 09:59|arrives at 09:47:34|receives from 10:00",
        put("stops", "A", 1, starts=later(-1)),
    ),
    broken(
        "served after the store receives",
        "service_starts_in_the_window",
        "stops:starts",
        "A starts at S3 at 13:1|receives by 13:00",
        put("given:stores", "S3", receive_by=hhmm("13:00")),
    ),
    broken(
        "service cut short",
        "service_takes_its_minutes",
        "stops:leaves",
        "A leaves S1 at 10:05; starting at 10:00 and busy for 6.6 min|10:06:36",
        put("stops", "A", 1, leaves=later(-1)),
    ),
    broken(
        "a reload without loading",
        "service_takes_its_minutes",
        "stops:leaves",
        "A leaves DC at 10:|busy for 15.0 min",
        put("stops", "A", 4, leaves=hhmm("10:32")),
    ),
    # figures
    *(
        broken(
            f"{column} that do not add up",
            "stops_count_their_parcels",
            f"stops:{column}",
            f"A stop {stop} ({kind} at S1): {column} is {written}, its parcels add up "
            f"to {own}",
            put("stops", "A", stop, **{column: later(1)}),
        )
        for column, stop, kind, written, own in (
            ("dropped_parcels", 1, "deliver", 3, 2),
            ("collected_parcels", 2, "collect", 2, 1),
            ("litres", 1, "deliver", "9.00", "8.00"),
            ("litres", 2, "collect", "8.00", "7.00"),
            ("kg", 1, "deliver", "3.00", "2.00"),
            ("kg", 2, "collect", "3.00", "2.00"),
            ("cod_twd", 1, "deliver", "501.00", "500.00"),
        )
    ),
    broken(
        "parcels dropped at the DC",
        "stops_count_their_parcels",
        "stops:dropped_parcels",
        "A stop 0 (depart at DC): dropped_parcels is 1, its parcels add up to 0",
        put("stops", "A", 0, dropped_parcels=1),
    ),
    # loads
    broken(
        "too many litres at departure",
        "loads_fit_the_van",
        "stops:litres",
        "A trip 1 carries 16.00 litres when it reaches DC; van takes 15.00",
        put("given:vehicles", "van", capacity_litres=15.0),
    ),
    broken(
        "too many litres once collected",
        "loads_fit_the_van",
        "stops:litres",
        "A trip 1 carries 17.00 litres when it reaches S1; van takes 16.00",
        put("given:vehicles", "van", capacity_litres=16.0),
        put("given:collections", "C1", litres=9.0),
    ),
    broken(
        "too many kg",
        "loads_fit_the_van",
        "stops:kg",
        "B trip 1 carries 15.00 kg when it reaches DC; cold takes 14.00",
        put("given:vehicles", "cold", capacity_kg=14.0),
    ),
    # shifts
    broken(
        "departure before the shift",
        "routes_keep_the_shift",
        "stops:leaves",
        "A departs at 09:40; the shift of van is 09:45 to 20:30",
        put("given:vehicles", "van", shift_from=hhmm("09:45")),
    ),
    broken(
        "return after the shift",
        "routes_keep_the_shift",
        "stops:arrives",
        "A returns at 13:|the shift of van is 09:30 to 13:00",
        put("given:vehicles", "van", shift_to=hhmm("13:00")),
    ),
    broken(
        "a route too long",
        "routes_are_not_too_long",
        "stops:arrives",
        "A takes 23|van may take 200",
        put("given:vehicles", "van", max_route_min=200.0),
    ),
    broken(
        "loading before the DC opens",
        "routes_keep_the_dcs_hours",
        "stops:leaves",
        "A departs at 09:40 and loads 15 min; DC opens at 09:30",
        put("given:distribution_centers", "DC", opens=hhmm("09:30")),
    ),
    broken(
        "return after the DC closes",
        "routes_keep_the_dcs_hours",
        "stops:arrives",
        "A returns at 13:|DC closes at 13:00",
        put("given:distribution_centers", "DC", closes=hhmm("13:00")),
    ),
    broken(
        "departure before the batch",
        "trips_depart_in_their_batch",
        "stops:leaves",
        "A trip 2 departs at 12:59; batch late departs from 13:00 to 16:00",
        put("stops", "A", 4, leaves=hhmm("12:59")),
    ),
    broken(
        "departure after the batch",
        "trips_depart_in_their_batch",
        "stops:leaves",
        "B trip 1 departs at 09:55; batch early departs from 09:30 to 09:50",
        lambda day: day.settings["batches"][0].update(latest="09:50"),
    ),
    broken(
        "a break that comes too late",
        "long_routes_have_a_break",
        "stops:leaves",
        "A drives from 09:40 to 13:|break begun by 10:10 is 12.4 min; van needs 30",
        put("given:vehicles", "van", break_after_min=30.0),
    ),
    broken(
        "a break that is too short",
        "long_routes_have_a_break",
        "stops:leaves",
        "longest break begun by 11:40 is 1|van needs 400",
        put("given:vehicles", "van", break_min=400.0),
    ),
    broken(
        "more loadings than doors",
        "docks_have_doors_for_all",
        "stops:leaves",
        "DC loads 2 trips at 09:39 (A trip 1, B trip 1) and has 1 dock doors",
        choose(loading_min=16),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=facts(CASES))
def test_is_found(day, case):
    assert_found(day, case)


def test_a_short_route_needs_no_break(day):
    """B is away for about an hour."""
    put("given:vehicles", "cold", break_min=60.0, break_after_min=90.0)(day)

    assert day.faults() == ()


def test_a_reload_may_bear_the_trip_and_batch_before_it(day):
    put("stops", "A", 4, trip=1, batch="early")(day)

    assert day.faults() == ()


def test_a_reloads_door_is_taken_for_the_minutes_that_are_sure(day):
    """A second van loading up to 12:45 does not meet a reload from 12:45 to 13:00."""
    put("stops", "A", 4, leaves=hhmm("13:00"))(day)

    assert not [fault for fault in day.faults() if "dock" in fault.what]


def test_a_collection_that_nobody_weighed_weighs_by_its_litres(day):
    """7 litres at a quarter of a kg each."""
    put("given:collections", "C1", weight_kg=None)(day)
    put("stops", "A", 2, kg=1.75)(day)

    assert day.faults() == ()


def test_a_collection_that_nobody_weighed_loads_the_van(day):
    """7 litres of 5 kg on top of 2 kg left on board, in a van that takes 36."""
    put("given:collections", "C1", weight_kg=None)(day)
    put("given:vehicles", "van", capacity_kg=36.0)(day)
    choose(return_kg_per_litre=5.0)(day)

    assert any("carries 37.00 kg" in fault.what for fault in day.faults())


def test_a_dry_road_is_faster_for_the_second_trip_only(day):
    """Rain ends at 13:00: without it the first trip's written minutes are too long."""
    day.inputs["conditions"].clear()

    wrong = {(f.file, f.line) for f in day.faults() if f.column == "leg_min"}

    assert wrong == {
        ("stops.csv", n + 2)
        for n, row in enumerate(day.plan["stops"])
        if row["leg_min"] and (row["batch"] == "early" or row["kind"] == "reload")
    }
