"""
Step 5, routes: one routing problem per DC, of all its batches and kinds of van.

Numbers for the engine: metres, seconds after midnight, centilitres, grams, and money in
1e-5 of the currency. Every bound on time is drawn in by a minute, because plans leave
on whole minutes (`schedule` rounds a departure up).

A van may serve several clients at one store one after the other; the store's service
is then taken once. The engine knows no stores, so service is counted on the legs that
leave a store: legs between two clients of one store take no time.
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.deadline import Deadline
from cstore_cli.routing.problem import (
    UNREACHABLE,
    Client,
    Problem,
    VehicleKind,
)
from cstore_cli.routing.result import Progress, Result, Stop
from cstore_cli.routing.route import Solution
from cstore_cli.routing.search import solve
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import BatchTravel, DayTravel

MONEY = 100_000
"""Units of cost per unit of currency."""
_MINUTE = 60
_CHILLED = 0
_NEVER = -1
_LARGEST_WEIGHT = 1e6
# Share of a DC's search time kept for clients that can only be served late.
_KEPT_FOR_LATE = 0.03


@dataclass(frozen=True)
class Van:
    """A kind of van in one batch: row ``vehicle`` of the vehicles, its batch's name."""

    vehicle: int
    batch: str


@dataclass(frozen=True, eq=False)
class DcProblem:
    """The routing problem of one DC, and what its numbers stand for."""

    dc_id: str
    clients: tuple[StoreClient, ...]
    vans: tuple[Van, ...]
    problem: Problem


def dc_problem(
    dc_id: str,
    clients: Sequence[StoreClient],
    windows: dict[str, Window],
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
) -> DcProblem:
    """
    The problem of the clients of ``dc_id``; location k + 1 is client k, 0 the DC.

    ``windows`` bound the start of service at each store, in minutes, for goods that are
    brought; what is collected has windows of its own.
    """
    batches = settings.batches
    travels = [travel.of(dc_id, batch.name) for batch in batches]
    places = travels[0].index
    rows = np.array([0, *(places[client.store_id] for client in clients)], dtype=int)
    service_min = dict(
        zip(inputs.stores["store_id"], inputs.stores["service_min"], strict=True)
    )
    service = np.array(
        [0.0, *(service_min[client.store_id] for client in clients)], dtype=float
    )
    legs = [_legs(rows, service, of_batch) for of_batch in travels]
    longest_service = [
        float(max(t.service_factor[row] for t in travels)) * minutes
        for row, minutes in zip(rows[1:], service[1:], strict=True)
    ]
    kinds, vans = _vans(dc_id, inputs, settings)
    worst = _dearest_route(kinds, legs)
    brought = [client.priority for client in clients if not client.collects]
    least = min(brought, default=1.0)
    return DcProblem(
        dc_id=dc_id,
        clients=tuple(clients),
        vans=tuple(vans),
        problem=Problem(
            clients=tuple(
                _client(
                    k + 1,
                    client,
                    windows[client.store_id],
                    minutes,
                    math.ceil(worst * _weight(client, least)),
                )
                for k, (client, minutes) in enumerate(
                    zip(clients, longest_service, strict=True)
                )
            ),
            kinds=tuple(kinds),
            distance=tuple(distance for distance, _ in legs),
            duration=tuple(duration for _, duration in legs),
        ),
    )


