"""What is owed to partners, on the manager's terminal."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.partners.amounts import UNITS, money_of
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.report.figures import whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

KINDS_TOLD = {
    "price": "parcels' prices",
    "promotion": "promotions",
    "surcharge": "surcharges",
    "compensation": "lost and damaged",
    "minimum_charge": "up to the minimum charge",
    "shortfall": "parcels promised and not sent",
    "rebate": "rebates",
    "service_credit": "credits for service",
    "correction": "corrections of earlier months",
}


def print_settlement(
    console: Console,
    settlement: Settlement,
    summary: Mapping[str, Any],
    currency: str,
) -> None:
    """
    Print what each partner is owed for what, until when, and what comes later.

    ``summary`` is that of summary.json.
    """
    rows = summary["rows"]
    total = int(settlement.totals["amount"].sum())
    print_sentence(
        console,
        f"{months_told(settlement)}: {money(total)} {currency} for "
        f"{whole(rows['charged'])} parcels",
        "bold",
    )
    if rows["rejected"]:
        print_sentence(
            console, f"{whole(rows['rejected'])} faulty rows were not charged."
        )
    for partner in settlement.partners():
        if partner not in settlement.totals["partner"]:
            console.print()
            print_sentence(console, f"{partner}: nothing is owed.")
            continue
        _print_partner(console, settlement, partner, currency)
        print_sentence(console, payment_told(summary["partners"][partner], currency))
    print_grid(
        console,
        "Not charged yet: the period is not over",
        words("partner", "what"),
        settlement.later,
    )
    if settlement.notes:
        console.print()
    for note in settlement.notes:
        print_sentence(console, f"Note: {note}")


def months_told(settlement: Settlement) -> str:
    """2026-07 to 2026-09, or the one month there is."""
    first, last = f"{settlement.first:%Y-%m}", f"{settlement.last:%Y-%m}"
    return first if first == last else f"{first} to {last}"


def money(units: int) -> str:
    """Units with thousands separated, and the decimals they have."""
    sign = "-" if units < 0 else ""
    _, point, decimals = money_of(abs(units) % UNITS).partition(".")
    return f"{sign}{abs(units) // UNITS:,}{point}{decimals}"


def _print_partner(
    console: Console, settlement: Settlement, partner: str, currency: str
) -> None:
    mine = settlement.totals.filter(pl.col("partner") == partner)
    kinds = mine.group_by("kind", maintain_order=True).agg(
        pl.col("lines").sum(), pl.col("amount").sum()
    )
    order = {kind: place for place, kind in enumerate(KINDS_TOLD)}
    rows = [
        (KINDS_TOLD[kind], whole(lines), money(amount))
        for kind, lines, amount in sorted(
            kinds.iter_rows(), key=lambda row: order[row[0]]
        )
    ]
    columns = (*words("for"), *figures("lines", currency))
    lines = whole(int(mine["lines"].sum()))
    total = ("total", lines, money(settlement.total_of(partner)))
    print_grid(console, partner, columns, rows, total)


def _spaced(amount: str) -> str:
    return f"{Decimal(amount):,f}"


def payment_told(told: Mapping[str, Any], currency: str) -> str:
    """Return until when a partner is paid, of its part of summary.json."""
    terms = told["payment"]
    sentences = [f"Due {terms['due']} if invoiced on {terms['if_invoiced_on']}."]
    if "early" in terms:
        early = terms["early"]
        sentences.append(
            f"Paid by {early['by']}: {early['percent']} % less, "
            f"{_spaced(early['then_pay'])} {currency} (saves {early['saves']})."
        )
    if "deposit_held" in terms:
        sentences.append(f"Deposit held: {_spaced(terms['deposit_held'])} {currency}.")
    return " ".join(sentences)
