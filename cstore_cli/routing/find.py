"""One search with PyVRP, and the routes it came across: columns for the master."""

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyvrp
from pyvrp import (
    CostEvaluator,
    IteratedLocalSearch,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
    RandomNumberGenerator,
)
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from cstore_cli.deadline import Deadline
from cstore_cli.routing.columns import Columns, Order, together
from cstore_cli.routing.fleet import Fleet
from cstore_cli.routing.penalties import Penalties, manager
from cstore_cli.routing.problem import FOREVER, RELOAD, Problem
from cstore_cli.routing.pyvrp_data import Translation, translate
from cstore_cli.routing.timetable import timed
from cstore_cli.routing.trips import joined

MAX_COLUMNS = 40_000
"""Routes a search remembers; past it the older half is forgotten."""

CLIENTS_PER_STRIDE = 100
"""
Of candidates that keep the rules each n-th is looked through, n growing with clients.

A whole solution is read, which for 700 clients takes half as long as finding it.
"""

INFEASIBLE_STRIDE = 16
"""Of candidates that break a rule, each 16th is looked through for sound routes."""


@dataclass(frozen=True, eq=False)
class Task:
    """
    Search ``problem`` with the vehicles ``fleet`` from ``start`` (none: from nothing).

    Route r of ``start`` has a vehicle of share ``start_shares[r]``. Stops after
    ``iterations``, or at the deadline where that is None. ``clients[i]`` is the number
    that client i has outside the task, which ``start`` and all answers use. A start
    that is not ``settled`` is first improved by every move there is, as an iteration
    only looks at some clients. Moves are tried between a client and its ``neighbours``
    nearest: PyVRP's own 50 make a third of the iterations of 20. ``goes_on`` says
    what may go on from its end: its seed's searches, those of a cheaper fleet, nothing.
    """

    problem: Problem
    clients: tuple[int, ...]
    seed: int
    deadline: Deadline
    iterations: int | None = None
    fleet: Fleet | None = None
    start: tuple[Order, ...] = ()
    start_shares: tuple[int, ...] = ()
    penalties: Penalties | None = None
    neighbours: int = 30
    settled: bool = True
    goes_on: Literal["seed", "cheaper"] | None = "seed"


@dataclass(frozen=True, eq=False)
class Found:
    """
    What a search found.

    ``columns`` are routes that keep every rule; ``best`` the best solution, None when
    none kept them all (then ``best_cost`` is infinite). A next search goes on from
    ``last``, which may break rules, and ``penalties``.
    """

    columns: Columns
    best: tuple[Order, ...] | None
    best_cost: float
    last: tuple[Order, ...]
    penalties: Penalties
    iterations: int


class _Stop:
    """After so many iterations, or at the deadline."""

    def __init__(self, iterations: int | None, deadline: Deadline) -> None:
        self._left = iterations
        self._deadline = deadline

    def __call__(self, best_cost: float) -> bool:  # noqa: ARG002 (PyVRP's protocol)
        if self._left is not None:
            if self._left == 0:
                return True
            self._left -= 1
        return self._deadline.left_s() == 0


