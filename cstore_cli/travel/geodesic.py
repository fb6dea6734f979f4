"""Straight lines on the sphere, and driving along them made longer."""

import numpy as np
import numpy.typing as npt

from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.places import Places

EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 of WGS84: Moritz (2000), doi:10.1007/s001900050278."""
MIN_PER_H = 60


def straight_km(
    lat1: npt.ArrayLike, lon1: npt.ArrayLike, lat2: npt.ArrayLike, lon2: npt.ArrayLike
) -> Floats:
    """
    Great-circle kilometres between points in degrees, pair by pair (broadcast).

    The haversine: exact on the sphere for near points, where the cosine rule is not;
    the sphere is within 0.6 % of the ellipsoid.
    Source: Sinnott (1984), Virtues of the Haversine, Sky and Telescope 68:159.
    """
    phi1, lambda1, phi2, lambda2 = map(np.radians, (lat1, lon1, lat2, lon2))
    haversine = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin((lambda2 - lambda1) / 2) ** 2
    )
    arc: Floats = 2 * np.arcsin(np.sqrt(np.minimum(haversine, 1)))
    return EARTH_RADIUS_KM * arc


def geodesic_legs(places: Places, settings: TravelSettings) -> tuple[Floats, Floats]:
    """Return km and minutes (n, n): straight km times circuity, at one speed."""
    lat, lon = places.lat, places.lon
    km = settings.circuity * straight_km(lat[:, None], lon[:, None], lat, lon)
    return km, km / settings.speed_kmh * MIN_PER_H
