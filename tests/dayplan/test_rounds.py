"""Couriers' rounds: composed within limits, timed one after the other."""

from collections import defaultdict
from itertools import pairwise

import polars as pl
import pytest
from days import Inline, day, door, hhmm, north, store, taken_in
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cstore_cli.dayplan.regions import Region, Regions
from cstore_cli.dayplan.round_search import Round, StoreRounds
from cstore_cli.dayplan.rounds import compose_rounds, departures
from cstore_cli.settings.plan_day import CourierSettings

STORE = store("S1", 0.0, door_couriers=2)


def courier(**more):
    """One km takes 5 minutes, a door 3; 10:00 to 22:00."""
    return CourierSettings.model_validate({"speed_kmh": 12, "circuity": 1} | more)


def rounds(orders, chosen, goods_from=None, stores=(STORE,), hub=None):
    """The rounds of S1, which all orders go out from."""
    inputs = day(orders, list(stores))
    regions = Regions((Region("R1", "DC", hub or "none", ("S1",), 1.0),))
    found = compose_rounds(
        taken_in(inputs).with_columns(at_store=pl.lit("S1")),
        regions,
        inputs,
        chosen,
        goods_from or {},
        Inline(),
        1,
    )
    return found["S1"]


def test_a_round_is_there_and_back_with_the_doors_between():
    """Doors at 1 and 2 km: 5 min, 3 at the door, 5 min, 3 at the door, 10 home."""
    found = rounds([door("A", 1.0), door("B", 2.0)], courier())
    (tour,) = found.rounds
    there = dict(zip(tour.parcels, tour.reached_min, strict=True))
    assert tour.minutes == pytest.approx(26, abs=1e-3)
    assert there in (
        {0: pytest.approx(5, abs=1e-3), 1: pytest.approx(13, abs=1e-3)},
        {1: pytest.approx(10, abs=1e-3), 0: pytest.approx(18, abs=1e-3)},
    )


@pytest.mark.parametrize(
    ("limit", "tours"),
    [
        ({"round_parcels": 2}, 2),
        ({"round_litres": 8.0}, 2),
        ({"round_kg": 3.5}, 2),
        ({"max_round_min": 30.0}, 2),
        ({"round_parcels": 1}, 4),
        ({}, 1),
    ],
)
def test_a_round_keeps_its_limits(limit, tours):
    """Four doors a km away side by side, of 4 litres and 1 kg: 22 min for all."""
    orders = [door(f"O{i}", 1.0) for i in range(4)]
    if "max_round_min" in limit:
        orders = [door("A", 1.0), door("B", 1.0), door("C", -1.0), door("D", -1.0)]
    found = rounds(orders, courier(**limit))
    assert len(found.rounds) == tours
    assert sorted(row for tour in found.rounds for row in tour.parcels) == [0, 1, 2, 3]


def test_a_door_beyond_the_longest_round_is_too_far():
    found = rounds([door("A", 1.0), door("B", 9.0)], courier(max_round_min=60))
    assert found.too_far == (1,)
    assert [tour.parcels for tour in found.rounds] == [(0,)]


@pytest.mark.parametrize(
    "limit", [{"round_litres": 3.9}, {"round_kg": 0.9}], ids=["litres", "kg"]
)
@pytest.mark.parametrize("num", [1, 3])
def test_a_parcel_above_a_rounds_load_is_too_large(limit, num):
    found = rounds([door(f"O{i}") for i in range(num)], courier(**limit))
    assert found.too_large == tuple(range(num))
    assert found.rounds == ()


def test_hours_too_short_for_a_door_are_no_time_not_too_far():
    found = rounds([door("A", 6.0)], courier(works_from="10:00", works_to="11:00"))
    assert (found.too_far, found.no_time) == ((), (0,))


def test_couriers_without_time_left_leave_parcels():
    """Rounds of 1 h 3 min each; two couriers have time for one each in 2 hours."""
    chosen = courier(round_parcels=1, works_from="10:00", works_to="12:00")
    found = rounds([door(f"O{i}", 6.0) for i in range(3)], chosen)
    assert len(found.rounds) == 2
    assert len(found.no_time) == 1


def test_where_not_all_can_be_brought_the_quick_rounds_are():
    """One courier, two hours: 55 minutes there and back for one, 23 for the others."""
    chosen = courier(round_parcels=1, works_from="10:00", works_to="12:00")
    orders = [door("far", 5.2), door("A", 2.0), door("B", 2.0), door("C", -2.0)]
    orders.append(door("D", -2.0))
    stores = [store("S1", 0.0, door_couriers=1)]
    found = rounds(orders, chosen, stores=stores)
    assert found.no_time == (0,)


def test_where_not_all_can_be_brought_the_important_ones_are():
    chosen = courier(round_parcels=1, works_from="10:00", works_to="11:00")
    orders = [door("A", 4.0), door("B", 4.0, priority=5.0), door("C", 3.0)]
    stores = [store("S1", 0.0, door_couriers=1)]
    found = rounds(orders, chosen, stores=stores)
    assert [tour.parcels for tour in found.rounds] == [(1,)]


