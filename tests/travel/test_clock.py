"""Speed integrated over time, by hand and against equation (1) itself."""

from itertools import pairwise
from math import inf, isnan, nan

import numpy as np
import pytest
from equator import row
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.travel.clock import DcClock, clock_of
from cstore_cli.travel.matrix import matrix_of

TEN, ELEVEN, NOON = 600.0, 660.0, 720.0
FAIR = [[0, 30, 20], [30, 0, 45], [20, 45, 0]]
ROUNDING_MIN = 1e-8


def matrix(minutes, km=1.0):
    minutes = np.array(minutes, dtype=float)
    return matrix_of(row(0, 1, 2), np.where(np.isnan(minutes), nan, km), minutes)


def clock(*intervals):
    """Intervals of (from, minutes of every leg, or a table; service factor)."""
    starts, minutes, factors = zip(*intervals, strict=True)
    matrices = [matrix(np.broadcast_to(m, (3, 3))) for m in minutes]
    return clock_of(starts, matrices, [np.full(3, float(f)) for f in factors])


RAIN = clock((0, 30, 1), (TEN, 60, 2), (ELEVEN, 30, 1))
"""Half the speed and service from 10:00 to 11:00."""
SHUT = clock((0, 30, 1), (TEN, nan, 1), (ELEVEN, 60, 1))
"""No way from 10:00 to 11:00, and a longer one afterwards."""


@pytest.mark.parametrize(
    ("leaves", "arrives"),
    [
        (500, 530),
        (570, 600),  # done at the change
        (590, 640),  # 10 of 30 minutes, the other 20 at half the speed: 40
        (600, 660),
        (610, 665),  # 50 of 60 minutes are 25 of 30; 5 are left
        (659, 689.5),
        (660, 690),
    ],
)
def test_a_leg_in_rain_that_starts_and_ends(leaves, arrives):
    assert RAIN.arrive(0, 1, leaves) == pytest.approx(arrives, abs=1e-9)


@pytest.mark.parametrize(
    ("starts", "minutes", "done"),
    [(590, 6, 596), (594, 6, 600), (597, 6, 606), (650, 6, 661), (655, 0, 655)],
)
def test_service_in_rain_that_starts_and_ends(starts, minutes, done):
    assert RAIN.done(1, starts, minutes) == pytest.approx(done, abs=1e-9)


def test_a_leg_may_last_through_several_changes():
    """Of 180 minutes an hour is driven by 10:00, half an hour by 11:00; 90 are left."""
    long = clock((0, 180, 1), (TEN, 360, 1), (ELEVEN, 180, 1))
    assert long.arrive(0, 1, 540) == pytest.approx(750)


@pytest.mark.parametrize(
    ("leaves", "arrives"),
    [
        (565, 595),
        (570, 600),
        (585, 690),  # half the way by 10:00, the other from 11:00 at 60 minutes
        (610, 720),
        (660, 720),
    ],
)
def test_a_van_waits_where_its_way_is_closed(leaves, arrives):
    assert SHUT.arrive(0, 1, leaves) == pytest.approx(arrives, abs=1e-9)


@pytest.mark.parametrize(("late_min", "arrives"), [(1e-10, 600), (1e-6, 660)])
def test_a_leg_that_ends_as_its_way_closes_is_done(late_min, arrives):
    """Rounding makes no van wait for an hour; a real lateness does."""
    assert SHUT.arrive(0, 1, 570 + late_min) == pytest.approx(arrives, abs=1e-3)


def test_a_way_closed_for_the_rest_of_the_day_is_none():
    late = clock((0, 30, 1), (TEN, nan, 1))
    assert late.arrive(0, 1, 570) == 600
    assert isnan(late.arrive(0, 1, 571))
    assert isnan(late.distance_km(0, 1, 600))
    assert isnan(late.arrive(0, 1, nan))


def test_a_place_is_where_it_is_in_any_weather():
    assert SHUT.arrive(2, 2, 610) == 610
    assert SHUT.distance_km(2, 2, 610) == 0


def test_kilometres_are_those_of_the_network_it_sets_out_on():
    around = DcClock(
        (TEN, ELEVEN, NOON),
        tuple(matrix(np.full((3, 3), m), km) for m, km in LONGER),
        np.ones((4, 3)),
    )
    km = [around.distance_km(0, 1, t) for t in (599, 600, 659, 660, 720)]
    assert km == [5, 9, 9, 9, 7]


LONGER = ((30, 5.0), (nan, 1.0), (40, 9.0), (30, 7.0))


def test_what_changes_nothing_is_no_change():
    same = clock((0, 30, 1), (TEN, 30, 1), (ELEVEN, 40, 1), (NOON, 40, 1.2))
    assert same.changes == (ELEVEN, NOON)
    assert same.service_factor[:, 0].tolist() == [1, 1, 1.2]


