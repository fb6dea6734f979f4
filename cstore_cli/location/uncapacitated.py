"""
Siting without capacities, solved to proof.

A Lagrangian relaxation (``ascent``) gives bounds, and its prices good choices of sites,
which ``interchange`` makes better. What the bound and the best plan settle is fixed or
left out, site by site and option by option; where little is left, a PuLP model
(``open_model``) does the rest; where much is, the problem is divided at the site chosen
in one half of the steps, and each part goes the same way. So bounds, not the solver,
carry the size, and the proof is exact.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.ascent import Aim, Climb, climb, first_prices, settled
from cstore_cli.location.first_choice import greedy, spread
from cstore_cli.location.interchange import interchanged
from cstore_cli.location.open_core import Core, core_of
from cstore_cli.location.open_model import solve_core
from cstore_cli.location.prices import Prices
from cstore_cli.location.siting import (
    NOBODY,
    Bools,
    Floats,
    Ints,
    Siting,
    SitingProblem,
)
from cstore_cli.milp import Limits

ROOT_STEPS, ROOT_PATIENCE = 400, 30
"""Steps of a climb before anything is divided, and how long each length is tried."""
STEPS, PATIENCE = 60, 10
"""The same in a part."""
WORTH = 0.1
"""Share of the gap that a further climb must have closed to be followed by another."""
LESS = 0.9
"""Share of the sites below which what is left is worth a climb of its own."""
SMALL, SMALL_PER_POINT, MANY = 1_000, (10, 30), 20
"""Options that PuLP takes: of a part; of the whole, per point, where few sites open and
where many do: the relaxation is the nearer to integral the more they are."""
PROMISING = 1.003
"""A choice met in a part is improved when it costs so many times the best at most."""
KICKS, KICKED_SITES = 30, 12
"""Disturbances of the best plan before anything is divided, and sites in each."""
ROUNDING, ROUNDING_WHOLE = 1e-7, 1e-9
"""Share of the cost that counts as nothing; where all costs are whole."""
QUARTER = 0.25


@dataclass(frozen=True, eq=False)
class _Part:
    """Some of the plans: a core, what they cost at least, and prices to climb from."""

    core: Core
    bound: float
    prices: Prices
    is_root: bool = False


class _Best:
    """The best plan met, and what a better one must cost."""

    def __init__(self, problem: SitingProblem, limits: Limits) -> None:
        costs = (problem.cost, problem.fixed_cost, problem.unserved_cost)
        every = np.concatenate(costs)
        every = every[np.isfinite(every)]
        self._whole = bool(np.all(every == np.round(every)))
        self.cost = math.inf
        self.opened: Ints | None = None
        self._limits = limits

    def meet(self, core: Core, sites: Ints) -> None:
        """Keep ``sites`` of ``core`` if they make a better plan."""
        if core.allows(sites) and (cost := core.total_cost(sites)) < self.cost:
            self.cost = cost
            self.opened = np.sort(np.concatenate([core.opened, core.site_ids[sites]]))

    @property
    def step(self) -> float:
        """What a better plan saves at least: 1 where all costs are whole and exact."""
        return float(self._whole and ROUNDING_WHOLE * abs(self.cost) < QUARTER)

    @property
    def rounding(self) -> float:
        """What sums of this size may be off."""
        share = ROUNDING_WHOLE if self.step else ROUNDING
        return share * abs(self.cost) if math.isfinite(self.cost) else 0.0

    @property
    def aim(self) -> Aim:
        """How far a bound need go."""
        return Aim(self.cost, self.ceiling)

    @property
    def ceiling(self) -> float:
        """Only plans below it are worth looking for."""
        if math.isinf(self.cost):
            return math.inf
        gap = max(self._limits.gap_abs, self._limits.gap * abs(self.cost))
        return self.cost - max(self.step - self.rounding, self.rounding, gap)


def site_uncapacitated(
    problem: SitingProblem, limits: Limits, start: Siting | None = None
) -> Siting:
    """
    Solve (1) to (8) of ``SitingProblem``, its capacities being infinite, but (4).

    Parameters
    ----------
    problem
        n points, m sites, their options.
    limits
        When to stop; ``nodes`` are parts of the problem.
    start
        The answer to a problem much alike: same points, same sites.

    Raises
    ------
    InfeasibleError
        When no plan meets (2) to (8).
    NoPlanError
        When time ran out before the first plan.
    """
    core, best = core_of(problem), _Best(problem, limits)
    part = _Part(
        core, _least_cost(core), _first_prices(core, best, limits, start), True
    )
    bound, prices = _search(part, best, limits)
    if best.opened is None:
        if math.isinf(bound):
            raise InfeasibleError("No choice of sites meets every constraint.")
        raise NoPlanError("Stopped before the first choice of sites was found.")
    bound = min(bound, best.cost)
    if best.step:
        bound = min(math.ceil(bound - best.rounding / 2), best.cost)
    small = 1.01 * max(limits.gap_abs, limits.gap * abs(best.cost)) + best.rounding
    return Siting(
        open_sites=best.opened,
        site_of=_served_by(problem, best.opened),
        cost=best.cost,
        bound=float(bound),
        proven=bool(best.cost - bound <= small),
        prices=prices,
    )


def _first_prices(
    core: Core, best: _Best, limits: Limits, start: Siting | None
) -> Prices:
    """Return prices to climb from, having met a first choice of sites."""
    if core.hopeless:
        return Prices(core.least, np.zeros(1 + core.groups.shape[0]))
    if start is None:
        sites = spread(core)
    else:
        price = np.clip(start.prices, core.least, core.base)
        paid = np.minimum(0.0, core.cost - price[core.point])
        rank = core.fixed_cost + np.bincount(core.site, paid, core.num_sites)
        rank[np.isin(core.site_ids, start.open_sites)] = -math.inf
        sites = greedy(core, rank)
    sites = interchanged(core, sites, limits.deadline)
    best.meet(core, sites)
    prices = first_prices(core, sites)
    return prices if start is None else replace(prices, point=price)


def _search(root: _Part, best: _Best, limits: Limits) -> tuple[float, Floats]:
    """Return a bound on all plans, and the prices (n,) it began with."""
    stack, bound, prices = [root], math.inf, root.prices.point
    nodes = 0
    while stack:
        part = stack.pop()
        if part.core.hopeless:
            continue
        stopped = limits.deadline.left_s() == 0 or nodes == limits.nodes
        if part.bound >= best.ceiling or stopped:
            bound = min(bound, part.bound)
            continue
        nodes += 1
        if part.core.num_open == 1:
            if (alone := part.core.best_alone()) is not None:
                best.meet(part.core, np.array([alone]))
            continue
        climbed = _climbed(part, best, limits)
        if part.is_root:
            prices = climbed.prices.point
        done, parts = _parted(part, climbed, best, limits)
        bound = min(bound, done)
        stack += parts
    return bound, prices


def _parted(
    part: _Part, climbed: Climb, best: _Best, limits: Limits
) -> tuple[float, list[_Part]]:
    """Return a bound on the plans that are done with, and the parts with the others."""
    least = max(part.bound, climbed.bound)
    if least >= best.ceiling:
        return least, []
    less = _left_over(part.core, climbed, best.ceiling)
    per_point = SMALL_PER_POINT[less.num_open is None or less.num_open > MANY]
    small = max(SMALL, per_point * len(less.base) * part.is_root)
    if part.is_root and len(less.cost) > small:
        _kick(part.core, climbed, best, limits)
        less = _left_over(part.core, climbed, best.ceiling)
    done = max(least, best.ceiling)  # of what was left out
    if less.hopeless:
        return done, []
    if len(less.cost) <= small:
        least = max(least, _by_model(less, best, limits))
        if least >= best.ceiling:
            return min(done, least), []
        # Else the model was stopped, or its plan breaks a rule by its tolerance.
    rest = _Part(less, least, climbed.prices)
    if less.num_sites < LESS * part.core.num_sites:
        return done, [rest]
    return done, list(_divided(rest, part.core, climbed))


def _climbed(part: _Part, best: _Best, limits: Limits) -> Climb:
    core, met = part.core, set[bytes]()

    def meet(rho: Floats) -> Aim:
        sites = greedy(core, rho)
        if core.allows(sites) and sites.tobytes() not in met:
            met.add(sites.tobytes())
            if part.is_root or core.total_cost(sites) < PROMISING * best.cost:
                sites = interchanged(core, sites, limits.deadline)
            best.meet(core, sites)
        return best.aim

    steps, patience = (ROOT_STEPS, ROOT_PATIENCE) if part.is_root else (STEPS, PATIENCE)
    climbed = climb(core, part.prices, best.aim, steps, patience, meet, limits.deadline)
    while (
        part.is_root and climbed.bound < best.ceiling and limits.deadline.left_s() > 0
    ):
        again = climb(
            core, climbed.prices, best.aim, steps, patience, meet, limits.deadline
        )
        gained = again.bound - climbed.bound
        climbed = again if gained > 0 else climbed
        if not gained > WORTH * (best.ceiling - climbed.bound):
            break
    return climbed


def _kick(core: Core, climbed: Climb, best: _Best, limits: Limits) -> None:
    """Disturb the best plan, within the sites of the best prices, and improve it."""
    if best.opened is None:
        return
    rng = np.random.default_rng(0)
    kept = np.isin(core.site_ids, best.opened)
    wanted = 4 * int(kept.sum()) + 20
    kept[np.argsort(climbed.rho, kind="stable")[:wanted]] = True
    few = core.choosing(np.zeros_like(kept), kept)
    rho = climbed.rho[np.isin(core.site_ids, few.site_ids)]
    for _ in range(KICKS):
        if limits.deadline.left_s() == 0 or climbed.bound >= best.ceiling:
            break
        rank = rho + 0.2 * np.ptp(rho) * rng.exponential(size=len(rho))
        stays = np.flatnonzero(np.isin(few.site_ids, best.opened))
        count = min(KICKED_SITES, len(stays) // 3 + 1)
        goes = rng.choice(stays, size=min(count, len(stays)), replace=False)
        rank[np.setdiff1d(stays, goes)] = -math.inf
        best.meet(few, interchanged(few, greedy(few, rank), limits.deadline))


def _left_over(core: Core, climbed: Climb, ceiling: float) -> Core:
    """Return the core without what no plan below ``ceiling`` can have."""
    if math.isinf(climbed.bound):
        return core
    must, may = settled(core, climbed, ceiling)
    return core.choosing(must, may).within(
        climbed.prices.point + (ceiling - climbed.bound)
    )


def _by_model(core: Core, best: _Best, limits: Limits) -> float:
    """Return a bound on the plans of ``core``, having met the best a model finds."""
    if core.num_open == 0 or not core.num_sites:
        best.meet(core, np.zeros(0, dtype=np.int64))
        return math.inf
    bound = -math.inf
    with suppress(NoPlanError):
        try:
            sites, bound = solve_core(core, limits)
        except InfeasibleError:
            return math.inf
        best.meet(core, sites)
    return bound


def _divided(part: _Part, whole: Core, climbed: Climb) -> Iterator[_Part]:
    """Yield the plans that open the site least decided on, then those that do not."""
    core = part.core
    often = climbed.often[np.isin(whole.site_ids, core.site_ids)]
    pick = np.arange(core.num_sites) == np.argmax(often * (1 - often))
    yield replace(part, core=core.choosing(pick, np.ones_like(pick)))
    yield replace(part, core=core.choosing(np.zeros_like(pick), ~pick))


def _least_cost(core: Core) -> float:
    """Return what any plan costs at least, before anything is known."""
    finite = core.least[np.isfinite(core.least)]
    return float(core.constant + finite.sum() + np.minimum(0.0, core.fixed_cost).sum())


def _served_by(problem: SitingProblem, open_sites: Ints) -> Ints:
    """Return the cheapest open site of each point, NOBODY where going without is."""
    is_open: Bools = np.zeros(problem.num_sites, dtype=np.bool_)
    is_open[open_sites] = True
    take = np.flatnonzero(is_open[problem.site])
    point, first = np.unique(problem.point[take], return_index=True)
    take = take[first]
    served = problem.cost[take] <= problem.unserved_cost[point]
    site_of = np.full(problem.num_points, NOBODY, dtype=np.int64)
    site_of[point[served]] = problem.site[take[served]]
    return site_of
