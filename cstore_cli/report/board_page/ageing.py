"""How long parcels have waited on shelves, counted by day and by store."""

import datetime as dt
from zoneinfo import ZoneInfo

import polars as pl

SHELVED: dict[str, pl.DataType] = {
    "parcel_id": pl.String(),
    "store_id": pl.String(),
    "ready_at": pl.Datetime("us", "UTC"),
    "deadline": pl.Datetime("us", "UTC"),
    "litres": pl.Float64(),
    "extension_days": pl.Int64(),
    "waits": pl.Boolean(),
    "standing": pl.String(),
    "rule": pl.String(),
}
"""
Columns of parcels on shelves; null: ``ready_at`` the hold has not begun, ``deadline``
it never ends or nobody says.

``waits``: for somebody; else it goes back with the next van. ``standing`` is in words.
"""
AGES: tuple[tuple[int, int | None], ...] = (
    *((day, day) for day in range(8)),
    (8, 13),
    (14, None),
)
"""First and last whole day of each age that a store is counted by."""
_COUNTS = ("overdue", "due_today", "extended", "not_begun")


def aged(parcels: pl.DataFrame, now: dt.datetime, time_zone: str) -> pl.DataFrame:
    """
    Return parcels (`SHELVED`) with their whole days of waiting, the oldest first.

    Further columns: ``days``, null where the hold has not begun; ``overdue``, waits
    though its deadline is over; ``due_today``, ends by the end of today in
    ``time_zone``; ``extended``; ``not_begun``.
    """
    zone = ZoneInfo(time_zone)
    tomorrow = now.astimezone(zone).date() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(tomorrow, dt.time(), zone).astimezone(dt.UTC)
    at = pl.lit(now.astimezone(dt.UTC))
    deadline, waits = pl.col("deadline"), pl.col("waits")
    waited = (at - pl.col("ready_at")).dt.total_microseconds() // (24 * 3600 * 10**6)
    overdue = (waits & (deadline <= at)).fill_null(value=False)
    due_today = waits & (deadline > at) & (deadline <= midnight)
    return parcels.with_columns(
        waited.clip(lower_bound=0).alias("days"),
        overdue.alias("overdue"),
        due_today.fill_null(value=False).alias("due_today"),
        (pl.col("extension_days").fill_null(0) > 0).alias("extended"),
        pl.col("ready_at").is_null().alias("not_begun"),
    ).sort("ready_at", "parcel_id", nulls_last=True)


def by_day(parcels: pl.DataFrame) -> pl.DataFrame:
    """Return days, parcels, and how many of them are ``to_fetch``."""
    return (
        parcels.filter(pl.col("days").is_not_null())
        .group_by("days")
        .agg(pl.len().alias("parcels"), (~pl.col("waits")).sum().alias("to_fetch"))
        .sort("days")
    )


def counts_of_stores(parcels: pl.DataFrame) -> pl.DataFrame:
    """Return of each store its counts, and ``age_0``, ``age_1`` ... in `AGES`."""
    days = pl.col("days")
    ages = [
        days.is_between(first, 10**9 if last is None else last)
        .sum()
        .alias(f"age_{number}")
        for number, (first, last) in enumerate(AGES)
    ]
    return parcels.group_by("store_id").agg(pl.col(*_COUNTS).sum(), *ages)