def test_the_matrix_of_a_minute_is_that_in_force():
    for minute, leg, factor in ((599.9, 30, 1), (600, 60, 2), (660, 30, 1)):
        there, service = RAIN.matrix(minute)
        assert there.duration_min[0, 1] == leg
        assert service.tolist() == [factor] * 3


def test_without_changes_legs_take_the_minutes_of_the_matrix_to_the_bit():
    dice = np.random.default_rng(5)
    table = matrix(dice.uniform(1, 90, (3, 3)))
    steady = clock_of([0.0], [table], [np.full(3, 1.1)])
    leave = dice.uniform(0, 1440, 500)
    i, j = dice.integers(0, 3, (2, 500))
    assert np.array_equal(steady.arrive(i, j, leave), leave + table.duration_min[i, j])
    assert np.array_equal(steady.done(i, leave, 6.3), leave + 6.3 * 1.1)
    for a, b, t in zip(i.tolist(), j.tolist(), leave.tolist(), strict=True):
        assert steady.arrive(a, b, t) == t + table.duration_min[a, b]


no_way = st.just(nan)
any_leg = st.one_of(st.floats(0, 300), no_way, st.just(0.0))
long_leg = st.one_of(st.floats(1, 300), no_way)


@st.composite
def days(draw, legs=any_leg):
    """A clock of up to five intervals with legs and factors of any size."""
    edges = sorted(draw(st.sets(st.integers(1, 1439), max_size=4)))
    tables = [[[draw(legs) for _ in range(3)] for _ in range(3)] for _ in (0, *edges)]
    factors = [
        np.array([draw(st.floats(0.1, 10)) for _ in range(3)]) for _ in (0, *edges)
    ]
    starts = [0.0, *map(float, edges)]
    return clock_of(starts, [matrix(table) for table in tables], factors)


places = st.integers(0, 2)
minutes = st.floats(0, 1500)


@given(days(), places, places, minutes, st.floats(0, 200))
def test_who_leaves_later_does_not_arrive_earlier(day, i, j, leave, later):
    first, last = day.arrive(i, j, leave), day.arrive(i, j, leave + later)
    assert isnan(last) or last >= first - ROUNDING_MIN
    if isnan(first):
        assert isnan(last)


@given(days(), places, minutes, st.floats(0, 200), st.floats(0, 200))
def test_who_starts_later_is_not_done_earlier(day, i, start, later, work):
    assert day.done(i, start + later, work) >= day.done(i, start, work) - ROUNDING_MIN


@given(days(), places, minutes, st.floats(0, 200), st.floats(0, 200))
def test_work_done_in_two_goes_takes_as_long_as_in_one(day, i, start, one, other):
    halfway = day.done(i, start, one)
    assert day.done(i, halfway, other) == pytest.approx(day.done(i, start, one + other))


@given(days(long_leg), minutes)
def test_rates_add_up_to_the_whole_leg_on_arrival(day, leave):
    """Equation (1), summed here; with no way at the end they add up to less."""
    arrive = day.arrive(0, 1, leave)
    driven, upto = 0.0, inf if isnan(arrive) else arrive
    intervals = pairwise((-inf, *day.changes, inf))
    for (start, end), table in zip(intervals, day.matrices, strict=True):
        span, took = min(end, upto) - max(start, leave), table.duration_min[0, 1]
        if span > 0 and not isnan(took):
            driven += span / took
    if isnan(arrive):
        assert driven < 1 + ROUNDING_MIN
    else:
        assert driven == pytest.approx(1, abs=ROUNDING_MIN)


@given(days(), st.lists(st.tuples(places, places, minutes), min_size=1, max_size=8))
def test_many_legs_at_once_are_each_as_alone(day, asked):
    i, j, leave = (np.array(part) for part in zip(*asked, strict=True))
    alone = [
        (day.arrive(*one), day.done(one[0], one[2], 6.0), day.distance_km(*one))
        for one in asked
    ]
    together = zip(
        day.arrive(i, j, leave),
        day.done(i, leave, 6.0),
        day.distance_km(i, j, leave),
        strict=True,
    )
    assert np.array_equal(list(together), alone, equal_nan=True)


def test_places_and_instants_are_broadcast():
    grid = RAIN.arrive(np.arange(3)[:, None], np.arange(3), 590.0)
    assert grid.shape == (3, 3)
    assert grid[0, 1] == pytest.approx(640)
    assert grid[1, 1] == 590
    assert RAIN.arrive(0, 1, np.array([500.0, 590.0])) == pytest.approx([530, 640])
    assert RAIN.done(1, 597.0, np.array([3.0, 6.0])) == pytest.approx([600, 606])
