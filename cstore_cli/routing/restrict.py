"""The part of a problem that some of its clients make, small enough to send."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cstore_cli.routing.problem import Lock, Problem


def restrict(problem: Problem, clients: Sequence[int]) -> Problem:
    """
    Return the problem of ``clients``, renumbered in the order given.

    Kinds keep their numbers and lose their pools, which are the master's to watch, as
    are rooms. Locations that are left without a client or depot are dropped from the
    matrices.
    """
    chosen = [problem.clients[i] for i in clients]
    used = {c.location for c in chosen}
    used |= {d for k in problem.kinds for d in (k.start_depot, k.end_depot)}
    places = sorted(used)
    number_of = {place: number for number, place in enumerate(places)}
    grid = np.ix_(places, places)
    new = {i: number for number, i in enumerate(clients)}
    return Problem(
        clients=tuple(replace(c, location=number_of[c.location]) for c in chosen),
        kinds=tuple(
            replace(
                k,
                start_depot=number_of[k.start_depot],
                end_depot=number_of[k.end_depot],
                pool=None,
            )
            for k in problem.kinds
        ),
        distance=tuple(matrix[grid] for matrix in problem.distance),
        duration=tuple(matrix[grid] for matrix in problem.duration),
        docks=tuple(
            replace(d, depot=number_of[d.depot])
            for d in problem.docks
            if d.depot in number_of
        ),
        locks=tuple(
            Lock(tuple(new[i] for i in lock.clients if i in new))
            for lock in problem.locks
        ),
    )
