"""
The peer OR-Tools: guided local search, from one first solution or the other by seed.

Its library and highspy's do not load into one process: whoever imports this must not
have imported the engine's search.

A vehicle that may reload is TRIPS vehicles of the model, one after the other in time.
Where a file sets no limit on vehicles, there are a quarter more than the load needs.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from instances import Instance, Route
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

TRIPS = 8
"""Trips of a vehicle; no best known solution has more than 7."""

FIRST = ("PARALLEL_CHEAPEST_INSERTION", "PATH_CHEAPEST_ARC")


def run(
    instance: Instance, seconds: float, seed: int
) -> tuple[list[Route] | None, dict[str, object]]:
    """Return the routes found, None if there are none, and the first solution's way."""
    first = FIRST[seed % len(FIRST)]
    return _routes(instance, seconds, first), {"first": first.lower()}


def _routes(instance: Instance, seconds: float, first: str) -> list[Route] | None:
    enough = ceil(1.25 * sum(instance.demand) / instance.capacity) + 5
    timed = instance.tw_late is not None
    trips = TRIPS if instance.reloads else 1
    depots = [
        depot
        for depot, count in enumerate(instance.vehicles)
        for _ in range(trips * (count if timed else min(count, enough)))
    ]
    nodes = pywrapcp.RoutingIndexManager(
        len(instance.demand), len(depots), depots, depots
    )
    model = pywrapcp.RoutingModel(nodes)
    legs = model.RegisterTransitMatrix(instance.legs.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(legs)
    load = model.RegisterUnaryTransitVector(instance.demand)
    model.AddDimension(load, 0, instance.capacity, True, "load")
    if timed:
        _add_times(instance, model, nodes, depots)
    if instance.reloads:
        _add_trips(instance, model, nodes, trips)
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
    tours = [_tour(model, nodes, solution, v) for v in range(len(depots))]
    vehicles = [tours[v : v + trips] for v in range(0, len(tours), trips)]
    return [
        [tour[0], *(node for trip in used for node in trip[1:])]
        for vehicle, tour in zip(vehicles, tours[::trips], strict=True)
        if (used := [trip for trip in vehicle if len(trip) > 2])
    ]


def _add_times(
    instance: Instance,
    model: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
    depots: Sequence[int],
) -> None:
    takes = instance.legs + [[service] for service in instance.service]
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
    trips: int,
) -> None:
    """Have a vehicle's trips follow each other, and leave after their releases."""
    solver, time = model.solver(), model.GetDimensionOrDie("time")
    model.AddConstantDimensionWithSlack(0, max(instance.release), 0, False, "release")
    release = model.GetDimensionOrDie("release")
    for node in instance.clients:
        release.CumulVar(nodes.NodeToIndex(node)).SetMin(instance.release[node])
    vehicles = range(model.vehicles())
    for vehicle in vehicles:
        start = model.Start(vehicle)
        solver.Add(time.CumulVar(start) >= release.CumulVar(start))
    for one, other in pairwise(vehicles):
        if other % trips:
            ends, starts = model.End(one), model.Start(other)
            solver.Add(time.CumulVar(starts) >= time.CumulVar(ends))


def _tour(
    model: pywrapcp.RoutingModel,
    nodes: pywrapcp.RoutingIndexManager,
    solution: pywrapcp.Assignment,
    vehicle: int,
) -> Route:
    index = model.Start(vehicle)
    tour = [nodes.IndexToNode(index)]
    while not model.IsEnd(index):
        index = solution.Value(model.NextVar(index))
        tour.append(nodes.IndexToNode(index))
    return tour
