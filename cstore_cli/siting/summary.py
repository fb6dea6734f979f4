"""summary.json of a siting: what was asked, what was found, and what is proven."""

import math
from typing import Any

from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.plan import Curve, DcPlan, SitePlan
from cstore_cli.siting.replay import Replay
from cstore_cli.siting.scores import SiteScores


def summary_of(
    settings: SiteStoresSettings,
    scores: SiteScores,
    plan: SitePlan,
    dcs: DcPlan | None,
    curve: Curve | None,
) -> dict[str, Any]:
    """Return what a person or program wants to know without reading the tables."""
    summary: dict[str, Any] = {
        "asked": settings.choose.model_dump(),
        "objective": {
            "model": plan.model,
            "is": plan.objective_name,
            "value": plan.objective,
            "bound": _known(plan.bound),
            "gap": _known(plan.gap),
            "proven": plan.proven,
            "unit": plan.unit,
        },
        "totals": plan.totals,
        "dc": None if dcs is None else _dc(dcs),
        "demand": {
            "parcels_day": scores.parcels_day,
            "areas_by_forecast": scores.num_by_forecast,
            "forecast_column": settings.demand.forecast_column,
            "parcels_per_1000": settings.demand.parcels_per_1000,
        },
        "taken_as_given": taken_as_given(settings, dcs),
        "scores": {
            "sites": len(scores.table),
            "top": scores.best.select("rank", "site_id", "score").to_dicts(),
            "swaps": scores.swaps.to_dicts(),
            "areas_beyond_a_walk": scores.num_unreached,
            "parcels_day_beyond_a_walk": scores.unreached_parcels_day,
        },
    }
    if curve is not None:
        knee = None if curve.knee is None else curve.plans[curve.knee].num_stores
        summary["curve"] = {
            "stores": [one.num_stores for one in curve.plans],
            "knee_stores": knee,
            "best_stores": curve.plans[curve.best].num_stores,
            "shown_stores": plan.num_stores,
            "left_out": {str(number): why for number, why in curve.left_out.items()},
        }
    return summary


def replay_told(replayed: Replay) -> dict[str, Any]:
    """Return what a day replayed on the network now and as chosen came to."""
    return {
        "date": replayed.date.isoformat(),
        "networks": replayed.table.to_dicts(),
    }


def _known(value: float) -> float | None:
    """A bound that is not known yet is no number."""
    return value if math.isfinite(value) else None


def _dc(dcs: DcPlan) -> dict[str, Any]:
    return {
        "centers": dcs.centers["dc_id"].to_list(),
        "cost_twd_day": dcs.cost_twd_day,
        "bound": _known(dcs.bound),
        "gap": _known(dcs.gap),
        "proven": dcs.proven,
    }


def taken_as_given(settings: SiteStoresSettings, dcs: DcPlan | None) -> list[str]:
    """Return what a proof takes for granted."""
    given = ["demand per area", "customers walk from the centre of their area"]
    budget, spacing = settings.choose.budget_twd_month, settings.choose.min_spacing_km
    if budget is not None:
        money = settings.network.currency
        given.append(f"rent of the new stores at most {budget:,.0f} {money} a month")
    if spacing is not None:
        given.append(f"a new store {spacing:g} km or more from any other")
    if settings.choose.existing == "keep":
        given.append("own stores stay")
    if settings.choose.model != "fixed_charge":
        given.append("a store takes any number of parcels")
    if dcs is not None:
        given.append("stores, for the choice of DCs")
    return given
