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

from dataclasses import replace

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.capacitated_bound import Relaxation, Relaxed
from cstore_cli.location.capacitated_columns import likeliest
from cstore_cli.location.capacitated_fixing import tightened
from cstore_cli.location.capacitated_known import Known
from cstore_cli.location.capacitated_model import solve_model
from cstore_cli.location.capacitated_partition import best_of
from cstore_cli.location.capacitated_refutation import Refutation
from cstore_cli.location.capacitated_regions import POINTS, improved
from cstore_cli.location.capacitated_search import Plan, Search, plan_of
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.prices import Prices
from cstore_cli.location.siting import Bools, Ints, Siting, SitingProblem
from cstore_cli.milp import Limits

SMALL = 2_000
"""Options up to which the problem goes to the MILP as it is."""
LITTLE = 600
"""Options left up to which a MILP over them is quicker than many columns."""
FIRST_STEPS, MORE_STEPS = 400, 200
"""Steps of the first ascent, and of one after options have gone."""
FIRST_STEP, NEXT_STEP, LAST_STEP = 1.0, 0.3, 0.1
"""The first step of the first ascent, of the next, and of that before branching."""
WARM_UP, EVERY = 20, 3
"""Steps before the first plan is tried, and between two tries."""
STAGES, MORE_STAGES = (5_000, 20_000), (80_000, 200_000)
"""Columns at most, stage by stage; more only without a plan or if HOPEFUL."""
HOPEFUL = 0.2
"""Share of the margin that the last columns reached from which more may reach all."""
BUILD_S = 1e-4
"""Seconds to build a model per option or column: none is begun later than that."""
STAGE_NODES = 200
"""Nodes of the MILP over columns that are not all."""
REGIONS_SHARE = 0.3
"""Of the time left that the search region by region may take."""
FIRST_RISE = 1 / 8
"""Of the gap: how much above the bound a first ceiling is put."""
FEW_SITES = 60
"""Undecided sites up to which the first ceiling is the plan's own cost."""
FEW_BRANCHES = 8
"""Branches up to which the next ceiling is put twice as high above."""


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


class _Run(Known):
    """One problem on its way: what is known, and what is left of it."""

    def __init__(
        self, problem: SitingProblem, limits: Limits, plan: Plan | None
    ) -> None:
        super().__init__(problem, limits, plan)
        self.problem = problem
        self.point_prices = np.zeros(problem.num_points)
        self.reached = 0.0

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
            proven=self.is_close(),
            prices=self.point_prices,
        )

    def narrow(self) -> None:
        """Close the gap stage by stage, by ever higher ceilings, then by one MILP."""
        deadline = self.limits.deadline
        relaxation = self._relaxation()
        search = Search(self.problem, relaxation.knapsacks)
        relaxed = self._climb(
            relaxation, _first_prices(relaxation), FIRST_STEPS, FIRST_STEP
        )
        self._learn(relaxed)
        if self.plan is not None and not self.is_close():
            self.offer(search.opened_and_closed(self.plan, deadline))
        for most in (*STAGES, *MORE_STAGES):
            hopeless = self.plan is not None and self.reached < HOPEFUL
            if most not in STAGES and hopeless:
                break
            relaxation, relaxed = self._tightened(relaxation, relaxed)
            if self.is_done() or self._stage(relaxation, relaxed, most):
                return
            if self.plan is not None and len(self.problem.site) <= LITTLE:
                break
        if not self.is_done() and len(self.problem.site) > LITTLE:
            self._improve(relaxed.prices)
            relaxation, relaxed = self._tightened(relaxation, relaxed)
            relaxed = self._climb(relaxation, relaxed.prices, MORE_STEPS, LAST_STEP)
            self._learn(relaxed)
            self._raise_ceilings(relaxed.prices)
        if not self.is_done():
            self.finish()

    def _tightened(
        self, relaxation: Relaxation, relaxed: Relaxed
    ) -> tuple[Relaxation, Relaxed]:
        """Drop what no better plan uses; climb again if that is much."""
        if self.plan is None or self.is_done():
            return relaxation, relaxed
        before = len(self.problem.site)
        self.problem = tightened(relaxation, relaxed, self.plan.cost, self.plan)
        relaxation = self._relaxation()
        relaxed = relaxation.at(relaxed.prices)
        if len(self.problem.site) < before / 2:
            relaxed = self._climb(relaxation, relaxed.prices, MORE_STEPS, NEXT_STEP)
            self._learn(relaxed)
        return relaxation, relaxed

    def _improve(self, prices: Prices) -> None:
        """Search for a better plan region by region."""
        plan, deadline = self.plan, self.limits.deadline
        if plan is None or self.problem.num_points <= POINTS:
            return
        share = replace(
            self.limits, deadline=deadline.sooner(REGIONS_SHARE * deadline.left_s())
        )
        self.offer(improved(self.problem, prices, plan, share))

    def _raise_ceilings(self, prices: Prices) -> None:
        """Refute ever higher ceilings until one is a plan's cost."""
        if self.plan is None:
            return
        undecided = self.problem.may_open & ~self.problem.must_open
        few = int(undecided.sum()) <= FEW_SITES
        gap, rise = self.plan.cost - self.bound, 1.0 if few else FIRST_RISE
        while not self.is_done():
            ceiling = self.ceiling(rise * gap)
            refutation = Refutation(self.problem, ceiling, self.step, self.limits)
            is_settled = refutation.settle(prices)
            self.offer(refutation.plan)
            if not is_settled:
                return
            self.raise_bound(refutation.ceiling + self.step)
            if refutation.branches <= FEW_BRANCHES:
                rise *= 2

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
        self.offer(plan)
        self.raise_bound(bound)

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
                self.offer(search.like(now, tried, self.limits.deadline))
            if self.plan is None:
                return now.value + self.margin(now.value)
            return self.plan.cost

        return relaxation.climb(prices, goal, steps, step, self.limits.deadline)

    def _learn(self, relaxed: Relaxed) -> None:
        self.raise_bound(relaxed.value)
        self.point_prices = relaxed.prices.point

    def _stage(self, relaxation: Relaxation, relaxed: Relaxed, most: int) -> bool:
        """Find the best plan of the likeliest columns; whether they were all."""
        whole = self.margin(relaxed.value)
        deadline = self.limits.deadline
        found, margin = likeliest(relaxation, relaxed, whole, most, deadline)
        if found is None:
            return False
        if self.limits.deadline.left_s() < BUILD_S * len(found.site):
            return False
        self.reached = margin / whole
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
        self.offer(plan)
        beyond = relaxed.value + margin
        if complete and self.plan is not None:
            beyond = self.plan.cost
        self.raise_bound(min(bound, beyond))
        return complete


def _first_prices(relaxation: Relaxation) -> Prices:
    """Return for each point what its fourth best option costs."""
    problem = relaxation.problem
    fourth = np.minimum(problem.start[:-1] + 3, problem.start[1:] - 1)
    has_options = np.diff(problem.start) > 0
    point = np.where(has_options, problem.cost[np.where(has_options, fourth, 0)], 0.0)
    return Prices(
        np.minimum(point, problem.unserved_cost), np.zeros(len(relaxation.most))
    )
