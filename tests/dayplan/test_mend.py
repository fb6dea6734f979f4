"""Routes that break on the exact clock: nobody is lost who can be brought."""

import math
import random
from collections import Counter

import pytest
from days import collection, dc, hhmm, order, settings, store, van
from duties import duty, vans_day, weather
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from test_dock_doors import loaded_at_once

from cstore_cli.dayplan.drive import Break, drive
from cstore_cli.dayplan.mend import mend

EVEN = dict.fromkeys(range(9), 1.0)


def line(*kms, closes="16:00", doors=4, loading_min=0, vans=None, **more):
    """Stores S0, S1, ... with a client each."""
    shut = closes if isinstance(closes, list) else [closes] * len(kms)
    stores = [
        store(f"S{n}", km, receive_by=hhmm(by))
        for n, (km, by) in enumerate(zip(kms, shut, strict=True))
    ]
    orders = [order(f"O{n}", km, store_id=f"S{n}") for n, km in enumerate(kms)]
    return vans_day(
        orders,
        stores,
        dcs=[dc(dock_doors=doors)],
        vans=vans,
        chosen=settings(walk_limit_km=4.0, loading_min=loading_min),
        **more,
    )


def trips_of(driven):
    return sorted(one.duty.trips for one in driven)


def test_what_can_be_driven_stays_as_it_is():
    day = line(1.0, 2.0, -3.0)
    driven = mend(day, [duty((0, 1)), duty((2,))], set(), EVEN)
    assert trips_of(driven) == [((0, 1),), ((2,),)]


def test_who_would_be_too_late_finds_another_van():
    """S1 and S2, half an hour apart, both receive until 10:05 only."""
    day = line(5.0, -5.0, closes="10:05")
    driven = mend(day, [duty((0, 1))], set(), EVEN)
    assert trips_of(driven) == [((0,),), ((1,),)]


def test_with_no_other_van_only_those_too_late_are_left():
    day = line(1.0, 2.0, -9.0, closes=["10:05", "16:00", "10:05"], vans=[van(count=1)])
    driven = mend(day, [duty((0, 1, 2))], set(), EVEN)
    assert trips_of(driven) == [((0, 1),)]


def test_of_a_day_too_long_the_least_worth_for_its_minutes_goes():
    """S1 costs a long way; in 80 minutes either S0 is visited or S1, not both."""
    vans = [van(count=1, max_route_min=80.0)]
    day = line(2.0, -12.0, vans=vans)
    worth = {0: 1.0, 1: 1.5}
    assert trips_of(mend(day, [duty((0, 1))], set(), worth)) == [((0,),)]
    worth = {0: 1.0, 1: 100.0}
    assert trips_of(mend(day, [duty((0, 1))], set(), worth)) == [((1,),)]


def test_who_was_left_out_is_put_in_where_there_is_room():
    day = line(1.0, 2.0, 3.0, vans=[van(count=1)])
    driven = mend(day, [duty((0, 2))], {1}, EVEN)
    assert Counter(k for one in driven for k in one.duty.trips[0]) == Counter(range(3))


def test_those_of_most_worth_come_first():
    """There is room for one of S1 and S2."""
    day = line(1.0, 2.0, 3.0, vans=[van(count=1, capacity_litres=8.0)])
    for dear in (1, 2):
        driven = mend(day, [duty((0,))], {1, 2}, EVEN | {dear: 2.0})
        served = {k for one in driven for k in one.duty.trips[0]}
        assert served == {0, dear}


def test_a_trip_for_which_no_door_is_free_loses_its_clients_to_the_others():
    """
    One door and 40 minutes of loading: vans leave at 09:40 and 10:20, the third only
    after 10:30, when no store receives any more. Its client goes with another.
    """
    day = line(1.0, 2.0, 3.0, closes="10:40", doors=1, loading_min=40)
    driven = mend(day, [duty((0,)), duty((1,)), duty((2,))], set(), EVEN)
    assert len(driven) == 2
    served = sorted(k for one in driven for trip in one.duty.trips for k in trip)
    assert served == [0, 1, 2]


