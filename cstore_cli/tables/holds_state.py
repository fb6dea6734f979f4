"""
The lines of OUT/holds_state.csv, where no ledger remembers what expire-holds did.

Rows are only ever appended, a run at a time, each row one line. The last row of a run,
`committed`, tells how many came before it: a run without it never happened. The run
after such a one first marks the end of the file with ``,stopped``, either behind the
torn last line or as a line of its own.
"""

import datetime as dt
from pathlib import Path

import dataframely as dy
import polars as pl

from cstore_cli.errors import InputError
from cstore_cli.tables import columns as c
from cstore_cli.tables.write import csv_bytes

ACTS = ("expired", "reminded", "reinstated", "reverted")
COMMITTED = "committed"
STOPPED = "stopped"
# A row is one line, so that a torn one harms no other.
PLAIN = ["\\", "\n", "\r", "\0"]
ESCAPED = ["\\\\", "\\n", "\\r", "\\0"]
_INSTANT = "%Y-%m-%dT%H:%M:%S%.f%:z"


class HoldsState(dy.Schema):
    """What a run did to a hold, and which runs are whole."""

    run_id = c.identity()
    act = c.code(*ACTS, COMMITTED)
    parcel_id = c.text(nullable=True)
    store_id = c.text(nullable=True)
    ready_at = c.instant(nullable=True)
    deadline = c.instant(nullable=True)
    litres = c.number(nullable=True, min=0)
    detail = c.text(nullable=True)
    """A reason, the hours of a reminder, or how many rows a `committed` run has."""
    recorded_at = c.instant()

    @dy.rule()
    def names_a_hold(cls) -> pl.Expr:
        """Every row but the last of its run has a parcel and when it was ready."""
        hold = pl.col("parcel_id").is_not_null() & pl.col("ready_at").is_not_null()
        return hold | (pl.col("act") == COMMITTED)

    @dy.rule()
    def counts_its_rows(cls) -> pl.Expr:
        """The detail of the last row of a run is the number of the others."""
        is_number = pl.col("detail").fill_null("").str.contains("^[0-9]{1,12}$")
        return is_number | (pl.col("act") != COMMITTED)


_COLUMNS = HoldsState.column_names()
HEADER = b"\xef\xbb\xbf" + ",".join(_COLUMNS).encode() + b"\n"


def has_header(start: bytes, path: Path) -> bool:
    """
    Whether the header stands whole at the start of the file.

    Raises
    ------
    InputError
        When something else stands there.
    """
    line, end, _ = start.partition(b"\n")
    if end and line.removesuffix(b"\r") + end == HEADER:
        return True
    if HEADER.startswith(start):
        return False
    raise InputError(
        f"{path}:1: is not what expire-holds remembers (expected the header "
        f"{','.join(_COLUMNS)}). Choose another --out, or move this file away to begin "
        "with an empty memory."
    )


def run_lines(run_id: str, rows: pl.DataFrame, now: dt.datetime) -> bytes:
    """The rows of a run as they stand in the file, and the one that commits them."""
    end = {"act": [COMMITTED], "detail": [str(len(rows))]}
    frame = pl.concat(
        [
            rows.select(
                pl.col("act", "parcel_id", "store_id", "detail").cast(pl.String),
                pl.col("ready_at", "deadline").dt.to_string(_INSTANT),
                pl.col("litres").cast(pl.Float64),
            ),
            pl.DataFrame(end),
        ],
        how="diagonal",
    ).with_columns(run_id=pl.lit(run_id), recorded_at=pl.lit(now.isoformat()))
    cells = pl.col(pl.String).str.replace_many(PLAIN, ESCAPED)
    cells = pl.when(cells != "").then(cells)
    data = csv_bytes(frame.select(_COLUMNS).with_columns(cells.name.keep()))
    return data.removeprefix(HEADER)
