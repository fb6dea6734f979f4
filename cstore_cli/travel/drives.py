"""Drives from each of some places to each of others, whatever their source."""

import numpy as np
import polars as pl

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.geodesic import MIN_PER_H, straight_km
from cstore_cli.travel.given import given_legs
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import RoadNetwork
from cstore_cli.travel.snap import join


def drives(
    origins: Places,
    targets: Places,
    settings: TravelSettings,
    *,
    nodes: pl.DataFrame | None = None,
    links: pl.DataFrame | None = None,
    matrix: pl.DataFrame | None = None,
) -> tuple[Floats, Floats]:
    """
    Return km and minutes (n, m) of drives on empty roads; nan where there is no way.

    They are those of `travel_matrix`, without all the drives nobody asked for: roads
    are searched from the origins only. A place is 0 from itself, told by its id.

    Raises
    ------
    InputError
        When the table of the source is not given or cannot be used.
    """
    if settings.source == "geodesic":
        km = settings.circuity * straight_km(
            origins.lat[:, None], origins.lon[:, None], targets.lat, targets.lon
        )
        minutes = km / settings.speed_kmh * MIN_PER_H
    elif settings.source == "roads":
        km, minutes = _along_roads(origins, targets, settings, nodes, links)
    else:
        km, minutes = _as_given(origins, targets, matrix)
    ids = (np.array(places.ids, dtype=np.str_) for places in (origins, targets))
    same = np.equal.outer(*ids)
    return np.where(same, 0.0, km), np.where(same, 0.0, minutes)


def _along_roads(
    origins: Places,
    targets: Places,
    settings: TravelSettings,
    nodes: pl.DataFrame | None,
    links: pl.DataFrame | None,
) -> tuple[Floats, Floats]:
    if nodes is None or links is None:
        raise _table_missing("roads", "road_nodes and road_links")
    network = RoadNetwork.from_frames(nodes, links)
    start = join(origins, network, settings)
    end = join(targets, network, settings)
    starts, row = np.unique(start.node, return_inverse=True)
    ends, column = np.unique(end.node, return_inverse=True)
    km, minutes = network.fastest(starts, to=ends)
    cells = np.ix_(row, column)
    return (
        km[cells] + (start.leg_km[:, None] + end.leg_km),
        minutes[cells] + (start.leg_min[:, None] + end.leg_min),
    )


def _as_given(
    origins: Places, targets: Places, matrix: pl.DataFrame | None
) -> tuple[Floats, Floats]:
    if matrix is None:
        raise _table_missing("matrix", "travel_matrix")
    at = {
        place: (lat, lon)
        for places in (origins, targets)
        for place, lat, lon in zip(places.ids, places.lat, places.lon, strict=True)
    }
    lat, lon = np.array(list(at.values())).reshape(-1, 2).T
    km, minutes = given_legs(Places(tuple(at), lat, lon), matrix)
    number = {place: i for i, place in enumerate(at)}
    cells = np.ix_(
        [number[place] for place in origins.ids],
        [number[place] for place in targets.ids],
    )
    return km[cells], minutes[cells]


def _table_missing(source: str, tables: str) -> InputError:
    return InputError(
        f"travel is from source: {source}, which needs {tables} among the tables of "
        "the config"
    )
