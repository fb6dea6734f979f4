"""Clients put into days that stand: against trying every place there is."""

from dataclasses import replace

import pytest
from days import dc, hhmm, leg, order, settings, store, van
from duties import duty, vans_day, weather
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cstore_cli.dayplan.dock_doors import Doors, departures
from cstore_cli.dayplan.drive import Break, drive
from cstore_cli.dayplan.insertion import Driven, insert, money

OPEN = {"receive_from": hhmm("06:00"), "receive_by": hhmm("22:00")}
WINDOWS = [OPEN, {"receive_from": hhmm("10:30")}, {"receive_by": hhmm("11:00")}]


def small_day(kms, windows, litres, room, trips, loading_min, rain, closes=1260):
    """A store and a client each per kilometre; vans `a`, and `b` at twice the money."""
    stores = [
        store(f"S{n}", km, service_min=5.0 + n, **WINDOWS[window])
        for n, (km, window) in enumerate(zip(kms, windows, strict=True))
    ]
    orders = [
        order(f"O{n}", km, store_id=f"S{n}", height_cm=height)
        for n, (km, height) in enumerate(zip(kms, litres, strict=True))
    ]
    kind = {"max_trips": trips, "capacity_litres": room, "shift_to": closes}
    vans = [
        van("a", count=2, **kind),
        van("b", count=1, **kind, fixed_cost_twd=1800.0, cost_per_km_twd=16.0),
    ]
    return vans_day(
        orders,
        stores,
        dcs=[dc(dock_doors=1)],
        vans=vans,
        conditions=[weather("10:15", "11:00", 0.5, 1.2)] if rain else [],
        chosen=settings(loading_min=loading_min, walk_limit_km=3.0),
    )


def stand(day, duties):
    """The duties that can be driven, and the doors they take."""
    driven = []
    for one, leaves in zip(duties, departures(day, duties), strict=True):
        if not isinstance(leaves, Break):
            driven.append(Driven(one, tuple(leaves), drive(day, one, leaves)))
    doors = Doors(day.doors, day.loading_min, [t for d in driven for t in d.leaves])
    return driven, doors


def places(day, one, k):
    """What the day costs more with client k, at each place where it can be."""
    van_of = day.vehicles[one.duty.vehicle]
    for t, trip in enumerate(one.duty.trips):
        load = sum(day.clients[i].litres for i in (*trip, k))
        if load > van_of["capacity_litres"] + 1e-9:
            continue
        for n in range(len(trip) + 1):
            longer = (*trip[:n], k, *trip[n:])
            trips = (*one.duty.trips[:t], longer, *one.duty.trips[t + 1 :])
            found = drive(day, replace(one.duty, trips=trips), one.leaves)
            if not isinstance(found, Break):
                more = Driven(replace(one.duty, trips=trips), one.leaves, found)
                yield money(day, more) - money(day, one)


SIZES = st.sampled_from([2.0, 10.0, 10.0, 20.0])


def days(windows, rain):
    def build(kms, opens, litres, room, trips, loading_min, wet, cut, closes):
        opens = opens[: len(kms)]
        litres = litres[: len(kms)]
        day = small_day(kms, opens, litres, room, trips, loading_min, wet, closes)
        others = list(range(1, len(kms)))
        duties = [
            one
            for one in (
                duty(tuple(others[:cut])),
                duty(tuple(others[cut:]), vehicle=1),
            )
            if one.trips[0]
        ]
        return day, duties

    five = {"min_size": 5, "max_size": 5}
    return st.builds(
        build,
        st.lists(
            st.sampled_from([1.0, 2.5, -3.0, 6.0, -8.0, 12.0]), min_size=2, max_size=5
        ),
        st.lists(st.sampled_from(windows), **five),
        st.lists(SIZES, **five),
        st.sampled_from([8.0, 12.0, 100.0]),
        st.integers(1, 2),
        st.sampled_from([0, 10]),
        st.sampled_from(rain),
        st.integers(0, 4),
        st.sampled_from([660, 720, 1260]),
    )


