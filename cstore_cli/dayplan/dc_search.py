"""Step 5, routes: the search of one DC, deliveries before collections."""

import math
import statistics
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.collect_routes import add_collections
from cstore_cli.dayplan.day_plan import SearchState, Watcher
from cstore_cli.dayplan.dc_day import dc_day
from cstore_cli.dayplan.drive import DcDay, Duty
from cstore_cli.dayplan.find_routes import find_routes, without_due_times
from cstore_cli.dayplan.insertion import Driven, money, served
from cstore_cli.dayplan.mend import mend
from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.routes import (
    MONEY,
    DcProblem,
    dc_problem,
)
from cstore_cli.dayplan.schedule import schedule
from cstore_cli.dayplan.van_routes import Stop as VanStop
from cstore_cli.dayplan.van_routes import VanRoute
from cstore_cli.deadline import Deadline
from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.bound import Bound
from cstore_cli.routing.columns import Columns, Order
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import Room
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.routing.route import Solution
from cstore_cli.routing.search import solve
from cstore_cli.routing.trips import clients_of, joined, trips, without
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel

_FIRST_SHARE = 0.3
"""Of a DC's time for deliveries, the search before it is known when vans are where."""
_COLLECT_SHARE = 1 / 3
"""Of a DC's time, the search for collections where there are any."""


@dataclass(frozen=True)
class Search:
    """How long to look for routes: to a deadline, or so many iterations per search."""

    deadline: Deadline
    iterations: int | None
    seed: int


@dataclass(frozen=True, eq=False)
class DcRoutes:
    """
    The routes of one DC on the exact clock, and whom they leave out.

    ``day`` is what they keep, ``driven`` what they are in terms of it. No routes that
    serve the same clients cost less than ``bound``, if there was time for one.
    """

    task: DcProblem
    result: Result
    day: DcDay
    driven: list[Driven]
    routes: list[VanRoute]
    unserved: tuple[int, ...]
    bound: Bound | None = None


@dataclass(frozen=True, eq=False)
class Context:
    """What the searches of all DCs share."""

    regions: Regions
    windows: dict[str, Window]
    inputs: DayInputs
    settings: PlanDaySettings
    travel: DayTravel
    executor: Executor
    search: Search
    watcher: Watcher


