"""Balanced districts: p hubs, and the hub of every point, with even work."""

import math
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.district_assignment import (
    SLACK,
    assign,
    cost,
    repaired,
    shortened,
)
from cstore_cli.location.district_branching import bound
from cstore_cli.location.district_model import smallest_tolerance, solve_districts
from cstore_cli.location.district_search import (
    FINE,
    Division,
    PricedHubs,
    first_hubs,
    kicked,
    price,
)
from cstore_cli.milp import Limits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SMALL_PAIRS = 300
"""Points times candidates up to which one MILP is solved to proof."""
TOLERANCE_STEP = 0.05
"""By which the tolerance is widened."""
CLOSE_GAP = 1e-3
"""Gap at which the search for better hubs is not worth its time."""
TRACE = 1e-6
"""Weight of a point without work, as a share of the mean: it goes to a near hub."""
MOST_LISTED = 10
"""Points named in a refusal."""
DIVIDED_SHARE = 0.25
"""Of the gap: what the division among given hubs may leave."""
RECENTRINGS = 10
"""Rounds of moving each hub to the middle of its district, at most."""


@dataclass(frozen=True)
class Districts:
    """
    ``hub_of[i]`` is the point that is the hub of point i; ``hubs`` all, ascending.

    ``work_km`` is (1); no division within ``balanced_within`` has less than ``bound``;
    ``gap`` is (work_km - bound) / work_km, and ``proven`` that it is within the limits'
    gap. ``balanced_within`` is the tolerance asked for, or the wider one it took.
    """

    hub_of: tuple[int, ...]
    hubs: tuple[int, ...]
    work_km: float
    bound: float
    gap: float
    balanced_within: float
    proven: bool


@dataclass(frozen=True, eq=False)
class _Plan:
    """The candidate that serves each point (n,), and what is known about it."""

    candidate_of: Ints
    bound: float
    tolerance: float
    proven: bool


def districts(
    work_h: Floats,
    distance_km: Floats,
    num_districts: int,
    hub_allowed: Bools,
    limits: Limits,
    tolerance: float = 0.15,
) -> Districts:
    """
    Divide n points into p districts, each about a hub that is one of its points.

        min   sum_ij w_i d_ij x_ij                work-km                         (1)
        s.t.  sum_j x_ij = 1                      one hub for each point i        (2)
              sum_j y_j = p                       p hubs                          (3)
              (1-t) q y_j <= sum_i w_i x_ij <= (1+t) q y_j,   q = sum_i w_i / p   (4)
              x_ij <= y_j,  x_jj = y_j            hubs serve, first themselves    (5)
              x_ij, y_j in {0, 1}                 i served by j; j is a hub

    Small cases are one MILP (``district_model``). Else hubs are found by prices and
    swaps (``district_search``), points are given to them by a MILP over the close calls
    (``district_assignment``), hubs move to the middle of their districts until none
    does, and a Lagrangian relaxation says how far from the best this can be
    (``district_bound``), branched on hubs where that is not near enough
    (``district_branching``). If (4) cannot be met, t grows by steps of 0.05 until it
    can. No point could go to a nearer hub without breaking (4).
    The result depends on the clock only if the deadline comes.

    Parameters
    ----------
    work_h
        w_i, hours of work at each point (n,), none negative. Points without work go to
        the nearest hub. If no point has work, all count alike.
    distance_km
        d_ij from point i to hub j (n, n), none negative; nan where j cannot serve i.
        The diagonal counts as 0.
    num_districts
        p.
    hub_allowed
        Which points may be hubs (n,).
    limits
        When to stop; the MILPs' and, as ``gap``, the whole's.
    tolerance
        t, as a share of the mean work.

    Raises
    ------
    InfeasibleError
        When p is below 1 or above the points that may be hubs, or hubs do not reach
        every point.
    NoPlanError
        When time ran out before the first plan.

    References
    ----------
    Hess et al. (1965), Nonpartisan political redistricting by computer,
    doi:10.1287/opre.13.6.998; Kalcsics and Rios-Mercado (2019), Districting problems,
    in Location Science, 2nd ed., ch. 25, doi:10.1007/978-3-030-32177-2_25.
    """
    division = _division(work_h, distance_km, num_districts, hub_allowed)
    small = division.reachable.size <= SMALL_PAIRS
    plan = (_exact if small else _searched)(division, tolerance, limits)
    lower = plan.bound
    within = _within(division, plan.tolerance)
    candidate_of = _idle_to_nearest(division, shortened(within, plan.candidate_of))
    hub_of = division.point_of[candidate_of]
    hubs = np.unique(hub_of)
    everyone = np.arange(len(hub_of))
    km = np.where(everyone == hub_of, 0, distance_km[everyone, hub_of])
    work_km = float(work_h @ km)
    lower = max(0.0, min(lower, work_km))
    gap = (work_km - lower) / work_km if work_km > 0 else 0.0
    return Districts(
        hub_of=tuple(hub_of.tolist()),
        hubs=tuple(hubs.tolist()),
        work_km=work_km,
        bound=lower,
        gap=gap,
        balanced_within=plan.tolerance,
        proven=plan.proven or gap <= limits.gap,
    )


