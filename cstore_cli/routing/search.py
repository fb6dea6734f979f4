"""Solve a routing problem: searches side by side, a master over all they found."""

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.milp import Limits
from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.columns import Columns, Order, places, together
from cstore_cli.routing.docks import Interval
from cstore_cli.routing.find import Found, Task, find
from cstore_cli.routing.impossible import impossible
from cstore_cli.routing.master import Duals, choose
from cstore_cli.routing.plan import Length, Planner
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.routing.route import Solution
from cstore_cli.routing.timetable import timed

__all__ = ["Progress", "Result", "Stop", "solve"]

PRICED = 4
"""Where docks, rooms or locks have prices, each fourth round searches at these."""

ROUNDS = 8
"""Rounds of a search; the first one is short, for a first plan soon."""

FIRST_S = 2.0
"""Seconds of the first round at most."""

LONGEST_S = 30.0
"""Seconds of a round at most."""

MASTER_COLUMNS = 2_000
"""Columns in the master's integer program; its relaxation has all."""

MASTER_NODES = 20
"""Nodes of the master at most: it stops at the same place on every machine."""

MASTER_SHARE = 0.5
"""Of a round's seconds, what the master may take; it runs beside the searches."""

LAST_S = 1.5
"""Seconds kept for the last master, at most a twentieth of all."""

GRACE_S = 0.2
"""Past the deadline, how long answers on their way are waited for."""

SHORTEST_S = 0.2
"""A round or master of fewer seconds is not begun."""

MAX_COLUMNS = 200_000
"""Columns kept, the newest: searches go on from better solutions than they began."""


def solve(
    problem: Problem,
    stop: Stop,
    seeds: Sequence[int],
    executor: Executor,
    parts: Sequence[Sequence[int]] = (),
    start: Solution | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    *,
    resume: bool = False,
    known: Columns | None = None,
) -> Result:
    """
    Search from each seed side by side, choose among all routes found, and again.

    ``parts``, groups of clients, are searched apart first: a quick way to a first
    solution of a large problem. ``start`` is a solution to improve: the searches begin
    from nothing, to find others, or with ``resume`` go on from it at once. ``known``
    are routes of a search of the same clients with other windows or durations. The
    executor should run as many tasks at once as there are seeds.

    Raises
    ------
    InfeasibleError
        When a client that must be served cannot be.
    NoPlanError
        When the deadline came before the first solution.
    """
    search = _Search(problem, stop, seeds, executor, on_progress)
    if start is not None and resume:
        search.planner.resume(start)
    if known is not None and len(known):
        search.columns = timed(problem, known)
    return search.run(parts, start)


