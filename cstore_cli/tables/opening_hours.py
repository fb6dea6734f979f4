"""Opening hours in a table that are none."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.values import opening_clocks


def unread_hours(path: str, frame: pl.DataFrame) -> Iterator[Fault]:
    """Yield a fault for each row whose ``opening_hours`` cannot be read."""
    rows = frame.select("line", "opening_hours").drop_nulls()
    for line, hours in rows.iter_rows():
        try:
            opening_clocks(hours)
        except ValueError as error:
            what, _, mend = str(error).partition("; ")
            yield Fault(path, line, "opening_hours", what, mend)
