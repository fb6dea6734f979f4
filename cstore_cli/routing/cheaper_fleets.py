"""Fleets cheaper than a solution's by one vehicle, and routes to begin with in them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cstore_cli.routing.columns import Order
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.route import Solution
from cstore_cli.routing.trips import clients_of


@dataclass(frozen=True)
class CheaperFleet:
    """Vehicles of each kind, and the routes left to them, without some clients."""

    counts: tuple[int, ...]
    orders: tuple[Order, ...]


def cheaper_fleets(
    problem: Problem, served: Sequence[int], solution: Solution
) -> list[CheaperFleet]:
    """
    Return the fleets cheaper by one vehicle that may hold all, most money saved first.

    Local search seldom empties a route bit by bit, as no step pays before the last. So
    a route is taken away whole, with a vehicle of a cheaper kind in its place or none.
    """
    kinds = problem.kinds
    used = Counter(route.kind for route in solution.routes)
    limit_of = {k: row for row in problem.vehicle_rows() for k in row[1]}
    swaps: list[tuple[int, int, int | None]] = []
    for out in used:
        swaps.append((kinds[out].fixed_cost, out, None))
        for other, kind in enumerate(kinds):
            count, together = limit_of[other]
            saved = kinds[out].fixed_cost - kind.fixed_cost
            busy = sum(used[k] for k in together) - (out in together)
            if saved > 0 and busy < count:
                swaps.append((saved, out, other))
    found = []
    for saved, out, into in sorted(swaps, key=lambda swap: (-swap[0], swap[1])):
        counts = [used[k] - (k == out) + (k == into) for k in range(len(kinds))]
        if saved > 0 and _hold_all(problem, served, counts):
            orders = _without_one(problem, solution, out, into)
            found.append(CheaperFleet(tuple(counts), orders))
    return found


def _hold_all(problem: Problem, served: Sequence[int], counts: Sequence[int]) -> bool:
    """Whether the vehicles have room for all who are served, on all their trips."""
    kinds = list(zip(counts, problem.kinds, strict=True))
    return all(
        sum(problem.clients[i].load[d] for i in served)
        <= sum(count * kind.capacity[d] * kind.max_trips for count, kind in kinds)
        for d in range(len(problem.kinds[0].capacity))
    )


def _without_one(
    problem: Problem, solution: Solution, out: int, into: int | None
) -> tuple[Order, ...]:
    """Return the routes but the one of kind ``out`` easiest to do without."""
    orders = [(route.kind, route.visits) for route in solution.routes]
    skills = problem.kinds[out if into is None else into].skills

    def loss(order: Order) -> tuple[int, int]:
        clients = [problem.clients[i] for i in clients_of(order[1])]
        return sum(not client.skills <= skills for client in clients), len(clients)

    orders.remove(min((one for one in orders if one[0] == out), key=loss))
    return tuple(orders)
