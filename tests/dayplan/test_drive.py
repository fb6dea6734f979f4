"""Exact clocks of a van's day, by hand and against trying every minute."""

import math
from itertools import pairwise

import pytest
from days import at, collection, hhmm, order, settings, store, van
from duties import STORES, clocks, duty, vans_day, weather
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cstore_cli.dayplan.drive import (
    Break,
    at_once,
    best_leave,
    drive,
    earliest_leave,
    latest_leave,
    returns,
)

BOTH = [order("A", store_id="S1"), order("B", store_id="S2")]
CHILLED = order("C", store_id="S1", goods_class="chilled")
TWO_TRIPS = [van(max_trips=2)]


def approx(*times):
    return pytest.approx(times)


def loading(minutes, *batches):
    """Ten minutes loading say, and batches from and to."""
    more = {}
    if batches:
        more["batches"] = [
            {"name": f"batch {n}", "earliest": first, "latest": last}
            for n, (first, last) in enumerate(batches)
        ]
    return settings(travel={"source": "matrix"}, loading_min=minutes, **more)


# One trip


def test_each_time_follows_from_the_one_before():
    """
    Off at 09:50: at S1 10:10.5, until 10:16.5; at S2 10:23.75, until 10:28.25;
    home at 10:59.25 after 8 + 3 + 12.5 km.
    """
    (trip,) = drive(vans_day(BOTH), duty((0, 1)), [590])
    first, second = trip.stops
    assert clocks(first) == approx(610.5, 610.5, 616.5)
    assert clocks(second) == approx(623.75, 623.75, 628.25)
    assert trip.departs == 590
    assert trip.returns == pytest.approx(659.25)
    assert trip.km == pytest.approx(23.5)
    assert trip.returns - trip.departs == pytest.approx(69.25)
    assert [stop.leg_min for stop in trip.stops] == [20.5, 7.25]
    assert (trip.last_leg_km, trip.last_leg_min) == (12.5, 31)


@pytest.mark.parametrize(
    ("ready", "departs"), [("09:50:00", 590), ("09:50:01", 591), ("09:50:59", 591)]
)
def test_a_van_leaves_on_the_next_whole_minute(ready, departs):
    day = vans_day([order("A", store_id="S1", at_dc_from=at(ready))])
    assert earliest_leave(day, duty((0,)), 0, 0.0) == departs


def test_a_van_waits_until_the_store_opens():
    (trip,) = drive(vans_day(BOTH), duty((0,)), [570])
    assert clocks(trip.stops[0]) == approx(590.5, 600, 606)


def test_service_of_two_clients_at_one_store_is_counted_once():
    day = vans_day([*BOTH, CHILLED], vans=[van(chilled=True)])
    (trip,) = drive(day, duty((0, 1, 2)), [590])
    first, second = trip.stops
    assert [client.parcels for client in first.clients] == [(0,), (2,)]
    assert clocks(first) == approx(610.5, 610.5, 616.5)
    assert second.store_id == "S2"


def test_a_store_visited_again_later_is_served_again():
    day = vans_day([*BOTH, CHILLED], vans=[van(chilled=True)])
    (trip,) = drive(day, duty((0, 2, 1)), [590])
    assert [stop.store_id for stop in trip.stops] == ["S1", "S2", "S1"]
    assert clocks(trip.stops[2]) == approx(636.25, 636.25, 642.25)


@pytest.mark.parametrize(
    ("start", "end", "leaves"),
    [
        ("10:00", "11:00", 619.5),
        ("09:00", "10:00", 616.5),  # over before it arrives
        ("10:13:30", "11:00", 618),  # three of six minutes in fair weather
        ("09:00", "10:15", 618),  # the first three in bad
    ],
)
def test_service_takes_longer_in_bad_weather(start, end, leaves):
    """Six minutes are nine at half as long again."""
    day = vans_day(BOTH, conditions=[weather(start, end, service=1.5)])
    (trip,) = drive(day, duty((0,)), [590])
    assert clocks(trip.stops[0]) == approx(610.5, 610.5, leaves)


def test_rain_counts_from_the_minute_it_begins():
    """
    Half speed from 10:00 on. Of the 20.5 minutes to S1 10 are done by then, 21 are to
    come; home, 21 minutes, in 42. Service is as ever.
    """
    day = vans_day(BOTH, conditions=[weather("10:00", "15:00", speed=0.5)])
    (trip,) = drive(day, duty((0,)), [590])
    assert clocks(trip.stops[0]) == approx(621, 621, 627)
    assert trip.stops[0].leg_min == pytest.approx(31)
    assert trip.returns == pytest.approx(669)
    assert trip.km == pytest.approx(17)


