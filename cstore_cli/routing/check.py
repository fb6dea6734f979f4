"""Every rule a solution breaks, walked through step by step; shares no formula."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from cstore_cli.routing.problem import RELOAD, UNREACHABLE, Problem, VehicleKind
from cstore_cli.routing.route import Route, Solution


def faults(problem: Problem, solution: Solution) -> list[str]:
    """Return what is wrong with ``solution``, nothing when it is right."""
    found: list[str] = []
    seen = Counter(i for route in solution.routes for i in route.visits if i != RELOAD)
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
    return found + _shared_faults(problem, solution)


def _shared_faults(problem: Problem, solution: Solution) -> list[str]:
    """What several routes together use too much of: rooms, locks."""
    found = []
    served = [set(route.visits) - {RELOAD} for route in solution.routes]
    everyone = set().union(*served)
    for number, room in enumerate(problem.rooms):
        needed = sum(need for i, need in room.needs if i in everyone)
        if needed > room.capacity:
            found.append(f"room {number} holds {room.capacity}, gets {needed}")
    for number, lock in enumerate(problem.locks):
        carry = sum(1 for mine in served if mine & set(lock.clients))
        if carry > 1:
            found.append(f"lock {number} is on {carry} routes")
    for name, mine in enumerate(served):
        carried = [n for n, k in enumerate(problem.locks) if mine & set(k.clients)]
        if len(carried) > 1:
            found.append(f"route {name} carries clients of locks {carried}")
    return found


def _route_faults(problem: Problem, route: Route) -> list[str]:
    """Drive the route, leaving at its start time."""
    kind = problem.kinds[route.kind]
    found = _load_faults(problem, route)
    if not kind.tw_early <= route.start_time <= kind.latest_start:
        found.append(f"leaves at {route.start_time}, out of its shift")
    place, time, distance = kind.start_depot, route.start_time, 0
    said_times = [*route.service_times, route.end_time]
    if route.visits.count(RELOAD) >= kind.max_trips:
        found.append(f"makes more than {kind.max_trips} trips")
    for stop, said in zip(_stops(problem, route), said_times, strict=True):
        leg = int(problem.distance[kind.profile][place, stop.location])
        leg_duration = int(problem.duration[kind.profile][place, stop.location])
        if max(leg, leg_duration) >= UNREACHABLE:
            found.append(f"no way from {place} to {stop.location}")
        place, distance = stop.location, distance + leg
        time = max(time + leg_duration, stop.early)
        if stop.may_wait:
            time = max(time, said)
        if time != said:
            found.append(f"is at {place} at {time}, said to be {said}")
        if time > stop.late:
            found.append(f"is late at {place}, at {time}")
        time += stop.service
    if time - route.start_time > kind.max_duration:
        found.append(f"takes {time - route.start_time}, over {kind.max_duration}")
    if (distance, time - route.start_time) != (route.distance, route.duration):
        found.append(
            f"is {distance} long and {time - route.start_time}, said otherwise"
        )
    return found


class _Stop(NamedTuple):
    location: int
    early: int
    late: int
    service: int
    may_wait: bool = False


def _stops(problem: Problem, route: Route) -> Iterator[_Stop]:
    """Each visit of the route, and its end."""
    kind = problem.kinds[route.kind]
    for number in route.visits:
        if number == RELOAD:
            until = kind.tw_late
            yield _Stop(kind.start_depot, 0, until, kind.reload_duration, may_wait=True)
        else:
            c = problem.clients[number]
            yield _Stop(c.location, c.tw_early, c.tw_late, c.service_duration)
    yield _Stop(kind.end_depot, 0, kind.tw_late, 0)


def _load_faults(problem: Problem, route: Route) -> list[str]:
    kind, found = problem.kinds[route.kind], []
    trip: list[int] = []
    leaves = route.start_time
    for number, time in zip(route.visits, route.service_times, strict=True):
        if number != RELOAD:
            trip.append(number)
            continue
        found += _trip_faults(problem, kind, trip, leaves)
        trip, leaves = [], time + kind.reload_duration
        windows = kind.trip_windows or ((leaves, leaves),)
        if not any(a <= leaves <= b for a, b in windows):
            found.append(f"leaves at {leaves}, out of every window of trips")
    return found + _trip_faults(problem, kind, trip, leaves)


def _trip_faults(
    problem: Problem, kind: VehicleKind, trip: list[int], leaves: int
) -> list[str]:
    found = []
    loads = np.array([problem.clients[i].load for i in trip])
    pickups = np.zeros_like(loads)
    for row, number in enumerate(trip):
        client = problem.clients[number]
        pickups[row] = client.pickup or 0
        if not client.skills <= kind.skills:
            found.append(f"client {number} needs skills the vehicle lacks")
        if not client.release_time <= leaves <= client.leave_late:
            found.append(f"leaves at {leaves}, when client {number} may not")
    # On each leg: the loads of the clients still to come, the pickups of those seen.
    for leg in range(len(trip) + 1):
        on_board = loads[leg:].sum(axis=0) + pickups[:leg].sum(axis=0)
        if (on_board > kind.capacity).any():
            found.append(f"carries {on_board.tolist()} on leg {leg}")
    return found
