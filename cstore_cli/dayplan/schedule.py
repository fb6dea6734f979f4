"""The engine's routes to timed vehicle days: whole-minute departures, exact clocks."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.routes import DcProblem
from cstore_cli.routing.route import Route
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.of_day import DayTravel


@dataclass(frozen=True)
class Stop:
    """
    A van at a store; times are minutes after midnight, exact.

    ``clients`` are brought their goods by ``leaves``; the goods ``collected`` are on
    board by ``drives_on``, which is later only where they were not ready before.
    """

    store_id: str
    clients: tuple[StoreClient, ...]
    collected: tuple[StoreClient, ...]
    arrives: float
    starts: float
    leaves: float
    drives_on: float
    leg_km: float
    leg_min: float


@dataclass(frozen=True)
class VanRoute:
    """One vehicle's day; ``vehicle`` is its row in the vehicles."""

    route_id: str
    dc_id: str
    vehicle: int
    vehicle_no: int
    batch: str
    departs: int
    returns: float
    stops: tuple[Stop, ...]
    last_leg_km: float
    last_leg_min: float

    def rows(self) -> Iterator[tuple[int, str, Stop]]:
        """
        Sequence, kind and stop of each row between departure and end.

        A stop where the van delivers and collects is two rows, in that order.
        """
        number = 0
        for stop in self.stops:
            for kind, clients in (
                ("deliver", stop.clients),
                ("collect", stop.collected),
            ):
                if clients:
                    number += 1
                    yield number, kind, stop

    @property
    def km(self) -> float:
        """Kilometres driven."""
        return sum(stop.leg_km for stop in self.stops) + self.last_leg_km

    @property
    def minutes(self) -> float:
        """Minutes from departure to return."""
        return self.returns - self.departs


def schedule(
    task: DcProblem,
    routes: Sequence[Route],
    windows: dict[str, Window],
    inputs: DayInputs,
    travel: DayTravel,
) -> list[VanRoute]:
    """
    Timed routes of one DC in order of departure, with ids and vehicle numbers.

    Each leaves at the first whole minute from the engine's best start; waiting before
    a store opens is kept as short as the day allows.
    """
    service_min = dict(
        zip(inputs.stores["store_id"], inputs.stores["service_min"], strict=True)
    )
    clock = travel.clock(task.dc_id)
    ordered = sorted(routes, key=lambda route: (route.start_time, route.visits))
    numbers: Counter[int] = Counter()
    timed = []
    for number, route in enumerate(ordered, start=1):
        van = task.vans[route.kind]
        numbers[van.vehicle] += 1
        departs = math.ceil(route.start_time / 60 - 1e-9)
        here, now = 0, float(departs)
        stops = []
        visits = [task.clients[k] for k in route.visits]
        for store_id, group in groupby(visits, key=lambda client: client.store_id):
            together = list(group)
            brought = tuple(client for client in together if not client.collects)
            collected = tuple(client for client in together if client.collects)
            ready = max(
                (c.collect_in.start_min for c in together if c.collect_in), default=0.0
            )
            there = clock.index[store_id]
            leg_km = clock.distance_km(here, there, now)
            arrives = clock.arrive(here, there, now)
            leg_min = arrives - now
            starts = max(arrives, windows[store_id].start_min)
            if not brought:
                starts = max(starts, ready)
            leaves = clock.done(there, starts, service_min[store_id])
            now = max(leaves, ready)
            stops.append(
                Stop(
                    store_id=store_id,
                    clients=brought,
                    collected=collected,
                    arrives=arrives,
                    starts=starts,
                    leaves=leaves,
                    drives_on=now,
                    leg_km=leg_km,
                    leg_min=leg_min,
                )
            )
            here = there
        returns = clock.arrive(here, 0, now)
        timed.append(
            VanRoute(
                route_id=f"{task.dc_id}-{number:02d}",
                dc_id=task.dc_id,
                vehicle=van.vehicle,
                vehicle_no=numbers[van.vehicle],
                batch=van.batch,
                departs=departs,
                returns=returns,
                stops=tuple(stops),
                last_leg_km=clock.distance_km(here, 0, now),
                last_leg_min=returns - now,
            )
        )
    return timed
