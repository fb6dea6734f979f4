"""Tests of the road network's periods, and of their settings."""

from datetime import time

import pytest
from pydantic import ValidationError

from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.periods import period_at


@pytest.mark.parametrize(
    ("clock", "period"),
    [
        (time(6, 59, 59), "freeflow"),
        (time(7), "am"),
        (time(9, 59, 59), "am"),
        (time(10), "freeflow"),
        (time(16, 30), "pm"),
        (time(19, 30), "freeflow"),
    ],
)
def test_from_is_in_the_period_and_to_is_not(clock, period):
    """Of the default clock ranges."""
    settings = TravelSettings(source="roads", base="network_periods")

    assert period_at(clock, settings) == period


def test_freeflow_has_no_periods():
    """Whatever the clock says."""
    assert period_at(time(8), TravelSettings()) == "freeflow"


def test_clock_ranges_are_read_as_clocks():
    """As they stand in YAML."""
    settings = TravelSettings(
        source="roads", base="network_periods", am=("06:30", "09:00")
    )

    assert period_at(time(6, 30), settings) == "am"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"am": ("10:00", "07:00")}, "must be ranges"),
        ({"am": ("07:00", "17:00")}, "not overlapping"),
        ({"base": "network_periods"}, "needs source: roads, not geodesic"),
        ({"circuity": 0.9}, "greater than or equal to 1"),
        ({"speed_kmh": 0}, "greater than 0"),
        ({"snap_limit_km": float("inf")}, "finite"),
    ],
)
def test_unusable_settings_are_refused(keys, message):
    """Saying why."""
    with pytest.raises(ValidationError, match=message):
        TravelSettings(**keys)
