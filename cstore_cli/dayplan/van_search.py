"""Step 5, routes: every DC's vans searched in turn, deliveries before collections."""

import math
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, replace
from functools import partial

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.collect_routes import add_collections
from cstore_cli.dayplan.day_plan import DcSearch, SearchState, Watcher
from cstore_cli.dayplan.dc_day import dc_day
from cstore_cli.dayplan.drive import DcDay, Duty
from cstore_cli.dayplan.insertion import Driven
from cstore_cli.dayplan.least_money import loosened
from cstore_cli.dayplan.mend import mend
from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.routes import (
    MONEY,
    DcProblem,
    dc_problem,
    find_routes,
    without_due_times,
)
from cstore_cli.dayplan.schedule import schedule
from cstore_cli.dayplan.van_routes import VanRoute
from cstore_cli.dayplan.van_tables import route_cost
from cstore_cli.deadline import Deadline
from cstore_cli.errors import NoPlanError
from cstore_cli.routing.assemble import assemble
from cstore_cli.routing.bound import Bound, bound
from cstore_cli.routing.columns import Order
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.routing.trips import joined, trips
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel


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


def search_routes(
    clients: list[StoreClient],
    regions: Regions,
    open_windows: dict[str, Window],
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
    executor: Executor,
    search: Search,
    watcher: Watcher,
) -> list[DcRoutes]:
    """Search each DC's routes in turn, with time in proportion to its clients."""
    found: list[DcRoutes] = []
    bounds: list[Future[Bound | None]] = []
    waiting = len(clients)
    for dc_id in inputs.distribution_centers["dc_id"]:
        own = [client for client in clients if client.dc_id == dc_id]
        if not own:
            continue
        deadline = search.deadline
        if math.isfinite(deadline.end_s):
            deadline = deadline.sooner(deadline.left_s() * len(own) / waiting)
        waiting -= len(own)
        whole = _DcSearch(
            dc_id,
            own,
            regions,
            open_windows,
            inputs,
            settings,
            travel,
            executor,
            replace(search, deadline=deadline),
            partial(_tell, watcher, dc_id, search.deadline),
        )
        found.append(whole.run())
        served = set(range(len(own))) - set(found[-1].unserved)
        problem = loosened(found[-1].task, found[-1].day, served)
        bounds.append(executor.submit(bound, problem, search.deadline))
    left_s = search.deadline.left_s()
    wait(bounds, None if math.isinf(left_s) else left_s)
    return [
        replace(of_dc, bound=None if future.cancel() else _answer(future))
        for of_dc, future in zip(found, bounds, strict=True)
    ]


def _answer(future: Future[Bound | None]) -> Bound | None:
    return future.result() if future.done() else None


