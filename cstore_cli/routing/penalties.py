"""What a broken rule costs PyVRP's search, in the unit of the problem's costs."""

from statistics import fmean

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp import PenaltyManager, PenaltyParams

Penalties = tuple[list[float], float, float]
"""Per unit of load (a number per dimension), of duration and of distance."""

STRICT = 300.0
"""Searches begin among solutions that keep the rules: better than 10 or 100."""

SAFE = 2.0**62
"""Just below where PyVRP's 64-bit costs overflow."""


def first_penalties(data: pyvrp.ProblemData) -> Penalties:
    """
    Return penalties under which breaking a rule by one client costs ``STRICT`` legs.

    PyVRP's own start, 50,000 whatever the unit of cost, is as strict for costs in
    metres and next to nothing for costs in 1e-5 of a currency unit.
    """
    leg_cost = []
    for kind in data.vehicle_types():
        distance = float(np.mean(data.distance_matrix(kind.profile)))
        duration = float(np.mean(data.duration_matrix(kind.profile)))
        leg_cost.append(
            kind.unit_distance_cost * distance + kind.unit_duration_cost * duration
        )
    cost = STRICT * max(1.0, fmean(leg_cost))
    loads = _loads(data)
    used = np.maximum(1, np.count_nonzero(loads, axis=0))
    load = np.maximum(1, loads.sum(axis=0) / used)
    duration = max(1.0, fmean(float(np.mean(m)) for m in data.duration_matrices()))
    distance = max(1.0, fmean(float(np.mean(m)) for m in data.distance_matrices()))
    return (cost / load).tolist(), cost / duration, cost / distance


def manager(data: pyvrp.ProblemData, penalties: Penalties | None) -> PenaltyManager:
    """
    Return a penalty manager that goes on from ``penalties``, or starts afresh.

    The largest penalty outweighs the largest prize, so that optional clients are not
    served late, as far as 64 bits allow.
    """
    start = penalties or first_penalties(data)
    prize = max((float(c.prize) for c in data.clients()), default=0.0)
    loads = _loads(data)
    worst = max(
        float(loads.sum(axis=0).max(initial=1)),
        float(max(m.max() for m in data.distance_matrices())) * len(loads),
        float(max(m.max() for m in data.duration_matrices())) * len(loads),
        float(max(c.service_duration for c in data.clients())) * len(loads),
    )
    largest = max(1e5, 1e3 * max(*start[0], start[1], start[2], 0.0), 10 * prize)
    params = PenaltyParams(min_penalty=0.1, max_penalty=min(largest, SAFE / worst / 10))
    return PenaltyManager(start, params)


def _loads(data: pyvrp.ProblemData) -> NDArray[np.float64]:
    """A row per client: what it takes off the vehicle and what it puts on it."""
    brought = np.array([c.delivery for c in data.clients()], dtype=np.float64)
    fetched = np.array([c.pickup for c in data.clients()], dtype=np.float64)
    return np.asarray(brought + fetched, dtype=np.float64)
