"""Tests of parcels that came against parcels promised."""

import datetime as dt

from review_cases import JANUARY, QUARTER, month_counts, settlement, table
from settle_cases import clause_of, parcels_on, version_of

from cstore_cli.partners.review.levels import level_rows
from cstore_cli.partners.review.volumes import volume_rows

PROMISE = {"name": "promised", "parcels": 80, "shortfall_fee": 2}


def rows_of(topic, version, parcels, days=JANUARY, clauses=()):
    found = volume_rows(*settlement(version, parcels, days, clauses))
    return [row for row in found if row.topic == topic]


def test_a_month_tells_its_parcels_and_what_was_charged():
    [row] = rows_of("volume", version_of(), month_counts(5))

    assert (row.period, row.actual, row.amount) == ("2026-01", 5, 250 * 10_000)


def test_a_promise_missed_costs_its_fee():
    """5 of 80 came: 75 x 2."""
    version = version_of(commitments=[PROMISE])
    [row] = rows_of("commitment", version, month_counts(5))

    assert (row.promised, row.actual, row.amount) == (80, 5, 150 * 10_000)


def test_a_promise_of_some_parcels_says_of_which():
    some = {**PROMISE, "services": ["store_delivery", "door_delivery"]}
    [row] = rows_of("commitment", version_of(commitments=[some]), month_counts(5))
    assert row.told == "counts only store_delivery, door_delivery"

    [row] = rows_of(
        "commitment",
        version_of(commitments=[{**some, "zones": ["east"]}]),
        month_counts(5),
    )
    assert row.told == "counts only store_delivery, door_delivery in east"


def test_a_suspended_promise_is_owed_for_its_other_days():
    """21 of 31 days: 80 x 21 / 31 = 54; 54 - 5 = 49 x 2."""
    version = version_of(commitments=[PROMISE])
    storm = clause_of("commitments", first="2026-01-08", last="2026-01-17")
    [row] = rows_of("commitment", version, month_counts(5), clauses=[storm])

    assert (row.promised, row.amount) == (54, 98 * 10_000)
    assert row.told == "owed for 21 of 31 days"


def test_a_quarter_is_told_once_it_is_there_whole():
    version = version_of(commitments=[{**PROMISE, "per": "quarter"}])
    parcels = month_counts(5, 6, 7)
    [row] = rows_of("commitment", version, parcels, QUARTER)
    from_february = dt.date(2026, 2, 1), dt.date(2026, 3, 31)

    assert (row.period, row.actual, row.amount) == ("2026 Q1", 18, 124 * 10_000)
    assert rows_of("commitment", version, parcels, from_february) == []


def test_more_than_the_partner_takes_is_told():
    version = version_of(quantities={"minimum": 3, "maximum": 5})
    rows = rows_of("quantity", version, month_counts(6, 5, 2), QUARTER)

    told = [(row.name, row.period, row.promised, row.actual) for row in rows]
    assert told == [("maximum", "2026-01", 5, 6), ("minimum", "2026-03", 3, 2)]


def test_no_parcel_is_less_than_no_smallest_order():
    """The smallest order is of periods with any."""
    version = version_of(quantities={"minimum": 3})

    assert rows_of("quantity", version, month_counts(4, 0, 4), QUARTER) == []


def test_a_level_is_measured_beside_its_promise_and_credits():
    """18 of 20 on time is 0.90: 5 points below 0.95, 1 % each of 1,000."""
    noon, late = (dt.datetime(2026, 1, 5, h, tzinfo=dt.UTC) for h in (12, 18))
    day = dt.date(2026, 1, 5)
    parcels = [
        *parcels_on(day, 18, due_at=noon, done_at=noon),
        *parcels_on(day, 2, first=19, due_at=noon, done_at=late),
    ]
    promise = {
        "measure": "on_time",
        "promised": 0.95,
        "credit_percent": 1,
        "most_percent": 10,
    }
    charged, agreements = settlement(version_of(service_levels=[promise]), parcels)
    [row] = level_rows(table(parcels), charged, agreements, "2026-01")

    assert (row.promised, row.actual, row.samples) == (0.95, 0.9, 20)
    assert row.low < 0.9 < row.high
    assert row.amount == -50 * 10_000
