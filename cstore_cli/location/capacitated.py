"""
Which sites to open, and who serves whom, within capacities: to proof, or a gap.

The problem is stated in ``siting``. A small one is one MILP. Of a large one, prices of
the points give a bound and hints at good plans; plan and bound together rule out most
options and sites for good. Then columns, a site with the points it serves, are listed
that a better plan may contain: all of them if they are few, so that the best of them
settles the matter, else the likeliest, which give better plans and a better bound. What
is left when that ends is one MILP again.

References
----------
Holmberg, Rönnqvist and Yuan (1999), An exact algorithm for the capacitated facility
location problems with single sourcing, doi:10.1016/S0377-2217(98)00008-3; Baldacci,
Hadjiconstantinou, Maniezzo and Mingozzi (2002), doi:10.1016/S0305-0548(00)00072-1.
"""

import math
from dataclasses import replace
from heapq import heapify, heappop, heappush

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.capacitated_bound import Prices, Relaxation, Relaxed
from cstore_cli.location.capacitated_columns import columns
from cstore_cli.location.capacitated_fixing import tightened
from cstore_cli.location.capacitated_model import solve_model
from cstore_cli.location.capacitated_partition import best_of
from cstore_cli.location.capacitated_search import Plan, Search, plan_of
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.siting import Bools, Ints, Siting, SitingProblem
from cstore_cli.milp import TOLERANCE, Limits

SMALL = 2_000
"""Options up to which the problem goes to the MILP as it is."""
LITTLE = 600
"""Options left up to which a MILP over them is quicker than many columns."""
FEW_SITES = 60
"""Undecided sites up to which branching on them is better than ever more columns."""
BRANCH_STEPS = 60
"""Steps of the ascent in a branch."""
FIRST_STEPS, MORE_STEPS = 400, 200
"""Steps of the first ascent, and of one after options have gone."""
FIRST_STEP, NEXT_STEP = 1.0, 0.3
"""The first step of the first ascent, and of those that start from its prices."""
WARM_UP, EVERY = 20, 3
"""Steps before the first plan is tried, and between two tries."""
STAGES = (5_000, 20_000, 80_000, 200_000)
"""Columns at most, stage by stage."""
BUILD_S = 1e-4
"""Seconds to build a model per option or column: none is begun later than that."""
STAGE_NODES = 200
"""Nodes of the MILP over columns that are not all."""
SHRINKING, SHRINKS = 0.7, 16
"""A margin is shrunk to this share, so often, until its columns are few enough."""
HALF = 0.5
NO_PLAN_SHARE = 0.05
"""Of the bound: how much more a plan is thought to cost while there is none."""


def site_capacitated(
    problem: SitingProblem, limits: Limits, start: tuple[Bools, Ints] | None = None
) -> Siting:
    """
    Open sites and serve points at least cost.

    ``start``, open sites (m,) and the site of each point (n,) or NOBODY, is the answer
    at worst; not used if it breaks a rule.

    Raises
    ------
    InfeasibleError
        When no plan meets every rule.
    NoPlanError
        When the deadline came before the first plan.
    """
    _refuse(problem)
    run = _Run(problem, limits, None if start is None else plan_of(problem, *start))
    if len(problem.site) <= SMALL:
        run.finish()
    else:
        run.narrow()
    return run.answer()


def _refuse(problem: SitingProblem) -> None:
    """Raise what can be told from counts alone."""
    must, may = int(problem.must_open.sum()), int(problem.may_open.sum())
    both = int((problem.must_open & ~problem.may_open).sum())
    if both:
        raise InfeasibleError(f"{both} sites must open and must not.")
    if problem.num_open is not None and not must <= problem.num_open <= may:
        raise InfeasibleError(
            f"{problem.num_open} sites are to open; {must} must and {may} may."
        )


