"""
Routes that know nothing of dock doors, given doors: what gets none is dropped.

A trip takes a door for ``loading`` seconds before it departs. Of the vans' next trips
the one with the earliest latest departure is taken, leaving as soon as a door has
loaded it, its van is back from the trip before and its goods are there. A trip that
could leave only after its latest departure, or would bring its van home later than its
longest duration allows, is dropped. Departures are not rounded to minutes.
"""

from collections.abc import Sequence
from itertools import pairwise

from cstore_cli.routing.problem import Problem, VehicleKind

Tour = tuple[int, tuple[tuple[int, ...], ...], int]
"""A van's kind, the clients of each of its trips, and when it meant to leave."""
Door = list[tuple[int, int]]
"""From when to when the door is taken, in seconds."""


def drop_without_door(
    problem: Problem, tours: Sequence[Tour], num_doors: int, loading: int, opens: int
) -> set[int]:
    """Return the clients still served once all trips are loaded from ``opens`` on."""
    doors: list[Door] = [[] for _ in range(num_doors)]
    left: dict[int, int] = {}
    back: dict[int, int] = {}
    following = [_next(problem, tours, tour, 0) for tour in range(len(tours))]
    waiting = [trip for trip in following if trip is not None]
    served: set[int] = set()
    while waiting:
        latest, tour, number = min(waiting)
        waiting.remove((latest, tour, number))
        after = _next(problem, tours, tour, number + 1)
        waiting += [] if after is None else [after]
        kind_number, trips, meant = tours[tour]
        kind, trip = problem.kinds[kind_number], trips[number]
        ready = max([opens + loading, *(problem.clients[k].release_time for k in trip)])
        if tour in back:
            ready = max(ready, back[tour] + max(loading, kind.reload_duration))
        else:
            ready = max(ready, meant)
        slot = _slot(doors, ready, loading, _windows(kind, first=tour not in back))
        if slot is None or slot[0] > latest:
            continue
        departs, door = slot
        returns = return_time(problem, kind_number, trip, departs)
        if returns - left.get(tour, departs) > kind.max_duration:
            continue
        doors[door].append((departs - loading, departs))
        left.setdefault(tour, departs)
        back[tour] = returns
        served |= set(trip)
    return served


def _next(
    problem: Problem, tours: Sequence[Tour], tour: int, number: int
) -> tuple[int, int, int] | None:
    """Return the tour's first trip from ``number`` on that can be in time at all."""
    kind, trips, _ = tours[tour]
    for n in range(number, len(trips)):
        latest = latest_departure(problem, kind, trips[n])
        if latest is not None:
            return latest, tour, n
    return None


def latest_departure(problem: Problem, kind: int, trip: Sequence[int]) -> int | None:
    """Return when a trip must have left to be in time; None if it cannot be."""
    vehicle = problem.kinds[kind]
    legs = _legs(problem, kind, trip)
    latest = vehicle.tw_late - legs[-1]
    for k, leg in zip(reversed(trip), reversed(legs[:-1]), strict=True):
        client = problem.clients[k]
        latest = min(client.tw_late, latest - client.service_duration)
        if latest < client.tw_early:
            return None
        latest -= leg
    return latest


def return_time(problem: Problem, kind: int, trip: Sequence[int], departs: int) -> int:
    """Return when a trip that departs then is back, waiting where it is early."""
    legs, time = _legs(problem, kind, trip), departs
    for k, leg in zip(trip, legs[:-1], strict=True):
        client = problem.clients[k]
        time = max(time + leg, client.tw_early) + client.service_duration
    return time + legs[-1]


def _legs(problem: Problem, kind: int, trip: Sequence[int]) -> list[int]:
    vehicle = problem.kinds[kind]
    duration = problem.duration[vehicle.profile]
    stops = [problem.clients[k].location for k in trip]
    places = [vehicle.start_depot, *stops, vehicle.end_depot]
    return [int(duration[a, b]) for a, b in pairwise(places)]


def _windows(kind: VehicleKind, *, first: bool) -> tuple[tuple[int, int], ...]:
    """When a van may leave: for the first trip, or after coming back."""
    if first:
        return ((kind.tw_early, kind.latest_start),)
    return kind.trip_windows or ((kind.tw_early, kind.tw_late),)


def _slot(
    doors: Sequence[Door],
    ready: int,
    loading: int,
    windows: tuple[tuple[int, int], ...],
) -> tuple[int, int] | None:
    """Return the first departure with a free door from ``ready`` on, and the door."""
    ends = [end + loading for door in doors for _, end in door]
    wanted = {ready, *ends, *(early for early, _ in windows)}
    for departs in sorted(time for time in wanted if time >= ready):
        if not any(early <= departs <= late for early, late in windows):
            continue
        for number, door in enumerate(doors):
            if all(end <= departs - loading or departs <= begin for begin, end in door):
                return departs, number
    return None
