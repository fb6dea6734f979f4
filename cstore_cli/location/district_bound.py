"""
A bound on balanced districts by Lagrangian relaxation, in NumPy.

With multipliers w_i u_i (u_i in km) on "one hub for each point" the problem falls
apart into one knapsack per candidate hub j:

    v_j(u) = min  sum_i w_i (d_ij - u_i) x_ij                                      (1)
             s.t. L <= sum_i w_i x_ij <= H,   0 <= x_ij <= 1                       (2)

    bound(u) = sum_i w_i u_i + the p smallest v_j(u)                               (3)

(1) is filled by ascending d_ij - u_i: up to H while that is negative, and on to L if it
must be. Without (2) it is a sum of negative terms, a lower value and quick for all j at
once, so only hubs whose quick value could be among the p smallest are filled. u climbs
by subgradients w_i (1 - sum_j x_ij), averaged with those before. Points without work
cost nothing and are left out. Candidates may be fixed as hubs or shut, in which case
(3) has those fixed and the smallest of the others that are not shut.

References
----------
Beasley (1993), Lagrangean heuristics for location problems,
doi:10.1016/0377-2217(93)90118-7; averaged steps: Camerini, Fratta and Maffioli (1975),
doi:10.1007/BFb0120697.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.deadline import Deadline
from cstore_cli.location.district_search import Division

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FIRST_STEP, LAST_STEP = 0.2, 1e-3
"""Step as a share of the distance to the plan's cost; below the last we stop."""
MEMORY, LONG_MEMORY = 0.8, 0.95
"""Weight of the steps before in the direction, and in how often a hub is chosen."""
PATIENCE = 10
"""Steps without a better bound before they are shortened."""
SHORTENING = 0.5


@dataclass(frozen=True, eq=False)
class Climbed:
    """
    The best ``value`` of (3), the multipliers ``u_km`` (n,) of points with work there.

    ``often`` (m,) says in which share of the last steps a candidate was among the p.
    """

    value: float
    u_km: Floats
    often: Floats


def climb(
    division: Division,
    start: Climbed,
    fixed: Bools,
    shut: Bools,
    work_km: float,
    goal: float,
    steps: int,
    deadline: Deadline,
) -> Climbed:
    """
    Bound the work-km of every division that has hubs ``fixed`` and none of ``shut``.

    Climbs from ``start`` until ``goal`` or ``steps``; ``work_km``, the cost of a plan
    in hand, says how far.
    """
    loaded = division.work_h > 0
    kept = np.flatnonzero(~shut)
    work, km = division.work_h[loaded], division.distance_km[np.ix_(loaded, kept)]
    scratch = np.empty((2, *km.shape))
    best, best_u, u, often = start.value, start.u_km, start.u_km, start.often
    step, waited = FIRST_STEP, 0
    direction = np.zeros(len(work))
    for _ in range(steps):
        value, served, hubs = _relaxed(division, work, km, u, fixed[kept], scratch)
        often = LONG_MEMORY * often
        often[kept[hubs]] += 1 - LONG_MEMORY
        waited = 0 if value > best * (1 + 1e-4) else waited + 1
        if value > best:
            best, best_u = value, u
        if best >= goal or step < LAST_STEP or deadline.left_s() == 0:
            break
        if waited >= PATIENCE:
            step, waited = step * SHORTENING, 0
        direction = MEMORY * direction + (1 - MEMORY) * (1 - served)
        length = work @ direction**2
        if length == 0:
            break
        u = np.maximum(0, u + step * (work_km - value) / length * direction)
    return Climbed(best, best_u, often)


def hopeless(division: Division, climbed: Climbed, work_km: float) -> Bools:
    """Which candidates (m,) are a hub in no division cheaper than ``work_km``."""
    loaded = division.work_h > 0
    work, km = division.work_h[loaded], division.distance_km[loaded]
    values, _ = _filled(division, work, km - climbed.u_km[:, None])
    smallest = np.partition(values, division.num_districts - 1)
    in_place_of = smallest[division.num_districts - 1]
    dearer = values > in_place_of
    dear: Bools = dearer & (climbed.value + values - in_place_of >= work_km)
    return dear


def _relaxed(
    division: Division,
    work: Floats,
    km: Floats,
    u: Floats,
    fixed: Bools,
    scratch: Floats,
) -> tuple[float, Floats, Ints]:
    """
    Return (3), how often each point is served in it, (n,), and its p hubs.

    ``scratch`` (2, n, m) is overwritten: memory taken anew would cost more time than
    the arithmetic.
    """
    p = division.num_districts
    reduced = np.subtract(km, u[:, None], out=scratch[0])
    quick = work @ np.minimum(reduced, 0, out=scratch[1])
    quick = np.where(fixed, -np.inf, quick)
    order = np.argsort(quick, kind="stable")
    values, served = _filled(division, work, reduced[:, order[:p]])
    while True:
        rank = np.where(fixed[order[: len(values)]], -np.inf, values)
        if len(values) == len(order):
            break
        last = np.partition(rank, p - 1)[p - 1]
        hopeful = int(np.searchsorted(quick[order], last))
        if hopeful <= len(values):
            break
        more = order[len(values) : min(hopeful, 2 * len(values))]
        more_values, more_served = _filled(division, work, reduced[:, more])
        values = np.concatenate((values, more_values))
        served = np.concatenate((served, more_served), axis=1)
    smallest = np.argsort(rank, kind="stable")[:p]
    total = work @ u + values[smallest].sum()  # (3)
    return float(total), served[:, smallest].sum(axis=1), order[smallest]


def _filled(division: Division, work: Floats, reduced: Floats) -> tuple[Floats, Floats]:
    """Solve (1) to (2) for each column; return v and x."""
    x = (reduced < 0).astype(float)
    wanted = work @ x
    values = work @ np.minimum(reduced, 0)
    off = np.flatnonzero((wanted < division.low) | (wanted > division.high))
    order = reduced[:, off].argsort(axis=0)
    sorted_work = work[order]
    before = sorted_work.cumsum(axis=0) - sorted_work
    room = np.clip(wanted[off], division.low, division.high)
    taken = np.clip(room - before, 0, sorted_work)
    values[off] = (taken * np.take_along_axis(reduced[:, off], order, axis=0)).sum(
        axis=0
    )
    filled = np.empty_like(taken)
    np.put_along_axis(filled, order, taken / sorted_work, axis=0)
    x[:, off] = filled
    return values, x
