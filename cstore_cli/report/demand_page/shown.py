"""What the page of an analysis of demand shows."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.demand.customers.who import PickupHours, Potential, Segments
from cstore_cli.demand.history import History
from cstore_cli.demand.results import Backtest

TOTAL = "*"
MOST_AREAS = 1_000
"""Areas that the page holds at most, those of most orders to come."""
MOST_CELLS = 800_000
"""Areas times periods of history that the page holds at most."""
MOST_LISTED = 200
"""Rows of a table at most."""
_DIGITS = 3


@dataclass(frozen=True, eq=False)
class ShownDemand:
    """
    An analysis, part by part.

    ``areas`` has area_id and, where known, name, lat and lon; ``table`` is that of the
    forecast; ``season`` is how many periods the naive forecast goes back;
    ``num_rejected`` counts rows put aside, ``unused`` names columns not used.
    """

    areas: pl.DataFrame
    history: History
    table: pl.DataFrame
    backtest: Backtest
    season: int
    drivers: pl.DataFrame
    segments: Segments
    potential: Potential | None
    pickup_hours: PickupHours | None
    warnings: tuple[str, ...] = ()
    num_rejected: int = 0
    unused: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """Of time: day or week."""
        return "day" if self.history.period_days == 1 else "week"

    @property
    def total(self) -> pl.DataFrame:
        """The rows of the total."""
        return self.table.filter(pl.col("area_id") == TOTAL).sort("date")

    @property
    def of_areas(self) -> pl.DataFrame:
        """The rows of areas."""
        return self.table.filter(pl.col("area_id") != TOTAL)

    @property
    def listed(self) -> pl.DataFrame:
        """
        The areas of most orders to come.

        Columns: area_id, orders, a_period (orders), history_days, segment,
        orders_per_1000, name, lat, lon, row (of the history).
        """
        sums = self.of_areas.group_by("area_id").agg(
            pl.col("mean").sum().alias("orders"),
            pl.col("mean").mean().alias("a_period"),
            pl.col("history_days").first(),
        )
        place = self.areas.select(
            "area_id",
            *(
                pl.col(name) if name in self.areas.columns else pl.lit(None).alias(name)
                for name in ("name", "lat", "lon")
            ),
        ).cast({"name": pl.String, "lat": pl.Float64, "lon": pl.Float64})
        segment = self.segments.table.select("area_id", "segment", "orders_per_1000")
        rows = pl.DataFrame(
            {
                "area_id": list(self.history.area_ids),
                "row": range(len(self.history.area_ids)),
            },
            schema={"area_id": pl.String, "row": pl.Int64},
        )
        joined = sums
        for more in (segment, place, rows):
            joined = joined.join(more, on="area_id", how="left")
        return (
            joined.with_columns(pl.col(pl.Float64).fill_nan(None))
            .with_columns(pl.col(pl.Float64).exclude("lat", "lon").round(_DIGITS))
            .sort("orders", "area_id", descending=[True, False])
            .head(MOST_AREAS)
        )

    @property
    def num_periods(self) -> int:
        """Past periods that the page holds, the latest."""
        areas = min(max(len(self.history.area_ids), 1), MOST_AREAS)
        return min(self.history.num_past, max(MOST_CELLS // areas, 1))

    @property
    def past_total(self) -> list[float | None]:
        """Orders of all areas by past period, of those known; null where none is."""
        orders = self.history.orders
        num_known = (~np.isnan(orders)).sum(axis=0).tolist()
        sums = np.nansum(orders, axis=0).tolist()
        return [s if n else None for s, n in zip(sums, num_known, strict=True)]
