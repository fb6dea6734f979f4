"""Tests of one hold's deadline, by hand: counting, skipped days, clock changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from held import at

from cstore_cli.holds.deadline import LONGEST_SKIP, deadline, end_of_day
from cstore_cli.settings.hold_policy import HoldTerms

# November 2026: the 22nd and the 29th are Sundays.
SUNDAYS = {dt.date(2026, 11, day) for day in (1, 8, 15, 22, 29)}


def of(ready, extension_days=0, *, skipped=(), zone="Asia/Taipei", **terms):
    return deadline(
        HoldTerms(**terms),
        at(ready, zone),
        extension_days,
        ZoneInfo(zone),
        set(skipped).__contains__,
    )


@pytest.mark.parametrize(
    ("ready", "extension_days", "terms", "due"),
    [
        ("2026-11-13T14:00", 0, {}, "2026-11-20T24:00"),
        ("2026-11-13T00:00", 0, {}, "2026-11-20T24:00"),
        ("2026-11-13T23:59:59.999999", 0, {}, "2026-11-20T24:00"),
        ("2026-11-13T14:00", 1, {}, "2026-11-21T24:00"),
        ("2026-11-13T14:00", 0, {"inclusive": True}, "2026-11-19T24:00"),
        ("2026-11-13T14:00", 0, {"end_of_day": "21:30"}, "2026-11-20T21:30"),
        ("2026-11-13T14:00", 0, {"length": 48, "unit": "hours"}, "2026-11-15T14:00"),
        ("2026-11-13T14:00", 2, {"length": 48, "unit": "hours"}, "2026-11-17T14:00"),
    ],
)
def test_days_and_hours_counted_by_hand(ready, extension_days, terms, due):
    assert of(ready, extension_days, **terms).instant == at(due)


@pytest.mark.parametrize(
    ("ready", "terms", "due", "over"),
    [
        # Day 7 is Sunday the 22nd: the hold ends on Monday.
        ("2026-11-15T10:00", {}, "2026-11-23", ["2026-11-22"]),
        # A Sunday on the way counts like any day.
        ("2026-11-14T10:00", {}, "2026-11-21", []),
        # Seven days without Sunday the 15th.
        ("2026-11-13T10:00", {"unit": "open_days"}, "2026-11-21", ["2026-11-15"]),
        # Day 1 is Friday the 13th.
        (
            "2026-11-13T10:00",
            {"unit": "open_days", "inclusive": True},
            "2026-11-20",
            ["2026-11-15"],
        ),
        # A Sunday is no day 1: Monday, Tuesday, Wednesday.
        (
            "2026-11-15T10:00",
            {"unit": "open_days", "inclusive": True, "length": 3},
            "2026-11-18",
            ["2026-11-15"],
        ),
        # A Sunday that is the only day.
        ("2026-11-15T10:00", {"inclusive": True, "length": 1}, "2026-11-16", 1),
        ("2026-11-15T10:00", {"unit": "hours", "length": 168}, "2026-11-22", []),
    ],
)
def test_sundays_skipped_by_hand(ready, terms, due, over):
    over = ["2026-11-15"] if over == 1 else over
    found = of(ready, skipped=SUNDAYS, **terms)

    assert str(found.last_day) == due
    assert [str(day) for day in found.skipped] == over


def test_the_anchor_is_the_local_date():
    """16:30 of the 13th in UTC is the 14th in Taipei."""
    assert of("2026-11-13T16:30+00:00").anchor == dt.date(2026, 11, 14)


@pytest.mark.parametrize(
    ("ready", "due"),
    [
        ("2026-11-13T17:59:59", "2026-11-13T18:00"),
        ("2026-11-13T18:00:00", "2026-11-14T18:00"),
        # Saturday evening, and Sunday is skipped.
        ("2026-11-14T20:00:00", "2026-11-16T18:00"),
    ],
)
def test_a_parcel_ready_after_its_last_day_gets_one_more(ready, due):
    terms = {"length": 1, "inclusive": True, "end_of_day": "18:00"}

    assert of(ready, skipped=SUNDAYS, **terms).instant == at(due)


def test_a_store_closed_for_good_does_not_keep_a_parcel_for_good():
    found = deadline(
        HoldTerms(), at("2026-11-13T10:00"), 0, ZoneInfo("Asia/Taipei"), lambda _: True
    )

    assert len(found.skipped) == LONGEST_SKIP
    assert found.last_day == dt.date(2026, 11, 20) + dt.timedelta(days=LONGEST_SKIP)


@pytest.mark.parametrize(
    ("zone", "ready", "length", "due"),
    [
        ("Asia/Taipei", "2026-11-23T14:00", 7, "2026-11-30T16:00"),
        # The last day has 25 hours, and 23.
        ("Europe/Berlin", "2026-10-20T10:00", 5, "2026-10-25T23:00"),
        ("Europe/Berlin", "2026-03-28T10:00", 1, "2026-03-29T22:00"),
        ("America/New_York", "2026-10-25T10:00", 7, "2026-11-02T05:00"),
        ("America/New_York", "2026-03-01T10:00", 7, "2026-03-09T04:00"),
        # The clock leapt at 24:00 to 01:00; it went back at 24:00 to 23:00.
        ("America/Sao_Paulo", "2018-10-27T10:00", 7, "2018-11-04T03:00"),
        ("America/Sao_Paulo", "2018-02-10T10:00", 7, "2018-02-18T03:00"),
        # Half an hour.
        ("Australia/Lord_Howe", "2026-03-29T10:00", 7, "2026-04-05T13:30"),
        ("Australia/Lord_Howe", "2026-09-27T10:00", 7, "2026-10-04T13:00"),
        # The 30th of December 2011 was left out: no time passed on it.
        ("Pacific/Apia", "2011-12-22T10:00", 7, "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-23T10:00", 7, "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-24T10:00", 7, "2011-12-31T10:00"),
        ("Pacific/Apia", "2011-12-26T10:00", 7, "2012-01-02T10:00"),
    ],
)
def test_midnight_after_a_change_of_the_clock(zone, ready, length, due):
    assert of(ready, zone=zone, length=length).instant == at(due, "UTC")


@pytest.mark.parametrize(
    ("zone", "day", "minutes", "due"),
    [
        # Shown twice: the first. Leapt over: by the offset before the leap.
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:30"),
        ("America/Sao_Paulo", "2018-02-17", 23 * 60 + 30, "2018-02-18T01:30"),
        ("Australia/Lord_Howe", "2026-04-05", 105, "2026-04-04T14:45"),
        ("Pacific/Apia", "2011-12-30", 12 * 60, "2011-12-30T22:00"),
    ],
)
def test_an_end_of_day_that_the_clock_shows_twice_or_never(zone, day, minutes, due):
    end = end_of_day(dt.date.fromisoformat(day), minutes, ZoneInfo(zone))

    assert end == at(due, "UTC")


def test_hours_are_hours_that_pass():
    """25 hours on the clock's longest day end at the same time of day."""
    terms = {"unit": "hours", "length": 25, "zone": "Europe/Berlin"}
    found = of("2026-10-24T15:00", **terms)

    assert found.instant == at("2026-10-25T15:00", "Europe/Berlin")
