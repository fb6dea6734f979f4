"""Tests of the nearest search on the sphere."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.near import nearest, within

NONE = np.zeros(0)

# On a coarse grid, so that points share spots and distances tie.
POINTS = st.lists(
    st.tuples(st.integers(-90, 90), st.integers(-180, 180)), min_size=0, max_size=12
)


def degrees(points):
    array = np.array(points, dtype=float).reshape(-1, 2)
    return array[:, 0], array[:, 1]


@settings(max_examples=150, deadline=None)
@given(POINTS, POINTS, st.sampled_from([0.0, 120.0, 3_000.0, 30_000.0]))
def test_within_matches_trying_every_pair(points, targets, radius_km):
    """Also over the poles, over 180 degrees, and round the whole earth."""
    (lat, lon), (target_lat, target_lon) = degrees(points), degrees(targets)

    near = within(lat, lon, target_lat, target_lon, radius_km)

    assert near.start[-1] == len(near.index) == len(near.km)
    for i in range(len(points)):
        km = straight_km(lat[i], lon[i], target_lat, target_lon)
        expected = sorted((d, j) for j, d in enumerate(km) if d <= radius_km)
        index, found_km = near.of(i)
        assert index.tolist() == [j for _, j in expected]
        assert found_km.tolist() == [d for d, _ in expected]


@settings(max_examples=150, deadline=None)
@given(POINTS, POINTS.filter(bool))
def test_nearest_matches_trying_every_pair(points, targets):
    """No target is nearer than the one found."""
    (lat, lon), (target_lat, target_lon) = degrees(points), degrees(targets)

    index, km = nearest(lat, lon, target_lat, target_lon)

    for i in range(len(points)):
        every = straight_km(lat[i], lon[i], target_lat, target_lon)
        assert km[i] == every[index[i]] == pytest.approx(every.min(), abs=1e-6)


def test_nearest_of_targets_at_one_spot_is_the_first():
    """Whatever the order of the tree."""
    index, _ = nearest(np.zeros(1), np.zeros(1), np.ones(30), np.ones(30))

    assert index.tolist() == [0]


def test_targets_at_one_distance_come_by_index():
    """On one parallel, east and west of the point in turn, farthest first."""
    lon = np.repeat(np.arange(40, 0, -1), 2) * np.tile([1.0, -1.0], 40)

    near = within(np.zeros(1), np.zeros(1), np.zeros(80), lon, 30_000)

    pairs = [(2 * k, 2 * k + 1) for k in range(39, -1, -1)]
    assert near.index.tolist() == [i for pair in pairs for i in pair]


def test_nothing_to_search():
    """No points, no targets, neither."""
    one = np.ones(1)

    assert within(NONE, NONE, one, one, 1).start.tolist() == [0]
    assert within(one, one, NONE, NONE, 1).start.tolist() == [0, 0]
    assert nearest(NONE, NONE, one, one)[0].tolist() == []
    index, km = nearest(one, one, NONE, NONE)
    assert index.tolist() == [-1]
    assert np.isnan(km).all()


def test_a_city_takes_well_under_a_second():
    """20,000 customers, 1,627 stores in 15 x 15 km, 1 km."""
    random = np.random.default_rng(1)
    lat, lon = 25 + 0.15 * random.random(20_000), 121 + 0.15 * random.random(20_000)

    began = perf_counter()
    near = within(lat, lon, lat[:1627], lon[:1627], 1.0)

    assert perf_counter() - began < 2  # 0.2 s on a free machine
    assert len(near.index) > 100_000
