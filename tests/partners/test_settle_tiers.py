"""Prices by steps, worked out by hand: both kinds, all periods, versions."""

import datetime as dt

from settle_cases import (
    all_lines,
    one_rate,
    parcels_on,
    period_amounts,
    settled,
    total,
    version_of,
)

JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 10) for month in (1, 2, 3))
STEPS = ((1, 50), (4, 40))


def prices(settlement):
    """Price of each parcel in the currency."""
    return [line[-1] // 10_000 for line in all_lines(settlement) if line[-3] == "price"]


def test_all_units_price_all_parcels_by_the_step_reached():
    """Three parcels cost 50 each, four 40 each: one more makes all of them cheaper."""
    version = version_of(rates=[one_rate(*STEPS)])

    assert total(settled(parcels_on(JANUARY, 3), version)) == 150
    assert total(settled(parcels_on(JANUARY, 4), version)) == 160


def test_incremental_steps_price_the_parcels_within_them():
    """Of five, in the order of their ids, three cost 50 and two 40."""
    version = version_of(rates=[one_rate(*STEPS, kind="incremental")])

    assert prices(settled(parcels_on(JANUARY, 5), version)) == [50, 50, 50, 40, 40]


def test_each_month_is_counted_anew():
    """Three in each of two months never reach the step of four."""
    version = version_of(rates=[one_rate(*STEPS)])
    rows = [*parcels_on(JANUARY, 3), *parcels_on(FEBRUARY, 3, first=11)]

    assert total(settled(rows, version)) == 6 * 50


def test_each_rate_counts_its_own_parcels():
    """Two of a rate near and two of another far are two of each."""
    near = {**one_rate((1, 50), (3, 10), name="near"), "zones": ["near"]}
    far = {**one_rate((1, 60), (3, 10), name="far"), "zones": ["far"]}
    version = version_of(rates=[near, far])
    rows = [*parcels_on(JANUARY, 2), *parcels_on(JANUARY, 2, first=5, zone="far")]

    assert total(settled(rows, version)) == 2 * 50 + 2 * 60


def test_quarters_steps_are_corrected_when_the_quarter_is_over():
    """
    Two parcels a month: January's at 50, February's at 40 (the step of four is
    reached) as March's; at the end January's two cost 10 less each.
    """
    version = version_of(rates=[one_rate(*STEPS, per="quarter")])
    rows = [
        *parcels_on(JANUARY, 2),
        *parcels_on(FEBRUARY, 2, first=11),
        *parcels_on(MARCH, 2, first=21),
    ]

    found = settled(rows, version)

    assert prices(found) == [50, 50, 40, 40, 40, 40]
    assert period_amounts(found) == {("correction", "store", "2026-03-31"): -20}


def test_correction_waits_for_the_quarters_end():
    """February's settlement does not correct January, and says when that comes."""
    version = version_of(rates=[one_rate(*STEPS, per="quarter")])
    rows = [*parcels_on(JANUARY, 2), *parcels_on(FEBRUARY, 2, first=11)]

    found = settled(rows, version, last=dt.date(2026, 2, 28))

    assert period_amounts(found) == {}
    [(partner, told)] = found.later
    assert partner == "ours"
    assert "2026 Q1: in the settlement of 2026-03" in told


def test_percentages_are_corrected_with_the_price():
    """
    10 % of a price corrected from 50 to 40 is 1 less, for each of two parcels; the
    promotion of 50 % gives 5 less back: -20 + 10 - 1 (10 % of 25, then of 20).
    """
    version = version_of(
        rates=[one_rate(*STEPS, per="quarter")],
        rounding={"decimals": 1},
        surcharges=[{"name": "fuel", "when": "always", "percent_of_price": 10}],
        promotions=[
            {
                "name": "new_year",
                "valid_from": "2026-01-01",
                "valid_to": "2026-01-31",
                "percent": 50,
            }
        ],
    )
    rows = [*parcels_on(JANUARY, 2), *parcels_on(FEBRUARY, 2, first=11)]

    found = settled(rows, version)

    lines = [line for month in found.months for line in month.lines]
    assert [(it.charge, it.amount / 10_000) for it in lines] == [
        ("store", -20),
        ("new_year", 10),
        ("fuel", -1),
    ]


def test_a_version_counts_from_its_first_day():
    """Three under version 1 and three under version 2, all in January: no step of 4."""
    first = version_of(rates=[one_rate(*STEPS)], valid_to="2026-01-15")
    second = version_of(
        rates=[one_rate((1, 48), (4, 38))], version=2, valid_from="2026-01-16"
    )
    rows = [*parcels_on(JANUARY, 3), *parcels_on(dt.date(2026, 1, 16), 3, first=11)]

    assert prices(settled(rows, first, second)) == [50, 50, 50, 48, 48, 48]


def test_a_year_that_a_version_cuts_short_is_over_with_it():
    """The version ends on 15 February: what its count changes is due that day."""
    first = version_of(rates=[one_rate(*STEPS, per="year")], valid_to="2026-02-15")
    rows = [*parcels_on(JANUARY, 2), *parcels_on(FEBRUARY, 2, first=11)]

    found = settled(rows, first, last=dt.date(2026, 2, 28))

    assert period_amounts(found) == {("correction", "store", "2026-02-15"): -20}
