"""What scoring the sites gives."""

from dataclasses import dataclass

import polars as pl

from cstore_cli.settings.site_score import Criterion

SWAPS = {
    "criterion": pl.String,
    "change": pl.String,
    "weight": pl.Float64,
    "swap_weight": pl.Float64,
    "leaves": pl.String,
    "enters": pl.String,
}
"""Columns of the table of swaps."""


@dataclass(frozen=True, eq=False)
class SiteScores:
    """
    ``table`` has a row per site, the best first.

    Its columns: rank, site_id, score (0 to 100), every part by its name, then
    ``<criterion>_points``, which sum to the score. A part that is not known of a site
    is null and gives 0 points.

    ``swaps`` has two rows per criterion, in the order of ``criteria``: criterion,
    change (up or down), weight, swap_weight, leaves, enters (site_ids, ", " between
    them). Beyond swap_weight, all other weights as they are, the set of the ``top``
    best sites is another; null: no weight in that direction changes it.

    ``num_by_forecast`` of the ``num_areas`` areas have their parcels from the forecast;
    ``num_unreached`` areas, with ``unreached_parcels_day`` of all ``parcels_day``, are
    within a walk of no site and no store.
    """

    table: pl.DataFrame
    swaps: pl.DataFrame
    criteria: tuple[Criterion, ...]
    top: int
    parcels_day: float
    num_areas: int
    num_by_forecast: int
    num_unreached: int
    unreached_parcels_day: float

    @property
    def best(self) -> pl.DataFrame:
        """The rows of the best sites."""
        return self.table.head(self.top)

    def is_alike(self, criterion: str) -> bool:
        """Whether all sites known in a criterion are alike: nobody gets points."""
        return self.table[criterion].drop_nulls().n_unique() == 1