def find_routes(
    task: DcProblem,
    parts: Sequence[Sequence[int]],
    windows: dict[str, Window],
    stop: Stop,
    seeds: Sequence[int],
    executor: Executor,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """
    Routes of one DC: nobody unserved who can be served, then in time, then cheapest.

    Parcels are first taken as due on the shelf when their customer comes. Only
    clients that cannot be served so are tried again without that limit, and are late.
    """
    relaxed = without_due_times(task, range(len(task.clients)), windows)
    has_due_times = relaxed.problem.clients != task.problem.clients
    left_s = stop.deadline.left_s()
    first = stop
    if has_due_times and math.isfinite(left_s):
        kept = max(1.0, _KEPT_FOR_LATE * left_s)
        first = replace(stop, deadline=Deadline(stop.deadline.end_s - kept))
    result = solve(
        task.problem, first, seeds, executor, parts=parts, on_progress=on_progress
    )
    lost = [
        k
        for k in result.unserved
        if relaxed.problem.clients[k] != task.problem.clients[k]
    ]
    if not lost:
        return result
    late = without_due_times(task, lost, windows)
    start = Solution(result.routes, tuple(result.unserved), result.cost)
    return solve(
        late.problem, stop, seeds, executor, start=start, on_progress=on_progress
    )


def without_due_times(
    task: DcProblem, lost: Sequence[int], windows: dict[str, Window]
) -> DcProblem:
    """The task with the due times of the clients ``lost`` taken off."""
    clients = list(task.problem.clients)
    for k in lost:
        window = windows[task.clients[k].store_id]
        clients[k] = replace(clients[k], tw_late=_late(window, window.end_min))
    return replace(task, problem=replace(task.problem, clients=tuple(clients)))


def _legs(
    rows: NDArray[np.int64], service: NDArray[np.float64], travel: BatchTravel
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Metres and seconds between the locations; seconds include service where left."""
    km = travel.matrix.distance_km[np.ix_(rows, rows)]
    minutes = travel.matrix.duration_min[np.ix_(rows, rows)]
    elsewhere = rows[:, None] != rows[None, :]
    minutes = minutes + elsewhere * (service * travel.service_factor[rows])[:, None]
    lost = ~travel.matrix.reachable[np.ix_(rows, rows)]
    metres = np.where(lost, UNREACHABLE, np.rint(np.nan_to_num(km) * 1000))
    seconds = np.where(lost, UNREACHABLE, np.ceil(np.nan_to_num(minutes) * _MINUTE))
    return metres.astype(np.int64), seconds.astype(np.int64)


def _client(
    location: int, client: StoreClient, window: Window, service_min: float, penalty: int
) -> Client:
    due = client.due_min - service_min
    window = client.collect_in or window
    goods = (
        math.ceil(client.litres * 100 - 1e-6),
        math.ceil(client.kg * 1000 - 1e-6),
    )
    return Client(
        location=location,
        load=(0, 0) if client.collects else goods,
        pickup=goods if client.collects else (),
        tw_early=math.ceil(window.start_min * _MINUTE),
        # A parcel due before its store receives cannot be in time: it is late anyway.
        tw_late=_late(
            window,
            min(window.end_min, due) if due >= window.start_min + 1 else window.end_min,
        ),
        release_time=max(0, math.ceil(client.at_dc_min * _MINUTE)),
        skills=frozenset({_CHILLED} if client.chilled else ()),
        penalty=penalty,
    )


def _late(window: Window, latest_min: float) -> int:
    """A minute before the latest start; too early for any van if that is too short."""
    late = math.floor((latest_min - 1) * _MINUTE)
    return late if late >= math.ceil(window.start_min * _MINUTE) else _NEVER


def _weight(client: StoreClient, least: float) -> float:
    """
    A priority such that the least of them is worth a route, within 64 bits.

    ``least`` is that of deliveries; what is collected is weighed only among its like.
    """
    if client.collects:
        return client.priority
    return min(client.priority / min(1.0, least), _LARGEST_WEIGHT)


def _vans(
    dc_id: str, inputs: DayInputs, settings: PlanDaySettings
) -> tuple[list[VehicleKind], list[Van]]:
    kinds, vans = [], []
    dc = inputs.distribution_centers.row(
        inputs.distribution_centers["dc_id"].index_of(dc_id) or 0, named=True
    )
    for number, van in enumerate(inputs.vehicles.iter_rows(named=True)):
        if van["dc_id"] != dc_id or van["count"] == 0:
            continue
        for profile, batch in enumerate(settings.batches):
            early = max(van["shift_from"], dc["opens"], batch.earliest)
            late = min(van["shift_to"], dc["closes"]) - 1
            start_late = min(batch.latest, late)
            if start_late < early:
                continue
            kinds.append(
                VehicleKind(
                    count=van["count"],
                    capacity=(
                        math.floor(van["capacity_litres"] * 100),
                        math.floor(van["capacity_kg"] * 1000),
                    ),
                    fixed_cost=round(van["fixed_cost_twd"] * MONEY),
                    unit_distance_cost=round(van["cost_per_km_twd"] * MONEY / 1000),
                    unit_duration_cost=round(van["cost_per_hour_twd"] * MONEY / 3600),
                    tw_early=early * _MINUTE,
                    tw_late=late * _MINUTE,
                    start_late=start_late * _MINUTE,
                    max_duration=math.floor(van["max_route_min"] * _MINUTE) - _MINUTE,
                    skills=frozenset({_CHILLED} if van["chilled"] else ()),
                    profile=profile,
                    pool=number,
                )
            )
            vans.append(Van(number, batch.name))
    return kinds, vans


def _dearest_route(
    kinds: Sequence[VehicleKind],
    legs: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
) -> int:
    """
    More than any van costs in a day with a leg out and a leg home.

    Leaving a client out must never be cheaper than sending a van of its own.
    """
    farthest = max((int(m[m < UNREACHABLE].max(initial=0)) for m, _ in legs), default=0)
    return 1 + max(
        (
            kind.fixed_cost
            + 4 * farthest * kind.unit_distance_cost
            + kind.max_duration * kind.unit_duration_cost
            for kind in kinds
        ),
        default=MONEY,
    )
