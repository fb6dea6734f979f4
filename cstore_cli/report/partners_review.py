"""A review of partners on the terminal, also without colours and in a pipe."""

from collections import defaultdict

from rich.console import Console

from cstore_cli.partners.amounts import UNITS, money_of
from cstore_cli.partners.review.result import (
    TOO_MANY,
    Due,
    Review,
    ReviewRow,
    Revision,
    Topic,
)
from cstore_cli.report.figures import percent, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.measure import measure_told
from cstore_cli.report.sentence import print_sentence

_MOST_LISTED = 10
_NONE = "-"
_HOURS = "data_delay_h"
OTHER_TERMS = (
    "They come on top of what the other had; what it cannot carry stays at its "
    "prices. Credits and payment for lost parcels are left out. Too many: more "
    "than the other takes, or than its stage allows."
)
"""How parcels under the terms of another are counted."""


def print_review(console: Console, review: Review, currency: str) -> None:
    """Print what is due, how the past was, who would be cheaper, what to revise."""
    print_sentence(console, review_told(review), "bold")
    if review.num_refused:
        print_sentence(console, refused_told(review))
    _print_due(console, review)
    _print_months(console, review, currency)
    _print_levels(console, review, currency)
    _print_other_terms(console, review, currency)
    _print_revisions(console, review, currency)
    console.print()
    for note in review.notes:
        print_sentence(console, f"Note: {note}")


def review_told(review: Review) -> str:
    """Return what was looked back on, and how many revisions would have paid."""
    return (
        f"Review of {review.first:%Y-%m} to {review.last:%Y-%m} on {review.day}: "
        f"{whole(review.num_parcels)} parcels, {len(review.revisions)} revision(s) "
        "that would have saved money"
    )


def refused_told(review: Review) -> str:
    """Return how many parcels are left out, and where it is said why."""
    months = f"--from {review.first:%Y-%m} --to {review.last:%Y-%m}"
    return (
        f"{whole(review.num_refused)} parcels met no terms in force and are left "
        f"out; `partners settle {months}` says why."
    )


def _of(review: Review, topic: Topic) -> list[ReviewRow]:
    return [row for row in review.rows if row.topic == topic]


def _print_due(console: Console, review: Review) -> None:
    for due in review.due:
        if due.warn_days is not None or due.days_left < 0:
            print_sentence(console, warning_told(due), "yellow")


def warning_told(due: Due) -> str:
    """Return which day comes near, or passed, and why it counts."""
    when = f"in {due.days_left} days" if due.days_left >= 0 else "passed"
    return f"{due.partner}: {due.what} day {due.on} ({when}); {due.told}"


def _print_months(console: Console, review: Review, currency: str) -> None:
    """Print a row per partner: its parcels by month, and what was owed for promises."""
    months: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    charged: dict[str, int] = defaultdict(int)
    for row in _of(review, "volume"):
        months[row.partner][row.period] += row.actual or 0
        charged[row.partner] += row.amount or 0
    fees: dict[str, int] = defaultdict(int)
    short: dict[str, int] = defaultdict(int)
    for row in _of(review, "commitment"):
        fees[row.partner] += row.amount or 0
        short[row.partner] += (row.actual or 0) < (row.promised or 0)
    beyond: dict[str, int] = defaultdict(int)
    for row in _of(review, "quantity"):
        beyond[row.partner] += 1
    rows = [
        (
            name,
            whole(sum(counts.values())),
            f"{whole(min(counts.values()))} to {whole(max(counts.values()))}",
            amount_told(charged[name]),
            whole(short[name]),
            amount_told(fees[name]),
            whole(beyond[name]),
        )
        for name, counts in months.items()
    ]
    columns = figures(
        "parcels",
        "a month",
        f"charged,\n{currency}",
        "promises\nmissed",
        "fees for\nthem",
        "limits\nbroken",
    )
    print_grid(
        console, "What came, and what it cost", (*words("partner"), *columns), rows
    )


def level_cells(row: ReviewRow) -> tuple[str, ...]:
    """What was promised and measured, how surely, of how many, and the credits."""
    return (
        row.partner,
        measure_told(row.name),
        level_told(row.name, row.promised),
        level_told(row.name, row.actual),
        between_told(row),
        whole(row.samples or 0),
        amount_told(-(row.amount or 0)),
    )


def _print_levels(console: Console, review: Review, currency: str) -> None:
    rows = [level_cells(row) for row in _of(review, "service_level")]
    columns = figures(
        "promised", "measured", "95 % interval", "of", f"credits,\n{currency}"
    )
    print_grid(console, "Service", (*words("partner", "level"), *columns), rows)


def between_told(row: ReviewRow) -> str:
    """Return the interval of what was measured."""
    if row.low is None:
        return _NONE
    return f"{level_told(row.name, row.low)} to {level_told(row.name, row.high)}"


def level_told(name: str, value: float | None) -> str:
    """Return a service level's value in its unit; "-": not known."""
    if value is None:
        return _NONE
    return f"{value:.1f} h" if name == _HOURS else percent(value)


def _print_other_terms(console: Console, review: Review, currency: str) -> None:
    own = {
        row.partner: row.amount or 0
        for row in _of(review, "other_terms")
        if row.name == row.partner
    }
    rows = [
        (
            row.partner,
            row.name,
            whole(row.samples or 0),
            whole((row.samples or 0) - (row.actual or 0)),
            amount_told(row.amount or 0),
            _NONE
            if row.name == row.partner
            else signed_told((row.amount or 0) - own[row.partner]),
            "too many" if TOO_MANY in row.told else "",
        )
        for row in _of(review, "other_terms")
    ]
    columns = figures(
        "parcels", "cannot be\ncarried", f"cost,\n{currency}", "more (+) or\nless (-)"
    )
    print_grid(
        console,
        "What the parcels of each would have cost, present terms",
        (*words("parcels of", "terms of"), *columns, *words("")),
        rows,
    )
    if rows:
        print_sentence(console, OTHER_TERMS)


def _print_revisions(console: Console, review: Review, currency: str) -> None:
    shown = review.revisions[:_MOST_LISTED]
    count = len(review.revisions)
    more = f", {len(shown)} of {count}" if count > len(shown) else ""
    rows = [
        (
            one.partner,
            term_told(one),
            one.now,
            one.suggested,
            amount_told(one.saving),
        )
        for one in shown
    ]
    columns = (
        *words("partner", "term", "now", "better"),
        *figures(f"saves,\n{currency}"),
    )
    print_grid(console, f"Revisions, each by itself{more}", columns, rows)


def term_told(one: Revision) -> str:
    """Return which term a revision is of."""
    return f"{one.term.replace('_', ' ')} {measure_told(one.name)}"


def amount_told(units: int) -> str:
    """Units as money, with the decimals they have."""
    return whole(units / UNITS) if units % UNITS == 0 else money_of(units)


def signed_told(units: int) -> str:
    """+577 or -577."""
    return f"{'+' if units >= 0 else '-'}{amount_told(abs(units))}"
