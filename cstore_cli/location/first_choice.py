"""Sites to begin with: few rules, all of the rows between sites kept."""

import numpy as np

from cstore_cli.location.open_core import Core
from cstore_cli.location.siting import Floats, Ints

MUST = 10.0
"""Times the largest costs: what going without counts where a point must be served."""


def soft_base(core: Core) -> Floats:
    """Return the base (n,) with a large cost where a point must be served."""
    largest = np.abs(core.cost).max(initial=0.0)
    largest += np.abs(core.fixed_cost).max(initial=0.0) or 1.0
    return np.where(np.isfinite(core.base), core.base, MUST * largest)


class Picking:
    """Takes site after site, as long as spacing, budget and number allow."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._taken: list[int] = []
        self._free = np.ones(core.num_sites, dtype=np.bool_)
        self._left = core.budget
        self._cheap = np.sort(core.spend)

    @property
    def sites(self) -> Ints:
        """What was taken, ascending."""
        return np.sort(np.array(self._taken, dtype=np.int64))

    @property
    def complete(self) -> bool:
        """Whether no more are wanted."""
        wanted = self._core.num_open
        return wanted is not None and len(self._taken) >= wanted

    def can_take(self, site: int) -> bool:
        """Whether ``site`` may be taken, leaving money for the number wanted."""
        wanted, reserve = self._core.num_open, 0.0
        if wanted is not None:
            reserve = float(self._cheap[: wanted - len(self._taken) - 1].sum())
        return bool(self._free[site] and self._core.spend[site] <= self._left - reserve)

    def take(self, site: int) -> None:
        """Take ``site`` and rule out those too near it."""
        near = self._core.near
        self._taken.append(site)
        self._left -= float(self._core.spend[site])
        self._free[site] = False
        self._free[near.indices[near.indptr[site] : near.indptr[site + 1]]] = False


def greedy(core: Core, rank: Floats) -> Ints:
    """
    Return sites that may open together, in the order of ``rank`` (m,), lowest first.

    As many as wanted, if that comes out; where any number will do, those of negative
    rank.
    """
    picking = Picking(core)
    order = np.argsort(rank, kind="stable")
    if core.num_open is None:
        order = order[: int((rank < 0).sum())]
    for j in order.tolist():
        if picking.complete:
            break
        if picking.can_take(j):
            picking.take(j)
    return picking.sites


def spread(core: Core) -> Ints:
    """
    Return sites spread out: again and again the cheapest for the costliest point.

    As many as wanted, if that comes out; where any number will do, those that save
    more than they cost.
    """
    served = soft_base(core)
    order = np.lexsort((core.cost, core.point))
    starts = np.searchsorted(core.point[order], np.arange(len(served) + 1))
    asks = served - core.least
    asks[np.diff(starts) == 0] = 0.0
    picking = Picking(core)
    while not picking.complete and np.any(asks > 0):
        i = int(np.argmax(asks))
        options = core.site[order[starts[i] : starts[i + 1]]].tolist()
        j = next((j for j in options if picking.can_take(j)), None)
        asks[i] = 0.0
        if j is None:
            continue
        take = slice(core.first[j], core.first[j + 1])
        point, cost = core.point[take], core.cost[take]
        saved = np.maximum(0.0, served[point] - cost).sum()
        if core.num_open is None and core.fixed_cost[j] >= saved:
            continue
        picking.take(j)
        served[point] = np.minimum(served[point], cost)
        asks[point] = np.minimum(asks[point], (served - core.least)[point])
    rank = np.ones(core.num_sites)
    rank[picking.sites] = -1.0
    return greedy(core, rank)
