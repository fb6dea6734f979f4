"""How vans drive from stop to stop on the map."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from days import at, day, dc, hhmm, leg, settings, store
from equator import KM
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.of_day import DayTravel
from cstore_cli.travel.ways import ways_of

# Over the bridge from 0 by 1 to 2, or along the coast from 0 to 2; north of 2, node 3
# that no road reaches. The ferry is parallel to the coast and slower, but in the peak.
NODES = {"0": (0.0, 0.0), "1": (0.0, KM), "2": (0.0, 2 * KM), "3": (50 * KM, 2 * KM)}
LINKS = [
    ("0", "1", 1.0, 10.0, 50.0, None),
    ("1", "2", 1.0, 10.0, 50.0, None),
    ("0", "2", 4.0, 40.0, 90.0, "0.0,0.0 0.01,-0.02 0.015,-0.01 0.018,0.0"),
    ("0", "2", 3.0, 80.0, 80.0, "0.0,0.0 0.01,0.03 0.018,0.0"),
    ("2", "0", 2.0, 20.0, 20.0, None),
    ("3", "2", 50.0, 60.0, 60.0, None),
]
BRIDGE = [(0.0, 0.0), (0.0, KM), (0.0, 2 * KM)]
COAST = [(0.0, 0.0), (-0.02, 0.01), (-0.01, 0.015), (0.0, 2 * KM)]
FERRY = [(0.0, 0.0), (0.03, 0.01), (0.0, 2 * KM)]
DC, STORE = (0.001, 0.0), (0.001, 2 * KM)


def roads(inputs, nodes, links, geometry=True):
    names = ("from_node", "to_node", "length_km", "freeflow_min", "am_time_min")
    table = {name: [link[k] for link in links] for k, name in enumerate(names)}
    if geometry:
        table["geom_lonlat"] = [link[5] for link in links]
    points = {
        "node": list(nodes),
        "lat": [lat for lat, _ in nodes.values()],
        "lon": [lon for _, lon in nodes.values()],
    }
    return replace(
        inputs,
        road_nodes=pl.DataFrame(points),
        road_links=pl.DataFrame(table, schema_overrides={"geom_lonlat": pl.String}),
    )


def by_road(closures=(), *, geometry=True, to=STORE, **travel):
    inputs = day(
        stores=[store("S1", lat=to[0], lon=to[1])],
        dcs=[dc(lat=DC[0], lon=DC[1])],
        closures=closures,
    )
    inputs = roads(inputs, NODES, LINKS, geometry)
    return DayTravel(inputs, settings(travel={"source": "roads"} | travel))


def shut(start, end, *ends):
    return {
        "from_node": ends[0],
        "to_node": ends[1],
        "from": at(start),
        "to": at(end),
    }


def stops(*rows):
    """Each a place and when the van leaves it, of route R."""
    return pl.DataFrame(
        [("R", place, hhmm(leaves)) for place, leaves in rows],
        schema={"route_id": pl.String, "location_id": pl.String, "leaves": pl.Int64},
        orient="row",
    )


def way(travel, leaves="09:30", frm="DC", to="S1"):
    [found] = ways_of(stops((frm, leaves), (to, "23:00")), travel)["R"]
    return [tuple(point) for point in found.tolist()]


def test_a_way_leads_from_the_place_along_the_fastest_road_to_the_place():
    """By the nodes it was joined to."""
    assert way(by_road()) == [DC, *BRIDGE, STORE]
    assert way(by_road(), frm="S1", to="DC") == [STORE, BRIDGE[2], BRIDGE[0], DC]


def test_the_fastest_of_parallel_links_is_drawn_as_it_runs():
    """The coast in fair traffic, the ferry in the peak."""
    closed = [shut("09:00", "12:00", "1", "2")]
    travel = by_road(closed, base="network_periods")

    assert way(travel, "11:00") == [DC, *COAST, STORE]
    assert way(travel, "09:30") == [DC, *FERRY, STORE]


def test_the_hour_decides_what_is_fastest():
    """In the peak the bridge takes 100 minutes, from ten on 20."""
    travel = by_road(base="network_periods")

    assert way(travel, "09:59") == [DC, *FERRY, STORE]
    assert way(travel, "10:00") == [DC, *BRIDGE, STORE]


def test_closed_links_are_avoided_while_they_are_closed():
    travel = by_road([shut("10:00", "11:00", "0", "1")])

    assert way(travel, "09:59") == [DC, *BRIDGE, STORE]
    assert way(travel, "10:00") == [DC, *COAST, STORE]
    assert way(travel, "11:00") == [DC, *BRIDGE, STORE]


def test_where_all_is_closed_the_van_waits_for_the_first_opening():
    """The coast opens first, an hour later the bridge."""
    travel = by_road(
        [shut("10:00", "12:00", "0", "2"), shut("10:00", "13:00", "0", "1")]
    )

    assert way(travel, "10:30") == [DC, *COAST, STORE]
    assert travel.clock("DC").distance_km(0, 1, 630) > 4


def test_links_without_a_shape_are_straight():
    travel = by_road([shut("10:00", "11:00", "0", "1")], geometry=False)

    assert way(travel, "10:00") == [DC, COAST[0], COAST[-1], STORE]


def test_where_no_road_leads_the_way_is_straight():
    """Node 3 has a road out only."""
    there = (50 * KM, 2 * KM)

    assert way(by_road(to=there)) == [DC, there]
    assert way(by_road(to=there), frm="S1", to="DC")[1:3] == [there, BRIDGE[2]]


def test_a_place_too_far_from_the_roads_is_reached_straight():
    far = (20 * KM, 0.0)

    assert way(by_road(to=far)) == [DC, far]


@pytest.mark.parametrize("source", ["geodesic", "matrix"])
def test_without_roads_ways_are_straight(source):
    """Also where the tables of the roads are there."""
    legs = [leg("DC", "S1", 30), leg("S1", "DC", 30)]
    inputs = day(
        stores=[store("S1", lat=STORE[0], lon=STORE[1])],
        dcs=[dc(lat=DC[0], lon=DC[1])],
        matrix=legs,
    )
    travel = DayTravel(roads(inputs, NODES, LINKS), settings(travel={"source": source}))

    assert way(travel) == [DC, STORE]


def test_each_row_but_the_last_has_its_way():
    """One point twice where the van stays; routes apart, also when rows alternate."""
    one = stops(("DC", "09:30"), ("S1", "10:00"), ("S1", "10:10"), ("DC", "11:00"))
    other = one[[0, 1]].with_columns(pl.lit("Q").alias("route_id"))
    mixed = pl.concat([one[:1], other[:1], one[1:2], other[1:], one[2:]])

    ways = ways_of(mixed, by_road())

    assert [len(way) for way in ways["R"]] == [5, 2, 4]
    assert ways["R"][1].tolist() == [list(STORE)] * 2
    assert [way.tolist() for way in ways["Q"]] == [ways["R"][0].tolist()]


def test_a_day_without_routes_has_no_ways():
    assert ways_of(stops(), by_road()) == {}


@st.composite
def networks(draw):
    """Nodes in the plane, links as long as they are, each hour's minutes free."""
    n = draw(st.integers(2, 6))
    degree = st.integers(0, 40).map(lambda k: k / 1000)
    spot = st.tuples(degree, degree)
    nodes = {
        str(k): spot
        for k, spot in enumerate(draw(st.lists(spot, min_size=n, max_size=n)))
    }
    end = st.integers(0, n - 1).map(str)
    minutes = st.integers(1, 9).map(float)
    ends = draw(st.lists(st.tuples(end, end), min_size=1, max_size=14, unique=True))
    links = []
    for a, b in ends:
        free = draw(minutes)
        km = float(straight_km(*nodes[a], *nodes[b]))
        links.append((a, b, round(km, 3), free, free + draw(minutes), None))
    closed = draw(st.lists(st.sampled_from(ends), max_size=3, unique=True))
    return nodes, links, [c for c in closed if c[0] != c[1]], draw(spot), draw(spot)


@tries(max_examples=150)
@given(networks(), st.sampled_from(["08:00", "09:59", "10:00", "12:00", "23:30"]))
def test_a_way_is_as_long_as_the_plan_says(network, leaves):
    """To the metre that each link is rounded to, whatever is closed from 09:00."""
    nodes, links, closed, here, there = network
    inputs = day(
        stores=[store("S1", lat=there[0], lon=there[1])],
        dcs=[dc(lat=here[0], lon=here[1])],
        closures=[shut("09:00", "11:00", *ends) for ends in closed],
    )
    rules = {"source": "roads", "base": "network_periods", "circuity": 1}
    travel = DayTravel(
        roads(inputs, nodes, links), settings(travel=rules | {"snap_limit_km": 9})
    )
    told_km = travel.clock("DC").distance_km(0, 1, hhmm(leaves))

    [found] = ways_of(stops(("DC", leaves), ("S1", "23:59")), travel)["R"]

    lat, lon = found.T
    drawn_km = straight_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
    if np.isnan(told_km):
        assert len(found) == 2
    elif here != there:
        assert drawn_km == pytest.approx(told_km, abs=0.001 * len(links))
