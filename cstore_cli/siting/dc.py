"""Distribution centres for the stores there will be, chosen on top of them."""

import numpy as np
import polars as pl

from cstore_cli.errors import InfeasibleError
from cstore_cli.location.siting import SitingProblem
from cstore_cli.location.uncapacitated import site_uncapacitated
from cstore_cli.milp import Limits
from cstore_cli.settings.site_choice import DcSettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.places import places_of
from cstore_cli.siting.plan import DcPlan, SitePlan
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.drives import drives

MOST_LISTED = 10


def choose_dcs(
    plan: SitePlan, inputs: SiteInputs, settings: SiteStoresSettings, limits: Limits
) -> DcPlan | None:
    """
    Choose where the DCs of ``plan``'s stores stand; None if none are asked or needed.

    Of n stores with w_i parcels a day and m candidates, d_ij km away, at a cost f each,

        min   sum_j f y_j + t sum_ij w_i d_ij x_ij                              (1)
        s.t.  each store is served by one of p open DCs

    taking the stores as given. Where DCs are now, or the headquarters, has no say. A
    store without parcels counts like a thousandth of one, so that its DC is near.

    Raises
    ------
    InfeasibleError
        When there are fewer candidates than DCs, or a store that none reaches.
    NoPlanError
        When time ran out before the first plan.
    """
    asked = settings.dc
    if asked is None or plan.sites.is_empty():
        return None
    candidates = _candidates(asked, plan, inputs)
    if len(candidates) < asked.count:
        raise InfeasibleError(
            f"{asked.count} DCs are asked for; there are {len(candidates)} candidates "
            f"(dc.candidates: {asked.candidates}). Nearest: count: {len(candidates)}."
        )
    km, _ = drives(
        places_of(candidates, "dc_id"),
        places_of(plan.sites, "site_id"),
        settings.travel,
        nodes=inputs.road_nodes,
        links=inputs.road_links,
        matrix=inputs.travel_matrix,
    )
    _refuse_unreached(km, plan)
    parcels = np.maximum(plan.sites["parcels_day"].to_numpy(), 1e-3)
    siting = site_uncapacitated(_problem(asked, km, parcels), limits)
    chosen = candidates[siting.open_sites]
    names = candidates["dc_id"].to_list()
    dc_of = tuple(names[j] for j in siting.site_of.tolist())
    served = pl.DataFrame({"dc_id": dc_of, "parcels": plan.sites["parcels_day"]})
    given = served.group_by("dc_id").agg(
        stores=pl.len(), parcels_day=pl.col("parcels").sum()
    )
    centers = chosen.join(given, on="dc_id", how="left", maintain_order="left")
    return DcPlan(
        centers=centers.with_columns(pl.col("stores", "parcels_day").fill_null(0)),
        dc_of=dc_of,
        km_of=tuple(km[siting.site_of, np.arange(len(dc_of))].tolist()),
        cost_twd_day=siting.cost,
        bound=siting.bound,
        gap=siting.gap,
        proven=siting.proven,
    )


def _candidates(asked: DcSettings, plan: SitePlan, inputs: SiteInputs) -> pl.DataFrame:
    """Return dc_id, lat, lon of the places where a DC may stand."""
    match asked.candidates:
        case "sites":
            frame, name = inputs.sites, "site_id"
        case "stores":
            frame, name = plan.sites, "site_id"
        case "distribution_centers":
            frame, name = inputs.distribution_centers, "dc_id"
    return frame.select(pl.col(name).alias("dc_id"), "lat", "lon")


def _refuse_unreached(km: np.ndarray, plan: SitePlan) -> None:
    lost = plan.sites["site_id"].filter(pl.Series(np.isnan(km).all(axis=0))).to_list()
    if lost:
        more = ", ..." if len(lost) > MOST_LISTED else ""
        raise InfeasibleError(
            f"{len(lost)} of {len(plan.sites)} stores are reached from no candidate "
            f"for a DC: {', '.join(lost[:MOST_LISTED])}{more}. Nearest: a larger "
            "travel.snap_limit_km, or other candidates (dc.candidates)."
        )


def _problem(asked: DcSettings, km: np.ndarray, parcels: np.ndarray) -> SitingProblem:
    """Return (1) with km (m, n) from candidates to stores."""
    num, n = km.shape
    cost = asked.cost_twd_per_parcel_km * parcels[:, None] * km.T
    cost = np.where(np.isnan(cost), np.inf, cost)
    order = np.argsort(cost, axis=1, kind="stable")
    ordered = np.take_along_axis(cost, order, axis=1)
    finite = np.isfinite(ordered)
    return SitingProblem(
        start=np.concatenate([[0], np.cumsum(finite.sum(axis=1))]),
        site=order[finite],
        cost=ordered[finite],
        unserved_cost=np.full(n, np.inf),
        fixed_cost=np.full(num, float(asked.fixed_cost_twd_day)),
        demand=parcels,
        capacity=np.full(num, np.inf),
        must_open=np.zeros(num, dtype=np.bool_),
        may_open=np.ones(num, dtype=np.bool_),
        num_open=asked.count,
        spend=np.zeros(num),
        budget=np.inf,
        too_near=np.zeros((0, 2), dtype=np.int64),
    )
