"""Each DC's clock and matrices, from a day's tables."""

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from days import at, day, dc, leg, settings, store
from equator import KM
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.travel.of_day import DayTravel

LEGS = [leg("DC", "S1", 30, 12), leg("S1", "DC", 40, 13)]
NODES = pl.DataFrame(
    {"node": ["0", "1", "2"], "lon": [0.0, KM, 2 * KM], "lat": [0.0, 0.0, 0.0]}
)
LINKS = pl.DataFrame(
    {
        "from_node": ["0", "1", "1", "0", "2"],
        "to_node": ["1", "0", "2", "2", "0"],
        "length_km": [1.0, 1.0, 1.0, 3.0, 2.0],
        "freeflow_min": [10.0, 10.0, 10.0, 80.0, 20.0],
        "am_time_min": [20.0, 10.0, 20.0, 80.0, 20.0],
        "pm_time_min": [40.0, 10.0, 40.0, 80.0, 20.0],
    }
)
"""A bridge 0 to 1 to 2 of 20 minutes and 2 km, and a way around of 80 and 3."""


def weather(start, end, speed=1.0, service=1.0, area="*", kind="rain"):
    return {
        "from": at(start),
        "to": at(end),
        "area": area,
        "weather": kind,
        "speed_factor": speed,
        "service_factor": service,
    }


def by_matrix(*conditions, **more):
    """Travel of a day with the legs above."""
    inputs = day(stores=[store("S1")], matrix=LEGS, conditions=conditions, **more)
    return DayTravel(inputs, settings(travel={"source": "matrix"}))


def by_road(closures=(), conditions=(), **more):
    """Travel from the DC at node 0 to S1 at node 2."""
    inputs = day(
        stores=[store("S1", lat=0.0, lon=2 * KM)],
        dcs=[dc(lat=0.0, lon=0.0)],
        closures=closures,
        conditions=conditions,
    )
    inputs = replace(inputs, road_nodes=NODES, road_links=LINKS)
    return DayTravel(inputs, settings(travel={"source": "roads"} | more))


def bridge(start, end):
    """The bridge is closed."""
    return {"from_node": "1", "to_node": "2", "from": at(start), "to": at(end)}


def test_speed_halves_on_the_way_from_ten():
    clock = by_matrix(weather("10:00", "12:00", 0.5, 1.5)).clock("DC")
    assert clock.changes == (600, 720)
    assert clock.arrive(0, 1, 590) == pytest.approx(640)
    assert clock.done(1, 597, 6) == pytest.approx(604.5)


def test_a_batch_has_the_matrix_of_its_first_minute():
    travel = by_matrix(weather("09:30", "12:00", 0.5, 1.5))
    assert travel.of("DC", "early").matrix.duration_min[0, 1] == 60
    assert travel.of("DC", "early").service_factor.tolist() == [1.5, 1.5]


def test_the_day_of_a_condition_is_the_plans():
    """Yesterday's rain is over; that from before midnight holds until its end."""
    before, after = (at("12:00", dt.date(2026, 11, d)) for d in (22, 24))
    gone = weather("10:00", "12:00", 0.5) | {"from": before, "to": before}
    long = weather("10:00", "12:00", 0.5) | {"from": before, "to": at("08:00")}
    on = weather("10:00", "12:00", 0.5) | {"from": at("20:00"), "to": after}
    gone["from"] -= dt.timedelta(hours=3)
    clock = by_matrix(gone, long, on).clock("DC")
    assert clock.changes == (480, 1200)
    minutes = [clock.arrive(0, 1, t) - t for t in (0, 400, 480, 1200, 1500)]
    assert minutes == [60, 60, 30, 60, 60]


def test_minutes_are_those_of_the_wall_also_when_clocks_have_changed():
    """On 29 March 2026 Berlin goes from 02:00 to 03:00; rain falls from 10:00 local."""
    date, zone = dt.date(2026, 3, 29), "Europe/Berlin"
    rain = weather("10:00", "12:00", 0.5)
    rain |= {"from": at("10:00", date, zone), "to": at("12:00", date, zone)}
    clock = by_matrix(rain, date=date, zone=zone).clock("DC")
    assert clock.changes == (600, 720)


def test_weather_elsewhere_is_no_change():
    stores = [store("S1"), store("S2", dc_id="DC2")]
    inputs = day(
        stores=stores,
        dcs=[dc(), dc("DC2")],
        conditions=[weather("10:00", "12:00", 0.5, area="DC2")],
    )
    travel = DayTravel(inputs, settings())
    assert travel.clock("DC").changes == ()
    assert travel.clock("DC2").changes == (600, 720)


def test_peaks_begin_and_end_on_the_way():
    """
    20 minutes of road in fair traffic, 40 in the morning peak, 80 in the evening's.

    At 06:50 half is driven by 07:00, the rest takes 20 of 40. At 09:40 20 of 40
    minutes are driven by 10:00, the rest takes 10. At 16:20: 10, then 40 of 80.
    """
    clock = by_road(base="network_periods").clock("DC")
    assert clock.changes == (420, 600, 990, 1170)
    leaves = np.array([300, 410, 430, 580, 980, 1000, 1160.0])
    took = clock.arrive(0, 1, leaves) - leaves
    assert took == pytest.approx([20, 30, 40, 30, 50, 80, 10 + 20 - 2.5])


def test_a_peak_may_last_until_midnight():
    clock = by_road(base="network_periods", pm=["18:00", "24:00"]).clock("DC")
    assert clock.changes == (420, 600, 1080)


def test_a_bridge_closes_on_the_way():
    """
    Left at 09:50, half over the 20 minutes by 10:00, the rest is half the way around:
    40 of 80 minutes, until 10:40.
    """
    clock = by_road([bridge("10:00", "11:00")]).clock("DC")
    assert clock.changes == (600, 660)
    assert clock.arrive(0, 1, 590) == pytest.approx(640)
    assert clock.arrive(0, 1, 600) == pytest.approx(660 + 5)
    assert [clock.distance_km(0, 1, t) for t in (590, 600, 660)] == [2, 3, 2]


def test_a_link_nobody_uses_is_no_change():
    shut = bridge("10:00", "11:00") | {"from_node": "0", "to_node": "2"}
    assert by_road([shut]).clock("DC").changes == ()


def test_a_closed_store_closes_no_road():
    shut = {"location_id": "S1", "from": at("10:00"), "to": at("11:00")}
    assert by_road([shut]).clock("DC").changes == ()


def test_a_link_closed_at_any_hour_needs_roads():
    with pytest.raises(InputError, match="closures close 1 road links, but travel"):
        by_matrix(closures=[bridge("20:00", "21:00")]).of("DC", "early")


hours = st.integers(0, 23)


@tries(max_examples=25)
@given(
    st.lists(st.tuples(hours, hours, st.floats(0.1, 3), st.floats(0.1, 3)), max_size=4),
    st.lists(st.tuples(hours, hours), max_size=2),
    st.floats(0, 1440),
    st.floats(0, 90),
)
def test_no_weather_and_no_closure_lets_the_later_overtake(wet, shut, leave, later):
    clock = by_road(
        [bridge(*_clocks(start, end)) for start, end in shut],
        [weather(*_clocks(start, end), *factors) for start, end, *factors in wet],
    ).clock("DC")
    one, other = (clock.arrive(0, 1, t) for t in (leave, leave + later))
    assert other >= one - 1e-8
    assert clock.done(1, leave + later, 6) >= clock.done(1, leave, 6) - 1e-8


def _clocks(start, end):
    return f"{min(start, end):02d}:00", f"{max(start, end):02d}:30"