@dataclass(frozen=True, eq=False)
class DcRouteSearch:
    """
    The search of one DC: deliveries, deliveries at their hours, then collections.

    Each part ends with its share of the time.
    """

    dc_id: str
    clients: list[StoreClient]
    context: Context
    deadline: Deadline

    def run(self) -> DcRoutes:
        """Search, and drive what is found."""
        brought = [client for client in self.clients if not client.collects]
        collects = len(brought) < len(self.clients)
        changes = bool(self.context.travel.clock(self.dc_id).changes)
        share = 1 - _COLLECT_SHARE * collects
        first = share * (_FIRST_SHARE if changes else 1)
        task, result = self._first(brought, self._stop(first))
        done = result.iterations
        driven = self._mended(task, result)
        if changes:
            again = self._problem(brought, _hours(driven, brought))
            start = assemble(again.problem, _orders(again, driven, brought))
            again, later = self._search(
                again,
                self._stop((share - first) / (1 - first)),
                start=start,
                known=result.columns,
            )
            done += later.iterations
            mended = self._mended(again, later)
            # The hours are those of the first routes: driven, the others may be worse.
            if self._levels(again, mended) <= self._levels(task, driven):
                task, result, driven = again, later, mended
        if collects:
            whole = self._problem(self.clients, _hours(driven, self.clients))
            as_late = _no_later(whole, driven)
            start = assemble(as_late.problem, _orders(as_late, driven, brought))
            found = add_collections(
                whole,
                start.routes if start else (),
                self.context.windows,
                self._stop(1),
                self._seeds(),
                self.context.executor,
                self._tell,
            )
            mended = self._mended(*found) if found else []
            done += found[1].iterations if found else 0
            if found and delivered(whole, mended) >= delivered(whole, driven):
                task, result, driven = *found, mended
            else:
                task, driven = as_late, self._put_in(as_late, driven)
        return self._routes(task, replace(result, iterations=done), driven)

    def go_on(self, found: DcRoutes, rooms: Sequence[Room]) -> DcRoutes:
        """
        Search from routes that serve some of the clients, who share ``rooms``.

        Those routes again where the search ends with fewer deliveries.
        """
        task = self._problem(self.clients, _hours(found.driven, self.clients), rooms)
        task = _no_later(task, found.driven)
        start = assemble(task.problem, _orders(task, found.driven, found.task.clients))
        if start is None:
            return found
        result = solve(
            task.problem,
            self._stop(1),
            self._seeds(),
            self.context.executor,
            start=start,
            on_progress=self._tell,
            resume=True,
        )
        done = found.result.iterations + result.iterations
        driven = self._mended(task, result)
        if delivered(task, driven) < delivered(found.task, found.driven):
            return found
        return self._routes(task, replace(result, iterations=done), driven)

    def _first(
        self, brought: list[StoreClient], stop: Stop
    ) -> tuple[DcProblem, Result]:
        task = self._problem(brought, None)
        region_of = self.context.regions.region_of
        by_region: dict[str, list[int]] = {}
        for k, client in enumerate(brought):
            by_region.setdefault(region_of[client.store_id].region_id, []).append(k)
        parts = list(by_region.values()) if len(by_region) > 1 else ()
        return self._search(task, stop, parts)

    def _search(
        self,
        task: DcProblem,
        stop: Stop,
        parts: Sequence[Sequence[int]] = (),
        start: Solution | None = None,
        known: Columns | None = None,
    ) -> tuple[DcProblem, Result]:
        return find_routes(
            task,
            parts,
            self.context.windows,
            stop,
            self._seeds(),
            self.context.executor,
            self._tell,
            start=start,
            known=known,
        )

    def _problem(
        self,
        clients: Sequence[StoreClient],
        hours: Sequence[float] | None,
        rooms: Sequence[Room] = (),
    ) -> DcProblem:
        c = self.context
        return dc_problem(
            self.dc_id, clients, c.windows, c.inputs, c.settings, c.travel, hours, rooms
        )

    def _levels(
        self, task: DcProblem, driven: Sequence[Driven]
    ) -> tuple[float, float, float]:
        """Priorities of those left out, minutes late x parcels, money."""
        day = self._day(task)
        late = sum(
            max(0.0, stop.leaves - client.due_min) * len(client.parcels)
            for one in driven
            for trip in one.trips
            for stop in trip.stops
            for client in stop.clients
        )
        return -delivered(task, driven), late, sum(money(day, one) for one in driven)

    def _stop(self, share: float) -> Stop:
        """The stop of a part that takes this share of the time left."""
        deadline = self.deadline
        if math.isfinite(deadline.end_s):
            deadline = deadline.sooner(deadline.left_s() * share)
        c = self.context
        return Stop(deadline, c.search.iterations, c.settings.solver)

    def _seeds(self) -> range:
        first = self.context.search.seed
        return range(first, first + self.context.settings.seeds)

    def _tell(self, progress: Progress) -> None:
        c = self.context
        _tell(c.watcher, self.dc_id, c.search.deadline, progress)

    def _day(self, task: DcProblem) -> DcDay:
        c = self.context
        return dc_day(task, c.windows, c.inputs, c.settings, c.travel)

    def _routes(
        self, task: DcProblem, result: Result, driven: list[Driven]
    ) -> DcRoutes:
        day = self._day(task)
        routes = schedule(day, driven, task.promises)
        return DcRoutes(task, result, day, driven, routes, left_out(task, driven))

    def _mended(self, task: DcProblem, result: Result) -> list[Driven]:
        """The routes on the exact clock, first with nobody late who need not be."""
        worth = _worth(task)
        possible = set(range(len(task.clients))) - set(result.causes)
        waiting = possible & set(result.unserved)
        driven = mend(self._day(task), _duties(task, result), waiting, worth)
        lost = sorted(possible & set(left_out(task, driven)))
        late = without_due_times(task, lost, self.context.windows)
        if lost and late.problem.clients != task.problem.clients:
            duties = [one.duty for one in driven]
            driven = mend(self._day(late), duties, lost, worth)
        return driven

    def _put_in(self, task: DcProblem, driven: Sequence[Driven]) -> list[Driven]:
        """The vehicle days with whom they leave out put in where there is room."""
        duties, lost = [one.duty for one in driven], left_out(task, driven)
        return mend(self._day(task), duties, lost, _worth(task))


