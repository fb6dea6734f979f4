"""Distances and durations among places, whatever their source."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.arrays import Bools, Floats
from cstore_cli.travel.geodesic import geodesic_legs
from cstore_cli.travel.given import given_legs
from cstore_cli.travel.periods import Period
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import Link, RoadNetwork
from cstore_cli.travel.snap import SnapReport, road_legs


@dataclass(frozen=True, eq=False)
class TravelMatrix:
    """
    From place i to place j: ``distance_km[i, j]`` and ``duration_min[i, j]``, (n, n).

    Where ``reachable[i, j]`` is False both are nan, never inf. From a place to itself
    is 0 and reachable. ``snap_report`` is there when the source is roads. No array
    can be written to.
    """

    places: Places
    distance_km: Floats
    duration_min: Floats
    reachable: Bools
    snap_report: SnapReport | None = None

    def unreachable_from(self, i: int) -> tuple[str, ...]:
        """Ids of the places that place i has no way to."""
        return tuple(self.places.ids[j] for j in np.flatnonzero(~self.reachable[i]))


def matrix_of(
    places: Places,
    distance_km: Floats,
    duration_min: Floats,
    snap_report: SnapReport | None = None,
) -> TravelMatrix:
    """Return the matrix of legs (n, n), nan where there is none; the diagonal is 0."""
    distance_km, duration_min = distance_km.copy(), duration_min.copy()
    np.fill_diagonal(distance_km, 0)
    np.fill_diagonal(duration_min, 0)
    reachable = np.isfinite(distance_km) & np.isfinite(duration_min)
    distance_km[~reachable] = duration_min[~reachable] = np.nan
    for array in (distance_km, duration_min, reachable):
        array.flags.writeable = False
    return TravelMatrix(places, distance_km, duration_min, reachable, snap_report)


def travel_matrix(
    places: Places,
    settings: TravelSettings,
    *,
    nodes: pl.DataFrame | None = None,
    links: pl.DataFrame | None = None,
    matrix: pl.DataFrame | None = None,
    period: Period = "freeflow",
    closed_links: Collection[Link] = frozenset(),
) -> TravelMatrix:
    """
    Distances and durations among ``places`` under no conditions.

    Parameters
    ----------
    places
        Where to and from, n of them.
    settings
        The source, and what the source needs.
    nodes, links
        The road tables of RoadNetwork.from_frames, when the source is roads.
    matrix
        The table of given_legs, when the source is a matrix.
    period
        Which of the network's minutes; only roads know others than free-flow.
    closed_links
        Pairs of node ids, as text, that cannot be driven; only roads have them.

    Raises
    ------
    InputError
        When the table of the source is not given or cannot be used, or links are
        closed where there are none.
    """
    if settings.source == "roads":
        if nodes is None or links is None:
            raise _table_missing(settings, "road_nodes and road_links")
        network = RoadNetwork.from_frames(nodes, links)
        return matrix_of(
            places, *road_legs(places, network, settings, period, closed_links)
        )
    if closed_links:
        raise InputError(
            f"closures close {len(closed_links)} road links, but travel is from "
            f"source: {settings.source}; set source: roads or leave them out"
        )
    if period != "freeflow":
        raise ValueError(f"source: {settings.source} has no {period} minutes")
    if settings.source == "geodesic":
        return matrix_of(places, *geodesic_legs(places, settings))
    if matrix is None:
        raise _table_missing(settings, "travel_matrix")
    return matrix_of(places, *given_legs(places, matrix))


def _table_missing(settings: TravelSettings, tables: str) -> InputError:
    return InputError(
        f"travel is from source: {settings.source}, which needs {tables} among the "
        "tables of the config"
    )
