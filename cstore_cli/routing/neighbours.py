"""Groups of routes that lie near one another, to be searched side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cstore_cli.routing.columns import Order
from cstore_cli.routing.problem import UNREACHABLE, Problem
from cstore_cli.routing.trips import clients_of

Floats = NDArray[np.float64]


def groups(
    problem: Problem,
    orders: Sequence[Order],
    num_groups: int,
    rng: np.random.Generator,
) -> list[list[int]]:
    """
    Split routes into ``num_groups`` of about as many clients, near one another.

    A group grows from the route farthest from a random one, always by the route
    nearest to it on average, until it has its share of the clients left; so the
    borders are elsewhere each time (POPMUSIC: Taillard and Voss 2002,
    doi:10.1007/978-1-4615-1507-4_27).
    """
    apart = _apart(problem, orders)
    sizes = np.array([len(clients_of(visits)) for _, visits in orders], dtype=float)
    left = list(range(len(orders)))
    made = []
    origin = int(rng.integers(len(orders)))
    for remaining in range(num_groups, 1, -1):
        if not left:
            break
        share = sizes[left].sum() / remaining
        first = max(left, key=lambda r: (apart[origin, r], -r))
        group = [first]
        left.remove(first)
        while left and sizes[group].sum() + sizes[left].min() / 2 < share:
            nearest = min(left, key=lambda r: (apart[first, r], r))
            group.append(nearest)
            left.remove(nearest)
        made.append(sorted(group))
    if left:
        made.append(left)
    return made


def _apart(problem: Problem, orders: Sequence[Order]) -> Floats:
    """Return the mean distance between the clients of each two routes."""
    visited = [clients_of(visits) for _, visits in orders]
    visits = [i for of_route in visited for i in of_route]
    places = [problem.clients[i].location for i in visits]
    matrix = np.minimum(problem.distance[0], UNREACHABLE)[np.ix_(places, places)]
    matrix = (matrix + matrix.T) / 2
    lengths = np.array([len(of_route) for of_route in visited])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    sums = np.add.reduceat(np.add.reduceat(matrix, starts, axis=0), starts, axis=1)
    return np.asarray(sums / np.outer(lengths, lengths), dtype=np.float64)
