"""Three ways to a deadline agree: a whole table, one hold, one day after another."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from held import NO_CLOSURES, closures, holds
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.holds.decide import decide
from cstore_cli.holds.rules import Rules
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.hold_policy import WEEKDAYS
from cstore_cli.settings.network import NetworkSettings

ZONES = [
    "Asia/Taipei",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
NOW = dt.datetime(2018, 11, 6, tzinfo=dt.UTC)
CHANGES = ["2018-11-04T03:00", "2018-02-18T02:00", "2006-10-29T02:31"]
CHANGES += ["2018-10-28T01:00", "2018-03-25T01:00", "2011-12-30T10:00"]
CHANGES += ["2018-10-06T15:30", "2018-11-04T06:00", "1969-12-31T16:00"]
# Most near a change of some clock, to the microsecond around it.
NEAR = st.builds(
    lambda change, days, us: (
        dt.datetime.fromisoformat(f"{change}+00:00")
        + dt.timedelta(days=days, microseconds=us)
    ),
    st.sampled_from(CHANGES),
    st.integers(-9, 1),
    st.sampled_from([-1, 0, 1]) | st.integers(-(10**11), 10**11),
)
CLOCKS = st.sampled_from(["24:00", "24:00", "18:07", "02:30", "00:30", "23:59"])


@st.composite
def terms(draw):
    unit = draw(st.sampled_from(["days", "open_days", "hours"]))
    given_keys = {"unit": unit, "length": draw(st.integers(1, 9))}
    given_keys["extension"] = {
        "max_days": draw(st.none() | st.integers(0, 3)),
        "from_h": draw(st.sampled_from([0, 12])),
    }
    if unit != "hours":
        given_keys["inclusive"] = draw(st.booleans())
        given_keys["end_of_day"] = draw(CLOCKS)
        given_keys["skipped"] = {
            "weekdays": draw(
                st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=4)
            ),
            "store_closures": draw(st.booleans()),
        }
    return given_keys


@st.composite
def rows(draw):
    row = {"ready_at": draw(NEAR), "extension_days": draw(st.integers(0, 4))}
    row["store_id"] = draw(st.sampled_from(["S1", "S2"]))
    row["goods_class"] = draw(st.sampled_from([None, "ambient", "chilled"]))
    asked = st.integers(0, 12 * 24)
    after_h = draw(st.none() | asked)
    row["extended_at"] = None
    if after_h is not None:
        row["extended_at"] = row["ready_at"] + dt.timedelta(hours=after_h)
    return row


def settings_with(zone, policy, chilled):
    return ExpireHoldsSettings(
        network=NetworkSettings(time_zone=zone, currency="TWD"),
        policy=policy,
        overrides=[{"name": "cold", "goods_class": ["chilled"], "policy": chilled}],
    )


# S2 is shut over the end of two days, by two rows that touch.
SHUT = closures(
    ("S2", "2018-11-04T12:00", "2018-11-05T12:00"),
    ("S2", "2018-11-05T12:00", "2018-11-06T12:00"),
)
SHUT_FROM, SHUT_TO = SHUT["from"].min(), SHUT["to"].max()


def end(day, minutes, zone):
    """What zoneinfo knows of twice and never shown times is left unused."""
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)
    around = [wall.replace(tzinfo=dt.UTC) + dt.timedelta(hours=h) for h in (-48, 48)]
    offsets = [instant.astimezone(zone).utcoffset() for instant in around]
    shown = [(wall - offset).replace(tzinfo=dt.UTC) for offset in offsets]
    real = [s for s in shown if s.astimezone(zone).replace(tzinfo=None) == wall]
    return min(real) if real else shown[0]


def day_by_day(keys, row, zone):
    """The deadline by walking from the ready day on, for keys as in YAML."""
    most = keys["extension"]["max_days"]
    extension = (
        row["extension_days"] if most is None else min(row["extension_days"], most)
    )
    if extension and row["extended_at"]:
        without = day_by_day(keys, {**row, "extension_days": 0}, zone)
        earliest = row["ready_at"] + dt.timedelta(hours=keys["extension"]["from_h"])
        if not earliest <= row["extended_at"] < without:
            return without
    wanted = keys["length"] + extension
    if keys["unit"] == "hours":
        return row["ready_at"] + dt.timedelta(hours=keys["length"] + 24 * extension)
    hours, minutes = map(int, keys["end_of_day"].split(":"))

    def ends(day):
        return end(day, 60 * hours + minutes, zone)

    def skipped(day):
        shut = row["store_id"] == "S2" and SHUT_FROM < ends(day) <= SHUT_TO
        by_week = WEEKDAYS[day.weekday()] in keys["skipped"]["weekdays"]
        return by_week or (keys["skipped"]["store_closures"] and shut)

    def counts(day):
        return keys["unit"] == "days" or not skipped(day)

    day = row["ready_at"].astimezone(zone).date()
    number = int(keys["inclusive"] and counts(day))
    while number < wanted or skipped(day) or ends(day) <= row["ready_at"]:
        day += dt.timedelta(days=1)
        number += counts(day)
    return ends(day)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), terms(), terms(), st.lists(rows(), max_size=12))
def test_a_table_says_what_walking_day_by_day_says(zone, policy, chilled, given_rows):
    chosen = settings_with(zone, policy, chilled)
    # An override takes over what it leaves out; here it leaves out nothing that the
    # policy gives, but for hours, to which the calendar means nothing.
    whole = {**policy, **chilled}

    decided = decide(holds(*given_rows), chosen, SHUT, NOW)

    expected = [
        day_by_day(
            whole if row["goods_class"] == "chilled" else policy, row, ZoneInfo(zone)
        )
        for row in given_rows
    ]
    assert decided["deadline"].to_list() == expected
    assert decided["lapsed"].to_list() == [due <= NOW for due in expected]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), terms(), st.lists(rows(), max_size=12))
def test_a_table_says_what_one_hold_says(zone, policy, given_rows):
    """Extensions asked for at no known time, so that all allowed days count."""
    chosen = settings_with(zone, policy, {})
    most = policy["extension"]["max_days"]
    table = holds(*given_rows).drop("extended_at", strict=False)
    rules = Rules(chosen, SHUT)

    decided = decide(table, chosen, SHUT, NOW)

    expected = []
    for row in table.iter_rows(named=True):
        days = row["extension_days"]
        counted = days if most is None else min(days, most)
        of = rules.deadline(2, row["ready_at"], counted, row["store_id"])
        expected.append(of.instant)
    assert decided["deadline"].to_list() == expected


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(set(ZONES) - {"America/St_Johns"})),
    terms(),
    st.lists(NEAR, min_size=2, max_size=12),
    st.integers(0, 4),
)
def test_a_parcel_ready_later_never_lapses_earlier(zone, policy, instants, days):
    """But in St John's of 1987 to 2011, where the date went back at 00:01."""
    chosen = settings_with(zone, policy, {})
    table = holds(*({"ready_at": r, "extension_days": days} for r in sorted(instants)))

    deadlines = decide(table, chosen, NO_CLOSURES, NOW)["deadline"]

    assert deadlines.is_sorted()
    assert (deadlines > table["ready_at"]).all()


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ZONES), terms(), NEAR)
def test_a_longer_extension_never_lapses_earlier(zone, policy, ready):
    chosen = settings_with(zone, policy, {})
    table = holds(*({"ready_at": ready, "extension_days": days} for days in range(6)))

    assert decide(table, chosen, NO_CLOSURES, NOW)["deadline"].is_sorted()


