"""
The peer OR-Tools: guided local search, from one first solution or the other by seed.

Its library and highspy's do not load into one process: whoever imports this must not
have imported the engine's search.

Reloads are visits to copies of the depot, RELOADS per vehicle, that need not be made; a
client may be left out at a price, without which no first solution is found, and a plan
that does so counts for none. Where a file sets no limit on vehicles, there are a
quarter more than the load needs.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from instances import Instance, Route
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

RELOADS = 2
"""Reloads per vehicle, which they share; best known solutions have 2 or fewer."""

FIRST = ("PARALLEL_CHEAPEST_INSERTION", "PATH_CHEAPEST_ARC")


def run(
    instance: Instance, seconds: float, seed: int
) -> tuple[list[Route] | None, dict[str, object]]:
    """Return the routes found, None if none serve all, and the first solution's way."""
    first = FIRST[seed % len(FIRST)]
    routes = _routes(instance, seconds, first)
    found = {} if routes else {"note": "found no plan that serves all"}
    return routes, {"first": first.lower()} | found


def _routes(instance: Instance, seconds: float, first: str) -> list[Route] | None:
    enough = ceil(1.25 * sum(instance.demand) / instance.capacity) + 5
    timed = instance.tw_late is not None
    depots = [
        depot
        for depot, count in enumerate(instance.vehicles)
        for _ in range(count if timed else min(count, enough))
    ]
    reloads = RELOADS * len(depots) if instance.reloads else 0
    place = [*range(len(instance.demand)), *[0] * reloads]
    nodes = pywrapcp.RoutingIndexManager(len(place), len(depots), depots, depots)
    model = pywrapcp.RoutingModel(nodes)
    legs = instance.legs[np.ix_(place, place)]
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(legs.tolist()))
    load = [*instance.demand, *[-instance.capacity] * reloads]
    model.AddDimension(
        model.RegisterUnaryTransitVector(load),
        instance.capacity if reloads else 0,
        instance.capacity,
        True,
        "load",
    )
    if timed:
        _add_times(instance, model, nodes, depots, legs)
    if reloads:
        _add_trips(instance, model, nodes)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    strategies = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = getattr(strategies, first)
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    parameters.time_limit.FromMilliseconds(round(1000 * seconds))
    solution = model.SolveWithParameters(parameters)
    if solution is None:
        return None
    routes = [_route(model, nodes, solution, v, place) for v in range(len(depots))]
    served = {node for route in routes for node in route}
    if not served.issuperset(instance.clients):
        return None
    return [route for route in routes if len(route) > 1]


def _add_times(
    instance: Instance,
    model: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
    depots: Sequence[int],
    legs: NDArray[np.int64],
) -> None:
    service = np.zeros(len(legs), dtype=np.int64)
    service[: len(instance.service)] = instance.service
    takes = legs + service[:, None]
    last = max(instance.tw_late)
    model.AddDimension(
        model.RegisterTransitMatrix(takes.tolist()), last, last, False, "time"
    )
    time = model.GetDimensionOrDie("time")
    for node in instance.clients:
        early, late = instance.tw_early[node], instance.tw_late[node]
        time.CumulVar(nodes.NodeToIndex(node)).SetRange(early, late)
    for vehicle, depot in enumerate(depots):
        early, late = instance.tw_early[depot], instance.tw_late[depot]
        for end in (model.Start(vehicle), model.End(vehicle)):
            time.CumulVar(end).SetRange(early, late)
            model.AddVariableMinimizedByFinalizer(time.CumulVar(end))
        if instance.max_duration is not None:
            time.SetSpanUpperBoundForVehicle(instance.max_duration, vehicle)


def _add_trips(
    instance: Instance,
    model: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
) -> None:
    """
    Have loads begin anew at reloads, and trips leave after their releases.

    The dimension "leaves" is the release a trip waits for: it grows at reloads only and
    bounds the time at each client from below, by as much as the way from the depot.
    """
    last = max(instance.release)
    model.AddConstantDimensionWithSlack(0, last, last, False, "leaves")
    time, leaves, load = (
        model.GetDimensionOrDie(name) for name in ("time", "leaves", "load")
    )
    starts = [model.Start(vehicle) for vehicle in range(model.vehicles())]
    clients = [nodes.NodeToIndex(node) for node in instance.clients]
    for index in [*starts, *clients]:
        leaves.SlackVar(index).SetValue(0)
        load.SlackVar(index).SetValue(0)
    for node, index in zip(instance.clients, clients, strict=True):
        leaves.CumulVar(index).SetMin(instance.release[node])
        way = int(instance.legs[0, node])
        model.solver().Add(time.CumulVar(index) >= leaves.CumulVar(index) + way)
        model.AddDisjunction([index], 100 * int(instance.legs.max()))
    for node in range(len(instance.demand), nodes.GetNumberOfNodes()):
        model.AddDisjunction([nodes.NodeToIndex(node)], 0)


def _route(
    model: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
    solution: pywrapcp.Assignment,
    vehicle: int,
    place: Sequence[int],
) -> Route:
    """Return the nodes of a vehicle, depot first and last; of none, the depot alone."""
    index = model.Start(vehicle)
    route = [nodes.IndexToNode(index)]
    while not model.IsEnd(index):
        index = solution.Value(model.NextVar(index))
        node = place[nodes.IndexToNode(index)]
        if node != route[-1]:
            route.append(node)
    return route
