"""What is known of a problem on the way to its answer: the best plan and the bound."""

import math

import numpy as np

from cstore_cli.location.capacitated_search import Plan
from cstore_cli.location.siting import SitingProblem
from cstore_cli.milp import TOLERANCE, Limits

HALF = 0.5
NO_PLAN_SHARE = 0.05
"""Of the bound: how much more a plan is thought to cost while there is none."""


class Known:
    """
    ``plan`` the best, ``bound`` on all, and what follows from the two.

    ``step`` is what a better plan saves at least: 1 where all costs are whole, else 0.
    """

    def __init__(
        self, problem: SitingProblem, limits: Limits, plan: Plan | None
    ) -> None:
        self.limits = limits
        self.plan = plan
        self.bound = -math.inf
        self.step = 1.0 if _whole_costs(problem) else 0.0

    def offer(self, plan: Plan | None) -> None:
        """Keep a plan if it is better."""
        if plan is not None and (self.plan is None or plan.cost < self.plan.cost):
            self.plan = plan

    def raise_bound(self, bound: float) -> None:
        """Raise the bound, less what arithmetic may miss, to a whole one if it is."""
        missed = TOLERANCE * max(1.0, abs(bound))
        if self.step and missed < HALF:
            bound = math.ceil(bound - missed)
        self.bound = max(self.bound, bound - _small(bound))

    def is_close(self) -> bool:
        """Whether the gap is what was asked for."""
        if self.plan is None:
            return False
        cost = self.plan.cost
        gap = max(self.limits.gap_abs, self.limits.gap * abs(cost)) + 3 * _small(cost)
        return cost - self.bound <= gap

    def is_done(self) -> bool:
        """Whether nothing is left to do or no time to do it."""
        return self.is_close() or self.limits.deadline.left_s() == 0

    def margin(self, value: float) -> float:
        """Return how much above a bound a better plan may cost."""
        if self.plan is None:
            return NO_PLAN_SHARE * abs(value) + TOLERANCE
        return max(self.plan.cost - self.step - value, 0) + _small(self.plan.cost)

    def ceiling(self, rise: float) -> float:
        """Return a cost ``rise`` above the bound, but none beyond what is wanted."""
        if self.plan is None:
            return math.inf
        cost = self.plan.cost
        enough = cost - self.limits.gap * abs(cost) + 3 * _small(cost)
        ceiling = min(self.bound + rise, enough)
        if self.step:
            ceiling = math.ceil(ceiling)
        return min(ceiling, cost - self.step)


def _whole_costs(problem: SitingProblem) -> bool:
    """Whether every plan costs a whole number."""
    without = problem.unserved_cost[np.isfinite(problem.unserved_cost)]
    parts = (problem.cost, problem.fixed_cost, without)
    return all(bool(np.all(part == np.round(part))) for part in parts)


def _small(value: float) -> float:
    """Return what sums of costs may be off at ``value``."""
    return 1e-9 * max(1.0, abs(value)) if math.isfinite(value) else 0.0
