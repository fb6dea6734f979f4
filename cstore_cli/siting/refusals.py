"""What cannot be asked of the sites, told with totals and the nearest ask that can."""

import math
from dataclasses import replace

import numpy as np
import polars as pl

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.siting import Bools, SitingProblem
from cstore_cli.location.uncapacitated import site_uncapacitated
from cstore_cli.milp import Limits
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import Asked
from cstore_cli.siting.places import places_of
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.near import Near
from cstore_cli.travel.walks import walks

MOST_LISTED = 10
ROUNDING = 1e-6


def refuse_impossible(
    asked: Asked, inputs: SiteInputs, settings: SiteStoresSettings
) -> None:
    """
    Refuse what totals alone show to be impossible, before any solver starts.

    Raises
    ------
    InfeasibleError
        With all that was found, a line each, and the nearest ask that can be met.
    """
    said = [
        *_must_not_together(asked, settings),
        *_too_many(asked, settings),
        *_too_dear(asked, settings),
        *_too_full(asked),
        *_too_far(asked, inputs, settings),
    ]
    if said:
        raise InfeasibleError("\n".join(["No choice of sites can do this.", *said]))


def explained(
    asked: Asked, settings: SiteStoresSettings, limits: Limits
) -> InfeasibleError:
    """Return why the rules together leave no choice, found by asking for less."""
    problem, choose = asked.problem, settings.choose
    own = int((asked.places["kind"] == "existing").sum())
    said = ["No choice of sites meets all that is asked together."]
    most = _extreme(
        replace(_without_points(problem), fixed_cost=-_ones(problem)), limits
    )
    if most is None:
        said.append("must_keep, min_spacing_km and budget_twd_month leave no choice.")
    elif problem.num_open is not None and -most < problem.num_open:
        said.append(
            f"{choose.stores} stores are asked for; the spacing and the budget allow "
            f"{-most - own} together. Nearest: stores: {-most - own}."
        )
    else:
        free = replace(problem, capacity=np.full(problem.num_sites, np.inf))
        free = replace(free, num_open=None, cost=np.zeros(len(problem.cost)))
        fewest = _extreme(replace(free, fixed_cost=_ones(problem)), limits)
        unbudgeted = replace(free, budget=np.inf, fixed_cost=problem.spend)
        least_rent = _extreme(unbudgeted, limits)
        if fewest is not None and problem.num_open is not None:
            if fewest > problem.num_open:
                said.append(
                    f"{choose.stores} stores do not reach every area within the "
                    f"radius; {fewest - own} do. Nearest: stores: {fewest - own}."
                )
            else:
                said.append(
                    "The sites that reach every area within the radius are not as "
                    "many as asked, or cannot hold their parcels one area to one site."
                )
        elif fewest is None and least_rent is not None:
            said.append(
                f"Reaching every area takes {least_rent:,.0f} a month in rent; the "
                f"budget is {problem.budget:,.0f}. Nearest: budget_twd_month: "
                f"{least_rent:,.0f}."
            )
        elif fewest is None:
            said.append(
                "min_spacing_km keeps apart the sites that every area needs within "
                "radius_km: make one smaller or the other larger."
            )
        else:
            said.append(
                "No site can hold its areas' parcels, one area to one site: raise "
                "capacity_parcels_day, or let parcels go (lost_parcel_twd)."
            )
    return InfeasibleError("\n".join(said))


def _must_not_together(asked: Asked, settings: SiteStoresSettings) -> list[str]:
    """Sites that must open although the spacing forbids it."""
    choose, problem = settings.choose, asked.problem
    said = []
    names = asked.places["site_id"]
    must = set(choose.must_keep)
    for site, beside in zip(names, asked.beside_own, strict=False):
        if beside and site in must:
            said.append(
                f"{site} must open, but stands nearer than {choose.min_spacing_km:g} "
                "km to an own store. Nearest: take it out of must_keep, or a smaller "
                "min_spacing_km."
            )
    for j, k in problem.too_near.tolist():
        if names[j] in must and names[k] in must:
            said.append(
                f"{names[j]} and {names[k]} must open, but stand nearer than "
                f"{choose.min_spacing_km:g} km. Nearest: take one out of must_keep."
            )
    return said


def _too_many(asked: Asked, settings: SiteStoresSettings) -> list[str]:
    """More stores than there are sites that may open."""
    wanted = settings.choose.stores
    free = _free(asked)
    if wanted is None or wanted <= free.sum():
        return []
    barred = len(set(settings.choose.must_not))
    beside = int(asked.beside_own.sum())
    sites = int((asked.places["kind"] == "new").sum())
    said = (
        f"{wanted} stores are asked for; {int(free.sum())} of {sites} sites may open "
        f"({barred} are in must_not, {beside} too near an own store). Nearest: stores: "
        f"{int(free.sum())}."
    )
    return [said]


def _too_dear(asked: Asked, settings: SiteStoresSettings) -> list[str]:
    """A budget below the cheapest sites, as many as asked for."""
    problem, choose = asked.problem, settings.choose
    if choose.budget_twd_month is None:
        return []
    free = _free(asked)
    must = problem.must_open & free
    rents = np.sort(problem.spend[free & ~must])
    kept = float(problem.spend[must].sum())
    wanted = max(0, (choose.stores or 0) - int(must.sum()))
    needed = kept + float(rents[:wanted].sum())
    if needed <= problem.budget * (1 + 1e-9) or wanted > len(rents):
        return []
    what = f"the {wanted + int(must.sum())} cheapest sites"
    if must.any():
        what += f" with the {int(must.sum())} of must_keep"
    affordable = np.searchsorted(np.cumsum(rents) + kept, problem.budget, "right")
    fewer = "" if kept > problem.budget else f", or stores: {affordable + must.sum()}"
    said = (
        f"The budget is {problem.budget:,.0f} a month; {what} cost {needed:,.0f}. "
        f"Nearest: budget_twd_month: {np.ceil(needed):.0f}{fewer}."
    )
    return [said]


