"""
Plans for sites with capacities, found by moves.

Sites to open are taken from a relaxation. Points go where they lose least, the most
regretful first; then single points shift and pairs swap while that saves, load beyond
a capacity being paid for by the unit. Each group's site is exchanged for the one that
serves the group best; sites close whose points find room elsewhere, and sites open
whose knapsack at today's costs saves more than it costs. A plan is kept if it meets
every rule.

References
----------
Regret: Martello and Toth (1990), Knapsack Problems, ch. 7. Exchange within groups:
Mulvey and Beck (1984), doi:10.1016/0377-2217(84)90155-3.
"""

import math
from dataclasses import dataclass

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.location.capacitated_bound import Relaxed
from cstore_cli.location.knapsacks import Knapsacks
from cstore_cli.location.siting import NOBODY, Bools, Floats, Ints, SitingProblem

ROUNDS = 200
"""Rounds of shifts and swaps at most."""
EXCHANGES = 20
"""Times at most that groups get better sites and points better groups."""
TRIALS = 8
"""Closings, and openings, tried each time before none is thought to save."""
SWAP_WORK, LEAST_SWAPS, MOST_SWAPS = 3_000_000, 9, 300
"""Swaps of sites tried: this by points x sites, but not fewer or more than these."""
DEARER = (1.0, 10.0, 100.0)
"""What load beyond a capacity costs, ever more until no more of it is left."""


@dataclass(frozen=True, eq=False)
class Plan:
    """``is_open`` (m,), ``site_of`` (n,) with NOBODY, and what they cost."""

    is_open: Bools
    site_of: Ints
    cost: float


def plan_of(problem: SitingProblem, is_open: Bools, site_of: Ints) -> Plan | None:
    """Return the plan with its cost; None where it breaks a rule or leaves one out."""
    try:
        cost = problem.cost_of(is_open, site_of)
    except ValueError:
        return None
    return Plan(is_open, site_of, cost) if math.isfinite(cost) else None


def together(problem: SitingProblem, relaxed: Relaxed) -> Bools | None:
    """
    Return sites near a relaxation's that are allowed together, None if none is found.

    They open one by one, the best first, while they keep to budget and spacing; more
    than in the relaxation if demand that must be served finds no room.
    """
    is_open = problem.must_open.copy()
    blocked = ~problem.may_open
    near: dict[int, list[int]] = {}
    for j, k in problem.too_near.tolist():
        near.setdefault(j, []).append(k)
        near.setdefault(k, []).append(j)
    for j in np.flatnonzero(is_open).tolist():
        blocked[near.get(j, [])] = True
    p = problem.num_open
    must_serve = problem.demand[np.isinf(problem.unserved_cost)].sum()
    room = float(problem.capacity[is_open].sum())
    spent, count = float(problem.spend[is_open].sum()), int(is_open.sum())
    cheapest = np.concatenate(([0.0], np.cumsum(np.sort(problem.spend))))
    for j in np.argsort(relaxed.site_value, kind="stable").tolist():
        if is_open[j] or blocked[j]:
            continue
        if count == p or (p is None and not relaxed.is_open[j] and room >= must_serve):
            break
        reserve = 0.0 if p is None else float(cheapest[p - count - 1])
        if spent + problem.spend[j] + reserve > problem.budget:
            continue
        is_open[j] = True
        blocked[near.get(j, [])] = True
        spent, count = spent + float(problem.spend[j]), count + 1
        room += float(problem.capacity[j])
    return is_open if problem.allows(is_open) else None


