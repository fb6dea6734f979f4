"""The exact cost and schedule of one route, or that it is not possible."""

from collections.abc import Sequence
from itertools import pairwise

from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind
from cstore_cli.routing.route import Route


def evaluate(problem: Problem, kind: int, visits: Sequence[int]) -> Route | None:
    """
    Return the route of kind ``kind`` along ``visits``, None when it breaks a rule.

    With t_0 the departure, a_i and b_i the bounds of service at the i-th stop (the
    last being the end depot), s_i its service and d_i the duration of the leg to it:

        t_i = max(a_i, t_{i-1} + s_{i-1} + d_i) <= b_i                         (1)
        E = t_n when leaving as early as allowed (release, shift)              (2)
        L = the latest t_0 that keeps (1), found backwards                     (3)
        T = sum_i s_{i-1} + d_i, the duration without waiting                  (4)
        t_0 = max(earliest, min(L, E - T)), back at max(E, t_0 + T)            (5)

    Leaving at (5) waits least and returns no later than leaving early; the forward
    slack of Savelsbergh (1992), doi:10.1287/ijoc.4.2.146.
    """
    vehicle = problem.kinds[kind]
    clients = [problem.clients[i] for i in visits]
    if not clients:
        raise ValueError("A route needs a visit.")
    if not _carries(vehicle, clients):
        return None

    places = [vehicle.start_depot, *(c.location for c in clients), vehicle.end_depot]
    to_km, to_time = (
        problem.distance[vehicle.profile],
        problem.duration[vehicle.profile],
    )
    legs_distance = [int(to_km[i, j]) for i, j in pairwise(places)]
    legs_duration = [int(to_time[i, j]) for i, j in pairwise(places)]
    if max(legs_distance) >= UNREACHABLE or max(legs_duration) >= UNREACHABLE:
        return None

    earliest = max(vehicle.tw_early, *(c.release_time for c in clients))
    back = _forward(earliest, clients, legs_duration)[-1]  # (2)
    latest = vehicle.tw_late - legs_duration[-1]
    for client, leg in zip(
        reversed(clients), reversed(legs_duration[:-1]), strict=True
    ):
        latest = min(client.tw_late, latest - client.service_duration)
        if latest < client.tw_early:
            return None
        latest -= leg  # (3)
    latest = min(latest, vehicle.latest_start)
    if latest < earliest:
        return None

    moving = sum(legs_duration) + sum(c.service_duration for c in clients)  # (4)
    start = max(earliest, min(latest, back - moving))  # (5)
    end = max(back, start + moving)
    duration = end - start
    if duration > vehicle.max_duration:
        return None
    distance = sum(legs_distance)
    return Route(
        kind=kind,
        visits=tuple(visits),
        cost=vehicle.fixed_cost
        + vehicle.unit_distance_cost * distance
        + vehicle.unit_duration_cost * duration,
        distance=distance,
        duration=duration,
        start_time=start,
        latest_start=latest if duration == moving else start,
        end_time=end,
        service_times=tuple(_forward(start, clients, legs_duration)[:-1]),
    )


def _carries(vehicle: VehicleKind, clients: Sequence[Client]) -> bool:
    """
    Whether the vehicle has the skills, and the room at every point of the route.

    It leaves with all loads; each client's load goes off before its pickup comes on.
    """
    if not all(client.skills <= vehicle.skills for client in clients):
        return False
    for dimension, capacity in enumerate(vehicle.capacity):
        on_board = sum(client.load[dimension] for client in clients)
        most = on_board
        for client in clients:
            if client.pickup:
                on_board += client.pickup[dimension]
            on_board -= client.load[dimension]
            most = max(most, on_board)
        if most > capacity:
            return False
    return True


def _forward(
    start: int, clients: Sequence[Client], legs_duration: Sequence[int]
) -> list[int]:
    """Return when each service starts, and the return, leaving at ``start``: (1)."""
    times, time = [], start
    for client, leg in zip(clients, legs_duration, strict=False):
        time = max(client.tw_early, time + leg)
        times.append(time)
        time += client.service_duration
    return [*times, time + legs_duration[-1]]
