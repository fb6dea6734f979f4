"""Balanced districts: p hubs, and the hub of every point, with even work."""

from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from cstore_cli.errors import InfeasibleError
from cstore_cli.location.district_assignment import SLACK, assign, cost
from cstore_cli.location.district_bound import bound
from cstore_cli.location.district_model import smallest_tolerance, solve_districts
from cstore_cli.location.district_search import (
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
    (``district_bound``). If (4) cannot be met, t grows by steps of 0.05 until it can.
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
    if division.reachable.size <= SMALL_PAIRS:
        plan, lower, tolerance, proven = _exact(division, tolerance, limits)
    else:
        plan, lower, tolerance, proven = _searched(division, tolerance, limits)
    hub_of = division.point_of[_idle_to_nearest(division, plan)]
    hubs = np.unique(hub_of)
    km = np.where(np.arange(len(hub_of)) == hub_of, 0, distance_km[:, hub_of].diagonal())
    work_km = float(work_h @ km)
    lower = max(0.0, min(lower, work_km))
    return Districts(
        hub_of=tuple(hub_of.tolist()),
        hubs=tuple(hubs.tolist()),
        work_km=work_km,
        bound=lower,
        gap=(work_km - lower) / work_km if work_km > 0 else 0.0,
        balanced_within=tolerance,
        proven=proven,
    )
