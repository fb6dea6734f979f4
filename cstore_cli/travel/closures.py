"""Places and road links that are closed for a time."""

from datetime import datetime

import polars as pl

from cstore_cli.travel.faults import Rule, broken, refuse, refuse_columns_missing
from cstore_cli.travel.instants import in_force
from cstore_cli.travel.roads import Link

TABLE = "closures"
COLUMNS = ("location_id", "from_node", "to_node", "from", "to")
Window = tuple[datetime, datetime]
"""Closed from the first instant up to the second."""


def check_closures(closures: pl.DataFrame) -> None:
    """
    Refuse rows that close neither one place nor one link, or no time.

    Raises
    ------
    InputError
        Naming every such row.
    """
    refuse_columns_missing(TABLE, closures, COLUMNS)
    place, start, end = (
        pl.col(c).is_not_null() for c in ("location_id", "from_node", "to_node")
    )
    one_thing = (place & ~start & ~end) | (~place & start & end)
    what = "close either a location_id or a link from_node, to_node"
    refuse(
        TABLE,
        broken(
            TABLE,
            closures,
            [
                Rule("location_id", one_thing, what),
                Rule("to", pl.col("to") > pl.col("from"), "must be after from"),
            ],
        ),
    )


def closed_links_at(when: datetime, closures: pl.DataFrame) -> frozenset[Link]:
    """Return the links closed at an instant, as pairs of node ids in text."""
    check_closures(closures)
    closed = in_force(closures, when).filter(pl.col("from_node").is_not_null())
    return frozenset(
        closed.select(pl.col("from_node", "to_node").cast(pl.String)).iter_rows()
    )


def closed_windows(location_id: str, closures: pl.DataFrame) -> tuple[Window, ...]:
    """Return when a place is closed, in order, touching windows joined."""
    check_closures(closures)
    rows = closures.filter(pl.col("location_id").cast(pl.String) == location_id).select(
        "from", "to"
    )
    windows: list[Window] = []
    for start, end in sorted(rows.iter_rows()):
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        else:
            windows.append((start, end))
    return tuple(windows)
