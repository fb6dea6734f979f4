"""What each leg of a route costs at least, with prices on what a vehicle has of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.routing.problem import FOREVER, UNREACHABLE, Problem, VehicleKind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Legs:
    """
    The legs of one kind of vehicle, straight or by way of the depot for a new load.

    A row per client, the last the start; a column per client, the last the end.
    ``cost`` is infinite where no route can go. Leaving the start costs ``fixed_cost``;
    a route has at most ``limit`` of each resource, last of ``duration``.
    """

    cost: Floats
    duration: Floats
    fixed_cost: int
    limit: Floats

    def priced(self, use: Floats, prices: Floats) -> Floats:
        """Return the cost of each leg with what it and its client use at ``prices``."""
        cost: Floats = self.cost + prices[-1] * self.duration
        cost[:, :-1] += use @ prices[:-1]
        cost[-1] += self.fixed_cost - prices @ self.limit
        return cost

    def used(self, use: Floats, rows: Ints, columns: Ints) -> Floats:
        """Return what these legs use of each resource, less what their routes have."""
        clients = columns[columns < len(use)]
        used = np.append(use[clients].sum(axis=0), self.duration[rows, columns].sum())
        routes = np.count_nonzero(rows == len(use))
        return np.asarray(used - routes * self.limit, dtype=np.float64)


def uses(problem: Problem) -> Floats:
    """Return what each client takes of each dimension: brought, then taken along."""
    nothing = (0,) * len(problem.clients[0].load)
    return np.array(
        [[*c.load, *(c.pickup or nothing)] for c in problem.clients], dtype=np.float64
    )


def legs(problem: Problem) -> list[Legs]:
    """Return the legs of every kind there is."""
    kinds = [kind for kind in problem.kinds if kind.count > 0]
    longest = [_longest(kind) for kind in kinds]
    if max(longest, default=0) == FOREVER:  # then duration has no price
        longest = [0] * len(kinds)
    found = []
    for kind, duration in zip(kinds, longest, strict=True):
        found += _of_kind(problem, kind, duration)
    return found


def _longest(kind: VehicleKind) -> int:
    if kind.tw_late == FOREVER:
        return kind.max_duration
    return max(0, min(kind.max_duration, kind.tw_late - kind.tw_early))


def _of_kind(problem: Problem, kind: VehicleKind, longest: int) -> list[Legs]:
    use = uses(problem)
    capacity = np.array([*kind.capacity, *kind.capacity], dtype=np.float64)
    trips = kind.max_trips
    places = [client.location for client in problem.clients]
    service = np.array([c.service_duration for c in problem.clients], dtype=np.float64)
    cost, duration = _table(problem, kind, places, places, service)
    out, out_duration = _table(problem, kind, [kind.start_depot], places, np.zeros(1))
    back, back_duration = _table(problem, kind, places, [kind.end_depot], service)
    np.fill_diagonal(cost, np.inf)
    straight = np.block([[cost, back], [out, np.full((1, 1), np.inf)]])
    durations = np.block([[duration, back_duration], [out_duration, np.zeros((1, 1))]])

    limit = np.append(capacity * trips, longest)
    windows = _Windows(
        problem, kind, straight, durations, np.all(use <= capacity, axis=1)
    )
    apart = (use[:, None, :] + use[None, :, :] > capacity).any(axis=2)
    together = straight.copy()
    together[:-1, :-1][apart] = np.inf
    found = [Legs(windows.kept(together, durations), durations, kind.fixed_cost, limit)]
    if trips > 1:
        home, home_duration = _table(problem, kind, places, [kind.start_depot], service)
        cost, duration = np.full_like(straight, np.inf), np.zeros_like(durations)
        cost[:-1, :-1] = home + out
        duration[:-1, :-1] = home_duration + out_duration
        np.fill_diagonal(cost, np.inf)
        found.append(
            Legs(windows.kept(cost, duration), duration, kind.fixed_cost, limit)
        )
    return found


def _table(
    problem: Problem,
    kind: VehicleKind,
    origins: list[int],
    ends: list[int],
    service: Floats,
) -> tuple[Floats, Floats]:
    """Return cost and duration from each origin, its service included, to each end."""
    legs = np.ix_(origins, ends)
    distance = problem.distance[kind.profile][legs]
    duration = problem.duration[kind.profile][legs]
    closed = (distance >= UNREACHABLE) | (duration >= UNREACHABLE)
    durations = duration + service[:, None]
    cost = kind.unit_distance_cost * distance + kind.unit_duration_cost * durations
    return np.where(closed, np.inf, cost), durations


class _Windows:
    """When a route of the kind can be at each place, at the earliest and latest."""

    def __init__(
        self,
        problem: Problem,
        kind: VehicleKind,
        cost: Floats,
        duration: Floats,
        fits: Bools,
    ) -> None:
        clients = problem.clients
        release = np.array([c.release_time for c in clients], dtype=np.float64)
        early = np.array([c.tw_early for c in clients], dtype=np.float64)
        late = np.array([c.tw_late for c in clients], dtype=np.float64)
        self._lost = ~fits | [not c.skills <= kind.skills for c in clients]
        if kind.max_trips == 1:
            self._lost |= release > kind.latest_start
        self._leaves = np.maximum(release, kind.tw_early)
        last_leg = np.where(np.isinf(cost), np.inf, duration)[:, :-1].min(axis=0)
        starts = np.maximum(early, self._leaves + last_leg)
        self._from = np.append(starts, kind.tw_early)
        self._until = np.append(late, kind.tw_late)

    def kept(self, cost: Floats, duration: Floats) -> Floats:
        """Return the costs, infinite where the leg is always late or not allowed."""
        late = self._from[:, None] + duration > self._until
        late[-1, :-1] |= self._leaves + duration[-1, :-1] > self._until[:-1]
        late[:-1] |= self._lost[:, None]
        late[:, :-1] |= self._lost
        return np.where(late, np.inf, cost)