@pytest.mark.parametrize(
    ("zone", "keys", "instants"),
    [
        # At 00:01 of the 29th the clock went back to 23:01 of the 28th.
        (
            "America/St_Johns",
            {},
            ["2006-10-29T02:30:59.999999", "2006-10-29T02:31", "2006-10-29T02:44"],
        ),
        # The last day ends within a quarter of an hour.
        (
            "Asia/Taipei",
            {"length": 1, "inclusive": True, "end_of_day": "18:07"},
            ["2018-11-01T10:06:59.999999", "2018-11-01T10:07", "2018-11-01T10:14"],
        ),
    ],
)
def test_a_quarter_of_an_hour_may_hold_two_deadlines(zone, keys, instants):
    chosen = settings_with(zone, keys, {})
    ready = [dt.datetime.fromisoformat(f"{text}+00:00") for text in instants]
    rules = Rules(chosen, NO_CLOSURES)

    deadlines = decide(holds(*({"ready_at": r} for r in ready)), chosen, SHUT, NOW)

    one_by_one = [rules.deadline(2, r, 0, "S1").instant for r in ready]
    assert deadlines["deadline"].to_list() == one_by_one
    assert len(set(one_by_one)) == 2


@pytest.mark.parametrize("host", ["Asia/Taipei", "America/Los_Angeles", "Pacific/Apia"])
def test_the_zone_of_the_computer_changes_nothing(monkeypatch, host):
    chosen = settings_with("Europe/Berlin", {}, {})
    table = holds({"ready_at": "2026-10-20T23:30"}, zone="Europe/Berlin")
    here = decide(table, chosen, NO_CLOSURES, NOW)
    monkeypatch.setenv("TZ", host)
    time.tzset()
    try:
        there = decide(table, chosen, NO_CLOSURES, NOW)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert there.equals(here)


def test_ten_thousand_rows_come_back_in_their_order():
    start = dt.datetime(2018, 10, 1, tzinfo=dt.UTC)
    step = dt.timedelta(seconds=7919)
    table = holds(*({"ready_at": start + k % 97 * step} for k in range(10_000)))

    decided = decide(table, settings_with("Europe/Berlin", {}, {}), NO_CLOSURES, NOW)

    assert decided.select(table.columns).equals(table)
    by_ready = decided.group_by("ready_at").agg(pl.col("deadline").n_unique())
    assert by_ready["deadline"].max() == 1
