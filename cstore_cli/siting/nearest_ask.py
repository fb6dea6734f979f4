"""The nearest ask that can be met, found by asking for less and kept only if it can."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.siting import Siting, SitingProblem
from cstore_cli.location.solve_siting import solve_siting
from cstore_cli.milp import Limits
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import Asked

SECONDS = 10.0
"""For each change that is tried."""
ROUNDING = 1e-6


def nearest_asks(asked: Asked, settings: SiteStoresSettings) -> list[str]:
    """
    Return the changes of one figure each that make a plan possible, a line each.

    Each was found as a plan that keeps all other rules, so that it can be met. How far
    a customer walks, and what is cheap, has no say.
    """
    problem = asked.problem
    free = np.zeros(len(problem.unserved_cost))
    ask = replace(
        problem,
        cost=np.zeros(len(problem.cost)),
        fixed_cost=np.zeros(problem.num_sites),
        unserved_cost=np.where(np.isfinite(problem.unserved_cost), free, np.inf),
    )
    told = [*_numbers(ask, settings), *_budgets(ask), *_rooms(ask)]
    if told:
        return [f"Nearest: {ask}." for ask in told]
    said = (
        "No change of the number of stores, of the budget or of the room alone makes "
        "it possible: look at must_keep, must_not, min_spacing_km and radius_km."
    )
    return [said]


def _numbers(ask: SitingProblem, settings: SiteStoresSettings) -> Iterator[str]:
    """Yield the number of stores next to the one asked for."""
    wanted = ask.num_open
    if wanted is None or settings.choose.stores is None:
        return
    existing = wanted - settings.choose.stores
    for sign in (1.0, -1.0):  # the fewest, then the most
        count = replace(ask, num_open=None, fixed_cost=sign * np.ones(ask.num_sites))
        found = _solved(count)
        if found is None:
            return
        number = len(found.open_sites)
        if sign * number > sign * wanted:
            yield f"stores: {number - existing}"
            return


def _budgets(ask: SitingProblem) -> Iterator[str]:
    """Yield the least budget."""
    if math.isinf(ask.budget):
        return
    found = _solved(replace(ask, budget=math.inf, fixed_cost=ask.spend))
    if found is not None:
        rent = float(ask.spend[found.open_sites].sum())
        if rent > ask.budget:
            yield f"budget_twd_month: {math.ceil(rent - ROUNDING)}"


def _rooms(ask: SitingProblem) -> Iterator[str]:
    """Yield how large a site is to be, where room alone is what lacks."""
    if not ask.capacitated:
        return
    roomy = replace(ask, capacity=np.full(ask.num_sites, np.inf))
    found = _solved(roomy)
    if found is None:
        return
    served = found.site_of >= 0
    load = np.bincount(found.site_of[served], ask.demand[served], ask.num_sites)
    if np.any(load > ask.capacity):
        yield (
            f"capacity_parcels_day: {math.ceil(load.max())} at most, or let parcels go "
            "(lost_parcel_twd)"
        )


def _solved(problem: SitingProblem) -> Siting | None:
    """Return a plan, the least if time allows; None if there is none, or no time."""
    try:
        return solve_siting(problem, Limits(deadline=Deadline.after(SECONDS)))
    except (InfeasibleError, NoPlanError):
        return None
