"""
Routing instances from the literature, and the check of routes by them.

A route lists its nodes in order: its depot first and last, and the depot again in
between wherever the vehicle comes back to load for another trip.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SLACK = 0.005
"""Double precision files are solved in 1/10,000: 60 legs round to within 0.003."""

Route = list[int]


@dataclass(frozen=True, eq=False)
class Instance:
    """
    Nodes 0, 1, ... are the depots, ``vehicles[d]`` of depot d; the rest are clients.

    Lengths and times are in the unit of ``best_known`` times ``scale``. ``exact`` are
    the legs before rounding, which the double precision families are judged by; None
    where the rounded legs are the convention. A trip leaves no earlier than the
    ``release`` of each of its clients; only ``reloads`` allows a vehicle several trips,
    and coming back to load takes no time. A route lasts at most ``max_duration``.
    """

    name: str
    family: str
    path: Path
    scale: int
    legs: NDArray[np.int64]
    exact: NDArray[np.float64] | None
    demand: list[int]
    capacity: int
    vehicles: list[int]
    tw_early: list[int] | None
    tw_late: list[int] | None
    service: list[int]
    best_known: float | None
    reloads: bool = False
    release: list[int] | None = None
    max_duration: int | None = None

    @property
    def clients(self) -> range:
        """The nodes that are clients."""
        return range(len(self.vehicles), len(self.demand))


def cost(instance: Instance, routes: Sequence[Route]) -> float:
    """Return the distance in the unit of best_known, by the family's convention."""
    legs = chain.from_iterable(map(pairwise, routes))
    if instance.exact is not None:
        return round(sum(float(instance.exact[a, b]) for a, b in legs), 3)
    total = sum(int(instance.legs[a, b]) for a, b in legs)
    return total / instance.scale if instance.scale > 1 else total


def feasible(instance: Instance, routes: Sequence[Route]) -> bool:
    """Whether each client is served once within loads, times and the depots' fleets."""
    depots = range(len(instance.vehicles))
    served = sorted(node for route in routes for node in route if node not in depots)
    if served != list(instance.clients):
        return False
    if any(len(r) < 2 or r[0] not in depots or r[-1] != r[0] for r in routes):
        return False
    used = Counter(route[0] for route in routes)
    if any(used[depot] > instance.vehicles[depot] for depot in depots):
        return False
    return all(_route_feasible(instance, route) for route in routes)


def trips(route: Route) -> Iterator[Route]:
    """Yield the clients of each trip of a route, one trip after the other."""
    trip: Route = []
    for node in route[1:]:
        if node == route[0]:
            yield trip
            trip = []
        else:
            trip.append(node)


def _route_feasible(instance: Instance, route: Route) -> bool:
    depots = range(len(instance.vehicles))
    parts = list(trips(route))
    if any(node in depots for part in parts for node in part):
        return False
    if len(parts) > 1 and not instance.reloads:
        return False
    loads = [sum(instance.demand[node] for node in part) for part in parts]
    return max(loads) <= instance.capacity and _in_time(instance, route)


def _in_time(instance: Instance, route: Route) -> bool:
    """
    Whether the route can be driven within windows, releases and its longest duration.

    Driving as early as possible gives the earliest end; of all ways to end then, the
    one that leaves latest is the shortest, found by going back from the end.
    """
    if instance.tw_early is None or instance.tw_late is None:
        return True
    exact = instance.exact is not None
    scale = instance.scale if exact else 1
    legs = instance.legs if instance.exact is None else instance.exact
    slack = SLACK if exact else 0
    earliest = [instance.tw_early[node] / scale for node in route]
    latest = [instance.tw_late[node] / scale for node in route]
    if instance.release is not None:
        reloads = [k for k, node in enumerate(route) if node == route[0]][:-1]
        for k, trip in zip(reloads, trips(route), strict=True):
            released = [instance.release[node] / scale for node in trip]
            earliest[k] = max([earliest[k], *released])
    takes = [
        instance.service[a] / scale + float(legs[a, b]) for a, b in pairwise(route)
    ]
    time = earliest[0]
    for k in range(len(route)):
        time = max(time, earliest[k])
        if time > latest[k] + slack:
            return False
        time += takes[k] if k < len(takes) else 0
    if instance.max_duration is None:
        return True
    leaves = time
    for k in reversed(range(len(takes))):
        leaves = min(leaves - takes[k], latest[k])
    return time - leaves <= instance.max_duration / scale
