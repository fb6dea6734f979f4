"""The sites that serve best: solved to proof, and told by site and by area."""

from typing import Any

import numpy as np
import polars as pl

from cstore_cli.errors import InfeasibleError
from cstore_cli.location.siting import NOBODY, Bools, Floats, Siting
from cstore_cli.location.solve_siting import solve_siting
from cstore_cli.milp import Limits
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import DAYS_PER_MONTH, Asked, asked_of
from cstore_cli.siting.nearest_ask import nearest_asks
from cstore_cli.siting.plan import SitePlan
from cstore_cli.siting.refusals import impossible, nearest_places
from cstore_cli.tables.site_inputs import SiteInputs

M_PER_KM = 1000
DIGITS = 9
REFUSED = "No choice of sites does what is asked."


def choose_sites(
    inputs: SiteInputs,
    settings: SiteStoresSettings,
    limits: Limits,
    asked: Asked | None = None,
    start: Siting | None = None,
    *,
    suggest: bool = True,
) -> tuple[SitePlan, Siting]:
    """
    Choose the sites that the settings ask for.

    Parameters
    ----------
    inputs, settings
        The tables, and what is asked.
    limits
        When to stop.
    asked
        ``asked_of`` the same, where it is known already.
    start
        The answer for another number of stores.
    suggest
        Seek the nearest ask that can be met where this one cannot.

    Returns
    -------
    tuple
        The plan, and the answer that the next may start from.

    Raises
    ------
    InfeasibleError
        When nothing can meet what is asked; with totals and, if wished, nearest asks.
    NoPlanError
        When time ran out before the first plan.
    """
    asked = asked_of(inputs, settings) if asked is None else asked
    said = impossible(asked, inputs, settings)
    try:
        siting = None if said else solve_siting(asked.problem, limits, start)
    except InfeasibleError:
        siting, said = None, ["They leave no choice together, though each alone might."]
    if siting is None:
        nearest = nearest_asks(asked, settings) if suggest else []
        raise InfeasibleError("\n".join([REFUSED, *said, *nearest]))
    assignment = _assignment(asked, siting, inputs, settings)
    sites = _sites(asked, siting, assignment)
    totals = _totals(asked, sites, assignment, settings)
    parcels = totals["parcels_day"]
    covering = settings.choose.model == "covering"
    objective = parcels - siting.cost if covering else siting.cost
    bound = parcels - siting.bound if covering else siting.bound
    missing = 0.0 if siting.gap == 0 else abs(bound - objective)
    units = {"p_median": "parcel-km/day", "covering": "parcels/day"}
    plan = SitePlan(
        model=settings.choose.model,
        num_stores=int((sites["kind"] == "new").sum()),
        objective=objective,
        bound=bound,
        unit=units.get(settings.choose.model, f"{settings.network.currency}/day"),
        gap=missing / abs(objective) if objective else siting.gap,
        proven=siting.proven,
        sites=sites,
        assignment=assignment,
        totals=totals,
    )
    return plan, siting


def _assignment(
    asked: Asked, siting: Siting, inputs: SiteInputs, settings: SiteStoresSettings
) -> pl.DataFrame:
    names = asked.places["site_id"].to_list()
    is_open = np.zeros(len(names), dtype=np.bool_)
    is_open[siting.open_sites] = True
    every = np.arange(len(asked.areas))
    near = nearest_places(asked, inputs, settings, every, is_open)
    opened = [names[j] for j in siting.open_sites.tolist()]
    nearest_km = [_first(*near.of(i)) for i in range(len(every))]
    needs = _needs(asked, siting, inputs, settings)
    captured = _captured(asked, nearest_km)
    rows = []
    for i, j in enumerate(siting.site_of.tolist()):
        found = nearest_km[i]
        walk = None
        if j != NOBODY:
            index, km = near.of(i)
            walk = float(km[index == np.searchsorted(siting.open_sites, j)][0])
        rows.append(
            {
                "area_id": asked.areas[i],
                "status": _status(asked, settings, i, j, needs, captured),
                "site_id": None if j == NOBODY else names[j],
                "walk_m": None if walk is None else walk * M_PER_KM,
                "parcels_day": float(asked.parcels_day[i]),
                "nearest_site_id": None if found is None else opened[found[0]],
                "nearest_walk_m": None if found is None else found[1] * M_PER_KM,
                "needs_radius_km": needs.get(i),
            }
        )
    return pl.DataFrame(
        rows,
        schema={
            "area_id": pl.String,
            "status": pl.String,
            "site_id": pl.String,
            "walk_m": pl.Float64,
            "parcels_day": pl.Float64,
            "nearest_site_id": pl.String,
            "nearest_walk_m": pl.Float64,
            "needs_radius_km": pl.Float64,
        },
    )


def _first(index: Any, km: Floats) -> tuple[int, float] | None:
    return (int(index[0]), float(km[0])) if len(index) else None