@dataclass(frozen=True, eq=False)
class _DcSearch:
    """
    The search of one DC: deliveries, deliveries at their hours, then collections.

    Each part ends with its share of the time.
    """

    dc_id: str
    clients: list[StoreClient]
    regions: Regions
    windows: dict[str, Window]
    inputs: DayInputs
    settings: PlanDaySettings
    travel: DayTravel
    executor: Executor
    search: Search
    tell: Callable[[Progress], None]

    def run(self) -> DcRoutes:
        """Search, and drive what is found."""
        brought = [client for client in self.clients if not client.collects]
        collects = len(brought) < len(self.clients)
        clock = self.travel.clock(self.dc_id)
        parts = 1 + bool(clock.changes) + collects
        task, result = self._first(brought, self._stop(parts))
        done = result.iterations
        driven = self._mended(task, result)
        if clock.changes:
            again = self._problem(brought, _hours(driven, brought))
            start = assemble(again.problem, _orders(again, driven))
            task, result = find_routes(
                again,
                (),
                self.windows,
                self._stop(parts - 1),
                self._seeds(),
                self.executor,
                self.tell,
                start=start,
                known=result.columns,
            )
            done += result.iterations
            driven = self._mended(task, result)
        if collects:
            whole = self._problem(self.clients, _hours(driven, self.clients))
            served = [k for one in driven for trip in one.duty.trips for k in trip]
            late = without_due_times(whole, served, self.windows)
            start = assemble(late.problem, _orders(late, driven))
            task, result = add_collections(
                whole,
                start.routes if start else (),
                self.windows,
                self._stop(1),
                self._seeds(),
                self.executor,
                self.tell,
            )
            done += result.iterations
            driven = self._mended(task, result)
        day = self._day(task)
        return DcRoutes(
            task,
            replace(result, iterations=done),
            day,
            driven,
            schedule(day, driven, task.promises),
            left_out(task, driven),
        )

    def _first(
        self, brought: list[StoreClient], stop: Stop
    ) -> tuple[DcProblem, Result]:
        task = self._problem(brought, None)
        region_of = self.regions.region_of
        by_region: dict[str, list[int]] = {}
        for k, client in enumerate(brought):
            by_region.setdefault(region_of[client.store_id].region_id, []).append(k)
        task, result = find_routes(
            task,
            list(by_region.values()) if len(by_region) > 1 else (),
            self.windows,
            stop,
            self._seeds(),
            self.executor,
            self.tell,
        )
        if not result.routes and len(result.unserved) > len(result.causes):
            _refuse_if_late(self.dc_id, stop.deadline)
        return task, result

    def _problem(
        self, clients: Sequence[StoreClient], hours: Sequence[float] | None
    ) -> DcProblem:
        return dc_problem(
            self.dc_id,
            clients,
            self.windows,
            self.inputs,
            self.settings,
            self.travel,
            hours,
        )

    def _stop(self, parts: int) -> Stop:
        """The stop of the next of so many parts."""
        deadline = self.search.deadline
        if math.isfinite(deadline.end_s):
            deadline = deadline.sooner(deadline.left_s() / parts)
        return Stop(deadline, self.search.iterations, self.settings.solver)

    def _seeds(self) -> range:
        return range(self.search.seed, self.search.seed + self.settings.seeds)

    def _day(self, task: DcProblem) -> DcDay:
        return dc_day(task, self.windows, self.inputs, self.settings, self.travel)

    def _mended(self, task: DcProblem, result: Result) -> list[Driven]:
        """The routes on the exact clock, first with nobody late who need not be."""
        worth = {
            k: float(client.penalty or math.inf)
            for k, client in enumerate(task.problem.clients)
        }
        possible = set(range(len(task.clients))) - set(result.causes)
        waiting = possible & set(result.unserved)
        driven = mend(self._day(task), _duties(task, result), waiting, worth)
        lost = sorted(possible & set(left_out(task, driven)))
        late = without_due_times(task, lost, self.windows)
        if lost and late.problem.clients != task.problem.clients:
            duties = [one.duty for one in driven]
            driven = mend(self._day(late), duties, lost, worth)
        return driven


def left_out(task: DcProblem, driven: Sequence[Driven]) -> tuple[int, ...]:
    """The clients that none of the vehicle days serves."""
    served = {k for one in driven for trip in one.duty.trips for k in trip}
    return tuple(k for k in range(len(task.clients)) if k not in served)


def _duties(task: DcProblem, result: Result) -> list[Duty]:
    return [
        Duty(
            task.vans[route.kind].vehicle,
            task.vans[route.kind].batch,
            trips(route.visits),
        )
        for route in result.routes
    ]


def _orders(task: DcProblem, driven: Sequence[Driven]) -> list[Order]:
    """The vehicle days as routes of the problem, as far as it allows them."""
    kinds = {(van.vehicle, van.batch): kind for kind, van in enumerate(task.vans)}
    orders = [
        (kinds[one.duty.vehicle, one.duty.batch], joined(one.duty.trips))
        for one in driven
    ]
    return [order for order in orders if evaluate(task.problem, *order) is not None]


def _hours(driven: Sequence[Driven], clients: Sequence[StoreClient]) -> list[float]:
    """When a van leaves each client; for those it never comes to, the usual hour."""
    leaves = {
        client: stop.leaves
        for one in driven
        for trip in one.trips
        for stop in trip.stops
        for client in (*stop.clients, *stop.collected)
    }
    usual = statistics.median(leaves.values()) if leaves else 0.0
    return [leaves.get(client, usual) for client in clients]


def _refuse_if_late(dc_id: str, deadline: Deadline) -> None:
    if deadline.left_s() == 0:
        raise NoPlanError(
            f"{dc_id}: time ran out before the first route was found; "
            "give a longer --time-limit."
        )


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


def searched(found: DcRoutes, inputs: DayInputs) -> DcSearch:
    """How the search of one DC ended."""
    money = sum(route_cost(route, inputs) for route in found.routes)
    bound = None if found.bound is None else min(money, found.bound.value / MONEY)
    return DcSearch(
        dc_id=found.task.dc_id,
        clients=len(found.task.clients),
        routes=len(found.routes),
        columns=len(found.result.columns),
        iterations=found.result.iterations,
        money=money,
        gap_columns=found.result.gap_columns,
        bound_all_routes=bound,
        gap_all_routes=None if bound is None or not money else 1 - bound / money,
        relaxation=None if found.bound is None else found.bound.relaxation,
    )
