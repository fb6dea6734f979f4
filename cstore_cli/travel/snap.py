"""Places joined to the road network at their nearest node."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.arrays import Floats, Ints
from cstore_cli.travel.geodesic import MIN_PER_H
from cstore_cli.travel.near import nearest
from cstore_cli.travel.periods import Period
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import Link, RoadNetwork


@dataclass(frozen=True)
class SnapReport:
    """
    Straight km from places to their nearest nodes.

    ``beyond`` names the places further than ``limit_km``, which nothing reaches.
    """

    max_km: float
    median_km: float
    limit_km: float
    beyond: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Joined:
    """
    Nearest node of each place (n,), and the leg there.

    ``snap_km`` is the straight line; ``leg_km`` and ``leg_min`` are what is driven,
    nan where the node is too far.
    """

    node: Ints
    snap_km: Floats
    leg_km: Floats
    leg_min: Floats


def road_legs(
    places: Places,
    network: RoadNetwork,
    settings: TravelSettings,
    period: Period = "freeflow",
    closed_links: Collection[Link] = frozenset(),
) -> tuple[Floats, Floats, SnapReport]:
    """
    Return km and minutes (n, n) over roads, nan where there is no way.

    The leg between a place and its nearest node is the straight line times circuity,
    driven at ``snap_speed_kmh``; it is added at both ends, also between two places
    of one node.
    """
    joined = join(places, network, settings)
    nodes, row = np.unique(joined.node, return_inverse=True)
    km, minutes = network.without(closed_links).fastest(nodes, period)
    snap_km, leg_km, leg_min = joined.snap_km, joined.leg_km, joined.leg_min
    report = SnapReport(
        max_km=float(snap_km.max(initial=0)),
        median_km=float(np.median(snap_km)) if len(snap_km) else 0.0,
        limit_km=settings.snap_limit_km,
        beyond=tuple(places.ids[i] for i in np.flatnonzero(np.isnan(leg_km))),
    )
    return (
        km[np.ix_(row, row)] + (leg_km[:, None] + leg_km),
        minutes[np.ix_(row, row)] + (leg_min[:, None] + leg_min),
        report,
    )


def join(places: Places, network: RoadNetwork, settings: TravelSettings) -> Joined:
    """Join places to their nearest nodes."""
    node, snap_km = nearest(places.lat, places.lon, network.lat, network.lon)
    is_near = snap_km <= settings.snap_limit_km
    leg_km = np.where(is_near, settings.circuity * snap_km, np.nan)
    return Joined(node, snap_km, leg_km, leg_km / settings.snap_speed_kmh * MIN_PER_H)
