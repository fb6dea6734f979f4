"""Tests of straight lines on the sphere."""

import numpy as np
import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.geodesic import EARTH_RADIUS_KM, geodesic_legs, straight_km
from cstore_cli.travel.matrix import travel_matrix
from cstore_cli.travel.places import Places


@pytest.mark.parametrize(
    ("lat1", "lon1", "lat2", "lon2", "km"),
    [
        (36.12, -86.67, 33.94, -118.40, 2886.45),  # Rosetta Code, Haversine formula
        (0, 0, 0, 90, np.pi / 2 * EARTH_RADIUS_KM),  # a quarter of the equator
        (90, 0, -90, 77, np.pi * EARTH_RADIUS_KM),  # pole to pole
        (10, 179.5, 10, -179.5, 109.51),  # over 180 degrees, not round the earth
        (25.04, 121.5, 25.04, 121.5, 0),
    ],
)
def test_known_distances(lat1, lon1, lat2, lon2, km):
    """Published or known without computing; the first scaled from 6,372.8 km."""
    assert straight_km(lat1, lon1, lat2, lon2) == pytest.approx(km, abs=0.01)


def test_legs_are_straight_km_times_circuity_at_one_speed():
    """One degree of latitude is 111.195 km."""
    places = Places(("a", "b"), np.array([24.0, 25.0]), np.array([121.0, 121.0]))
    settings = TravelSettings(circuity=1.5, speed_kmh=30)

    km, minutes = geodesic_legs(places, settings)

    assert km[0, 1] == km[1, 0] == pytest.approx(1.5 * 111.195, abs=0.001)
    assert minutes == pytest.approx(km * 2)


def test_geodesic_matrix_reaches_everything():
    """No place is cut off, and a place is at itself."""
    places = Places(("a", "b"), np.array([24.0, 25.0]), np.array([121.0, 121.0]))

    matrix = travel_matrix(places, TravelSettings())

    assert matrix.reachable.all()
    assert matrix.unreachable_from(0) == ()
    assert not matrix.distance_km.diagonal().any()
    with pytest.raises(ValueError, match="read-only"):
        matrix.distance_km[0, 1] = 1


def test_no_places_is_an_empty_matrix():
    """So that a DC without stores is no special case."""
    none = Places((), np.zeros(0), np.zeros(0))

    assert travel_matrix(none, TravelSettings()).duration_min.shape == (0, 0)


def test_swapped_coordinates_are_named():
    """Latitude 121 is not on the earth."""
    with pytest.raises(InputError, match=r"b is at 121\.5, 25\.0"):
        Places(("a", "b"), np.array([25.0, 121.5]), np.array([121.5, 25.0]))


def test_repeated_id_is_named():
    """Two places of one id would be one row of a table."""
    with pytest.raises(InputError, match="a comes 2 times"):
        Places(("a", "a"), np.zeros(2), np.zeros(2))


def test_closed_links_without_roads_are_refused():
    """Rather than driven through."""
    places = Places(("a",), np.zeros(1), np.zeros(1))

    with pytest.raises(InputError, match=r"close 1 road links.*source: geodesic"):
        travel_matrix(places, TravelSettings(), closed_links={("1", "2")})