def put(day, duties):
    """What insert does with client 0, and what every place it could have costs."""
    driven, doors = stand(day, duties)
    taken = len(doors.departures)
    tried = [cost for one in driven for cost in places(day, one, 0)]
    found = insert(day, driven, doors, {0: 1}, 0)
    if found is None:
        return tried, None, None
    number, changed = found
    before = Driven(None, (), ()) if number is None else driven[number]
    was = () if number is None else before.duty.trips
    now = changed.duty.trips
    # It is what it says, everybody else is where he was, new departures have doors.
    assert drive(day, changed.duty, changed.leaves) == changed.trips
    assert sum(trip.count(0) for trip in now) == 1
    others = [tuple(k for k in trip if k) for trip in now]
    assert tuple(trip for trip in others if trip) == was
    assert changed.leaves[: len(before.leaves)] == before.leaves
    assert len(doors.departures) - taken == len(now) - len(was)
    more = money(day, changed) - (0.0 if number is None else money(day, before))
    return tried, number, more


@effort(max_examples=40, derandomize=True)
@given(days([0], [False]))
def test_a_client_goes_where_it_costs_least_of_all_places(made):
    """Where nobody waits and the weather holds."""
    day, duties = made
    tried, number, more = put(day, duties)
    if tried:
        assert number is not None
        assert more <= min(tried) + 1e-6  # a trip more may cost less yet
        if day.vehicles[0]["max_trips"] == 1:
            assert more == pytest.approx(min(tried))


@effort(max_examples=40, derandomize=True)
@given(days([0, 1, 2], [False, True]))
def test_a_client_that_has_a_place_gets_one(made):
    """With hours and rain costs are about those; whether there is a place is exact."""
    day, duties = made
    tried, number, _ = put(day, duties)
    if tried:
        assert number is not None


# By hand


def pair(store_id, order_id=None, **more):
    """A parcel for a store."""
    return order(order_id or store_id, store_id=store_id, **more)


def two_stores(*orders, vans=None, **more):
    """Stores all day open, a and b on the same road."""
    stores = [
        store("S1", 2.0, chilled=True, **OPEN),
        store("S2", 4.0, chilled=True, **OPEN),
    ]
    chosen = more.pop("chosen", settings(walk_limit_km=5.0))
    return vans_day(orders, stores, vans=vans, chosen=chosen, **more)


def changed(day, duties, k, spare=None):
    """Number of the day that takes client k, and its trips."""
    driven, doors = stand(day, duties)
    found = insert(day, driven, doors, spare or {}, k)
    return None if found is None else (found[0], found[1].duty.trips)


def test_at_a_store_on_the_way_it_joins_the_stop():
    day = two_stores(pair("S1"), pair("S1", "C", goods_class="chilled"), pair("S2"))
    cold = two_stores(
        pair("S1"),
        pair("S1", "C", goods_class="chilled"),
        pair("S2"),
        vans=[van(chilled=True)],
    )
    assert changed(cold, [duty((0, 2))], 1) in (
        (0, ((1, 0, 2),)),
        (0, ((0, 1, 2),)),
    )
    assert changed(day, [duty((0, 2))], 1) is None


def test_between_two_on_the_way_it_costs_least():
    assert changed(two_stores(pair("S1"), pair("S2")), [duty((1,))], 0) in (
        (0, ((0, 1),)),
        (0, ((1, 0),)),
    )


@pytest.mark.parametrize(
    ("vehicle", "taken"),
    [
        ({"capacity_litres": 8.0}, True),
        ({"capacity_litres": 7.9}, False),
        ({"capacity_kg": 2.0}, True),
        ({"capacity_kg": 1.9}, False),
    ],
)
def test_litres_and_kg_of_the_van_bind(vehicle, taken):
    """Each parcel has 4 litres and 1 kg."""
    day = two_stores(pair("S1"), pair("S2"), vans=[van(**vehicle)])
    assert (changed(day, [duty((0,))], 1) is not None) == taken


def test_a_full_van_takes_it_on_a_trip_more():
    day = two_stores(
        pair("S1"), pair("S2"), vans=[van(capacity_litres=4.0, max_trips=2)]
    )
    assert changed(day, [duty((0,))], 1) == (0, ((0,), (1,)))


def test_a_van_of_its_own_is_the_cheapest_that_stands_idle():
    vans = [van("dear", fixed_cost_twd=2000.0), van("a"), van("none", count=0)]
    day = two_stores(pair("S1"), pair("S2"), vans=vans)
    driven, doors = stand(day, [])
    number, one = insert(day, driven, doors, {0: 1, 1: 1}, 0)
    assert (number, one.duty) == (None, duty((0,), vehicle=1))
    number, one = insert(day, driven, doors, {0: 1, 1: 0}, 0)
    assert (number, one.duty) == (None, duty((0,)))
    assert insert(day, driven, doors, {0: 0, 1: 0}, 0) is None


