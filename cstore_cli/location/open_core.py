"""What is left to choose of a siting problem without capacities, folded small."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from scipy.sparse import csr_array

from cstore_cli.location.groups import groups_of, near_of
from cstore_cli.location.siting import Bools, Floats, Ints, SitingProblem, slack


@dataclass(frozen=True, eq=False)
class Core:
    """
    Sites still to choose; those that are open already stand in ``base``.

    Site j (numbered ``site_ids[j]`` in the problem) costs ``fixed_cost[j]`` and serves
    ``point`` at ``cost`` in the slice ``first[j]:first[j + 1]``. ``base`` (n,) is what
    a point costs without any of them, infinite if it must be served by one; only
    cheaper options are kept. ``opened`` are the problem's sites open already, at
    ``constant`` in fixed costs. ``num_open`` more are wanted, None for any number;
    they may spend ``budget``, what sums may be off included; ``near`` (m, m) marks the
    pairs too near each other, and ``groups`` (g, m) covers these pairs by groups of
    which one site at most may open.
    """

    constant: float
    base: Floats
    opened: Ints
    site_ids: Ints
    first: Ints
    point: Ints
    cost: Floats
    fixed_cost: Floats
    num_open: int | None
    spend: Floats
    budget: float
    near: csr_array
    groups: csr_array

    @property
    def num_sites(self) -> int:
        """How many sites are left, m."""
        return len(self.site_ids)

    @cached_property
    def site(self) -> Ints:
        """The site of each option."""
        return np.repeat(np.arange(self.num_sites), np.diff(self.first))

    @cached_property
    def least(self) -> Floats:
        """The cheapest that each point can be served at, (n,)."""
        least = self.base.copy()
        np.minimum.at(least, self.point, self.cost)
        return least

    def served_cost(self, sites: Ints) -> Floats:
        """What each point costs when ``sites`` open, too, (n,)."""
        served = self.base.copy()
        take = self.options_of(sites)
        np.minimum.at(served, self.point[take], self.cost[take])
        return served

    def options_of(self, sites: Ints) -> Ints:
        """Return the options of ``sites``, site by site."""
        counts = np.diff(self.first)[sites]
        ends = np.cumsum(counts)
        shift = np.repeat(self.first[sites] - (ends - counts), counts)
        take: Ints = np.arange(counts.sum()) + shift
        return take

    def total_cost(self, sites: Ints) -> float:
        """Return the cost of opening ``sites``, infinite if a point has none."""
        parts = (self.served_cost(sites), self.fixed_cost[sites], [self.constant])
        return math.fsum(np.concatenate(parts))

    def best_alone(self) -> int | None:
        """The site to open if it is to be one, None if none serves all that must be."""
        must = np.isinf(self.base)
        without = np.where(must, 0.0, self.base)
        saved = without[self.point] - self.cost
        cost = self.fixed_cost - np.bincount(self.site, saved, self.num_sites)
        served = np.bincount(self.site, must[self.point], self.num_sites)
        cost[served < must.sum()] = np.inf
        best = int(np.argmin(cost)) if self.num_sites else 0
        return best if self.num_sites and np.isfinite(cost[best]) else None

    def allows(self, sites: Ints) -> bool:
        """Whether ``sites`` may be opened together, and are as many as wanted."""
        if self.num_open is not None and len(sites) != self.num_open:
            return False
        if self.spend[sites].sum() > self.budget:
            return False
        return self.near[sites][:, sites].nnz == 0

    @property
    def hopeless(self) -> bool:
        """Whether no choice can be allowed, or serve every point; not always seen."""
        if not np.all(np.isfinite(self.least)) or self.budget < 0:
            return True
        if self.num_open is None:
            return False
        if not 0 <= self.num_open <= self.num_sites:
            return True
        cheapest = np.sort(self.spend)[: self.num_open].sum()
        return bool(cheapest > self.budget)

    def choosing(self, opened: Bools, kept: Bools) -> Self:
        """Return what is left when ``opened`` open and of the others ``kept`` stay."""
        ids = np.flatnonzero(opened)
        base = self.served_cost(ids)
        left = kept & ~opened
        budget = float(self.budget - self.spend[ids].sum())
        if self.near[ids][:, ids].nnz or np.any(opened & ~kept):
            budget = -math.inf  # no plan has them all: hopeless
        if len(ids):
            left &= self.near[:, ids].sum(axis=1) == 0
        left &= self.spend <= budget
        stays = left[self.site] & (self.cost < base[self.point])
        counts = np.bincount(self.site[stays], minlength=self.num_sites)[left]
        return replace(
            self,
            constant=self.constant + self.fixed_cost[ids].sum(),
            base=base,
            opened=np.concatenate([self.opened, self.site_ids[ids]]),
            site_ids=self.site_ids[left],
            first=np.concatenate([[0], np.cumsum(counts)]),
            point=self.point[stays],
            cost=self.cost[stays],
            fixed_cost=self.fixed_cost[left],
            num_open=None if self.num_open is None else self.num_open - len(ids),
            spend=self.spend[left],
            budget=budget,
            near=self.near[left][:, left],
            groups=self.groups[:, left],
        )

    def within(self, most: Floats) -> Self:
        """Return the core where each point costs less than ``most`` (n,)."""
        base = np.where(self.base < most, self.base, np.inf)
        return replace(self.nearer(most), base=base)

    def nearer(self, most: Floats) -> Self:
        """Return the core with the options that cost less than ``most`` (n,)."""
        stays = self.cost < most[self.point]
        counts = np.bincount(self.site[stays], minlength=self.num_sites)
        return replace(
            self,
            first=np.concatenate([[0], np.cumsum(counts)]),
            point=self.point[stays],
            cost=self.cost[stays],
        )


def core_of(problem: SitingProblem) -> Core:
    """Return the problem with what must be open folded in and the barred left out."""
    order = np.lexsort((problem.point, problem.site))
    num_sites = problem.num_sites
    counts = np.bincount(problem.site, minlength=num_sites)
    near = near_of(problem.too_near, num_sites)
    whole = Core(
        constant=0.0,
        base=problem.unserved_cost,
        opened=np.zeros(0, dtype=np.int64),
        site_ids=np.arange(num_sites),
        first=np.concatenate([[0], np.cumsum(counts)]),
        point=problem.point[order],
        cost=problem.cost[order],
        fixed_cost=problem.fixed_cost,
        num_open=problem.num_open,
        spend=problem.spend,
        # Half of what the problem grants: what is left of it stays right to the end.
        budget=problem.budget + float(slack(problem.budget)) / 2,
        near=near,
        groups=groups_of(near),
    )
    return whole.choosing(problem.must_open, problem.may_open)
