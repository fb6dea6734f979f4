"""Tests of places joined to a road network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.matrix import travel_matrix
from cstore_cli.travel.near import nearest
from cstore_cli.travel.places import Places
from cstore_cli.travel.roads import RoadNetwork

TAIPEI = Path(__file__).parents[3] / "shared" / "data" / "taipei"
needs_taipei = pytest.mark.skipif(
    not TAIPEI.exists(), reason=f"the shared road network is not at {TAIPEI}"
)

NODES = pl.DataFrame(
    {"node": ["P", "Q"], "lon": [121.0, 121.1], "lat": [25.0, 25.0]},
)
LINKS = pl.DataFrame(
    {
        "from_node": ["P", "Q"],
        "to_node": ["Q", "P"],
        "length_km": [12.0, 13.0],
        "freeflow_min": [20.0, 21.0],
        "am_time_min": [40.0, 41.0],
    }
)
SETTINGS = TravelSettings(
    source="roads", circuity=1.5, snap_limit_km=2, snap_speed_kmh=15
)


def matrix(lat, lon, **options):
    ids = tuple("abcdef"[: len(lat)])
    places = Places(ids, np.array(lat), np.array(lon))
    return travel_matrix(places, SETTINGS, nodes=NODES, links=LINKS, **options)


def test_snapping_legs_are_added_at_both_ends():
    """A is 1.112 km north of P, 1.668 km to drive, 6.672 min; b is at Q."""
    travel = matrix([25.01, 25.0], [121.0, 121.1])

    assert travel.distance_km[0, 1] == pytest.approx(12 + 1.668, abs=0.001)
    assert travel.duration_min[0, 1] == pytest.approx(20 + 6.672, abs=0.001)
    assert travel.duration_min[1, 0] == pytest.approx(21 + 6.672, abs=0.001)


def test_places_of_one_node_are_both_legs_apart():
    """Some 1,627 Taipei stores share 1,070 nodes."""
    travel = matrix([25.01, 24.99], [121.0, 121.0])

    assert travel.distance_km[0, 1] == pytest.approx(2 * 1.668, abs=0.001)


def test_a_place_to_itself_is_nothing():
    """Also off its node, also beyond the limit."""
    travel = matrix([25.01, 26.0], [121.0, 121.0])

    assert travel.distance_km.diagonal().tolist() == [0, 0]
    assert travel.duration_min.diagonal().tolist() == [0, 0]
    assert travel.reachable.diagonal().all()


def test_a_place_beyond_the_limit_is_named_and_out_of_reach():
    """From everything and to everything."""
    travel = matrix([25.0, 26.0, 25.0], [121.0, 121.0, 121.1])

    assert travel.snap_report.beyond == ("b",)
    assert travel.snap_report.max_km == pytest.approx(111.195, abs=0.001)
    assert travel.snap_report.median_km == 0
    assert travel.unreachable_from(0) == ("b",)
    assert travel.unreachable_from(1) == ("a", "c")
    assert np.isnan(travel.duration_min[0, 1])
    assert np.isnan(travel.distance_km[1, 2])


def test_closed_link_leaves_one_way():
    """P to Q is closed, Q to P is not."""
    travel = matrix([25.0, 25.0], [121.0, 121.1], closed_links={("P", "Q")})

    assert travel.unreachable_from(0) == ("b",)
    assert travel.duration_min[1, 0] == 21


def test_period_is_the_networks():
    """And its distance stays."""
    travel = matrix([25.0, 25.0], [121.0, 121.1], period="am")

    assert (travel.duration_min[0, 1], travel.distance_km[0, 1]) == (40, 12)


def test_no_places_is_an_empty_matrix():
    """So that a DC without stores is no special case."""
    travel = matrix([], [])

    assert travel.duration_min.shape == (0, 0)
    assert travel.snap_report.beyond == ()


def test_roads_without_tables_are_refused():
    """Naming what to add."""
    places = Places(("a",), np.zeros(1), np.zeros(1))

    with pytest.raises(InputError, match="needs road_nodes and road_links"):
        travel_matrix(places, SETTINGS)


@needs_taipei
def test_main_station_to_taipei_101():
    """
    The check by hand in PROVENANCE.md, between nodes: 9.9 min and 14.9 min are of the
    fastest path, which is 7.78 km; 6.96 km are of the shortest.
    """
    nodes = pl.read_csv(TAIPEI / "road_nodes.csv.gz")
    links = pl.read_csv(TAIPEI / "road_links.csv.gz", infer_schema_length=None)
    roads = RoadNetwork.from_frames(nodes, links)
    by_km = replace(roads, duration_min={"freeflow": roads.length_km})
    lat, lon = np.array([25.0478, 25.0340]), np.array([121.5170, 121.5645])
    ends, _ = nearest(lat, lon, roads.lat, roads.lon)

    km, freeflow_min = roads.fastest(ends)
    _, am_min = roads.fastest(ends, "am")
    shortest_km, _ = by_km.fastest(ends)

    assert freeflow_min[0, 1] == pytest.approx(9.9, abs=0.05)
    assert am_min[0, 1] == pytest.approx(14.9, abs=0.05)
    assert km[0, 1] == pytest.approx(7.78, abs=0.005)
    assert shortest_km[0, 1] == pytest.approx(6.96, abs=0.01)
