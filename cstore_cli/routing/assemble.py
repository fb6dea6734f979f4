"""Make a solution of routes, within what couples them."""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from cstore_cli.routing.columns import Columns, Order
from cstore_cli.routing.docks import overfull, within
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import Problem
from cstore_cli.routing.route import Solution
from cstore_cli.routing.timetable import timetable
from cstore_cli.routing.trips import clients_of, without


def assemble(problem: Problem, orders: Sequence[Order]) -> Solution | None:
    """
    Return the solution of routes ``orders``; None if a client that must be is unserved.

    Searches side by side know nothing of each other's vehicles, and none knows docks,
    rooms and all rules of trips. A route that breaks a rule is left out. Where a kind
    or pool is used beyond its count, a lock is split or no door is free, the routes
    whose clients have the least penalties give way; where room is short, the clients.
    """
    orders = [order for order in orders if evaluate(problem, *order) is not None]
    orders = _within_locks(problem, orders)
    orders = _within_counts(problem, orders)
    orders = _within_rooms(problem, orders)
    orders = _within_docks(problem, orders)
    routes = []
    for kind, visits in sorted(orders):
        route = evaluate(problem, kind, visits)
        if route is None:
            raise RuntimeError(f"A route of kind {kind} breaks a rule: {visits}.")
        routes.append(route)
    served = {i for route in routes for i in clients_of(route.visits)}
    unserved = tuple(i for i in range(len(problem.clients)) if i not in served)
    if any(problem.clients[i].penalty is None for i in unserved):
        return None
    cost = sum(route.cost for route in routes) + problem.unserved_cost(unserved)
    return Solution(tuple(routes), unserved, cost)


def _within_counts(problem: Problem, orders: Sequence[Order]) -> list[Order]:
    kept = list(orders)
    for count, kinds in problem.vehicle_rows():
        mine = [order for order in kept if order[0] in kinds]
        mine.sort(key=lambda order: (-_penalties(problem, order[1]), order))
        dropped = set(mine[count:])
        kept = [order for order in kept if order not in dropped]
    return kept


def _within_locks(problem: Problem, orders: Sequence[Order]) -> list[Order]:
    """Each lock on the route that carries most of it; none on a route of another's."""
    kept = list(orders)
    taken: set[int] = set()
    for lock in problem.locks:
        mine = set(lock.clients)
        carry = [n for n, (_, visits) in enumerate(kept) if mine & set(visits)]
        carry.sort(key=lambda n: -_penalties(problem, mine & set(kept[n][1])))
        keep = next((n for n in carry if n not in taken), None)
        if keep is not None:
            taken.add(keep)
        for n in carry:
            if n != keep:
                kept[n] = _less(problem, kept[n], mine)
    return [order for order in kept if order[1]]


def _within_rooms(problem: Problem, orders: Sequence[Order]) -> list[Order]:
    served = {i for _, visits in orders for i in visits}
    dropped: set[int] = set()
    for room in problem.rooms:
        needs = dict(room.needs)
        here = sorted(
            (i for i in needs if i in served),
            key=lambda i: (-_penalties(problem, [i]), i),
        )
        left = room.capacity
        for i in here:
            if needs[i] <= left:
                left -= needs[i]
            else:
                dropped.add(i)
    if not dropped:
        return list(orders)
    less = [_less(problem, order, dropped) for order in orders]
    return [order for order in less if order[1]]


def _within_docks(problem: Problem, orders: Sequence[Order]) -> list[Order]:
    if not problem.docks or not orders:
        return list(orders)
    kept = sorted(orders, key=lambda order: (-_penalties(problem, order[1]), order))
    while kept and (rivals := _in_the_way(problem, kept)):
        del kept[rivals[-1]]
    return kept


def _in_the_way(problem: Problem, orders: Sequence[Order]) -> list[int]:
    """Return the routes with a trip where more must leave than doors let."""
    columns = Columns.of(orders, [0] * len(orders))
    columns = replace(columns, leaves=timetable(problem, columns).leaves)
    found: set[int] = set()
    for interval in overfull(problem, columns):
        found.update(np.flatnonzero(within(problem, interval, columns)).tolist())
    return sorted(found)


def _less(problem: Problem, order: Order, dropped: Collection[int]) -> Order:
    """The route without these clients; empty where it is not possible then."""
    kind, visits = order
    left = without(visits, dropped)
    if left and left != visits and evaluate(problem, kind, left) is None:
        return kind, ()
    return kind, left


def _penalties(problem: Problem, visits: Collection[int]) -> float:
    penalties = [problem.clients[i].penalty for i in clients_of(tuple(visits))]
    return sum(math.inf if p is None else p for p in penalties)
