"""How good the places of a chain's stores are, by the scores of sites near them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.settings.partners import PartnerSettings
from cstore_cli.travel.geodesic import straight_km

CHAIN = "chain"
"""The fact that names a partner's chain in the table of stores."""


@dataclass(frozen=True)
class PlaceScore:
    """Mean score (0 to 100) of the ``scored`` places among ``stores``."""

    score: float | None
    scored: int
    stores: int


def place_score(
    name: str,
    partner: PartnerSettings,
    stores: pl.DataFrame,
    sites: pl.DataFrame,
    most_km: float,
) -> PlaceScore:
    """
    Return the mean score of the places of a partner's stores.

    A store's place is the nearest scored site; stores with no site near enough have no
    score.

    Parameters
    ----------
    name, partner
        The partner; its fact `chain` names its chain, which else is its own name.
    stores
        chain, lat and lon of every store.
    sites
        lat, lon and score of every site, as site-stores wrote them.
    most_km
        How far in a straight line the nearest site may be.
    """
    own = stores.filter(pl.col("chain") == partner.facts.get(CHAIN, name))
    if own.is_empty() or sites.is_empty():
        return PlaceScore(None, 0, len(own))
    at = {key: sites[key].to_numpy() for key in ("lat", "lon", "score")}
    found = []
    for lat, lon in own.select("lat", "lon").iter_rows():
        km = straight_km(lat, lon, at["lat"], at["lon"])
        nearest = int(np.argmin(km))
        if km[nearest] <= most_km:
            found.append(float(at["score"][nearest]))
    mean = sum(found) / len(found) if found else None
    return PlaceScore(mean, len(found), len(own))
