"""The exact cost and schedule of one route, or that it is not possible."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind
from cstore_cli.routing.route import Route
from cstore_cli.routing.trips import trips

Window = tuple[int, int]


class _Stop(NamedTuple):
    """A client or a reload: when its service may start, and how long it takes."""

    location: int
    windows: tuple[Window, ...]
    service_duration: int


def evaluate(  # noqa: PLR0911 (a return per rule)
    problem: Problem, kind: int, visits: Sequence[int]
) -> Route | None:
    """
    Return the route of kind ``kind`` along ``visits``, None when it breaks a rule.

    With t_0 the departure, a_i and b_i the bounds of service at the i-th stop (a
    client, a reload; the last being the end depot), s_i its service and d_i the
    duration of the leg to it:

        t_i = max(a_i, t_{i-1} + s_{i-1} + d_i) <= b_i                         (1)
        E = t_n when leaving as early as allowed (release, shift)              (2)
        L = the latest t_0 that keeps (1), found backwards                     (3)
        T = sum_i s_{i-1} + d_i, the duration without waiting                  (4)
        t_0 = max(earliest, min(L, E - T)), back at max(E, t_0 + T)            (5)

    Leaving at (5) waits least and returns no later than leaving early; the forward
    slack of Savelsbergh (1992), doi:10.1287/ijoc.4.2.146. A reload may start in
    several windows, whose last instants and first are those at which the next trip
    may leave, less its duration; it takes the first that (2) can reach.
    """
    vehicle = problem.kinds[kind]
    parts = [[problem.clients[i] for i in trip] for trip in trips(visits)]
    if not parts:
        raise ValueError("A route needs a visit.")
    if len(parts) > vehicle.max_trips:
        return None
    if not all(_carries(vehicle, part) for part in parts):
        return None

    stops = _stops(vehicle, parts)
    places = [vehicle.start_depot, *(s.location for s in stops), vehicle.end_depot]
    to_km, to_time = (
        problem.distance[vehicle.profile],
        problem.duration[vehicle.profile],
    )
    legs_distance = [int(to_km[i, j]) for i, j in pairwise(places)]
    legs_duration = [int(to_time[i, j]) for i, j in pairwise(places)]
    if max(legs_distance) >= UNREACHABLE or max(legs_duration) >= UNREACHABLE:
        return None

    first = parts[0]
    earliest = max(vehicle.tw_early, *(c.release_time for c in first))
    early = _forward(earliest, stops, legs_duration)  # (2)
    if early is None:
        return None
    back = vehicle.tw_late - legs_duration[-1]
    latest = _backward(back, stops, legs_duration, early)  # (3)
    if latest is None:
        return None
    latest = min(latest, vehicle.latest_start, *(c.leave_late for c in first))
    if latest < earliest:
        return None

    moving = sum(legs_duration) + sum(s.service_duration for s in stops)  # (4)
    start = max(earliest, min(latest, early[-1] - moving))  # (5)
    times = _forward(start, stops, legs_duration)
    if times is None:
        return None
    end = times[-1]
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
        service_times=tuple(times[:-1]),
    )


def _backward(
    back: int, stops: Sequence[_Stop], legs_duration: Sequence[int], early: list[int]
) -> int | None:
    """
    Return the latest departure with which the last stop is left by ``back``: (3).

    Every reload stays in the window that it is in at the times ``early``.
    """
    latest = back
    for stop, leg, time in zip(
        reversed(stops),
        reversed(legs_duration[:-1]),
        reversed(early[:-1]),
        strict=True,
    ):
        opens, closes = _window_of(stop, time)
        latest = min(closes, latest - stop.service_duration)
        if latest < opens:
            return None
        latest -= leg
    return latest


def _stops(vehicle: VehicleKind, parts: Sequence[Sequence[Client]]) -> list[_Stop]:
    stops = []
    for number, part in enumerate(parts):
        if number > 0:
            stops.append(_reload(vehicle, part))
        stops += [
            _Stop(c.location, ((c.tw_early, c.tw_late),), c.service_duration)
            for c in part
        ]
    return stops


def _reload(vehicle: VehicleKind, part: Sequence[Client]) -> _Stop:
    """Return the reload before the trip of these clients."""
    release = max(c.release_time for c in part)
    leave_late = min(c.leave_late for c in part)
    leaves = vehicle.trip_windows or ((release, leave_late),)
    windows = tuple(
        (max(opens, release), min(closes, leave_late))
        for opens, closes in leaves
        if max(opens, release) <= min(closes, leave_late)
    )
    duration = vehicle.reload_duration
    return _Stop(
        vehicle.start_depot,
        tuple((opens - duration, closes - duration) for opens, closes in windows),
        duration,
    )


def _window_of(stop: _Stop, time: int) -> Window:
    """Return the window that ``time`` is in; a client's, even if that is too late."""
    return next((w for w in stop.windows if w[0] <= time <= w[1]), stop.windows[0])


def _carries(vehicle: VehicleKind, clients: Sequence[Client]) -> bool:
    """
    Whether the vehicle has the skills, and the room at every point of the trip.

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
    start: int, stops: Sequence[_Stop], legs_duration: Sequence[int]
) -> list[int] | None:
    """
    Return when each service starts, and the return, leaving at ``start``: (1).

    None when a reload's windows are over; clients may come out late.
    """
    times, time = [], start
    for stop, leg in zip(stops, legs_duration, strict=False):
        time += leg
        if len(stop.windows) == 1:
            time = max(stop.windows[0][0], time)
        else:
            ahead = [max(opens, time) for opens, end in stop.windows if time <= end]
            if not ahead:
                return None
            time = ahead[0]
        times.append(time)
        time += stop.service_duration
    return [*times, time + legs_duration[-1]]
