"""What partners are ranked from, beside settings and agreements."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, eq=False)
class RankInputs:
    """
    ``parcels`` are what partners did, under `PartnerParcels`.

    The others are None where no table of them is named: volumes to come, stores, and
    the sites that site-stores scored.
    """

    parcels: pl.DataFrame
    volumes: pl.DataFrame | None = None
    stores: pl.DataFrame | None = None
    site_scores: pl.DataFrame | None = None
