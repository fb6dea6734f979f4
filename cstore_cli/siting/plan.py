"""The sites chosen, who serves whom, and how good that is."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from cstore_cli.location.siting import Siting

Model = Literal["p_median", "covering", "fixed_charge"]


@dataclass(frozen=True, eq=False)
class SitePlan:
    """
    What was chosen for one number of stores, or for the number that pays.

    ``sites`` has a row per open store: site_id, kind (new, existing), lat, lon, areas,
    parcels_day, capacity_parcels_day, mean_walk_m, rent_twd_month,
    running_cost_twd_day. ``assignment`` has a row per area: area_id, status (served,
    beyond_radius, beyond_every_site, to_rival, lost, no_parcels), site_id, walk_m,
    parcels_day, nearest_site_id, nearest_walk_m (the nearest open store, as far as it
    may be), needs_radius_km (for beyond_every_site: the smallest that any site would
    serve it with).

    ``objective`` is what was asked for, in ``unit``; no choice is beyond ``bound``,
    ``gap`` being the share that may be missing. ``totals`` are figures of the plan.
    """

    model: Model
    num_stores: int
    objective: float
    bound: float
    unit: str
    gap: float
    proven: bool
    sites: pl.DataFrame
    assignment: pl.DataFrame
    totals: dict[str, Any]
    siting: Siting

    @property
    def objective_name(self) -> str:
        """What ``objective`` is, in words."""
        return {
            "p_median": "parcel-km on foot a day",
            "covering": "parcels a day within the radius",
            "fixed_charge": "cost a day",
        }[self.model]