class _Run:
    """One problem on its way: the best plan, the bound, and what is left of it."""

    def __init__(
        self, problem: SitingProblem, limits: Limits, plan: Plan | None
    ) -> None:
        self.problem = problem
        self.limits = limits
        self.plan = plan
        self.bound = -math.inf
        self.whole_costs = _whole_costs(problem)
        self.point_prices = np.zeros(problem.num_points)

    def answer(self) -> Siting:
        """Return the best plan and what is known about it."""
        plan = self.plan
        if plan is None:
            raise NoPlanError("Siting: stopped before the first plan was found.")
        return Siting(
            open_sites=np.flatnonzero(plan.is_open),
            site_of=plan.site_of,
            cost=plan.cost,
            bound=min(self.bound, plan.cost),
            proven=self._is_close(),
            prices=self.point_prices,
        )

    def narrow(self) -> None:
        """Close the gap stage by stage, then by one MILP."""
        deadline = self.limits.deadline
        relaxation = self._relaxation()
        search = Search(self.problem, relaxation.knapsacks)
        relaxed = self._climb(
            relaxation, _first_prices(relaxation), FIRST_STEPS, FIRST_STEP
        )
        self._learn(relaxed)
        if self.plan is not None and not self._is_close():
            self._offer(search.opened_and_closed(self.plan, deadline))
        for most in STAGES:
            if self._is_done():
                return
            before = len(self.problem.site)
            if self.plan is not None:
                self.problem = tightened(relaxation, relaxed, self.plan, self.plan.cost)
                relaxation = self._relaxation()
                relaxed = relaxation.at(relaxed.prices)
            if len(self.problem.site) < before / 2:
                relaxed = self._climb(relaxation, relaxed.prices, MORE_STEPS, NEXT_STEP)
                self._learn(relaxed)
            if self._is_done() or self._stage(relaxation, relaxed, most):
                return
            if self.plan is not None and len(self.problem.site) <= LITTLE:
                break
            if self.plan is not None and _undecided(self.problem).sum() <= FEW_SITES:
                self._branch(relaxed)
                return
        if not self._is_done():
            self.finish()

    def _branch(self, relaxed: Relaxed) -> None:
        """
        Open and close sites by turns until little is left, the lowest bound first.

        The site to branch on is the one that opened most nearly every other time on
        the way to the bound.
        """
        waiting = [(relaxed.value, 0, self.problem, relaxed.prices)]
        dive, count, closed = True, 0, math.inf
        while waiting and not self._is_done():
            # Straight down to a first plan, then the lowest bound first.
            bound, _, problem, prices = waiting.pop() if dive else heappop(waiting)
            below = self._branched(problem, prices, bound)
            if isinstance(below, float):
                if dive:
                    heapify(waiting)
                dive, closed = False, min(closed, below)
            else:
                for child, child_prices, child_bound in below:
                    count += 1
                    entry = (child_bound, count, child, child_prices)
                    waiting.append(entry) if dive else heappush(waiting, entry)
            least = min((entry[0] for entry in waiting), default=math.inf)
            cost = math.inf if self.plan is None else self.plan.cost
            self._raise_bound(min(least, closed, cost))

    def _branched(
        self, problem: SitingProblem, prices: Prices, bound: float
    ) -> float | list[tuple[SitingProblem, Prices, float]]:
        """Return a bound that settles a branch, or its two, the likelier one last."""
        relaxation = Relaxation(problem, Knapsacks(problem))
        relaxed = self._climb(relaxation, prices, BRANCH_STEPS, NEXT_STEP)
        bound = max(bound, relaxed.value)
        plan = self.plan
        if plan is None or bound > self._ceiling() + _small(bound):
            return bound
        problem = tightened(relaxation, relaxed, plan, plan.cost)
        undecided = _undecided(problem)
        if len(problem.site) <= LITTLE or not undecided.any():
            return max(bound, self._settled(problem, bound))
        share = np.where(undecided, relaxed.open_share, np.inf)
        site = int(np.abs(share - HALF).argmin())
        must_open, may_open = problem.must_open.copy(), problem.may_open.copy()
        must_open[site], may_open[site] = True, False
        opened = (replace(problem, must_open=must_open), relaxed.prices, bound)
        closed = (replace(problem, may_open=may_open), relaxed.prices, bound)
        return [closed, opened] if share[site] >= HALF else [opened, closed]

    def _settled(self, problem: SitingProblem, bound: float) -> float:
        """Return the bound of a branch left to a MILP."""
        plan, ceiling = self.plan, self._ceiling()
        if plan is None:
            return bound
        start = plan if problem.allows(plan.is_open) else None
        try:
            found, bound = solve_model(problem, self.limits, start, ceiling)
        except InfeasibleError:
            return plan.cost
        except NoPlanError:
            return bound
        self._offer(found)
        return bound

    def finish(self) -> None:
        """Leave the rest to one MILP over all options left."""
        needed_s = BUILD_S * len(self.problem.site)
        if self.plan is not None and self.limits.deadline.left_s() < needed_s:
            return
        try:
            plan, bound = solve_model(self.problem, self.limits, self.plan)
        except (InfeasibleError, NoPlanError):
            if self.plan is None:
                raise
            return
        self._offer(plan)
        self._raise_bound(bound)

    def _relaxation(self) -> Relaxation:
        return Relaxation(self.problem, Knapsacks(self.problem))

    def _climb(
        self, relaxation: Relaxation, prices: Prices, steps: int, step: float
    ) -> Relaxed:
        """Climb, and try plans on the way."""
        search = Search(self.problem, relaxation.knapsacks)
        tried: set[bytes] = set()
        count = 0

        def goal(now: Relaxed, is_best: bool) -> float:
            nonlocal count
            count += 1
            hopeful = is_best or self.plan is None
            if hopeful and count > WARM_UP and count % EVERY == 0:
                self._offer(search.like(now, tried, self.limits.deadline))
            if self.plan is None:
                return now.value + NO_PLAN_SHARE * abs(now.value) + TOLERANCE
            return self.plan.cost

        return relaxation.climb(prices, goal, steps, step, self.limits.deadline)

    def _learn(self, relaxed: Relaxed) -> None:
        self._raise_bound(relaxed.value)
        self.point_prices = relaxed.prices.point

    def _stage(self, relaxation: Relaxation, relaxed: Relaxed, most: int) -> bool:
        """Find the best plan of the likeliest columns; whether they were all."""
        whole = self._margin(relaxed)
        margin = whole
        for _ in range(SHRINKS):
            found = columns(relaxation, relaxed, margin, most, self.limits.deadline)
            if found is not None:
                break
            margin *= SHRINKING
        else:
            return False
        if self.limits.deadline.left_s() < BUILD_S * len(found.site):
            return False
        complete = margin == whole and self.plan is not None
        limits = self.limits
        if not complete:
            half = limits.deadline.left_s() / 2
            nodes = min(STAGE_NODES, limits.nodes or STAGE_NODES)
            limits = replace(limits, nodes=nodes, deadline=limits.deadline.sooner(half))
        try:
            plan, bound = best_of(relaxation, found, self.plan, relaxed, limits)
        except (InfeasibleError, NoPlanError):
            return False
        self._offer(plan)
        beyond = relaxed.value + margin
        if complete and self.plan is not None:
            beyond = self.plan.cost
        self._raise_bound(min(bound, beyond))
        return complete

    def _margin(self, relaxed: Relaxed) -> float:
        """How much above the bound a better plan may cost."""
        if self.plan is None:
            return NO_PLAN_SHARE * abs(relaxed.value) + TOLERANCE
        return max(self._ceiling() - relaxed.value, 0) + _small(self.plan.cost)

    def _ceiling(self) -> float:
        """What a better plan costs at most."""
        if self.plan is None:
            return math.inf
        return self.plan.cost - (1 if self.whole_costs else 0)

    def _offer(self, plan: Plan | None) -> None:
        if plan is not None and (self.plan is None or plan.cost < self.plan.cost):
            self.plan = plan

    def _raise_bound(self, bound: float) -> None:
        """Raise the bound, less what arithmetic may miss, to a whole one if it is."""
        if self.whole_costs and math.isfinite(bound):
            bound = math.ceil(bound - TOLERANCE * max(1.0, abs(bound)))
        self.bound = max(self.bound, bound - _small(bound))

    def _is_close(self) -> bool:
        if self.plan is None:
            return False
        cost = self.plan.cost
        gap = max(self.limits.gap_abs, self.limits.gap * abs(cost)) + 3 * _small(cost)
        return cost - self.bound <= gap

    def _is_done(self) -> bool:
        return self._is_close() or self.limits.deadline.left_s() == 0


def _undecided(problem: SitingProblem) -> Bools:
    """Which sites may open and need not."""
    undecided: Bools = problem.may_open & ~problem.must_open
    return undecided


def _first_prices(relaxation: Relaxation) -> Prices:
    """Return for each point what its fourth best option costs."""
    problem = relaxation.problem
    fourth = np.minimum(problem.start[:-1] + 3, problem.start[1:] - 1)
    has_options = np.diff(problem.start) > 0
    point = np.where(has_options, problem.cost[np.where(has_options, fourth, 0)], 0.0)
    return Prices(
        np.minimum(point, problem.unserved_cost), np.zeros(len(relaxation.most))
    )


def _whole_costs(problem: SitingProblem) -> bool:
    """Whether every plan costs a whole number."""
    without = problem.unserved_cost[np.isfinite(problem.unserved_cost)]
    parts = (problem.cost, problem.fixed_cost, without)
    return all(bool(np.all(part == np.round(part))) for part in parts)


def _small(value: float) -> float:
    """Return what sums of costs may be off at ``value``."""
    return 1e-9 * max(1.0, abs(value)) if math.isfinite(value) else 0.0
