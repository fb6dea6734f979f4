"""Every rule a solution breaks, walked through step by step; shares no formula."""

from collections import Counter

import numpy as np

from cstore_cli.routing.problem import UNREACHABLE, Problem
from cstore_cli.routing.route import Route, Solution


def faults(problem: Problem, solution: Solution) -> list[str]:
    """Return what is wrong with ``solution``, nothing when it is right."""
    found: list[str] = []
    seen = Counter(i for route in solution.routes for i in route.visits)
    seen.update(solution.unserved)
    for number, client in enumerate(problem.clients):
        if seen[number] != 1:
            found.append(f"client {number} stands {seen[number]} times")
        if number in solution.unserved and client.penalty is None:
            found.append(f"client {number} must be served")
    cost = 0
    for name, route in enumerate(solution.routes):
        found += [f"route {name}: {fault}" for fault in _route_faults(problem, route)]
        kind = problem.kinds[route.kind]
        cost += kind.fixed_cost + kind.unit_distance_cost * route.distance
        cost += kind.unit_duration_cost * route.duration
    for number in solution.unserved:
        cost += problem.clients[number].penalty or 0
    if cost != solution.cost:
        found.append(f"cost is {cost}, said to be {solution.cost}")

    pools: dict[object, int] = Counter()
    for route in solution.routes:
        pool = problem.kinds[route.kind].pool
        pools[("kind", route.kind) if pool is None else ("pool", pool)] += 1
    for number, kind in enumerate(problem.kinds):
        key = ("kind", number) if kind.pool is None else ("pool", kind.pool)
        if pools[key] > kind.count:
            found.append(f"{key} has {pools[key]} routes, {kind.count} vehicles")
    return found


def _route_faults(problem: Problem, route: Route) -> list[str]:
    """Drive the route, leaving at its start time."""
    kind = problem.kinds[route.kind]
    found = _load_faults(problem, route)
    if not kind.tw_early <= route.start_time <= kind.latest_start:
        found.append(f"leaves at {route.start_time}, out of its shift")
    place, time, distance = kind.start_depot, route.start_time, 0
    said_times = [*route.service_times, route.end_time]
    for number, said in zip([*route.visits, None], said_times, strict=True):
        client = None if number is None else problem.clients[number]
        to = kind.end_depot if client is None else client.location
        leg = int(problem.distance[kind.profile][place, to])
        leg_duration = int(problem.duration[kind.profile][place, to])
        if max(leg, leg_duration) >= UNREACHABLE:
            found.append(f"no way from {place} to {to}")
        place, time, distance = to, time + leg_duration, distance + leg
        if client is not None:
            time = max(time, client.tw_early)
        if time != said:
            found.append(f"is at {to} at {time}, said to be {said}")
        if time > (kind.tw_late if client is None else client.tw_late):
            found.append(f"is late at {to}, at {time}")
        time += 0 if client is None else client.service_duration
    if time - route.start_time > kind.max_duration:
        found.append(f"takes {time - route.start_time}, over {kind.max_duration}")
    if (distance, time - route.start_time) != (route.distance, route.duration):
        found.append(
            f"is {distance} long and {time - route.start_time}, said otherwise"
        )
    return found


def _load_faults(problem: Problem, route: Route) -> list[str]:
    kind, found = problem.kinds[route.kind], []
    loads = np.array([problem.clients[i].load for i in route.visits])
    pickups = np.zeros_like(loads)
    for row, number in enumerate(route.visits):
        client = problem.clients[number]
        pickups[row] = client.pickup or 0
        if not client.skills <= kind.skills:
            found.append(f"client {number} needs skills the vehicle lacks")
        if route.start_time < client.release_time:
            found.append(f"leaves before client {number} is released")
    # On each leg: the loads of the clients still to come, the pickups of those seen.
    for leg in range(len(route.visits) + 1):
        on_board = loads[leg:].sum(axis=0) + pickups[:leg].sum(axis=0)
        if (on_board > kind.capacity).any():
            found.append(f"carries {on_board.tolist()} on leg {leg}")
    return found
