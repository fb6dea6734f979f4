"""Tests of traffic and weather factors."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.conditions import (
    changes_between,
    check_conditions,
    factors_at,
    under_conditions,
)
from cstore_cli.travel.matrix import travel_matrix
from cstore_cli.travel.places import Places

TAIPEI = ZoneInfo("Asia/Taipei")
SEVEN = datetime(2026, 11, 23, 7, tzinfo=TAIPEI)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)

# Two places in the west, one of each DC, and one in the east.
PLACES = Places(("a", "b", "c"), np.full(3, 25.0), np.array([121.0, 121.1, 121.9]))
DC_OF_PLACE = ["D1", "D2", "D2"]
AREAS = pl.DataFrame(
    {"area_id": ["west", "east"], "lat": [25.0, 25.0], "lon": [121.0, 122.0]}
)


def conditions(*rows):
    """Rows (area, weather, speed_factor, service_factor) in force 07:00 to 08:00."""
    return pl.DataFrame(
        [(SEVEN, SEVEN + HOUR, *row, "") for row in rows],
        schema={
            "from": pl.Datetime("us", "Asia/Taipei"),
            "to": pl.Datetime("us", "Asia/Taipei"),
            "area": pl.String,
            "weather": pl.String,
            "speed_factor": pl.Float64,
            "service_factor": pl.Float64,
            "note": pl.String,
        },
        orient="row",
    )


def factors(*rows, when=SEVEN, areas=AREAS):
    speed, service = factors_at(when, PLACES, DC_OF_PLACE, conditions(*rows), areas)
    return speed.tolist(), service.tolist()


def test_factors_of_all_rows_multiply():
    """Everywhere, a DC's places, the places nearest to an area's centre."""
    speed, service = factors(
        ("*", "rain", 0.5, 1.25),
        ("D2", "clear", 0.5, 1.0),
        ("east", "fog", 0.5, 2.0),
    )

    assert speed == [0.5, 0.25, 0.125]
    assert service == [1.25, 1.25, 2.5]


@pytest.mark.parametrize(
    ("when", "speed"),
    [
        (SEVEN - MICROSECOND, 1),
        (SEVEN, 0.5),
        (SEVEN + HOUR - MICROSECOND, 0.5),
        (SEVEN + HOUR, 1),
        (SEVEN.astimezone(ZoneInfo("UTC")), 0.5),
    ],
)
def test_from_is_in_force_and_to_is_not(when, speed):
    """In whatever zone the instant is told."""
    assert factors(("*", "rain", 0.5, 1.0), when=when)[0] == [speed] * 3


def test_an_instant_without_offset_is_our_bug():
    """It could be any of 24 hours."""
    with pytest.raises(ValueError, match="has no offset"):
        factors(("*", "rain", 0.5, 1.0), when=datetime(2026, 11, 23, 7))  # noqa: DTZ001


def test_columns_without_zone_are_our_bug():
    """Reading gives the network's zone to times without one."""
    naive = conditions(("*", "rain", 0.5, 1.0)).with_columns(
        pl.col("from", "to").dt.replace_time_zone(None)
    )

    with pytest.raises(ValueError, match="not an instant"):
        factors_at(SEVEN, PLACES, DC_OF_PLACE, naive, AREAS)


def test_no_conditions_no_areas():
    """All factors are 1."""
    assert factors(areas=None) == ([1, 1, 1], [1, 1, 1])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("nowhere", "rain", 0.5, 1.0), "conditions:3: area: .*, is nowhere"),
        (("*", "rain", 0.0, 1.0), r"conditions:3: speed_factor: .*, is 0\.0"),
        (("*", "rain", 0.5, None), "conditions:3: service_factor: .*, is None"),
    ],
)
def test_unusable_row_is_named(row, message):
    """The second row, line 3 of its file, also when it is not in force."""
    with pytest.raises(InputError, match=message):
        factors(("*", "rain", 0.5, 1.0), row, when=SEVEN - HOUR)


def test_row_of_no_time_is_named():
    """To before from."""
    backwards = conditions(("*", "rain", 0.5, 1.0)).rename({"from": "to", "to": "from"})

    with pytest.raises(InputError, match="conditions:2: to: must be after from"):
        factors_at(SEVEN, PLACES, DC_OF_PLACE, backwards, AREAS)


def test_row_of_a_dc_without_places_is_known():
    """When one DC is planned, conditions of the other are no fault."""
    rows = conditions(("D9", "rain", 0.5, 1.0))

    speed, _ = factors_at(SEVEN, PLACES, DC_OF_PLACE, rows, AREAS, dc_ids=["D9"])

    assert speed.tolist() == [1, 1, 1]


NETWORK_PERIODS = TravelSettings(source="roads", base="network_periods")


@pytest.mark.parametrize("weather", ["clear", "Clear ", "", None])
def test_traffic_is_refused_on_top_of_network_periods(weather):
    """The peak would be counted twice."""
    rows = conditions(("*", "rain", 0.8, 1.1), ("*", weather, 0.7, 1.0))

    with pytest.raises(InputError, match="1 fault:\nconditions:3: speed_factor: is tr"):
        check_conditions(rows, ["D1"], AREAS, NETWORK_PERIODS)

    check_conditions(rows, ["D1"], AREAS, TravelSettings())


def test_weather_is_allowed_on_top_of_network_periods():
    """And a clear row that touches service alone."""
    rows = conditions(("*", "rain", 0.8, 1.1), ("D1", "clear", 1.0, 1.2))

    check_conditions(rows, ["D1"], AREAS, NETWORK_PERIODS)


def test_minutes_are_divided_by_the_factor_at_the_start():
    """A to b at half speed; b to a as before."""
    base = travel_matrix(PLACES, TravelSettings())

    slowed = under_conditions(base, np.array([0.5, 1.0, 1.0]))

    assert slowed.duration_min[0, 1] == 2 * base.duration_min[0, 1]
    assert slowed.duration_min[1, 0] == base.duration_min[1, 0]
    assert (slowed.distance_km == base.distance_km).all()


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=6, unique=True))
def test_factor_1_changes_nothing(lat):
    """To the last bit."""
    places = Places(tuple(map(str, lat)), np.array(lat), np.zeros(len(lat)))
    base = travel_matrix(places, TravelSettings())

    same = under_conditions(base, np.ones(len(lat)))

    assert (same.duration_min == base.duration_min).all()
    assert (same.reachable == base.reachable).all()


def test_changes_are_the_edges_inside():
    """In order, once each, neither the start nor the end."""
    rows = conditions(("*", "rain", 0.5, 1.0), ("D1", "fog", 0.5, 1.0))

    assert changes_between(SEVEN - HOUR, SEVEN + 2 * HOUR, rows) == (
        SEVEN,
        SEVEN + HOUR,
    )
    assert changes_between(SEVEN, SEVEN + HOUR, rows) == ()
