"""Every rule a solution breaks, walked through step by step; shares no formula."""

from collections import Counter

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
    kind, found = problem.kinds[route.kind], []
    distances, durations = problem.distance[kind.profile], problem.duration[kind.profile]
    if not kind.tw_early <= route.start_time <= kind.latest_start:
        found.append(f"leaves at {route.start_time}, out of its shift")
    place, time, distance = kind.start_depot, route.start_time, 0
    room = list(kind.capacity)
    for number, said in zip(route.visits, route.service_times, strict=True):
        client = problem.clients[number]
        if max(distances[place, client.location], durations[place, client.location]) >= (
            UNREACHABLE
        ):
            found.append(f"client {number} cannot be reached")
        if route.start_time < client.release_time:
            found.append(f"leaves before client {number} is released")
        if not client.skills <= kind.skills:
            found.append(f"client {number} needs skills the vehicle lacks")
        time += int(durations[place, client.location])
        distance += int(distances[place, client.location])
        place = client.location
        time = max(time, client.tw_early)
        if time > client.tw_late:
            found.append(f"client {number} served at {time}, after {client.tw_late}")
        if time != said:
            found.append(f"client {number} served at {time}, said to be {said}")
        time += client.service_duration
        room = [a - b for a, b in zip(room, client.load, strict=True)]
    time += int(durations[place, kind.end_depot])
    distance += int(distances[place, kind.end_depot])
    if max(distances[place, kind.end_depot], durations[place, kind.end_depot]) >= (
        UNREACHABLE
    ):
        found.append("cannot return")
    if min(room, default=0) < 0:
        found.append(f"is over its capacity by {room}")
    if time > kind.tw_late:
        found.append(f"returns at {time}, after {kind.tw_late}")
    if time - route.start_time > kind.max_duration:
        found.append(f"takes {time - route.start_time}, over {kind.max_duration}")
    if (distance, time) != (route.distance, route.end_time):
        found.append(f"is {distance} long until {time}, said otherwise")
    if route.duration != time - route.start_time:
        found.append(f"takes {time - route.start_time}, said {route.duration}")
    return found
