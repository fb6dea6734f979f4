"""Which vehicles a search may use: shares of the kinds, with bounds of their own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cstore_cli.routing.columns import Columns, Order
from cstore_cli.routing.docks import seats, trips_at
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.timetable import timetable

FIRST_LOCK = 1_000_000
"""The skill that stands for lock k is this plus k: no skill of clients is as large."""


@dataclass(frozen=True)
class Share:
    """
    ``count`` vehicles of a kind that leave from ``tw_early`` on, as far as it may.

    They carry the clients of ``locks``, those of no other. ``price`` is paid on top of
    the kind's fixed cost, in the search only.
    """

    kind: int
    count: int
    tw_early: int
    locks: frozenset[int] = frozenset()
    price: int = 0


Fleet = tuple[Share, ...]

_NEVER = np.array([0, -1])
"""No departure: the first is later than the last."""


def whole_fleet(problem: Problem) -> Fleet:
    """Return all vehicles there are, a share for each kind."""
    return tuple(
        Share(number, kind.count, kind.tw_early)
        for number, kind in enumerate(problem.kinds)
    )


def fleet_of(
    problem: Problem,
    counts: Sequence[int],
    start: Sequence[Order],
    departs: Mapping[Order, int],
    clients: Sequence[int],
    turn: int = 0,
) -> tuple[Fleet, tuple[int, ...]]:
    """
    Return a fleet of ``counts`` vehicles per kind, and the share of each start route.

    Where docks matter each vehicle gets a departure slot of its own, as there are
    doors: routes of ``start`` the one at which they leave (``departs``), the others
    those left. So a search that knows no docks finds routes that can leave one after
    the other. A lock's clients among ``clients`` get one vehicle: the route with most
    of them, or one of the kinds that serve most, each kind in its ``turn``.
    """
    lock_of = problem.lock_of()
    waiting = sorted({lock_of[i] for i in clients if i in lock_of})
    slots = _Slots(problem)
    for order, time in departs.items():
        if order not in start:
            slots.take(order[0], time)
    carried = _carried(problem, start)
    vehicles: list[Share] = []
    for number, order in enumerate(start):
        kind, _ = order
        locks = carried[number]
        early = slots.take(kind, departs.get(order, problem.kinds[kind].tw_early))
        vehicles.append(Share(kind, 1, early, locks))
        waiting = [k for k in waiting if k not in locks]
    used = Counter(kind for kind, _ in start)
    for kind, count in enumerate(counts):
        for _ in range(min(count - used[kind], len(clients))):
            slot = slots.next(kind)
            if slot is None:
                break
            vehicles.append(Share(kind, 1, slot))
    for k in waiting:
        mine = [i for i in problem.locks[k].clients if i in clients]
        free = [n for n, share in enumerate(vehicles) if not share.locks]
        kinds = sorted({vehicles[n].kind for n in free})
        serve = {kind: _servable(problem, kind, mine) for kind in kinds}
        best = [kind for kind in kinds if serve[kind] == max(serve.values())]
        if best:
            kind = best[turn % len(best)]
            last = max(n for n in free if vehicles[n].kind == kind)
            vehicles[last] = replace(vehicles[last], locks=frozenset({k}))
    if not vehicles:  # no slot is left: whoever leaves gives way afterwards
        return whole_fleet(problem), ()
    numbers = {
        share: n for n, share in enumerate(dict.fromkeys(sorted(vehicles, key=_order)))
    }
    together = Counter(vehicles)
    fleet = tuple(replace(share, count=together[share]) for share in numbers)
    return fleet, tuple(numbers[share] for share in vehicles[: len(start)])


def _carried(problem: Problem, start: Sequence[Order]) -> list[frozenset[int]]:
    """Return the lock of each route: that of the route which carries most of it."""
    found: list[frozenset[int]] = [frozenset()] * len(start)
    for k, lock in enumerate(problem.locks):
        mine = [len(set(lock.clients) & set(visits)) for _, visits in start]
        free = [n for n, many in enumerate(mine) if many and not found[n]]
        if free:
            found[max(free, key=lambda n: (mine[n], -n))] = frozenset({k})
    return found


def _servable(problem: Problem, kind: int, clients: Sequence[int]) -> tuple[int, bool]:
    """Return how many of these clients a kind can serve alone; if all loads fit."""
    vehicle = problem.kinds[kind]
    alone = sum(evaluate(problem, kind, (i,)) is not None for i in clients)
    fits = all(
        sum(problem.clients[i].load[d] for i in clients) <= room * vehicle.max_trips
        for d, room in enumerate(vehicle.capacity)
    )
    return alone, fits


def departs_of(problem: Problem, orders: Sequence[Order]) -> dict[Order, int]:
    """
    Return the slot at which each route first leaves a dock, if all can leave.

    A route that breaks a rule, where a search stopped, has none.
    """
    if not problem.docks or not orders:
        return {}
    columns = Columns.of(orders, [0] * len(orders))
    times = timetable(problem, columns)
    leaves = np.where(times.possible[:, None, None], times.leaves, _NEVER)
    columns = replace(columns, leaves=leaves)
    departs = {}
    for number, dock in enumerate(problem.docks):
        intervals, owner = trips_at(problem, number, columns)
        found = seats(dock.doors, [(a, b) for a, b in intervals.tolist()])
        # A route's first trip comes before its others.
        rows, firsts = np.unique(owner, return_index=True)
        for row, first in zip(rows.tolist(), firsts.tolist(), strict=True):
            slot = found[first]
            if slot is not None:
                departs[orders[row]] = dock.first_time + slot * dock.loading_duration
    return departs


def _order(share: Share) -> tuple[int, int, tuple[int, ...]]:
    return share.kind, share.tw_early, tuple(sorted(share.locks))


class _Slots:
    """The departure slots taken at each dock."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.dock_of = {dock.depot: dock for dock in problem.docks}
        self.taken: Counter[tuple[int, int]] = Counter()

    def take(self, kind: int, time: int) -> int:
        """Take the slot at ``time``; return when the kind may leave."""
        vehicle = self.problem.kinds[kind]
        if vehicle.start_depot not in self.dock_of:
            return vehicle.tw_early
        self.taken[vehicle.start_depot, time] += 1
        return time

    def next(self, kind: int) -> int | None:
        """Take the first slot left at which the kind may leave; None when none is."""
        vehicle = self.problem.kinds[kind]
        dock = self.dock_of.get(vehicle.start_depot)
        if dock is None:
            return vehicle.tw_early
        late = max(0, vehicle.tw_early - dock.first_time)
        time = (
            dock.first_time + -(-late // dock.loading_duration) * dock.loading_duration
        )
        while time <= min(vehicle.latest_start, vehicle.tw_late):
            if self.taken[dock.depot, time] < dock.doors:
                return self.take(kind, time)
            time += dock.loading_duration
        return None
