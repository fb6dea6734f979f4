"""Solve a routing problem: searches side by side, a master over all they found."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.milp import Limits
from cstore_cli.routing.columns import Columns, Order, places, together
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.find import Found, Task, find
from cstore_cli.routing.impossible import impossible
from cstore_cli.routing.master import choose
from cstore_cli.routing.neighbours import groups
from cstore_cli.routing.penalties import Penalties
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.restrict import restrict
from cstore_cli.routing.route import Route, Solution

ROUNDS = 10
"""Rounds in a search that is stopped by iterations."""

MASTER_COLUMNS = 2_000
"""Columns in the master's integer program; its relaxation has all."""

MASTER_NODES = 200
"""Nodes at most, so that the master stops at the same place on every machine."""

GRACE_S = 0.2
"""Past the deadline, how long answers on their way are waited for."""

MIN_CLIENTS_PER_GROUP = 40
MIN_ROUTES_PER_GROUP = 3
MAX_POOL = 150_000


@dataclass(frozen=True)
class Stop:
    """
    When to end: at the deadline, or where given after ``iterations`` per seed.

    With iterations the result is the same on every machine, and the deadline a guard.
    """

    deadline: Deadline = field(default_factory=Deadline)
    iterations: int | None = None


@dataclass(frozen=True)
class Progress:
    """The best cost after ``seconds``; no choice of columns costs under ``bound``."""

    seconds: float
    cost: int
    bound: float
    unserved: int


@dataclass(frozen=True)
class Result:
    """
    The best solution found and what is known of it.

    ``unserved`` includes the clients that cannot be served at all, whose cause codes
    are in ``causes``; ``cost`` includes all penalties. ``bound_columns`` holds for
    choices among the ``columns`` found, ``gap_columns`` is the relative distance to
    it; ``bound_all_routes`` holds for all routes there are, None until proven.
    """

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
    causes: Mapping[int, str]
    cost: int
    gap_columns: float
    bound_columns: float
    bound_all_routes: float | None
    iterations: int
    columns: int
    seconds: float


