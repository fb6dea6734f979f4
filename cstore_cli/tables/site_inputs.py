"""What stores are sited from: typed tables."""

from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True, eq=False)
class SiteInputs:
    """
    Typed tables without a fault, each under its contract.

    ``stores`` are those of all chains; ``forecast`` has no totals. Tables that were
    not given are empty, or None where empty has no meaning. ``areas_raw`` and
    ``sites_raw`` are the same rows as text, with the file's own columns.
    """

    areas: pl.DataFrame
    sites: pl.DataFrame
    stores: pl.DataFrame
    distribution_centers: pl.DataFrame
    forecast: pl.DataFrame | None = None
    road_nodes: pl.DataFrame | None = None
    road_links: pl.DataFrame | None = None
    travel_matrix: pl.DataFrame | None = None
    areas_raw: pl.DataFrame = field(default_factory=pl.DataFrame)
    sites_raw: pl.DataFrame = field(default_factory=pl.DataFrame)

    def is_own(self, own_chains: Collection[str]) -> pl.Series:
        """Whether each store is of the network's chains; none named: all are."""
        if not own_chains:
            return pl.repeat(True, len(self.stores), eager=True)
        return self.stores["chain"].is_in(list(own_chains))
