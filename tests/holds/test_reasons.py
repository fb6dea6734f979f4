"""Tests of the reason that each decision is shown with."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from held import NO_CLOSURES, at, closures, holds, settings_of

from cstore_cli.holds.decide import decide
from cstore_cli.holds.reasons import clock_of, reasons

READY = "2026-11-13T14:00"


def reason(row, text="", now="2026-11-23T09:00", shut=NO_CLOSURES, zone="Asia/Taipei"):
    settings = settings_of(text, zone)
    table = holds({"ready_at": READY, **row}, zone=zone)
    decided = decide(table, settings, shut, at(now))
    return reasons(decided, settings, shut).to_list()[0]


SUNDAYS = "policy: {unit: open_days, skipped: {weekdays: [sun]}}"
LOCKER = "policy: {unit: hours, length: 48, extension: {from_h: 36}}"


@pytest.mark.parametrize(
    ("row", "text", "said"),
    [
        (
            {},
            "",
            (
                "ready 2026-11-13 (day 0), 7 days: lapsed 2026-11-20 24:00 Asia/Taipei "
                "(rule default)"
            ),
        ),
        (
            {"extension_days": 1},
            SUNDAYS,
            (
                "ready 2026-11-13 (day 0), 7 open days, 1 day extension, skipped "
                "2026-11-15 2026-11-22: lapses 2026-11-23 24:00 Asia/Taipei (rule "
                "default)"
            ),
        ),
        (
            {"ready_at": "2026-11-15T14:00"},
            "policy: {skipped: {weekdays: [sun]}, grace_min: 90}",
            (
                "ready 2026-11-15 (day 0), 7 days, moved past 2026-11-22: lapses "
                "2026-11-23 24:00 Asia/Taipei, marked 90 min later (rule default)"
            ),
        ),
        (
            {"extension_days": 3},
            "policy: {inclusive: true, extension: {max_days: 0}}",
            (
                "ready 2026-11-13 (day 1), 7 days, 3 days extension not allowed: "
                "lapsed 2026-11-19 24:00 Asia/Taipei (rule default)"
            ),
        ),
        (
            {"extension_days": 3, "goods_class": "chilled"},
            (
                "overrides: [{name: cold, goods_class: [chilled], policy: "
                "{length: 1, extension: {max_days: 2}}}]"
            ),
            (
                "ready 2026-11-13 (day 0), 1 day, 2 of 3 days extension allowed: "
                "lapsed 2026-11-16 24:00 Asia/Taipei (rule cold)"
            ),
        ),
        (
            {},
            "policy: {unit: hours, length: 48}",
            (
                "ready 2026-11-13 14:00, 48 hours: lapsed 2026-11-15 14:00 Asia/Taipei "
                "(rule default)"
            ),
        ),
        (
            {"ready_at": "2026-11-13T00:00"},
            "policy: {unit: hours, length: 1, extension: {max_days: 1}}",
            (
                "ready 2026-11-13 00:00, 1 hour: lapsed 2026-11-13 01:00 Asia/Taipei "
                "(rule default)"
            ),
        ),
        (
            {"extension_days": 2, "extended_at": "2026-11-14T14:00"},
            LOCKER,
            (
                "ready 2026-11-13 14:00, 48 hours, 2 days extension ignored (asked for "
                "at 2026-11-14 14:00, too early): lapsed 2026-11-15 14:00 Asia/Taipei "
                "(rule default)"
            ),
        ),
        (
            {"extension_days": 2, "extended_at": "2026-11-15T14:00"},
            LOCKER,
            (
                "ready 2026-11-13 14:00, 48 hours, 2 days extension ignored (asked for "
                "at 2026-11-15 14:00, too late): lapsed 2026-11-15 14:00 Asia/Taipei "
                "(rule default)"
            ),
        ),
        (
            {"extension_days": 2, "extended_at": "2026-11-15T13:00"},
            LOCKER,
            (
                "ready 2026-11-13 14:00, 48 hours, 2 days extension: lapsed "
                "2026-11-17 14:00 Asia/Taipei (rule default)"
            ),
        ),
        (
            {"ready_at": "2026-11-13T19:00"},
            "policy: {length: 1, inclusive: true, end_of_day: 18:30}",
            (
                "ready 2026-11-13 at 19:00 (day 1), 1 day, ready after its last day "
                "had ended, hence a day more: lapsed 2026-11-14 18:30 Asia/Taipei "
                "(rule default)"
            ),
        ),
        (
            {"ready_at": "2026-11-15T14:00"},
            (
                "policy: {unit: open_days, length: 1, inclusive: true, "
                "skipped: {weekdays: [sun]}}"
            ),
            (
                "ready 2026-11-15 (day 0), 1 open day, skipped 2026-11-15: lapsed "
                "2026-11-16 24:00 Asia/Taipei (rule default)"
            ),
        ),
        (
            {"return_hold": True},
            "policy: {return_hold: {length: 2}}",
            (
                "returned, ready 2026-11-13 (day 0), 2 days: lapsed 2026-11-15 24:00 "
                "Asia/Taipei (rule default)"
            ),
        ),
        (
            {"return_hold": True},
            "",
            (
                "returned, ready 2026-11-13, no return_hold is set: never lapses "
                "(rule default)"
            ),
        ),
    ],
)
def test_a_reason_names_start_rule_days_and_deadline(row, text, said):
    assert reason(row, text) == said


def test_many_skipped_days_are_counted():
    shut = closures(("S1", "2026-11-19T20:00", "2026-11-30T08:00"))
    said = reason({}, "policy: {skipped: {store_closures: true}}", shut=shut)

    assert (
        "moved past 2026-11-20 2026-11-21 2026-11-22 2026-11-23 2026-11-24 5 more"
        in said
    )


def test_a_midnight_that_the_clock_leaps_over_reads_24_00():
    """The moment of the leap, 01:00 of the 4th."""
    said = reason({"ready_at": "2018-10-27T10:00"}, zone="America/Sao_Paulo")

    assert "lapsed 2018-11-03 24:00 America/Sao_Paulo" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2026-11-15T02:37:29", "ignored (asked for at 2026-11-15 02:37, too early)"),
        ("2026-11-15T02:37:30", "2 days extension: lapsed 2026-11-17 14:37"),
    ],
)
def test_an_extension_is_judged_to_the_second(asked, said):
    """36 hours after 14:37:30."""
    row = {"ready_at": "2026-11-13T14:37:30", "extended_at": asked}

    assert said in reason({**row, "extension_days": 2}, LOCKER)


def test_hours_are_shown_to_the_minute():
    said = reason({"ready_at": "2026-11-13T14:37:30"}, LOCKER)

    assert said.startswith("ready 2026-11-13 14:37, 48 hours: lapsed 2026-11-15 14:37")


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-11-13T00:00", "2026-11-12 24:00"),
        ("2026-11-13T00:00:30", "2026-11-13 00:00"),
        ("2026-11-12T23:59:59", "2026-11-12 23:59"),
    ],
)
def test_midnight_is_24_00_of_the_day_before(instant, shown):
    assert clock_of(at(instant), ZoneInfo("Asia/Taipei")) == shown


def test_a_reason_says_the_deadline_that_was_decided():
    """Each of two weeks of parcels, one at 00:00:30 and one just before midnight."""
    days = [dt.date(2026, 11, 1) + dt.timedelta(days=k) for k in range(14)]
    clocks = ["00:00:30", "23:59:59.999999"]
    settings = settings_of(SUNDAYS)
    rows = [{"ready_at": f"{day}T{clock}"} for day in days for clock in clocks]
    decided = decide(holds(*rows), settings, NO_CLOSURES, at("2026-11-23T09:00"))

    said = reasons(decided, settings, NO_CLOSURES)

    for due, lapsed, text in zip(
        decided["deadline"], decided["lapsed"], said, strict=True
    ):
        verb = "lapsed" if lapsed else "lapses"
        assert f": {verb} {clock_of(due, ZoneInfo('Asia/Taipei'))} Asia" in text


def test_no_rows_have_no_reasons():
    settings = settings_of()
    decided = decide(holds(), settings, NO_CLOSURES, at(READY))

    assert reasons(decided, settings, NO_CLOSURES).to_list() == []
