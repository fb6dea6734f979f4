"""The peer PyVRP: its own solve."""

import pyvrp
from instance_problem import problem_of
from instances import Instance, Route
from pyvrp.stop import MaxRuntime

from cstore_cli.routing.pyvrp_data import translate

ROUNDING = {"multi_trip": "dimacs", "multi_depot": "exact"}
"""Families read by PyVRP's own reader, so that its model is its authors'."""


def run(
    instance: Instance, seconds: float, seed: int
) -> tuple[list[Route] | None, dict[str, object]]:
    """Return the routes found, None if there are none, and iterations."""
    rounding = ROUNDING.get(instance.family)
    data = (
        translate(problem_of(instance)).data
        if rounding is None
        else pyvrp.read(instance.path, rounding)
    )
    result = pyvrp.solve(data, MaxRuntime(seconds), seed, collect_stats=False)
    told = {"iterations": result.num_iterations}
    if not result.is_feasible():
        return None, told
    return [_nodes(data, route) for route in result.best.routes()], told


def _nodes(data: pyvrp.ProblemData, route: pyvrp.Route) -> Route:
    """Return the route's nodes; PyVRP writes it as C3 C7 | C5, a bar for a reload."""
    depot = data.depot(route.start_depot()).location
    visits = [
        depot if visit == "|" else data.client(int(visit[1:])).location
        for visit in str(route).split()
    ]
    return [depot, *visits, depot]