def _too_full(asked: Asked) -> list[str]:
    """More parcels than the sites hold, where all must be served."""
    problem = asked.problem
    if not problem.capacitated:
        return []
    must_serve = np.isinf(problem.unserved_cost)
    needed = float(problem.demand[must_serve].sum())
    free = _free(asked)
    stay = problem.must_open
    rest = np.sort(problem.capacity[free & ~stay])[::-1]
    own = float(problem.capacity[stay].sum())
    taken = len(rest)
    if problem.num_open is not None:
        taken = min(taken, max(0, problem.num_open - int(stay.sum())))
    room = own + float(rest[:taken].sum())
    said = []
    if needed > room * (1 + 1e-9):
        enough = np.searchsorted(own + np.cumsum(rest), needed) + 1
        nearest = "raise capacity_parcels_day, or let parcels go (lost_parcel_twd)"
        if enough <= len(rest):
            must = int((stay & free).sum())
            nearest = f"stores: {enough + must}"
        said.append(
            f"The areas have {needed:,.1f} parcels a day; the sites that may open hold "
            f"{room:,.1f} (own stores and must_keep {own:,.1f}, the {taken} largest "
            f"others {room - own:,.1f}). Nearest: {nearest}."
        )
    largest = float(problem.capacity[free | stay].max(initial=0.0))
    said += [
        f"Area {asked.areas[i]} has {problem.demand[i]:,.1f} parcels a day; no site "
        f"holds more than {largest:,.1f}, and one site serves an area. Nearest: "
        f"capacity_parcels_day: {problem.demand[i]:.1f}."
        for i in np.flatnonzero(must_serve & (problem.demand > largest)).tolist()
    ]
    return said[:MOST_LISTED]


def _too_far(
    asked: Asked, inputs: SiteInputs, settings: SiteStoresSettings
) -> list[str]:
    """Areas that must be served and that no site reaches."""
    problem = asked.problem
    usable = problem.must_open | problem.may_open
    reached = np.zeros(problem.num_points, dtype=np.bool_)
    reached[problem.point[usable[problem.site]]] = True
    lost = np.flatnonzero(np.isinf(problem.unserved_cost) & ~reached)
    if not len(lost):
        return []
    near = nearest_places(asked, inputs, settings, lost, usable)
    rows = []
    radius_km = 0.0
    for row, i in enumerate(lost.tolist()):
        index, km = near.of(row)
        if len(index):
            radius_km = max(radius_km, float(km[0]))
            needs = f"the nearest site is {km[0]:.3f} km away"
        else:
            needs = "no way on foot leads to any site (walk.snap_limit_km?)"
        rows.append(f"  {asked.areas[i]}: {needs}")
    ways = int(np.count_nonzero(np.diff(near.start)))
    radius = settings.choose.radius_km
    within = "within a walk" if radius is None else f"within radius_km: {radius:g}"
    nearest = "walk.snap_limit_km: a larger one"
    if ways == len(lost):
        nearest = f"radius_km: {np.ceil(radius_km * 1000) / 1000:g}"
    more = f"  and {len(rows) - MOST_LISTED} more" if len(rows) > MOST_LISTED else ""
    said = (
        f"{len(lost)} of {problem.num_points} areas, with "
        f"{asked.parcels_day[lost].sum():,.1f} of {asked.parcels_day.sum():,.1f} "
        f"parcels a day, have no site {within}. Nearest: {nearest}."
    )
    return [said, *rows[:MOST_LISTED], *([more] if more else [])]


def nearest_places(
    asked: Asked,
    inputs: SiteInputs,
    settings: SiteStoresSettings,
    areas: np.ndarray,
    usable: Bools,
) -> Near:
    """Return the walks, whatever their length, from some areas to ``usable`` places."""
    return walks(
        places_of(inputs.areas[areas], "area_id"),
        places_of(asked.places.filter(pl.Series(usable)), "site_id"),
        settings.walk,
        np.inf,
        inputs.road_nodes,
        inputs.road_links,
    )


def _free(asked: Asked) -> Bools:
    """Candidates (m,) that may open."""
    is_new = (asked.places["kind"] == "new").to_numpy()
    return np.asarray(is_new & asked.problem.may_open)


def _ones(problem: SitingProblem) -> np.ndarray:
    return np.ones(problem.num_sites)


def _without_points(problem: SitingProblem) -> SitingProblem:
    none = np.zeros(0)
    return replace(
        problem,
        start=np.zeros(1, dtype=np.int64),
        site=np.zeros(0, dtype=np.int64),
        cost=none,
        unserved_cost=none,
        demand=none,
        capacity=np.full(problem.num_sites, np.inf),
        num_open=None,
    )


def _extreme(problem: SitingProblem, limits: Limits) -> int | None:
    """Return the least cost, rounded up; None without a plan, or time for one."""
    try:
        siting = site_uncapacitated(problem, limits)
    except (InfeasibleError, NoPlanError):
        return None
    return math.ceil(siting.cost - ROUNDING)
