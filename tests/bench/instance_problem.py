"""An instance as the engine's problem, and the engine's routes as its nodes."""

from collections.abc import Sequence

from instances import Instance, Route

from cstore_cli.routing import route as engine
from cstore_cli.routing.problem import (
    FOREVER,
    RELOAD,
    Client,
    Problem,
    VehicleKind,
)


def problem_of(instance: Instance) -> Problem:
    """Return the engine's problem; kind d is of depot d, clients are in node order."""
    windows = instance.tw_early is not None and instance.tw_late is not None
    early = instance.tw_early or [0] * len(instance.demand)
    late = instance.tw_late or [FOREVER] * len(instance.demand)
    release = instance.release or [0] * len(instance.demand)
    clients = [
        Client(
            location=node,
            load=(instance.demand[node],),
            tw_early=early[node],
            tw_late=late[node],
            service_duration=instance.service[node],
            release_time=release[node],
        )
        for node in instance.clients
    ]
    longest = instance.max_duration
    kinds = [
        VehicleKind(
            count=count,
            capacity=(instance.capacity,),
            start_depot=depot,
            end_depot=depot,
            tw_early=early[depot],
            tw_late=late[depot],
            max_duration=FOREVER if longest is None else longest,
            max_trips=len(clients) if instance.reloads else 1,
        )
        for depot, count in enumerate(instance.vehicles)
    ]
    duration = instance.legs if windows else 0 * instance.legs
    return Problem(tuple(clients), tuple(kinds), (instance.legs,), (duration,))


def nodes_of(instance: Instance, routes: Sequence[engine.Route]) -> list[Route]:
    """Return the engine's routes as lists of nodes, depots included."""
    first = instance.clients.start
    return [
        [
            route.kind,
            *(route.kind if k == RELOAD else first + k for k in route.visits),
            route.kind,
        ]
        for route in routes
    ]
