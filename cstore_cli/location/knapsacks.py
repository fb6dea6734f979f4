"""
What each site would best serve at given prices: a 0-1 knapsack per site, all at once.

For prices u_i of the points, site j keeps the options that earn most within its room:

    v_j(u) = min  sum_i (c_ij - u_i) x_ij                                        (1)
             s.t. sum_i a_i x_ij <= q_j,   x_ij in {0, 1}                        (2)

With x_ij <= 1 instead, (1) is filled by ascending (c_ij - u_i) / a_i down to a critical
ratio -r_j, 0 where everything that earns fits (Dantzig 1957, doi:10.1287/opre.5.2.266).
To be exact, all sets of options are tried where few earn; else a table of the best
earnings within every whole load is filled option by option. Demands that are not whole
are rounded down to a grid then and the room with them: what fits still fits, so that
v_j is never too high.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from cstore_cli.location.fillings import Items, fillings
from cstore_cli.location.siting import Bools, Floats, Ints, SitingProblem, slack

CELLS = 1_500
"""Cells of a table at most: whole loads beyond are rounded to a grid."""
ROUNDED_CELLS = 1_000
"""Cells of the grid that the largest room is divided into when it is rounded."""
MOST_BITS = 60_000_000
"""Bytes for what tables remember, for as many sites as that is enough for."""
HALF = 0.5
FEW = 10
"""Options that earn at a site up to which trying all sets of them is quickest."""
MOST_FILLINGS = 2_000
"""Ways to fill a site looked through where rounding let in too much."""


@dataclass(frozen=True, eq=False)
class Filled:
    """
    The knapsacks at some prices.

    ``value`` v (m,), never too high; ``ratio`` r (m,); ``taken`` the options (of
    ``Knapsacks``) that fill them in the sites asked for.
    """

    value: Floats
    ratio: Floats
    taken: Ints


class Knapsacks:
    """
    The options of a problem by site, and their loads on a grid.

    ``option`` (k,) indexes the problem's; ``point``, ``site``, ``cost`` (k,) are
    theirs, by ascending site and point. ``units`` (n,) and ``room`` (m,) are whole.
    """

    def __init__(self, problem: SitingProblem) -> None:
        self.option: Ints = np.lexsort((problem.point, problem.site))
        self.point: Ints = problem.point[self.option]
        self.site: Ints = problem.site[self.option]
        self.cost: Floats = problem.cost[self.option]
        self.demand: Floats = problem.demand
        self.num_sites = problem.num_sites
        total = float(problem.demand.sum())
        self.capacity: Floats = np.minimum(
            problem.capacity + 2 * slack(problem.capacity), total + 1
        )
        self.units, self.room = _grid(self.demand, self.capacity)

    def fill(self, prices: Floats) -> tuple[Filled, Ints, Floats]:
        """
        Solve the relaxed knapsacks.

        Returns them, with the options taken more than half; the options that earn, by
        site and ratio; and their earnings. They are what ``exact`` works on.
        """
        earning = prices[self.point] - self.cost
        earns = np.flatnonzero(earning > 0)
        site, point = self.site[earns], self.point[earns]
        gain, load = earning[earns], self.demand[point]
        with np.errstate(divide="ignore"):
            ratio = gain / load
        order = np.lexsort((-ratio, site))
        earns, site = earns[order], site[order]
        gain, load, ratio = gain[order], load[order], ratio[order]
        first = np.searchsorted(site, np.arange(self.num_sites))
        sums = np.concatenate(([0.0], np.cumsum(load)))
        before = sums[:-1] - sums[first][site]
        room = self.capacity[site] - before
        share = np.clip(room / np.maximum(load, 1e-300), 0.0, 1.0)
        share[load == 0] = 1.0
        value: Floats = -np.bincount(site, gain * share, self.num_sites).astype(float)
        critical: Floats = np.zeros(self.num_sites)
        broken = np.flatnonzero(share < 1)[::-1]
        critical[site[broken]] = ratio[broken]
        filled = Filled(value, critical, earns[share > HALF])
        return filled, earns, gain

    def exact(self, sites: Ints, earns: Ints, gain: Floats) -> tuple[Floats, Ints]:
        """Return v of these sites, ascending, and the options taken in them."""
        point = self.point[earns]
        row_of = np.full(self.num_sites, -1)
        row_of[sites] = np.arange(len(sites))
        row = row_of[self.site[earns]]
        fits = (row >= 0) & (self.demand[point] <= self.capacity[self.site[earns]])
        earns, gain, row = earns[fits], gain[fits], row[fits]
        count = np.bincount(row, minlength=len(sites))
        value, taken = np.zeros(len(sites)), [np.zeros(0, dtype=np.int64)]
        for k in range(1, FEW + 1):
            rows = np.flatnonzero(count == k)
            if len(rows):
                mine = np.flatnonzero(count[row] == k)
                mine = mine[np.argsort(row[mine], kind="stable")]
                of = np.reshape(mine, (-1, k))
                load = self.demand[self.point[earns[of]]]
                capacity = self.capacity[sites[rows]]
                earned, chosen = _of_all_sets(gain[of], load, capacity)
                value[rows] = -earned
                taken.append(earns[of[chosen]])
        rows = np.flatnonzero(count > FEW)
        if len(rows):
            mine = np.flatnonzero(count[row] > FEW)
            value[rows], options = self._by_table(sites[rows], earns[mine], gain[mine])
            taken.append(options)
        return value, np.concatenate(taken)

    def _by_table(self, sites: Ints, earns: Ints, gain: Floats) -> tuple[Floats, Ints]:
        """Return v of these sites, ascending, and the options taken in them."""
        widest = int(self.room[sites].max(initial=0)) + 1
        row_of = np.full(self.num_sites, -1)
        row_of[sites] = np.arange(len(sites))
        row = row_of[self.site[earns]]
        units = self.units[self.point[earns]]
        fits = (row >= 0) & (units <= self.room[self.site[earns]])
        earns, gain, row, units = earns[fits], gain[fits], row[fits], units[fits]
        half = len(sites) // 2
        if half and len(earns) * widest > MOST_BITS:
            parts = [
                self._by_table(part, earns, gain) for part in np.split(sites, [half])
            ]
            return (
                np.concatenate([value for value, _ in parts]),
                np.concatenate([taken for _, taken in parts]),
            )
        order = np.lexsort((row, self.point[earns]))
        earns, gain, row, units = earns[order], gain[order], row[order], units[order]
        edges = np.flatnonzero(np.diff(self.point[earns])) + 1
        spans = list(zip([0, *edges], [*edges, len(earns)], strict=True))
        table = np.zeros((len(sites), widest))
        better: list[Bools] = []
        for begin, end in spans if len(earns) else []:
            rows, size = row[begin:end], int(units[begin])
            now = table[rows]
            after = now[:, : widest - size] + gain[begin:end, None]
            is_better = after > now[:, size:]
            better.append(is_better)
            np.maximum(now[:, size:], after, out=now[:, size:])
            table[rows] = now
        left = self.room[sites].copy()
        value = -table[np.arange(len(sites)), left]
        taken = np.zeros(len(earns), dtype=bool)
        for begin, end in reversed(spans) if len(earns) else []:
            rows, size = row[begin:end], int(units[begin])
            place = left[rows] - size
            takes = better.pop()[np.arange(len(rows)), np.maximum(place, 0)]
            takes &= place >= 0
            taken[begin:end] = takes
            left[rows[takes]] -= size
        load = np.where(taken, self.demand[self.point[earns]], 0)
        over = np.bincount(row, load, len(sites)) > self.capacity[sites]
        for k in np.flatnonzero(over):
            mine = np.flatnonzero(row == k)
            earned, chosen = self._refined(sites[k], earns[mine], gain[mine])
            if chosen is not None:
                value[k] = -earned
                taken[mine] = chosen
        return value, earns[taken]

    def _refined(
        self, site: int, earns: Ints, gain: Floats
    ) -> tuple[float, Bools | None]:
        """Fill a site whose rounded loads fit though the loads do not."""
        point = self.point[earns]
        load, capacity = self.demand[point], float(self.capacity[site])
        order = np.argsort(-gain / np.maximum(load, 1e-300), kind="stable")
        least, left = 0.0, capacity
        for k in order:
            if load[k] <= left:
                left -= load[k]
                least += gain[k]
        found = fillings(
            Items(gain, load, self.units[point]),
            int(self.room[site]),
            capacity,
            least * (1 - 1e-12),
            MOST_FILLINGS,
        )
        if found is None or not len(found):
            return 0.0, None
        earned = found @ gain
        best = int(earned.argmax())
        return float(earned[best]), found[best]


def _of_all_sets(gain: Floats, load: Floats, capacity: Floats) -> tuple[Floats, Bools]:
    """Return the most that k options (rows, k) earn, and which of them do."""
    k = gain.shape[1]
    sets = _all_sets(k)
    earned = gain @ sets
    earned[load @ sets > capacity[:, None]] = -np.inf
    best = earned.argmax(axis=1)
    return earned[np.arange(len(gain)), best], sets.T[best] > 0


@cache
def _all_sets(k: int) -> Floats:
    """Return which of k are in each set, (k, 2**k)."""
    sets: Floats = ((np.arange(2**k) >> np.arange(k)[:, None]) % 2).astype(float)
    return sets


def _grid(demand: Floats, capacity: Floats) -> tuple[Ints, Ints]:
    """Return demands and capacities in whole units, rounded down where they must be."""
    largest = float(capacity.max(initial=0.0))
    for scale in (1, 10, 100, 1000):
        whole = np.rint(demand * scale)
        if np.allclose(whole, demand * scale, rtol=0, atol=1e-9 * scale):
            unit = max(int(np.gcd.reduce(whole.astype(np.int64))), 1)
            if largest * scale / unit <= CELLS:
                return _in_units(whole / unit, capacity * scale / unit)
    unit_size = max(largest, 1e-300) / ROUNDED_CELLS
    return _in_units(np.floor(demand / unit_size), capacity / unit_size)


def _in_units(demand: Floats, capacity: Floats) -> tuple[Ints, Ints]:
    return demand.astype(np.int64), np.floor(capacity + 1e-9).astype(np.int64)
