"""Tests of what a table of holds is told: rule, deadline, lapsed, reminder."""

import polars as pl
import pytest
from held import NO_CLOSURES, at, closures, holds, settings_of

from cstore_cli.errors import InputError
from cstore_cli.holds.decide import decide

NOW = "2026-11-23T09:00"
READY = "2026-11-13T14:00"
"""By the default policy its hold lapses at 24:00 of the 20th."""


def decided(*rows, text="", now=NOW, shut=NO_CLOSURES):
    return decide(holds(*rows), settings_of(text), shut, at(now))


def deadlines(*rows, **more):
    """Local days whose ends the deadlines are."""
    local = pl.col("deadline").dt.convert_time_zone("Asia/Taipei")
    ends = decided(*rows, **more).select(local.dt.offset_by("-1us").dt.date())
    return [day and str(day) for day in ends.to_series()]


OVERRIDES = """
overrides:
  - name: fox_cold
    chain: [FoxMart]
    goods_class: [chilled, frozen]
    policy: {length: 2}
  - name: cold
    goods_class: [chilled]
    policy: {length: 1}
  - name: door
    channel: [store_door, seller_direct]
    policy: {length: 3}
  - name: amber
    chain: [Amberlight]
    policy: {inclusive: true}
"""


@pytest.mark.parametrize(
    ("row", "rule", "day"),
    [
        ({}, "default", "2026-11-20"),
        ({"goods_class": "chilled"}, "cold", "2026-11-14"),
        ({"goods_class": "chilled", "chain": "FoxMart"}, "fox_cold", "2026-11-15"),
        ({"goods_class": "frozen", "chain": "FoxMart"}, "fox_cold", "2026-11-15"),
        ({"goods_class": "frozen", "chain": "Amberlight"}, "amber", "2026-11-19"),
        ({"channel": "seller_direct", "chain": "Amberlight"}, "door", "2026-11-16"),
        ({"channel": "store_pickup", "chain": "FoxMart"}, "default", "2026-11-20"),
        ({"goods_class": "ambient"}, "default", "2026-11-20"),
    ],
)
def test_the_first_override_whose_conditions_all_hold_decides(row, rule, day):
    found = decided({"ready_at": READY, **row}, text=OVERRIDES)

    assert found["rule"].to_list() == [rule]
    assert deadlines({"ready_at": READY, **row}, text=OVERRIDES) == [day]


def test_an_override_keeps_what_it_does_not_give():
    text = """
policy: {length: 4, skipped: {dates: [2026-11-14], weekdays: [sun]}, unit: open_days}
overrides:
  - {name: all, policy: {skipped: {weekdays: [mon]}}}
"""
    # Without Monday the 16th and Saturday the 14th: 15, 17, 18, 19.
    assert deadlines({"ready_at": READY}, text=text) == ["2026-11-19"]


@pytest.mark.parametrize(
    ("now", "lapsed"),
    [
        ("2026-11-20T23:59:59.999999", False),
        ("2026-11-20T24:00", True),
        ("2027-11-20T24:00", True),
    ],
)
def test_a_hold_has_lapsed_from_its_deadline_on(now, lapsed):
    assert decided({"ready_at": READY}, now=now)["lapsed"].to_list() == [lapsed]


@pytest.mark.parametrize(
    ("now", "lapsed"), [("2026-11-21T01:29:59", False), ("2026-11-21T01:30", True)]
)
def test_grace_delays_the_mark_and_not_the_deadline(now, lapsed):
    found = decided({"ready_at": READY}, text="policy: {grace_min: 90}", now=now)

    assert found["lapsed"].to_list() == [lapsed]
    assert found["deadline"].to_list() == [at("2026-11-20T24:00")]


