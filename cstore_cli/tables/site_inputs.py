"""What stores are sited from: typed tables."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, eq=False)
class SiteInputs:
    """
    Typed tables without a fault, each under its contract.

    ``stores`` are those of all chains; ``forecast`` has no totals. Tables that were
    not given are empty, or None where empty has no meaning.
    """

    areas: pl.DataFrame
    sites: pl.DataFrame
    stores: pl.DataFrame
    distribution_centers: pl.DataFrame
    forecast: pl.DataFrame | None = None
    road_nodes: pl.DataFrame | None = None
    road_links: pl.DataFrame | None = None
    travel_matrix: pl.DataFrame | None = None

    def own(self, own_chains: list[str]) -> pl.DataFrame:
        """Return the stores of the network's own chains; none named: all."""
        if not own_chains:
            return self.stores
        return self.stores.filter(pl.col("chain").is_in(own_chains))

    def rivals(self, own_chains: list[str]) -> pl.DataFrame:
        """Return the stores of all other chains."""
        if not own_chains:
            return self.stores.clear()
        return self.stores.filter(~pl.col("chain").is_in(own_chains))
