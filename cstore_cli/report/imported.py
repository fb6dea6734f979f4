"""What came of a partner's file: one line of counts, and the rows at fault."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.errors import Fault
from cstore_cli.ledger.record import Recorded
from cstore_cli.report.figures import whole
from cstore_cli.report.sentence import print_sentence

_CODES = 8


def print_imported(
    console: Console,
    recorded: Recorded,
    unknown: pl.DataFrame,
    rejected: int,
    faults: Sequence[Fault],
    *,
    dry_run: bool,
) -> None:
    """
    Print the faults, the codes that nobody knows, and the counts in one line.

    ``faults`` are those of the first rejected rows; all of them are in --json and
    --rejected.
    """
    for fault in faults:
        print_sentence(console, str(fault))
    lines = len({fault.line for fault in faults})
    if rejected > lines:
        more = whole(rejected - lines)
        print_sentence(console, f"... and {more} rows more; --rejected FILE has all.")
    codes = _codes(unknown)
    if codes:
        print_sentence(console, f"Unknown codes, kept aside: {codes}.")
    told = {
        "new": recorded.new,
        "known before": recorded.known,
        "altered": recorded.altered,
        "in unknown codes": len(unknown),
        "rejected": rejected,
    }
    counts = ", ".join(f"{whole(count)} {name}" for name, count in told.items())
    nothing = " (dry run: nothing was written)" if dry_run else ""
    print_sentence(console, f"Events: {counts}{nothing}.")


def as_json(
    recorded: Recorded, unknown: int, rejected: int, faults: Sequence[Fault]
) -> dict[str, Any]:
    """The counts, and every fault with its place."""
    return {
        "new": recorded.new,
        "known": recorded.known,
        "altered": recorded.altered,
        "unknown_codes": unknown,
        "rejected": rejected,
        "faults": [
            {
                "line": fault.line,
                "column": fault.column,
                "what": fault.what,
                "mend": fault.mend,
            }
            for fault in faults
        ],
    }


def _codes(unknown: pl.DataFrame) -> str:
    """The commonest of the unknown codes, with how often each was told."""
    counted = (
        unknown.group_by("code").len().sort(["len", "code"], descending=[True, False])
    )
    shown = [f"{code} ({whole(count)})" for code, count in counted.head(_CODES).rows()]
    more = len(counted) - len(shown)
    return ", ".join([*shown, f"{whole(more)} others"] if more > 0 else shown)