@pytest.mark.parametrize(
    ("now", "reminder_h"),
    [
        ("2026-11-18T23:59:59", None),
        ("2026-11-18T24:00", 48),
        ("2026-11-19T23:59:59", 48),
        ("2026-11-19T24:00", 24),
        ("2026-11-20T21:30", 2.5),
        ("2026-11-20T23:59:59", 2.5),
        ("2026-11-20T24:00", None),
    ],
)
def test_the_nearest_reminder_that_is_due_is_told(now, reminder_h):
    text = "policy: {reminders: [24, 2.5, 48], grace_min: 600}"
    found = decided({"ready_at": READY}, text=text, now=now)

    assert found["reminder_h"].to_list() == [reminder_h]
    assert found["reminder_h"].dtype == pl.Float64


def test_reminders_are_those_of_the_rule():
    text = """
policy: {reminders: [200]}
overrides: [{name: cold, goods_class: [chilled], policy: {reminders: [9]}}]
"""
    rows = [{"ready_at": NOW}, {"ready_at": NOW, "goods_class": "chilled"}]

    assert decided(*rows, text=text)["reminder_h"].to_list() == [200, None]


@pytest.mark.parametrize(
    ("max_days", "days"),
    [("null", 3), ("3", 3), ("2", 2), ("0", 0)],
)
def test_an_extension_counts_up_to_what_is_allowed(max_days, days):
    text = f"policy: {{extension: {{max_days: {max_days}}}}}"
    row = {"ready_at": READY, "extension_days": 3}

    assert deadlines(row, text=text) == [f"2026-11-{20 + days}"]


def test_an_extension_that_is_not_known_is_none():
    row = {"ready_at": READY, "extension_days": None}

    assert deadlines(row) == ["2026-11-20"]


def test_an_absurd_extension_ends_after_ten_years():
    row = {"ready_at": READY, "extension_days": 10**15}

    assert deadlines(row) == ["2036-11-17"]


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("2026-11-20T23:59:59", "2026-11-22"),
        ("2026-11-20T24:00", "2026-11-20"),
        (None, "2026-11-22"),
        ("2026-11-14T13:59", "2026-11-20"),
    ],
)
def test_an_extension_asked_for_too_late_or_too_early_is_ignored(asked, day):
    row = {"ready_at": READY, "extension_days": 2, "extended_at": asked}

    assert deadlines(row, text="policy: {extension: {from_h: 24}}") == [day]


RETURNS = """
policy: {length: 3, extension: {max_days: 0}, return_hold: {length: 5}}
overrides:
  - {name: fox, chain: [FoxMart], policy: {return_hold: {inclusive: true}}}
"""


@pytest.mark.parametrize(
    ("row", "day"),
    [
        ({"return_hold": True}, "2026-11-18"),
        ({"return_hold": True, "extension_days": 2}, "2026-11-18"),
        ({"return_hold": True, "chain": "FoxMart"}, "2026-11-17"),
        ({"return_hold": False}, "2026-11-16"),
        ({"return_hold": None}, "2026-11-16"),
    ],
)
def test_a_sender_s_hold_has_terms_of_its_own(row, day):
    """What return_hold leaves out is as in the policy."""
    assert deadlines({"ready_at": READY, **row}, text=RETURNS) == [day]


def test_a_sender_s_hold_without_terms_never_lapses():
    found = decided({"ready_at": READY, "return_hold": True}, now="2099-01-01")

    assert found["deadline"].to_list() == [None]
    assert found["lapsed"].to_list() == [False]
    assert found["reminder_h"].to_list() == [None]


def test_a_rule_may_keep_another_zone_s_days():
    """15:30 in Taipei is still the day before in Honolulu, whose days end at 18:00."""
    text = """
overrides: [{name: far, chain: [Hula], policy: {time_zone: Pacific/Honolulu}}]
"""
    row = {"ready_at": READY, "chain": "Hula"}

    due = decided(row, text=text)["deadline"].to_list()

    assert due == [at("2026-11-19T24:00", "Pacific/Honolulu")]


