"""
Lagrangian bounds of siting without capacities.

With a price pi_i on serving point i, a price mu >= 0 on the budget and prices
nu_k >= 0 on groups of sites of which one at most may open,

    L(pi, mu, nu) = F + sum_i pi_i - mu B - sum_k nu_k + min_Y sum_j rho_j y_j   (1)
    rho_j = f_j + sum_i min(0, c_ij - pi_i) + mu b_j + sum_{k: j in k} nu_k      (2)

is a bound for any prices with pi_i <= u_i, Y being "p sites" or "any sites". With site
j opened, or not, against what Y would have, the bound grows by the difference of rho
to the last one taken or the first one not: where that reaches the cost of a known
plan, j is settled. The way up is by subgradients with Polyak's steps (Held, Wolfe and
Crowder 1974, doi:10.1007/BF01580223), as in Beasley (1993),
doi:10.1016/0377-2217(93)90182-S.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, vstack

from cstore_cli.deadline import Deadline
from cstore_cli.location.open_core import Core
from cstore_cli.location.prices import Prices
from cstore_cli.location.siting import Bools, Floats, Ints

SHORTER = 1.5
"""By how much steps get shorter when the bound has not grown for some time."""
SHORTEST = 2e-3
MEMORY = 0.8
"""Share of the last direction that is added to the next one."""
GROWTH = 1e-6
"""Share of the bound that it must have grown by to have grown."""
GUESS = 0.1
"""Where no plan is known: how far above the bound it may be, as a share of it."""
FORGET = 0.9
"""Share of the past in the average of what was chosen."""


class Aim(NamedTuple):
    """The cost of a plan, infinite where none is known, and a bound high enough."""

    cost: float
    enough: float


@dataclass(frozen=True, eq=False)
class Climb:
    """
    The best bound met, its prices and ``rho`` (m,).

    ``often`` (m,) is how often each site was among the chosen lately, from 0 to 1.
    """

    bound: float
    prices: Prices
    rho: Floats
    often: Floats


def climb(
    core: Core,
    prices: Prices,
    aim: Aim,
    steps: int,
    patience: int,
    meet: Callable[[Floats], Aim],
    deadline: Deadline,
) -> Climb:
    """
    Climb from ``prices`` as far as ``aim``.

    After ``patience`` steps without a better bound they get shorter, from the best
    prices; ``meet`` is told the rho there and returns the aim from then on. It ends
    at the aim, when steps have become too short, or after ``steps``.
    """
    relaxed = _Relaxed(core, prices.point)
    pi, nu = np.clip(prices.point, relaxed.low, relaxed.far), prices.row
    best = Climb(-math.inf, Prices(pi, nu), *np.zeros((2, core.num_sites)))
    often = np.zeros(core.num_sites)
    way_pi, way_nu = np.zeros(len(pi)), np.zeros(len(nu))
    step, since = 1.0, 0
    for _ in range(steps):
        if deadline.left_s() == 0:
            break
        bound, rho, chosen, slope_pi, slope_nu = relaxed.at(pi, nu)
        often = FORGET * often + (1 - FORGET) * chosen
        since += 1
        if bound > best.bound:
            since = 0 if bound > best.bound + GROWTH * abs(best.bound) else since
            best = Climb(bound, Prices(pi, nu), rho, often)
        if best.bound >= aim.enough:
            break
        if since > patience:
            step, since = step / SHORTER, 0
            if step < SHORTEST:
                break
            aim = meet(best.rho)
            pi, nu = best.prices.point, best.prices.row
            way_pi, way_nu = 0 * way_pi, 0 * way_nu
            continue
        way_pi, way_nu = slope_pi + MEMORY * way_pi, slope_nu + MEMORY * way_nu
        # Prices that cannot go further that way do not count in the length of it.
        way_pi[(way_pi > 0) & (pi >= relaxed.far)] = 0.0
        way_pi[(way_pi < 0) & (pi <= relaxed.low)] = 0.0
        way_nu[(way_nu < 0) & (nu <= 0)] = 0.0
        length = float(way_pi @ way_pi + way_nu @ way_nu)
        if length == 0:
            break
        ahead = aim.cost - bound
        if math.isinf(ahead):
            ahead = GUESS * abs(bound) + 1.0
        stride = step * max(ahead, GROWTH * abs(bound)) / length
        pi = np.clip(pi + stride * way_pi, relaxed.low, relaxed.far)
        nu = np.maximum(0.0, nu + stride * way_nu)
    return best


class _Relaxed:
    """L (1) of a core, for prices that stay about where they are."""

    def __init__(self, core: Core, price: Floats) -> None:
        self._rows, self._most = _rows(core)
        self._by_site = self._rows.T.tocsr()
        self._ruled = bool(self._rows.nnz)
        self.low, self.far = core.least, _far(core, price)
        """Prices outside are never better, or not looked at."""
        self._core = core.nearer(self.far)
        self._has = np.flatnonzero(np.diff(self._core.first))
        self._starts = self._core.first[self._has]
        self._reduced = np.empty(len(self._core.cost))

    def at(self, pi: Floats, nu: Floats) -> tuple[float, Floats, Bools, Floats, Floats]:
        """Return (1), rho (2), which sites are chosen, and the slopes of pi and nu."""
        core, reduced = self._core, self._reduced
        np.take(pi, core.point, out=reduced, mode="clip")  # the mode that needs no copy
        np.subtract(core.cost, reduced, out=reduced)
        np.minimum(reduced, 0.0, out=reduced)
        rho = core.fixed_cost.copy()
        if self._ruled:
            rho += self._by_site @ nu
        if len(self._has):
            rho[self._has] += np.add.reduceat(reduced, self._starts)
        sites = _chosen(core, rho)
        chosen = np.zeros(core.num_sites, dtype=np.bool_)
        chosen[sites] = True
        bound = core.constant + pi.sum() - nu @ self._most + rho[sites].sum()
        take = core.options_of(sites)
        slope_pi: Floats = np.ones(len(pi))
        slope_pi -= np.bincount(core.point[take[reduced[take] < 0]], minlength=len(pi))
        slope_nu = -self._most
        if self._ruled:
            slope_nu += self._rows @ chosen
        return float(bound), rho, chosen, slope_pi, slope_nu


def settled(core: Core, climbed: Climb, ceiling: float) -> tuple[Bools, Bools]:
    """Return which sites (m,) every plan below ``ceiling`` opens, and may open."""
    rho, bound = climbed.rho, climbed.bound
    if core.num_open is None:
        last = first_not = 0.0
    else:
        order = np.sort(rho)
        p = core.num_open
        last = order[p - 1] if p > 0 else -math.inf
        first_not = order[p] if p < len(order) else math.inf
    may = bound + np.maximum(0.0, rho - last) < ceiling
    must = bound + np.maximum(0.0, first_not - rho) >= ceiling
    return must & may, may


def first_prices(core: Core, sites: Ints) -> Prices:
    """Return prices half-way between the best and the next of ``sites``, or of any."""
    served = core.served_cost(sites)
    take = core.options_of(sites)
    point, cost = core.point[take], core.cost[take]
    beyond = np.where(np.isfinite(core.base), core.base, np.inf)
    later = cost > served[point]
    np.minimum.at(beyond, point[later], cost[later])
    price = np.where(np.isfinite(beyond), (served + beyond) / 2, served)
    unserved = ~np.isfinite(price)
    price[unserved] = core.least[unserved]
    return Prices(price, np.zeros(1 + core.groups.shape[0]))


def _rows(core: Core) -> tuple[csr_array, Floats]:
    """The budget and the groups as rows (1 + g, m) and what they hold at most."""
    if np.isfinite(core.budget):
        # In shares of the budget, so that its price is in the unit of the objective.
        scale = max(core.budget, float(core.spend.max(initial=0.0)), 1e-9)
        budget, most = core.spend / scale, core.budget / scale
    else:
        budget, most = np.zeros(core.num_sites), 0.0
    rows = csr_array(vstack([csr_array(budget[None, :]), core.groups]))
    return rows, np.concatenate([[most], np.ones(core.groups.shape[0])])


def _far(core: Core, price: Floats) -> Floats:
    """
    Return how high each price may go, (n,): twice as far as it is, at most the base.

    Options beyond have no say and are left out; the bound holds all the same.
    """
    above = np.maximum(price - core.least, 0.0)
    usual = float(above.mean()) if len(above) else 0.0
    far: Floats = np.minimum(core.base, core.least + 2 * above + 2 * usual + 1e-9)
    return far


def _chosen(core: Core, rho: Floats) -> Ints:
    if core.num_open is None:
        return np.flatnonzero(rho < 0)
    if core.num_open >= len(rho):
        return np.arange(len(rho))
    if core.num_open <= 0:
        return np.zeros(0, dtype=np.int64)
    return np.argpartition(rho, core.num_open - 1)[: core.num_open]
