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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.locks import Promise, locked_batches, promises
from cstore_cli.routing.problem import (
    UNREACHABLE,
    Client,
    Dock,
    Lock,
    Problem,
    Room,
    VehicleKind,
)
from cstore_cli.settings.plan_day import Batch, PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.clock import DcClock
from cstore_cli.travel.of_day import DayTravel

MONEY = 100_000
"""Units of cost per unit of currency."""
_MINUTE = 60
CHILLED = 0
_UNCOOLED = 1
"""The skill of carrying chilled goods."""
_NUMBERED = 1000
"""The skill of carrying what is locked to vehicle number n is this plus n."""
_NEVER = -1
_NEARLY = 0.8
_LARGEST_WEIGHT = 1e6


@dataclass(frozen=True)
class Van:
    """A kind of van that first leaves in one batch: their numbers."""

    vehicle: int
    batch: int


@dataclass(frozen=True, eq=False)
class DcProblem:
    """The routing problem of one DC, and what its numbers stand for."""

    dc_id: str
    clients: tuple[StoreClient, ...]
    vans: tuple[Van, ...]
    promises: tuple[Promise, ...]
    problem: Problem


def dc_problem(
    dc_id: str,
    clients: Sequence[StoreClient],
    windows: dict[str, Window],
    inputs: DayInputs,
    settings: PlanDaySettings,
    travel: DayTravel,
    hours: Sequence[float] | None = None,
    rooms: Sequence[Room] = (),
) -> DcProblem:
    """
    The problem of the clients of ``dc_id``; location k + 1 is client k, 0 the DC.

    ``windows`` bound the start of service at each store, in minutes, for goods that are
    brought; what is collected has windows of its own. Drives from the DC take what they
    take when a batch first departs; those from client k, and service there, likewise,
    or when they do at minute ``hours[k]``. ``rooms`` are shelves that clients share.
    """
    batches = settings.batches
    clock = travel.clock(dc_id)
    rows = np.array(
        [0, *(clock.index[client.store_id] for client in clients)], dtype=int
    )
    service_min = dict(
        zip(inputs.stores["store_id"], inputs.stores["service_min"], strict=True)
    )
    service = np.array(
        [0.0, *(service_min[client.store_id] for client in clients)], dtype=float
    )
    at = [
        [batch.earliest, *(hours or [batch.earliest] * len(clients))]
        for batch in batches
    ]
    legs = [_legs(rows, service, clock, minutes) for minutes in at]
    longest_service = clock.service_factor.max(axis=0)[rows[1:]] * service[1:]
    promised = promises(clients, inputs, travel.dc_of)
    locked = locked_batches(inputs, batches)
    kinds, vans = _vans(
        dc_id, inputs, settings, promised, _may_reload(dc_id, clients, inputs)
    )
    worst = _dearest_route(kinds, legs)
    brought = [client.priority for client in clients if not client.collects]
    least = min(brought, default=1.0)
    dc = dc_row(dc_id, inputs)
    return DcProblem(
        dc_id=dc_id,
        clients=tuple(clients),
        vans=tuple(vans),
        promises=promised,
        problem=Problem(
            clients=tuple(
                _locked(
                    _client(
                        k + 1,
                        client,
                        windows[client.store_id],
                        minutes,
                        math.ceil(worst * _weight(client, least)),
                    ),
                    locked.get(client.store_id),
                    next((p for p in promised if k in p.clients), None),
                )
                for k, (client, minutes) in enumerate(
                    zip(clients, longest_service.tolist(), strict=True)
                )
            ),
            kinds=tuple(kinds),
            distance=tuple(distance for distance, _ in legs),
            duration=tuple(duration for _, duration in legs),
            docks=_docks(dc, settings),
            rooms=tuple(rooms),
            locks=tuple(Lock(promise.clients) for promise in promised),
        ),
    )