def test_waiting_for_whole_minutes_takes_time_too():
    """Rounds of 6.1 minutes begin 7 minutes apart: 8 in an hour, not 9."""
    chosen = courier(round_parcels=1, works_from="10:00", works_to="11:00")
    stores = [store("S1", 0.0, door_couriers=1)]
    found = rounds([door(f"O{i}", 0.31) for i in range(9)], chosen, stores=stores)
    assert len(found.rounds) == 8
    last, departs = departures(found, 0.0, chosen)[-1]
    assert departs + last.minutes <= 660


def test_goods_that_come_late_leave_less_time():
    chosen = courier(round_parcels=1, works_from="10:00", works_to="13:00")
    orders = [door(f"O{i}", 6.0) for i in range(4)]
    assert len(rounds(orders, chosen).rounds) == 4
    late = rounds(orders, chosen, goods_from={"S1": hhmm("11:00")})
    assert len(late.rounds) == 2
    assert late.span_min < 2 * 60 - 6
    never = rounds(orders, chosen, goods_from={"S1": hhmm("14:00")})
    assert never.no_time == (0, 1, 2, 3)


def test_a_hub_has_the_hubs_couriers_or_more_of_its_own():
    orders = [door(f"O{i}", 6.0) for i in range(9)]
    chosen = courier(round_parcels=1, works_to="11:30", hub_couriers=4)
    for own, hub, count in ((1, None, 1), (1, "S1", 4), (6, "S1", 6)):
        stores = [store("S1", 0.0, door_couriers=own)]
        found = rounds(orders, chosen, stores=stores, hub=hub)
        assert {t.courier_no for t in found.rounds} == set(range(1, count + 1))


@st.composite
def busy_stores(draw):
    """Up to nine doors and tight limits."""
    places = st.tuples(st.integers(-20, 20), st.integers(-20, 20))
    doors = draw(st.lists(places, min_size=1, max_size=9))
    orders = [
        door(
            f"O{i}",
            customer_lat=north(y / 10),
            customer_lon=121.5 + x / 1000,
            height_cm=float(draw(st.integers(1, 40))),
            weight_kg=float(draw(st.integers(1, 12))),
        )
        for i, (x, y) in enumerate(doors)
    ]
    chosen = courier(
        round_parcels=draw(st.integers(1, 4)),
        round_litres=draw(st.sampled_from([3.0, 12.0, 40.0])),
        round_kg=draw(st.sampled_from([5.0, 15.0])),
        max_round_min=draw(st.sampled_from([10.0, 30.0, 90.0])),
        works_to=draw(st.sampled_from(["10:20", "11:00", "13:00"])),
    )
    return orders, chosen


@hypothesis_settings(max_examples=60, deadline=None)
@given(busy_stores())
def test_every_door_is_on_one_round_within_limits_or_left_with_a_cause(busy):
    orders, chosen = busy
    found = rounds(orders, chosen)
    told = [
        *(row for tour in found.rounds for row in tour.parcels),
        *found.too_large,
        *found.too_far,
        *found.no_time,
    ]
    assert sorted(told) == list(range(len(orders)))
    timed = departures(found, 0.0, chosen)
    of_courier = defaultdict(list)
    for tour, departs in timed:
        litres = [orders[row]["height_cm"] * 0.4 for row in tour.parcels]
        kg = [orders[row]["weight_kg"] for row in tour.parcels]
        assert len(tour.parcels) <= chosen.round_parcels
        assert sum(litres) <= chosen.round_litres + 1e-6
        assert sum(kg) <= chosen.round_kg + 1e-6
        assert tour.minutes <= chosen.max_round_min
        assert departs >= chosen.works_from
        assert departs + tour.minutes <= chosen.works_to
        of_courier[tour.courier_no].append((departs, departs + tour.minutes))
    assert set(of_courier) <= {1, 2}
    for busy_from in of_courier.values():
        for (_, back), (departs, _) in pairwise(sorted(busy_from)):
            assert departs >= back


def some_rounds():
    """Two couriers, the first with two rounds."""
    return StoreRounds(
        "S1",
        (
            Round("S1", 1, (4, 2), (5.0, 9.5), 20.25),
            Round("S1", 2, (3,), (5.0,), 12.0),
            Round("S1", 1, (5,), (7.0,), 15.0),
        ),
        37.25,
        (),
        (),
        (),
    )


def test_rounds_depart_on_whole_minutes_when_goods_and_courier_are_there():
    timed = departures(some_rounds(), 610.5, courier())
    assert [departs for _, departs in timed] == [611, 611, 632]


def test_no_round_departs_before_couriers_work():
    timed = departures(some_rounds(), 300.0, courier())
    assert [departs for _, departs in timed] == [600, 600, 621]


def test_only_keeps_the_times_of_the_doors_that_stay():
    left = some_rounds().only(frozenset({2, 5}))
    assert left.rounds == (
        Round("S1", 1, (2,), (9.5,), 20.25),
        Round("S1", 1, (5,), (7.0,), 15.0),
    )


def test_a_day_without_doors_has_no_rounds():
    inputs = day()
    orders = taken_in(inputs).with_columns(at_store=pl.lit("S1"))
    regions = Regions((Region("R1", "DC", "S1", ("S1",), 1.0),))
    found = compose_rounds(orders, regions, inputs, courier(), {}, Inline(), 1)
    assert found == {}