def test_what_is_not_ready_yet_is_waited_for_after_the_delivery():
    day = vans_day(BOTH[:1], collections=[collection("C1", "S1", ready_at=at("10:30"))])
    (trip,) = drive(day, duty((0, 1)), [590])
    (stop,) = trip.stops
    assert clocks(stop) == approx(610.5, 610.5, 616.5)
    assert (stop.drives_on, trip.returns) == approx(630, 651)


def test_the_client_that_is_reached_too_late_is_named():
    """S2 receives until 10:23; the van is there at 10:23.75."""
    stores = [STORES[0], store("S2", service_min=4.5, receive_by=hhmm("10:23"))]
    day = vans_day(BOTH, stores)
    assert drive(day, duty((0, 1)), [590]) == Break(0, "late", 1)
    assert not isinstance(drive(day, duty((0, 1)), [589]), Break)


@pytest.mark.parametrize(
    ("bound", "of"),
    [
        ("shift", lambda end: {"shift_to": end}),
        ("longest", lambda end: {"max_route_min": float(end - 590)}),
    ],
)
def test_a_day_that_ends_too_late_is_too_long(bound, of):
    """Home at 10:59.25."""
    assert drive(vans_day(BOTH, vans=[van(**of(659))]), duty((0, 1)), [590]) == Break(
        0, "long"
    )
    assert not isinstance(
        drive(vans_day(BOTH, vans=[van(**of(660))]), duty((0, 1)), [590]), Break
    )


# Several trips


def test_a_second_trip_leaves_after_reloading():
    """
    S1 and home: 09:50 + 20.5 + 6 + 21 = 10:37.5. Ten minutes of loading end at
    10:47.5, so it leaves at 10:48 and is at S2 at 11:18, home at 11:53.5.
    """
    day = vans_day(BOTH, vans=TWO_TRIPS, chosen=loading(10))
    both = duty((0,), (1,))
    assert at_once(day, both, [590]) == [590, 648]
    one, two = drive(day, both, [590, 648])
    assert one.returns == pytest.approx(637.5)
    assert clocks(two.stops[0]) == approx(678, 678, 682.5)
    assert two.returns == pytest.approx(713.5)
    assert drive(day, both, [590, 647]) == Break(1, "leaves")


def test_rain_on_the_first_trip_makes_the_second_late():
    """Home in the rain at 11:09 as above; loaded by 11:19; S2 by one hour at 12:19."""
    day = vans_day(
        BOTH,
        vans=TWO_TRIPS,
        chosen=loading(10),
        conditions=[weather("10:00", "15:00", speed=0.5)],
    )
    both = duty((0,), (1,))
    assert at_once(day, both, [590]) == [590, 679]
    _, two = drive(day, both, [590, 679])
    assert clocks(two.stops[0]) == approx(739, 739, 743.5)
    assert two.returns == pytest.approx(743.5 + 62)


def test_a_later_trip_waits_for_the_next_batch():
    """The van is back at 10:37.5 and no batch leaves between 10:00 and 11:30."""
    chosen = loading(10, ("09:30", "10:00"), ("11:30", "12:00"))
    day = vans_day(BOTH, vans=TWO_TRIPS, chosen=chosen)
    both = duty((0,), (1,))
    assert at_once(day, both, [590]) == [590, 690]
    assert [trip.batch for trip in drive(day, both, [590, 690])] == [
        "batch 0",
        "batch 1",
    ]


def test_a_later_trip_that_misses_every_batch_cannot_leave():
    chosen = loading(10, ("09:30", "10:47"))
    day = vans_day(BOTH, vans=TWO_TRIPS, chosen=chosen)
    assert at_once(day, duty((0,), (1,)), [590]) == Break(1, "leaves")
    assert at_once(day, duty((0,), (1,)), [589]) == [589, 647]


def test_a_later_trip_waits_for_its_goods():
    orders = [BOTH[0], order("B", store_id="S2", at_dc_from=at("11:40"))]
    day = vans_day(orders, vans=TWO_TRIPS, chosen=loading(10))
    assert at_once(day, duty((0,), (1,)), [590]) == [590, 700]


def test_the_first_trip_is_loaded_once_the_dc_is_open():
    """It opens at 09:00; loading takes 45 minutes."""
    day = vans_day(BOTH, chosen=loading(45))
    assert earliest_leave(day, duty((0,)), 0, 0.0) == hhmm("09:45")


# Breaks


def tired(pause, after, **more):
    """A van whose driver has a break of so many minutes, begun by so many."""
    return van(break_min=float(pause), break_after_min=float(after), **more)


