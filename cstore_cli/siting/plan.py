"""What choosing gives: sites and who serves whom, DCs, the curve."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

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

    @property
    def objective_name(self) -> str:
        """What ``objective`` is, in words."""
        return {
            "p_median": "parcel-km on foot a day",
            "covering": "parcels a day within the radius",
            "fixed_charge": "cost a day",
        }[self.model]


@dataclass(frozen=True, eq=False)
class DcPlan:
    """
    ``centers`` has a row per DC chosen: dc_id, lat, lon, stores, parcels_day.

    ``dc_of`` is the dc_id of each store of the plan, in its order, ``km_of`` its drive.
    ``cost_twd_day`` is the least for these stores, down to ``bound`` and ``gap``.
    """

    centers: pl.DataFrame
    dc_of: tuple[str, ...]
    km_of: tuple[float, ...]
    cost_twd_day: float
    bound: float
    gap: float
    proven: bool


@dataclass(frozen=True, eq=False)
class Curve:
    """
    Plans by number of stores, ascending.

    ``best`` is the place of the one with the best objective (of equals the fewest
    stores), ``knee`` that of the one from which on further stores bring much less, None
    where there is no such place.

    ``left_out`` tells of numbers without a plan, and why. ``table`` has a row per plan:
    stores, objective, bound, gap, proven, mean_walk_m, within_share, rent_twd_month,
    cost_twd_day, walking_twd_day, knee.
    """

    plans: tuple[SitePlan, ...]
    best: int
    knee: int | None
    left_out: dict[int, str]

    @property
    def shown(self) -> int:
        """The place of the plan to look at first: the knee, else the best."""
        return self.best if self.knee is None else self.knee

    @property
    def table(self) -> pl.DataFrame:
        """What each number of stores costs and brings."""
        return pl.DataFrame(
            [
                {
                    "stores": plan.num_stores,
                    "objective": plan.objective,
                    "bound": plan.bound,
                    "gap": plan.gap,
                    "proven": plan.proven,
                    "mean_walk_m": plan.totals["mean_walk_m"],
                    "within_share": plan.totals["within_share"],
                    "rent_twd_month": plan.totals["rent_twd_month"],
                    "walking_twd_day": plan.totals["cost_twd_day"]["walking"],
                    "cost_twd_day": plan.totals["cost_twd_day"]["total"],
                    "knee": place == self.knee,
                }
                for place, plan in enumerate(self.plans)
            ]
        )
