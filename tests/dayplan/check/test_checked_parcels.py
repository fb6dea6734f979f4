"""What parcels.csv may not say."""

import pytest
from breakages import add, assert_found, broken, choose, cut, facts, new, put, put_all
from legal_day import DATE, instant

NOON = {"from": instant("12:00"), "to": instant("14:00"), "reason": "flood"}
WHOLE_DAY = {"from": instant("07:00"), "to": instant("23:00"), "reason": "flood"}
UNSERVED = {"status": "unserved", "reason_code": "x", "reason": "y"}
CASES = [
    # cover
    broken(
        "an order without row",
        "everything_asked_is_answered",
        "parcels:order_id",
        "O3 is in the orders table|no row with task deliver",
        cut("parcels", "O3"),
    ),
    broken(
        "a collection without row",
        "everything_asked_is_answered",
        "parcels:order_id",
        "C1 is in the collections table|no row with task return",
        cut("parcels", "C1"),
    ),
    broken(
        "an order nobody sent",
        "nothing_else_is_planned",
        "parcels:order_id",
        "X9 is not in the orders table nor carried in|--carry",
        put("parcels", "O3", order_id="X9"),
    ),
    broken(
        "a collection nobody asked for",
        "nothing_else_is_planned",
        "parcels:order_id",
        "C7, to return, is not in the collections table",
        put("parcels", "C1", order_id="C7"),
    ),
    broken(
        "an order planned twice",
        "nothing_is_answered_twice",
        "parcels:order_id",
        "parcels.csv:17|O3 has 2 rows",
        add("parcels", "O3"),
    ),
    broken(
        "a return taken for a hand-in",
        "tasks_are_as_asked",
        "parcels:task",
        "C1 has task hand_in, but return",
        put("parcels", "C1", task="hand_in"),
    ),
    # status
    *(
        broken(
            f"a van parcel without {column}",
            "a_van_parcel_names_its_stop",
            f"parcels:{column}",
            f"O3 is planned to deliver by van and has no {column}",
            put("parcels", "O3", **{column: None}),
        )
        for column in (
            "store_id",
            "dc_id",
            "region_id",
            "batch",
            "route_id",
            "trip",
            "stop_sequence",
            "ready_by",
        )
    ),
    broken(
        "a planned order without channel",
        "a_planned_order_has_a_channel",
        "parcels:channel",
        "O3 is planned and has no channel",
        put("parcels", "O3", channel=None),
    ),
    broken(
        "an order brought by its seller to nowhere",
        "a_planned_order_has_a_channel",
        "parcels:store_id",
        "O12|brought by its seller, and has no store",
        put("parcels", "O12", store_id=None),
    ),
    *(
        broken(
            f"{order_id}, which no van carries, on a route",
            "only_van_parcels_have_a_stop",
            "parcels:route_id",
            f"{order_id} is|on no van, but has route_id A",
            put("parcels", order_id, route_id="A"),
        )
        for order_id in ("O10", "O11", "O12", "O14")
    ),
    broken(
        "unserved without reason",
        "what_waits_says_why",
        "parcels:reason",
        "O14 is unserved without reason",
        put("parcels", "O14", reason=None),
    ),
    broken(
        "deferred without code",
        "what_waits_says_why",
        "parcels:reason_code",
        "O10 is deferred without reason_code",
        put("parcels", "O10", reason_code=None),
    ),
    broken(
        "redirected without reason",
        "what_waits_says_why",
        "parcels:reason",
        "O4 is redirected from S1 to S2 without reason",
        put("parcels", "O4", reason=None),
    ),
    # already planned, cut-off
    broken(
        "planned again although out",
        "already_planned_is_kept",
        "parcels:status",
        "O13 is out by an earlier plan, but its status is unserved",
        put("parcels", "O13", **UNSERVED),
    ),
    broken(
        "taken for out",
        "already_planned_is_kept",
        "parcels:status",
        "O14 is already_planned, but no earlier plan",
        put("parcels", "O14", status="already_planned"),
    ),
    broken(
        "placed after the cut-off and not deferred",
        "late_orders_wait",
        "parcels:status",
        "O10|09:00:01|after the cut-off 09:00|unserved (x)",
        put("parcels", "O10", **UNSERVED),
    ),
    broken(
        "deferred for the cut-off and placed in time",
        "late_orders_wait",
        "parcels:reason_code",
        "O10|09:00:00|in time for the cut-off 09:00",
        put("given:orders", "O10", placed_at=instant("09:00")),
    ),
    # channel
    broken(
        "another rule",
        "channel_is_by_rule",
        "parcels:channel_rule",
        "O6 (door, ambient, fits courier) goes by rule bulky, not to the door",
        put("parcels", "O6", channel_rule="to the door"),
    ),
    broken(
        "another channel than the rule's",
        "channel_is_by_rule",
        "parcels:channel",
        "O3 is store_door, but rule as wished allows store_pickup",
        put("parcels", "O3", channel="store_door"),
    ),
    broken(
        "a channel that any does not allow",
        "channel_is_by_rule",
        "parcels:channel",
        "O5 is seller_direct|our choice allows store_pickup or store_door or express",
        put("parcels", "O5", channel="seller_direct"),
    ),
    broken(
        "a rule for a platform",
        "channel_is_by_rule",
        "parcels:channel_rule",
        "O4|goes by rule slow ones, not as wished",
        lambda day: day.settings["channel_rules"].insert(
            0, {"name": "slow ones", "channel": "store_pickup", "platform": ["slow"]}
        ),
    ),
    broken(
        "a rule for a goods class",
        "channel_is_by_rule",
        "parcels:channel",
        "O9 is store_pickup, but rule cold allows store_door",
        lambda day: day.settings["channel_rules"].insert(
            0, {"name": "cold", "channel": "store_door", "goods_class": ["chilled"]}
        ),
    ),
    broken(
        "no rule at all",
        "channel_is_by_rule",
        "parcels:channel_rule",
        "O3|goes by rule empty, not as wished",
        lambda day: day.settings["channel_rules"].pop(),
    ),
    # abilities
    broken(
        "too large for a store in any orientation",
        "parcels_keep_the_limits",
        "parcels:channel",
        "O3 measures 20 x 31 x 31 cm, 1.00 kg; store_pickup takes 45 x 30 x 30 cm, 5",
        put("given:orders", "O3", width_cm=31.0, height_cm=31.0),
    ),
    broken(
        "too heavy for a courier",
        "parcels_keep_the_limits",
        "parcels:channel",
        "O7 measures|20.50 kg; store_door takes 60 x 50 x 50 cm, 20 kg",
        put("given:orders", "O7", weight_kg=20.5),
    ),
    broken(
        "an unknown store",
        "stores_are_known",
        "parcels:store_id",
        "O3 goes to S99, which is not",
        put("parcels", "O3", store_id="S99"),
    ),
    broken(
        "a store of another chain",
        "stores_are_ours",
        "parcels:store_id",
        "O5 goes to S3 of Hi-Life|own chains 7-ELEVEN",
        put("given:stores", "S3", chain="Hi-Life"),
    ),
    broken(
        "chilled goods in a store without cooling",
        "chilled_goods_stay_chilled",
        "parcels:store_id",
        "O9 is chilled|S5 has none",
        put("given:stores", "S5", chilled=False),
    ),
    broken(
        "chilled goods in a van without cooling",
        "chilled_goods_stay_chilled",
        "parcels:route_id",
        "O9 is chilled|the van of B has none",
        put("routes", "B", vehicle_type="van"),
    ),
    # closures
    broken(
        "service at a closed store",
        "stores_are_open_when_served",
        "stops:starts",
        "A starts at S3 at 13:|closed from 12:00 to 14:00",
        new("given:closures", location_id="S3", **NOON),
    ),
    broken(
        "a parcel brought to a store closed all day",
        "stores_closed_all_day_get_nothing",
        "parcels:store_id",
        "O12 goes to S1, which is closed",
        new("given:closures", location_id="S1", **WHOLE_DAY),
    ),
    # walking
    broken(
        "a redirection kept quiet",
        "redirections_are_told",
        "parcels:redirected",
        "O4 chose S1 and goes to S2 as store_pickup, but redirected is False",
        put("parcels", "O4", redirected=False),
    ),
    broken(
        "a redirection made up",
        "redirections_are_told",
        "parcels:redirected",
        "O5 chose empty and goes to S3 as store_pickup, but redirected is True",
        put("parcels", "O5", redirected=True),
    ),
    broken(
        "a walk measured wrong",
        "walks_are_measured",
        "parcels:walk_m",
        "O3 to S2 is 300.|m, not 302.00",
        put("parcels", "O3", walk_m=302.0),
    ),
    broken(
        "a walk not measured",
        "walks_are_measured",
        "parcels:walk_m",
        "O3 to S2 is 300.|m, not empty",
        put("parcels", "O3", walk_m=None),
    ),
    broken(
        "a walk to the own door",
        "walks_are_measured",
        "parcels:walk_m",
        "O6 is store_door: nobody walks, but walk_m is 5.00",
        put("parcels", "O6", walk_m=5.0),
    ),
    broken(
        "a customer sent too far",
        "no_one_is_sent_too_far",
        "parcels:store_id",
        "O4 did not choose S2, 300.|the walk limit is 250 m",
        choose(walk_limit_km=0.25),
    ),
    # lateness
    broken(
        "ready before the van leaves",
        "parcels_are_ready_when_the_van_leaves",
        "parcels:ready_by",
        "O1 is ready by 10:05, but A leaves S1 at 10:06:36",
        put("parcels", "O1", ready_by=605),
    ),
    broken(
        "late minutes kept quiet",
        "late_minutes_are_told",
        "parcels:late_min",
        "O1 (store_pickup, to fetch from 10:00, ready by 10:06) is 6 min late, not 0",
        put("parcels", "O1", late_min=0.0),
    ),
    broken(
        "late minutes at a door",
        "late_minutes_are_told",
        "parcels:late_min",
        "O7 (store_door|is 0 min late, not 3.00",
        put("parcels", "O7", late_min=3.0),
    ),
    # locks
    *(
        broken(
            f"a locked {column} not kept",
            "locks_are_kept",
            f"parcels:{'batch' if column == 'batch' else 'route_id'}",
            f"O3 of S2 has {column} {has}, but the store is locked to {locked}",
            new("given:locks", store_id="S2", **{column: locked}),
        )
        for column, has, locked in (
            ("vehicle_no", "1", "2"),
            ("route_id", "A", "B"),
            ("batch", "early", "late"),
        )
    ),
    # release
    broken(
        "goods not at the DC when the trip departs",
        "goods_are_at_the_dc_in_time",
        "parcels:route_id",
        "O2 is at the DC from 09:41; A trip 1 departs at 09:40",
        put("given:orders", "O2", at_dc_from=instant("09:41")),
    ),
    broken(
        "lead time of a platform not kept",
        "goods_are_at_the_dc_in_time",
        "parcels:route_id",
        "O4 is at the DC from 10:00; A trip 1 departs at 09:40",
        choose(lead_time_min={"slow": 14 * 60.0}),
    ),
    broken(
        "a collection out by an earlier plan",
        "already_planned_is_kept",
        "parcels:status",
        "C1, to return, is already_planned; that is for orders only",
        put("parcels", "C1", status="already_planned"),
    ),
    *(
        broken(
            f"a collection with {column}",
            "collections_have_nothing_of_a_delivery",
            f"parcels:{column}",
            f"C1, to return, has {column} {shown}",
            put("parcels", "C1", **{column: cell}),
        )
        for column, cell, shown in (
            ("channel", "store_pickup", "store_pickup"),
            ("channel_rule", "as wished", "as wished"),
            ("walk_m", 12.0, "12.00"),
            ("ready_by", 606, "606"),
            ("late_min", 0.0, "0.00"),
        )
    ),
    broken(
        "a collection sent elsewhere",
        "collections_have_nothing_of_a_delivery",
        "parcels:redirected",
        "C1, to return, is redirected; it waits at S1",
        put("parcels", "C1", redirected=True),
    ),
    broken(
        "a collection said not to be ready",
        "only_what_is_not_ready_waits_for_that",
        "parcels:reason_code",
        "C1 is deferred as not_ready, but is ready at 08:00; S1 receives until 16:00",
        put("parcels", "C1", status="deferred", reason_code="not_ready", reason="y"),
    ),
    broken(
        "a collection planned twice",
        "nothing_is_answered_twice",
        "parcels:order_id",
        "C1 has 2 rows with task return",
        add("parcels", "C1"),
    ),
    broken(
        "a collection without stop",
        "a_van_parcel_names_its_stop",
        "parcels:stop_sequence",
        "C1 is planned to return by van and has no stop_sequence",
        put("parcels", "C1", stop_sequence=None),
    ),
    broken(
        "a collection left without reason",
        "what_waits_says_why",
        "parcels:reason",
        "C1 is unserved without reason",
        put("parcels", "C1", status="unserved", reason_code="x"),
    ),
    broken(
        "collected before it is ready",
        "collections_are_ready",
        "parcels:stop_sequence",
        "C1 is ready at 10:08; A leaves S1 at 10:06",
        put("given:collections", "C1", ready_at=instant("10:08")),
    ),
    # belonging
    broken(
        "left at another store",
        "parcels_are_left_at_their_store",
        "parcels:store_id",
        "O3 is of S1, but stop 3 of A is at S2",
        put("parcels", "O3", store_id="S1"),
    ),
    broken(
        "collected where it is not",
        "parcels_are_left_at_their_store",
        "parcels:store_id",
        "C1 waits at S3, but is collected at S1",
        put("given:collections", "C1", location_id="S3"),
    ),
    broken(
        "in another batch than its trip",
        "parcels_are_in_the_batch_of_their_trip",
        "parcels:batch",
        "O5 is in batch early, but stop 5 of A is in late",
        put("parcels", "O5", batch="early"),
    ),
    broken(
        "of another DC than its store",
        "parcels_are_of_their_stores_dc_and_region",
        "parcels:dc_id",
        "O3 is of DC-X, but its store S2 is of DC",
        put("parcels", "O3", dc_id="DC-X"),
    ),
    broken(
        "of another region than its store",
        "parcels_are_of_their_stores_dc_and_region",
        "parcels:region_id",
        "O3 is of region R2, but its store S2 is of R1",
        put("parcels", "O3", region_id="R2"),
    ),
    broken(
        "at a stop there is not",
        "parcels_are_at_stops_of_their_kind",
        "parcels:stop_sequence",
        "O3 is on A, trip 1, stop 9, which is not in stops.csv",
        put("parcels", "O3", stop_sequence=9),
    ),
    broken(
        "delivered where the van collects",
        "parcels_are_at_stops_of_their_kind",
        "parcels:stop_sequence",
        "O1 (deliver) is at stop 2 of A, whose kind is collect, not deliver",
        put("parcels", "O1", stop_sequence=2),
    ),
    # empty cells
    broken(
        "an empty cell that must be filled",
        "cells_are_filled",
        "parcels:task",
        "parcels.csv:4|is empty",
        put("parcels", "O3", task=None),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=facts(CASES))
def test_is_found(day, case):
    assert_found(day, case)


def test_a_parcel_on_its_side_still_fits(day):
    """45 x 30 x 30 is the limit; 30 x 20 x 45 keeps it, whichever side comes first."""
    put("given:orders", "O3", length_cm=30.0, height_cm=45.0)(day)

    assert not [fault for fault in day.faults() if fault.column == "channel"]


def test_no_own_chains_are_all_chains(day):
    put_all("given:stores", chain="Hi-Life")(day)
    choose(network={"own_chains": []})(day)

    assert day.faults() == ()


def test_closed_before_service_is_open(day):
    """A closure ends without its last instant."""
    start = instant(f"{DATE}T10:00:00")
    new(
        "given:closures",
        location_id="S1",
        reason="",
        to=start,
        **{"from": NOON["from"].replace(hour=0)},
    )(day)

    assert day.faults() == ()
