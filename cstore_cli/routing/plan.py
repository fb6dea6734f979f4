"""Which searches a round makes: of parts, of groups of routes, of everything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.routing.cheaper_fleets import CheaperFleet, cheaper_fleets
from cstore_cli.routing.columns import Order
from cstore_cli.routing.docks import Interval
from cstore_cli.routing.find import Found, Task
from cstore_cli.routing.fleet import departs_of, fleet_of
from cstore_cli.routing.master import Duals
from cstore_cli.routing.neighbours import groups
from cstore_cli.routing.penalties import Penalties
from cstore_cli.routing.prices import prices_of
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.restrict import restrict
from cstore_cli.routing.route import Solution
from cstore_cli.routing.trips import clients_of

MIN_CLIENTS = 60
"""Clients in a group at least, on average; smaller groups are soon exhausted."""

MIN_ROUTES = 3
"""Routes in a group at least, on average."""

CLIENTS_PER_GROUP = 110
"""Clients in a group of a large problem, about: PyVRP is slower the more there are."""

NEIGHBOURS = (20, 40)
"""Neighbours tried by the searches in turn: 20 are quicker, 40 see farther."""


@dataclass(frozen=True)
class Length:
    """How long each search of a round lasts: iterations, or until an instant."""

    iterations: int | None
    end: Deadline


@dataclass
class Trail:
    """Where the search of one seed stands, to go on from there."""

    orders: tuple[Order, ...] = ()
    cost: float = np.inf
    penalties: Penalties | None = None
    settled: bool = True


@dataclass
class Planner:
    """
    Plans rounds over the clients ``served``, a search per seed side by side.

    Seeds follow trails of their own, so that they find different routes; in between
    the incumbent is improved by groups of its routes.
    """

    problem: Problem
    served: tuple[int, ...]
    seeds: tuple[int, ...]
    trails: list[Trail] = field(init=False)
    group_penalties: Penalties | None = None
    _cheaper: list[tuple[CheaperFleet, Trail]] = field(default_factory=list)
    _cheaper_than: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.trails = [Trail() for _ in self.seeds]
        self._rng = np.random.default_rng(self.seeds)

    def parts(self, parts: Sequence[Sequence[int]], length: Length) -> list[Task]:
        """Return a search of each part from nothing, in waves if they are many."""
        waves = -(-len(parts) // len(self.seeds))
        counts = [kind.count for kind in self.problem.kinds]
        return [
            self._task(part, counts, n, 0, self._wave(n, waves, length))
            for n, part in enumerate(parts)
        ]

    def whole(self, number: int, length: Length) -> list[Task]:
        """Return a search of everything per seed, each from where it stands."""
        return [
            self._task(
                self.served,
                counts_of(self.problem, trail.orders, n),
                n,
                number,
                length,
                trail.orders,
                trail.penalties,
                settled=trail.settled,
            )
            for n, trail in enumerate(self.trails)
        ]

    def cheaper(self, number: int, incumbent: Solution, length: Length) -> Task | None:
        """
        Return a search with a cheaper fleet than the incumbent's; None: there is none.

        It puts in those without a route for what it takes, and goes on until there is
        room for all. The fleets take turns, each from where its search was.
        """
        if set(incumbent.unserved) & set(self.served):
            return None
        used = Counter(route.kind for route in incumbent.routes)
        if used != self._cheaper_than:
            self._cheaper_than = used
            self._cheaper = [
                (fleet, Trail(orders=fleet.orders, settled=False))
                for fleet in cheaper_fleets(self.problem, self.served, incumbent)
            ]
        if not self._cheaper:
            return None
        fleet, trail = self._cheaper.pop(0)
        self._cheaper.append((fleet, trail))
        task = self._task(
            self.served,
            fleet.counts,
            len(self.seeds) - 1,
            number,
            length,
            trail.orders,
            trail.penalties,
            settled=trail.settled,
        )
        return replace(task, goes_on="cheaper")

    def groups(
        self, number: int, incumbent: Solution | None, length: Length
    ) -> list[Task]:
        """Return searches of groups of the incumbent's routes; none if too few."""
        if incumbent is None:
            return []
        orders = [(route.kind, route.visits) for route in incumbent.routes]
        num_clients = sum(len(clients_of(visits)) for _, visits in orders)
        count = len(self.seeds) * max(
            1, round(num_clients / CLIENTS_PER_GROUP / len(self.seeds))
        )
        if len(orders) < MIN_ROUTES * count or num_clients < MIN_CLIENTS * count:
            return []
        made = groups(self.problem, orders, count, self._rng)
        waves = -(-len(made) // len(self.seeds))
        spare = counts_of(self.problem, orders, number)
        used = Counter(kind for kind, _ in orders)
        departs = departs_of(self.problem, orders)
        unserved = [i for i in incumbent.unserved if i in self.served]
        homes = self._homes(unserved, [[orders[r] for r in group] for group in made])
        tasks = []
        for n, group in enumerate(made):
            start = tuple(orders[r] for r in group)
            mine = Counter(kind for kind, _ in start)
            counts = [
                mine[k] + (spare[k] - used[k] + (n + number) % len(made)) // len(made)
                for k in range(len(self.problem.kinds))
            ]
            visits = [i for _, visits in start for i in clients_of(visits)]
            visits += [i for i, home in homes.items() if home == n]
            tasks.append(
                self._task(
                    sorted(visits),
                    counts,
                    n,
                    number,
                    self._wave(n, waves, length),
                    start,
                    self.group_penalties,
                    departs=departs,
                )
            )
        return tasks

    def _homes(
        self, clients: Sequence[int], made: Sequence[Sequence[Order]]
    ) -> dict[int, int]:
        """Return the group of each client: in turn, those of a lock together."""
        lock_of = self.problem.lock_of()
        home = {
            lock_of[i]: n
            for n, orders in enumerate(made)
            for _, visits in orders
            for i in visits
            if i in lock_of
        }
        return {
            i: home.get(lock_of[i], lock_of[i] % len(made))
            if i in lock_of
            else turn % len(made)
            for turn, i in enumerate(clients)
        }

    def priced(
        self,
        number: int,
        duals: Duals,
        intervals: Sequence[Interval],
        length: Length,
    ) -> list[Task]:
        """
        Return searches at the master's prices, a seed each.

        A client left out costs its dual, a vehicle its kind's dual on top, and leaving
        at a slot what the docks' duals say; so the routes found are those of negative
        reduced cost, which the master needs (Desaulniers et al. 2005, Column
        Generation, ch. 1).
        """
        prices = prices_of(self.problem, self.served, duals, intervals)
        task = restrict(self.problem, self.served)
        priced = replace(
            task,
            clients=tuple(
                replace(client, penalty=price)
                for client, price in zip(task.clients, prices.clients, strict=True)
            ),
        )
        tasks = []
        for n in range(len(self.seeds)):
            counts = counts_of(self.problem, (), n + number)
            whole = self._task(self.served, counts, n, number, length)
            fleet = tuple(
                replace(share, price=prices.of(share)) for share in whole.fleet or ()
            )
            tasks.append(replace(whole, problem=priced, fleet=fleet, goes_on=None))
        return tasks

    def follow(self, tasks: Sequence[Task], found: Sequence[Found | None]) -> None:
        """Note where the searches of everything ended."""
        served = set(self.served)
        lost = [i for i in range(len(self.problem.clients)) if i not in served]
        for own, task, answer in zip(self.trails, tasks, found, strict=True):
            if answer is not None and task.goes_on is not None:
                trail = own if task.goes_on == "seed" else self._cheaper[-1][1]
                trail.orders = answer.last
                trail.penalties = answer.penalties
                trail.settled = True
                cost = answer.best_cost + self.problem.unserved_cost(lost)
                trail.cost = min(trail.cost, cost)

    def resume(self, start: Solution) -> None:
        """Let all seeds go on from ``start``, which has had no search yet."""
        for trail in self.trails:
            trail.orders = tuple((r.kind, r.visits) for r in start.routes)
            trail.settled = False

    def restart(self, incumbent: Solution) -> None:
        """
        Let the seed with the worst trail go on from the incumbent.

        So does one that uses the vehicles of a pool twice: its costs are not real.
        """
        worst = max(self.trails, key=lambda trail: trail.cost)
        for trail in self.trails:
            is_worst = trail is worst and trail.cost > incumbent.cost
            if is_worst or _exceeds(self.problem, trail.orders):
                trail.orders = tuple((r.kind, r.visits) for r in incumbent.routes)
                trail.cost = incumbent.cost

    def _wave(self, n: int, waves: int, length: Length) -> Length:
        """Return the end of the n-th search, when ``waves`` follow one another."""
        left = length.end.left_s()
        if length.iterations is not None or np.isinf(left):
            return length
        return Length(
            None, length.end.sooner(left * (n // len(self.seeds) + 1) / waves)
        )

    def _task(
        self,
        clients: Sequence[int],
        counts: Sequence[int],
        n: int,
        number: int,
        length: Length,
        start: tuple[Order, ...] = (),
        penalties: Penalties | None = None,
        *,
        settled: bool = True,
        departs: Mapping[Order, int] | None = None,
    ) -> Task:
        if departs is None:
            departs = departs_of(self.problem, start)
        fleet, shares = fleet_of(
            self.problem, counts, start, departs, clients, n + number
        )
        return Task(
            problem=restrict(self.problem, clients),
            clients=tuple(clients),
            seed=self.seeds[n % len(self.seeds)] + 1_000 * number + 100 * n,
            deadline=length.end,
            iterations=length.iterations,
            fleet=fleet,
            start=start,
            start_shares=shares,
            penalties=penalties,
            neighbours=NEIGHBOURS[n % len(NEIGHBOURS)],
            settled=settled,
        )


def _exceeds(problem: Problem, orders: Sequence[Order]) -> bool:
    used = Counter(kind for kind, _ in orders)
    return any(
        sum(used[k] for k in kinds) > count for count, kinds in problem.vehicle_rows()
    )


def counts_of(problem: Problem, start: Sequence[Order], n: int) -> list[int]:
    """
    Return the vehicles of each kind that a search from ``start`` may use.

    A kind of a pool gets what the start uses and its share of what is left, the odd
    vehicles going to other kinds for each n, so that the pool is not exceeded. A
    search from nothing may use all of each kind: no split of a pool is known yet.
    """
    counts = [kind.count for kind in problem.kinds]
    if not start:
        return counts
    used = Counter(kind for kind, _ in start)
    for count, kinds in problem.vehicle_rows():
        spare = max(0, count - sum(used[k] for k in kinds))
        for place, k in enumerate(kinds):
            counts[k] = used[k] + (spare + (place + n) % len(kinds)) // len(kinds)
    return counts
