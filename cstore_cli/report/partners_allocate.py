"""A split of volumes on the manager's terminal, also without colours and in a pipe."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rich.console import Console

from cstore_cli.report.figures import percent, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_NONE = "-"


def print_allocation(console: Console, summary: Mapping[str, Any]) -> None:
    """Print what the split costs, how good it is, who carries what, and why."""
    console.print()
    print_sentence(console, split_told(summary), "bold")
    print_sentence(console, proof_told(summary))
    print_sentence(console, beside_today_told(summary))
    _print_partners(console, summary)
    _print_commitments(console, summary)
    _print_one_more(console, summary)
    if not (summary["gap_closed"] and summary["marginal_gaps_closed"]):
        told = "Time ran out on some of these: a longer --time-limit narrows them."
        print_sentence(console, told)
    if summary["taken_as_given"]:
        console.print()
    for note in summary["taken_as_given"]:
        print_sentence(console, f"Note: {note}")


def split_told(summary: Mapping[str, Any]) -> str:
    """Return how many parcels of which months cost what."""
    months = summary["months"]
    span = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    return (
        f"{whole(summary['parcels'])} parcels of {span} for "
        f"{money_told(summary['cost'])} {summary['currency']}"
    )


def proof_told(summary: Mapping[str, Any]) -> str:
    """Return how good the split is: its bound and gap."""
    if summary["gap_closed"] and summary["gap"] == 0:
        return "Proven: no split under these terms costs less."
    began = "No" if summary["gap_closed"] else "Stopped by the time limit: no"
    return (
        f"{began} split under these terms costs less than "
        f"{whole(summary['bound'])}, gap {percent(summary['gap'])}."
    )


def beside_today_told(summary: Mapping[str, Any]) -> str:
    """Return what the split saves beside today's."""
    if summary["today_cost"] is None:
        return f"Today's split has no cost to compare: {summary['today_why']}."
    saving = Decimal(summary["saving"])
    than = "less" if saving >= 0 else "more"
    return (
        f"That is {money_told(abs(saving))} {than} than today's split under the same "
        f"terms ({money_told(summary['today_cost'])})."
    )


def _print_partners(console: Console, summary: Mapping[str, Any]) -> None:
    total = summary["parcels"]
    rows = []
    for name, its in summary["partners"].items():
        each = Decimal(its["cost"]) / its["parcels"] if its["parcels"] else None
        rows.append(
            (
                name,
                whole(its["today"]),
                whole(its["parcels"]),
                percent(its["parcels"] / total),
                money_told(its["cost"]),
                _NONE if each is None else f"{each:,.2f}",
            )
        )
    carried = sum(its["today"] for its in summary["partners"].values())
    cost = Decimal(summary["cost"])
    last = ("all", whole(carried), whole(total), "", money_told(cost), "")
    last = (*last[:-1], f"{cost / total:,.2f}")
    columns = (
        *words("partner"),
        *figures("today", "parcels", "share", summary["currency"], "a parcel"),
    )
    print_grid(console, "Who carries the parcels", columns, rows, last)


def _print_commitments(console: Console, summary: Mapping[str, Any]) -> None:
    rows = _rows(summary, "commitment")
    columns = (*words("agreement: commitment"), *figures("at least", "at most"))
    told = f"What each commitment costs a month, {summary['currency']}"
    print_grid(console, told, (*columns, *words("")), rows)


def _print_one_more(console: Console, summary: Mapping[str, Any]) -> None:
    rows = _rows(summary, "one_more_parcel")
    columns = (*words("partner"), *figures("at least", "at most"))
    told = (
        f"What a parcel costs when a partner gets one more a day, {summary['currency']}"
    )
    print_grid(console, told, (*columns, *words("")), rows)


def _rows(summary: Mapping[str, Any], kind: str) -> list[tuple[str, str, str, str]]:
    return [
        (
            it["name"],
            _NONE if it["low"] is None else f"{it['low']:,.2f}",
            _NONE if it["high"] is None else f"{it['high']:,.2f}",
            it["note"] or "",
        )
        for it in summary["marginal"]
        if it["kind"] == kind
    ]


def money_told(amount: str | Decimal) -> str:
    """37,656."""
    return f"{Decimal(amount):,.0f}"
