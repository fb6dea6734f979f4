"""Tests of walks."""

import numpy as np
import pytest
from equator import links, nodes, row
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import WalkSettings
from cstore_cli.travel.walks import walks

ROADS = WalkSettings(source="roads", snap_limit_km=1)


def table(near):
    """The km of each pair (origin, target)."""
    return {
        (i, int(j)): float(km)
        for i in range(len(near.start) - 1)
        for j, km in zip(*near.of(i), strict=True)
    }


@pytest.mark.parametrize("limit_km", [1.3, 100, np.inf])
def test_straight_lines_are_made_longer(limit_km):
    """1 km straight is 1.3 km on foot, and just within 1.3."""
    near = walks(row(0), row(1, 5), WalkSettings(circuity=1.3), limit_km)

    far = {} if limit_km < 2 else {(0, 1): 6.5}
    assert table(near) == pytest.approx({(0, 0): 1.3, **far})


@pytest.mark.parametrize("km", np.linspace(0.1, 9, 60))
def test_walk_as_long_as_the_limit_is_within(km):
    """Whatever dividing by the circuity and multiplying again may lose."""
    settings = WalkSettings(circuity=1.37)
    [whole] = walks(row(0), row(km), settings, np.inf).km

    assert table(walks(row(0), row(km), settings, whole)) == {(0, 0): whole}


@pytest.mark.parametrize("limit_km", [3, np.inf])
def test_nearest_comes_first(limit_km):
    near = walks(row(0), row(2, 1, 0, 1), WalkSettings(circuity=1), limit_km)

    assert near.of(0)[0].tolist() == [2, 1, 3, 0]


def test_people_walk_against_one_way_streets():
    """The link leads from node 1 to node 0 only; both legs are straight, 0.1 km."""
    near = walks(row(0.1), row(2.1), ROADS, 9, nodes(0, 2), links((1, 0, 2.5)))

    assert table(near) == pytest.approx({(0, 0): 2.7})


def test_shortest_of_parallel_links_is_walked():
    """Whichever way it is driven, and not the fastest."""
    ways = links((0, 1, 2.5), (1, 0, 2.2), (0, 1, 3))

    near = walks(row(0), row(2), ROADS, 9, nodes(0, 2), ways)

    assert table(near) == pytest.approx({(0, 0): 2.2})


def test_legs_count_between_places_of_one_node():
    near = walks(row(0.1, 0.2), row(-0.1), ROADS, 9, nodes(0, 2), links((0, 1, 2)))

    assert table(near) == pytest.approx({(0, 0): 0.2, (1, 0): 0.3})


def test_limit_bounds_the_whole_walk():
    """The way of 2 km is within 2.1, the legs of 0.1 km make it 2.2."""
    ways = nodes(0, 2), links((0, 1, 2))

    assert table(walks(row(0.1), row(2.1), ROADS, 2.1, *ways)) == {}
    assert table(walks(row(0.1), row(2.1), ROADS, 2.2001, *ways)) != {}


def test_place_far_from_any_road_has_no_walks():
    """Also as a target; the others keep theirs."""
    places = row(0, 2, 3.5)

    near = walks(places, places, ROADS, np.inf, nodes(0, 2), links((0, 1, 2)))

    assert sorted(table(near)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_parts_of_the_network_that_nothing_joins_have_no_walks():
    ways = nodes(0, 1, 5, 6), links((0, 1, 1), (2, 3, 1))

    near = walks(row(0), row(1, 5), ROADS, np.inf, *ways)

    assert sorted(table(near)) == [(0, 0)]


@pytest.mark.parametrize("settings", [WalkSettings(), ROADS])
@pytest.mark.parametrize("limit_km", [1, np.inf])
@pytest.mark.parametrize(("num_from", "num_to"), [(0, 2), (2, 0), (0, 0)])
def test_no_places_have_no_walks(settings, limit_km, num_from, num_to):
    places = row(*range(num_from)), row(*range(num_to))

    near = walks(*places, settings, limit_km, nodes(0, 2), links((0, 1, 2)))

    assert near.start.tolist() == [0] * (num_from + 1)
    assert len(near.index) == len(near.km) == 0


def test_roads_need_their_tables():
    with pytest.raises(InputError, match="road_nodes and road_links"):
        walks(row(0), row(1), ROADS, 1)


@st.composite
def towns(draw):
    n = draw(st.integers(2, 6))
    ends = st.integers(0, n - 1)
    link = st.tuples(ends, ends, st.integers(0, 9))
    at = st.lists(st.integers(0, 3 * n), min_size=1, max_size=5)
    ways = draw(st.lists(link, min_size=1, max_size=9))
    return n, ways, draw(at), draw(at), draw(st.sampled_from([2, 5, np.inf]))


@given(towns())
def test_walks_match_trying_every_way(town):
    """Nodes 3 km apart; Floyd and Warshall's shortest ways in both directions."""
    n, ways, origins, targets, limit_km = town
    if all(a == b for a, b, _ in ways):
        ways = [*ways, (0, 1, 4)]
    way = np.full((n, n), np.inf)
    np.fill_diagonal(way, 0)
    for a, b, km in ways:
        way[a, b] = way[b, a] = min(way[a, b], km) if a != b else 0
    for k in range(n):
        way = np.minimum(way, way[:, [k]] + way[[k], :])
    places = row(*origins, name="o"), row(*targets, name="t")
    network = nodes(*(3 * k for k in range(n))), links(*ways)

    found = table(
        walks(
            *places, ROADS.model_copy(update={"snap_limit_km": 1.2}), limit_km, *network
        )
    )

    expected = {}
    for i, o in enumerate(origins):
        for j, t in enumerate(targets):
            (a, x), (b, y) = ((round(p / 3), abs(p - 3 * round(p / 3))) for p in (o, t))
            if max(a, b) < n and x + way[a, b] + y < limit_km - 1e-6:
                expected[i, j] = x + way[a, b] + y
    inside = {pair: km for pair, km in found.items() if km < limit_km - 1e-6}
    assert inside == pytest.approx(expected)
    assert all(km <= limit_km for km in found.values())