def test_a_sender_s_hold_may_keep_another_zone_s_days():
    """READY is 19:00 of the same day in Auckland, where the 20th ends at 19:00 here."""
    text = "policy: {return_hold: {time_zone: Pacific/Auckland}}"

    due = decided({"ready_at": READY, "return_hold": True}, text=text)["deadline"]

    assert due.to_list() == [at("2026-11-20T24:00", "Pacific/Auckland")]


SHUT_DAYS = "policy: {skipped: {store_closures: true}}"


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        ([], "2026-11-20"),
        # Over the end of the 20th.
        ([("S1", "2026-11-20T20:00", "2026-11-21T08:00")], "2026-11-21"),
        # Until the end of the 20th, and not beyond.
        ([("S1", "2026-11-20T20:00", "2026-11-20T24:00")], "2026-11-21"),
        ([("S1", "2026-11-20T06:00", "2026-11-20T23:59")], "2026-11-20"),
        ([("S1", "2026-11-20T24:00", "2026-11-21T23:00")], "2026-11-20"),
        # Two rows that touch, in any order, over three ends.
        (
            [
                ("S1", "2026-11-21T24:00", "2026-11-23T06:00"),
                ("S1", "2026-11-19T06:00", "2026-11-21T24:00"),
            ],
            "2026-11-23",
        ),
        # One inside another.
        (
            [
                ("S1", "2026-11-19T06:00", "2026-11-22T06:00"),
                ("S1", "2026-11-19T08:00", "2026-11-19T09:00"),
            ],
            "2026-11-22",
        ),
        ([("S2", "2026-11-19T06:00", "2026-11-22T06:00")], "2026-11-20"),
        ([(None, "2026-11-19T06:00", "2026-11-22T06:00")], "2026-11-20"),
    ],
)
def test_a_day_whose_end_finds_the_store_shut_is_skipped(rows, day):
    shut = closures(*rows)

    assert deadlines({"ready_at": READY}, text=SHUT_DAYS, shut=shut) == [day]


def test_closures_count_only_where_a_rule_says_so():
    shut = closures(("S1", "2026-11-20T20:00", "2026-11-21T08:00"))
    text = """
overrides:
  - name: cold
    goods_class: [chilled]
    policy: {skipped: {store_closures: true}}
"""
    rows = [{"ready_at": READY}, {"ready_at": READY, "goods_class": "chilled"}]

    assert deadlines(*rows, text=text, shut=shut) == ["2026-11-20", "2026-11-21"]


def test_public_holidays_are_those_of_the_state():
    """The 8th of March is one in Berlin and not in Bavaria; in 2027 it is a Monday."""
    of = "policy: {skipped: {public_holidays: {country: DE, subdivision: %s}}}"
    row = {"ready_at": "2027-03-01T10:00"}

    assert deadlines(row, text=of % "BE") == ["2027-03-09"]
    assert deadlines(row, text=of % "BY") == ["2027-03-08"]


def test_a_table_without_rows_is_decided():
    found = decided(text=SHUT_DAYS)

    assert found.height == 0
    assert found.schema["deadline"] == pl.Datetime("us", "UTC")
    assert found.schema["lapsed"] == pl.Boolean
    assert found.schema["reminder_h"] == pl.Float64
    assert found.schema["rule"] == pl.String


def test_columns_of_the_holds_stay():
    table = holds({"ready_at": NOW}, {"ready_at": READY}).with_columns(cod_twd=5.0)

    found = decide(table, settings_of(), NO_CLOSURES, at(NOW))

    assert found.select(table.columns).equals(table)
    added = ["rule", "deadline", "lapsed", "reminder_h"]
    assert found.columns == [*table.columns, *added]


@pytest.mark.parametrize(
    "ready", ["0001-06-01T00:00", "1899-12-31T23:59", "2200-01-01T00:00", "9999-12-31"]
)
def test_a_year_that_no_parcel_knows_is_refused(ready):
    row = {"ready_at": at(ready, "UTC"), "parcel_id": "X7"}

    with pytest.raises(InputError, match=r"^1 parcel.*before 1900 or after 2199: X7\."):
        decided({"ready_at": READY}, row)
