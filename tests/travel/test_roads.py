"""Tests of fastest paths on a road network."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.travel.roads import RoadNetwork

UNREACHED = (10**9, 10**9)


def nodes_frame(num_nodes):
    """Nodes 0, 1, ... a hundredth of a degree apart."""
    return pl.DataFrame(
        {
            "node": range(num_nodes),
            "lon": [121 + 0.01 * i for i in range(num_nodes)],
            "lat": [25.0] * num_nodes,
        }
    )


def links_frame(*links):
    """Links as (from, to, metres, minutes[, am[, pm]])."""
    rows = [(*link, None, None)[:6] for link in links]
    return pl.DataFrame(
        [(a, b, m / 1000, f, am, pm) for a, b, m, f, am, pm in rows],
        schema={
            "from_node": pl.Int64,
            "to_node": pl.Int64,
            "length_km": pl.Float64,
            "freeflow_min": pl.Float64,
            "am_time_min": pl.Float64,
            "pm_time_min": pl.Float64,
        },
        orient="row",
    )


def network(num_nodes, *links):
    return RoadNetwork.from_frames(nodes_frame(num_nodes), links_frame(*links))


def fastest(roads, period="freeflow"):
    """Minutes and metres among all nodes; None where there is no path."""
    km, minutes = roads.fastest(np.arange(len(roads.node_ids)), period)
    return {
        (i, j): None if np.isnan(km[i, j]) else (minutes[i, j], round(km[i, j] * 1000))
        for i, j in np.ndindex(km.shape)
    }


def floyd_warshall(num_nodes, links):
    """Reference: least (minutes, metres) of all pairs, time first; Floyd (1962)."""
    nodes = range(num_nodes)
    best = {(i, j): (0, 0) if i == j else UNREACHED for i in nodes for j in nodes}
    for a, b, metres, minutes, *_ in links:
        best[a, b] = min(best[a, b], (minutes, metres))
    for k, i, j in product(nodes, nodes, nodes):
        through = tuple(x + y for x, y in zip(best[i, k], best[k, j], strict=True))
        best[i, j] = min(best[i, j], through)
    return {pair: None if t[0] >= 10**9 else t for pair, t in best.items()}


@st.composite
def networks(draw):
    """Few different minutes, so that paths tie; parallel links and self-loops too."""
    n = draw(st.integers(1, 7))
    node = st.integers(0, n - 1)
    link = st.tuples(node, node, st.integers(0, 900), st.integers(0, 3))
    return n, draw(st.lists(link, min_size=1, max_size=25))


@settings(max_examples=300, deadline=None)
@given(networks())
def test_matches_floyd_warshall(instance):
    """Minutes, and metres along the fastest path: the shortest of equally fast."""
    assert fastest(network(instance[0], *instance[1])) == floyd_warshall(*instance)


@settings(max_examples=100, deadline=None)
@given(networks(), st.data())
def test_closure_never_shortens(instance, data):
    """Nor opens a way where there was none."""
    roads = network(instance[0], *instance[1])
    pairs = sorted({(str(a), str(b)) for a, b, *_ in instance[1] if a != b})
    closed = data.draw(st.sets(st.sampled_from(pairs))) if pairs else set()

    before, after = fastest(roads), fastest(roads.without(closed))

    for pair, minutes_metres in after.items():
        assert minutes_metres is None or minutes_metres >= before[pair]


def test_fastest_of_parallel_links():
    """Not their sum, nor the shortest."""
    roads = network(2, (0, 1, 100, 9), (0, 1, 700, 2), (0, 1, 800, 2))

    assert fastest(roads)[0, 1] == (2, 700)


def test_self_loop_is_dropped():
    """A node is at itself, in no time."""
    roads = network(2, (0, 0, 100, 5), (0, 1, 100, 5))

    assert len(roads.start) == 1
    assert fastest(roads)[0, 0] == (0, 0)


def test_null_peak_reads_free_flow():
    """As the Taipei links say."""
    roads = network(2, (0, 1, 100, 5, 8, None))

    assert fastest(roads, "am")[0, 1] == (8, 100)
    assert fastest(roads, "pm")[0, 1] == (5, 100)


def test_peak_faster_than_free_flow_reads_free_flow():
    """A peak is never faster."""
    assert fastest(network(2, (0, 1, 100, 5, 4)), "am")[0, 1] == (5, 100)


def test_peak_columns_may_be_absent():
    """Then a peak is free-flow."""
    links = links_frame((0, 1, 100, 5)).drop("am_time_min", "pm_time_min")

    roads = RoadNetwork.from_frames(nodes_frame(2), links)

    assert fastest(roads, "am")[0, 1] == (5, 100)


def test_link_of_no_length_and_time_is_a_link():
    """A zero in a sparse matrix could be lost."""
    assert fastest(network(2, (0, 1, 0, 0)))[0, 1] == (0, 0)


def test_closing_a_pair_closes_its_parallel_links():
    """The detour is left."""
    roads = network(3, (0, 1, 1, 1), (0, 1, 2, 2), (0, 2, 5, 5), (2, 1, 5, 5))

    assert fastest(roads.without({("0", "1")}))[0, 1] == (10, 10)


def test_closing_an_unknown_link_is_refused():
    """Each is named: a closure with a typing error would close nothing."""
    with pytest.raises(InputError, match="no link 1 to 0") as refusal:
        network(2, (0, 1, 1, 1)).without({("1", "0"), ("0", "x"), ("0", "1")})

    assert len(refusal.value.faults) == 2


def test_searching_in_blocks_changes_nothing(monkeypatch):
    """One source at a time."""
    roads = network(3, (0, 1, 1, 1), (1, 2, 2, 2), (2, 0, 5, 5))
    at_once = fastest(roads)
    monkeypatch.setattr("cstore_cli.travel.roads.CELLS_PER_BLOCK", 1)

    assert fastest(roads) == at_once


def test_long_networks_keep_their_metres():
    """3,000 km of links: more than 2**20 metres on one path."""
    roads = network(4, *((i, i + 1, 1_000_000, 600) for i in range(3)))

    assert fastest(roads)[0, 3] == (1800, 3_000_000)


def test_times_too_long_to_sum_are_refused():
    """Microseconds in the column of minutes, say."""
    with pytest.raises(InputError, match="are the times minutes"):
        fastest(network(2, (0, 1, 100, 1e12)))


def test_every_fault_of_the_links_is_named():
    """With its row, not the first alone."""
    links = links_frame((0, 7, 100, 1), (0, 1, -5, 1), (0, 1, 5, 1, -2), (0, 1, 5, 2))

    with pytest.raises(InputError, match="3 faults") as refusal:
        RoadNetwork.from_frames(nodes_frame(2), links)

    assert [(fault.line, fault.column) for fault in refusal.value.faults] == [
        (2, "to_node"),
        (3, "length_km"),
        (4, "am_time_min"),
    ]


def test_many_faults_are_counted_and_20_shown():
    """So that the reader sees their number and the screen is not full."""
    links = links_frame(*((0, 9, 1, 1) for _ in range(50)))

    with pytest.raises(InputError, match="50 faults, the first 20") as refusal:
        RoadNetwork.from_frames(nodes_frame(2), links)

    assert len(refusal.value.faults) == 20


@pytest.mark.parametrize(
    ("links", "message"),
    [
        (links_frame(), "has no links"),
        (links_frame((0, 1, 1, None)), "freeflow_min: must be a number from 0, is No"),
        (links_frame((0, 1, 1, float("nan"))), "must be a number from 0, is nan"),
        (links_frame((0, 1, 1, 1)).drop("length_km"), "length_km: is missing"),
    ],
)
def test_unusable_links_are_refused(links, message):
    """Saying why."""
    with pytest.raises(InputError, match=message):
        RoadNetwork.from_frames(nodes_frame(2), links)


def test_unusable_nodes_are_refused():
    """A node twice, a node off the earth."""
    nodes = pl.DataFrame(
        {"node": [1, 1, 2], "lon": [121.0, 121.0, 25.0], "lat": [25.0, 25.0, 121.0]}
    )

    with pytest.raises(InputError, match=r"(?s)comes again, is 1.*latitude, is 121"):
        RoadNetwork.from_frames(nodes, links_frame((1, 2, 1, 1)))
