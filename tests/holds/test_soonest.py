"""Tests of the youngest holds a run looks at: none that matters is passed over."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.holds.decide import decide
from cstore_cli.holds.soonest import ready_by
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.tables.day import Closures

NOW = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def settings_of(zone, **policy):
    network = NetworkSettings(time_zone=zone, currency="TWD")
    return ExpireHoldsSettings(network=network, policy=policy)


def test_a_week_s_holds_are_looked_at_from_their_sixth_day():
    given_settings = settings_of("Asia/Taipei")

    assert ready_by(given_settings, NOW) == NOW - dt.timedelta(days=6)


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(["Asia/Taipei", "Australia/Lord_Howe", "America/New_York"]),
    length=st.integers(1, 6),
    unit=st.sampled_from(["days", "open_days", "hours"]),
    inclusive=st.booleans(),
    end_of_day=st.sampled_from(["00:30", "12:00", "24:00"]),
    reminders=st.lists(st.sampled_from([1, 24, 60]), max_size=2),
    now_h=st.integers(-9000, 0),
)
def test_no_younger_hold_changes(
    zone, length, unit, inclusive, end_of_day, reminders, now_h
):
    policy = {"length": length, "unit": unit, "reminders": reminders}
    if unit != "hours":
        policy |= {"inclusive": inclusive, "end_of_day": end_of_day}
    given_settings = settings_of(zone, **policy)
    now = NOW + dt.timedelta(hours=now_h)
    limit = ready_by(given_settings, now)
    ready = [limit + dt.timedelta(minutes=m) for m in (1, 60, 600, 1440, 4000)]
    holds = pl.DataFrame(
        {
            "parcel_id": [str(k) for k in range(5)],
            "store_id": "S",
            "ready_at": ready,
            "extension_days": 0,
            "chain": None,
            "channel": None,
            "goods_class": None,
        },
        schema_overrides={
            "ready_at": pl.Datetime("us", "UTC"),
            **dict.fromkeys(("chain", "channel", "goods_class"), pl.String),
        },
    )

    decided = decide(holds, given_settings, Closures.create_empty(), now)

    assert not decided["lapsed"].any()
    assert decided["reminder_h"].null_count() == 5
