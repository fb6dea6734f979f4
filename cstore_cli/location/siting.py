"""Which sites to open, and the open site that serves each point: the problem itself."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.milp import TOLERANCE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NOBODY = -1
"""In place of a site: the point goes without."""


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """
    Sites j to open, y_j, and the open site of each point i, x_ij; x_i is going without.

        min   sum_j f_j y_j + sum_ij c_ij x_ij + sum_i u_i x_i              (1)
        s.t.  sum_j x_ij + x_i = 1        one site, or none, for point i    (2)
              x_ij <= y_j                 only open sites serve             (3)
              sum_i a_i x_ij <= q_j       load of each site j fits          (4)
              sum_j y_j = p               as many as asked for              (5)
              sum_j b_j y_j <= B          budget                            (6)
              y_j + y_k <= 1              sites too near each other         (7)
              y_j = 1, y_j = 0            must and must not open            (8)
              all in {0, 1}               single source

    It is the p-median (f = 0, u infinite), maximal covering (c = 0 within the radius,
    no option beyond it, u_i = a_i: what is missed is minimised) and the single-source
    fixed-charge location (p free), depending on its figures. Options are sparse: point
    i has those in ``start[i]:start[i + 1]`` and no other.

    ``start`` (n + 1,); ``site``, ``cost`` (options,), the c_ij of each point ascending,
    finite, of any sign; ``unserved_cost`` u (n,), infinite where a point must be
    served; ``fixed_cost`` f (m,), finite; ``demand`` a (n,), none negative;
    ``capacity`` q (m,), infinite for none; ``must_open``, ``may_open`` (m,);
    ``num_open`` p, those that must open included, None for any number; ``spend`` b
    (m,), none negative, and ``budget`` B, infinite for none; ``too_near`` (k, 2) pairs
    of sites.

    References
    ----------
    Daskin (2013), Network and Discrete Location, 2nd ed., ch. 4, 6 and 7.
    """

    start: Ints
    site: Ints
    cost: Floats
    unserved_cost: Floats
    fixed_cost: Floats
    demand: Floats
    capacity: Floats
    must_open: Bools
    may_open: Bools
    num_open: int | None
    spend: Floats
    budget: float
    too_near: Ints

    @property
    def num_points(self) -> int:
        """How many points, n."""
        return len(self.unserved_cost)

    @property
    def num_sites(self) -> int:
        """How many sites, m."""
        return len(self.fixed_cost)

    @property
    def point(self) -> Ints:
        """The point of each option, (options,)."""
        return np.repeat(np.arange(self.num_points), np.diff(self.start))

    @property
    def capacitated(self) -> bool:
        """Whether any load can be too much."""
        return bool(np.isfinite(self.capacity).any())

    def allows(self, is_open: Bools) -> bool:
        """Whether these sites may be open together: (5) to (8)."""
        if np.any(self.must_open & ~is_open) or np.any(is_open & ~self.may_open):
            return False
        if self.num_open is not None and is_open.sum() != self.num_open:
            return False
        if self.spend[is_open].sum() > self.budget + slack(self.budget):
            return False
        return not bool(np.any(is_open[self.too_near].all(axis=1)))

    def cost_of(self, is_open: Bools, site_of: Ints) -> float:
        """
        Return (1) of a plan, recomputed from the options.

        It is infinite where a point that must be served goes without.

        Raises
        ------
        ValueError
            When the plan breaks one of (2) to (8).
        """
        if not self.allows(is_open):
            raise ValueError("These sites may not be open together.")
        serves = self.site == site_of[self.point]
        served = np.bincount(self.point[serves], minlength=self.num_points) == 1
        if np.any(served != (site_of != NOBODY)) or not np.all(
            is_open[self.site[serves]]
        ):
            raise ValueError("A point is served by a site that cannot serve it.")
        load = np.bincount(
            site_of[served], weights=self.demand[served], minlength=self.num_sites
        )
        if np.any(load > self.capacity + slack(self.capacity)):
            raise ValueError("A site is given more than it holds.")
        parts = (
            self.fixed_cost[is_open],
            self.cost[serves],
            self.unserved_cost[~served],
        )
        return math.fsum(np.concatenate(parts))


@dataclass(frozen=True, eq=False)
class Siting:
    """
    ``open_sites`` ascending, ``site_of`` the site of each point (n,) or NOBODY.

    ``cost`` is (1); no plan costs less than ``bound``; ``proven`` that the gap is
    within the limits'. ``prices`` (n,) are what the bound was found with: a start for
    the next problem alike.
    """

    open_sites: Ints
    site_of: Ints
    cost: float
    bound: float
    proven: bool
    prices: Floats

    @property
    def gap(self) -> float:
        """How much less than ``cost`` the best plan may cost, as a share of it."""
        missing = self.cost - self.bound
        if missing <= TOLERANCE * max(1.0, abs(self.cost)):
            return 0.0
        return missing / abs(self.cost) if self.cost else math.inf


def slack(value: Floats | float) -> Floats:
    """Return what sums of floating-point numbers may be off at ``value``."""
    finite = np.where(np.isfinite(value), np.abs(value), 0.0)
    return np.asarray(1e-9 * np.maximum(1.0, finite))
