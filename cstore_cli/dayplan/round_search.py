"""The rounds of one store: a worker's task, so it imports no tables."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from cstore_cli.deadline import Deadline
from cstore_cli.routing.find import Task, find
from cstore_cli.routing.problem import Client, Problem, VehicleKind
from cstore_cli.settings.plan_day import CourierSettings

_SECONDS = 60
# Local search does most of the work; only for few doors do many iterations follow.
_ITERATIONS_TIMES_DOORS, _ITERATIONS = 1500, (5, 100)
# A round costs as much as this many seconds on the way: few full rounds beat many.
_ROUND_COST_S = 600

Timed = tuple[tuple[int, ...], tuple[float, ...], float]
"""A tour, minutes after departure at each of its doors, and minutes in all."""


@dataclass(frozen=True)
class Round:
    """Doors (row numbers of the orders) in order, ``reached_min`` after departure."""

    store_id: str
    courier_no: int
    parcels: tuple[int, ...]
    reached_min: tuple[float, ...]
    minutes: float


@dataclass(frozen=True)
class StoreRounds:
    """
    All rounds of one store; ``span_min`` from first departure to last return.

    ``too_large`` is more than a round carries, ``too_far`` cannot be reached in the
    longest round, ``no_time`` not within the couriers' hours.
    """

    store_id: str
    rounds: tuple[Round, ...]
    span_min: float
    too_large: tuple[int, ...]
    too_far: tuple[int, ...]
    no_time: tuple[int, ...]

    def only(self, rows: frozenset[int]) -> "StoreRounds":
        """The rounds with only the doors in ``rows``, at the times they had."""
        kept = []
        for tour in self.rounds:
            doors = [
                (row, reached)
                for row, reached in zip(tour.parcels, tour.reached_min, strict=True)
                if row in rows
            ]
            if doors:
                parcels, reached_min = zip(*doors, strict=True)
                kept.append(replace(tour, parcels=parcels, reached_min=reached_min))
        return replace(self, rounds=tuple(kept))


@dataclass(frozen=True, eq=False)
class Doors:
    """What one store brings to doors, for a worker process."""

    store_id: str
    rows: tuple[int, ...]
    metres: np.ndarray
    litres: tuple[float, ...]
    kg: tuple[float, ...]
    priority: tuple[float, ...]
    couriers: int
    hours_min: float


def rounds_of_store(doors: Doors, settings: CourierSettings, seed: int) -> StoreRounds:
    """Compose the rounds of one store; runs in a worker process."""
    num = len(doors.rows)
    minutes = doors.metres / 1000 / settings.speed_kmh * 60
    service = round(settings.service_min * _SECONDS)
    seconds = np.ceil(minutes * _SECONDS).astype(np.int64)
    longest = math.floor(min(settings.max_round_min, doors.hours_min) * _SECONDS) - 60
    penalty = num * (longest + _ROUND_COST_S)
    kind = VehicleKind(
        count=num,
        capacity=(
            settings.round_parcels,
            math.floor(settings.round_litres * 100),
            math.floor(settings.round_kg * 1000),
        ),
        fixed_cost=_ROUND_COST_S,
        unit_distance_cost=0,
        unit_duration_cost=1,
        max_duration=max(0, longest),
    )
    clients = tuple(
        Client(
            location=k + 1,
            load=(1, math.ceil(litres * 100 - 1e-6), math.ceil(kg * 1000 - 1e-6)),
            service_duration=service,
            penalty=penalty,
        )
        for k, (litres, kg) in enumerate(zip(doors.litres, doors.kg, strict=True))
    )
    problem = Problem(
        clients=clients,
        kinds=(kind,),
        distance=(doors.metres.astype(np.int64),),
        duration=(seconds,),
    )
    too_large = [
        k
        for k, client in enumerate(clients)
        if any(a > b for a, b in zip(client.load, kind.capacity, strict=True))
    ]
    alone = seconds[0, 1:] + seconds[1:, 0] + service
    far = alone > math.floor(settings.max_round_min * _SECONDS) - 60
    too_far = [k for k in range(num) if far[k] and k not in too_large]
    reachable = [k for k in range(num) if alone[k] <= longest and k not in too_large]
    tours = _tours(problem, reachable, seed)
    timed = [_timed(tour, minutes, settings.service_min) for tour in tours]
    weight = {
        tour: sum(doors.priority[k] for k in tour) / max(length, 1.0)
        for tour, _, length in timed
    }
    timed.sort(key=lambda tour: (-tour[2], tour[0]))
    if not _all_fit(timed, doors):
        # Not all can be brought: first what counts most for the time it takes.
        timed.sort(key=lambda tour: (-weight[tour[0]], tour[0]))
    rounds: list[Round] = []
    told = {*too_large, *too_far, *chain.from_iterable(tours)}
    no_time = [doors.rows[k] for k in range(num) if k not in told]
    free_at = [(0.0, courier) for courier in range(1, doors.couriers + 1)]
    for tour, reached, length in timed:
        start, courier = heapq.heappop(free_at)
        rows = tuple(doors.rows[k] for k in tour)
        if start + length > doors.hours_min:
            no_time.extend(rows)
            heapq.heappush(free_at, (start, courier))
            continue
        # Departures are on whole minutes, so each round may start up to one later.
        heapq.heappush(free_at, (start + length + 1, courier))
        rounds.append(Round(doors.store_id, courier, rows, reached, length))
    return StoreRounds(
        store_id=doors.store_id,
        rounds=tuple(rounds),
        span_min=max(end for end, _ in free_at),
        too_large=tuple(doors.rows[k] for k in too_large),
        too_far=tuple(doors.rows[k] for k in too_far),
        no_time=tuple(no_time),
    )


def _all_fit(timed: Sequence[Timed], doors: Doors) -> bool:
    """Whether every tour gets a courier in time, in this order."""
    free_at = [0.0] * doors.couriers
    for _, _, length in timed:
        start = heapq.heappop(free_at)
        if start + length > doors.hours_min:
            return False
        heapq.heappush(free_at, start + length + 1)
    return True


def _tours(
    problem: Problem, reachable: Sequence[int], seed: int
) -> list[tuple[int, ...]]:
    """Tours through the reachable doors; one of them needs no search."""
    if len(reachable) <= 1:
        return [(k,) for k in reachable]
    everyone = tuple(range(len(problem.clients)))
    few, many = _ITERATIONS
    iterations = min(many, max(few, _ITERATIONS_TIMES_DOORS // len(everyone)))
    found = find(Task(problem, everyone, seed, Deadline(), iterations))
    return [visits for _, visits in found.best or ()]


def _timed(tour: Sequence[int], minutes: np.ndarray, service_min: float) -> Timed:
    """The tour, minutes after departure at each door, and minutes in all."""
    clock, here, reached = 0.0, 0, []
    for k in tour:
        clock += minutes[here, k + 1]
        reached.append(float(clock))
        clock += service_min
        here = k + 1
    return tuple(tour), tuple(reached), float(clock + minutes[here, 0])