def test_a_short_day_has_no_break():
    """69.25 minutes."""
    plain = drive(vans_day(BOTH), duty((0, 1)), [590])
    assert drive(vans_day(BOTH, vans=[tired(30, 70)]), duty((0, 1)), [590]) == plain


def test_a_break_makes_the_day_longer():
    """Taken before either service it costs its 30 minutes."""
    (trip,) = drive(vans_day(BOTH, vans=[tired(30, 60)]), duty((0, 1)), [590])
    assert trip.returns == pytest.approx(659.25 + 30)


def test_waiting_as_long_as_the_break_is_the_break():
    """S1 at 09:50.5, open at 10:00."""
    plain = drive(vans_day(BOTH), duty((0, 1)), [570])
    assert drive(vans_day(BOTH, vans=[tired(9.5, 60)]), duty((0, 1)), [570]) == plain
    longer = drive(vans_day(BOTH, vans=[tired(9.6, 60)]), duty((0, 1)), [570])
    assert longer != plain


def test_a_break_is_taken_where_the_van_waits_anyway():
    """Of 20 minutes' break 9.5 are waiting at S1; at S2 it would cost all 20."""
    (trip,) = drive(vans_day(BOTH, vans=[tired(20, 60)]), duty((0, 1)), [570])
    assert clocks(trip.stops[0]) == approx(590.5, 610.5, 616.5)


def test_a_break_begins_before_the_driver_must_have_it():
    """At S2 33.75 minutes from departure: by then, or before S1 only."""
    stores = [store("S1", chilled=True, receive_by=hhmm("10:15")), STORES[1]]
    late = vans_day(BOTH, stores, vans=[tired(30, 34)])
    (trip,) = drive(late, duty((0, 1)), [590])
    assert clocks(trip.stops[1]) == approx(623.75, 653.75, 658.25)
    soon = vans_day(BOTH, stores, vans=[tired(30, 33)])
    assert isinstance(drive(soon, duty((0, 1)), [590]), Break)


def by_trying_every_place(day, one, leaves):
    """
    The soonest return of a day with its break: the clock written out once more.

    Only ambient deliveries to a store each.
    """
    vehicle = day.vehicles[one.vehicle]
    pause, by = vehicle["break_min"], leaves[0] + vehicle["break_after_min"]

    def run(where):
        waits, home = False, -math.inf
        for t, visits in enumerate(one.trips):
            here, now = 0, float(leaves[t])
            if now < home + day.loading_min - 1e-6:
                return math.inf, False
            for n, k in enumerate(visits):
                there = day.clock.index[day.clients[k].store_id]
                arrives = day.clock.arrive(here, there, now)
                if where == (t, n) and arrives > by:
                    return math.inf, False
                ready = arrives + (pause if where == (t, n) else 0.0)
                starts = max(ready, day.windows[day.clients[k].store_id].start_min)
                if starts > day.start_by[k] + 1e-6:
                    return math.inf, False
                waits |= arrives <= by and starts - arrives >= pause
                minutes = day.service_min[day.clients[k].store_id]
                now, here = day.clock.done(there, starts, minutes), there
            home = day.clock.arrive(here, 0, now)
        ends = min(
            vehicle["shift_to"], day.closes, leaves[0] + vehicle["max_route_min"]
        )
        if home > ends + 1e-6:
            return math.inf, False
        return home, waits or home <= by

    places = [(t, n) for t, trip in enumerate(one.trips) for n in range(len(trip))]
    tried = [run(where) for where in [None, *places]]
    return min((home for home, rests in tried if rests), default=math.inf)


