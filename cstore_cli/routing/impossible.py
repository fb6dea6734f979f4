"""Clients that no vehicle can serve even alone, and why."""

import math

import numpy as np
from numpy.typing import NDArray

from cstore_cli.errors import InfeasibleError
from cstore_cli.routing.evaluate import evaluate
from cstore_cli.routing.problem import UNREACHABLE, Client, Problem, VehicleKind

Floats = NDArray[np.float64]

CAUSES = {
    "no_skill": "no vehicle has the skills",
    "too_large": "the load exceeds every vehicle that has the skills",
    "unreachable": "no such vehicle can go there and back",
    "window": "no such vehicle can be there in time",
}


def impossible(problem: Problem) -> dict[int, str]:
    """
    Return the cause code of each client that cannot be served at all.

    The cause is the first in ``CAUSES`` that leaves no kind of vehicle, each test
    being made on the kinds that passed those before. A client without cause may
    still find no vehicle, if the way to it that is in time leads over others.

    Raises
    ------
    InfeasibleError
        When such a client must be served.
    """
    causes = {}
    for number in range(len(problem.clients)):
        cause = _cause(problem, number)
        if cause is not None:
            causes[number] = cause
    required = [i for i in causes if problem.clients[i].penalty is None]
    if required:
        first = required[0]
        raise InfeasibleError(
            f"{len(required)} clients must be served and cannot be; "
            f"client {first}: {CAUSES[causes[first]]}."
        )
    return causes


def _cause(problem: Problem, number: int) -> str | None:
    client = problem.clients[number]
    kinds = [
        k
        for k, kind in enumerate(problem.kinds)
        if kind.count > 0 and client.skills <= kind.skills
    ]
    if any(evaluate(problem, k, (number,)) for k in kinds):
        return None
    if not kinds:
        return "no_skill"
    kinds = [k for k in kinds if _fits(client, problem.kinds[k])]
    if not kinds:
        return "too_large"
    ways = {k: _fastest(problem, problem.kinds[k], client.location) for k in kinds}
    if all(math.isinf(there + back) for there, back in ways.values()):
        return "unreachable"
    if any(_in_time(client, problem.kinds[k], *ways[k]) for k in kinds):
        return None
    return "window"


def _fits(client: Client, kind: VehicleKind) -> bool:
    return all(
        a <= b
        for on_board in (client.load, client.pickup or client.load)
        for a, b in zip(on_board, kind.capacity, strict=True)
    )


def _in_time(client: Client, kind: VehicleKind, there: float, back: float) -> bool:
    """Whether the fastest way there and back keeps every bound on time."""
    leaves = max(kind.tw_early, client.release_time)
    starts = max(client.tw_early, leaves + there)
    return (
        leaves <= kind.latest_start
        and starts <= client.tw_late
        and starts + client.service_duration + back <= kind.tw_late
        and there + client.service_duration + back <= kind.max_duration
    )


def _fastest(problem: Problem, kind: VehicleKind, place: int) -> tuple[float, float]:
    """
    Return the durations of the fastest ways to ``place`` and from it to the end.

    Over other places, where that is faster than straight: a route may go there too.
    Asked for clients only that cannot be served alone, so a few times at most.
    """
    distance, duration = problem.distance[kind.profile], problem.duration[kind.profile]
    closed = (distance >= UNREACHABLE) | (duration >= UNREACHABLE)
    legs = np.where(closed, np.inf, duration)
    return (
        float(_from(legs, kind.start_depot)[place]),
        float(_from(legs, place)[kind.end_depot]),
    )


def _from(legs: Floats, origin: int) -> Floats:
    """Return the least durations from ``origin`` (Dijkstra, on a full matrix)."""
    least = np.full(len(legs), np.inf)
    least[origin] = 0
    open_places = np.ones(len(legs), dtype=bool)
    for _ in range(len(legs)):
        place = int(np.argmin(np.where(open_places, least, np.inf)))
        open_places[place] = False
        least = np.minimum(least, least[place] + legs[place])
    return least
