"""What stands within a walk of each site: people, parcels, our stores and rivals."""

import numpy as np

from cstore_cli.siting.demand import Demand
from cstore_cli.siting.walking import Walks, pairs, summed
from cstore_cli.travel.arrays import Bools, Floats


def catchment_parts(
    walks: Walks, demand: Demand, is_own: Bools, limit_km: float, num_sites: int
) -> dict[str, Floats]:
    """
    Return the parts (m,) of what is at most ``limit_km`` on foot from each site.

    people_in_walk and parcels_in_walk, of the areas whose centre is; own_stores_in_walk
    and rivals_in_walk, as ``is_own`` (stores,) tells them apart.
    """
    area, site, _ = pairs(walks.to_sites, limit_km)
    beside, store, _ = pairs(walks.from_sites, limit_km)

    own = is_own[store].astype(np.float64)
    return {
        "people_in_walk": summed(site, demand.people[area], num_sites),
        "parcels_in_walk": summed(site, demand.parcels_day[area], num_sites),
        "own_stores_in_walk": summed(beside, own, num_sites),
        "rivals_in_walk": summed(beside, 1 - own, num_sites),
    }
