"""
Which hub serves which point, the hubs being given: a MILP over the close calls.

    min   sum_ij w_i d_ij x_ij                                                     (1)
    s.t.  sum_j x_ij = 1                   one hub for each point i                (2)
          L <= sum_i w_i x_ij <= H         work of each hub j                      (3)
          x_ij in {0, 1}

With prices z, a plan that sends i to j costs at least g + r_ij, where g is the hubs'
value (``district_search``) and r_ij = w_i (d_ij + z_j - min_k (d_ik + z_k)). Pairs for
which that is above the cost of a plan in hand are left out: what remains are the points
near a border.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from cstore_cli.location.district_search import Division, PricedHubs
from cstore_cli.milp import BinaryProgram, Limits, solve_binary

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SLACK = 1e-9
"""Of a limit: rounding that does not count as breaking it."""
HUBS_EACH = 6
"""Hubs considered for a point, at most."""
ENOUGH_GAP, ENOUGH_NODES = 1e-3, 20
"""Where the MILP stops: nearer than the bound on hubs can tell."""


def assign(
    division: Division, priced: PricedHubs, limits: Limits, start: Ints | None = None
) -> Ints:
    """
    Return the place in ``priced.hubs`` of the hub of each point, (n,).

    ``start`` is an assignment within the limits, if one is known.

    Raises
    ------
    InfeasibleError
        When no assignment to near hubs is within the limits.
    NoPlanError
        When time ran out before the first assignment.
    """
    km = division.to_hubs(priced.hubs)
    reached = division.reached(priced.hubs)
    weight = division.weight
    extra = _extra(division, km, priced)
    known = [own for own in (start, repaired(division, priced)) if own is not None]
    best = min(known, key=lambda own: cost(division, priced, own), default=None)

    rank = extra.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    open_pair = (rank < HUBS_EACH) & reached
    idle = division.work_h == 0
    open_pair[idle] &= rank[idle] == 0
    if best is not None:
        open_pair &= extra <= cost(division, priced, best) - priced.value
        open_pair[np.arange(len(best)), best] = True
    point, hub = np.nonzero(open_pair)
    if best is not None and len(point) == len(best):
        return best

    num_points, p = km.shape
    column = np.arange(len(point))
    rows = csc_array(
        (
            np.concatenate((np.ones(len(point)), division.work_h[point])),
            (
                np.concatenate((point, num_points + hub)),
                np.concatenate((column, column)),
            ),
        ),
        shape=(num_points + p, len(point)),
    )
    one = np.ones(num_points)
    program = BinaryProgram(
        cost=weight[point] * km[point, hub],  # (1)
        rows=rows,
        row_lower=np.concatenate((one, np.full(p, division.low))),  # (2), (3)
        row_upper=np.concatenate((one, np.full(p, division.high))),
        row_names=["one_hub"] * num_points + ["work_fits"] * p,
    )
    incumbent = None
    if best is not None:
        incumbent = np.flatnonzero(hub == best[point])
    enough = replace(
        limits, gap=max(limits.gap, ENOUGH_GAP), nodes=limits.nodes or ENOUGH_NODES
    )
    chosen = solve_binary(program, enough, incumbent).chosen
    own = np.empty(num_points, dtype=np.int64)
    own[point[chosen]] = hub[chosen]
    return own


def fits(division: Division, own: Ints) -> bool:
    """Whether every district's work is within the limits."""
    load = np.bincount(own, division.work_h, division.num_districts)
    slack = SLACK * division.high
    return bool(
        np.all(load >= division.low - slack) and np.all(load <= division.high + slack)
    )


def cost(division: Division, priced: PricedHubs, own: Ints) -> float:
    """Return (1)."""
    km = division.to_hubs(priced.hubs)
    return float(division.weight @ km[np.arange(len(own)), own])


def repaired(division: Division, priced: PricedHubs) -> Ints | None:
    """
    Give each point the hub of least priced distance, then move single points.

    While a limit is broken, the move that mends most for its extra cost; then moves
    that shorten the way and break nothing. None if a limit stays broken.
    """
    extra = _extra(division, division.to_hubs(priced.hubs), priced)
    own = _moved(division, priced.hubs, extra, extra.argmin(axis=1))
    return own if fits(division, own) else None


def shortened(division: Division, candidate_of: Ints) -> Ints:
    """Move single points, by candidate, while that shortens the way within limits."""
    hubs, own = np.unique(candidate_of, return_inverse=True)
    km = division.to_hubs(hubs)
    shorter: Ints = hubs[_moved(division, hubs, division.weight[:, None] * km, own)]
    return shorter


def _moved(division: Division, hubs: Ints, extra: Floats, own: Ints) -> Ints:
    """Move single points as ``repaired`` says; ``extra`` (n, p) is what each costs."""
    km = division.to_hubs(hubs)
    work, weight = division.work_h, division.weight
    everyone = np.arange(len(work))
    own = own.copy()
    movable = division.reached(hubs) & (work > 0)[:, None]
    for _ in range(len(work)):
        load = np.bincount(own, work, division.num_districts).astype(float)
        broken = _broken(division, load)
        left = _broken(division, load[own] - work) - broken[own]
        joined = _broken(division, load + work[:, None]) - broken
        mended = -(left[:, None] + joined)
        shorter = weight[:, None] * (km[everyone, own][:, None] - km)
        small = SLACK * division.high
        if broken.sum() > small:
            useful = movable & (mended > small)
            dearer = extra - extra[everyone, own][:, None]
            merit = np.where(dearer > 0, mended / np.maximum(dearer, 1e-12), np.inf)
        else:
            useful = movable & (mended > -small) & (shorter > small)
            merit = shorter
        useful[everyone, own] = False
        if not useful.any():
            break
        move = int(np.where(useful, merit, -np.inf).argmax())
        own[move // km.shape[1]] = move % km.shape[1]
    return own


def _extra(division: Division, km: Floats, priced: PricedHubs) -> Floats:
    """r, (n, p); no prices for points without work, which the limits do not see."""
    price_km = np.where(division.work_h[:, None] > 0, priced.price_km, 0)
    priced_km = km + price_km
    extra: Floats = division.weight[:, None] * (
        priced_km - priced_km.min(axis=1)[:, None]
    )
    return extra


def _broken(division: Division, load: Floats) -> Floats:
    """Hours by which a load is beyond a limit."""
    over = np.maximum(load - division.high, division.low - load)
    return np.maximum(over, 0)
