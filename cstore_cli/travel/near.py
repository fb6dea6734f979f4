"""
Nearest places on the sphere, found by chords.

A chord c joins two points of the unit sphere whose arc is a radians when

    c = 2 sin(a / 2)                                                          (1)

which grows with a, so the nearest by chord is the nearest by arc, and a k-d tree
of 3-D unit vectors searches the sphere without a seam at the poles or at 180 degrees.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from cstore_cli.travel.arrays import Floats, Ints
from cstore_cli.travel.geodesic import EARTH_RADIUS_KM, straight_km

# A chord is off by some 1e-16; the search looks this much wider, kilometres decide.
CHORD_SLACK = 1e-12


@dataclass(frozen=True, eq=False)
class Near:
    """
    What lies near each of n points, nearest first, as in a sparse row matrix.

    Near point i are ``index[start[i]:start[i + 1]]``, at ``km`` of the same slice;
    of two at the same distance, the lower index first.
    """

    start: Ints
    index: Ints
    km: Floats

    @property
    def point(self) -> Ints:
        """The point of each entry of ``index``."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def of(self, i: int) -> tuple[Ints, Floats]:
        """Return indices and km of what lies near point i."""
        row = slice(self.start[i], self.start[i + 1])
        return self.index[row], self.km[row]


def within(
    lat: Floats, lon: Floats, target_lat: Floats, target_lon: Floats, radius_km: float
) -> Near:
    """For each point (n,) in degrees the targets (m,) at most ``radius_km`` away."""
    n = len(lat)
    if n == 0 or len(target_lat) == 0:
        none = np.zeros(0, dtype=np.int64)
        return Near(np.zeros(n + 1, dtype=np.int64), none, np.zeros(0))
    arc = min(radius_km / EARTH_RADIUS_KM, np.pi)
    pairs = cKDTree(_unit_vectors(lat, lon)).sparse_distance_matrix(
        cKDTree(_unit_vectors(target_lat, target_lon)),
        2 * np.sin(arc / 2) + CHORD_SLACK,  # (1)
        output_type="ndarray",
    )
    point, index = pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)
    km = straight_km(lat[point], lon[point], target_lat[index], target_lon[index])
    inside = km <= radius_km
    point, index, km = point[inside], index[inside], km[inside]
    return near_of(point, index, km, n)


def near_of(point: Ints, index: Ints, km: Floats, num_points: int) -> Near:
    """Return pairs of a point and a target, in any order, as a `Near`."""
    order = np.lexsort((index, km, point))
    counts = np.bincount(point, minlength=num_points)
    start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Near(start, index[order], km[order])


def nearest(
    lat: Floats, lon: Floats, target_lat: Floats, target_lon: Floats
) -> tuple[Ints, Floats]:
    """
    For each point (n,) in degrees the nearest of the targets (m,), and its km.

    Of targets at one spot the lowest index; index -1 and nan km where m is 0.
    """
    n = len(lat)
    if n == 0 or len(target_lat) == 0:
        return np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    spots, first = np.unique(
        np.column_stack((target_lat, target_lon)), axis=0, return_index=True
    )
    tree = cKDTree(_unit_vectors(spots[:, 0], spots[:, 1]))
    _, spot = tree.query(_unit_vectors(lat, lon))
    index = first[spot].astype(np.int64)
    return index, straight_km(lat, lon, target_lat[index], target_lon[index])


def _unit_vectors(lat: Floats, lon: Floats) -> Floats:
    """Points of the unit sphere, (n, 3)."""
    phi, lam = np.radians(lat), np.radians(lon)
    vectors: Floats = np.column_stack(
        (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    )
    return vectors
