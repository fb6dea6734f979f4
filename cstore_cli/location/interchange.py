"""
Better choices of sites by interchange.

A swap of the open site r for site j changes the cost of serving by

    loss_r - gain_j - extra_rj                                                 (1)
    gain_j = sum_i max(0, c1_i - c_ij),  loss_r = sum_{i of r} (c2_i - c1_i)
    extra_rj = sum_{i of r} max(0, c2_i - max(c_ij, c1_i))

where c1 and c2 are the costs of point i at the best and the next of the open sites, so
that one pass over the options values all swaps (Resende and Werneck 2007,
doi:10.1016/j.ejor.2005.09.043; the idea is Teitz and Bart's, 1968).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.location.first_choice import soft_base
from cstore_cli.location.open_core import Core
from cstore_cli.location.siting import Bools, Floats, Ints

BETTER = 1e-9
"""Share of the cost below which a change is rounding."""
ROOM = 6
"""Times the mean way to the next site: options that near are looked at."""
NONE = -1


@dataclass(frozen=True, eq=False)
class _Standing:
    """Costs of each point at the best and the next open site, the best, the total."""

    c1: Floats
    c2: Floats
    best: Ints
    total: float


class _Move(NamedTuple):
    """What it saves, the site out and the site in, NONE for none."""

    saved: float
    out: int
    in_: int


def interchanged(core: Core, sites: Ints, deadline: Deadline) -> Ints:
    """
    Return ``sites`` after ever the best swaps, until none is better.

    Where any number of sites may open, an addition or a removal counts, too.
    """
    base = soft_base(core)
    near, far = core, np.full(len(base), np.inf)
    standing = _standing(core, sites, base)
    while core.num_sites and deadline.left_s() > 0:
        if near is core or np.any(standing.c2 > far):  # options left out may count now
            standing = _standing(core, sites, base)
            ahead = standing.c2 - core.least
            wide = np.maximum(2 * ahead, ROOM * ahead.mean())
            far = np.minimum(base, core.least + wide)
            near = core.nearer(far)
            far[far == base] = np.inf
        moves = _best_moves(near, sites, standing)
        if moves[0].saved <= BETTER * (np.abs(standing.c1).sum() + abs(core.constant)):
            break
        sites, standing = _moved(near, sites, standing, moves, base)
    return sites


def _standing(core: Core, sites: Ints, base: Floats) -> _Standing:
    """Return how the points stand, as far as the options of ``core`` tell."""
    take = core.options_of(sites)
    point, cost, site = core.point[take], core.cost[take], core.site[take]
    c1, c2, best = base.copy(), base.copy(), np.full(len(base), NONE, dtype=np.int64)
    np.minimum.at(c1, point, cost)
    first = cost == c1[point]
    best[point[first]] = site[first]
    others = site != best[point]
    np.minimum.at(c2, point[others], cost[others])
    return _Standing(c1, c2, best, float(c1.sum() + core.fixed_cost[sites].sum()))


def _moved(
    core: Core, sites: Ints, standing: _Standing, moves: list[_Move], base: Floats
) -> tuple[Ints, _Standing]:
    """Return the sites after as many ``moves`` at once as save more than the first."""
    count = len(moves)
    while True:
        out, in_ = [m.out for m in moves[:count]], [m.in_ for m in moves[:count]]
        after = np.union1d(np.setdiff1d(sites, out), [j for j in in_ if j != NONE])
        after = after.astype(np.int64)
        if count == 1 or core.allows(after):
            new = _standing(core, after, base)
            if count == 1 or new.total <= standing.total - moves[0].saved:
                return after, new
        count //= 2


def _best_moves(core: Core, sites: Ints, standing: _Standing) -> list[_Move]:
    """Return the best move, and other swaps that save, no site in two of them."""
    m, k = core.num_sites, len(sites)
    c1, c2 = standing.c1, standing.c2
    row_of = np.full(m + 1, NONE, dtype=np.int64)  # the last entry is that of NONE
    row_of[sites] = np.arange(k)
    owner = row_of[standing.best]
    owned = owner != NONE
    loss = np.bincount(owner[owned], (c2 - c1)[owned], k) - core.fixed_cost[sites]
    near = np.flatnonzero(core.cost < c2[core.point])
    point, cost, site = core.point[near], core.cost[near], core.site[near]
    gain = np.bincount(site, np.maximum(0.0, c1[point] - cost), m) - core.fixed_cost
    closed = row_of[:m] == NONE
    moves = [_Move(0.0, NONE, NONE)]
    if k:
        helped = owner[point] != NONE
        extra = np.bincount(
            owner[point][helped] * m + site[helped],
            weights=(c2[point] - np.maximum(cost, c1[point]))[helped],
            minlength=k * m,
        )
        saved = extra.reshape(k, m) + gain - loss[:, None]  # (1)
        saved[~_swappable(core, sites, closed)] = -np.inf
        moves = _apart(sites, saved) or moves
    if core.num_open is None:
        single = moves[:1]
        if k:
            r = int(np.argmin(loss))
            single.append(_Move(-float(loss[r]), int(sites[r]), NONE))
        added = np.where(closed & _addable(core, sites), gain, -np.inf)
        j = int(np.argmax(added))
        single.append(_Move(float(added[j]), NONE, j))
        best = max(single, key=lambda move: move.saved)
        moves = moves if best is moves[0] else [best]
    return moves


def _apart(sites: Ints, saved: Floats) -> list[_Move]:
    """Return the best swap of each open site, best first, no site coming in twice."""
    in_ = np.argmax(saved, axis=1)
    most = saved[np.arange(len(sites)), in_]
    moves, taken = list[_Move](), set[int]()
    for r in np.argsort(-most, kind="stable").tolist():
        if most[r] <= 0:
            break
        if (j := int(in_[r])) not in taken:
            taken.add(j)
            moves.append(_Move(float(most[r]), int(sites[r]), j))
    return moves


def _addable(core: Core, sites: Ints) -> Bools:
    left = core.budget - core.spend[sites].sum()
    fits = core.spend <= left
    return np.asarray(fits & (core.near[:, sites].sum(axis=1) == 0))


def _swappable(core: Core, sites: Ints, closed: Bools) -> Bools:
    """Which swaps (k, m) keep the budget and the spacing."""
    may = np.broadcast_to(closed, (len(sites), len(closed)))
    if np.isfinite(core.budget):
        left = core.budget - core.spend[sites].sum()
        may = may & (core.spend - core.spend[sites][:, None] <= left)
    if core.near.nnz:
        beside = core.near[sites].toarray()
        may = may & (beside.sum(axis=0) - beside == 0)
    return may
