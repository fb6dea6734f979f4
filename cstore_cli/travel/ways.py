"""The ways of vans on the map: along the roads where the network has them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from cstore_cli.travel.arrays import Bools, Floats, Ints
from cstore_cli.travel.of_day import DayTravel
from cstore_cli.travel.paths import paths
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import RoadNetwork
from cstore_cli.travel.snap import join

Way = Floats
"""Points of a way, (n, 2), latitude and longitude in degrees."""


def ways_of(stops: pl.DataFrame, travel: DayTravel) -> dict[str, tuple[Way, ...]]:
    """
    How the vans of a day's plan drive from each of their stops to the next.

    Parameters
    ----------
    stops
        Rows route_id, location_id, leaves (minutes after midnight), each route's in
        the order driven.
    travel
        The day's roads: a leg takes the fastest path of the hour it sets out, the one
        whose kilometres `DcClock` tells; where that is closed, that of its opening.

    Returns
    -------
    dict[str, tuple[Way, ...]]
        Route: the ways from its row k to its row k + 1. A way is straight where there
        is no road, and one point twice where the place is the same.
    """
    if stops.is_empty():
        return {}
    ids = stops["location_id"].unique(maintain_order=True).to_list()
    places = _places(ids, travel)
    at = np.column_stack((places.lat, places.lon))
    number = {place: i for i, place in enumerate(ids)}
    place = stops["location_id"].replace_strict(number, return_dtype=pl.Int64)
    rows = stops.select("route_id", "leaves").with_columns(place.alias("start"))
    legs = rows.with_columns(
        pl.col("start").shift(-1).over("route_id").alias("end")
    ).filter(pl.col("end").is_not_null())
    start, end = legs["start"].to_numpy(), legs["end"].to_numpy()
    ways = [at[[i, j]] for i, j in zip(start.tolist(), end.tolist(), strict=True)]
    if travel.settings.source == "roads":
        for k, between in _by_road(places, start, end, legs["leaves"], travel):
            ways[k] = np.concatenate((ways[k][:1], between, ways[k][1:]))
    told: dict[str, list[Way]] = {route: [] for route in rows["route_id"]}
    for route, way in zip(legs["route_id"], ways, strict=True):
        told[route].append(way)
    return {route: tuple(own) for route, own in told.items()}


def _places(ids: Sequence[str], travel: DayTravel) -> Places:
    inputs = travel.inputs
    known = {
        place: (lat, lon)
        for table, key in (
            (inputs.stores, "store_id"),
            (inputs.distribution_centers, "dc_id"),
        )
        for place, lat, lon in table.select(key, "lat", "lon").iter_rows()
    }
    lat, lon = np.array([known[place] for place in ids]).reshape(-1, 2).T
    return Places(tuple(ids), lat, lon)


def _by_road(
    places: Places, start: Ints, end: Ints, leaves: pl.Series, travel: DayTravel
) -> Iterator[tuple[int, Floats]]:
    """Legs that have a road, each with the points between its places."""
    nodes, links = travel.inputs.road_nodes, travel.inputs.road_links
    if nodes is None or links is None:
        return
    network = RoadNetwork.from_frames(nodes, links)
    shapes = _Shapes(network, links)
    joined = join(places, network, travel.settings)
    is_near: Bools = np.isfinite(joined.leg_km)
    waits = (start != end) & is_near[start] & is_near[end]
    changes = list(travel.networks)[1:]
    first = np.array([bisect_right(changes, minute) for minute in leaves], dtype=int)
    for k, (period, closed) in enumerate(travel.networks.values()):
        now = np.flatnonzero(waits & (first <= k))
        if not len(now):
            continue
        from_node, to_node = joined.node[start[now]], joined.node[end[now]]
        open_roads = network.without(closed)
        found = paths(open_roads, from_node, to_node, period)
        for leg, node, path in zip(now.tolist(), from_node, found, strict=True):
            if path is not None:
                waits[leg] = False
                yield leg, shapes.along(int(node), open_roads.row[path])


class _Shapes:
    """How links run on the map; straight where the table does not tell."""

    def __init__(self, network: RoadNetwork, links: pl.DataFrame) -> None:
        self._nodes = np.column_stack((network.lat, network.lon))
        self._end = dict(zip(network.row.tolist(), network.end.tolist(), strict=True))
        told = links["geom_lonlat"] if "geom_lonlat" in links.columns else None
        self._told = told
        self._known: dict[int, Floats] = {}

    def along(self, node: int, rows: Ints) -> Floats:
        """Points (n, 2) from a node over the links of these rows of their table."""
        return np.concatenate((self._nodes[[node]], *map(self._link, rows.tolist())))

    def _link(self, row: int) -> Floats:
        """Points of a link after the node it starts from."""
        if row not in self._known:
            text = None if self._told is None else self._told[row]
            end = self._nodes[[self._end[row]]]
            points = [] if text is None else text.split(" ")[1:-1]
            between = [point.split(",")[::-1] for point in points]
            own = np.array(between, dtype=np.float64).reshape(-1, 2)
            self._known[row] = np.concatenate((own, end))
        return self._known[row]
