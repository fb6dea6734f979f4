"""Which links fastest paths take."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstore_cli.travel.paths import paths
from cstore_cli.travel.roads import RoadNetwork

METRES, MINUTES = st.integers(0, 900), st.integers(0, 9)


@st.composite
def networks(draw):
    """Paths of up to 54 minutes; parallel links and loops too."""
    n = draw(st.integers(1, 7))
    node = st.integers(0, n - 1)
    link = st.tuples(node, node, METRES, MINUTES)
    links = draw(st.lists(link, min_size=1, max_size=25))
    start, end, metres, minutes = (np.array(part) for part in zip(*links, strict=True))
    own = start != end
    return RoadNetwork(
        node_ids=tuple(map(str, range(n))),
        lat=np.zeros(n),
        lon=np.arange(n) / 100,
        start=start[own],
        end=end[own],
        length_km=metres[own] / 1000,
        duration_min={"freeflow": minutes[own].astype(float)},
        row=np.flatnonzero(own),
    )


def pairs(network):
    every = np.array(list(product(range(len(network.node_ids)), repeat=2)))
    return every[:, 0], every[:, 1]


@settings(max_examples=200)
@given(networks())
def test_links_lead_there_as_fast_and_short_as_the_fastest_path(network):
    """Minutes first, then metres; no links where there is no path."""
    start, end = pairs(network)
    km, minutes = network.fastest(np.arange(len(network.node_ids)))

    found = paths(network, start, end, "freeflow")

    for i, j, path in zip(start.tolist(), end.tolist(), found, strict=True):
        if path is None:
            assert np.isnan(km[i, j])
            continue
        nodes = [i, *network.end[path].tolist()]
        assert network.start[path].tolist() == nodes[:-1]
        assert nodes[-1] == j
        assert len(set(nodes)) == len(nodes)
        told = (network.duration_min["freeflow"][path], network.length_km[path])
        assert [part.sum() for part in told] == pytest.approx([minutes[i, j], km[i, j]])


@settings(max_examples=50)
@given(networks())
def test_a_path_does_not_hang_on_what_else_is_asked(network):
    """So that a route is drawn the same whichever others there are."""
    start, end = pairs(network)
    together = paths(network, start, end, "freeflow")
    for i, j, path in zip(start, end, together, strict=True):
        [alone] = paths(network, np.array([i]), np.array([j]), "freeflow")
        assert np.array_equal(path, alone) if alone is not None else path is None


def test_searching_in_blocks_changes_nothing(monkeypatch):
    """One source at a time."""
    ring = RoadNetwork(
        node_ids=("0", "1", "2"),
        lat=np.zeros(3),
        lon=np.arange(3.0),
        start=np.array([2, 0, 1]),
        end=np.array([0, 1, 2]),
        length_km=np.ones(3),
        duration_min={"freeflow": np.array([30.0, 1, 1])},
        row=np.arange(3),
    )
    at_once = paths(ring, *pairs(ring), "freeflow")
    monkeypatch.setattr("cstore_cli.travel.paths.CELLS_PER_BLOCK", 1)

    assert [p.tolist() for p in paths(ring, *pairs(ring), "freeflow")] == [
        p.tolist() for p in at_once
    ]
    assert at_once[3].tolist() == [2, 0]