def solve(
    problem: Problem,
    stop: Stop,
    seeds: Sequence[int],
    executor: Executor,
    parts: Sequence[Sequence[int]] = (),
    start: Solution | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """
    Search from each seed side by side, choose among all routes found, and again.

    ``parts``, groups of clients, are searched apart first: a quick way to a first
    solution of a large problem. ``start`` is a solution to improve.

    Raises
    ------
    InfeasibleError
        When a client that must be served cannot be.
    NoPlanError
        When the deadline came before the first solution.
    """
    search = _Search(problem, stop, seeds, executor, on_progress)
    return search.run(parts, start)


class _Search:
    """The state of one search: columns, incumbent, penalties, bound."""

    def __init__(
        self,
        problem: Problem,
        stop: Stop,
        seeds: Sequence[int],
        executor: Executor,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.began = time.monotonic()
        self.problem = problem
        self.stop = stop
        self.seeds = seeds
        self.executor = executor
        self.on_progress = on_progress
        self.causes = impossible(problem)
        self.served = [i for i in range(len(problem.clients)) if i not in self.causes]
        self.columns = Columns.of([], [])
        self.incumbent: Solution | None = None
        self.bound = -np.inf
        self.iterations = 0
        self.penalties: dict[int, Penalties] = {}
        self.rng = np.random.default_rng(seeds[0])

    def run(self, parts: Sequence[Sequence[int]], start: Solution | None) -> Result:
        if start is not None:
            self._consider([(r.kind, r.visits) for r in start.routes])
        if not self.served:
            self.incumbent = self._solution([])
            self.bound = self.incumbent.cost
            return self._result()
        possible = set(self.served)
        split = [[i for i in part if i in possible] for part in parts]
        number = 0
        while (lengths := self._round(number)) is not None:
            iterations, end = lengths
            whole = [part for part in split if part] if number == 0 else []
            tasks = self._tasks(number, whole, iterations, end)
            found = self._search(tasks)
            self._take_in(tasks, found)
            self._choose(number)
            self._report()
            number += 1
        if self.incumbent is None:
            if all(self.problem.clients[i].penalty is not None for i in self.served):
                self.incumbent = self._solution([])
            else:
                raise NoPlanError("Time ran out before the first plan was found.")
        return self._result()

    def _round(self, number: int) -> tuple[int | None, Deadline] | None:
        """Return the iterations of a round and its end; None when there is none."""
        left = self.stop.deadline.left_s()
        if self.stop.iterations is not None:
            if number == ROUNDS or left == 0:
                return None
            done = self.stop.iterations * number // ROUNDS
            upto = self.stop.iterations * (number + 1) // ROUNDS
            return upto - done, self.stop.deadline
        if left < 0.3:
            return None
        total = left + time.monotonic() - self.began
        length = min(max(1.0, total / 8), 20.0)
        if left < 1.6 * length:
            length = left
        return None, self.stop.deadline.sooner(max(0.1, length - self._master_s(left)))

    def _master_s(self, left: float) -> float:
        return min(0.1 * left, 2.0)

    def _tasks(
        self,
        number: int,
        parts: Sequence[Sequence[int]],
        iterations: int | None,
        end: Deadline,
    ) -> list[Task]:
        """Return the searches of a round: of parts, of groups of routes, of all."""
        seeds = [seed + 1_000 * number for seed in self.seeds]
        counts = [kind.count for kind in self.problem.kinds]
        if parts:
            waves = -(-len(parts) // len(seeds))
            length = end.left_s() / waves
            ends = [end.sooner(length * (n // len(seeds) + 1)) for n in range(len(parts))]
            return [
                Task(
                    restrict(self.problem, part, counts),
                    tuple(part),
                    seeds[n % len(seeds)],
                    ends[n] if iterations is None else end,
                    iterations,
                )
                for n, part in enumerate(parts)
            ]
        orders = []
        if self.incumbent is not None:
            orders = [(r.kind, r.visits) for r in self.incumbent.routes]
        group_count = len(seeds)
        if (
            number % 2 == 1
            and len(orders) >= MIN_ROUTES_PER_GROUP * group_count
            and len(self.served) >= MIN_CLIENTS_PER_GROUP * group_count
        ):
            made = groups(self.problem, orders, group_count, self.rng)
            return [
                self._group_task(n, group, orders, seeds[n % len(seeds)], iterations, end)
                for n, group in enumerate(made)
            ]
        return [
            Task(
                restrict(self.problem, self.served, self._counts(n)),
                tuple(self.served),
                seed,
                end,
                iterations,
                tuple(orders),
                self.penalties.get(n),
            )
            for n, seed in enumerate(seeds)
        ]

    def _group_task(
        self,
        n: int,
        group: Sequence[int],
        orders: Sequence[Order],
        seed: int,
        iterations: int | None,
        end: Deadline,
    ) -> Task:
        """Return the search of a group of the incumbent's routes."""
        start = [orders[r] for r in group]
        clients = sorted(i for _, visits in start for i in visits)
        assert self.incumbent is not None
        used = Counter(kind for kind, _ in start)
        spare = self._counts(n)
        all_used = Counter(kind for kind, _ in orders)
        counts = [
            used[k] + max(0, spare[k] - all_used[k])
            for k in range(len(self.problem.kinds))
        ]
        return Task(
            restrict(self.problem, clients, counts),
            tuple(clients),
            seed,
            end,
            iterations,
            tuple(start),
            self.penalties.get(n),
        )

    def _counts(self, n: int) -> list[int]:
        """Return the vehicles of each kind a task may use; its share of a pool."""
        counts = [kind.count for kind in self.problem.kinds]
        if self.incumbent is None:
            return counts
        used = Counter(route.kind for route in self.incumbent.routes)
        for count, kinds in self.problem.vehicle_rows():
            if len(kinds) == 1:
                continue
            spare = count - sum(used[k] for k in kinds)
            for place, k in enumerate(kinds):
                share = (spare + (place + n) % len(kinds)) // len(kinds)
                counts[k] = used[k] + share
        return counts

    def _search(self, tasks: Sequence[Task]) -> list[Found | None]:
        """Return what each task found; None where it came too late."""
        futures: list[Future[Found]] = [self.executor.submit(find, t) for t in tasks]
        left = self.stop.deadline.left_s()
        timeout = None if np.isinf(left) else left + GRACE_S
        wait(futures, timeout)
        for future in futures:
            future.cancel()
        return [f.result() if f.done() and not f.cancelled() else None for f in futures]

    def _take_in(self, tasks: Sequence[Task], found: Sequence[Found | None]) -> None:
        """Keep the columns; make of the best solutions a better incumbent."""
        came = [f for f in found if f is not None]
        self.columns = together([self.columns, *(f.columns for f in came)])
        self.iterations += sum(f.iterations for f in came)
        for n, f in enumerate(found):
            if f is not None and len(tasks[n].clients) == len(self.served):
                self.penalties[n] = f.penalties
                if f.best is not None:
                    self._consider(f.best)
        covered = sorted(i for task in tasks for i in task.clients)
        if len(set(covered)) == len(covered):
            orders: list[Order] = []
            for task, f in zip(tasks, found, strict=True):
                if f is not None and f.best is not None:
                    orders += f.best
                else:
                    orders += task.start
            if self.incumbent is not None:
                touched = set(covered)
                orders += [
                    (r.kind, r.visits)
                    for r in self.incumbent.routes
                    if not touched.intersection(r.visits)
                ]
            self._consider(orders)

    def _solution(self, orders: Sequence[Order]) -> Solution:
        routes = []
        for kind, visits in sorted(orders):
            route = evaluate(self.problem, kind, visits)
            if route is None:
                raise RuntimeError(f"A search gave a route that breaks a rule: {visits}.")
            routes.append(route)
        served = {i for route in routes for i in route.visits}
        unserved = tuple(
            i for i in range(len(self.problem.clients)) if i not in served
        )
        cost = sum(r.cost for r in routes) + self.problem.unserved_cost(unserved)
        return Solution(tuple(routes), unserved, cost)

    def _consider(self, orders: Sequence[Order]) -> None:
        """Make ``orders`` the incumbent if they are allowed and better."""
        orders = self._within_pools(orders)
        solution = self._solution(orders)
        if any(
            self.problem.clients[i].penalty is None
            for i in solution.unserved
        ):
            return
        if self.incumbent is None or solution.cost < self.incumbent.cost:
            self.incumbent = solution

    def _within_pools(self, orders: Sequence[Order]) -> list[Order]:
        """Drop the routes of fewest penalties where a pool is used beyond its count."""
        kept = list(orders)
        for count, kinds in self.problem.vehicle_rows():
            mine = [o for o in kept if o[0] in kinds]
            mine.sort(key=lambda o: (-self._worth(o), o))
            for order in mine[count:]:
                kept.remove(order)
        return kept

    def _worth(self, order: Order) -> float:
        clients = [self.problem.clients[i] for i in order[1]]
        if any(c.penalty is None for c in clients):
            return np.inf
        return float(sum(c.penalty or 0 for c in clients))

    def _choose(self, number: int) -> None:
        """Let the master choose among all columns."""
        left = self.stop.deadline.left_s()
        if left < 0.1 or not len(self.columns):
            return
        incumbent = None
        if self.incumbent is not None:
            mine = Columns.of(
                [(r.kind, r.visits) for r in self.incumbent.routes],
                [r.cost for r in self.incumbent.routes],
            )
            self.columns = together([self.columns, mine])
            incumbent = places(mine, self.columns)
        deadline = self.stop.deadline
        nodes: int | None = MASTER_NODES
        if self.stop.iterations is None:
            deadline = deadline.sooner(self._master_s(left))
        try:
            choice = choose(
                self.problem,
                self.columns,
                self.served,
                Limits(deadline, nodes=nodes),
                incumbent,
                MASTER_COLUMNS,
            )
        except (InfeasibleError, NoPlanError):
            return
        lost = self.problem.unserved_cost(list(self.causes))
        self.bound = choice.bound + lost
        before = self.incumbent
        self._consider([self.columns.order(int(j)) for j in choice.chosen])
        self.master_gain = (before.cost if before else 0, self.incumbent.cost if self.incumbent else 0)

    def _report(self) -> None:
        if self.on_progress is not None and self.incumbent is not None:
            self.on_progress(
                Progress(
                    time.monotonic() - self.began,
                    self.incumbent.cost,
                    self.bound,
                    len(self.incumbent.unserved),
                )
            )

    def _result(self) -> Result:
        assert self.incumbent is not None
        cost = self.incumbent.cost
        gap = (cost - self.bound) / cost if cost > 0 else 0.0
        return Result(
            routes=self.incumbent.routes,
            unserved=self.incumbent.unserved,
            causes=self.causes,
            cost=cost,
            gap_columns=max(0.0, gap),
            bound_columns=self.bound,
            bound_all_routes=None,
            iterations=self.iterations,
            columns=len(self.columns),
            seconds=time.monotonic() - self.began,
        )
