"""The links of fastest paths, for few pairs of nodes that are mostly near."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from cstore_cli.travel.arrays import Ints
from cstore_cli.travel.lexicographic import encode
from cstore_cli.travel.periods import Period
from cstore_cli.travel.roads import CELLS_PER_BLOCK, RoadNetwork

_LIMITS_MIN = np.array([5, 10, 20, 40, np.inf])
"""A pair is sought within so many minutes; whoever is not found, within the next."""


def paths(
    network: RoadNetwork, start: Ints, end: Ints, period: Period
) -> list[Ints | None]:
    """
    Links of the fastest path from node start[k] to end[k], in order; None: no path.

    Of paths equally fast the shortest, as `RoadNetwork.fastest`; of those, always the
    same one, whichever others are asked for.
    """
    graph, link, bits = network.fastest_links(period)
    found: list[Ints | None] = [None] * len(start)
    left = np.arange(len(start))
    for limit in encode(_LIMITS_MIN, np.zeros(len(_LIMITS_MIN)), bits).tolist():
        near = _within(graph, start[left], end[left], limit)
        for k, cells in zip(left.tolist(), near, strict=True):
            found[k] = None if cells is None else link[cells]
        left = left[[cells is None for cells in near]]
    return found


def _within(
    graph: csr_array, start: Ints, end: Ints, limit: float
) -> list[list[int] | None]:
    """Cells of the graph's data along each path whose weight is up to ``limit``."""
    found: list[list[int] | None] = [None] * len(start)
    sources, row = np.unique(start, return_inverse=True)
    block = max(1, CELLS_PER_BLOCK // (8 * max(1, graph.shape[0])))
    for first in range(0, len(sources), block):
        weight, before = dijkstra(
            graph,
            indices=sources[first : first + block],
            limit=limit,
            return_predecessors=True,
        )
        here = np.flatnonzero((row >= first) & (row < first + block))
        for k in here[np.isfinite(weight[row[here] - first, end[here]])].tolist():
            found[k] = _walked(graph, before[row[k] - first], start[k], end[k])
    return found


def _walked(graph: csr_array, before: Ints, start: int, end: int) -> list[int]:
    """Cells of the graph's data from one node to another, by each node's last one."""
    cells: list[int] = []
    node = end
    while node != start:
        last = before.item(node)
        row = slice(graph.indptr[last], graph.indptr[last + 1])
        cells.append(int(row.start + np.searchsorted(graph.indices[row], node)))
        node = last
    return cells[::-1]
