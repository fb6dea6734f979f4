"""Tests of time and distance in one weight."""

import numpy as np
import pytest

from cstore_cli.travel.lexicographic import decode, encode, metre_bits


def test_sums_split_back():
    """A thousand links of 0.1234 min and 567 m."""
    link = encode(np.array([0.1234]), np.array([0.567]), 20)

    minutes, km = decode(link * 1000, 20)

    assert minutes.tolist() == [123.4]
    assert km.tolist() == [567.0]


def test_time_comes_before_distance():
    """0.0001 minute outweighs any distance."""
    faster, slower = encode(np.array([1.0, 1.0001]), np.array([999.0, 0.0]), 20)

    assert faster < slower


def test_bits_hold_the_longest_link_out_of_each_node():
    """1,000 m out of node 0 and 1,048 m out of node 1 need 2,048 m: 12 bits."""
    start, km = np.array([0, 0, 1]), np.array([0.2, 1.0, 1.048])

    assert metre_bits(start, km, 3) == 12


def test_no_path_reads_nan():
    """Never inf."""
    minutes, km = decode(np.array([np.inf]), 20)

    assert np.isnan([minutes, km]).all()


def test_inexact_sum_is_refused():
    """2**33 ticks of 0.0001 minute are 14,317 hours."""
    with pytest.raises(OverflowError, match="longer than 14317 h"):
        decode(np.array([2.0**53]), 20)
