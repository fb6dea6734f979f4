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
LITTLE = 1_000
"""Options left up to which a MILP over them is quicker than many columns."""
FIRST_STEPS, MORE_STEPS = 400, 200
"""Steps of the first ascent, and of one after options have gone."""
WARM_UP, EVERY = 20, 3
"""Steps before the first plan is tried, and between two tries."""
STAGES = (5_000, 20_000, 60_000, 150_000, 400_000)
"""Columns at most, stage by stage."""
STAGE_NODES = 200
"""Nodes of the MILP over columns that are not all."""
HALVINGS = 10
"""Times that a margin is halved until its columns are few enough."""
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
        relaxed = self._climb(relaxation, _first_prices(relaxation), FIRST_STEPS)
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
                relaxed = self._climb(relaxation, relaxed.prices, MORE_STEPS)
            if self._is_done() or self._stage(relaxation, relaxed, most):
                return
            if self.plan is not None and len(self.problem.site) <= LITTLE:
                break
        if not self._is_done():
            self.finish()

    def finish(self) -> None:
        """Leave the rest to one MILP over all options left."""
        try:
            plan, bound = solve_model(self.problem, self.limits, self.plan)
        except (InfeasibleError, NoPlanError):
            if self.plan is None:
                raise
            return
        self._offer(plan)
        self._raise_bound(bound)

    def _relaxation(self) -> Relaxation:
        keep = np.ones(len(self.problem.site), dtype=bool)
        return Relaxation(self.problem, Knapsacks(self.problem, keep))

    def _climb(self, relaxation: Relaxation, prices: Prices, steps: int) -> Relaxed:
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

        best = relaxation.climb(prices, goal, steps, self.limits.deadline)
        self._raise_bound(best.value)
        self.point_prices = best.prices.point
        return best

    def _stage(self, relaxation: Relaxation, relaxed: Relaxed, most: int) -> bool:
        """Find the best plan of the likeliest columns; whether they were all."""
        whole = self._margin(relaxed)
        margin = whole
        for _ in range(HALVINGS):
            found = columns(relaxation, relaxed, margin, most, self.limits.deadline)
            if found is not None:
                break
            margin /= 2
        else:
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
        beyond = self._ceiling() if complete else relaxed.value + margin
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
        gap = max(self.limits.gap_abs, self.limits.gap * abs(cost), 3 * _small(cost))
        return cost - self.bound <= gap

    def _is_done(self) -> bool:
        return self._is_close() or self.limits.deadline.left_s() == 0


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
