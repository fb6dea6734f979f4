"""A partner's invoice, as it is compared with what was settled."""

from pathlib import Path

import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.partners.amounts import MOST, UNITS
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.partners import Invoice
from cstore_cli.tables.read import read_table, whole


def read_invoice(path: Path, time_zone: str) -> pl.DataFrame:
    """
    Read an invoice, which must be without a fault, with ``amount`` in units.

    Raises
    ------
    InputError
        With every fault.
    """
    source = TableSource(path=str(path))
    frame = whole(
        read_table(source, Invoice, time_zone, key="line_id"), f"The invoice {path}"
    )
    units = pl.col("amount") * UNITS
    odd = (units - units.round()).abs() > 1e-3 * pl.col("amount").abs().clip(1)
    wrong = frame.filter(odd | (pl.col("amount").abs() > MOST))
    if len(wrong):
        what = f"has more than 4 decimals, or is beyond {MOST:,}"
        faults = [Fault(str(path), line, "amount", what) for line in wrong["line"]]
        raise InputError(f"The invoice {path}: {len(faults)} fault(s):", faults)
    return frame.with_columns(units.round().cast(pl.Int64).alias("amount"))
