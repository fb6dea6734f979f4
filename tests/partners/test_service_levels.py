"""Tests of service levels as measured, counted by hand."""

import datetime as dt

import polars as pl
import pytest
from ranked_partners import clause, parcels
from small_agreements import agreements, rate, version

from cstore_cli.partners.service_levels import (
    EVERYBODY,
    measured_levels,
    without_suspended,
)


def level(frame, measure, partner="p"):
    """Measured and samples."""
    return (
        measured_levels(frame)
        .filter(pl.col("partner") == partner, pl.col("measure") == measure)
        .select("measured", "samples")
        .row(0)
    )


def test_on_time_is_of_those_due():
    """Two in time (one at the very minute), one late, two lost, one never due."""
    frame = parcels(
        ("p", 0, {"due_h": 5, "done_h": 4}),
        ("p", 0, {"due_h": 5, "done_h": 5}),
        ("p", 0, {"due_h": 5, "done_h": 5.1}),
        ("p", 0, {"due_h": 5, "done_h": None, "outcome": "lost"}),
        ("p", 0, {"due_h": 5, "done_h": 4, "outcome": "lost"}),
        ("p", 0, {"due_h": None, "done_h": 9}),
    )

    assert level(frame, "on_time") == (2 / 5, 5)


def test_parcel_of_which_nobody_told_the_end_is_no_sample():
    frame = parcels(("p", 0, {"due_h": 5, "done_h": None}), ("p", 0, {"due_h": 5}))

    assert level(frame, "on_time") == (1, 1)


def test_lost_and_damaged_are_of_all_parcels():
    frame = parcels(
        ("p", 0, {"outcome": "lost"}),
        ("p", 0, {"outcome": "damaged", "service": "return"}),
        ("p", 0, {"outcome": None}),
        ("p", 0, {"outcome": "damaged"}),
    )

    assert level(frame, "lost") == (1 / 4, 4)
    assert level(frame, "damaged") == (2 / 4, 4)


def test_uncollected_is_of_those_brought_to_a_store():
    frame = parcels(
        ("p", 0, {"outcome": "uncollected"}),
        ("p", 0, {}),
        ("p", 0, {"service": "door_delivery"}),
        ("p", 0, {"service": "return"}),
    )

    assert level(frame, "uncollected") == (1 / 2, 2)


def test_feed_delay_is_the_median_in_hours():
    """Half an hour, two and nine; one told before it was done, at once, one never."""
    frame = parcels(
        ("p", 0, {"done_h": 4, "told_h": 4.5}),
        ("p", 0, {"done_h": 4, "told_h": 6}),
        ("p", 0, {"done_h": 4, "told_h": 13}),
        ("p", 0, {"done_h": 4, "told_h": 3}),
        ("p", 0, {"done_h": 4, "told_h": None}),
    )

    assert level(frame, "feed_delay_h") == ((0.5 + 2) / 2, 4)
    assert level(frame[2:], "feed_delay_h") == ((0 + 9) / 2, 2)


def test_everybody_is_all_of_them():
    frame = parcels(("p", 0, {"outcome": "lost"}), ("q", 0, {}), ("q", 0, {}))

    assert level(frame, "lost", EVERYBODY) == (1 / 3, 3)


def test_no_parcels_have_no_levels():
    assert measured_levels(parcels()).is_empty()


def test_interval_holds_the_level():
    frame = parcels(*[("p", 0, {"outcome": "lost"})] * 1, *[("p", 0, {})] * 28)
    row = (
        measured_levels(frame)
        .filter(pl.col("partner") == "p", pl.col("measure") == "lost")
        .row(0, named=True)
    )

    # Newcombe (1998): 1 of 29.
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.0061, 0.1718)


@pytest.mark.parametrize(
    ("suspends", "kept"), [("service_levels", [0, 3]), ("commitments", [0, 1, 2, 3])]
)
def test_days_of_a_storm_do_not_count(suspends, kept):
    """Its first and last day included; only of the partner whose agreement it is."""
    frame = parcels(*(("p", day, {}) for day in range(4)), ("q", 1, {}))
    storm = clause("p_main", 1, 2, suspends)
    signed = agreements(version("p", [rate((1, 50))]), clauses=[storm])

    left = without_suspended(frame, signed)

    first = dt.date(2026, 3, 1)
    days = [(day - first).days for day in left.filter(partner="p")["charged_on"]]
    assert days == kept
    assert left.filter(partner="q").height == 1
