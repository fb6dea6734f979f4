"""A problem in PyVRP's terms."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyvrp

from cstore_cli.routing.fleet import FIRST_LOCK, Fleet, Share, whole_fleet
from cstore_cli.routing.problem import (
    FOREVER,
    UNREACHABLE,
    Matrix,
    Problem,
    VehicleKind,
)


@dataclass(frozen=True, eq=False)
class Translation:
    """PyVRP's data; vehicle type t of it is share ``share_of[t]`` of the fleet."""

    data: pyvrp.ProblemData
    fleet: Fleet
    share_of: tuple[int, ...]
    depots: tuple["_Depot", ...]

    def kind(self, vehicle_type: int) -> int:
        """Return the kind of vehicle of a type."""
        return self.fleet[self.share_of[vehicle_type]].kind

    def price(self, vehicle_type: int) -> int:
        """Return what the search pays for a vehicle of a type beyond its costs."""
        return self.fleet[self.share_of[vehicle_type]].price

    def reload_depot(self, vehicle_type: int) -> int:
        """Return the depot at which vehicles of a type reload."""
        return int(self.data.vehicle_type(vehicle_type).reload_depots[0])


def translate(problem: Problem, fleet: Fleet | None = None) -> Translation:
    """
    Return ``problem``, to be solved with ``fleet``, as PyVRP's data.

    Client numbers stay. A skill is a further dimension of load: clients that need it
    take 1 of it, kinds without it have room for 0; a lock is a skill as well. A pair
    that cannot be travelled gets a distance over every vehicle's maximum, no larger
    than needed so that penalties do not overflow. A reload is at a depot of its own,
    from when on the first window of trips opens. PyVRP knows no pools, docks and rooms,
    no ``leave_late`` and no window that closes, and no vehicles of which there are none
    or that cannot leave.
    """
    fleet = whole_fleet(problem) if fleet is None else fleet
    lock_of = problem.lock_of()
    needs = [
        c.skills | ({FIRST_LOCK + lock_of[i]} if i in lock_of else frozenset())
        for i, c in enumerate(problem.clients)
    ]
    has = [
        problem.kinds[share.kind].skills | {FIRST_LOCK + k for k in share.locks}
        for share in fleet
    ]
    # Also those that no client here needs: the parts of a problem keep its dimensions,
    # so that penalties learnt on one part fit the others.
    locks = {FIRST_LOCK + k for k in range(len(problem.locks))}
    skills = sorted(locks.union(*needs, *(kind.skills for kind in problem.kinds)))
    share_of = tuple(
        s
        for s, share in enumerate(fleet)
        if share.count > 0 and _leaves(problem.kinds[share.kind], share)
    )
    kinds = [problem.kinds[fleet[s].kind] for s in share_of]
    depots = [
        _Depot(d)
        for d in sorted({d for k in kinds for d in (k.start_depot, k.end_depot)})
    ]
    depots += sorted({d for kind in kinds for d in _reload_depots(kind)})
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
                delivery=[*c.load, *(int(s in need) for s in skills)],
                pickup=[*c.pickup],
                service_duration=c.service_duration,
                tw_early=c.tw_early,
                tw_late=c.tw_late,
                release_time=c.release_time,
                prize=c.penalty or 0,
                required=c.penalty is None,
            )
            for c, need in zip(problem.clients, needs, strict=True)
        ],
        depots=[
            pyvrp.Depot(
                location=d.location,
                tw_early=d.tw_early,
                tw_late=d.tw_late,
                service_duration=d.service_duration,
            )
            for d in depots
        ],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=min(fleet[s].count, len(problem.clients)),
                capacity=[
                    *kind.capacity,
                    *(len(problem.clients) * (skill in has[s]) for skill in skills),
                ],
                start_depot=depots.index(_Depot(kind.start_depot)),
                end_depot=depots.index(_Depot(kind.end_depot)),
                fixed_cost=kind.fixed_cost + fleet[s].price,
                tw_early=max(kind.tw_early, fleet[s].tw_early),
                tw_late=kind.tw_late,
                shift_duration=kind.max_duration,
                max_distance=reach if closed else FOREVER,
                unit_distance_cost=kind.unit_distance_cost,
                unit_duration_cost=kind.unit_duration_cost,
                profile=kind.profile,
                start_late=min(kind.latest_start, kind.tw_late),
                reload_depots=[depots.index(d) for d in _reload_depots(kind)],
                max_reloads=kind.max_trips - 1,
            )
            for s, kind in zip(share_of, kinds, strict=True)
        ],
        distance_matrices=distances,
        duration_matrices=durations,
    )
    return Translation(data, fleet, share_of, tuple(depots))


class _Depot(NamedTuple):
    location: int
    tw_early: int = 0
    tw_late: int = FOREVER
    service_duration: int = 0


def _reload_depots(kind: VehicleKind) -> list[_Depot]:
    """
    Where the kind reloads: from when the first of the trips' windows lets it.

    The depot never closes, though windows do: of trips that would leave after it has,
    PyVRP's moves misjudge the cost, and its search goes in circles for ever.
    """
    if kind.max_trips == 1:
        return []
    opens = min((opens for opens, _ in kind.trip_windows), default=0)
    early = max(0, opens - kind.reload_duration)
    return [_Depot(kind.start_depot, early, FOREVER, kind.reload_duration)]


def _leaves(kind: VehicleKind, share: Share) -> bool:
    early = max(kind.tw_early, share.tw_early)
    return early <= min(kind.latest_start, kind.tw_late)


def _reach(problem: Problem) -> int:
    """Return a distance that no route of allowed legs exceeds."""
    legs = [int(m[m < UNREACHABLE].max(initial=0)) for m in problem.distance]
    return (max(legs) + 1) * (len(problem.clients) + 2)


def _closed(distance: Matrix, duration: Matrix, reach: int) -> Matrix:
    closed = (distance >= UNREACHABLE) | (duration >= UNREACHABLE)
    return np.where(closed, reach + 1, distance)
