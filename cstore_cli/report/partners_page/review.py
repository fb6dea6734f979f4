"""review.html: what comes near, what came and cost, who would be cheaper."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from cstore_cli.partners.review.result import TOO_MANY, Review, ReviewRow, Topic
from cstore_cli.report.figures import whole
from cstore_cli.report.page.page import page
from cstore_cli.report.partners_page.rows import MOST_ROWS
from cstore_cli.report.partners_review import (
    OTHER_TERMS,
    amount_told,
    level_cells,
    refused_told,
    review_told,
    signed_told,
    term_told,
)

NAME = "review.html"


def review_page(review: Review, currency: str) -> bytes:
    """Return review.html."""
    volumes = _of(review, "volume")
    months = sorted({row.period for row in volumes})
    saved = [one.saving for one in review.revisions]
    most = max(saved, default=0) or 1
    return page(
        "partners_review.html",
        title=f"Review of partners on {review.day}",
        told=review_told(review),
        refused=refused_told(review) if review.num_refused else "",
        currency=currency,
        partners=sorted({row.partner for row in review.rows}),
        due=sorted(review.due, key=lambda due: due.days_left),
        months=months,
        volumes=list(_volumes(volumes, months)),
        promises=[_promise(row) for row in _of(review, "commitment")],
        beyond=[_beyond(row) for row in _of(review, "quantity")],
        levels=[level_cells(row) for row in _of(review, "service_level")],
        others=list(_others(review)),
        other_terms=OTHER_TERMS,
        revisions=[
            (one, term_told(one), amount_told(one.saving), max(one.saving, 0) / most)
            for one in review.revisions[:MOST_ROWS]
        ],
        num_revisions=len(review.revisions),
        most=MOST_ROWS,
        notes=review.notes,
    )


def _of(review: Review, topic: Topic) -> list[ReviewRow]:
    return [row for row in review.rows if row.topic == topic]


def _volumes(rows: list[ReviewRow], months: list[str]) -> Iterator[dict[str, Any]]:
    """Yield each partner's parcels by month, and what they cost."""
    parcels: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    charged: dict[str, int] = defaultdict(int)
    for row in rows:
        parcels[row.partner][row.period] += row.actual or 0
        charged[row.partner] += row.amount or 0
    most = max((n for its in parcels.values() for n in its.values()), default=0) or 1
    for name, its in parcels.items():
        yield {
            "partner": name,
            "parcels": whole(sum(its.values())),
            "charged": amount_told(charged[name]),
            "months": [
                (whole(its[month]), its[month] / most) if month in its else ("", 0.0)
                for month in months
            ],
        }


def _promise(row: ReviewRow) -> dict[str, Any]:
    promised, actual = row.promised or 0, row.actual or 0
    return {
        "row": row,
        "promised": whole(promised),
        "actual": whole(actual),
        "share": min(1.0, actual / promised) if promised else 1.0,
        "missed": actual < promised,
        "fee": amount_told(row.amount or 0),
    }


def _beyond(row: ReviewRow) -> tuple[ReviewRow, str, str]:
    known = (row.promised, row.actual)
    promised, actual = ("-" if it is None else whole(it) for it in known)
    return row, promised, actual


def _others(review: Review) -> Iterator[dict[str, Any]]:
    """Yield what each partner's parcels would have cost under whose terms."""
    rows = _of(review, "other_terms")
    own = {row.partner: row.amount or 0 for row in rows if row.name == row.partner}
    most = max((row.amount or 0 for row in rows), default=0) or 1
    for row in rows:
        amount, is_own = row.amount or 0, row.name == row.partner
        yield {
            "partner": row.partner,
            "terms": row.name,
            "parcels": whole(row.samples or 0),
            "left": whole((row.samples or 0) - (row.actual or 0)),
            "cost": amount_told(amount),
            "share": max(amount, 0) / most,
            "own": is_own,
            "more": "-" if is_own else signed_told(amount - own[row.partner]),
            "too_many": "too many" if TOO_MANY in row.told else "",
        }
