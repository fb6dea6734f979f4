"""The rows of a table by what they belong to, in one pass."""

from collections import defaultdict
from typing import Any

import polars as pl

Row = dict[str, Any]


def rows_by(frame: pl.DataFrame, key: str) -> dict[str, list[Row]]:
    """Value of ``key``: its rows, by column name, in the order of the table."""
    rows = defaultdict(list)
    for row in frame.iter_rows(named=True):
        rows[row[key]].append(row)
    return rows