def _worth(task: DcProblem) -> dict[int, float]:
    """What serving each client is worth; those that must be are worth everything."""
    return {
        k: float(client.penalty or math.inf)
        for k, client in enumerate(task.problem.clients)
    }


def left_out(task: DcProblem, driven: Sequence[Driven]) -> tuple[int, ...]:
    """The clients that none of the vehicle days serves."""
    there = served(driven)
    return tuple(k for k in range(len(task.clients)) if k not in there)


def delivered(task: DcProblem, driven: Sequence[Driven]) -> float:
    """The priorities of all that the vehicle days bring."""
    brought = (task.clients[k] for k in served(driven) if not task.clients[k].collects)
    return math.fsum(client.priority for client in brought)


def _duties(task: DcProblem, result: Result) -> list[Duty]:
    return [
        Duty(
            task.vans[route.kind].vehicle,
            task.vans[route.kind].batch,
            trips(route.visits),
        )
        for route in result.routes
    ]


def _stop_of(driven: Sequence[Driven]) -> dict[StoreClient, VanStop]:
    """The stop at which each client is served."""
    return {
        client: stop
        for one in driven
        for trip in one.trips
        for stop in trip.stops
        for client in (*stop.clients, *stop.collected)
    }


def _no_later(task: DcProblem, driven: Sequence[Driven]) -> DcProblem:
    """The task in which clients that come late may do so, but no later than they do."""
    starts = {client: stop.starts for client, stop in _stop_of(driven).items()}
    clients = tuple(
        replace(client, tw_late=max(client.tw_late, math.ceil(60 * starts[of_store])))
        if of_store in starts
        else client
        for client, of_store in zip(task.problem.clients, task.clients, strict=True)
    )
    return replace(task, problem=replace(task.problem, clients=clients))


def _orders(
    task: DcProblem, driven: Sequence[Driven], clients: Sequence[StoreClient]
) -> list[Order]:
    """
    Vehicle days of ``clients`` as routes of the problem, as far as it allows them.

    A van that only the exact clock lets out is of no kind there, and a day that only
    the exact clock allows goes without the clients in question.
    """
    kinds = {(van.vehicle, van.batch): kind for kind, van in enumerate(task.vans)}
    number = {client: k for k, client in enumerate(task.clients)}
    orders = [
        (
            kinds[one.duty.vehicle, one.duty.batch],
            joined([[number[clients[k]] for k in trip] for trip in one.duty.trips]),
        )
        for one in driven
        if (one.duty.vehicle, one.duty.batch) in kinds
    ]
    fitted = (_fitted(task, kind, visits) for kind, visits in orders)
    return [order for order in fitted if order[1]]


def _fitted(task: DcProblem, kind: int, visits: tuple[int, ...]) -> Order:
    """The route without the fewest clients of least worth with which it breaks."""
    while visits and evaluate(task.problem, kind, visits) is None:
        worth = _worth(task)
        shorter = [
            (evaluate(task.problem, kind, less) is None, worth[k], k, less)
            for k in clients_of(visits)
            for less in [without(visits, {k})]
            if less
        ]
        visits = min(shorter)[3] if shorter else ()
    return kind, visits


def _hours(driven: Sequence[Driven], clients: Sequence[StoreClient]) -> list[float]:
    """When a van leaves each client; for those it never comes to, the usual hour."""
    leaves = {client: stop.leaves for client, stop in _stop_of(driven).items()}
    usual = statistics.median(leaves.values()) if leaves else 0.0
    return [leaves.get(client, usual) for client in clients]


def _tell(watcher: Watcher, dc_id: str, deadline: Deadline, progress: Progress) -> None:
    timed = math.isfinite(deadline.end_s)
    watcher.search(
        SearchState(
            dc_id=dc_id,
            money=progress.cost / MONEY,
            unserved_clients=progress.unserved,
            gap_columns=progress.gap_columns,
            seconds_left=deadline.left_s() if timed else None,
        )
    )