def test_a_van_of_its_own_waits_for_a_door():
    """One door, ten minutes: the first leaves at 09:30 or later, the next after it."""
    day = two_stores(
        pair("S1"),
        pair("S2"),
        dcs=[dc(dock_doors=1)],
        chosen=settings(loading_min=10, walk_limit_km=5.0),
    )
    doors = Doors(1, 10, [575])
    _, one = insert(day, [], doors, {0: 1}, 0)
    assert one.leaves == (585,)
    assert doors.departures == [575, 585]


@pytest.mark.parametrize(
    ("taken", "leaves"), [([], 594), ([590], 600), ([600], 590), ([575, 600], 590)]
)
def test_a_van_of_its_own_does_not_wait_at_the_store_if_it_need_not(taken, leaves):
    """
    S1, 5.8 minutes away, receives from 10:00 to 10:12: the van leaves at 09:54, later
    if the door is taken then, and before only if it is until 10:06.
    """
    stores = [store("S1", 2.0, receive_by=hhmm("10:12"))]
    chosen = settings(loading_min=10, walk_limit_km=5.0)
    day = vans_day([pair("S1")], stores, dcs=[dc(dock_doors=1)], chosen=chosen)
    _, one = insert(day, [], Doors(1, 10, taken), {0: 1}, 0)
    assert one.leaves == (leaves,)


def test_a_place_behind_one_that_cannot_be_reached_from_before_is_found():
    """The way from the DC to S1 is closed; by S2 there is one."""
    ways = [("DC", "S2"), ("S2", "DC"), ("S2", "S1"), ("S1", "DC"), ("S1", "S2")]
    legs = [leg(*way, 10) for way in ways]
    chosen = settings(travel={"source": "matrix"}, walk_limit_km=5.0)
    stores = [store("S1", 2.0), store("S2", 4.0)]
    shut = vans_day([pair("S2")], stores, chosen=chosen, matrix=legs)
    day = replace(two_stores(pair("S1"), pair("S2")), clock=shut.clock)
    assert changed(day, [duty((1,))], 0) == (0, ((1, 0),))


# Locks

BOTH = [pair("S1"), pair("S2")]


def locked(*names, **more):
    """The day with S1 and S2 locked to routes or vans named so."""
    locks = [
        {"store_id": f"S{n}", **lock} for n, lock in enumerate(names, start=1) if lock
    ]
    return two_stores(
        *BOTH, pair("S2", "C", goods_class="chilled"), locks=locks, **more
    )


COLD = [van(chilled=True)]


@pytest.mark.parametrize("first", [0, 1])
def test_clients_of_a_lock_go_where_the_lock_is(first):
    """S1 and S2 are promised to one route; the van at S3, as near, is another."""
    same = {"route_id": "R"}
    orders = [pair("S1"), pair("S2"), pair("S3")]
    stores = [store(f"S{n}", km, **OPEN) for n, km in [(1, 2.0), (2, 4.0), (3, 2.0)]]
    locks = [{"store_id": name, **same} for name in ("S1", "S2")]
    day = vans_day(orders, stores, locks=locks, chosen=settings(walk_limit_km=5.0))
    duties = [duty((0,)), duty((2,))]
    if first:
        duties.reverse()
    number, _ = changed(day, duties, 1)
    assert number == first


def test_a_client_of_a_lock_does_not_join_that_of_another():
    day = locked({"route_id": "R"}, {"route_id": "Q"}, vans=COLD)
    assert changed(day, [duty((1, 2))], 0) is None
    assert changed(day, [duty((1, 2))], 0, {0: 1}) == (None, ((0,),))


def test_who_is_promised_to_a_van_gets_no_other():
    """That of S2 is full."""
    day = locked(None, {"route_id": "Q"}, vans=[van(chilled=True, capacity_litres=4.0)])
    assert changed(day, [duty((1,))], 2, {0: 1}) is None
    assert changed(day, [duty((1,))], 0, {0: 1}) == (None, ((0,),))


def test_a_number_is_promised_of_kinds_that_have_as_many():
    vans = [van("two", count=2, chilled=True), van("three", count=3, chilled=True)]
    day = locked({"vehicle_no": "3"}, None, vans=vans)
    driven, doors = stand(day, [])
    _, one = insert(day, driven, doors, {0: 1, 1: 1}, 0)
    assert one.duty.vehicle == 1
    assert changed(day, [duty((1,))], 0) is None
