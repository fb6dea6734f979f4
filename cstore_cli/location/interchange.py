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

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.location.first_choice import soft_base
from cstore_cli.location.open_core import Core
from cstore_cli.location.siting import Bools, Floats, Ints

BETTER = 1e-9
"""Share of the cost below which a change is rounding."""
NONE = -1


@dataclass(frozen=True, eq=False)
class _Standing:
    """Costs of each point at the best and the next open site, and which is the best."""

    c1: Floats
    c2: Floats
    best: Ints


def interchanged(core: Core, sites: Ints, deadline: Deadline) -> Ints:
    """
    Return ``sites`` after ever the best swap, until none is better.

    Where any number of sites may open, an addition or a removal counts, too.
    """
    base = soft_base(core)
    every = np.arange(len(core.cost))
    standing = _standing(core, sites, base, every)
    far, near = np.full(len(base), -np.inf), every
    while core.num_sites and deadline.left_s() > 0:
        if np.any(standing.c2 > far):  # options left out may count now
            standing = _standing(core, sites, base, every)
            far = np.minimum(base, 2 * standing.c2 - core.least)
            near = np.flatnonzero(core.cost < far[core.point])
            far[far == base] = np.inf
        saved, out, in_ = _best_move(core, sites, near, standing)
        if saved <= BETTER * (np.abs(standing.c1).sum() + abs(core.constant)):
            break
        sites = sites[sites != out]
        sites = sites if in_ == NONE else np.sort(np.append(sites, in_))
        standing = _standing(core, sites, base, near)
    return sites


def _standing(core: Core, sites: Ints, base: Floats, near: Ints) -> _Standing:
    """Return how the points stand, as far as the options ``near`` tell."""
    is_open = np.zeros(core.num_sites, dtype=np.bool_)
    is_open[sites] = True
    take = near[is_open[core.site[near]]]
    point, cost, site = core.point[take], core.cost[take], core.site[take]
    c1, c2, best = base.copy(), base.copy(), np.full(len(base), NONE, dtype=np.int64)
    np.minimum.at(c1, point, cost)
    first = cost == c1[point]
    best[point[first]] = site[first]
    others = site != best[point]
    np.minimum.at(c2, point[others], cost[others])
    return _Standing(c1, c2, best)


def _best_move(
    core: Core, sites: Ints, near: Ints, standing: _Standing
) -> tuple[float, int, int]:
    """Return what the best move saves, the site out and the site in, NONE for none."""
    m, k = core.num_sites, len(sites)
    c1, c2 = standing.c1, standing.c2
    row_of = np.full(m + 1, NONE, dtype=np.int64)  # the last entry is that of NONE
    row_of[sites] = np.arange(k)
    owner = row_of[standing.best]
    owned = owner != NONE
    loss = np.bincount(owner[owned], (c2 - c1)[owned], k) - core.fixed_cost[sites]
    near = near[core.cost[near] < c2[core.point[near]]]
    point, cost, site = core.point[near], core.cost[near], core.site[near]
    gain = np.bincount(site, np.maximum(0.0, c1[point] - cost), m) - core.fixed_cost
    closed = row_of[:m] == NONE
    moves = [(0.0, NONE, NONE)]
    if k:
        helped = owner[point] != NONE
        extra = np.bincount(
            owner[point][helped] * m + site[helped],
            weights=(c2[point] - np.maximum(cost, c1[point]))[helped],
            minlength=k * m,
        )
        saved = extra.reshape(k, m) + gain - loss[:, None]  # (1)
        saved[~_swappable(core, sites, closed)] = -np.inf
        at = int(np.argmax(saved))
        moves.append((float(saved.flat[at]), int(sites[at // m]), at % m))
    if core.num_open is None:
        if k:
            r = int(np.argmin(loss))
            moves.append((-float(loss[r]), int(sites[r]), NONE))
        added = np.where(closed & _addable(core, sites), gain, -np.inf)
        j = int(np.argmax(added))
        moves.append((float(added[j]), NONE, j))
    return max(moves, key=lambda move: move[0])


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