class Search:
    """The moves on one problem; missing options are there at a prohibitive cost."""

    def __init__(self, problem: SitingProblem, knapsacks: Knapsacks) -> None:
        n, m = problem.num_points, problem.num_sites
        self.problem = problem
        self.knapsacks = knapsacks
        served = problem.unserved_cost[np.isfinite(problem.unserved_cost)]
        figures = (problem.cost, problem.fixed_cost, served, np.ones(1))
        worst = max(float(np.abs(part).max(initial=0)) for part in figures)
        self.prohibitive = 1e3 * worst
        self.to_site: Floats = np.full((n, m + 1), self.prohibitive)
        self.to_site[problem.point, problem.site] = problem.cost
        self.to_site[:, m] = np.minimum(problem.unserved_cost, self.prohibitive)
        self.capacity = np.append(problem.capacity, np.inf)
        self.excess_cost = 3 * worst / max(float(np.median(problem.demand)), 1e-9)

    def like(
        self, relaxed: Relaxed, tried: set[bytes], deadline: Deadline
    ) -> Plan | None:
        """Return a plan near a relaxation, if its sites were not ``tried`` before."""
        is_open = together(self.problem, relaxed)
        if is_open is None or is_open.tobytes() in tried:
            return None
        tried.add(is_open.tobytes())
        knapsacks = self.knapsacks
        point = knapsacks.point[relaxed.taken]
        site = knapsacks.site[relaxed.taken]
        once = np.bincount(point, minlength=self.problem.num_points)[point] == 1
        sure = once & is_open[site]
        wish = np.full(self.problem.num_points, NOBODY)
        wish[point[sure]] = site[sure]
        return self.plan(is_open, wish, deadline)

    def plan(self, is_open: Bools, site_of: Ints, deadline: Deadline) -> Plan | None:
        """
        Improve sites and a first wish for each point (NOBODY for none) to a plan.

        The sites must be allowed together.
        """
        best: Plan | None = None
        site_of = self._assigned(is_open, site_of, deadline)
        for _ in range(EXCHANGES):
            found = plan_of(self.problem, is_open, site_of)
            if found is not None and (best is None or found.cost < best.cost):
                best = found
            is_open, site_of, moved = self._exchanged(is_open, site_of)
            if not moved or deadline.left_s() == 0:
                break
            site_of = self._assigned(is_open, site_of, deadline)
        return best

    def opened_and_closed(self, plan: Plan, deadline: Deadline) -> Plan:
        """Close and open sites, or one for another, while it saves."""
        while deadline.left_s() > 0:
            better = self._first_better(plan, deadline)
            if better is None:
                break
            plan = better
        return plan

    def _first_better(self, plan: Plan, deadline: Deadline) -> Plan | None:
        problem = self.problem
        everyone = np.arange(problem.num_points)
        column = np.where(plan.site_of == NOBODY, problem.num_sites, plan.site_of)
        now = self.to_site[everyone, column]
        filled, _, _ = self.knapsacks.fill(now)
        opening = problem.fixed_cost + filled.value
        opening[plan.is_open | ~problem.may_open] = np.inf
        opens = np.argsort(opening, kind="stable")[:TRIALS]
        closing = self._closing(plan, now)
        closes = np.argsort(closing, kind="stable")[:TRIALS]
        trials: list[tuple[int, ...]] = []
        if problem.num_open is None:
            trials += [(int(j),) for j in closes if np.isfinite(closing[j])]
            trials += [(int(j),) for j in opens if opening[j] < 0]
        trials += self._swaps(closing, opening)
        for sites in trials:
            if deadline.left_s() == 0:
                return None
            is_open = plan.is_open.copy()
            is_open[list(sites)] ^= True
            if not problem.allows(is_open):
                continue
            kept = np.append(is_open, True)[column]
            wish = np.where(kept, plan.site_of, NOBODY)
            trial = self.plan(is_open, wish, deadline)
            if trial is not None and trial.cost < plan.cost - 1e-9 * abs(plan.cost):
                return trial
        return None

    def _swaps(self, closing: Floats, opening: Floats) -> list[tuple[int, ...]]:
        """Return pairs to close and to open, the most hopeful first."""
        most = SWAP_WORK // max(self.to_site.size, 1)
        most = int(np.clip(most, LEAST_SWAPS, MOST_SWAPS))
        closes = np.argsort(closing, kind="stable")[:most]
        opens = np.argsort(opening, kind="stable")[:most]
        closes = closes[np.isfinite(closing[closes])]
        opens = opens[np.isfinite(opening[opens])]
        sums = closing[closes][:, None] + opening[opens]
        order = np.argsort(sums, axis=None, kind="stable")[:most]
        return [
            (int(closes[k // len(opens)]), int(opens[k % len(opens)])) for k in order
        ]

    def _closing(self, plan: Plan, now: Floats) -> Floats:
        """What closing each site would add if room were no matter."""
        problem = self.problem
        opened = np.append(np.flatnonzero(plan.is_open), problem.num_sites)
        to_open = self.to_site[:, opened]
        own = opened[None, :] == plan.site_of[:, None]
        other = np.where(own, self.prohibitive, to_open).min(axis=1)
        served = plan.site_of != NOBODY
        moved = np.bincount(
            plan.site_of[served],
            weights=(other - now)[served],
            minlength=problem.num_sites,
        )
        added: Floats = moved - problem.fixed_cost
        added[~plan.is_open | problem.must_open] = np.inf
        return added

    def _assigned(self, is_open: Bools, wish: Ints, deadline: Deadline) -> Ints:
        """Give each point an open site or none, from its wish where it has one."""
        opened = np.append(np.flatnonzero(is_open), self.problem.num_sites)
        cost, room = self.to_site[:, opened], self.capacity[opened]
        place_of = np.full(self.problem.num_sites + 1, -1)
        place_of[opened[:-1]] = np.arange(len(opened) - 1)
        place = _greedy(cost, self.problem.demand, room, place_of[wish])
        for dearer in DEARER:
            place = _moved(
                cost,
                self.problem.demand,
                room,
                place,
                self.excess_cost * dearer,
                deadline,
            )
            load = np.bincount(place, self.problem.demand, len(opened))
            if np.all(load <= room * (1 + 1e-12)):
                break
        opened[-1] = NOBODY
        return opened[place]

    def _exchanged(self, is_open: Bools, site_of: Ints) -> tuple[Bools, Ints, bool]:
        """Give each group the site that serves it best, as long as they are allowed."""
        problem = self.problem
        groups = np.flatnonzero(is_open & ~problem.must_open)
        members = (site_of[None, :] == groups[:, None]).astype(float)
        total = members @ self.to_site[:, :-1] + problem.fixed_cost
        load = members @ problem.demand
        total[load[:, None] > problem.capacity[None, :]] = np.inf
        total[:, is_open | ~problem.may_open] = np.inf
        own = self.to_site[:, :-1] * (site_of[:, None] == np.arange(problem.num_sites))
        today = (own.sum(axis=0) + problem.fixed_cost)[groups]
        best = total.argmin(axis=1) if len(groups) else groups
        saving = today - total.min(axis=1, initial=np.inf)
        is_open, site_of, moved = is_open.copy(), site_of.copy(), False
        for group in np.argsort(-saving, kind="stable"):
            if saving[group] <= 1e-9 * max(1.0, abs(today[group])):
                break
            trial = is_open.copy()
            trial[groups[group]] = False
            if trial[best[group]]:
                continue
            trial[best[group]] = True
            if problem.allows(trial):
                is_open, moved = trial, True
                site_of[members[group] > 0] = best[group]
        return is_open, site_of, moved


def _greedy(cost: Floats, demand: Floats, room: Floats, place: Ints) -> Ints:
    """Place points without a wish (-1) where there is room; last of all, anywhere."""
    place = place.copy()
    wished = place >= 0
    left = room - np.bincount(place[wished], demand[wished], len(room))
    free = np.flatnonzero(~wished)
    two = np.partition(cost[free], 1, axis=1)[:, :2] if cost.shape[1] > 1 else None
    regret = demand[free] if two is None else two[:, 1] - two[:, 0]
    for i in free[np.lexsort((-demand[free], -regret))]:
        allowed = np.where(left >= demand[i], cost[i], np.inf)
        best = int(allowed.argmin())
        place[i] = best
        left[best] -= demand[i]
    return place


def _moved(
    cost: Floats,
    demand: Floats,
    room: Floats,
    place: Ints,
    excess_cost: float,
    deadline: Deadline,
) -> Ints:
    """Shift points and swap pairs, many at once but a place at most once a round."""
    place = place.copy()
    everyone = np.arange(len(place))
    for _ in range(ROUNDS):
        if deadline.left_s() == 0:
            break
        load = np.bincount(place, demand, len(room))
        over = np.maximum(load - room, 0)
        now = cost[everyone, place]
        leaves = np.maximum((load - room)[place] - demand, 0) - over[place]
        comes = np.maximum((load - room) + demand[:, None], 0) - over
        shift = cost - now[:, None] + excess_cost * (leaves[:, None] + comes)
        shift[everyone, place] = np.inf
        to = shift.argmin(axis=1)

        there = cost[:, place] - now[:, None]
        change = (load - room)[place] - demand
        there += excess_cost * (
            np.maximum(change[:, None] + demand, 0) - over[place][:, None]
        )
        swap = there + there.T
        swap[place[:, None] == place] = np.inf
        partner = swap.argmin(axis=1)

        best_shift, best_swap = shift[everyone, to], swap[everyone, partner]
        best = np.minimum(best_shift, best_swap)
        touched = np.zeros(len(room), dtype=bool)
        moved = False
        for i in np.argsort(best, kind="stable"):
            if best[i] >= -1e-9 * max(1.0, abs(now[i])):
                break
            k = int(partner[i])
            source = place[i]
            target = to[i] if best_shift[i] <= best_swap[i] else place[k]
            if touched[source] or touched[target]:
                continue
            if best_shift[i] > best_swap[i]:
                place[k] = source
            place[i] = target
            touched[[source, target]] = True
            moved = True
        if not moved:
            break
    return place
