"""Tests of the days on which agreements want to be thought of."""

import datetime as dt

import pytest
from settle_cases import agreements_of, version_of

from cstore_cli.partners.review.dates import due_days
from cstore_cli.partners.review.review import months_before

WARN = (90, 30)


def due(day, *versions):
    return due_days(agreements_of(*versions), dt.date.fromisoformat(day), WARN)


@pytest.mark.parametrize(
    ("day", "left", "warned"),
    [
        ("2026-08-02", 91, None),
        ("2026-08-03", 90, 90),
        ("2026-10-01", 31, 90),
        ("2026-10-02", 30, 30),
        ("2026-11-01", 0, 30),
        ("2026-11-02", -1, None),
    ],
)
def test_it_is_warned_90_and_30_days_before_notice(day, left, warned):
    """It ends on 31 December with 60 days' notice: on 1 November."""
    [found] = due(day, version_of(notice_days=60))

    assert found.on == dt.date(2026, 11, 1)
    assert (found.days_left, found.warn_days) == (left, warned)


def test_a_notice_day_that_passed_says_so():
    [found] = due("2026-11-05", version_of(notice_days=60))

    assert "passed, 4 days ago" in found.told


def test_a_revision_day_of_its_own_comes_too():
    found = due("2026-09-01", version_of(notice_days=60, revise_on="2026-10-01"))

    assert [(one.what, str(one.on)) for one in found] == [
        ("revision", "2026-10-01"),
        ("notice", "2026-11-01"),
    ]


def test_a_signed_follower_needs_no_notice():
    """Only the follower's own end is told."""
    after = version_of(version=2, valid_from="2027-01-01", valid_to="2027-12-31")
    found = due("2026-11-01", version_of(), after)

    assert [one.version for one in found] == [2]


def test_a_follower_that_is_an_offer_changes_nothing():
    terms = {"version": 2, "valid_from": "2027-01-01", "valid_to": "2027-12-31"}
    found = due("2026-11-01", version_of(), version_of(signed=None, **terms))

    assert [one.version for one in found] == [1]


def test_an_offer_or_a_past_version_is_not_due():
    offer = version_of(agreement="offer", signed=None)
    past = version_of(agreement="past", valid_to="2026-06-30")

    assert due("2026-11-01", offer, past) == []


@pytest.mark.parametrize(
    ("day", "months", "first", "last"),
    [
        ("2026-11-23", 12, "2025-11-01", "2026-10-31"),
        ("2026-03-31", 1, "2026-02-01", "2026-02-28"),
        ("2026-01-01", 2, "2025-11-01", "2025-12-31"),
    ],
)
def test_whole_months_before_the_day_are_looked_back_on(day, months, first, last):
    found = months_before(dt.date.fromisoformat(day), months)

    assert [str(one) for one in found] == [first, last]
