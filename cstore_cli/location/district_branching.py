"""
The bound on balanced districts raised by branching on hubs.

The Lagrangian bound (``district_bound``) mixes hubs: a candidate may be open in half
of its steps. Either it is a hub or it is not, each with a bound of its own that is no
lower, and the worse of the two holds for both. The worst case so far is branched, best
first, until the bound is good enough or the branchings are spent. Candidates that are
a hub in no division cheaper than the one in hand are shut beforehand.
"""

import heapq

import numpy as np
from numpy.typing import NDArray

from cstore_cli.deadline import Deadline
from cstore_cli.location.district_bound import Climbed, climb, hopeless
from cstore_cli.location.district_search import Division, PricedHubs

Bools = NDArray[np.bool_]

STEPS, BRANCH_STEPS = 180, 60
"""Subgradient steps at most: of the first bound, and of each after it."""
MOST_BRANCHINGS, BRANCHED_PAIRS = 30, 4_000_000
"""Branchings: at most, and times points x candidates."""

Case = tuple[float, int, Climbed, Bools, Bools]
"""Its bound, its number, the climb, and which candidates are fixed and shut."""


def bound(
    division: Division,
    found: PricedHubs,
    work_km: float,
    gap: float,
    deadline: Deadline,
) -> float:
    """
    Bound the work-km of every division from below.

    ``found`` and its cost ``work_km`` set where and how far to climb; it stops at
    ``work_km * (1 - gap)``.
    """
    num_candidates = len(division.point_of)
    none = np.zeros(num_candidates, dtype=bool)
    goal = work_km * (1 - gap)
    loaded = division.work_h > 0
    nearest_km = division.to_hubs(found.hubs).min(axis=1)[loaded]
    start_u = 1.3 * nearest_km + 0.3 * work_km / division.work_h.sum()
    start = Climbed(0.0, start_u, np.zeros(num_candidates))
    first = climb(division, start, none, none, work_km, goal, STEPS, deadline)
    shut = none if first.value >= goal else hopeless(division, first, work_km)
    cases: list[Case] = [(first.value, 0, first, none, shut)]
    num_branchings = min(MOST_BRANCHINGS, BRANCHED_PAIRS // division.distance_km.size)
    for number in range(num_branchings):
        lower, _, climbed, fixed, shut = cases[0]
        free = ~fixed & ~shut
        if lower >= goal or deadline.left_s() == 0 or not free.any():
            break
        unsure = np.where(free, np.abs(climbed.often - 0.5), np.inf)
        branched = np.arange(num_candidates) == unsure.argmin()
        heapq.heappop(cases)
        for side, case in enumerate(
            ((fixed | branched, shut), (fixed, shut | branched))
        ):
            if case[0].sum() > division.num_districts:
                continue
            if num_candidates - case[1].sum() < division.num_districts:
                continue
            tried = climb(
                division, climbed, *case, work_km, goal, BRANCH_STEPS, deadline
            )
            entry = (tried.value, 2 * number + side + 1, tried, *case)
            heapq.heappush(cases, entry)
    # Divisions with hubs that are hopeless cost ``work_km`` at least.
    return min(cases[0][0], work_km)
