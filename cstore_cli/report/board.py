"""The network at a glance, on a terminal and for programs."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.ledger.board import Board
from cstore_cli.ledger.transitions import TRANSITIONS
from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_UNSEEN = "not seen yet"
_STORES_SHOWN = 30
WAITING = "Parcels waiting, by whole days of 24 hours since they were ready"
MEANINGS: dict[str, str] = {state: rule.meaning for state, rule in TRANSITIONS.items()}
"""State: what it means."""


def print_board(console: Console, board: Board, stores: pl.DataFrame) -> None:
    """Print the counts; of ``stores`` those with the oldest parcels."""
    states = states_of(board)
    total = whole(sum(states.values()))
    print_sentence(console, f"{total} parcels", "bold")
    print_grid(
        console,
        "Parcels by state",
        (*words("state"), *figures("parcels"), *words("meaning")),
        (
            (name, whole(count), MEANINGS.get(name, ""))
            for name, count in states.items()
        ),
    )
    _print_stores(console, stores)
    print_grid(
        console,
        WAITING,
        figures("days", "parcels"),
        ((whole(days), whole(count)) for days, count in board.waiting_days.items()),
    )
    print_grid(
        console,
        "Unknown codes (add them to the partner's in the YAML, then import again)",
        (*words("partner", "code"), *figures("events", "parcels")),
        (
            (odd.partner, odd.code, whole(odd.events), whole(odd.parcels))
            for odd in board.odd_codes
        ),
    )
    if board.contradictions:
        print_sentence(
            console,
            f"{whole(board.contradictions)} events of {whole(board.contradicted)} "
            "parcels contradict what was known and do not count; `cstore track show "
            "PARCEL` marks them.",
        )


def as_json(board: Board, stores: pl.DataFrame) -> dict[str, Any]:
    """All counts, a mapping per store."""
    return {
        "parcels": sum(board.states.values()),
        "states": states_of(board),
        "stores": stores.to_dicts(),
        "waiting_days": {str(days): n for days, n in board.waiting_days.items()},
        "unknown_codes": [odd._asdict() for odd in board.odd_codes],
        "contradictions": {
            "events": board.contradictions,
            "parcels": board.contradicted,
        },
    }


def states_of(board: Board) -> Mapping[str, int]:
    """Counts in the order of a parcel's life."""
    counts: dict[str, int] = {}
    for state in (None, *TRANSITIONS):
        if board.states.get(state):
            counts[state or _UNSEEN] = board.states[state]
    return counts


def _print_stores(console: Console, stores: pl.DataFrame) -> None:
    oldest = stores.sort(
        "oldest_days", "store_id", descending=[True, False], nulls_last=True
    ).head(_STORES_SHOWN)
    more = len(stores) - len(oldest)
    title = "Stores, the longest waiting first"
    print_grid(
        console,
        f"{title} ({whole(more)} more; --out has all)" if more else title,
        (
            *words("store", "chain"),
            *figures(
                "held", "to send\nback", "oldest\ndays", "litres", "shelf\nused %"
            ),
        ),
        (
            (
                row["store_id"],
                row["chain"] or "",
                whole(row["held"]),
                whole(row["to_fetch"]),
                _tenths(row["oldest_days"]),
                tenths(row["litres"]),
                _tenths(row["shelf_used_percent"]),
            )
            for row in oldest.iter_rows(named=True)
        ),
    )


def _tenths(value: float | None) -> str:
    return "" if value is None else tenths(value)