class _Collector(IteratedLocalSearchCallbacks):
    """
    Remembers the routes of candidates: type and cost by visits, "C3 | C1" say.

    PyVRP writes a whole solution as text some 40 times faster than Python reads it
    stop by stop, and an iteration changes few routes, so lines are the keys and only
    new ones are looked at.
    """

    def __init__(self, first: pyvrp.Solution, translation: Translation) -> None:
        self.known: dict[str, tuple[int, int]] = {}
        self.translation = translation
        self.last = first
        self._iteration = 0
        self._stride = max(1, first.num_clients() // CLIENTS_PER_STRIDE)
        self.add(first, sound=first.is_feasible())

    def on_best(self, best: pyvrp.Solution) -> None:
        """Look at a solution better than all before."""
        self.add(best, sound=best.is_feasible())

    def on_iteration(
        self,
        current: pyvrp.Solution,
        candidate: pyvrp.Solution,
        best: pyvrp.Solution,  # noqa: ARG002
        cost_evaluator: CostEvaluator,  # noqa: ARG002
    ) -> None:
        """Look at the candidate of this iteration."""
        self._iteration += 1
        self.last = current
        sound = candidate.is_feasible()
        if self._iteration % (self._stride if sound else INFEASIBLE_STRIDE) == 0:
            self.add(candidate, sound=sound)

    def add(self, solution: pyvrp.Solution, *, sound: bool) -> None:
        """Remember the routes that are new; all keep the rules if ``sound``."""
        known, routes = self.known, None
        for number, line in enumerate(str(solution).splitlines()):
            visits = line.partition(": ")[2]
            if visits not in known and _is_whole(visits):
                routes = routes or solution.routes()
                route = routes[number]
                if sound or route.is_feasible():
                    vehicle_type = route.vehicle_type()
                    price = self.translation.price(vehicle_type)
                    kind = self.translation.kind(vehicle_type)
                    known[visits] = kind, _cost(route) - price
        if len(known) > MAX_COLUMNS:
            self.known = dict(list(known.items())[MAX_COLUMNS // 2 :])

    def columns(self) -> Columns:
        """Return what is remembered."""
        if not self.known:
            return Columns.of([], [])
        kinds, costs = np.array(list(self.known.values()), dtype=np.int64).T
        lengths = [line.count(" ") + 1 for line in self.known]
        text = " ".join(self.known).replace("C", "").replace("|", str(RELOAD))
        return Columns(
            kinds=kinds,
            costs=costs,
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            visits=np.array(text.split(), dtype=np.int64),
            leaves=np.zeros((len(kinds), 0, 2), dtype=np.int64),
        )


def find(task: Task) -> Found:
    """Run the search of ``task``; called in a worker."""
    translation = translate(task.problem, task.fleet)
    data = translation.data
    rng = RandomNumberGenerator(seed=task.seed)
    search = LocalSearch(
        data,
        rng,
        compute_neighbours(data, NeighbourhoodParams(num_neighbours=task.neighbours)),
        PerturbationManager(PerturbationParams()),  # its default is shared by all
    )
    for operator in OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    penalties = manager(data, task.penalties)
    if task.start:
        first = _solution(translation, task)
    else:
        first = pyvrp.Solution.make_random(data, rng)
    if not (task.start and task.settled):
        first = search(first, penalties.max_cost_evaluator(), exhaustive=True)

    collector = _Collector(first, translation)
    algorithm = IteratedLocalSearch(
        data,
        penalties,
        search,
        first,
        IteratedLocalSearchParams(callbacks=collector),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = algorithm.run(
            _Stop(task.iterations, task.deadline), collect_stats=False, display=False
        )
    sound = result.best.is_feasible()
    collector.add(result.best, sound=sound)
    return Found(
        columns=_kept(task.problem, collector.columns()).renumbered(task.clients),
        best=_orders(result.best, translation, task) if sound else None,
        best_cost=result.cost(),
        last=_orders(collector.last, translation, task),
        penalties=penalties.penalties(),
        iterations=result.num_iterations,
    )


def _is_whole(visits: str) -> bool:
    """Whether a route has clients on each of its trips."""
    return "|" not in visits or all(map(str.strip, visits.split("|")))


def _kept(problem: Problem, columns: Columns) -> Columns:
    """Return the columns that keep also the rules PyVRP does not know."""
    if problem.docks or _has_more_rules(problem):
        columns = timed(problem, columns)
    return together([columns])


def _has_more_rules(problem: Problem) -> bool:
    """Whether PyVRP's costs, or its routes, may differ from ours."""
    return any(c.leave_late < FOREVER for c in problem.clients) or any(
        kind.max_trips > 1 and (kind.trip_windows or kind.reload_duration)
        for kind in problem.kinds
    )


def _cost(route: pyvrp.Route) -> int:
    return int(
        route.distance_cost() + route.duration_cost() + route.fixed_vehicle_cost()
    )


def _solution(translation: Translation, task: Task) -> pyvrp.Solution:
    data = translation.data
    number_of = {client: number for number, client in enumerate(task.clients)}
    types = {share: number for number, share in enumerate(translation.share_of)}
    shares = task.start_shares or tuple(kind for kind, _ in task.start)
    routes = []
    for (_, visits), share in zip(task.start, shares, strict=True):
        activities = [
            pyvrp.Activity(
                pyvrp.ActivityType.DEPOT, translation.reload_depot(types[share])
            )
            if i == RELOAD
            else pyvrp.Activity(pyvrp.ActivityType.CLIENT, number_of[i])
            for i in visits
        ]
        routes.append(pyvrp.Route(data, activities, types[share]))
    return pyvrp.Solution(data, routes)


def _orders(
    solution: pyvrp.Solution, translation: Translation, task: Task
) -> tuple[Order, ...]:
    return tuple(
        (
            translation.kind(route.vehicle_type()),
            joined(
                [
                    [task.clients[int(stop[1:])] for stop in trip.split()]
                    for trip in str(route).split("|")
                ]
            ),
        )
        for route in solution.routes()
        if route.num_clients()
    )
