"""What replaying a day on the network now and on the chosen one gives."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

COLUMNS = {
    "stores": pl.Int64,
    "vans": pl.Int64,
    "km": pl.Float64,
    "van_hours": pl.Float64,
    "money": pl.Float64,
    "planned": pl.Int64,
    "unserved": pl.Int64,
    "deferred": pl.Int64,
    "mean_walk_m": pl.Float64,
}
"""Figures of a day on a network, as in replay.csv; its first column is network."""


@dataclass(frozen=True)
class NetworkDay:
    """
    A day planned on a network.

    ``km``, ``van_hours`` and ``money`` are those of all its ``vans``. ``planned``,
    ``unserved`` and ``deferred`` count parcels to deliver; ``mean_walk_m`` is the
    straight line of those that customers fetch, None where they fetch none.

    ``num_moved`` orders ask for another store than they did, by the assumption that
    `replay_tables.orders_for` tells. ``left_out`` counts, by table, the rows that are
    of stores the network does not have.
    """

    stores: int
    vans: int
    km: float
    van_hours: float
    money: float
    planned: int
    unserved: int
    deferred: int
    mean_walk_m: float | None
    num_moved: int
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Replay:
    """
    One day planned twice; ``num_new`` stores make the difference, and old ones if any.

    ``num_rejected`` orders of the day could not be read and are in neither plan.
    """

    date: dt.date
    now: NetworkDay
    chosen: NetworkDay
    num_new: int
    num_rejected: int

    @property
    def table(self) -> pl.DataFrame:
        """Rows now, chosen and difference (chosen less now); `COLUMNS` of each."""
        days = {"now": self.now, "chosen": self.chosen}
        rows = [
            [name, *(getattr(day, column) for column in COLUMNS)]
            for name, day in days.items()
        ]
        frame = pl.DataFrame(rows, {"network": pl.String, **COLUMNS}, orient="row")
        less = frame.select(
            pl.lit("difference").alias("network"),
            *(pl.col(column).diff().last() for column in COLUMNS),
        )
        return pl.concat([frame, less])
