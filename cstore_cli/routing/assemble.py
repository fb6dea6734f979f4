"""Make a solution of routes, within the vehicles there are."""

import math
from collections.abc import Sequence

from cstore_cli.routing.columns import Order
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.route import Solution


def assemble(problem: Problem, orders: Sequence[Order]) -> Solution | None:
    """
    Return the solution of routes ``orders``; None if a client that must be is unserved.

    Where a kind or pool is used beyond its count, the routes whose clients have the
    least penalties are dropped: searches side by side know nothing of each other's
    vehicles.
    """
    orders = _within_counts(problem, orders)
    routes = []
    for kind, visits in sorted(orders):
        route = evaluate(problem, kind, visits)
        if route is None:
            raise RuntimeError(f"A route of kind {kind} breaks a rule: {visits}.")
        routes.append(route)
    served = {i for route in routes for i in route.visits}
    unserved = tuple(i for i in range(len(problem.clients)) if i not in served)
    if any(problem.clients[i].penalty is None for i in unserved):
        return None
    cost = sum(route.cost for route in routes) + problem.unserved_cost(unserved)
    return Solution(tuple(routes), unserved, cost)


def _within_counts(problem: Problem, orders: Sequence[Order]) -> list[Order]:
    kept = list(orders)
    for count, kinds in problem.vehicle_rows():
        mine = [order for order in kept if order[0] in kinds]
        mine.sort(key=lambda order: (-_penalties(problem, order), order))
        dropped = set(mine[count:])
        kept = [order for order in kept if order not in dropped]
    return kept


def _penalties(problem: Problem, order: Order) -> float:
    penalties = [problem.clients[i].penalty for i in order[1]]
    return sum(math.inf if p is None else p for p in penalties)
