"""
What a partner's service was in a month, as exact fractions, and the points it missed.

As `service_levels` measures them: on_time is of parcels that had a due time and were
done or lost, uncollected of those brought to a store, lost and damaged of all;
data_delay_h is the median of the hours from when a parcel was done until we were told.
Parcels of days on which a clause suspends service levels do not count.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import polars as pl

from cstore_cli.settings.agreement import ServiceLevel

_TWO_HOURS_US = 2 * 3_600_000_000
COUNTS = (
    *("parcels", "timed", "on_time", "lost", "damaged", "brought", "uncollected"),
    *("told", "delays_us"),
)
"""Parcels of each kind; ``delays_us`` is twice the median delay."""


def level_counts(counts: pl.Expr) -> list[pl.Expr]:
    """Return `COUNTS` as aggregations; ``counts`` says which parcels count."""
    to_store = pl.col("service") == "store_delivery"
    outcome = pl.col("outcome")
    of = {
        "parcels": counts,
        "timed": counts & pl.col("timed"),
        "on_time": counts & pl.col("timed") & pl.col("on_time"),
        "lost": counts & (outcome == "lost"),
        "damaged": counts & (outcome == "damaged"),
        "brought": counts & to_store,
        "uncollected": counts & to_store & (outcome == "uncollected"),
        "told": counts & pl.col("delay_us").is_not_null(),
    }
    delays = pl.when(counts).then("delay_us")
    middle = delays.quantile(0.5, "lower") + delays.quantile(0.5, "higher")
    return [
        *(which.sum().cast(pl.Int64).alias(name) for name, which in of.items()),
        middle.cast(pl.Int64).alias("delays_us"),
    ]


def measured(level: ServiceLevel, counts: Mapping[str, int]) -> Fraction | None:
    """Return the share, or hours, measured; None where nothing was."""
    if level.measure == "data_delay_h":
        told = counts["told"]
        return Fraction(counts["delays_us"], _TWO_HOURS_US) if told else None
    of = {"on_time": "timed", "uncollected": "brought"}.get(level.measure, "parcels")
    return Fraction(counts[level.measure], counts[of]) if counts[of] else None


def points_missed(level: ServiceLevel, value: Fraction) -> int:
    """Return the whole points (0.01, or an hour) by which a promise was missed."""
    promised = Fraction(Decimal(str(level.promised)))
    missed = promised - value if level.measure == "on_time" else value - promised
    point = Fraction(1) if level.measure == "data_delay_h" else Fraction(1, 100)
    return max(0, missed // point)
