"""
Whether any plan costs at most so much: the best of those, or the proof of none.

The ceiling need not be a plan's cost. A lower one rules out most sites and options at
once (``capacitated_fixing``), so that little is left to branch on: first on how many
sites open, then on single ones, down to where all columns that are left can be listed.
If nothing is found the ceiling is a bound; so ever higher ones bound better and better.

References
----------
Destructive bounds: Klein and Scholl (1999), doi:10.1016/S0377-2217(97)00440-2.
"""

from dataclasses import replace

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.capacitated_bound import Relaxation, Relaxed
from cstore_cli.location.capacitated_columns import ROUNDING, Columns, columns
from cstore_cli.location.capacitated_fixing import tightened
from cstore_cli.location.capacitated_model import solve_model
from cstore_cli.location.capacitated_partition import best_of
from cstore_cli.location.capacitated_search import Plan
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.prices import Prices
from cstore_cli.location.siting import Floats, SitingProblem
from cstore_cli.milp import TOLERANCE, Limits

STEPS, STEP = 60, 0.3
"""Steps of the ascent in a branch, and its first."""
BEYOND = 0.25
"""Of the longest way to the ceiling yet: so far beyond it the ascent aims."""
COLUMNS = 10_000
"""Columns up to which they are listed instead of branching."""
HALF = 0.5

Branch = tuple[SitingProblem, Prices]


class Refutation:
    """
    The search for plans of a problem up to a ceiling.

    ``plan`` is the best found, None if none; ``ceiling`` falls to its cost, or a whole
    one below where ``step`` is 1. ``branches`` counts them.
    """

    def __init__(
        self, problem: SitingProblem, ceiling: float, step: float, limits: Limits
    ) -> None:
        self.problem = problem
        self.ceiling = ceiling
        self.step = step
        self.limits = replace(limits, gap=0.0, gap_abs=TOLERANCE)
        self.plan: Plan | None = None
        self.branches = 0
        self._deadline = limits.deadline
        self._is_complete = True
        self._beyond = 0.0

    def settle(self, prices: Prices) -> bool:
        """Look for all plans up to the ceiling; whether it came to an end."""
        waiting = [(self.problem, prices)]
        while waiting and self._is_complete:
            if self._deadline.left_s() == 0:
                return False
            waiting += self._branched(*waiting.pop())
            self.branches += 1
        return self._is_complete

    def _branched(self, problem: SitingProblem, prices: Prices) -> list[Branch]:
        """Return the branches of one, the likeliest last; none where it is settled."""
        relaxation = Relaxation(problem, Knapsacks(problem))
        relaxed = self._climbed(relaxation, prices)
        if relaxed.value > self.ceiling + self._small:
            return []
        prices, share = relaxed.prices, relaxed.open_share
        problem = tightened(relaxation, relaxed, self.ceiling)
        if np.any(problem.must_open & ~problem.may_open):
            return []
        relaxation = Relaxation(problem, Knapsacks(problem))
        relaxed = relaxation.at(prices)
        margin = max(self.ceiling - relaxed.value, 0) + self._small
        found = columns(relaxation, relaxed, margin, COLUMNS, self._deadline)
        undecided = problem.may_open & ~problem.must_open
        if found is not None or not undecided.any():
            self._choose(relaxation, relaxed, found)
            return []
        if problem.num_open is None:
            return self._by_count(problem, relaxed)
        return self._by_site(problem, prices, np.where(undecided, share, np.inf))

    def _choose(
        self, relaxation: Relaxation, relaxed: Relaxed, found: Columns | None
    ) -> None:
        """Find the best plan of a branch; without it nothing is proven."""
        try:
            if found is None:
                problem = relaxation.problem
                plan, bound = solve_model(problem, self.limits, None, self.ceiling)
            else:
                plan, bound = best_of(relaxation, found, None, relaxed, self.limits)
        except InfeasibleError:
            return
        except NoPlanError:
            self._is_complete = False
            return
        if plan is not None and plan.cost <= self.ceiling + self._small:
            self.plan = plan
            self.ceiling = plan.cost - self.step
        if bound < self.ceiling - TOLERANCE * max(1.0, abs(self.ceiling)):
            self._is_complete = False

    def _by_site(
        self, problem: SitingProblem, prices: Prices, share: Floats
    ) -> list[Branch]:
        """Open and close the site that opened most nearly every other time."""
        site = int(np.abs(share - HALF).argmin())
        must_open, may_open = problem.must_open.copy(), problem.may_open.copy()
        must_open[site], may_open[site] = True, False
        pair = [
            replace(problem, may_open=may_open),
            replace(problem, must_open=must_open),
        ]
        if share[site] < HALF:
            pair.reverse()
        return [
            (branch, prices)
            for branch in pair
            if branch.must_open.sum() <= branch.num_open <= branch.may_open.sum()
        ]

    def _by_count(self, problem: SitingProblem, relaxed: Relaxed) -> list[Branch]:
        """
        Let any number of sites open that the prices do not rule out, near ones last.

        At any prices the bound is convex in the number: where it is beyond the ceiling
        and one site more would raise it, so would any more, and the same for fewer.
        """
        likeliest = int(relaxed.is_open.sum())
        least, most = int(problem.must_open.sum()), int(problem.may_open.sum())
        branches: list[Branch] = []
        for counts in (
            range(likeliest, most + 1),
            range(likeliest - 1, least - 1, -1),
        ):
            for count in counts:
                branch = replace(problem, num_open=count)
                relaxation = Relaxation(branch, Knapsacks(branch))
                at = self._climbed(relaxation, relaxed.prices)
                undecided = problem.may_open & ~problem.must_open
                more = at.site_value[undecided & ~at.is_open].min(initial=np.inf)
                fewer = -at.site_value[undecided & at.is_open].max(initial=-np.inf)
                rise = more if counts.step > 0 else fewer
                if at.value > self.ceiling + self._small and rise >= 0:
                    break
                branches.insert(0, (branch, at.prices))
        return branches

    def _climbed(self, relaxation: Relaxation, prices: Prices) -> Relaxed:
        return relaxation.climb(prices, self._goal, STEPS, STEP, self._deadline)

    def _goal(self, now: Relaxed, _is_best: bool) -> float:
        """Aim beyond the ceiling: what only aims at it never gets there."""
        if now.value > self.ceiling + self._small:
            return now.value
        self._beyond = max(self._beyond, BEYOND * (self.ceiling - now.value))
        return self.ceiling + self._small + self._beyond

    @property
    def _small(self) -> float:
        return ROUNDING * max(1.0, abs(self.ceiling))
