"""Days on which a store is shut, by the closures table."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.holds.deadline import end_of_day

Windows = tuple[tuple[datetime, datetime], ...]
"""Shut from the first instant up to the second; in order, none touching the next."""


def closed_windows(closures: pl.DataFrame) -> dict[str, Windows]:
    """Store id: when it is shut; overlapping and touching rows joined, links left."""
    rows = closures.filter(pl.col("location_id").is_not_null())
    windows: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for store, start, end in sorted(rows.select("location_id", "from", "to").rows()):
        own = windows[store]
        if own and start <= own[-1][1]:
            own[-1] = (own[-1][0], max(end, own[-1][1]))
        else:
            own.append((start, end))
    return {store: tuple(own) for store, own in windows.items()}


def shut_at_the_end(
    windows: Windows, minutes: int, zone: ZoneInfo
) -> Callable[[date], bool]:
    """
    Whether the end of a local date finds the store shut.

    The last moment before the end decides: a window that begins at the end is of the
    next day, one that ends there still shuts the day.
    """
    starts = [start for start, _ in windows]

    def is_shut(day: date) -> bool:
        end = end_of_day(day, minutes, zone)
        before = bisect_left(starts, end) - 1
        return before >= 0 and windows[before][1] >= end

    return is_shut
