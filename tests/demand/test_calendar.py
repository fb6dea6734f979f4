"""Tests of what is known of a date long before it comes."""

import datetime as dt

import pytest

from cstore_cli.demand.calendar import calendar_of
from cstore_cli.errors import InputError

NEW_YEAR = dt.date(2026, 2, 17)
"""Lunar new year, a Tuesday."""


def days_from(first, num):
    return [first + dt.timedelta(k) for k in range(num)]


def column(dates, which, *, days=1, country="TW", special=()):
    return calendar_of(dates, days, country, special)[:, which].tolist()


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01",
        "2026-02-16",
        "2026-02-17",
        "2026-10-10",
        "2027-02-06",
        "2050-01-23",
    ],
)
def test_holidays_of_taiwan_are_known(day):
    """Founding day, eve and days of lunar new year, national day; years ahead too."""
    assert column([dt.date.fromisoformat(day)], 1) == [1]


def test_days_of_work_are_no_holidays():
    assert column(days_from(dt.date(2026, 3, 9), 5), 1) == [0] * 5


def test_without_a_country_there_are_none():
    assert column([NEW_YEAR], 1, country=None) == [0]


def test_monday_is_0():
    assert column(days_from(dt.date(2026, 1, 5), 8), 0) == [*range(7), 0]


def test_days_since_and_until_holidays_are_counted_to_3():
    """The only day off around is 2026-12-25, Constitution Day: a Friday."""
    dates = days_from(dt.date(2026, 12, 20), 8)

    assert column(dates, 1) == [0, 0, 0, 0, 0, 1, 0, 0]
    assert column(dates, 3) == [4, 4, 3, 2, 1, 4, 4, 4]
    assert column(dates, 2) == [4, 4, 4, 4, 4, 4, 1, 2]


def test_weeks_count_their_days_off_and_know_their_month():
    """The week from 2026-02-16, eve of lunar new year, has holidays to the 20th."""
    weeks = [dt.date(2026, 2, 16), dt.date(2026, 3, 9), dt.date(2026, 12, 21)]

    assert column(weeks, 1, days=7) == [5, 0, 1]
    assert column(weeks, 0, days=7) == [1, 2, 11]


def test_distance_of_a_week_is_from_its_ends():
    """Weeks that end two days before Constitution Day, and begin two days after."""
    weeks = [dt.date(2026, 12, 17), dt.date(2026, 12, 27)]

    assert column(weeks, 3, days=7)[0] == 2
    assert column(weeks, 2, days=7)[1] == 2


def test_special_days_are_those_of_each_year():
    dates = [dt.date(2025, 11, 11), dt.date(2026, 11, 11), dt.date(2026, 11, 12)]

    assert column(dates, 4, special=["11-11"]) == [1, 1, 0]
    assert column([dt.date(2026, 11, 9)], 4, days=7, special=["11-11", "11-15"]) == [2]


def test_region_has_holidays_of_its_own():
    """Corpus Christi, in Bavaria but not in Berlin."""
    day = [dt.date(2026, 6, 4)]

    assert column(day, 1, country="DE-BY") == [1]
    assert column(day, 1, country="DE-BE") == [0]


def test_unknown_country_is_refused_with_what_to_write():
    with pytest.raises(InputError, match=r"holidays: 'XX' .*TW.*DE-BY"):
        calendar_of([NEW_YEAR], 1, "XX", ())


def test_unknown_region_is_refused_with_those_known():
    with pytest.raises(InputError, match=r"holidays: 'DE-XX' .*BE, .*BY"):
        calendar_of([NEW_YEAR], 1, "DE-XX", ())
