"""The board's table of stores: what is on each shelf, and how much of it is taken."""

from datetime import UTC, datetime

import polars as pl

AT_STORES: dict[str, pl.DataType] = {
    "store_id": pl.String(),
    "held": pl.Int64(),
    "to_fetch": pl.Int64(),
    "oldest": pl.Datetime("us", "UTC"),
    "litres": pl.Float64(),
}
"""Columns of what the ledger knows of stores: ``oldest`` is the first hold's begin."""

_US_PER_DAY = 24 * 3600 * 1e6


def by_store(
    at_stores: pl.DataFrame, stores: pl.DataFrame | None, now: datetime
) -> pl.DataFrame:
    """
    A row per store that has parcels: store_id, chain, held, to_fetch, ...

    Parameters
    ----------
    at_stores
        In the columns of `AT_STORES`.
    stores
        The stores table, for chain and shelf; None where the config names none.
    now
        For the age of the oldest hold, in days.
    """
    waited = (
        pl.lit(now.astimezone(UTC)) - pl.col("oldest")
    ).dt.total_microseconds() / _US_PER_DAY
    columns = {"store_id": pl.String, "chain": pl.String, "shelf_litres": pl.Float64}
    known = pl.DataFrame(schema=columns) if stores is None else stores.select(*columns)
    shelf = pl.col("shelf_litres")
    used = pl.when(shelf > 0).then(100 * pl.col("litres") / shelf)
    return at_stores.join(
        known, on="store_id", how="left", maintain_order="left"
    ).select(
        "store_id",
        "chain",
        "held",
        "to_fetch",
        waited.clip(lower_bound=0).round(1).alias("oldest_days"),
        pl.col("litres").round(1),
        "shelf_litres",
        used.round(1).alias("shelf_used_percent"),
    )
