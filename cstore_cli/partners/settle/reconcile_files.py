"""differences.csv, and what summary.json tells of an invoice."""

from typing import Any

import polars as pl

from cstore_cli.partners.amounts import money_of
from cstore_cli.partners.settle.reconcile import Reconciled
from cstore_cli.tables.write import csv_bytes

_MONEY = ("expected", "invoiced", "difference")


def differences_bytes(reconciled: Reconciled) -> bytes:
    """Return differences.csv: what is owed, what is invoiced, and why they differ."""
    frame = reconciled.differences
    told = [
        pl.Series(name, [money_of(units) for units in frame[name]], dtype=pl.String)
        for name in _MONEY
    ]
    return csv_bytes(frame.with_columns(told))


def reconciled_told(reconciled: Reconciled) -> dict[str, Any]:
    """Return the sums of an invoice and of its differences by cause."""
    return {
        "partner": reconciled.partner,
        "lines": reconciled.num_lines,
        "expected": money_of(reconciled.expected),
        "invoiced": money_of(reconciled.invoiced),
        "difference": money_of(reconciled.invoiced - reconciled.expected),
        "differences": {
            cause: {"lines": lines, "difference": money_of(units)}
            for cause, lines, units in by_cause(reconciled).iter_rows()
        },
    }


def by_cause(reconciled: Reconciled) -> pl.DataFrame:
    """Return the differences' number and sum by cause, the largest first."""
    return (
        reconciled.differences.group_by("cause")
        .agg(pl.len().alias("lines"), pl.col("difference").sum())
        .sort(pl.col("difference").abs(), "cause", descending=[True, False])
    )
