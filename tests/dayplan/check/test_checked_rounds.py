"""What rounds.csv may not say, and what couriers may not do."""

import pytest
from breakages import add, assert_found, broken, choose, cut, facts, put, put_all
from legal_day import hhmm


def second_round(**cells):
    """Let O7 go out on a round of its own."""
    return put(
        "rounds", "O7", **{"round_id": "D2", "sequence": 1, "courier_no": 1} | cells
    )


CASES = [
    broken(
        "a door parcel on no round",
        "door_parcels_are_on_one_round",
        "parcels:channel",
        "O7 is store_door from S4, but on no round",
        cut("rounds", "O7"),
    ),
    broken(
        "a pick-up parcel on a round",
        "door_parcels_are_on_one_round",
        "rounds:order_id",
        "D1 carries O8, which is not planned as store_door",
        add("rounds", "O7", order_id="O8", sequence=3),
    ),
    broken(
        "a parcel on two rounds",
        "door_parcels_are_on_one_round",
        "rounds:order_id",
        "D2 carries O7, which is on D1 already",
        add("rounds", "O7", round_id="D2"),
    ),
    broken(
        "a round from another store",
        "rounds_set_out_from_the_parcels_store",
        "rounds:store_id",
        "D1 sets out from S1, but O6 is brought to S4",
        put_all("rounds", store_id="S1"),
    ),
    broken(
        "a store without couriers",
        "stores_have_the_couriers",
        "rounds:store_id",
        "D1 sets out from S4, which has 0 couriers and is no hub",
        put("regions", "R2", hub="S5"),
    ),
    broken(
        "an unknown store",
        "stores_have_the_couriers",
        "rounds:store_id",
        "D1 sets out from S99, which is not in the stores table",
        put("rounds", "O6", store_id="S99"),
    ),
    broken(
        "a courier too many",
        "stores_have_the_couriers",
        "rounds:courier_no",
        "D1 is walked by courier 7 of S4, which has 6",
        put_all("rounds", courier_no=7),
    ),
    *(
        broken(
            f"{column} of a row that are not the parcel's",
            "rounds_say_what_they_carry",
            f"rounds:{column}",
            f"D1, O7: {column} is {written}, the order says {own}",
            put("rounds", "O7", **{column: lambda had: had + 1}),
        )
        for column, written, own in (
            ("litres", "5.00", "4.00"),
            ("kg", "2.00", "1.00"),
            ("cod_twd", "100.00", "99.00"),
        )
    ),
    *(
        broken(
            f"too many {figure}",
            "rounds_are_not_too_heavy",
            f"rounds:{column}",
            f"D1 carries {carried} {figure}; a courier carries {most}",
            choose(courier={f"round_{figure}": most}),
        )
        for figure, column, carried, most in (
            ("parcels", "order_id", "2", 1),
            ("litres", "litres", "84.00", 83.5),
            ("kg", "kg", "13.00", 12.5),
        )
    ),
    broken(
        "a gap in the sequence",
        "rounds_are_walked_in_order",
        "rounds:sequence",
        "D1: O7 has sequence 3, the door is number 2",
        put("rounds", "O7", sequence=3),
    ),
    broken(
        "a round with two couriers",
        "rounds_are_walked_in_order",
        "rounds:courier_no",
        "D1: courier_no is 2 for O7 and 1 for O6",
        put("rounds", "O7", courier_no=2),
    ),
    broken(
        "departure before the van has come",
        "rounds_leave_after_the_van",
        "rounds:departs",
        "D1 departs at 10:10; B with O6 leaves S4 at 10:1",
        put_all("rounds", departs=hhmm("10:10")),
    ),
    broken(
        "departure before work begins",
        "rounds_leave_after_the_van",
        "rounds:departs",
        "D1 departs at 10:1|couriers work from 11:00",
        choose(courier={"works_from": "11:00"}),
    ),
    broken(
        "faster than couriers are",
        "couriers_are_no_faster_than_they_are",
        "rounds:arrives",
        "D1 is at the door of O7 at 10:2|it cannot be before",
        put("rounds", "O7", arrives=lambda written: written - 1),
    ),
    broken(
        "back before the last door",
        "couriers_are_no_faster_than_they_are",
        "rounds:returns",
        "D1 returns at 10:30; it cannot be before 10:",
        put_all("rounds", returns=hhmm("10:30")),
    ),
    broken(
        "back after work ends",
        "rounds_end_in_time",
        "rounds:returns",
        "D1 returns at 10:|couriers work to 10:30",
        choose(courier={"works_to": "10:30"}),
    ),
    broken(
        "a round too long",
        "rounds_end_in_time",
        "rounds:returns",
        "D1 takes 2|min|a round takes at most 20",
        choose(courier={"max_round_min": 20}),
    ),
    broken(
        "a courier on two rounds at a time",
        "couriers_walk_one_round_at_a_time",
        "rounds:departs",
        "D2 of courier 1 of S4 departs at 10:|he is back from D1 at 10:",
        second_round(),
        put("rounds", "O7", departs=lambda written: written + 3),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=facts(CASES))
def test_is_found(day, case):
    assert_found(day, case)


def test_two_couriers_walk_at_a_time(day):
    """Each with a parcel of his own; both back when one would have been."""
    second_round(courier_no=2)(day)

    assert day.faults() == ()


def test_one_courier_walks_twice(day):
    second_round(
        departs=lambda written: written + 60,
        arrives=lambda written: written + 60,
        returns=lambda written: written + 60,
    )(day)

    assert day.faults() == ()


@pytest.mark.parametrize(("too_short_by", "is_legal"), [(0.9, True), (1.1, False)])
def test_a_round_may_look_longer_by_the_cut_minute(day, too_short_by, is_legal):
    """Both its ends are cut to the minute, so it may be shorter than they say."""
    looks = day.made_rounds()[0]
    minutes = looks.returns - looks.departs
    choose(courier={"max_round_min": minutes - too_short_by})(day)

    assert (day.faults() == ()) is is_legal
