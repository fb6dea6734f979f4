"""A problem in PyVRP's terms."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp

from cstore_cli.routing.problem import FOREVER, UNREACHABLE, Matrix, Problem


@dataclass(frozen=True, eq=False)
class Translation:
    """PyVRP's data; vehicle type t of it is kind ``kind_of[t]``."""

    data: pyvrp.ProblemData
    kind_of: tuple[int, ...]


def translate(problem: Problem) -> Translation:
    """
    Return ``problem`` as PyVRP's data; client numbers stay.

    A skill is a further dimension of load: clients that need it take 1 of it, kinds
    without it have room for 0. A pair that cannot be travelled gets a distance over
    every vehicle's maximum, no larger than needed so that penalties do not overflow.
    PyVRP knows no pools and no kind of which there is none or that cannot leave.
    """
    # Also those that no client here needs: the parts of a problem keep its dimensions,
    # so that penalties learnt on one part fit the others.
    needed = (client.skills for client in problem.clients)
    had = (kind.skills for kind in problem.kinds)
    skills = sorted(frozenset().union(*needed, *had))
    kind_of = tuple(
        k
        for k, kind in enumerate(problem.kinds)
        if kind.count > 0 and kind.tw_early <= min(kind.latest_start, kind.tw_late)
    )
    kinds = [problem.kinds[k] for k in kind_of]
    depots = sorted({d for k in kinds for d in (k.start_depot, k.end_depot)})
    reach = _reach(problem)
    closed = any(
        (m >= UNREACHABLE).any() for m in (*problem.distance, *problem.duration)
    )
    distances: Any = [
        _closed(problem.distance[p], problem.duration[p], reach)
        for p in range(len(problem.distance))
    ]
    durations: Any = [np.where(m >= UNREACHABLE, 0, m) for m in problem.duration]
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(problem.distance[0]))],
        clients=[
            pyvrp.Client(
                location=c.location,
                delivery=[*c.load, *(int(s in c.skills) for s in skills)],
                pickup=[*c.pickup],
                service_duration=c.service_duration,
                tw_early=c.tw_early,
                tw_late=c.tw_late,
                release_time=c.release_time,
                prize=c.penalty or 0,
                required=c.penalty is None,
            )
            for c in problem.clients
        ],
        depots=[pyvrp.Depot(location=d) for d in depots],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=min(kind.count, len(problem.clients)),
                capacity=[
                    *kind.capacity,
                    *(len(problem.clients) * (s in kind.skills) for s in skills),
                ],
                start_depot=depots.index(kind.start_depot),
                end_depot=depots.index(kind.end_depot),
                fixed_cost=kind.fixed_cost,
                tw_early=kind.tw_early,
                tw_late=kind.tw_late,
                shift_duration=kind.max_duration,
                max_distance=reach if closed else FOREVER,
                unit_distance_cost=kind.unit_distance_cost,
                unit_duration_cost=kind.unit_duration_cost,
                profile=kind.profile,
                start_late=min(kind.latest_start, kind.tw_late),
            )
            for kind in kinds
        ],
        distance_matrices=distances,
        duration_matrices=durations,
    )
    return Translation(data, kind_of)


def _reach(problem: Problem) -> int:
    """Return a distance that no route of allowed legs exceeds."""
    legs = [int(m[m < UNREACHABLE].max(initial=0)) for m in problem.distance]
    return (max(legs) + 1) * (len(problem.clients) + 2)


def _closed(distance: Matrix, duration: Matrix, reach: int) -> Matrix:
    closed = (distance >= UNREACHABLE) | (duration >= UNREACHABLE)
    return np.where(closed, reach + 1, distance)