def test_a_collection_gives_way_to_a_delivery():
    """
    Both stores, a quarter of an hour apart, take a van until about 10:10: the van that
    fetches first comes to the delivery too late.
    """
    stores = [store("S0", 5.0, receive_by=hhmm("10:15")), store("S1", -5.0)]
    stores[1]["receive_by"] = hhmm("10:12")
    day = vans_day(
        [order("O0", 5.0, store_id="S0")],
        stores,
        vans=[van(count=1)],
        collections=[collection("C0", "S1")],
        chosen=settings(),
    )
    assert trips_of(mend(day, [duty((1, 0))], set(), {0: math.inf, 1: 1.0})) == [
        ((0,),)
    ]


SPREAD = st.sampled_from([1.0, 2.0, -3.0, 6.0, -8.0])


def days():
    """Routes made up at random on days where much of them breaks."""

    def build(kms, closes, doors, loading_min, trips, longest, room, rain, cuts):
        n = len(kms)
        vans = [
            van(
                "a",
                count=2,
                max_trips=trips,
                max_route_min=longest,
                capacity_litres=room,
            ),
            van("b", count=1, fixed_cost_twd=500.0, capacity_litres=room),
        ]
        day = line(
            *kms,
            closes=[closes[k] for k in range(n)],
            doors=doors,
            loading_min=loading_min,
            vans=vans,
            conditions=[weather("10:00", "10:45", rain)],
        )
        first, second = sorted(cut % (n + 1) for cut in cuts)
        parts = [range(first), range(first, second), range(second, n)]
        made = []
        for number, part in enumerate(parts):
            # Loads are the search's business: nobody gives mend too full a van.
            visits = list(part)[: int(room // 4)]
            if trips == 2 and number == 1 and len(visits) > 1:
                made.append(duty(tuple(visits[:1]), tuple(visits[1:])))
            elif visits:
                made.append(duty(tuple(visits), vehicle=int(number == 2)))
        asked = {k for one in made for trip in one.trips for k in trip}
        return day, made, set(range(n)) - asked

    six = {"min_size": 6, "max_size": 6}
    return st.builds(
        build,
        st.lists(SPREAD, min_size=2, max_size=6),
        st.lists(st.sampled_from(["10:10", "10:30", "11:00", "16:00"]), **six),
        st.integers(1, 2),
        st.sampled_from([0, 10, 25]),
        st.integers(1, 2),
        st.sampled_from([45.0, 70.0, 540.0]),
        st.sampled_from([8.0, 100.0]),
        st.sampled_from([0.4, 1.0]),
        st.tuples(st.integers(0, 6), st.integers(0, 6)),
    )


@effort(max_examples=40, derandomize=True)
@given(days(), st.lists(st.floats(0.1, 10), min_size=6, max_size=6))
def test_whatever_breaks_the_rest_is_driven_and_nobody_twice(made, worth):
    day, duties, left_out = made
    driven = mend(day, duties, left_out, dict(enumerate(worth)))
    served = [k for one in driven for trip in one.duty.trips for k in trip]
    assert len(served) == len(set(served))
    assert set(served) <= set(range(len(day.clients)))
    for one in driven:
        trips = drive(day, one.duty, one.leaves)
        assert not isinstance(trips, Break)
        assert trips == one.trips
        assert len(trips) <= day.vehicles[one.duty.vehicle]["max_trips"]
        for trip in one.duty.trips:
            load = sum(day.clients[k].litres for k in trip)
            assert load <= day.vehicles[one.duty.vehicle]["capacity_litres"]
    used = Counter(one.duty.vehicle for one in driven)
    assert all(
        used[row] <= vehicle["count"] for row, vehicle in enumerate(day.vehicles)
    )
    if day.loading_min:
        leaves = [t for one in driven for t in one.leaves]
        assert loaded_at_once(leaves, day.loading_min) <= day.doors


@pytest.mark.parametrize("seed", range(6))
def test_all_are_brought_where_each_could_have_a_van(seed):
    """Five vans for five clients: no route is so bad that one is lost."""
    dice = random.Random(seed)
    kms = dice.sample([1.0, 2.0, -3.0, 6.0, -8.0], 5)
    day = line(*kms, closes="10:20", vans=[van(count=5)])
    everybody = list(range(5))
    dice.shuffle(everybody)
    driven = mend(day, [duty(tuple(everybody))], set(), EVEN)
    served = sorted(k for one in driven for trip in one.duty.trips for k in trip)
    assert served == list(range(5))
