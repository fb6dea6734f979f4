"""Step 5, routes: every DC's vans searched in turn, deliveries before collections."""

import math
from collections.abc import Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import replace

from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.day_plan import DcSearch
from cstore_cli.dayplan.dc_search import Context, DcRoutes, DcRouteSearch
from cstore_cli.dayplan.least_money import loosened
from cstore_cli.dayplan.routes import (
    MONEY,
)
from cstore_cli.dayplan.van_tables import route_cost
from cstore_cli.deadline import Deadline
from cstore_cli.routing.bound import Bound, bound
from cstore_cli.routing.problem import Room
from cstore_cli.tables.day_inputs import DayInputs


def search_routes(
    clients: list[StoreClient], context: Context, deadline: Deadline
) -> list[DcRoutes]:
    """Search each DC's routes in turn, with time in proportion to its clients."""
    found: list[DcRoutes] = []
    waiting = len(clients)
    for dc_id in context.inputs.distribution_centers["dc_id"]:
        own = [client for client in clients if client.dc_id == dc_id]
        if not own:
            continue
        until = deadline
        if math.isfinite(until.end_s):
            until = until.sooner(until.left_s() * len(own) / waiting)
        waiting -= len(own)
        found.append(DcRouteSearch(dc_id, own, context, until).run())
    return found


def search_again(
    found: DcRoutes,
    clients: list[StoreClient],
    rooms: Sequence[Room],
    context: Context,
) -> DcRoutes:
    """
    Go on with a DC's routes and other ``clients`` besides those on them.

    ``rooms`` are the shelves that clients share. Without time left clients are only put
    in where there is room and time.
    """
    deadline = context.search.deadline
    again = DcRouteSearch(found.task.dc_id, clients, context, deadline)
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