def _legs(
    rows: NDArray[np.int64],
    service: NDArray[np.float64],
    clock: DcClock,
    minutes: Sequence[float],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Metres and seconds between the locations; seconds include service where left.

    Row r is as at minute ``minutes[r]``.
    """
    shape = len(rows), len(rows)
    metres = np.empty(shape, dtype=np.int64)
    seconds = np.empty(shape, dtype=np.int64)
    interval = np.searchsorted(clock.changes, minutes, side="right")
    elsewhere = rows[:, None] != rows[None, :]
    for k in np.unique(interval):
        mine = interval == k
        grid = np.ix_(rows[mine], rows)
        matrix = clock.matrices[k]
        work = (service * clock.service_factor[k][rows])[mine, None]
        drive, km = matrix.duration_min[grid], matrix.distance_km[grid]
        if not matrix.reachable[grid].all():
            # On a leg that is closed a van waits for the opening, if it comes.
            leave = np.asarray(minutes, dtype=float)[mine, None]
            leg = rows[mine, None], rows[None, :], leave
            drive, km = clock.arrive(*leg) - leave, clock.distance_km(*leg)
        took = drive + elsewhere[mine] * work
        lost = np.isnan(took) | np.isnan(km)
        far = np.rint(np.nan_to_num(km) * 1000)
        metres[mine] = np.where(lost, UNREACHABLE, far)
        ceiled = np.ceil(np.nan_to_num(took) * _MINUTE)
        seconds[mine] = np.where(lost, UNREACHABLE, ceiled)
    return metres, seconds


def dc_row(dc_id: str, inputs: DayInputs) -> dict[str, Any]:
    """The row of a DC."""
    return inputs.distribution_centers.row(
        inputs.distribution_centers["dc_id"].index_of(dc_id) or 0, named=True
    )


def _docks(dc: Mapping[str, Any], settings: PlanDaySettings) -> tuple[Dock, ...]:
    """The doors, with a slot at the first departure that a batch and the DC allow."""
    if not settings.loading_min:
        return ()
    opens = dc["opens"] + settings.loading_min
    first = max(opens, min(batch.earliest for batch in settings.batches))
    loading = settings.loading_min * _MINUTE
    return (Dock(0, dc["dock_doors"], loading, math.ceil(first) * _MINUTE),)


def _may_reload(dc_id: str, clients: Sequence[StoreClient], inputs: DayInputs) -> bool:
    """
    Whether a second trip is of use: vans are full long before their day is over.

    So they are where all vans' room together falls short of the loads, or nearly so;
    and goods that come later want one as well.
    """
    vans = inputs.vehicles.filter(pl.col("dc_id") == dc_id)
    if any(client.at_dc_min > min(c.at_dc_min for c in clients) for client in clients):
        return True
    for size, room in (("litres", "capacity_litres"), ("kg", "capacity_kg")):
        load = sum(getattr(client, size) for client in clients)
        if load > _NEARLY * float((vans["count"] * vans[room]).sum() or 0):
            return True
    return False


def _locked(client: Client, batch: Batch | None, promise: Promise | None) -> Client:
    """The client with the locks of its store."""
    if batch is not None:
        client = replace(
            client,
            release_time=max(client.release_time, batch.earliest * _MINUTE),
            leave_late=batch.latest * _MINUTE,
        )
    skills = set(client.skills)
    if promise and promise.vehicle_no:
        skills.add(_NUMBERED + promise.vehicle_no)
    if promise and promise.uncooled:
        skills.add(_UNCOOLED)
    return replace(client, skills=frozenset(skills))


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
        tw_late=latest_start(
            window,
            min(window.end_min, due) if due >= window.start_min + 1 else window.end_min,
        ),
        release_time=max(0, math.ceil(client.at_dc_min * _MINUTE)),
        skills=frozenset({CHILLED} if client.chilled else ()),
        penalty=penalty,
    )


def latest_start(window: Window, latest_min: float) -> int:
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
    dc_id: str,
    inputs: DayInputs,
    settings: PlanDaySettings,
    promised: Sequence[Promise],
    may_reload: bool,
) -> tuple[list[VehicleKind], list[Van]]:
    kinds, vans = [], []
    dc = dc_row(dc_id, inputs)
    loading = settings.loading_min
    numbers = {promise.vehicle_no for promise in promised if promise.vehicle_no}
    uncooled = {_UNCOOLED} if any(p.uncooled for p in promised) else set[int]()
    for number, van in enumerate(inputs.vehicles.iter_rows(named=True)):
        if van["dc_id"] != dc_id or van["count"] == 0:
            continue
        skills = {_NUMBERED + no for no in numbers if no <= van["count"]}
        skills |= {CHILLED} if van["chilled"] else uncooled
        pause = _pause(van)
        longest = _longest(van, pause)
        for profile, batch in enumerate(settings.batches):
            early = max(van["shift_from"], dc["opens"] + loading, batch.earliest)
            late = min(van["shift_to"], dc["closes"]) - 1 - pause
            start_late = min(batch.latest, late)
            if start_late < early or longest < 1:
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
                    tw_early=math.ceil(early * _MINUTE),
                    tw_late=math.floor(late * _MINUTE),
                    start_late=math.floor(start_late * _MINUTE),
                    max_duration=math.floor((longest - 1) * _MINUTE),
                    skills=frozenset(skills),
                    profile=profile,
                    pool=number,
                    max_trips=van["max_trips"] if may_reload else 1,
                    reload_duration=loading * _MINUTE,
                    trip_windows=tuple(
                        (later.earliest * _MINUTE, later.latest * _MINUTE)
                        for later in sorted(settings.batches, key=lambda b: b.earliest)
                        if later.latest >= batch.earliest
                    ),
                )
            )
            vans.append(Van(number, profile))
    return kinds, vans


def _pause(van: Mapping[str, Any]) -> float:
    """The break that the longest day of the van has; the search keeps time for it."""
    after, pause = van["break_after_min"], van["break_min"]
    return (
        pause if pause and after is not None and van["max_route_min"] > after else 0.0
    )


def _longest(van: Mapping[str, Any], pause: float) -> float:
    """The longest route with its break, or without one if it ends before it is due."""
    longest = float(van["max_route_min"])
    return max(longest - pause, min(longest, van["break_after_min"]) if pause else 0.0)


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
