"""Step 5, routes: every DC's vans searched in turn, deliveries before collections."""

import math
from collections.abc import Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import replace

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.day_plan import DcSearch, Watcher
from cstore_cli.dayplan.dc_search import Context, DcRoutes, DcRouteSearch, Search
from cstore_cli.dayplan.least_money import loosened
from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.routes import (
    MONEY,
)
from cstore_cli.dayplan.van_tables import route_cost
from cstore_cli.deadline import Deadline
from cstore_cli.routing.bound import Bound, bound
from cstore_cli.routing.problem import Room
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel


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
    context = Context(
        regions, open_windows, inputs, settings, travel, executor, search, watcher
    )
    found: list[DcRoutes] = []
    waiting = len(clients)
    for dc_id in inputs.distribution_centers["dc_id"]:
        own = [client for client in clients if client.dc_id == dc_id]
        if not own:
            continue
        deadline = search.deadline
        if math.isfinite(deadline.end_s):
            deadline = deadline.sooner(deadline.left_s() * len(own) / waiting)
        waiting -= len(own)
        found.append(DcRouteSearch(dc_id, own, context, deadline).run())
    return found


def search_again(
    found: DcRoutes,
    clients: list[StoreClient],
    rooms: Sequence[Room],
    regions: Regions,
    open_windows: dict[str, Window],
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
    executor: Executor,
    search: Search,
    watcher: Watcher,
) -> DcRoutes:
    """
    Go on with a DC's routes and other ``clients`` besides those on them.

    ``rooms`` are the shelves that clients share. Without time left clients are only put
    in where there is room and time.
    """
    context = Context(
        regions, open_windows, inputs, settings, travel, executor, search, watcher
    )
    again = DcRouteSearch(found.task.dc_id, clients, context, search.deadline)
    return again.go_on(found, rooms)


def with_bounds(
    found: Sequence[DcRoutes], executor: Executor, deadline: Deadline
) -> list[DcRoutes]:
    """The routes with bounds on their money, as far as there is time for them."""
    bounds = []
    for of_dc in found:
        served = set(range(len(of_dc.task.clients))) - set(of_dc.unserved)
        problem = loosened(of_dc.task, of_dc.day, served)
        bounds.append(executor.submit(bound, problem, deadline))
    left_s = deadline.left_s()
    wait(bounds, None if math.isinf(left_s) else left_s)
    return [
        replace(of_dc, bound=None if future.cancel() else _answer(future))
        for of_dc, future in zip(found, bounds, strict=True)
    ]


def _answer(future: Future[Bound | None]) -> Bound | None:
    return future.result() if future.done() else None


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
