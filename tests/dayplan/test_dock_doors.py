"""Departures at the dock doors, counted minute by minute and against all there are."""

from itertools import combinations, pairwise, product

import pytest
from days import dc, hhmm, order, settings, store, van
from duties import duty, vans_day
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cstore_cli.dayplan.dock_doors import Doors, departures
from cstore_cli.dayplan.drive import Break, drive


def loaded_at_once(leaves, loading_min):
    """The most trips at a door in any minute."""
    minutes = range(min(leaves, default=0) - loading_min, max(leaves, default=0) + 1)
    return max(
        (sum(t - loading_min <= now < t for t in leaves) for now in minutes), default=0
    )


@effort(max_examples=100, derandomize=True)
@given(
    st.integers(1, 3),
    st.integers(1, 12),
    st.lists(st.integers(600, 640), max_size=12),
    st.integers(600, 640),
)
def test_a_door_is_free_where_no_minute_would_have_more_trips_than_doors(
    count, loading_min, leaves, wanted
):
    doors = Doors(count, loading_min)
    for leave in leaves:
        before = [*doors.departures, leave]
        assert doors.has_room(leave) == (loaded_at_once(before, loading_min) <= count)
        if doors.has_room(leave):
            doors.take(leave)
    free = [
        t
        for t in range(wanted, 661)
        if loaded_at_once([*doors.departures, t], loading_min) <= count
    ]
    assert doors.free(wanted, 660) == (free[0] if free else None)


def test_without_loading_there_is_always_a_door():
    doors = Doors(1, 0, [600, 600])
    assert (doors.free(600, 600), doors.free(601, 600)) == (600, None)


KMS = [1.0, 3.0, 5.0, 2.0]


def dock_day(loading_min, doors, closes, batches=None, **vehicle):
    """Stores S0, S1, ... that receive from 10:00 until ``closes``; 30 km/h or so."""
    stores = [
        store(f"S{n}", km, receive_by=by)
        for n, (km, by) in enumerate(zip(KMS, closes, strict=False))
    ]
    orders = [order(f"O{n}", KMS[n], store_id=f"S{n}") for n in range(len(closes))]
    more = {} if batches is None else {"batches": batches}
    chosen = settings(loading_min=loading_min, walk_limit_km=3.0, **more)
    return vans_day(
        orders,
        stores,
        dcs=[dc(dock_doors=doors)],
        vans=[van(count=9, **vehicle)],
        chosen=chosen,
    )


def trips_of(day, duties, leaves):
    """Departures of all trips that leave, each driven whole."""
    for one, times in zip(duties, leaves, strict=True):
        if not isinstance(times, Break):
            assert not isinstance(drive(day, one, times), Break)
    return [t for times in leaves if not isinstance(times, Break) for t in times]


def test_vans_leave_one_after_another_at_the_only_door():
    """
    All three could leave at 09:30 and be in time; with one door and ten minutes each
    they leave at least so far apart.
    """
    day = dock_day(10, 1, [hhmm("12:00")] * 3)
    duties = [duty((0,)), duty((1,)), duty((2,))]
    leaves = sorted(trips_of(day, duties, departures(day, duties)))
    assert len(leaves) == 3
    assert min(b - a for a, b in pairwise(leaves)) >= 10


def test_who_must_leave_soonest_leaves_first():
    """S1 receives until 10:05 only: its van has the door before the others'."""
    day = dock_day(15, 1, [hhmm("12:00"), hhmm("10:05"), hhmm("12:00")])
    duties = [duty((0,)), duty((1,)), duty((2,))]
    found = departures(day, duties)
    assert not any(isinstance(one, Break) for one in found)
    assert found[1] == min(found)


def test_a_van_loads_before_it_need_where_another_would_have_to_stay():
    """
    The door serves a van per half hour. Both are idle until about 09:55, and must be
    at their stores by 10:05: one leaves early and waits.
    """
    day = dock_day(30, 1, [hhmm("10:05"), hhmm("10:05")])
    duties = [duty((0,)), duty((1,))]
    found = departures(day, duties)
    assert not any(isinstance(one, Break) for one in found)
    leaves = sorted(trips_of(day, duties, found))
    assert leaves[1] - leaves[0] >= 30


