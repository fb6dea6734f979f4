"""
How customers share themselves among stores they can walk to: the Huff model.

The share of area i that store j has among the stores k within the radius is

    P_ij = U_ij / sum_k U_ik        U_ij = A_j / max(d_ij, d_min) ^ b       (1)

with attraction A_j, walk d_ij in km and exponent b. A site s opened alone beside the
stores there are gets, of the a_i parcels of each area,

    sum_i a_i U_is / (V_i + U_is)   V_i: sum of U_ik over all stores now    (2)

of which own stores, whose sum is O_i, lose

    sum_i a_i (O_i / V_i - O_i / (V_i + U_is))                              (3)

and the rest comes from rivals, and from areas that can walk to no store now. An area
that no store pulls is nobody's.

Source: Huff (1964), Defining and Estimating a Trading Area, Journal of Marketing 28(3),
doi:10.2307/1249154.
"""

from collections.abc import Sequence

import numpy as np

from cstore_cli.settings.site_score import HuffSettings
from cstore_cli.siting.walking import Walks, pairs, summed
from cstore_cli.travel.arrays import Bools, Floats, Ints
from cstore_cli.travel.near import Near


def attractions(chains: Sequence[str], settings: HuffSettings) -> Floats:
    """Return A_j of stores by their chains."""
    return np.array([settings.attraction.get(chain, 1.0) for chain in chains])


def pulls(
    near: Near, attraction: Floats, settings: HuffSettings
) -> tuple[Ints, Ints, Floats]:
    """Return i, j and U_ij of (1) of every walk within the radius."""
    point, index, km = pairs(near, settings.radius_km)
    away_km = np.maximum(km, settings.min_km)
    return point, index, attraction[index] / away_km**settings.distance_exponent  # (1)


def huff_parts(
    walks: Walks,
    parcels_day: Floats,
    attraction: Floats,
    is_own: Bools,
    settings: HuffSettings,
    num_sites: int,
) -> dict[str, Floats]:
    """
    Return the parts (m,) of what each site would get if it alone were opened.

    huff_parcels_day, (2); huff_share, of the parcels of all areas that it can reach,
    nan if they have none; huff_taken_parcels_day, (3); huff_net_parcels_day, what the
    network gains: (2) less (3).
    """
    own, every = _own_and_every(walks.to_stores, attraction, is_own, settings)
    new = np.full(num_sites, settings.new_site_attraction)
    area, site, pull = pulls(walks.to_sites, new, settings)
    now, ours, wanted = every[area], own[area], parcels_day[area]
    after = now + pull
    gets = np.divide(pull, after, out=np.zeros_like(after), where=after > 0)
    # (3) in one fraction, which loses no digits: O/V - O/(V+U) = O/V * U/(V+U).
    held = np.divide(ours, now, out=np.zeros_like(now), where=now > 0)
    parcels = summed(site, wanted * gets, num_sites)  # (2)
    taken = summed(site, wanted * held * gets, num_sites)  # (3)
    reached, unknown = summed(site, wanted, num_sites), np.full(num_sites, np.nan)
    return {
        "huff_parcels_day": parcels,
        "huff_share": np.divide(parcels, reached, out=unknown, where=reached > 0),
        "huff_taken_parcels_day": taken,
        "huff_net_parcels_day": parcels - taken,
    }


def _own_and_every(
    to_stores: Near, attraction: Floats, is_own: Bools, settings: HuffSettings
) -> tuple[Floats, Floats]:
    """Return O_i and V_i, (n,)."""
    num = len(to_stores.start) - 1
    area, store, pull = pulls(to_stores, attraction, settings)
    return summed(area, pull * is_own[store], num), summed(area, pull, num)