def short_days(**vehicle):
    """Three or four stores on a line, hours of all sorts, trips of them, weather."""
    hour = st.sampled_from([540, 570, 600, 615, 630, 660])

    def build(kms, opens, stays, closes, factors, loads, trips, batches, more):
        stores = [
            store(
                f"S{n}",
                km,
                receive_from=start,
                receive_by=start + stays,
                service_min=6.0 + n,
            )
            for n, (km, start) in enumerate(zip(kms, opens, strict=True))
        ]
        orders = [order(f"O{n}", km, store_id=f"S{n}") for n, km in enumerate(kms)]
        conditions = [
            weather(*hours, speed, service)
            for hours, (speed, service) in zip(
                [("09:40", "10:10"), ("10:30", "11:00")], factors, strict=True
            )
        ]
        chosen = settings(
            loading_min=loads,
            walk_limit_km=3.0,
            batches=[
                {"name": "a", "earliest": "09:30", "latest": "10:20"},
                {"name": "b", "earliest": "10:40", "latest": "11:30"},
            ][:batches],
        )
        made = van(max_trips=2, shift_to=closes, **(vehicle | more))
        day = vans_day(
            orders, stores, vans=[made], chosen=chosen, conditions=conditions
        )
        cut = trips % (len(kms) + 1)
        order_of = list(range(len(kms)))
        if trips > 10:
            order_of.reverse()
        parts = (tuple(order_of[:cut]), tuple(order_of[cut:]))
        return day, duty(*(part for part in parts if part))

    pace = st.tuples(
        st.sampled_from([0.4, 0.7, 1.0, 1.3]), st.sampled_from([1.0, 1.5, 0.8])
    )
    extra = st.fixed_dictionaries(
        {"max_route_min": st.sampled_from([60.0, 90.0, 120.0, 540.0])}
    )
    return st.integers(1, 4).flatmap(
        lambda n: st.builds(
            build,
            st.lists(st.sampled_from([1.0, 4.0, -6.0, 9.0]), min_size=n, max_size=n),
            st.lists(hour, min_size=n, max_size=n),
            st.sampled_from([20, 60, 240]),
            st.sampled_from([690, 720, 1260]),
            st.tuples(pace, pace),
            st.sampled_from([0, 5, 15]),
            st.integers(0, 20),
            st.integers(1, 2),
            extra,
        )
    )


@effort(max_examples=30, derandomize=True)
@given(short_days(break_min=20.0, break_after_min=45.0), st.integers(570, 620))
def test_breaks_are_where_they_bring_the_van_home_soonest(made, first):
    day, one = made
    whole = at_once(day, one, [first])
    if isinstance(whole, Break):
        return
    found = drive(day, one, whole)
    home = math.inf if isinstance(found, Break) else found[-1].returns
    assert home == pytest.approx(by_trying_every_place(day, one, whole))


# When to leave


def every_minute(day, one):
    """Home by first departure, of all that can be driven; later trips at once."""
    first = earliest_leave(day, one, 0, 0.0)
    if first is None:
        return {}
    homes = {
        t: returns(day, one, [t]) for t in range(first, latest_leave(day, one, 0) + 1)
    }
    return {t: home for t, home in homes.items() if math.isfinite(home)}


@effort(max_examples=30, derandomize=True)
@given(short_days())
def test_departures_are_the_first_the_last_idle_and_the_last(made):
    day, one = made
    homes = every_minute(day, one)
    found = best_leave(day, one)
    if not homes:
        assert isinstance(found, Break)
        return
    earliest, best, latest = found
    assert earliest == min(homes)
    assert best == max(t for t, home in homes.items() if home <= homes[earliest] + 1e-6)
    assert latest in homes
    if day.vehicles[0]["max_route_min"] == 540:
        assert latest == max(homes)


@effort(max_examples=30, derandomize=True)
@given(short_days(max_route_min=540.0))
def test_who_leaves_later_is_not_home_sooner(made):
    day, one = made
    homes = list(every_minute(day, one).values())
    assert all(b >= a - 1e-6 for a, b in pairwise(homes))


def test_a_day_too_long_may_leave_as_soon_as_it_is_short_enough():
    """
    S1 opens at 10:30 and the van is home at 10:57; with 80 minutes it leaves from
    09:37 on, and the last minute to be there at 10:30 is 10:09.
    """
    stores = [store("S1", receive_from=hhmm("10:30")), STORES[1]]
    day = vans_day(BOTH[:1], stores, vans=[van(max_route_min=80.0)])
    earliest, best, _ = best_leave(day, duty((0,)))
    assert (earliest, best) == (hhmm("09:37"), hhmm("10:09"))


def test_waiting_for_better_weather_makes_a_day_short_enough():
    """
    A crawl until 11:00 at a fifth of the speed: 47.5 minutes of work take longer than
    60 for whoever leaves before, not for whoever leaves at 11:00.
    """
    day = vans_day(
        BOTH,
        vans=[van(max_route_min=60.0)],
        conditions=[weather("09:00", "11:00", speed=0.2)],
    )
    homes = every_minute(day, duty((0,)))
    earliest, _, _ = best_leave(day, duty((0,)))
    assert earliest == min(homes)
    assert hhmm("10:30") < earliest <= hhmm("11:00")


def test_the_first_batch_binds_the_first_trip_only():
    chosen = loading(0, ("09:30", "09:40"), ("10:30", "12:00"))
    day = vans_day(BOTH, vans=TWO_TRIPS, chosen=chosen)
    assert best_leave(day, duty((0,), (1,))) == (570, 580, 580)
    assert best_leave(day, duty((0,), (1,), batch=1))[0] == hhmm("10:30")
