"""Tests of changes of terms by which the past would have cost less."""

import datetime as dt

import pytest
from review_cases import QUARTER, looking, month_counts, present_terms
from settle_cases import one_rate, parcels_on

from cstore_cli.partners.review.result import ReviewRow
from cstore_cli.partners.review.revisions import suggested
from cstore_cli.settings.partners_review import ReviewSettings

NINE = [{"name": "nine", "parcels": 9, "shortfall_fee": 3}]


def found(present, **settings):
    return list(suggested(present, looking(QUARTER), ReviewSettings(**settings)))


@pytest.mark.parametrize(
    ("percentile", "then", "saving"),
    [
        (10, "4 parcels per month", 18),
        (50, "8 parcels per month", 6),
    ],
)
def test_a_low_percentile_is_promised(percentile, then, saving):
    """
    10, 4 and 8 of 9 came: 5 + 1 were missing, 18 in fees.

    One in three had no more than 4: nothing is missing. One in two had no more than 8:
    of 8 the month of 4 misses 4, fees of 12.
    """
    present = present_terms(month_counts(10, 4, 8), QUARTER, commitments=NINE)
    [one] = found(present, commitment_percentile=percentile)

    assert (one.term, one.now, one.suggested) == (
        "commitment",
        "9 parcels per month",
        then,
    )
    assert one.saving == saving * 10_000
    assert one.why == "in 2 of 3 months fewer came"


def test_a_month_without_parcels_counts():
    """Its 0 is the low: no promise at all."""
    present = present_terms(month_counts(10, 0, 10), QUARTER, commitments=NINE)
    [one] = found(present)

    assert (one.suggested, one.saving) == ("none", 27 * 10_000)


def test_a_promise_that_was_kept_stays():
    present = present_terms(month_counts(10, 9, 12), QUARTER, commitments=NINE)

    assert found(present) == []


def test_a_step_just_missed_is_lowered():
    """95 of 100 for 45: 95 x 5 saved; 80 in February missed it by far."""
    steps = [one_rate((1, 50), (100, 45))]
    present = present_terms(month_counts(95, 80, 120), QUARTER, rates=steps)
    [one] = found(present)

    assert (one.term, one.suggested) == ("step", "from parcel 95")
    assert one.saving == 475 * 10_000


def test_a_change_that_saves_nothing_is_not_suggested():
    """The step missed has the price of the one before."""
    steps = [one_rate((1, 50), (100, 50))]
    present = present_terms(month_counts(95, 0, 0), QUARTER, rates=steps)

    assert found(present) == []


def test_a_rebate_just_missed_is_lowered():
    """2 % of 95 x 50."""
    rebate = [{"name": "r", "from_parcels": 100, "per": "month", "percent": 2}]
    present = present_terms(month_counts(95, 0, 0), QUARTER, rebates=rebate)
    [one] = found(present)

    assert (one.term, one.suggested) == ("rebate", "from 95 parcels per month")
    assert one.saving == 95 * 10_000


ON_TIME = {"measure": "on_time", "credit_percent": 1, "most_percent": 20}
NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
MEASURED = ReviewRow(
    *("ours", "main", 1, "service_level", "on_time", "2026 Q1"),
    actual=57 / 60,
    samples=60,
)


def served():
    """40 of 40 on time in January, 17 of 20 in February."""
    january, february = dt.date(2026, 1, 5), dt.date(2026, 2, 5)
    late = NOON + dt.timedelta(hours=1)
    return [
        *parcels_on(january, 40, due_at=NOON, done_at=NOON),
        *parcels_on(february, 17, first=41, due_at=NOON, done_at=NOON),
        *parcels_on(february, 3, first=58, due_at=NOON, done_at=late),
    ]


def test_a_level_never_credited_is_asked_for_as_measured():
    """0.95 on the whole; February's 0.85 misses it by 10 points of 1 % of 1,000."""
    level = [{**ON_TIME, "promised": 0.8}]
    present = present_terms(served(), QUARTER, [MEASURED], service_levels=level)
    [one] = found(present)

    assert (one.term, one.now, one.suggested) == ("service_level", "0.8", "0.95")
    assert one.saving == 100 * 10_000


def test_a_level_that_was_credited_stays():
    """February's 0.85 is 5 points below 0.90."""
    level = [{**ON_TIME, "promised": 0.9}]
    present = present_terms(served(), QUARTER, [MEASURED], service_levels=level)

    assert found(present) == []
