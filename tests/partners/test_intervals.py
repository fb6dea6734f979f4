"""Tests of intervals: published figures, and how often they hold the truth."""

import random

import pytest

from cstore_cli.partners.intervals import median_between, share_between


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_newcombe_s_table_of_wilson_intervals(count, of, low, high):
    """Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3."""
    found = share_between(count, of)

    assert [round(end, 4) for end in found] == [low, high]


def test_all_of_them_may_be_all():
    """The mirror of none of 20."""
    low, high = share_between(20, 20)

    assert round(low, 4) == 1 - 0.1611
    assert high == 1


def test_median_of_one_is_itself():
    assert median_between([3.5]) == (3.5, 3.5)


def test_median_of_a_hundred_is_between_its_41st_and_60th():
    """50 -+ 1.96 * 5 is 40.2 to 59.8: Conover rounds both up."""
    assert median_between(list(range(1, 101))) == (41, 60)


def test_median_s_interval_holds_it_19_times_in_20():
    """Of 2,000 samples of 41 of a skew distribution whose median is ln 2."""
    draw = random.Random(7)
    held = 0
    for _ in range(2000):
        sample = sorted(draw.expovariate(1) for _ in range(41))
        low, high = median_between(sample)
        held += low <= 0.6931471805599453 <= high

    assert 0.93 <= held / 2000 <= 0.98
