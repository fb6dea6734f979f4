"""What totals alone show to be impossible, before any solver starts."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from cstore_cli.location.siting import Bools, Ints, slack
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import Asked
from cstore_cli.siting.places import places_of
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.near import Near
from cstore_cli.travel.walks import walks

MOST_LISTED = 10


def impossible(
    asked: Asked, inputs: SiteInputs, settings: SiteStoresSettings
) -> list[str]:
    """Return all that cannot be, a line each with both totals; none: it may be."""
    return [
        *_must_not_together(asked, settings),
        *_too_many(asked, settings),
        *_too_few(settings),
        *_too_dear(asked, settings),
        *_too_full(asked),
        *_too_far(asked, inputs, settings),
    ]


def _must_not_together(asked: Asked, settings: SiteStoresSettings) -> Iterator[str]:
    """Sites that must open although the spacing forbids it."""
    spacing = settings.choose.min_spacing_km
    names = asked.places["site_id"]
    must = set(settings.choose.must_keep)
    for site, beside in zip(names, asked.beside_own, strict=True):
        if beside and site in must:
            yield (
                f"{site} must open, but stands nearer than {spacing:g} km to an own "
                "store (must_keep, min_spacing_km)."
            )
    for j, k in asked.problem.too_near.tolist():
        if names[j] in must and names[k] in must:
            yield (
                f"{names[j]} and {names[k]} must open, but stand nearer than "
                f"{spacing:g} km (must_keep, min_spacing_km)."
            )


def _too_many(asked: Asked, settings: SiteStoresSettings) -> Iterator[str]:
    """More stores than there are sites that may open."""
    wanted, free = settings.choose.stores, int(_free(asked).sum())
    if wanted is None or wanted <= free:
        return
    barred = len(settings.choose.must_not)
    beside = int(asked.beside_own.sum())
    sites = int((asked.places["kind"] == "new").sum())
    yield (
        f"{wanted} stores are asked for; {free} of {sites} sites may open ({barred} "
        f"are in must_not, {beside} too near an own store)."
    )


def _too_few(settings: SiteStoresSettings) -> Iterator[str]:
    """Fewer stores than must open; the YAML is checked for it, a range is not."""
    wanted, must = settings.choose.stores, len(settings.choose.must_keep)
    if wanted is not None and wanted < must:
        yield f"{wanted} stores are asked for; {must} must open (must_keep)."


def _too_dear(asked: Asked, settings: SiteStoresSettings) -> Iterator[str]:
    """A budget below the cheapest sites, as many as asked for."""
    problem, choose = asked.problem, settings.choose
    free = _free(asked)
    must = problem.must_open & free
    rents = np.sort(problem.spend[free & ~must])
    wanted = max(0, (choose.stores or 0) - int(must.sum()))
    needed = float(problem.spend[must].sum() + rents[:wanted].sum())
    if needed > problem.budget + slack(problem.budget) and wanted <= len(rents):
        what = f"the {wanted + int(must.sum())} cheapest sites"
        if must.any():
            what += f", the {int(must.sum())} of must_keep among them,"
        yield (
            f"The budget is {problem.budget:,.0f} a month; {what} cost {needed:,.0f}."
        )


def _too_full(asked: Asked) -> Iterator[str]:
    """More parcels than the sites hold, where all must be served."""
    problem = asked.problem
    free, stay = _free(asked), problem.must_open
    if not problem.capacitated or not (free | stay).any():
        return
    must_serve = np.isinf(problem.unserved_cost)
    needed = float(problem.demand[must_serve].sum())
    rest = np.sort(problem.capacity[free & ~stay])[::-1]
    own = float(problem.capacity[stay].sum())
    taken = len(rest)
    if problem.num_open is not None:
        taken = min(taken, max(0, problem.num_open - int(stay.sum())))
    room = own + float(rest[:taken].sum())
    if needed > room + slack(room):
        yield (
            f"The areas have {needed:,.1f} parcels a day; the sites that may open hold "
            f"{room:,.1f} (own stores and must_keep {own:,.1f}, the {taken} largest "
            f"others {room - own:,.1f})."
        )
    largest = float(problem.capacity[free | stay].max())
    large = must_serve & (problem.demand > largest + slack(largest))
    for i in np.flatnonzero(large)[:MOST_LISTED].tolist():
        yield (
            f"Area {asked.areas[i]} has {problem.demand[i]:,.3f} parcels a day; no "
            f"site holds more than {largest:,.3f}, and one site serves an area."
        )


def _too_far(
    asked: Asked, inputs: SiteInputs, settings: SiteStoresSettings
) -> Iterator[str]:
    """Areas that must be served and that no site reaches, with the radius they need."""
    problem = asked.problem
    usable = problem.must_open | problem.may_open
    lost = np.flatnonzero(np.isinf(problem.unserved_cost) & ~asked.reached(usable))
    if not len(lost):
        return
    radius = settings.choose.radius_km
    within = "within a walk" if radius is None else f"within radius_km: {radius:g}"
    yield (
        f"{len(lost)} of {problem.num_points} areas, with "
        f"{asked.parcels_day[lost].sum():,.1f} of {asked.parcels_day.sum():,.1f} "
        f"parcels a day, have no site {within}."
    )
    near = nearest_places(asked, inputs, settings, lost, usable)
    needed = [near.of(row)[1] for row in range(len(lost))]
    for i, km in zip(lost[:MOST_LISTED].tolist(), needed, strict=False):
        if len(km):
            yield f"  {asked.areas[i]}: the nearest site is {km[0]:.3f} km away"
        elif usable.any():
            yield f"  {asked.areas[i]}: no way on foot to any site (walk.snap_limit_km)"
    if len(lost) > MOST_LISTED:
        yield f"  and {len(lost) - MOST_LISTED} more"
    if all(len(km) for km in needed):
        reach = np.ceil(max(km[0] for km in needed) * 1000) / 1000
        yield f"  With radius_km: {reach:g} each of them has a site."


def nearest_places(
    asked: Asked,
    inputs: SiteInputs,
    settings: SiteStoresSettings,
    areas: Ints,
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
