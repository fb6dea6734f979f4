"""Walks from each of some places to each of others, as far as people walk."""

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import WalkSettings
from cstore_cli.travel.arrays import Floats, Ints
from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.near import Near, near_of, nearest, within
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import CELLS_PER_BLOCK, RoadNetwork


def walks(
    origins: Places,
    targets: Places,
    settings: WalkSettings,
    limit_km: float,
    nodes: pl.DataFrame | None = None,
    links: pl.DataFrame | None = None,
) -> Near:
    """
    For each origin (n,) the targets (m,) at most ``limit_km`` away on foot.

    Parameters
    ----------
    origins, targets
        Where to walk from and to; a place may be in both.
    settings
        The source: straight lines times circuity, or the shortest way along the
        links, walked in both directions (Dijkstra (1959), doi:10.1007/BF01386390),
        with the straight line to the nearest node at both ends. A place further than
        ``snap_limit_km`` from its node has no walks.
    limit_km
        Longest walk; inf for all there are.
    nodes, links
        The road tables of RoadNetwork.from_frames, when the source is roads.

    Raises
    ------
    InputError
        When the road tables are needed and not given, or cannot be used.
    """
    if settings.source == "geodesic":
        return _straight(origins, targets, settings.circuity, limit_km)
    if nodes is None or links is None:
        raise InputError(
            "walk is from source: roads, which needs road_nodes and road_links among "
            "the tables of the config"
        )
    network = RoadNetwork.from_frames(nodes, links)
    return _along_roads(origins, targets, network, settings.snap_limit_km, limit_km)


def _straight(
    origins: Places, targets: Places, circuity: float, limit_km: float
) -> Near:
    if np.isfinite(limit_km):
        # Kilometres on foot decide: of the straight ones a hair more is looked at.
        radius_km = limit_km / circuity * (1 + 1e-9)
        near = within(origins.lat, origins.lon, targets.lat, targets.lon, radius_km)
        point = near.point
        km = circuity * near.km
        inside = km <= limit_km
        return near_of(point[inside], near.index[inside], km[inside], len(origins))
    km = circuity * straight_km(
        origins.lat[:, None], origins.lon[:, None], targets.lat, targets.lon
    )
    pairs = np.indices(km.shape).reshape(2, -1)
    return near_of(pairs[0], pairs[1], km.ravel(), len(origins))


def _along_roads(
    origins: Places,
    targets: Places,
    network: RoadNetwork,
    snap_limit_km: float,
    limit_km: float,
) -> Near:
    from_node, from_leg_km = _snapped(origins, network, snap_limit_km)
    to_node, to_leg_km = _snapped(targets, network, snap_limit_km)
    graph = _footpaths(network)
    can_leave = np.flatnonzero(np.isfinite(from_leg_km))
    starts, row = np.unique(from_node[can_leave], return_inverse=True)
    of_row = np.split(can_leave[np.argsort(row, kind="stable")], _ends(row))
    widest = max(1, len(network.node_ids), len(targets))
    block = max(1, CELLS_PER_BLOCK // widest)
    found: list[tuple[Ints, Ints, Floats]] = []
    for first in range(0, len(starts), block):
        some = starts[first : first + block]
        way_km = dijkstra(graph, directed=False, indices=some, limit=limit_km)
        way_km = way_km[:, to_node] + to_leg_km
        for k in range(len(some)):
            here = of_row[first + k]
            km = from_leg_km[here, None] + way_km[k]
            point, index = np.nonzero(np.isfinite(km) & (km <= limit_km))
            found.append((here[point], index, km[point, index]))
    parts = [np.concatenate(part) for part in zip(*found, strict=True)]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return near_of(none, none, np.zeros(0), len(origins))
    return near_of(parts[0], parts[1], parts[2], len(origins))


def _ends(row: Ints) -> Ints:
    """Where each group of equal rows ends, but the last."""
    ends: Ints = np.cumsum(np.bincount(row))[:-1]
    return ends


def _snapped(
    places: Places, network: RoadNetwork, snap_limit_km: float
) -> tuple[Ints, Floats]:
    """Node of each place and the straight km to it, inf where that is too far."""
    node, snap_km = nearest(places.lat, places.lon, network.lat, network.lon)
    return node, np.where(snap_km <= snap_limit_km, snap_km, np.inf)


def _footpaths(network: RoadNetwork) -> csr_array:
    """The shortest link between each pair of nodes, whichever way it is driven."""
    low = np.minimum(network.start, network.end)
    high = np.maximum(network.start, network.end)
    order = np.lexsort((network.length_km, high, low))
    low, high, km = low[order], high[order], network.length_km[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    n = len(network.node_ids)
    return csr_array((km[is_new], (low[is_new], high[is_new])), shape=(n, n))
