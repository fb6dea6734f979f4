"""The files of a review: review.csv, revisions.csv and summary.json."""

from collections import Counter
from typing import Any

import polars as pl

from cstore_cli.partners.amounts import money_of
from cstore_cli.partners.review.result import Due, Review, ReviewRow, Revision
from cstore_cli.tables.write import csv_bytes

FILES = ("review.csv", "revisions.csv", "summary.json")
_DIGITS = 6

_REVIEW = {
    "partner": pl.String(),
    "agreement": pl.String(),
    "version": pl.Int64(),
    "topic": pl.String(),
    "name": pl.String(),
    "period": pl.String(),
    "promised": pl.Float64(),
    "actual": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "samples": pl.Int64(),
    "amount": pl.String(),
    "told": pl.String(),
}
_REVISIONS = {
    "partner": pl.String(),
    "agreement": pl.String(),
    "version": pl.Int64(),
    "term": pl.String(),
    "name": pl.String(),
    "now": pl.String(),
    "suggested": pl.String(),
    "cost_now": pl.String(),
    "cost_then": pl.String(),
    "saving": pl.String(),
    "why": pl.String(),
}


def review_files(review: Review) -> dict[str, bytes]:
    """Return name: bytes of the tables; money is of the network's currency."""
    rows = [_row(row) for row in review.rows] + [_due_row(due) for due in review.due]
    table = pl.DataFrame(rows, _REVIEW, orient="row").with_columns(
        pl.col(pl.Float64).round(_DIGITS)
    )
    revisions = pl.DataFrame(
        [tuple(_revision(one).values()) for one in review.revisions],
        _REVISIONS,
        orient="row",
    )
    return {"review.csv": csv_bytes(table), "revisions.csv": csv_bytes(revisions)}


def review_summary(review: Review, currency: str) -> dict[str, Any]:
    """Return what a person or program wants to know without reading the tables."""
    charged = Counter[str]()
    for row in review.rows:
        if row.topic == "charges":
            charged[row.partner] += row.amount or 0
    return {
        "day": review.day.isoformat(),
        "first": review.first.isoformat(),
        "last": review.last.isoformat(),
        "currency": currency,
        "parcels": review.num_parcels,
        "parcels_without_terms": review.num_refused,
        "charged": {name: money_of(amount) for name, amount in charged.items()},
        "due": [
            {
                "partner": due.partner,
                "agreement": due.agreement,
                "version": due.version,
                "what": due.what,
                "on": due.on.isoformat(),
                "days_left": due.days_left,
                "warn_days": due.warn_days,
                "told": due.told,
            }
            for due in review.due
        ],
        "revisions": [_revision(one) for one in review.revisions],
        "notes": list(review.notes),
    }


def _row(row: ReviewRow) -> tuple[Any, ...]:
    return (
        *(row.partner, row.agreement, row.version, row.topic, row.name, row.period),
        *(row.promised, row.actual, row.low, row.high, row.samples),
        None if row.amount is None else money_of(row.amount),
        row.told,
    )


def _due_row(due: Due) -> tuple[Any, ...]:
    """A day to come: ``promised`` is the warning come, ``actual`` the days left."""
    return (
        *(due.partner, due.agreement, due.version, "due", due.what),
        *(due.on.isoformat(), due.warn_days, due.days_left),
        *(None, None, None, None, due.told),
    )


def _revision(one: Revision) -> dict[str, Any]:
    return {
        "partner": one.partner,
        "agreement": one.agreement,
        "version": one.version,
        "term": one.term,
        "name": one.name,
        "now": one.now,
        "suggested": one.suggested,
        "cost_now": money_of(one.cost_now),
        "cost_then": money_of(one.cost_then),
        "saving": money_of(one.saving),
        "why": one.why,
    }