def _needs(
    asked: Asked, siting: Siting, inputs: SiteInputs, settings: SiteStoresSettings
) -> dict[int, float | None]:
    """Areas that no site can serve, open or not: the radius that the nearest needs."""
    problem = asked.problem
    usable: Bools = problem.may_open | problem.must_open
    left = (siting.site_of == NOBODY) & (asked.parcels_day > 0)
    alone = np.flatnonzero(left & ~asked.reached(usable) & np.isinf(asked.rival_km))
    if not len(alone):
        return {}
    near = nearest_places(asked, inputs, settings, alone, usable)
    found = [_first(*near.of(row)) for row in range(len(alone))]
    return {
        int(i): None if first is None else first[1]
        for i, first in zip(alone, found, strict=True)
    }


def _status(
    asked: Asked,
    settings: SiteStoresSettings,
    area: int,
    site: int,
    needs: dict[int, float | None],
    captured: Bools,
) -> str:
    if site != NOBODY:
        return "served"
    if asked.parcels_day[area] == 0:
        return "no_parcels"
    if captured[area]:
        return "to_rival"
    if area in needs:
        return "beyond_every_site"
    return "lost" if settings.choose.model == "fixed_charge" else "beyond_radius"


def _captured(asked: Asked, nearest: list[tuple[int, float] | None]) -> Bools:
    """Areas (n,) that a rival is nearer to than any open store of ours."""
    own_km = np.array([np.inf if first is None else first[1] for first in nearest])
    return np.asarray(asked.rival_km < own_km)


def _sites(asked: Asked, siting: Siting, assignment: pl.DataFrame) -> pl.DataFrame:
    """Return the open places with what they are given."""
    weighted = (pl.col("walk_m") * pl.col("parcels_day")).sum()
    given = (
        assignment.filter(pl.col("site_id").is_not_null())
        .group_by("site_id")
        .agg(
            areas=pl.len(),
            parcels_day=pl.col("parcels_day").sum(),
            mean_walk_m=weighted / pl.col("parcels_day").sum(),
        )
    )
    opened = asked.places[siting.open_sites]
    return (
        opened.join(given, on="site_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("areas").fill_null(0),
            pl.col("parcels_day").fill_null(0.0),
            pl.col("mean_walk_m").fill_nan(None),
            # What own stores cost is not known here, and not nothing.
            pl.when(pl.col("kind") == "new").then(
                pl.col("rent_twd_month", "running_cost_twd_day")
            ),
        )
        .select(
            *("site_id", "kind", "lat", "lon", "areas", "parcels_day"),
            *("capacity_parcels_day", "mean_walk_m"),
            *("rent_twd_month", "running_cost_twd_day"),
        )
    )


def _totals(
    asked: Asked,
    sites: pl.DataFrame,
    assignment: pl.DataFrame,
    settings: SiteStoresSettings,
) -> dict[str, Any]:
    """
    Return the figures of a plan; money per day, walks on foot.

    Walks are those of our customers: who is lost, or a rival's, walks to none of ours.
    """
    choose = settings.choose
    parcels = float(asked.parcels_day.sum())
    ours = assignment.filter(
        ~pl.col("status").is_in(["lost", "to_rival"]),
        pl.col("nearest_walk_m").is_not_null(),
    ).with_columns(reach_m=pl.coalesce("walk_m", "nearest_walk_m"))
    parcel_km = float(ours.select(pl.col("reach_m").dot("parcels_day")).item() or 0.0)
    parcel_km /= M_PER_KM
    walking = float(ours["parcels_day"].sum())
    radius_km = choose.radius_km or settings.walk.limit_km
    close = float(
        ours.filter(pl.col("reach_m") <= radius_km * M_PER_KM)["parcels_day"].sum()
    )
    by_status = dict(
        assignment.group_by("status")
        .agg(pl.col("parcels_day").sum())
        .sort("status")
        .iter_rows()
    )
    gone = by_status.get("lost", 0.0) + by_status.get("to_rival", 0.0)
    money = {
        "rent": float(sites["rent_twd_month"].sum()) / DAYS_PER_MONTH,
        "running": float(sites["running_cost_twd_day"].sum()),
        "walking": parcel_km * choose.walk_cost_twd_per_km,
        "lost": gone * (choose.lost_parcel_twd or 0.0),
    }
    return {
        "new_stores": int((sites["kind"] == "new").sum()),
        "existing_stores": int((sites["kind"] == "existing").sum()),
        "areas": len(assignment),
        "areas_by_status": dict(sorted(assignment["status"].value_counts().rows())),
        "parcels_day": parcels,
        "parcels_day_by_status": by_status,
        "mean_walk_m": parcel_km * M_PER_KM / walking if walking else None,
        "within_km": radius_km,
        "within_share": round(close / parcels, DIGITS) if parcels else None,
        "rent_twd_month": float(sites["rent_twd_month"].sum()),
        "cost_twd_day": {**money, "total": sum(money.values())},
    }
