"""What the page of a siting shows."""

from dataclasses import dataclass

import polars as pl

from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.plan import Curve, DcPlan, SitePlan
from cstore_cli.siting.replay import Replay
from cstore_cli.siting.scores import SiteScores
from cstore_cli.tables.site_inputs import SiteInputs

MOST_SITES = 3_000
"""Candidates that the page holds at most, the best first; chosen ones always."""
MOST_AREAS = 5_000
"""Areas on the map and in catchments at most, those of most parcels."""
MOST_STORES = 4_000
"""Rivals' stores on the map at most."""
MOST_LISTED = 200
"""Rows of a table at most."""


@dataclass(frozen=True, eq=False)
class ShownSites:
    """A siting with what it was made from; ``curve`` and the others if there are."""

    inputs: SiteInputs
    settings: SiteStoresSettings
    scores: SiteScores
    plan: SitePlan
    dcs: DcPlan | None = None
    curve: Curve | None = None
    replay: Replay | None = None

    @property
    def currency(self) -> str:
        """Of all money on the page."""
        return self.settings.network.currency

    @property
    def new(self) -> pl.DataFrame:
        """The new stores with their rank and score, the busiest first."""
        scores = self.scores.table.select("site_id", "rank", "score")
        return (
            self._with_dc()
            .filter(pl.col("kind") == "new")
            .join(scores, on="site_id", how="left")
            .sort("parcels_day", "site_id", descending=[True, False])
        )

    @property
    def own(self) -> pl.DataFrame:
        """The own stores that stay, the busiest first."""
        kept = self._with_dc().filter(pl.col("kind") == "existing")
        return kept.sort("parcels_day", "site_id", descending=[True, False])

    @property
    def rivals(self) -> pl.DataFrame:
        """Stores of other chains."""
        own = self.inputs.is_own(self.settings.network.own_chains)
        return self.inputs.stores.filter(~own).head(MOST_STORES)

    @property
    def candidates(self) -> pl.DataFrame:
        """The best candidates as they were scored, and every one that was chosen."""
        table = self.scores.table
        chosen = pl.col("site_id").is_in(self.new["site_id"].implode())
        place = self.inputs.sites.select("site_id", "name", "lat", "lon")
        return (
            table.with_columns(chosen=chosen)
            .filter(pl.col("chosen") | (pl.col("rank") <= MOST_SITES))
            .join(place, on="site_id", how="left", maintain_order="left")
        )

    @property
    def areas(self) -> pl.DataFrame:
        """Areas of most parcels with who serves them, and where."""
        place = self.inputs.areas.select("area_id", "name", "lat", "lon")
        return (
            self.plan.assignment.join(place, on="area_id", how="left")
            .sort("parcels_day", "area_id", descending=[True, False])
            .head(MOST_AREAS)
        )

    def _with_dc(self) -> pl.DataFrame:
        sites = self.plan.sites
        if self.dcs is None:
            return sites.with_columns(
                dc_id=pl.lit(None, pl.String), dc_km=pl.lit(None, pl.Float64)
            )
        return sites.with_columns(
            dc_id=pl.Series(self.dcs.dc_of, dtype=pl.String),
            dc_km=pl.Series(self.dcs.km_of, dtype=pl.Float64),
        )
