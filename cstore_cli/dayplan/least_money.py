"""
A bound on the money of any routes that serve the same clients.

The problem of the DC is loosened until it holds whatever the exact clock says: each leg
and service takes what it takes at the quickest hour of the day, nothing is rounded
against the van, drivers have no break, and doors and locks bind nobody. What
`routing.bound` says of it then holds for all routes there are.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from cstore_cli.dayplan.drive import DcDay
from cstore_cli.dayplan.routes import DcProblem
from cstore_cli.routing.problem import UNREACHABLE, Matrix, Problem

_MINUTE = 60


def loosened(task: DcProblem, day: DcDay, served: Collection[int]) -> Problem:
    """Return the problem of serving these clients, all of them, loosened."""
    kept = sorted(served)
    distance, duration = _quickest(kept, day)
    clients = [task.problem.clients[k] for k in kept]
    return Problem(
        clients=tuple(
            replace(
                client,
                location=number + 1,
                load=tuple(max(0, load - 1) for load in client.load),
                pickup=tuple(max(0, load - 1) for load in client.pickup),
                tw_late=client.tw_late + _MINUTE,
                penalty=None,
            )
            for number, client in enumerate(clients)
        ),
        kinds=tuple(
            replace(
                kind,
                capacity=tuple(room + 1 for room in kind.capacity),
                tw_late=round(
                    min(day.vehicles[van.vehicle]["shift_to"], day.closes) * _MINUTE
                ),
                start_late=kind.latest_start + _MINUTE,
                max_duration=round(
                    day.vehicles[van.vehicle]["max_route_min"] * _MINUTE
                ),
                unit_duration_cost=max(0, kind.unit_duration_cost - 1),
                profile=0,
            )
            for kind, van in zip(task.problem.kinds, task.vans, strict=True)
        ),
        distance=(distance,),
        duration=(duration,),
    )


def _quickest(kept: Sequence[int], day: DcDay) -> tuple[Matrix, Matrix]:
    """Metres and seconds between the DC (0) and clients, least over the day."""
    rows = np.array([0, *(day.place[k] for k in kept)])
    grid = np.ix_(rows, rows)
    stores = [day.clients[k].store_id for k in kept]
    service = np.array([0.0, *(day.service_min[store] for store in stores)])
    service *= day.clock.service_factor.min(axis=0)[rows]
    metres, minutes = (
        np.min([np.nan_to_num(table[grid], nan=np.inf) for table in tables], axis=0)
        for tables in (
            [matrix.distance_km * 1000 for matrix in day.clock.matrices],
            [matrix.duration_min for matrix in day.clock.matrices],
        )
    )
    elsewhere = rows[:, None] != rows[None, :]
    seconds = (minutes + elsewhere * service[:, None]) * _MINUTE
    lost = ~np.isfinite(metres) | ~np.isfinite(seconds)
    whole = [np.where(lost, UNREACHABLE, np.floor(legs)) for legs in (metres, seconds)]
    return whole[0].astype(np.int64), whole[1].astype(np.int64)
