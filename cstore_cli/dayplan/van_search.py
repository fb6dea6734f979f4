"""Step 5, routes: every DC's vans searched in turn, deliveries before collections."""

import math
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.collect_routes import add_collections
from cstore_cli.dayplan.day_plan import DcSearch, SearchState, Watcher
from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.routes import MONEY, DcProblem, dc_problem, find_routes
from cstore_cli.dayplan.schedule import VanRoute
from cstore_cli.dayplan.van_tables import route_cost
from cstore_cli.deadline import Deadline
from cstore_cli.errors import NoPlanError
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel


@dataclass(frozen=True)
class Search:
    """How long to look for routes: to a deadline, or so many iterations per search."""

    deadline: Deadline
    iterations: int | None
    seed: int


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
) -> list[tuple[DcProblem, Result]]:
    """
    Search each DC's routes in turn, with time in proportion to its clients.

    Where there are collections, half of it goes to the routes that only deliver.
    """
    region_of = regions.region_of
    found = []
    waiting = len(clients)
    for dc_id in inputs.distribution_centers["dc_id"]:
        own = [client for client in clients if client.dc_id == dc_id]
        if not own:
            continue
        brought = [client for client in own if not client.collects]
        task = dc_problem(dc_id, brought, open_windows, inputs, settings, travel)
        deadline = search.deadline
        if math.isfinite(deadline.end_s):
            deadline = deadline.sooner(deadline.left_s() * len(own) / waiting)
        waiting -= len(own)
        first = deadline
        if len(brought) < len(own) and math.isfinite(deadline.end_s):
            first = deadline.sooner(deadline.left_s() / 2)
        seeds = range(search.seed, search.seed + settings.seeds)
        told = partial(_tell, watcher, dc_id, search.deadline)
        by_region: dict[str, list[int]] = {}
        for k, client in enumerate(brought):
            by_region.setdefault(region_of[client.store_id].region_id, []).append(k)
        result = find_routes(
            task,
            list(by_region.values()) if len(by_region) > 1 else (),
            open_windows,
            Stop(first, search.iterations, settings.solver),
            seeds,
            executor,
            told,
        )
        if not result.routes and len(result.unserved) > len(result.causes):
            _refuse_if_late(dc_id, first)
        if len(brought) < len(own):
            stop = Stop(deadline, search.iterations, settings.solver)
            whole = dc_problem(dc_id, own, open_windows, inputs, settings, travel)
            task, result = add_collections(
                whole, result, open_windows, stop, seeds, executor, told
            )
        found.append((task, result))
    return found


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


def searched(
    task: DcProblem, result: Result, timed: list[VanRoute], inputs: DayInputs
) -> DcSearch:
    """How the search of one DC ended; ``timed`` are its routes on the exact clock."""
    bound = result.bound_all_routes
    return DcSearch(
        dc_id=task.dc_id,
        clients=len(task.clients),
        routes=len(timed),
        columns=result.columns,
        iterations=result.iterations,
        money=sum(route_cost(route, inputs) for route in timed),
        gap_columns=result.gap_columns,
        bound_all_routes=None if bound is None else bound / MONEY,
        gap_all_routes=None if bound is None else 1 - bound / max(result.cost, 1),
    )
