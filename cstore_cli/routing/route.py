"""One vehicle's route, and a solution made of routes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """
    The clients ``visits`` in order, by a vehicle of kind number ``kind``.

    Where the vehicle reloads, a RELOAD stands among them.

    Leaving at any instant from ``start_time`` to ``latest_start`` has the least
    duration; at ``start_time`` the return, ``end_time``, is the earliest possible.
    ``service_times[i]`` is when service of ``visits[i]``, or the reload, starts.
    """

    kind: int
    visits: tuple[int, ...]
    cost: int
    distance: int
    duration: int
    start_time: int
    latest_start: int
    end_time: int
    service_times: tuple[int, ...]


@dataclass(frozen=True)
class Solution:
    """Routes, the clients left out, and what both cost together."""

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
    cost: int
