"""Who can walk where: the walks that a score is made from."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.places import places_of
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.arrays import Floats, Ints
from cstore_cli.travel.near import Near
from cstore_cli.travel.walks import walks


@dataclass(frozen=True, eq=False)
class Walks:
    """
    From each area to the sites and to the stores, and from each site to the stores.

    The first two reach as far as the farthest that is asked for; the last as far as
    counts as within a walk.
    """

    to_sites: Near
    to_stores: Near
    from_sites: Near


def walks_of(inputs: SiteInputs, settings: SiteStoresSettings) -> Walks:
    """
    Find the walks on the network in use.

    Raises
    ------
    InputError
        When the network's tables cannot be used.
    """
    areas = places_of(inputs.areas, "area_id")
    sites = places_of(inputs.sites, "site_id")
    stores = places_of(inputs.stores, "store_id")
    walk, roads = settings.walk, (inputs.road_nodes, inputs.road_links)
    far_km = max(walk.limit_km, settings.score.huff.radius_km)
    near_km = walk.limit_km
    return Walks(
        to_sites=walks(areas, sites, walk, far_km, *roads),
        to_stores=walks(areas, stores, walk, far_km, *roads),
        from_sites=walks(sites, stores, walk, near_km, *roads),
    )


def summed(index: Ints, amount: Floats, num: int) -> Floats:
    """Return the sum of the amounts of each of ``num`` indices."""
    return np.bincount(index, weights=amount, minlength=num).astype(np.float64)


def pairs(near: Near, limit_km: float) -> tuple[Ints, Ints, Floats]:
    """Return point, index and km of every walk of at most ``limit_km``."""
    inside = near.km <= limit_km
    return near.point[inside], near.index[inside], near.km[inside]