class _Search:
    """The state of one search: columns, incumbent, bound."""

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
        self.seconds = stop.deadline.left_s()
        self.executor = executor
        self.on_progress = on_progress
        self.causes = impossible(problem)
        self.served = tuple(
            i for i in range(len(problem.clients)) if i not in self.causes
        )
        self.planner = Planner(problem, self.served, tuple(seeds))
        self.columns = Columns.of([], [])
        self.incumbent: Solution | None = None
        self.bound: float | None = None
        self.duals: Duals | None = None
        self.intervals: tuple[Interval, ...] = ()
        self.iterations = 0

    def run(self, parts: Sequence[Sequence[int]], start: Solution | None) -> Result:
        """Search, round by round."""
        if start is not None:
            self._consider([(route.kind, route.visits) for route in start.routes])
        if all(self.problem.clients[i].penalty is not None for i in self.served):
            self._consider([])
        if self.served:
            self._rounds([[i for i in p if i not in self.causes] for p in parts])
        if self.incumbent is None:
            raise NoPlanError("Time ran out before the first plan was found.")
        return self._result()

    def _rounds(self, parts: Sequence[Sequence[int]]) -> None:
        number = 0
        while (length := self._length(number)) is not None:
            split = [part for part in parts if part] if number == 0 else []
            tasks = self._tasks(number, split, length)
            futures = [self.executor.submit(find, task) for task in tasks]
            if number > 0:
                self._choose(length)
            self._take_in(tasks, self._wait(futures))
            self._report()
            number += 1
        self._choose(Length(None, self.stop.deadline))
        self._report()

    def _length(self, number: int) -> Length | None:
        """Return how long round ``number`` lasts; None when there is none."""
        left = self.stop.deadline.left_s()
        if self.stop.iterations is not None:
            if number == ROUNDS or left == 0:
                return None
            done = self.stop.iterations * number // ROUNDS
            upto = self.stop.iterations * (number + 1) // ROUNDS
            return Length(upto - done, self.stop.deadline)
        left -= min(LAST_S, self.seconds / 20)
        if left < SHORTEST_S:
            return None
        usual = min(LONGEST_S, self.seconds / ROUNDS)
        seconds = min(FIRST_S, usual) if number == 0 else usual
        if left < 1.5 * seconds:
            seconds = left
        return Length(None, self.stop.deadline.sooner(seconds))

    def _tasks(
        self, number: int, parts: Sequence[Sequence[int]], length: Length
    ) -> list[Task]:
        if parts:
            return self.planner.parts(parts, length)
        if self.incumbent is not None and number > 0:
            self.planner.restart(self.incumbent)
        if number % PRICED == 0 and self.duals and self.duals.couple:
            return self.planner.priced(number, self.duals, self.intervals, length)
        tasks = []
        if number > 0 and number % 2 == 0:
            tasks = self.planner.groups(number, self.incumbent, length)
        if tasks:
            return tasks
        tasks = self.planner.whole(number, length)
        if len(tasks) > 1 and number > 0 and self.incumbent is not None:
            cheaper = self.planner.cheaper(number, self.incumbent, length)
            tasks[-1] = cheaper or tasks[-1]
        return tasks

    def _wait(self, futures: Sequence[Future[Found]]) -> list[Found | None]:
        """Return what each search found; None where it came too late."""
        left = self.stop.deadline.left_s()
        wait(futures, None if math.isinf(left) else left + GRACE_S)
        return [None if future.cancel() else _answer(future) for future in futures]

    def _take_in(self, tasks: Sequence[Task], found: Sequence[Found | None]) -> None:
        """Keep the columns; make of the best solutions a better incumbent."""
        came = [answer for answer in found if answer is not None]
        columns = together([self.columns, *(answer.columns for answer in came)])
        oldest = max(0, len(columns) - MAX_COLUMNS)
        self.columns = columns.take(np.arange(oldest, len(columns)))
        self.iterations += sum(answer.iterations for answer in came)
        if all(task.clients == self.served for task in tasks):
            self.planner.follow(tasks, found)
            for answer in came:
                if answer.best is not None:
                    self._consider(answer.best)
            return
        orders: list[Order] = []
        for task, result in zip(tasks, found, strict=True):
            best = None if result is None else result.best
            orders += task.start if best is None else best
        if came:
            self.planner.group_penalties = came[0].penalties
        self._consider(orders)

    def _consider(self, orders: Sequence[Order]) -> None:
        """Make ``orders`` the incumbent if they are allowed and better."""
        solution = assemble(self.problem, orders)
        if solution is None:
            return
        if self.incumbent is None or solution.cost < self.incumbent.cost:
            self.incumbent = solution

    def _choose(self, length: Length) -> None:
        """Let the master choose among all columns."""
        deadline = length.end
        if self.stop.iterations is None and deadline.end_s < self.stop.deadline.end_s:
            deadline = deadline.sooner(MASTER_SHARE * deadline.left_s())
        if deadline.left_s() < SHORTEST_S or not len(self.columns):
            return
        incumbent = None
        if self.incumbent is not None:
            mine = Columns.of(
                [(route.kind, route.visits) for route in self.incumbent.routes],
                [route.cost for route in self.incumbent.routes],
            )
            if self.problem.docks:
                mine = timed(self.problem, mine)
            self.columns = together([self.columns, mine])
            incumbent = places(mine, self.columns)
        limits = Limits(deadline, nodes=MASTER_NODES, solver=self.stop.solver)
        try:
            choice = choose(
                self.problem,
                self.columns,
                self.served,
                limits,
                incumbent,
                MASTER_COLUMNS,
                self.duals,
                self.intervals,
            )
        except (InfeasibleError, NoPlanError):
            return
        self._consider([self.columns.order(j) for j in choice.chosen.tolist()])
        self.intervals = choice.intervals
        self.duals = choice.duals or self.duals
        self.bound = None
        if math.isfinite(choice.bound):
            self.bound = choice.bound + self.problem.unserved_cost(tuple(self.causes))

    def _report(self) -> None:
        if self.on_progress is not None and self.incumbent is not None:
            self.on_progress(
                Progress(
                    time.monotonic() - self.began,
                    self.incumbent.cost,
                    self._gap(self.incumbent),
                    len(self.incumbent.unserved),
                )
            )

    def _gap(self, incumbent: Solution) -> float | None:
        if self.bound is None:
            return None
        return max(0.0, incumbent.cost - self.bound) / max(1, incumbent.cost)

    def _result(self) -> Result:
        incumbent = self.incumbent
        if incumbent is None:
            raise NoPlanError("There is no plan.")
        if not self.served:
            self.bound = incumbent.cost
        return Result(
            routes=incumbent.routes,
            unserved=incumbent.unserved,
            causes=self.causes,
            cost=incumbent.cost,
            gap_columns=self._gap(incumbent),
            bound_columns=self.bound,
            iterations=self.iterations,
            columns=self.columns,
            seconds=time.monotonic() - self.began,
        )


def _answer(future: Future[Found]) -> Found | None:
    return future.result() if future.done() else None