def _division(
    work_h: Floats, distance_km: Floats, num_districts: int, hub_allowed: Bools
) -> Division:
    """Check what can be checked without a solver; limits are set later."""
    point_of = np.flatnonzero(hub_allowed)
    num_candidates, total_h = len(point_of), float(np.sum(work_h))
    if not 1 <= num_districts <= num_candidates:
        raise InfeasibleError(
            f"{num_districts} districts asked for; {num_candidates} of {len(work_h)} "
            f"points ({total_h:g} h of work) may be hubs, and each district needs one."
        )
    km = distance_km[:, point_of].astype(float)
    km[point_of, np.arange(num_candidates)] = 0
    reachable = np.isfinite(km)
    if not reachable.any(axis=1).all():
        lost = np.flatnonzero(~reachable.any(axis=1))
        raise InfeasibleError(
            f"{len(lost)} points are reached from none of the {num_candidates} points "
            f"that may be hubs: {_listed(lost)}."
        )
    work = work_h.astype(float) if total_h > 0 else np.ones(len(work_h))
    weight = np.where(work > 0, work, TRACE * work.mean())
    prohibitive = 10 * weight.sum() * max(1.0, km[reachable].max())
    km = np.where(reachable, km, prohibitive / weight[:, None])
    return Division(work, weight, km, reachable, point_of, num_districts, 0, np.inf)


def _within(division: Division, tolerance: float) -> Division:
    """Set the limits of (4)."""
    mean = division.work_h.sum() / division.num_districts
    return replace(
        division,
        low=max(0.0, (1 - tolerance) * mean * (1 - SLACK)),
        high=(1 + tolerance) * mean * (1 + SLACK),
    )


def _widened(tolerance: float, needed: float) -> float:
    """The first step from ``tolerance`` on that is at least ``needed``."""
    steps = max(0, math.ceil((needed - tolerance) / TOLERANCE_STEP - 1e-6))
    return round(tolerance + steps * TOLERANCE_STEP, 10) if steps else tolerance


def _exact(division: Division, tolerance: float, limits: Limits) -> _Plan:
    try:
        answer = solve_districts(_within(division, tolerance), limits)
    except InfeasibleError:
        needed = smallest_tolerance(division, limits)
        tolerance = _widened(tolerance, max(needed, tolerance + TOLERANCE_STEP / 2))
        answer = solve_districts(_within(division, tolerance), limits)
    farthest_km = np.where(division.reachable, division.distance_km, 0).max(axis=1)
    trace_km = (division.weight - division.work_h) @ farthest_km
    return _Plan(answer.candidate_of, answer.bound - trace_km, tolerance, answer.proven)


def _searched(division: Division, tolerance: float, limits: Limits) -> _Plan:
    mean = division.work_h.sum() / division.num_districts
    tolerance = _widened(tolerance, division.work_h.max() / mean - 1)
    while True:
        division = _within(division, tolerance)
        found = first_hubs(division, limits.deadline)
        _check_reach(division, found)
        try:
            found, own = _divided(division, found, limits)
            break
        except InfeasibleError:
            tolerance = _widened(tolerance, tolerance + TOLERANCE_STEP)
    found, own = _settled(division, found, own, limits)
    work_km = cost(division, found, own)
    enough = max(limits.gap, CLOSE_GAP)
    lower = bound(division, found, work_km, enough, limits.deadline)

    better = kicked(division, found, lower / (1 - enough), limits.deadline)
    if better is not found:
        with suppress(InfeasibleError, NoPlanError):
            better, better_own = _divided(division, better, limits)
            better, better_own = _settled(division, better, better_own, limits)
            if cost(division, better, better_own) < work_km:
                found, own = better, better_own
    return _Plan(found.hubs[own], lower, tolerance, proven=False)


def _divided(
    division: Division, found: PricedHubs, limits: Limits
) -> tuple[PricedHubs, Ints]:
    """Price the hubs well and divide the points, by a MILP only if it takes one."""
    found = price(division, found.hubs, FINE)
    own = repaired(division, found)
    return found, assign(division, found, limits) if own is None else own


def _settled(
    division: Division, found: PricedHubs, own: Ints, limits: Limits
) -> tuple[PricedHubs, Ints]:
    """Hubs in the middle of their districts, and the points divided among them."""
    found, own = _recentred(division, found, own)
    # The hubs' own distance from the best comes on top of this, and its bound after.
    half = limits.deadline.sooner(limits.deadline.left_s() / 2)
    limits = replace(limits, gap=limits.gap * DIVIDED_SHARE, deadline=half)
    return found, assign(division, found, limits, start=own)


def _recentred(
    division: Division, found: PricedHubs, own: Ints
) -> tuple[PricedHubs, Ints]:
    """Move hubs to the middle of their districts and divide again, until none moves."""
    for _ in range(RECENTRINGS):
        hubs = found.hubs.copy()
        for place in range(len(hubs)):
            members = np.flatnonzero(own == place)
            near = np.flatnonzero(np.isin(division.point_of, members))
            spread = division.weight[members] @ division.distance_km[members][:, near]
            if spread.min() < spread[near == hubs[place]][0] * (1 - SLACK):
                hubs[place] = near[spread.argmin()]
        if np.array_equal(hubs, found.hubs):
            break
        found = price(division, hubs, FINE)
        other = repaired(division, found)
        if other is not None and cost(division, found, other) < cost(
            division, found, own
        ):
            own = other
    return found, own


def _idle_to_nearest(division: Division, candidate_of: Ints) -> Ints:
    """Send points without work to the nearest hub; limits do not see them."""
    hubs = np.unique(candidate_of)
    idle = division.work_h == 0
    km = np.where(division.reached(hubs), division.to_hubs(hubs), np.inf)
    return np.where(idle, hubs[km.argmin(axis=1)], candidate_of)


def _check_reach(division: Division, found: PricedHubs) -> None:
    lost = np.flatnonzero(~division.reached(found.hubs).any(axis=1))
    if len(lost):
        raise InfeasibleError(
            f"No {division.num_districts} hubs were found that reach every point: "
            f"{_listed(lost)} are left. More districts may reach them."
        )


def _listed(points: Ints) -> str:
    """The first of them, by index."""
    named = ", ".join(map(str, points[:MOST_LISTED].tolist()))
    return f"points {named}" + (" and more" if len(points) > MOST_LISTED else "")
