"""What it costs besides that every client hangs together with the depot."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]


def connect(legs: Floats, unserved: Floats) -> float:
    """
    Add what the way from the depot to each client costs at least; take it off ``legs``.

    ``legs`` (the depot last) and ``unserved`` are costs of at least 0, edited in
    place. For any set S of clients some leg enters S, or a client of S is unserved:

        sum_{i not in S, j in S} x_ij + sum_{j in S} u_j >= 1                  (1)

    S is each group that the legs free of cost join both ways and none enters; its (1)
    is worth the least cost of what is in it. That is taken off, until every client
    has a free way: a least arborescence, by duals. Infinite if there is none.

    References
    ----------
    Fulkerson (1974), doi:10.1007/BF01585500.
    """
    free_up_to = 1e-12 * max(
        legs.max(initial=0, where=np.isfinite(legs)),
        unserved.max(initial=0, where=np.isfinite(unserved)),
    )
    total = 0.0
    while True:
        free = legs <= free_up_to
        free[-1, :-1] |= unserved <= free_up_to
        free[:, -1] = False
        num_groups, group = connected_components(
            csr_array(free), directed=True, connection="strong"
        )
        outside = group[:, None] != group[:-1]
        entered = np.zeros(num_groups, dtype=bool)
        entered[group[-1]] = True
        entered[group[:-1][(free[:, :-1] & outside).any(axis=0)]] = True
        if entered.all():
            return total
        least = np.minimum(
            legs[:, :-1].min(axis=0, initial=np.inf, where=outside), unserved
        )
        worth = np.full(num_groups, np.inf)
        np.minimum.at(worth, group[:-1], least)
        worth[entered] = 0
        total += float(worth.sum())
        if np.isinf(total):
            return total
        legs[:, :-1] -= outside * worth[group[:-1]]
        unserved -= worth[group[:-1]]
