"""Tests of the passing flow of a site."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_city import sites

from cstore_cli.siting.flow import directions, flow_parts
from cstore_cli.tables.sites import FLOWS

NOTHING = {name: [0.0] for name in FLOWS}
FLOW = st.lists(st.integers(0, 5000), min_size=4, max_size=4)


def number(*flow):
    return directions(np.array([flow], dtype=float))[0]


@pytest.mark.parametrize(
    ("flow", "ways"),
    [
        ((700, 700, 700, 700), 4),
        ((0, 700, 0, 700), 2),
        ((0, 0, 700, 0), 1),
        # Shares 3/4 and 1/4: exp(-(3/4 ln 3/4 + 1/4 ln 1/4)) = 4 / 3 ^ (3/4).
        ((300, 100, 0, 0), 4 / 3**0.75),
        # Shares 1/2, 1/4, 1/4: 2 ^ (1/2 + 2/4 + 2/4).
        ((200, 100, 100, 0), 2**1.5),
    ],
)
def test_flow_comes_from_so_many_directions(flow, ways):
    assert number(*flow) == pytest.approx(ways)


def test_flow_of_nothing_has_no_directions():
    assert np.isnan(number(0, 0, 0, 0))


@given(FLOW.filter(any), st.permutations(range(4)))
def test_directions_know_no_compass_and_no_size(flow, turned):
    """From 1 to 4, whatever the ways are called and however busy they are."""
    ways = number(*flow)

    assert 1 - 1e-9 <= ways <= 4 + 1e-9
    assert number(*(7 * flow[k] for k in turned)) == pytest.approx(ways)


@given(FLOW.filter(any))
def test_evening_out_two_approaches_adds_directions(flow):
    """A site fed from all sides beats one fed from one."""
    even = (flow[0] + flow[1]) / 2

    assert number(even, even, *flow[2:]) >= number(*flow) - 1e-9


def test_peaks_are_told_apart():
    """AM 100 + 300, PM 1200: the mean of the peaks is 800, the evening's share 3/4."""
    peaks = {
        **NOTHING,
        "am_n_pcu_h": [100.0],
        "am_e_pcu_h": [300.0],
        "pm_e_pcu_h": [1200.0],
    }

    parts = flow_parts(sites(("S", 0), **peaks))

    assert {name: part.item() for name, part in parts.items()} == pytest.approx(
        {
            "am_pcu_h": 400,
            "pm_pcu_h": 1200,
            "flow_pcu_h": 800,
            "pm_share": 0.75,
            "directions": number(100, 1500, 0, 0),
        }
    )


def test_site_that_nothing_passes_has_no_evening_share():
    assert np.isnan(flow_parts(sites(("S", 0), **NOTHING))["pm_share"]).all()