def test_who_has_no_door_in_time_says_so():
    """Half an hour each from 09:30 on: a third van is not at its store by 10:05."""
    day = dock_day(30, 1, [hhmm("10:05")] * 3)
    duties = [duty((0,)), duty((1,)), duty((2,))]
    found = departures(day, duties)
    broken = [one for one in found if isinstance(one, Break)]
    assert broken == [Break(0, "leaves")]


def test_later_trips_need_a_door_too():
    """Two vans with two trips each, one door: four departures, ten minutes apart."""
    day = dock_day(10, 1, [hhmm("16:00")] * 4, max_trips=2)
    duties = [duty((0,), (1,)), duty((2,), (3,))]
    leaves = sorted(trips_of(day, duties, departures(day, duties)))
    assert len(leaves) == 4
    assert loaded_at_once(leaves, 10) == 1


@pytest.mark.parametrize("doors", [1, 2])
def test_trips_between_batches_wait_for_the_next(doors):
    """The second trips are ready at about 10:20, and leave from 11:00 on."""
    batches = [
        {"name": "a", "earliest": "09:30", "latest": "10:00"},
        {"name": "b", "earliest": "11:00", "latest": "12:00"},
    ]
    day = dock_day(10, doors, [hhmm("16:00")] * 4, batches, max_trips=2)
    duties = [duty((0,), (1,)), duty((3,), (2,))]
    found = departures(day, duties)
    leaves = trips_of(day, duties, found)
    assert loaded_at_once(leaves, 10) <= doors
    later = sorted(times[1] for times in found)
    assert later == ([660, 670] if doors == 1 else [660, 660])


minute = st.integers(hhmm("10:02"), hhmm("10:50"))


@effort(max_examples=30, derandomize=True)
@given(
    st.integers(1, 2),
    st.sampled_from([7, 15, 30]),
    st.lists(minute, min_size=2, max_size=4),
    st.sampled_from(["09:30", "09:45"]),
)
def test_as_many_vans_leave_as_can(doors, loading_min, closes, first):
    """Against every choice of minutes, in steps as small as matter."""
    batches = [{"name": "a", "earliest": first, "latest": "10:20"}]
    day = dock_day(loading_min, doors, closes, batches)
    duties = [duty((n,)) for n in range(len(closes))]
    found = departures(day, duties)
    leaves = trips_of(day, duties, found)
    assert loaded_at_once(leaves, loading_min) <= doors
    assert len(leaves) == most_that_leave(day, duties, loading_min, doors)


def most_that_leave(day, duties, loading_min, doors):
    """
    The most vans that can leave.

    Somebody leaves at the first minute, or a loading after somebody else: other times
    are no better, as every van may leave from the first minute of its window on.
    """
    windows = []
    for one in duties:
        first, last = day.batches[0].earliest, day.batches[0].latest
        can = [
            t
            for t in range(first, last + 1)
            if not isinstance(drive(day, one, [t]), Break)
        ]
        windows.append(can)
    starts = {can[0] for can in windows if can}
    times = sorted({s + n * loading_min for s in starts for n in range(len(duties))})
    for size in range(len(duties), 0, -1):
        for some in combinations(windows, size):
            for leaves in product(*([t for t in times if t in can] for can in some)):
                if loaded_at_once(leaves, loading_min) <= doors:
                    return size
    return 0


@effort(max_examples=25, derandomize=True)
@given(
    st.integers(1, 2),
    st.sampled_from([5, 10, 25]),
    st.lists(st.integers(hhmm("10:02"), hhmm("13:00")), min_size=4, max_size=4),
    st.sampled_from([("10:00", "10:30"), ("10:20", "12:00"), ("11:00", "11:30")]),
)
def test_no_day_has_more_trips_loading_than_doors(doors, loading_min, closes, hours):
    """Whatever breaks: what leaves can be driven and has a door."""
    batches = [
        {"name": "a", "earliest": "09:30", "latest": hours[0]},
        {"name": "b", "earliest": hours[1], "latest": "12:30"},
    ]
    day = dock_day(loading_min, doors, closes, batches, max_trips=3)
    duties = [duty((0,), (1,)), duty((2,)), duty((3,), batch=1), duty((1,), (3,))]
    leaves = trips_of(day, duties, departures(day, duties))
    assert loaded_at_once(leaves, loading_min) <= doors
